"""What programs write becomes rows; whatever it is, nothing else happens."""

import random
import unicodedata

import pytest
from rich.cells import cell_len
from rich.style import Style

from kubectl_mc.tui.terminal.emulator import Emulator
from kubectl_mc.tui.terminal.screen import SCROLL_BACK

COLUMNS, LINES = 10, 4


def fed(*pieces: bytes, columns: int = COLUMNS, lines: int = LINES, breaks_lines: bool = False) -> Emulator:
    emulator = Emulator(columns, lines, lambda _: None, breaks_lines=breaks_lines)
    for piece in pieces:
        emulator.feed(piece)
    return emulator


def rows(emulator: Emulator) -> list[str]:
    found = [emulator.text(y) for y in range(emulator.lines)]
    while found and not found[-1]:
        found.pop()
    return found


def looks(emulator: Emulator, text: str, y: int = 0) -> Style:
    """How a text of a row is drawn."""
    found = next(segment for segment in emulator.row(y, Style(), cursor=False) if text in segment.text)
    return found.style or Style()


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        (b"one\r\ntwo", ["one", "two"]),
        (b"0123456789ab", ["0123456789", "ab"]),
        (b"abc\b\bX", ["aXc"]),
        (b"a\tb", ["a       b"]),
        (b"old\rnew", ["new"]),
        (b"\x1b[2;3Hhere", ["", "  here"]),
        (b"abcdef\x1b[3D\x1b[K", ["abc"]),
        (b"abcdef\x1b[1;3H\x1b[2P", ["abef"]),
        (b"abc\x1b[1;2H\x1b[2@", ["a  bc"]),
        (b"1\r\n2\r\n3\x1b[1;1H\x1b[L", ["", "1", "2", "3"]),
        (b"1\r\n2\r\n3\x1b[1;1H\x1b[M", ["2", "3"]),
        (b"1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[2;1H\x1b[S", ["1", "3", "", "4"]),
        (b"1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[T", ["1", "", "2", "4"]),
        (b"1\r\n2\x1b[1;1H\x1bMnew", ["new", "1", "2"]),
        (b"-\x1b[4b", ["-----"]),
        (b"ab\x1b7\x1b[3;1Hc\x1b8d", ["abd", "", "c"]),
        (b"ab\x1b[s\x1b[3;1Hc\x1b[ud", ["abd", "", "c"]),
        (b"text\x1bcnew", ["new"]),
        (b"\x1b[?7l0123456789ab", ["012345678b"]),
        (b"abc\x1b[1;1H\x1b[4hX\x1b[4lY", ["XYbc"]),
        (b"\x1b(0lqk\x1b(Bq", ["┌─┐q"]),
        (b"\x1b)0\x0eqx\x0fq", ["─│q"]),
        ("a│é€b".encode(), ["a│é€b"]),
        ("日本語".encode(), ["日本語"]),
        ("12345678日本".encode(), ["12345678日", "本"]),
        ("123456789日".encode(), ["123456789", "日"]),
        ("日本\x1b[1;2HX".encode(), [" X本"]),
        ("日本\x1b[1;3HX".encode(), ["日X"]),
        ("e\u0301a".encode(), ["éa"]),
        (b"tab\x1b[3gx\ty", ["tabx     y"]),
    ],
)
def test_sequences_become_rows(written: bytes, seen: list[str]) -> None:
    assert rows(fed(written)) == seen
    assert rows(fed(*(bytes([byte]) for byte in written))) == seen, "byte by byte"


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        (b"a\x1b]0;title\x07b", ["ab"]),
        (b"a\x1b]8;;https://x/\x1b\\link\x1b]8;;\x1b\\b", ["alinkb"]),
        (b"a\x1b]52;c;c2VjcmV0\x07b", ["ab"]),
        (b"a\x1bP+q544e\x1b\\b", ["ab"]),
        (b"a\x1b_G i=1;\x1b\\b", ["ab"]),
        (b"a\x1b[>4;1m\x1b[?4m\x1b[=5u\x1b[>1u\x1b[!p\x1b[2 qb", ["ab"]),
        (b"a\x1b[12\x1b[31mb", ["ab"]),
        (b"a\x1b[1;2;3;4;5;6Ab", ["ab"]),
        (b"a\x1b[1;1;1;1Hb", ["b"]),
        (b"a\x1b[99999999999999999999Cb", ["a        b"]),
        (b"a\x1b[" + b"9" * 5000 + b"Cb", ["a        b"]),
        (b"a\x1b[" + b"1;" * 5000 + b"mb", ["ab"]),
        (b"a\x1b[?5;5;5Kb\x1b[?2;3c\x1b[9J", ["ab"]),
        (b"a\x1b[?6h\x1b[6n\x1b[2db", ["a", "b"]),
        (b"a\x1b[0$}b", ["ab"]),
        (b"a\x00\x01\x02\x7fb", ["ab"]),
        (b"a\x1b%Gb\x1b#8c", ["abc"]),
        (b"a\xff\xfeb", ["a\ufffd\ufffdb"]),
        ("a\x9b31mb\x9dc".encode(), ["a31mbc"]),
        ("a\u202eb\u200dc\u2066d\ufe0fe".encode(), ["abcde"]),
        (b"a\x1b[?3hb", ["ab"]),
    ],
)
def test_what_is_unknown_or_broken_is_neither_drawn_nor_obeyed(written: bytes, seen: list[str]) -> None:
    emulator = fed(written)
    assert rows(emulator) == seen
    assert emulator.columns == COLUMNS


def test_a_string_without_an_end_is_passed_over_and_not_kept() -> None:
    emulator = fed(b"a\x1b]52;c;", *[b"x" * 65_536] * 50)
    assert rows(emulator) == ["a"]
    emulator.feed(b"\x1b\\b")
    assert rows(emulator) == ["ab"]


