"""The WebSocket protocol of exec and attach: v5.channel.k8s.io and v4.channel.k8s.io.

The first byte of each frame is the channel. Owns the frames; what runs behind them is a `Session`.
"""

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, hdrs, web

from kubectl_mc.demo import errors
from kubectl_mc.demo.sessions import Session, Streams
from kubectl_mc.demo.shell.pipes import Pipe
from kubectl_mc.demo.shell.terminal import Terminal

STDIN, STDOUT, STDERR, STATUS, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255
V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
_FRAME = 32 * 1024
"""How much of the output goes into one frame, as from the real kubelet."""


async def remote_command(request: web.Request, session: Session, *, v5: bool) -> web.StreamResponse:
    """Answers an exec or attach; with `v5` false only the older protocol is spoken."""
    spoken = (V5, V4) if v5 else (V4,)
    offered = [each.strip() for each in request.headers.get(hdrs.SEC_WEBSOCKET_PROTOCOL, "").split(",")]
    if not set(offered) & set(spoken):
        return web.Response(status=403)
    # Without compression, and without a limit for one frame: 10 MB at once are a person's right.
    socket = web.WebSocketResponse(protocols=spoken, compress=False, max_msg_size=0)
    await socket.prepare(request)
    connection = _Connection(socket, request.query)
    reader = asyncio.create_task(connection.read())
    runner = asyncio.create_task(connection.run(session))
    try:
        await asyncio.wait((reader, runner), return_when=asyncio.FIRST_COMPLETED)
        if runner.done():
            await _send_status(socket, runner.result())
    except ConnectionError:
        # The client hung up while it was being answered.
        pass
    finally:
        for task in (reader, runner):
            task.cancel()
        await asyncio.gather(reader, runner, return_exceptions=True)
    await socket.close()
    return socket


async def _send_status(socket: web.WebSocketResponse, status: dict[str, Any]) -> None:
    await socket.send_bytes(bytes([STATUS]) + json.dumps(status, separators=(",", ":")).encode())


class _Connection:
    """The channels of one client."""

    def __init__(self, socket: web.WebSocketResponse, query: Any) -> None:
        self._socket = socket
        self._wanted = {name for name in ("stdin", "stdout", "stderr", "tty") if query.get(name) in ("true", "1")}
        self._terminal = Terminal(self._out) if "tty" in self._wanted else None
        self._stdin = Pipe() if self._terminal is None else self._terminal.stdin
        if "stdin" not in self._wanted:
            self._stdin.end()

    async def read(self) -> None:
        """Takes the client's frames until it is gone."""
        async for message in self._socket:
            if message.type != WSMsgType.BINARY or not message.data:
                continue
            channel, data = message.data[0], message.data[1:]
            if channel == STDIN and self._terminal is not None:
                await self._terminal.type(data)
            elif channel == STDIN:
                self._stdin.feed(data)
            elif channel == RESIZE and self._terminal is not None:
                size = json.loads(data)
                self._terminal.resize(int(size["Width"]), int(size["Height"]))
            elif channel == CLOSE and data == bytes([STDIN]) and self._socket.ws_protocol == V5:
                self._stdin.end()

    async def run(self, session: Session) -> dict[str, Any]:
        """Runs the session and says as a Status how it ended."""
        if not self._wanted & {"stdin", "stdout", "stderr"}:
            why = "unable to upgrade connection: you must specify at least 1 of stdin, stdout, stderr"
            return _failure(errors.internal(why))
        terminal = self._terminal
        out, err = (self._out, self._err) if terminal is None else (terminal.write, terminal.write)
        # The real server opens its side of the conversation with an empty frame.
        await self._socket.send_bytes(bytes([STDOUT]))
        try:
            code = await self._interruptible(session, Streams(self._stdin, out, err, terminal))
        except errors.ApiError as error:
            return _failure(error)
        return _ended(code)

    async def _interruptible(self, session: Session, streams: Streams) -> int:
        """The session's exit code; on a terminal Ctrl-C ends a command that is no shell."""
        if streams.terminal is None:
            return await session.run(streams)
        task = asyncio.create_task(session.run(streams))
        streams.terminal.foreground = task
        try:
            return await task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                task.cancel()
                raise
            return 130

    async def _out(self, data: bytes) -> None:
        await self._send(STDOUT, data)

    async def _err(self, data: bytes) -> None:
        await self._send(STDERR, data)

    async def _send(self, channel: int, data: bytes) -> None:
        """Output, unless the client did not ask for this stream."""
        if self._terminal is None and ("stdout" if channel == STDOUT else "stderr") not in self._wanted:
            return
        prefix = bytes([channel])
        for at in range(0, len(data), _FRAME):
            await self._socket.send_bytes(prefix + data[at : at + _FRAME])


def _ended(code: int) -> dict[str, Any]:
    """The Status of a command that ran."""
    if code == 0:
        return {"metadata": {}, "status": "Success"}
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"command terminated with non-zero exit code: command terminated with exit code {code}",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
    }


def _failure(error: errors.ApiError) -> dict[str, Any]:
    """The Status of a command that could not start; on this channel it has no kind."""
    return {key: value for key, value in error.status().items() if key not in ("kind", "apiVersion")}
