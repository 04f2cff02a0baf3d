"""What a session's program has written and nobody has drawn yet: never much, and after Ctrl-C not all of it.

A flood is held up by not being read. What is on its way then, in the buffers of every server between, may be megabytes,
which nobody wants to see pass after the key that ended it.
"""

import asyncio
import time

LIMIT = 64 * 1024
"""Bytes that wait; while there are as many nothing is read, and so the program is held up."""
_FLOOD = LIMIT // 4
"""With so many waiting a program writes faster than it is drawn."""
_KEPT = 16 * 1024
"""Bytes of a flood's end that are drawn."""
_LULL_SECONDS = 0.1
_LONGEST_SECONDS = 3.0
"""A program that goes on in spite of Ctrl-C is seen again after so long."""


class Undrawn:
    """Bytes between the task that reads and the one that draws."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._came, self._room = asyncio.Event(), asyncio.Event()
        self._over = self._skipping = False
        self._pieces = self._skipped = 0

    async def add(self, data: bytes) -> None:
        """What was read; returns when there is room for more."""
        self._bytes += data
        self._pieces += 1
        self._came.set()
        while len(self._bytes) >= LIMIT and not self._skipping:
            self._room.clear()
            await self._room.wait()
        if self._skipping and len(self._bytes) > _KEPT:
            self._skipped += len(self._bytes) - _KEPT
            del self._bytes[:-_KEPT]

    def end(self) -> None:
        """No more comes."""
        self._over = True
        self._came.set()

    def interrupt(self) -> None:
        """Somebody has typed Ctrl-C: if this is a flood, only its end is of interest."""
        if len(self._bytes) >= _FLOOD:
            self._skipping = True
            self._room.set()

    async def take(self, most: int) -> bytes:
        """The next bytes to draw; none when all that will ever come is drawn."""
        while not self._bytes or self._skipping:
            if self._skipping:
                await self._until_a_lull()
            elif self._over:
                return b""
            else:
                self._came.clear()
                await self._came.wait()
        data = bytes(self._bytes[:most])
        del self._bytes[:most]
        self._room.set()
        return data

    def skipped(self) -> int:
        """Bytes that were passed over since this was last asked."""
        count, self._skipped = self._skipped, 0
        return count

    async def _until_a_lull(self) -> None:
        end = time.monotonic() + _LONGEST_SECONDS
        seen = -1
        while seen != self._pieces and not self._over and time.monotonic() < end:
            seen = self._pieces
            await asyncio.sleep(_LULL_SECONDS)
        self._skipping = False
        if self._skipped:  # what is left begins anywhere, in the midst of a sequence perhaps
            rest = self._bytes.find(b"\n") + 1
            self._skipped += rest
            del self._bytes[:rest]
