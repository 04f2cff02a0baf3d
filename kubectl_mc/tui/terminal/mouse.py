"""The mouse: as the bytes that a program gets of it (xterm's), and as rows that somebody marks to copy them."""

from dataclasses import dataclass

from kubectl_mc.tui.terminal.emulator import Emulator

WHEEL_UP, WHEEL_DOWN = 64, 65
MOVES = 32
"""What is added to a button's number while the mouse moves."""
_RELEASED = 3
_OLD_LIMIT = 223
"""The last column and row that the older form has a byte for."""


def bytes_of_mouse(button: int, column: int, row: int, *, pressed: bool, wide: bool) -> bytes:
    """What a program is told of a button; empty for what its form cannot say.

    Args:
        button: 0 for the left one, with what modifiers add to it.
        column: from 0, as `row`.
        wide: whether it has asked for the newer form.
    """
    if wide:
        return b"\x1b[<%d;%d;%d%c" % (button, column + 1, row + 1, b"M" if pressed else b"m")
    if max(column, row) >= _OLD_LIMIT:
        return b""
    kind = button if pressed else button & ~3 | _RELEASED
    return b"\x1b[M" + bytes([32 + kind, 33 + column, 33 + row])


@dataclass(frozen=True)
class Marked:
    """From one place to another; rows are counted from the first that the program has ever written."""

    start: tuple[int, int]
    """Row and column."""
    end: tuple[int, int]

    def columns(self, row: int, width: int) -> range:
        """The columns of a row that are marked."""
        (top, left), (bottom, right) = sorted((self.start, self.end))
        if not top <= row <= bottom:
            return range(0)
        return range(left if row == top else 0, right + 1 if row == bottom else width)

    def text(self, emulator: Emulator) -> str:
        """What is marked, row by row."""
        first, last = sorted((self.start[0], self.end[0]))
        lines = []
        for row in range(first, last + 1):
            columns = self.columns(row, emulator.columns)
            lines.append(emulator.text(row - emulator.gone, columns.start, columns.stop))
        return "\n".join(lines)
