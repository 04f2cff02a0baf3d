"""A container's log as the API server streams it: blocks of bytes, every line with its time in front."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.client_package import aiohttp
from kubectl_mc.cluster.connection import CONNECT_SECONDS
from kubectl_mc.cluster.errors import Subject, translated
from kubectl_mc.model.resources import PODS


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


async def log_blocks(client: Client, request: LogRequest) -> AsyncIterator[bytes]:
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
    async with connection.request("GET", path, subject, params=request.params(), timeout=timeout) as response:
        while True:
            with translated(connection.server):
                block = await response.content.readany()
            if not block:
                return
            yield block
