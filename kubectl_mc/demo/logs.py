"""The log of one container instance: its lines with their times, its end, and the wake-up of those who follow it.

Knows nothing of HTTP or of query parameters; a line is bytes without its newline.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Literal, NamedTuple

Stream = Literal["stdout", "stderr"]


class LogLine(NamedTuple):
    """One line as the container runtime keeps it."""

    time: int
    """Nanoseconds since the epoch, increasing within a file."""
    stream: Stream
    data: bytes
    """Without the newline."""


class LogFile:
    """What one instance of a container has written so far."""

    def __init__(self) -> None:
        self.lines: list[LogLine] = []
        self.ended = False
        self._changed: asyncio.Event | None = None

    def append(self, time: int, data: bytes | str, stream: Stream = "stdout") -> None:
        """Add one line; a time that is not after the last line's is moved just behind it."""
        if self.lines and time <= self.lines[-1].time:
            time = self.lines[-1].time + 1_307
        self.lines.append(LogLine(time, stream, data.encode() if isinstance(data, str) else data))
        self._wake()

    def extend(self, lines: Iterable[tuple[int, Stream, bytes]]) -> None:
        """Add many lines that are in order, for tests of size."""
        self.lines.extend(LogLine(*line) for line in lines)
        self._wake()

    def end(self) -> None:
        """The instance is over: followers read what is left and stop."""
        self.ended = True
        self._wake()

    async def changed(self, seen: int) -> None:
        """Return when there are more than `seen` lines, or when the log has ended."""
        while len(self.lines) <= seen and not self.ended:
            if self._changed is None:
                self._changed = asyncio.Event()
            await self._changed.wait()

    def _wake(self) -> None:
        if self._changed is not None:
            self._changed.set()
            self._changed = None
