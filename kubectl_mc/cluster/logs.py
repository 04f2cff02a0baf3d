"""A container's log as the API server streams it: blocks of bytes, every line with its time in front."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from kubectl_mc.cluster.body import body
from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.client_package import aiohttp
from kubectl_mc.cluster.connection import CONNECT_SECONDS
from kubectl_mc.cluster.errors import Subject, translated
from kubectl_mc.model.resources import PODS
from kubectl_mc.model.times import format_time

_PLACE_SECONDS = 0.25
_SMALL_BLOCK = 8192
_PAUSE_SECONDS = 0.005
"""A busy container's lines come one by one; to take them a few at a time is many times cheaper."""


@dataclass(frozen=True, slots=True)
class LogRequest:
    """Which part of which container's log."""

    namespace: str
    pod: str
    container: str
    follow: bool = False
    previous: bool = False
    since: str | None = None
    """RFC 3339; the kubelet takes whole seconds and sends lines of that second, too."""
    tail: int | None = None

    def params(self) -> dict[str, str]:
        """The query; times are always asked for, since everything is ordered by them."""
        params = {"container": self.container, "timestamps": "true"}
        if self.follow:
            params["follow"] = "true"
        if self.previous:
            params["previous"] = "true"
        if self.since is not None:
            params["sinceTime"] = self.since
        if self.tail is not None:
            params["tailLines"] = str(self.tail)
        return params


def whole_second(time: datetime) -> str:
    """A time as `LogRequest.since`: the second that it lies in."""
    return format_time(time.replace(microsecond=0))


class Window:
    """Lets so many log requests be opened at a time; how many are open then has no limit."""

    def __init__(self, size: int = 50) -> None:
        self._free = asyncio.Semaphore(size)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Where a request is opened; given up before, if that takes long: a silent container's answer begins late."""
        await self._free.acquire()
        leaving = asyncio.get_running_loop().call_later(_PLACE_SECONDS, self._free.release)
        try:
            yield
        finally:
            if not leaving.cancelled() and leaving.when() > asyncio.get_running_loop().time():
                leaving.cancel()
                self._free.release()


async def log_blocks(client: Client, request: LogRequest, window: Window) -> AsyncGenerator[bytes]:
    """What has come since the last look, as it came: blocks begin and end anywhere.

    The end is the same whether the container has ended or a load balancer has: who follows must look at the pod.

    Raises:
        ApiError: the container has not started, has no previous instance, or may not be read.
        ConnectionLost: in the beginning or in the middle.
    """
    path = PODS.path(request.namespace, request.pod, "log")
    subject = Subject("get", PODS, request.namespace, request.pod, "log")
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=None)
    connection = client.connection
    async with AsyncExitStack() as stack:
        async with window.place():
            asked = connection.request("GET", path, subject, params=request.params(), timeout=timeout)
            response = await stack.enter_async_context(asked)
        content = body(response)
        while True:
            with translated(connection.server):
                block = await content.readany()
            if not block:
                return
            yield block
            if len(block) < _SMALL_BLOCK:
                await asyncio.sleep(_PAUSE_SECONDS)
