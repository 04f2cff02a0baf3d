"""Bytes on stdout, at the pace of whoever reads them, while everything else goes on: Ctrl-C above all."""

import asyncio
import io
import os
import select
import stat
import weakref
from typing import TextIO

_PAUSE_SECONDS = 0.01
"""Where there is said to be room and is none: a terminal has no half of a line break to offer, for example."""


class Outlet:
    """Writes to a stream as it is.

    A pipe or a terminal that is not read blocks whoever writes to it, signals or not. So it is opened once more for
    writes that don't block, since what is changed of the descriptor that was given is changed for others, too. Where
    that is not possible, it is written to only when it has room, and only as much as then surely fits: a quarter of the
    speed.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._descriptor = _descriptor(stream)
        self._may_block = self._descriptor is not None and not stat.S_ISREG(os.fstat(self._descriptor).st_mode)
        own = _reopened(self._descriptor) if self._descriptor is not None and self._may_block else None
        self._most = select.PIPE_BUF if self._may_block and own is None else None
        """Bytes at once; None for any number."""
        if own is not None:
            self._descriptor = own
            weakref.finalize(self, os.close, own)

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
            try:
                left = left[os.write(self._descriptor, left[: self._most]) :]
            except BlockingIOError:  # also a pipe, which another process may have made a non-blocking one
                await asyncio.sleep(_PAUSE_SECONDS)


def _descriptor(stream: TextIO) -> int | None:
    """None for a stream in memory."""
    try:
        return stream.fileno()
    except (OSError, io.UnsupportedOperation):
        return None


def _reopened(descriptor: int) -> int | None:
    """A terminal's or a pipe's own descriptor that doesn't block; None for what has no name here, as a socket."""
    try:
        name = os.ttyname(descriptor) if os.isatty(descriptor) else f"/proc/self/fd/{descriptor}"
        return os.open(name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
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
