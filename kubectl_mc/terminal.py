"""This process's own terminal, lent to a program elsewhere and taken back as it was."""

import os
import re
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_MODE = re.compile(rb"\x1b\[\?([0-9;]{1,30})([hl])|\x1bc")
_LONGEST = 34
"""Bytes of a sequence that sets modes, of which a part may stand at the end of a block."""
_KEPT_ON = frozenset({b"7", b"25"})
"""Modes that are on in a fresh terminal: wrapping, and the cursor."""


@contextmanager
def raw(descriptor: int) -> Iterator[None]:
    """Every key goes through as it is, Ctrl-C and Ctrl-Z too, until the block is left, however that is."""
    before = termios.tcgetattr(descriptor)
    try:
        tty.setraw(descriptor, termios.TCSANOW)
        yield
    finally:
        # At once: to wait until all is written may take for ever on a terminal that nobody reads.
        with suppress(termios.error):  # it has been closed
            termios.tcsetattr(descriptor, termios.TCSANOW, before)


class Modes:
    """What a program has switched on a terminal: the alternate screen, the mouse, pasting, a hidden cursor.

    A program that ends by itself switches it back; one that was cut off can't.
    """

    def __init__(self) -> None:
        self._changed: dict[bytes, bytes] = {}
        self._rest = b""

    def saw(self, output: bytes) -> None:
        """Bytes went to the terminal."""
        if b"\x1b" not in output and not self._rest:
            return
        seen = self._rest + output
        end = 0
        for found in _MODE.finditer(seen):
            end = found.end()
            if found[1] is None:  # a reset of all there is
                self._changed.clear()
                continue
            for mode in found[1].split(b";"):
                usual = b"h" if mode in _KEPT_ON else b"l"
                self._changed[mode] = usual
                if found[2] == usual:
                    del self._changed[mode]
        start = seen.rfind(b"\x1b", max(end, len(seen) - _LONGEST))
        self._rest = seen[start:] if start >= 0 else b""

    def undo(self) -> bytes:
        """What brings a terminal back from all that was left switched, and from colours."""
        switched = b"".join(b"\x1b[?%b%b" % change for change in sorted(self._changed.items(), reverse=True))
        self._changed.clear()
        return switched + b"\x1b[0m" if switched else b""


def size_of(descriptor: int) -> tuple[int, int] | None:
    """Columns and lines; None for what has no size."""
    try:
        columns, lines = os.get_terminal_size(descriptor)
    except OSError:
        return None
    return (columns, lines) if columns and lines else None


def is_terminal(descriptor: int) -> bool:
    """Whether a person types or looks there."""
    return os.isatty(descriptor)


def stdin_descriptor() -> int | None:
    """None where this process has no stdin."""
    try:
        return sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        return None
