"""This process's streams and a session in a container, joined until the remote side has ended."""

import asyncio
import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from kubectl_mc.outlet import Outlet
from kubectl_mc.session import Session
from kubectl_mc.terminal import Modes, raw, size_of

if TYPE_CHECKING:
    from kubectl_mc.cluster.remote import RemoteSession

_BLOCK = 64 * 1024
_SIGNALLED = 128
"""Exit codes above are signals: the program had no time to finish its line."""


class Detached(Exception):
    """The keys were typed that leave a session to itself."""


class Relay:
    """Carries bytes both ways.

    Args:
        stdin: where keys or bytes come from; None for a process that gets none.
        terminal: whether both sides are terminals.
        detach: keys that leave the session; empty for none.
        redraw: whether the program has drawn its screen before, for another terminal: it is to do it again.
    """

    def __init__(
        self, session: Session, stdin: int | None, *, terminal: bool, detach: bytes = b"", redraw: bool = False
    ) -> None:
        self._session = session
        self._stdin = stdin
        self._terminal = terminal
        self._keys = Keys(detach)
        self._redraw = redraw
        self._modes = Modes()
        self._sending = False
        self._midline = False
        """Whether the terminal's cursor stands behind something."""
        self._unfinished = False

    async def run(self, remote: "RemoteSession") -> int:
        """Until the remote process has ended; its exit code.

        Raises:
            McError: it could not be started, or the connection was cut.
            Detached: the detach keys were typed.
        """
        if not self._terminal or self._stdin is None:
            return await self._carry(remote)
        with raw(self._stdin):
            try:
                with _sized(remote, self._stdin, redraw=self._redraw):
                    code = await self._carry(remote)
                self._unfinished = self._midline and code > _SIGNALLED
                return code
            except BaseException:
                self._unfinished = self._midline
                raise
            finally:
                await self._restore()

    async def _carry(self, remote: "RemoteSession") -> int:
        reading = asyncio.ensure_future(self._output(remote))
        typing = asyncio.ensure_future(self._input(remote))
        try:
            await asyncio.wait([reading, typing], return_when=asyncio.FIRST_COMPLETED)
            if typing.done():
                await typing
                await asyncio.wait([reading])
            elif not self._terminal and not reading.exception() and self._has_more():
                self._session.note("the command ended before it had been given all of stdin")
            return await reading
        finally:
            for task in (reading, typing):
                task.cancel()
            await asyncio.gather(reading, typing, return_exceptions=True)

    async def _output(self, remote: "RemoteSession") -> int:
        from kubectl_mc.cluster.remote import Channel

        out, err = self._session.outlet(), Outlet(self._session.stderr)
        while (piece := await remote.read()) is not None:
            channel, data = piece
            if self._terminal:
                self._modes.saw(data)
                self._midline = not data.endswith(b"\n")
            await (out if channel is Channel.STDOUT else err).write(data)
        return remote.exit_code

    async def _input(self, remote: "RemoteSession") -> None:
        from kubectl_mc.errors import ConnectionLost

        if self._stdin is None:
            return
        while data := await read_piece(self._stdin):
            data, detaches = self._keys.passed(data) if self._terminal else (data, False)
            self._sending = True
            try:
                await remote.write(data)
            except ConnectionLost:
                # The server takes no more, and may still tell how the command ended: whoever reads will know.
                await asyncio.get_running_loop().create_future()
            self._sending = False
            if detaches:
                raise Detached
        await remote.end_stdin()

    def _has_more(self) -> bool:
        """Whether something of stdin has not been sent; it may also just be open, and silent."""
        if self._sending or self._stdin is None:
            return self._sending
        return bool(select.select([self._stdin], [], [], 0)[0]) and bool(os.read(self._stdin, 1))

    async def _restore(self) -> None:
        """Whatever the program has left switched on the terminal; what is said next begins a line."""
        rest = self._modes.undo() + (b"\r\n" if self._unfinished else b"")
        if rest:
            with suppress(OSError):  # it has been closed
                await self._session.outlet().write(rest)


class Keys:
    """Finds the keys that leave a session among those that are typed."""

    def __init__(self, sequence: bytes) -> None:
        self._sequence = sequence
        self._typed = b""

    def passed(self, data: bytes) -> tuple[bytes, bool]:
        """What is for the session, and whether it is to be left; what may be the sequence's beginning waits."""
        if not self._sequence:
            return data, False
        data = self._typed + data
        at = data.find(self._sequence)
        if at >= 0:
            return data[:at], True
        kept = next(
            (n for n in range(min(len(self._sequence) - 1, len(data)), 0, -1) if data.endswith(self._sequence[:n])), 0
        )
        self._typed = data[len(data) - kept :]
        return data[: len(data) - kept], False


@contextmanager
def _sized(remote: "RemoteSession", descriptor: int, *, redraw: bool) -> Iterator[None]:
    """The remote terminal has this one's size, now and whenever it changes."""
    loop = asyncio.get_running_loop()
    sending: set[asyncio.Task[None]] = set()

    def tell(more: int = 0) -> None:
        if (size := size_of(descriptor)) is not None:
            task = asyncio.ensure_future(_told(remote, (size[0] + more, size[1] + more)))
            sending.add(task)
            task.add_done_callback(sending.discard)

    if redraw:  # a program draws again when the size has changed, and not else
        tell(1)
    tell()
    loop.add_signal_handler(signal.SIGWINCH, tell)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGWINCH)


async def _told(remote: "RemoteSession", size: tuple[int, int]) -> None:
    from kubectl_mc.errors import ConnectionLost

    try:
        await remote.resize(*size)
    except ConnectionLost:
        return  # whoever reads will say so


async def read_piece(descriptor: int) -> bytes:
    """The next bytes of a descriptor, empty at its end, while everything else goes on."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    try:
        loop.add_reader(descriptor, _done(ready))
    except PermissionError:  # a file, which is always ready, as far as waiting for it goes
        return await asyncio.to_thread(os.read, descriptor, _BLOCK)
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)
    try:
        return os.read(descriptor, _BLOCK)
    except OSError:  # the terminal has been closed
        return b""


def _done(ready: asyncio.Future[None]) -> Callable[[], None]:
    def set_done() -> None:
        if not ready.done():
            ready.set_result(None)

    return set_done
