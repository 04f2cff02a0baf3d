"""The log of one container instance: its lines with their times, its end, and the wake-up of those who follow it.

Knows nothing of HTTP or of query parameters; a line is bytes without its newline. A log may have a writer that fills
in what was said since it was last asked: nobody pays for lines that nobody reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from kubectl_mc.demo.wakeup import WakeUp

Stream = Literal["stdout", "stderr"]


class LogLine(NamedTuple):
    """One line as the container runtime keeps it."""

    time: int
    """Nanoseconds since the epoch, increasing within a file."""
    stream: Stream
    data: bytes
    """Without the newline."""


Writer = Callable[[], Iterable[LogLine]]
"""Returns the lines that have come since the last call."""


class LogFile:
    """What one instance of a container has written so far."""

    def __init__(self, writer: Writer | None = None) -> None:
        self._lines: list[LogLine] = []
        self._writer = writer
        self.ended = False
        self.first = 0
        """The first line of the present file: those before it were rotated away, and only followers have seen them."""
        self.followers = 0
        """How many wait for the next line: the node writes for them."""
        self._changed = WakeUp()

    @property
    def lines(self) -> list[LogLine]:
        """All lines up to now."""
        self.fill()
        return self._lines

    def fill(self) -> None:
        """Write what was said since the last time, and wake the followers if there was something."""
        if self._writer is not None:
            before = len(self._lines)
            self._add(self._writer())
            if len(self._lines) > before:
                self._changed.ring()

    def append(self, time: int, data: bytes | str, stream: Stream = "stdout") -> None:
        """Add one line; a time that is not after the last line's is moved just behind it."""
        self.extend([LogLine(time, stream, data.encode() if isinstance(data, str) else data)])

    def extend(self, lines: Iterable[LogLine]) -> None:
        """Add lines that are in order."""
        self.fill()
        self._add(lines)
        self._changed.ring()

    def rotate(self) -> None:
        """Go on in a new file; no one reads an old one."""
        self.fill()
        self.first = len(self._lines)

    def end(self) -> None:
        """The instance is over: followers read what is left and stop."""
        self.fill()
        self._writer = None
        self.ended = True
        self._changed.ring()

    async def changed(self, seen: int) -> None:
        """Return when there are more than `seen` lines, or when the log has ended."""
        self.followers += 1
        try:
            while len(self.lines) <= seen and not self.ended:
                await self._changed.wait()
        finally:
            self.followers -= 1

    def _add(self, lines: Iterable[LogLine]) -> None:
        for line in lines:
            if self._lines and line.time <= self._lines[-1].time:
                line = line._replace(time=self._lines[-1].time + 1_307)  # noqa: PLW2901 - two writes in one nanosecond
            self._lines.append(line)
