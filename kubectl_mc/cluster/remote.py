"""A session in a container: bytes in and out, a terminal's size, and how it ended. Nothing here knows a terminal.

One WebSocket carries all of it; the first byte of a message is its channel
(`kubernetes/apimachinery` remotecommand, v5.channel.k8s.io and v4.channel.k8s.io).
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import IntEnum

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.client_package import aiohttp
from kubectl_mc.cluster.errors import Subject, translated
from kubectl_mc.cluster.remote_end import end_of
from kubectl_mc.errors import ConnectionLost
from kubectl_mc.model.resources import PODS

_V5, _V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
_FRAME = 32 * 1024
"""Bytes of stdin in a message, as kubectl sends them."""
_PAUSE_SECONDS = 10.0
"""Of silence, after which the server is asked whether it is there. It also keeps proxies from closing what is idle."""
_QUESTIONS = 3
"""So many without an answer mean that nobody is there any more; a network that was lost says nothing by itself."""


class Channel(IntEnum):
    """What a message's first byte says."""

    STDIN = 0
    STDOUT = 1
    STDERR = 2
    STATUS = 3
    SIZE = 4
    CLOSE = 255


_OUTPUT = {int(channel): channel for channel in (Channel.STDOUT, Channel.STDERR)}


@dataclass(frozen=True, slots=True)
class RemoteRequest:
    """Which process, and which of its streams."""

    namespace: str
    pod: str
    container: str
    command: tuple[str, ...] = ()
    """Empty: attach to the main process."""
    stdin: bool = False
    tty: bool = False
    """Then the process has a terminal, and its errors come with its output."""

    @property
    def verb(self) -> str:
        return "exec" if self.command else "attach"

    def params(self) -> list[tuple[str, str]]:
        """The query (core/v1 PodExecOptions, PodAttachOptions)."""
        wanted = {"stdin": self.stdin, "stdout": True, "stderr": not self.tty, "tty": self.tty}
        return [
            ("container", self.container),
            *((name, "true") for name, value in wanted.items() if value),
            *(("command", word) for word in self.command),
        ]


class RemoteSession:
    """An open session; read it to its end, then `exit_code` says how it ended."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, server: str) -> None:
        self._socket = socket
        self._server = server
        self._exit_code: int | None = None
        self._unanswered = 0
        self._answers = False
        """Whether the server has ever answered when asked: of one that doesn't, silence says nothing."""

    @property
    def closes_stdin(self) -> bool:
        """Whether the end of stdin can be told; v4 has no word for it."""
        return self._socket.protocol == _V5

    @property
    def exit_code(self) -> int:
        """The remote process's, once `read` has come to the end."""
        assert self._exit_code is not None
        return self._exit_code

    async def read(self) -> tuple[Channel, bytes] | None:
        """What comes next on STDOUT or STDERR; None at the end.

        Raises:
            McError: the command could not be started.
            ConnectionLost: the session was cut off before its end was told.
        """
        while self._exit_code is None:
            message = await self._message()
            if message.type is not aiohttp.WSMsgType.BINARY:
                if message.type is aiohttp.WSMsgType.TEXT:
                    continue
                raise ConnectionLost("the connection was cut before the command had ended")
            data: bytes = message.data
            channel = data[0] if data else -1
            if channel == Channel.STATUS:
                self._exit_code = end_of(data[1:])
            elif (output := _OUTPUT.get(channel)) is not None and len(data) > 1:
                return output, data[1:]
        return None

    async def write(self, data: bytes) -> None:
        """Bytes for stdin; returns when the connection takes more.

        Raises:
            ConnectionLost: it does no more.
        """
        for start in range(0, len(data), _FRAME):
            await self._send(Channel.STDIN, data[start : start + _FRAME])

    async def end_stdin(self) -> None:
        """No more will be written, as far as the server can be told."""
        if self.closes_stdin:
            await self._send(Channel.CLOSE, bytes([Channel.STDIN]))

    async def resize(self, columns: int, lines: int) -> None:
        """The terminal has this size."""
        await self._send(Channel.SIZE, json.dumps({"Width": columns, "Height": lines}).encode())

    async def ask(self) -> None:
        """Whether the server is there; `read` sees the answer.

        Raises:
            ConnectionLost: certainly not.
        """
        with translated(self._server):
            await self._socket.ping()

    async def _message(self) -> aiohttp.WSMessage:
        """The next one that carries something. Silence counts only here: where nobody reads, answers can't be seen."""
        while True:
            with translated(self._server):
                try:
                    message = await self._socket.receive(_PAUSE_SECONDS)
                except TimeoutError:
                    message = None
            if message is None:
                if self._answers and self._unanswered >= _QUESTIONS:
                    silence = _PAUSE_SECONDS * (_QUESTIONS + 1)
                    raise ConnectionLost(f"the connection is lost: no sign of the server for {silence:g} s")
                self._unanswered += 1
                await self.ask()
                continue
            self._unanswered = 0
            if message.type is aiohttp.WSMsgType.PING:
                with translated(self._server):
                    await self._socket.pong(message.data)
            elif message.type is aiohttp.WSMsgType.PONG:
                self._answers = True
            else:
                return message

    async def _send(self, channel: Channel, data: bytes) -> None:
        with translated(self._server):
            await self._socket.send_bytes(bytes([channel]) + data)


@asynccontextmanager
async def open_remote(client: Client, request: RemoteRequest) -> AsyncIterator[RemoteSession]:
    """A session, ended with the block; whether its command starts is known when it is read.

    Raises:
        McError: the server refuses, or cannot be reached.
    """
    path = PODS.path(request.namespace, request.pod, request.verb)
    subject = Subject("get", PODS, request.namespace, request.pod, request.verb)
    async with client.connection.websocket(path, subject, request.params(), (_V5, _V4)) as socket:
        session = RemoteSession(socket, client.connection.server)
        with suppress(ConnectionLost):  # whoever reads will know
            await session.ask()
        yield session
