"""A client of the simulated cluster that hides nothing: statuses, bodies, lines and frames as they come."""

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from kubectl_mc.demo.server import DemoCluster

V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
PODS = "/api/v1/namespaces/demo/pods"
TABLE = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"}


@dataclass(frozen=True)
class Answer:
    """What a request got."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def names(self) -> list[str]:
        """The names in a list."""
        return [item["metadata"]["name"] for item in self.json["items"]]

    @property
    def message(self) -> str:
        """The message of a Status."""
        return str(self.json["message"])


class Terminal:
    """An exec or attach that is open."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.out = b""
        self.err = b""
        self.status: Any = None

    async def type(self, data: bytes) -> None:
        """Sends to stdin."""
        await self.socket.send_bytes(b"\0" + data)

    async def resize(self, columns: int, rows: int) -> None:
        """Says how large the window is."""
        await self.socket.send_bytes(b"\4" + json.dumps({"Width": columns, "Height": rows}).encode())

    async def close_stdin(self) -> None:
        """What only v5 can say."""
        await self.socket.send_bytes(b"\xff\0")

    async def read_until(self, text: bytes) -> None:
        """Reads stdout until it holds a text."""
        while text not in self.out:
            assert await self._frame(), self.out

    async def finish(self) -> "Terminal":
        """Reads to the end."""
        while await self._frame():
            pass
        return self

    @property
    def exit_code(self) -> int:
        """0, or the code in the Status."""
        if self.status["status"] == "Success":
            return 0
        return int(self.status["details"]["causes"][0]["message"])

    async def _frame(self) -> bool:
        message = await self.socket.receive()
        if message.type != aiohttp.WSMsgType.BINARY:
            return False
        channel, data = message.data[0], message.data[1:]
        if channel == 1:
            self.out += data
        elif channel == 2:
            self.err += data
        elif channel == 3:
            self.status = json.loads(data)
        return True


class Client:
    """Requests of one user to one cluster."""

    def __init__(self, cluster: DemoCluster, session: aiohttp.ClientSession) -> None:
        self.cluster = cluster
        self._session = session

    async def request(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        *,
        user: str = "demo-admin",
        body: Any = None,
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request and its whole answer."""
        sent = {"Authorization": f"Bearer {user}", "Content-Type": content_type, **(headers or {})}
        data = None if body is None else json.dumps(body)
        async with self._session.request(
            method, self.cluster.url + path, params=query, headers=sent, data=data
        ) as response:
            return Answer(response.status, await response.read(), dict(response.headers))

    async def get(self, path: str, query: dict[str, str] | None = None, **more: Any) -> Answer:
        """GET."""
        return await self.request("GET", path, query, **more)

    async def log(self, pod: str, query: dict[str, str] | None = None) -> Answer:
        """GET of a log."""
        return await self.get(f"{PODS}/{pod}/log", query)

    @asynccontextmanager
    async def stream(self, path: str, query: dict[str, str], **headers: str) -> AsyncIterator[aiohttp.StreamReader]:
        """A watch or a followed log."""
        sent = {"Authorization": "Bearer demo-admin", **headers}
        async with self._session.get(self.cluster.url + path, params=query, headers=sent) as response:
            assert response.status == 200, await response.text()
            yield response.content

    @asynccontextmanager
    async def remote(
        self, pod: str, query: Iterable[tuple[str, str]], *, verb: str = "exec", protocol: str = V5
    ) -> AsyncIterator[Terminal]:
        """An exec or attach."""
        url = URL(f"{self.cluster.url}{PODS}/{pod}/{verb}").with_query(list(query))
        headers = {"Authorization": "Bearer demo-admin"}
        async with self._session.ws_connect(url, protocols=(protocol,), headers=headers, max_msg_size=0) as socket:
            yield Terminal(socket)

    async def run(self, pod: str, container: str, *command: str) -> Terminal:
        """Executes a command without stdin to its end."""
        query = [("container", container), ("stdout", "true"), ("stderr", "true")]
        async with self.remote(pod, [*query, *(("command", word) for word in command)]) as terminal:
            return await terminal.finish()


@asynccontextmanager
async def connected(cluster: DemoCluster) -> AsyncIterator[Client]:
    """A client of a cluster that runs already."""
    authority = base64.b64decode(cluster.kubeconfig()["clusters"][0]["cluster"]["certificate-authority-data"])
    context = ssl.create_default_context(cadata=authority.decode())
    connector = aiohttp.TCPConnector(ssl=context, limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield Client(cluster, session)


@asynccontextmanager
async def own_cluster(*scenarios: str) -> AsyncIterator[Client]:
    """A cluster of the test's own, with these scenarios."""
    cluster = DemoCluster(scenarios)
    await cluster.start()
    try:
        async with connected(cluster) as client:
            yield client
            # The connections' ends reach the server before it stops.
            await asyncio.sleep(0)
    finally:
        await cluster.stop()


def pod(name: str, *containers: str, image: str = "busybox:1.37", **metadata: Any) -> dict[str, Any]:
    """A small pod that runs for ever."""
    spec = {"containers": [{"name": each, "image": image, "command": ["sleep", "1d"]} for each in containers or ("c",)]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, **metadata}, "spec": spec}
