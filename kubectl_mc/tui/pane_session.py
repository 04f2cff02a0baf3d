"""A session in a container, joined to a terminal pane."""

import asyncio
from dataclasses import replace

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.remote import RemoteRequest, RemoteSession, open_remote
from kubectl_mc.errors import ConnectionLost, McError
from kubectl_mc.tui.widgets.terminal_pane import TerminalPane

_SLICE = 4096
"""Bytes that are drawn at a time; between them keys are heard."""


class PaneSession:
    """Carries bytes between a session and its pane, until the remote process has ended."""

    def __init__(self, client: Client, request: RemoteRequest, pane: TerminalPane) -> None:
        self._client = client
        self._request = replace(request, stdin=True, tty=True)
        self._pane = pane
        self._remote: RemoteSession | None = None
        self._typed: asyncio.Queue[bytes] = asyncio.Queue()
        self._size: tuple[int, int] | None = None
        self._resized = asyncio.Event()

    async def run(self) -> int:
        """To its end; the exit code.

        Raises:
            McError: it could not be started, or the connection was cut.
        """
        async with open_remote(self._client, self._request) as remote:
            self._remote = remote
            helpers = [asyncio.create_task(self._type(remote)), asyncio.create_task(self._resize(remote))]
            try:
                while (piece := await remote.read()) is not None:
                    data = piece[1]
                    for start in range(0, len(data), _SLICE):
                        self._pane.feed(data[start : start + _SLICE])
                        await asyncio.sleep(0)
                return remote.exit_code
            finally:
                for task in helpers:
                    task.cancel()
                await asyncio.gather(*helpers, return_exceptions=True)

    def typed(self, data: bytes) -> None:
        """Bytes for the process."""
        self._typed.put_nowait(data)

    def resized(self, columns: int, lines: int) -> None:
        """The pane has this size."""
        self._size = columns, lines
        self._resized.set()

    async def _type(self, remote: RemoteSession) -> None:
        while True:
            data = await self._typed.get()
            while not self._typed.empty():
                data += self._typed.get_nowait()
            try:
                await remote.write(data)
            except ConnectionLost:
                return  # whoever reads will say so

    async def _resize(self, remote: RemoteSession) -> None:
        while True:
            await self._resized.wait()
            self._resized.clear()
            if self._size is not None:
                try:
                    await remote.resize(*self._size)
                except ConnectionLost:
                    return


def ended_words(error: McError | None, code: int) -> str:
    """How a session ended, in a line."""
    if error is not None:
        return f"{error.message}{f' ({error.hint})' if error.hint else ''}"
    return f"the session ended with exit code {code}"
