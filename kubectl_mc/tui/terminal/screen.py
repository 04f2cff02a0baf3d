"""pyte's screen with what it lacks: an alternate one, rows that have scrolled away, wide and combined characters."""

import unicodedata
from collections import deque
from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

import pyte
from pyte import charsets
from pyte import modes as mo
from pyte.screens import Cursor, Margins

from kubectl_mc.tui.terminal.characters import Cells, Chars, Plain, chars_of, width_of

SCROLL_BACK = 5_000
"""Rows that are kept of what has scrolled away."""

TAB = 8
"""Columns from tab to tab, where a program has said nothing else."""

MORE = {"S": "scroll_up", "T": "scroll_down", "b": "repeat", "s": "save_cursor", "u": "restore_cursor"}
"""The sequences that pyte's parser doesn't know, by their last byte: the screen's methods for them."""

_ALTERNATE = frozenset({47, 1047, 1049})
_COLUMNS_132 = 3
_COMBINED = 8
"""Characters that one cell holds at most."""
_SCROLL_BACK_TOO = 3


class Screen(pyte.Screen):
    """What a program has drawn.

    Args:
        reply: takes what it has asked for: where the cursor is, what terminal this is.
    """

    def __init__(self, columns: int, lines: int, reply: Callable[[bytes], None]) -> None:
        self.scrolled: deque[Cells | Plain] = deque(maxlen=SCROLL_BACK)
        self.gone = 0
        """Rows that have scrolled away in all."""
        self.other: tuple[dict[int, Any], Cursor] | None = None
        """The main screen, while the alternate one is shown."""
        self._reply = reply
        self._last = " "
        super().__init__(columns, lines)

    def cells(self, y: int) -> Cells:
        """A row; negative ones have scrolled away, -1 the last of them."""
        if y < 0:
            row = self.scrolled[y] if -y <= len(self.scrolled) else ()
            return row.chars.of(row.text) if isinstance(row, Plain) else row
        written = self.buffer.get(y)
        return tuple(map(written.get, range(self.columns))) if written is not None else ()

    @property
    def margins(self) -> Margins:
        """The rows that scroll: all, where a program has said nothing, which pyte takes for an error at times."""
        return self._margins or Margins(0, self.lines - 1)

    @margins.setter
    def margins(self, margins: Margins | None) -> None:
        self._margins = margins

    def write_process_input(self, data: str) -> None:
        self._reply(data.encode())

    def reset(self) -> None:
        self.other = None
        self.savepoints.clear()
        super().reset()

    def save_cursor(self, *_: int) -> None:
        self.savepoints.clear()  # a terminal keeps one, pyte all
        super().save_cursor()

    def restore_cursor(self, *_: int) -> None:
        super().restore_cursor()

    @property
    def chars(self) -> Chars:
        """Characters as they look now."""
        return chars_of(self.cursor.attrs)

    def takes_rows(self, *, tabs: bool) -> bool:
        """Whether lines of plain text become rows one below the other, as long as the cursor is in the last."""
        return (
            self._margins in (None, Margins(0, self.lines - 1))
            and mo.DECAWM in self.mode
            and mo.IRM not in self.mode
            and (self.g1_charset if self.charset else self.g0_charset) is charsets.LAT1_MAP
            and (not tabs or self.tabstops == set(range(TAB, self.columns, TAB)))
        )

    def scroll_rows(self, rows: Sequence[str], last: str) -> None:
        """Rows of text come in from below; the last row is free, before and after.

        Args:
            last: the character that was drawn last, for `repeat`.
        """
        chars, bottom, count = self.chars, self.lines - 1, len(rows)
        moved = min(count, bottom)
        if self.other is None:
            self.scrolled.extend(map(self.cells, range(moved)))
            self.scrolled.extend(Plain(text, chars) for text in rows[: count - bottom] if count > bottom)
            self.gone += count
        for y in range(bottom):
            if (above := self.buffer.pop(y + count, None)) is not None and y + count < bottom:
                self.buffer[y] = above
            else:
                self.buffer.pop(y, None)
        for y, text in enumerate(rows[-bottom:] if bottom else (), bottom - moved):
            self.buffer[y].update((x, char) for x, char in enumerate(chars.of(text)) if char is not None)
        self._last = last or self._last

    def draw(self, data: str) -> None:
        charset = self.g1_charset if self.charset else self.g0_charset
        if charset is not charsets.LAT1_MAP:
            data = data.translate(charset)
        self._last = data[-1:] or self._last
        if not data.isascii() or mo.DECAWM not in self.mode or mo.IRM in self.mode:
            self._draw_slowly(data)
            return
        # Ten times as fast as character by character, and nearly all text is of this kind.
        chars = self.chars
        while data:
            if self.cursor.x >= self.columns:
                self._wrap()
            x, room = self.cursor.x, self.columns - self.cursor.x
            piece, data = data[:room], data[room:]
            self.buffer[self.cursor.y].update(zip(range(x, x + len(piece)), map(chars.__getitem__, piece), strict=True))
            self.cursor.x = x + len(piece)

    def index(self) -> None:
        if self.cursor.y == self.margins.bottom and self.margins.top == 0 and self.other is None:
            self._scroll_away()
        super().index()

    def erase_in_display(self, how: int = 0, *_: Any, **__: Any) -> None:
        if how == _SCROLL_BACK_TOO:
            self.scrolled.clear()
        elif how < _SCROLL_BACK_TOO:
            super().erase_in_display(how)

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        if how < _SCROLL_BACK_TOO:
            super().erase_in_line(how, private)

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        private = bool(kwargs.get("private"))
        if private and _ALTERNATE & set(modes) and self.other is None:
            self.other = dict(self.buffer), copy(self.cursor)
            self.buffer.clear()
        super().set_mode(*_own(modes, private=private), **kwargs)

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        private = bool(kwargs.get("private"))
        if private and _ALTERNATE & set(modes) and self.other is not None:
            rows, self.cursor = self.other
            self.other = None
            self.buffer.clear()
            self.buffer.update(rows)
            self.margins = None
            self.ensure_hbounds()
            self.ensure_vbounds()
        super().reset_mode(*_own(modes, private=private), **kwargs)

    def report_device_status(self, mode: int = 0, **_: Any) -> None:
        super().report_device_status(mode)

    def scroll_up(self, count: int | None = None) -> None:
        """The rows between the margins move up."""
        self._within_margins(lambda: self.delete_lines(count or 1))

    def scroll_down(self, count: int | None = None) -> None:
        """The rows between the margins move down."""
        self._within_margins(lambda: self.insert_lines(count or 1))

    def repeat(self, count: int | None = None) -> None:
        """The last character once more, or so many times."""
        self.draw(self._last * min(count or 1, self.columns * self.lines))

    def fit(self, columns: int, lines: int) -> None:
        """Another size. The cursor's row is to be seen; what is above a shorter screen's edge has scrolled away."""
        if self.other is None:
            for _ in range(self.cursor.y - lines + 1):
                self._scroll_away()
                _move_up(self.buffer, self.cursor)
        else:
            rows, cursor = self.other
            for _ in range(cursor.y - lines + 1):
                self._keep(tuple(map(rows.get(0, {}).get, range(self.columns))))
                _move_up(rows, cursor)
        column, row = self.cursor.x, self.cursor.y
        # pyte would drop rows from the top; below the cursor there is nothing that is missed.
        for y in range(lines, self.lines):
            self.buffer.pop(y, None)
        self.lines = min(lines, self.lines)
        self.resize(lines, columns)
        self.margins = None
        self.tabstops = set(range(TAB, columns, TAB))
        self.cursor.x, self.cursor.y = min(column, columns - 1), min(row, lines - 1)

    def _draw_slowly(self, data: str) -> None:
        wraps, chars = mo.DECAWM in self.mode, self.chars
        for char in data:
            width = width_of(char)
            if width == 0:  # joiners and selectors are left out: terminals don't agree about their widths
                self._combine(char)
                continue
            if self.cursor.x + width > self.columns:
                if wraps:
                    self._wrap()
                else:
                    self.cursor.x = self.columns - width
            if mo.IRM in self.mode:
                self.insert_characters(width)
            row = self.buffer[self.cursor.y]
            row[self.cursor.x] = chars[char]
            if width > 1:
                row[self.cursor.x + 1] = chars[""]
            self.cursor.x += width

    def _combine(self, mark: str) -> None:
        """An accent joins the character before it."""
        if not unicodedata.category(mark).startswith("M") or "\ufe00" <= mark <= "\ufe0f" or not self.cursor.x:
            return
        row, x = self.buffer[self.cursor.y], self.cursor.x - 1
        while x and x in row and not row[x].data:
            x -= 1
        char = row[x]
        if len(char.data) < _COMBINED:
            row[x] = char._replace(data=unicodedata.normalize("NFC", char.data + mark))

    def _wrap(self) -> None:
        self.carriage_return()
        self.index()

    def _scroll_away(self) -> None:
        self._keep(self.cells(0))

    def _keep(self, row: Cells) -> None:
        self.scrolled.append(row)
        self.gone += 1

    def _within_margins(self, work: Callable[[], None]) -> None:
        at = copy(self.cursor)
        self.cursor.y = self.margins.top
        work()
        self.cursor = at


def _own(modes: tuple[int, ...], *, private: bool) -> list[int]:
    """Without the one that would make the screen wider than its pane."""
    return [mode for mode in modes if not (private and mode == _COLUMNS_132)]


def _move_up(rows: dict[int, Any], cursor: Cursor) -> None:
    """All rows by one, the first is dropped."""
    for y in sorted(rows):
        row = rows.pop(y)
        if y:
            rows[y - 1] = row
    cursor.y -= 1
