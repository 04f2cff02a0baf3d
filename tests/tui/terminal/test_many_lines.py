"""Lines that are drawn many at a time, and sequences known at sight, come to what pyte makes of them one by one."""

import random
from typing import Any

import pyte
import pytest

from kubectl_mc.tui.terminal.screen import Screen
from kubectl_mc.tui.terminal.stream import Stream

SETTINGS = [
    "\x1b[2;4r",
    "\x1b[1;3r",
    "\x1b[r",
    "\x1b[4h",
    "\x1b[4l",
    "\x1b[?7l",
    "\x1b[?7h",
    "\x1b[?1049h",
    "\x1b[?1049l",
    "\x1b(0",
    "\x1b(B",
    "\x0e",
    "\x0f",
    "\x1b[3g",
    "\x1b[5G\x1bH",
    "\x1b[20h",
    "\x1b[20l",
    "\x1bc",
    "\x1b[31;1m",
    "\x1b[44m",
    "\x1b[m",
    "\x1b[2;3H",
    "\x1b[99;99H",
    "\x1b[H",
    "\x1b[J",
    "\x1b[1K",
    "\x1b[2J",
    "\x1b[5b",
    "\x1b[2A",
    "\x1b[?6h",
    "\x1b[?6l",
    "\x1b[?5h",
    "\x1b[?5l",
    "\x1b]2;a\r\nb\r\nc\r\nd\r\n\x1b\\",
    "\x1b7",
    "\x1b8",
    "\x1bM",
    "\x1b[L",
    "\x1b[2M",
]
"""What changes how lines are drawn, or where."""


def screens(columns: int, lines: int) -> tuple[Screen, pyte.Stream, Screen, pyte.Stream]:
    """Ours, and one that pyte's own parser feeds a line at a time."""
    ours, theirs = (Screen(columns, lines, lambda _: None) for _ in range(2))
    one_by_one = pyte.Stream()
    one_by_one.csi, one_by_one.events, one_by_one.use_utf8 = Stream(ours).csi, Stream(ours).events, False
    one_by_one.attach(theirs)
    return ours, Stream(ours), theirs, one_by_one


def state(screen: Screen) -> dict[str, Any]:
    """All that can be seen of a screen, now or by what is written next."""

    def row(y: int) -> list[Any]:
        found = list(screen.cells(y))
        while found and found[-1] is None:
            found.pop()
        return found

    cursor = screen.cursor
    return {
        "rows": [row(y) for y in range(-len(screen.scrolled), screen.lines)],
        "cursor": (cursor.x, cursor.y, cursor.attrs, cursor.hidden),
        "gone": screen.gone,
        "modes": screen.mode,
        "title": screen.title,
    }


def line(chance: random.Random) -> str:
    """A line of a file, of one kind or another, with its end."""
    letters = "abc xyz 0123456789 ~!"
    text = "".join(chance.choices(letters, k=chance.choice((0, 1, 5, 9, 10, 11, 20, 21, 50))))
    kind = chance.randrange(8)
    if kind == 0:
        text = "".join(chance.choices("ab\t", k=chance.randrange(30)))
    elif kind == 1:
        text = "\t".join(text[at : at + 7] for at in range(0, len(text), 7)) + "\t" * chance.randrange(3)
    elif kind == 2 and chance.random() < 0.3:
        text += chance.choice(("日本", "é", "e\u0301", "\x1b[32mgreen\x1b[0m", "\b", "\x1b[K"))
    return text + chance.choice(("\r\n",) * 12 + ("\r\r\n", "\n", "\r"))


@pytest.mark.parametrize("seed", range(150))
def test_what_is_drawn_at_once_is_what_one_by_one_comes_to(seed: int) -> None:
    chance = random.Random(seed)
    columns, lines = chance.choice(((10, 4), (20, 6), (8, 1), (7, 2), (17, 3), (80, 24)))
    ours, stream, theirs, one_by_one = screens(columns, lines)
    for _ in range(40):
        piece = chance.choice(SETTINGS) if chance.random() < 0.4 else ""
        piece += "".join(line(chance) for _ in range(chance.choice((1, 3, 5, 40))))
        piece += chance.choice(("", "", "unfinished", "\x1b[3b"))
        stream.feed(piece)
        for letter in piece:
            one_by_one.feed(letter)
        assert state(ours) == state(theirs), repr(piece)
        if chance.random() < 0.05:
            size = chance.randrange(2, 30), chance.randrange(1, 9)
            ours.fit(*size)
            theirs.fit(*size)


def test_lines_are_handed_on_many_at_a_time(mocker: Any) -> None:
    ours, stream, theirs, one_by_one = screens(20, 5)
    drawn = mocker.spy(ours, "draw")
    text = "".join(f"line {number}\r\n" for number in range(1000))
    stream.feed(text)
    one_by_one.feed(text)
    assert drawn.call_count < 10
    assert state(ours) == state(theirs)
