"""A session in a container, joined to a terminal pane."""

import asyncio
import time

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.remote import RemoteRequest, RemoteSession, open_remote
from kubectl_mc.errors import ConnectionLost
from kubectl_mc.relay import Detached, Keys
from kubectl_mc.tui.terminal.typing_lines import LineTyping
from kubectl_mc.tui.undrawn import LIMIT, Undrawn
from kubectl_mc.tui.widgets.terminal_pane import TerminalPane

_LEAST, _MOST = 256, LIMIT
"""Bytes that are drawn at a time."""
_STEP_SECONDS = 0.008
"""Of CPU; if as many bytes as were drawn cost more, the next are fewer. Between two steps keys are heard."""
_PAUSE_SECONDS = 0.002
"""So long everything else has its turn, and more comes to be drawn: a terminal's output is often a few bytes a time."""
_IN_A_ROW = 32
"""Messages that are read before others have their turn; thousands may wait that are of a few bytes each."""
_UNSENT = 4096
"""Bytes that wait to be sent, above which no answers of the emulator's are added."""

_INTERRUPT, _END = b"\x03", b"\x04"
"""Ctrl-C, which also leaves a process that takes no input, and Ctrl-D."""
_CANCEL = b"\x18"
"""What breaks a sequence off that has no end."""
_GOODBYE = (_INTERRUPT, _END, _END)
"""What ends most of what may run in a shell, and the shell. Nothing else would: a closed connection ends no process."""
_GOODBYE_SECONDS = 0.2
"""How long each of them may take."""


class PaneSession:
    """Carries bytes between a session and its pane, until the remote process has ended.

    Args:
        detach: keys that leave it to itself; empty for none.
        redraw: whether the program has drawn its screen before, for another terminal: it is to do it again.
    """

    def __init__(
        self, client: Client, request: RemoteRequest, pane: TerminalPane, *, detach: bytes = b"", redraw: bool = False
    ) -> None:
        self._client, self._request, self._pane, self._redraw = client, request, pane, redraw
        self._keys = Keys(detach)
        self._lines = LineTyping(pane.feed) if request.stdin and not request.tty else None
        self._unsent, self._to_send = bytearray(), asyncio.Event()
        self._undrawn = Undrawn()
        self._size = pane.emulator.columns, pane.emulator.lines
        self._reading: asyncio.Task[int] | None = None
        self._resized = asyncio.Event()
        self._resized.set()

    async def run(self) -> int:
        """To its end; the exit code.

        Raises:
            McError: it could not be started, or the connection was cut.
            Detached: the keys were typed.
        """
        async with open_remote(self._client, self._request) as remote:
            reading = self._reading = asyncio.create_task(self._read(remote))
            drawing = asyncio.create_task(self._draw())
            typing = asyncio.create_task(self._type(remote))
            sizing = asyncio.create_task(self._resize(remote))
            tasks = (reading, drawing, typing, sizing)
            try:
                await asyncio.wait([drawing, typing], return_when=asyncio.FIRST_COMPLETED)
                if typing.done():
                    typing.result()
                await drawing
                return await reading
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def typed(self, data: bytes, *, answer: bool = False) -> None:
        """Bytes for the process.

        Args:
            answer: whether they are what it has asked the terminal, which may be more than it ever takes.
        """
        if _INTERRUPT in data and self._request.tty:
            self._undrawn.interrupt()
        if not answer or len(self._unsent) < _UNSENT:
            self._unsent += data
            self._to_send.set()

    async def hang_up(self) -> None:
        """End the shell, as far as keys can, so that it doesn't stay in the container; a main process is left alone."""
        for keys in _GOODBYE:
            if self._reading is None or self._reading.done() or not (self._request.command and self._request.tty):
                return
            self.typed(keys)
            await asyncio.wait([self._reading], timeout=_GOODBYE_SECONDS)

    @property
    def unsent(self) -> int:
        """Bytes that wait for the process to take them."""
        return len(self._unsent)

    def resized(self, columns: int, lines: int) -> None:
        """The pane has this size."""
        self._size = columns, lines
        self._resized.set()

    async def _read(self, remote: RemoteSession) -> int:
        try:
            count = 0
            while (piece := await remote.read()) is not None:
                await self._undrawn.add(piece[1])
                count += 1
                if count % _IN_A_ROW == 0:
                    await asyncio.sleep(0)
            return remote.exit_code
        finally:
            self._undrawn.end()

    async def _draw(self) -> None:
        """What has been read, until all is drawn that will ever be."""
        size = _LEAST
        while data := await self._undrawn.take(size):
            if skipped := self._undrawn.skipped():
                self._pane.feed(_CANCEL)
                self._pane.say(f"{skipped:,} bytes from before Ctrl-C took effect are not shown")
            start = time.thread_time()  # a busy machine is no reason to pause
            self._pane.feed(data)
            spent = time.thread_time() - start
            if spent > _STEP_SECONDS:
                size = max(size // 2, _LEAST)
            elif len(data) == size:
                size = min(size * 2, _MOST)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _type(self, remote: RemoteSession) -> None:
        while True:
            await self._to_send.wait()
            self._to_send.clear()
            data = bytes(self._unsent)
            self._unsent.clear()
            data, detaches = self._keys.passed(data)
            detaches, over = detaches or (_INTERRUPT in data and not self._request.stdin), False
            if self._lines is not None:
                data, over = self._lines.typed(data)
            try:
                if self._request.stdin:
                    await remote.write(data)
                if over:
                    await remote.end_stdin()
            except ConnectionLost:
                return  # whoever reads will say so
            if detaches:
                raise Detached

    async def _resize(self, remote: RemoteSession) -> None:
        if not self._request.tty:
            return
        try:
            if self._redraw:  # a program draws again when the size has changed, and not else
                await remote.resize(self._size[0] + 1, self._size[1] + 1)
            while True:
                await self._resized.wait()
                self._resized.clear()
                await remote.resize(*self._size)
        except ConnectionLost:
            return
