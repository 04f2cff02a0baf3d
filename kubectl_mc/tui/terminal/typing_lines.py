"""What a terminal does for a program that has none: echo what is typed, and hand it over line by line."""

from collections.abc import Callable

_ERASE, _KILL, _END = "\x7f\b", "\x15", "\x04"


class LineTyping:
    """Keys become lines.

    Args:
        show: takes what is to be seen of them.
    """

    def __init__(self, show: Callable[[bytes], None]) -> None:
        self._show = show
        self._line = ""

    def typed(self, data: bytes) -> tuple[bytes, bool]:
        """What the program gets now, and whether that was the last."""
        ready = ""
        for char in data.decode(errors="ignore"):
            if char in "\r\n":
                ready += f"{self._line}\n"
                self._line = ""
                self._show(b"\r\n")
            elif char == _END:
                if not self._line:
                    return ready.encode(), True
                ready, self._line = ready + self._line, ""
            elif char in _ERASE and self._line:
                self._line = self._line[:-1]
                self._show(b"\b \b")
            elif char == _KILL:
                self._show(b"\b \b" * len(self._line))
                self._line = ""
            elif (char >= " " and char not in _ERASE) or char == "\t":
                self._line += char
                self._show(char.encode())
        return ready.encode(), False
