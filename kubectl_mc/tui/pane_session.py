"""A session in a container, joined to a terminal pane."""

import asyncio

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.remote import RemoteRequest, RemoteSession, open_remote
from kubectl_mc.errors import ConnectionLost
from kubectl_mc.relay import Detached, Keys
from kubectl_mc.tui.terminal.typing_lines import LineTyping
from kubectl_mc.tui.widgets.terminal_pane import TerminalPane

_SLICE = 4096
"""Bytes that are drawn at a time; between them keys are heard."""

_INTERRUPT = b"\x03"
"""Ctrl-C, which leaves a process that takes no input."""


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
        self._typed: asyncio.Queue[bytes] = asyncio.Queue()
        self._size = pane.emulator.columns, pane.emulator.lines
        self._resized = asyncio.Event()
        self._resized.set()

    async def run(self) -> int:
        """To its end; the exit code.

        Raises:
            McError: it could not be started, or the connection was cut.
            Detached: the keys were typed.
        """
        async with open_remote(self._client, self._request) as remote:
            reading = asyncio.create_task(self._read(remote))
            typing = asyncio.create_task(self._type(remote))
            sizing = asyncio.create_task(self._resize(remote))
            try:
                await asyncio.wait([reading, typing], return_when=asyncio.FIRST_COMPLETED)
                if typing.done():
                    typing.result()
                return await reading
            finally:
                for task in (reading, typing, sizing):
                    task.cancel()
                await asyncio.gather(reading, typing, sizing, return_exceptions=True)

    def typed(self, data: bytes) -> None:
        """Bytes for the process."""
        self._typed.put_nowait(data)

    def resized(self, columns: int, lines: int) -> None:
        """The pane has this size."""
        self._size = columns, lines
        self._resized.set()

    async def _read(self, remote: RemoteSession) -> int:
        while (piece := await remote.read()) is not None:
            data = piece[1]
            for start in range(0, len(data), _SLICE):
                self._pane.feed(data[start : start + _SLICE])
                await asyncio.sleep(0)
        return remote.exit_code

    async def _type(self, remote: RemoteSession) -> None:
        while True:
            data = await self._typed.get()
            while not self._typed.empty():
                data += self._typed.get_nowait()
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
