"""The screen of a program: fed with its bytes, read row by row."""

import codecs
from collections import deque
from collections.abc import Callable, Mapping
from copy import copy
from functools import lru_cache
from typing import Any

import pyte
from pyte import modes as mo
from pyte.screens import Char, Cursor
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from kubectl_mc.tui.terminal.sequences import Sequences

SCROLL_BACK = 5_000
"""Rows that are kept of what has scrolled away."""

_ALTERNATE = frozenset({47, 1047, 1049})
_APPLICATION_KEYS, _PASTE, _MOUSE, _MOUSE_MOVES, _MOUSE_SGR = (
    mode << 5 for mode in (1, 2004, 1000, 1002, 1006)
)  # pyte keeps private modes shifted

_MORE = {"S": "scroll_up", "T": "scroll_down", "b": "repeat", "s": "save_cursor", "u": "restore_cursor"}

_Row = Mapping[int, Char]


_WRAPS, _INSERTS = frozenset({mo.DECAWM}), mo.IRM


class _Chars(dict[str, Char]):
    """Characters with the same attributes."""

    def __init__(self, attributes: Char) -> None:
        self._attributes = attributes

    def __missing__(self, letter: str) -> Char:
        self[letter] = char = self._attributes._replace(data=letter)
        return char


@lru_cache(maxsize=256)
def _chars_of(attributes: Char) -> _Chars:
    return _Chars(attributes)


class _Stream(pyte.Stream):
    """pyte's parser with the sequences that it doesn't know by itself."""

    def __init__(self, screen: "_Screen") -> None:
        self.csi = {**pyte.Stream.csi, **_MORE}
        self.events = frozenset({*pyte.Stream.events, *_MORE.values()})
        super().__init__(screen)


class _Screen(pyte.Screen):
    """pyte's screen with an alternate one, and rows that have scrolled away."""

    def __init__(self, columns: int, lines: int, reply: Callable[[bytes], None]) -> None:
        self.scrolled: deque[_Row] = deque(maxlen=SCROLL_BACK)
        self.gone = 0
        """Rows that have scrolled away in all."""
        self.other: tuple[Any, Cursor] | None = None
        """The main screen, while the alternate one is shown."""
        self._reply = reply
        self._last = " "
        super().__init__(columns, lines)

    def write_process_input(self, data: str) -> None:
        self._reply(data.encode())

    def draw(self, data: str) -> None:
        self._last = data[-1:] or self._last
        if not data.isascii() or not self.mode.issuperset(_WRAPS) or _INSERTS in self.mode or self.charset:
            super().draw(data)
            return
        # Ten times as fast as character by character, and nearly all text is of this kind.
        chars = _chars_of(self.cursor.attrs)
        while data:
            if self.cursor.x >= self.columns:
                self.carriage_return()
                self.linefeed()
            x, room = self.cursor.x, self.columns - self.cursor.x
            piece, data = data[:room], data[room:]
            self.buffer[self.cursor.y].update(zip(range(x, x + len(piece)), map(chars.__getitem__, piece), strict=True))
            self.cursor.x = x + len(piece)

    def index(self) -> None:
        if self.other is None and self.cursor.y == self.lines - 1 and (self.margins is None or self.margins.top == 0):
            self.scrolled.append(self.buffer[0])
            self.gone += 1
        super().index()

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        if kwargs.get("private") and _ALTERNATE & set(modes) and self.other is None:
            self.other = dict(self.buffer), copy(self.cursor)
            self.buffer.clear()
            self.dirty.update(range(self.lines))
        # 132 columns would make the screen wider than its pane.
        super().set_mode(*(mode for mode in modes if not (kwargs.get("private") and mode == 3)), **kwargs)

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        if kwargs.get("private") and _ALTERNATE & set(modes) and self.other is not None:
            rows, cursor = self.other
            self.other = None
            self.buffer.clear()
            self.buffer.update(rows)
            self.cursor = cursor
            self.margins = None
            self.ensure_hbounds()
            self.ensure_vbounds()
            self.dirty.update(range(self.lines))
        super().reset_mode(*(mode for mode in modes if not (kwargs.get("private") and mode == 3)), **kwargs)

    def scroll_up(self, count: int | None = None) -> None:
        """The rows between the margins move up."""
        self._within_margins(lambda: self.delete_lines(count or 1))

    def scroll_down(self, count: int | None = None) -> None:
        """The rows between the margins move down."""
        self._within_margins(lambda: self.insert_lines(count or 1))

    def repeat(self, count: int | None = None) -> None:
        """The last character once more, or so many times."""
        self.draw(self._last * min(count or 1, self.columns * self.lines))

    def report_device_status(self, mode: int, **_: Any) -> None:
        super().report_device_status(mode)

    def _within_margins(self, work: Callable[[], None]) -> None:
        at = copy(self.cursor)
        self.cursor.y = self.margins.top if self.margins is not None else 0
        work()
        self.cursor = at


