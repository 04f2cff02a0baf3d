"""What a person's terminal needs: nothing in a line that acts on it, and one row for a line that repeats."""

import re
from collections.abc import Callable
from dataclasses import dataclass

_UNSAFE = re.compile(
    rb"(\x1b\[[0-9;:]*m)"  # a colour: it stays
    rb"|\x1b\[[0-?]*[ -/]*[@-~]"  # any other control sequence
    rb"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # a title, a link, the clipboard
    rb"|\x1b.?"
    rb"|[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]"
    rb"|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]"  # what makes text run the other way, to deceive
    rb"|\xc2(?![\x80-\xbf])",  # half a character, which might become whole when what follows is taken out
    re.DOTALL,
)
"""Colours, then what does more to a terminal than colour."""
_COLOR = re.compile(rb"\x1b\[[0-9;:]*m")
_RESET = b"\x1b[0m"
_ROOM = 12
"""Columns that a count may take."""


def harmless(message: bytes) -> bytes:
    """A message that can only colour its own line on a terminal; of `\\r` progress the last state is left."""
    if b"\r" in message:
        message = message.rstrip(b"\r").rpartition(b"\r")[2]
    coloured = False

    def safe(match: re.Match[bytes]) -> bytes:
        nonlocal coloured
        found = match.group()
        if match.lastindex:
            coloured = True
            return found
        if found.startswith(b"\xe2"):
            return b"\\u%04x" % ord(found.decode())
        return b"" if found.startswith(b"\x1b") else b"\\x%02x" % found[-1]

    message = _UNSAFE.sub(safe, message)
    return message + _RESET if coloured else message


def plain(row: bytes) -> bytes:
    """A row without its colours."""
    return _COLOR.sub(b"", row)


@dataclass
class _Repeated:
    what: object
    prefix: bytes
    """What stands in front of a count that has a row of its own."""
    column: int | None
    """Where the count goes behind the row; None for a row that leaves no room: it gets one of its own."""
    columns: int
    """How wide the terminal was."""
    count: int = 1
    shown: int = 1
    is_last: bool = True
    """Whether its row is the last one of those that are being made."""
    own_row: bool = False


class Fold:
    """Rows of a terminal in which a line that repeats itself stands once, with a count that grows in place.

    Args:
        columns: the terminal's width now.
        width_of: how many columns a text takes.
    """

    def __init__(
        self, columns: Callable[[], int], width_of: Callable[[str], int], sign: bytes, *, colors: bool = True
    ) -> None:
        self._columns = columns
        self._width_of = width_of
        self._form = b" \x1b[2m%s%%d\x1b[0m" % sign if colors else b" %s%%d" % sign
        self._last: _Repeated | None = None
        self._rows: list[bytes] = []

    def repeats(self, what: object) -> bool:
        """Whether this is the same again, which is only counted."""
        if self._last is None or self._last.what != what:
            return False
        self._last.count += 1
        return True

    def add(self, row: bytes, what: object = None, prefix: bytes = b"") -> None:
        """A row to show; `what` it says, if that may repeat."""
        self._count()
        self._rows.append(row)
        columns = self._columns()
        if what is None or columns <= _ROOM:
            self._last = None
        else:
            self._last = _Repeated(what, self._fitting(prefix, columns), self._column(row, columns), columns)

    def rows(self) -> list[bytes]:
        """The rows that were added since the last call."""
        self._count()
        rows, self._rows = self._rows, []
        if self._last is not None:
            self._last.is_last = False
        return rows

    def interrupted(self) -> None:
        """Something else was written: the last row is not the terminal's last any more."""
        self._last = None

    def _fitting(self, prefix: bytes, columns: int) -> bytes:
        return prefix if self._width_of(plain(prefix).decode(errors="replace")) + _ROOM < columns else b""

    def _column(self, row: bytes, columns: int) -> int | None:
        """Where a row ends, as far as all terminals agree on it and there is room behind."""
        try:
            text = plain(row).decode()
        except UnicodeDecodeError:
            return None
        width = self._width_of(text)
        # What is joined, and where what is wide wraps, is the terminal's business.
        sure = text.isascii() or (width <= columns and all(map(self._width_of, text)))
        column = width % columns
        fits = "\t" not in text and (column or not width) and column + _ROOM < columns
        return column if sure and fits else None

    def _count(self) -> None:
        """Write the count that has grown."""
        last = self._last
        if last is None or last.count == last.shown:
            return
        if last.columns != (columns := self._columns()):  # the rows may have been wrapped anew
            last.column, last.own_row, last.columns = None, False, columns
            last.prefix = self._fitting(last.prefix, columns)
        times = self._form % last.count
        last.shown = last.count
        if last.column is not None and last.is_last:
            self._rows[-1] += times
        elif last.column is not None:
            self._rows.append(b"\x1b[A\x1b[%dG%s" % (last.column + 1, times))
        elif last.own_row:
            self._rows.append(b"\x1b[A\r" + last.prefix + times)
        else:
            self._rows.append(last.prefix + times)
            last.own_row = True
