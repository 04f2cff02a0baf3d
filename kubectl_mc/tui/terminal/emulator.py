"""The screen of a program: fed with its bytes, read row by row."""

import codecs
import re
from collections.abc import Callable

from rich.style import Style
from textual.strip import Strip

from kubectl_mc.tui.terminal.drawing import drawn, whole
from kubectl_mc.tui.terminal.screen import Screen
from kubectl_mc.tui.terminal.sequences import Sequences
from kubectl_mc.tui.terminal.stream import Stream

_APPLICATION_KEYS, _MOUSE, _MOUSE_DRAGS, _MOUSE_MOVES, _MOUSE_SGR, _PASTE = (
    mode << 5 for mode in (1, 1000, 1002, 1003, 1006, 2004)
)  # pyte keeps private modes shifted
_C1 = re.compile("[\x80-\x9f]")
"""Control characters of eight bits, which UTF-8 leaves without use; pyte would begin sequences with them."""
_RESTORING = b"\x18\x1b[?1049l\x1b[r\x1b[?6;1000;1002;1003;2004l\x1b(B\x0f\x1b[?7;25h\x1b[4l\x1b[0m"
"""The other screen, margins, the mouse, pasting in brackets, line drawing, wrapping, the cursor, inserting, colours."""
_REPLIES = 1024
"""Bytes that one piece of output may call forth as answers."""


class Emulator:
    """A terminal of a size.

    Args:
        reply: takes the bytes that a program has asked for: where the cursor is, what terminal this is.
        breaks_lines: whether a line feed begins a line, as it does for a program that writes to no terminal.
    """

    def __init__(self, columns: int, lines: int, reply: Callable[[bytes], None], *, breaks_lines: bool = False) -> None:
        self._replies = bytearray()
        self._reply = reply
        self._breaks_lines = breaks_lines
        self._screen = Screen(columns, lines, self._replies.extend)
        self._stream = Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._sequences = Sequences()

    def feed(self, data: bytes) -> None:
        """What the program has written."""
        text = self._decoder.decode(self._sequences.passed(data))
        if self._breaks_lines:
            text = text.replace("\n", "\r\n")
        self._stream.feed(text if text.isascii() else _C1.sub("", text))
        if self._replies:
            replies = bytes(self._replies[:_REPLIES])
            self._replies.clear()
            self._reply(replies)

    def settle(self) -> None:
        """Its program is gone: switch back whatever that has left switched, and go below what it has written."""
        self.feed(_RESTORING)
        last = max((y for y in range(self.lines) if self.text(y)), default=-1)
        self.feed(b"\x1b[%d;1H" % max(last + 1, 1) + (b"\r\n" if last >= 0 else b""))

    def resize(self, columns: int, lines: int) -> None:
        """Another size; a program is told by its session."""
        self._screen.fit(columns, lines)

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
        """Whether the program asks for the mouse's buttons."""
        return bool({_MOUSE, _MOUSE_DRAGS, _MOUSE_MOVES} & self._screen.mode)

    @property
    def wants_drags(self) -> bool:
        """Whether it asks for the mouse's way while a button is down."""
        return bool({_MOUSE_DRAGS, _MOUSE_MOVES} & self._screen.mode)

    @property
    def wide_mouse(self) -> bool:
        """Whether it knows the newer form of a mouse's place, for columns above 223."""
        return _MOUSE_SGR in self._screen.mode

    def text(self, y: int, first: int = 0, end: int | None = None) -> str:
        """A row's characters; negative ones have scrolled away, -1 the last of them.

        Args:
            first: the column to begin with.
            end: the column behind the last; None for all.
        """
        found, x = "", 0
        for char, width in whole(self._screen.cells(y), self.columns):
            if first <= x and (end is None or x < end):
                found += char.data
            x += width
        return found.rstrip()

    def row(self, y: int, base: Style, *, cursor: bool, marked: range = range(0)) -> Strip:
        """A row, drawn on a ground.

        Args:
            cursor: whether the cursor is to be seen.
            marked: columns that somebody has chosen to copy.
        """
        at = self.cursor if cursor else None
        column = at[0] if at is not None and at[1] == y else None
        return drawn(self._screen.cells(y), self.columns, base, cursor=column, marked=marked)
