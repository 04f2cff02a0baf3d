"""Bytes on stdout, at the pace of whoever reads them, while everything else goes on: Ctrl-C above all."""

import asyncio
import io
import os
import select
import stat
from typing import TextIO


class Outlet:
    """Writes to a stream as it is.

    A pipe or a terminal that is not read blocks whoever writes to it, signals or not; so it is written to only when
    it has room, and only as much as then surely fits.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._descriptor = _descriptor(stream)
        self._may_block = self._descriptor is not None and not stat.S_ISREG(os.fstat(self._descriptor).st_mode)

    async def write(self, data: bytes) -> None:
        """Write all of it.

        Raises:
            BrokenPipeError: nobody reads any more.
            OSError: the disk is full, for example.
        """
        if self._descriptor is None:
            self._stream.write(data.decode(errors="backslashreplace"))
            return
        self._stream.flush()
        left = memoryview(data)
        while left:
            if self._may_block and not _has_room(self._descriptor):
                await _room(self._descriptor)
            piece = left[: select.PIPE_BUF] if self._may_block else left
            try:
                left = left[os.write(self._descriptor, piece) :]
            except BlockingIOError:  # another process has made the pipe a non-blocking one
                await _room(self._descriptor)


def _descriptor(stream: TextIO) -> int | None:
    """None for a stream in memory."""
    try:
        return stream.fileno()
    except (OSError, io.UnsupportedOperation):
        return None


def _has_room(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    return bool(poll.poll(0))


async def _room(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_writer(descriptor, _done, ready)
    try:
        await ready
    finally:
        loop.remove_writer(descriptor)


def _done(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