class Emulator:
    """A terminal of a size.

    Args:
        reply: takes the bytes that a program has asked for: where the cursor is, what terminal this is.
    """

    def __init__(self, columns: int, lines: int, reply: Callable[[bytes], None]) -> None:
        self._screen = _Screen(columns, lines, reply)
        self._stream = _Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._sequences = Sequences()

    def feed(self, data: bytes) -> None:
        """What the program has written."""
        self._stream.feed(self._decoder.decode(self._sequences.passed(data)))

    def resize(self, columns: int, lines: int) -> None:
        """Another size; a program is told by its session."""
        screen = self._screen
        if screen.other is None:
            # What is above a shorter screen's edge has scrolled away; the cursor's row is to be seen.
            for _ in range(screen.cursor.y - lines + 1):
                screen.scrolled.append(screen.buffer[0])
                screen.gone += 1
                for y in range(screen.lines - 1):
                    screen.buffer[y] = screen.buffer[y + 1]
                screen.buffer.pop(screen.lines - 1, None)
                screen.cursor.y -= 1
        column, row = screen.cursor.x, screen.cursor.y
        # pyte would drop rows from the top; below the cursor there is nothing that is missed.
        for y in range(lines, screen.lines):
            screen.buffer.pop(y, None)
        screen.lines = min(lines, screen.lines)
        screen.resize(lines, columns)
        screen.tabstops = set(range(8, columns, 8))
        screen.cursor.x, screen.cursor.y = min(column, columns - 1), min(row, lines - 1)

    @property
    def columns(self) -> int:
        return self._screen.columns

    @property
    def lines(self) -> int:
        return self._screen.lines

    @property
    def title(self) -> str:
        return self._screen.title

    @property
    def scrolled(self) -> int:
        """Rows above the screen."""
        return len(self._screen.scrolled)

    @property
    def gone(self) -> int:
        """Rows that have scrolled away in all."""
        return self._screen.gone

    @property
    def cursor(self) -> tuple[int, int] | None:
        """Column and row; None while the program hides it."""
        cursor = self._screen.cursor
        return None if cursor.hidden else (min(cursor.x, self.columns - 1), cursor.y)

    @property
    def alternate(self) -> bool:
        """Whether a program has the whole screen."""
        return self._screen.other is not None

    @property
    def application_keys(self) -> bool:
        return _APPLICATION_KEYS in self._screen.mode

    @property
    def brackets_paste(self) -> bool:
        return _PASTE in self._screen.mode

    @property
    def wants_mouse(self) -> bool:
        """Whether the program asks for the mouse, in the form that is spoken here."""
        return _MOUSE_SGR in self._screen.mode and bool({_MOUSE, _MOUSE_MOVES} & self._screen.mode)

    def text(self, y: int) -> str:
        """A row's characters; negative ones have scrolled away, -1 the last of them."""
        row = self._row(y)
        return "".join(row[x].data if x in row else " " for x in range(self.columns)).rstrip()

    def row(self, y: int, base: Style, *, cursor: bool) -> Strip:
        """A row, drawn on a ground.

        Args:
            cursor: whether the cursor is to be seen.
        """
        row, at = self._row(y), self.cursor if cursor else None
        segments: list[Segment] = []
        run, style_of_run = "", base
        blank = Char(" ")
        for x in range(self.columns):
            char = row.get(x, blank) if isinstance(row, dict) else blank
            style = base + _style(char) if char is not blank else base
            if at == (x, y):
                style += Style(reverse=not char.reverse)
            if style is not style_of_run and style != style_of_run:
                if run:
                    segments.append(Segment(run, style_of_run))
                run, style_of_run = "", style
            run += char.data
        segments.append(Segment(run, style_of_run))
        return Strip(segments)

    def _row(self, y: int) -> _Row:
        if y < 0:
            return self._screen.scrolled[y] if -y <= len(self._screen.scrolled) else {}
        return self._screen.buffer.get(y, {})


_STYLES: dict[Char, Style] = {}


def _style(char: Char) -> Style:
    """How a character looks, by all of it but its letter."""
    key = char._replace(data="")
    style = _STYLES.get(key)
    if style is None:
        style = Style(
            color=_color(char.fg),
            bgcolor=_color(char.bg),
            bold=char.bold or None,
            italic=char.italics or None,
            underline=char.underscore or None,
            strike=char.strikethrough or None,
            reverse=char.reverse or None,
            blink=char.blink or None,
        )
        if len(_STYLES) > 4096:
            _STYLES.clear()
        _STYLES[key] = style
    return style


_NAMED = {"brown": "yellow", "brightbrown": "bright_yellow", "brightblack": "bright_black"}


def _color(name: str) -> str | None:
    """pyte's name of a colour as Rich's: six hexadecimal digits, or one of sixteen words."""
    if name == "default":
        return None
    if name in _NAMED:
        return _NAMED[name]
    if len(name) == 6 and all(digit in "0123456789abcdef" for digit in name.lower()):
        return f"#{name}"
    return name.replace("bright", "bright_").replace("bfightmagenta", "bright_magenta")