def test_an_accent_over_an_accent_comes_to_an_end() -> None:
    emulator = fed(b"e" + "\u0301".encode() * 100_000)
    assert len(emulator.text(0)) <= 8


@pytest.mark.parametrize("seed", range(60))
def test_noise_is_borne(seed: int) -> None:
    chance = random.Random(seed)
    parts = [b"\x1b", b"\x1b[", b"\x1b]", b"\x1bP", b"?", b";", b":", b"\r\n", b"\x1b[?1049h", b"\x1b[?1049l", b"\x1bc"]
    parts += [b"\x1b[2;3r", b"\x1b[?5h", b"\x1b[?6h", b"\x1b(0", b"\x0e", b"99999", "日e\u0301\u202e".encode(), b"\x9b"]
    emulator = Emulator(7, 5, lambda _: None)
    for _ in range(400):
        noise = chance.randbytes(chance.randrange(12))
        letters = bytes(chance.choices(range(0x40, 0x7F), k=3))
        emulator.feed(b"".join(chance.sample([noise, letters, *chance.choices(parts, k=4)], k=6)))
        if not chance.randrange(20):
            emulator.resize(chance.randrange(2, 30), chance.randrange(1, 12))
    for y in range(-emulator.scrolled, emulator.lines):
        strip = emulator.row(y, Style(), cursor=True)
        assert cell_len(strip.text) == emulator.columns
        assert not {unicodedata.category(char) for char in strip.text} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("written", "style"),
    [
        (b"\x1b[1;31mx", "bold red"),
        (b"\x1b[93mx", "bright_yellow"),
        (b"\x1b[33mx", "yellow"),
        (b"\x1b[95;105mx", "bright_magenta on bright_magenta"),
        (b"\x1b[38;5;208mx", "#ff8700"),
        (b"\x1b[38;2;1;2;3mx", "#010203"),
        (b"\x1b[38:2::1:2:3mx", "#010203"),
        (b"\x1b[48:5:196mx", "on #ff0000"),
        (b"\x1b[4:3mx", "underline"),
        (b"\x1b[4m\x1b[4:0mx", ""),
        (b"\x1b[58:2::1:2:3mx", ""),
        (b"\x1b[7;3;9mx", "reverse italic strike"),
        (b"\x1b[31m\x1b[mx", ""),
        (b"\x1b[38;2;999;0;0mx", ""),
        (b"\x1b[38;5;999mx", ""),
    ],
)
def test_colours(written: bytes, style: str) -> None:
    assert looks(fed(written), "x") == Style.parse(style)


def test_the_cursor_is_drawn_and_can_be_hidden() -> None:
    emulator = fed(b"ab\x1b[1;2H")
    assert [s.text for s in emulator.row(0, Style(), cursor=True) if s.style and s.style.reverse] == ["b"]
    emulator.feed(b"\x1b[?25l")
    assert emulator.cursor is None


def test_an_alternate_screen_gives_the_first_back() -> None:
    emulator = fed(b"one\r\ntwo", b"\x1b[?1049h\x1b[2J\x1b[1;1Hvi", b"\r\n" * 9)
    assert emulator.alternate
    assert emulator.scrolled == 0
    emulator.feed(b"\x1b[?1049l")
    assert rows(emulator) == ["one", "two"]
    assert emulator.cursor == (3, 1)


def test_rows_that_scroll_away_are_kept_and_no_more_than_a_limit() -> None:
    emulator = fed(b"".join(b"%d\r\n" % number for number in range(SCROLL_BACK + 100)))
    assert emulator.scrolled == SCROLL_BACK
    assert emulator.text(-1) == str(SCROLL_BACK + 100 - LINES)
    assert emulator.gone == SCROLL_BACK + 100 - LINES + 1
    emulator.feed(b"\x1b[3J")
    assert emulator.scrolled == 0


def test_a_region_below_the_first_row_scrolls_nothing_away() -> None:
    assert fed(b"\x1b[2;4r\x1b[4;1H", b"x\r\n" * 9).scrolled == 0
    assert fed(b"\x1b[1;3r\x1b[3;1H", b"x\r\n" * 9).scrolled == 9


@pytest.mark.parametrize("alternate", [False, True])
def test_a_smaller_screen_keeps_the_rows_before_the_cursor(alternate: bool) -> None:
    emulator = fed(b"1\r\n2\r\n3\r\n4", b"\x1b[?1049hx" if alternate else b"")
    emulator.resize(COLUMNS, 2)
    emulator.feed(b"\x1b[?1049l" if alternate else b"")
    assert [emulator.text(y) for y in (-2, -1, 0, 1)] == ["1", "2", "3", "4"]
    assert emulator.cursor == (1, 1)
    emulator.resize(COLUMNS, 4)
    emulator.feed(b"\r\n5")
    assert rows(emulator) == ["3", "4", "5"]


def test_a_program_is_answered_and_not_flooded() -> None:
    answers: list[bytes] = []
    emulator = Emulator(COLUMNS, LINES, answers.append)
    emulator.feed(b"ab\x1b[6n")
    assert answers == [b"\x1b[1;3R"]
    emulator.feed(b"\x1b[6n" * 10_000)
    assert len(answers[1]) <= 1024


def test_line_feeds_of_a_program_without_a_terminal_begin_lines() -> None:
    assert rows(fed(b"one\ntwo", breaks_lines=True)) == ["one", "two"]


def test_a_part_of_a_row_is_copied_by_columns() -> None:
    emulator = fed("日本 ab".encode())
    assert emulator.text(0, 2, 6) == "本 a"
