"""A fast source of logs for the benchmarks: an API server's few answers, made beforehand.

    python benchmarks/log_source.py PODS CONTAINERS LINES [--flush]

Prints a kubeconfig's path and serves until it is ended. `--flush` sends line by line, as a kubelet does on follow.
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

SECOND = 1_760_000_000
MESSAGE = b"GET /api/v1/items/%d HTTP/1.1 200 "
WIDTH = 130


def log(source: int, lines: int) -> list[bytes]:
    """A log of lines a millisecond apart, interleaved with the other sources', in blocks of 1,000 lines."""
    blocks: list[bytes] = []
    for start in range(0, lines, 1000):
        block = []
        for number in range(start, min(start + 1000, lines)):
            nanoseconds = number * 1_000_000 + source * 1000
            seconds = SECOND + nanoseconds // 10**9
            minutes, second = divmod(seconds % 3600, 60)
            stamp = b"2026-01-01T00:%02d:%02d.%09dZ " % (minutes, second, nanoseconds % 10**9)
            block.append((stamp + MESSAGE % number).ljust(WIDTH - 1, b"x") + b"\n")
        blocks.append(b"".join(block))
    return blocks


class Source:
    """Everything that is served."""

    def __init__(self, pods: int, containers: int, lines: int, *, flush: bool) -> None:
        names = [f"c{number}" for number in range(containers)]
        self.logs = {name: log(number, lines) for number, name in enumerate(names)}
        self.flush = flush
        started = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
        self.pods = [
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": f"web-{number}", "namespace": "default", "uid": f"uid-{number}"},
                "spec": {"nodeName": "n1", "containers": [{"name": name, "image": "app:1"} for name in names]},
                "status": {
                    "phase": "Running",
                    "containerStatuses": [
                        {"name": name, "state": started, "ready": True, "containerID": f"x://{number}-{name}"}
                        for name in names
                    ],
                },
            }
            for number in range(pods)
        ]

    def document(self, path: str) -> object:
        """The JSON at a path; None for what is not served."""
        version = {"groupVersion": "v1", "version": "v1"}
        verbs = {"verbs": ["get", "list", "watch"]}
        pod_kind = {
            "name": "pods",
            "singularName": "pod",
            "namespaced": True,
            "kind": "Pod",
            "shortNames": ["po"],
            **verbs,
        }
        fixed = {
            "/version": {"major": "1", "minor": "34", "gitVersion": "v1.34.0"},
            "/api": {"kind": "APIVersions", "versions": ["v1"]},
            "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
            "/api/v1": {"kind": "APIResourceList", **version, "resources": [pod_kind]},
            "/api/v1/namespaces/default/pods": {
                "kind": "PodList",
                "apiVersion": "v1",
                "metadata": {"resourceVersion": "1"},
                "items": self.pods,
            },
        }
        by_name = {f"/api/v1/namespaces/default/pods/{pod['metadata']['name']}": pod for pod in self.pods}  # type: ignore[index]
        return {**fixed, **by_name}.get(path)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        while head := await self._head(reader):
            url = urlsplit(head.split(" ")[1])
            query = parse_qs(url.query)
            if url.path.endswith("/log"):
                await self._send_log(writer, query["container"][0])
            elif query.get("watch"):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
                await asyncio.sleep(3600)
            else:
                document = self.document(url.path)
                status = "200 OK" if document is not None else "404 Not Found"
                body = json.dumps(document or {"kind": "Status", "code": 404, "reason": "NotFound"}).encode()
                head_out = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(head_out.encode() + body)
            await writer.drain()

    async def _head(self, reader: asyncio.StreamReader) -> str:
        try:
            return (await reader.readuntil(b"\r\n\r\n")).decode()
        except (asyncio.IncompleteReadError, ConnectionError):
            return ""

    async def _send_log(self, writer: asyncio.StreamWriter, container: str) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n")
        for block in self.logs[container]:
            for piece in block.splitlines(keepends=True) if self.flush else [block]:
                writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                await writer.drain()
        writer.write(b"0\r\n\r\n")


async def main() -> None:
    pods, containers, lines = map(int, sys.argv[1:4])
    source = Source(pods, containers, lines, flush="--flush" in sys.argv)
    server = await asyncio.start_server(source.handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kubeconfig"
        cluster = {"name": "source", "cluster": {"server": f"http://127.0.0.1:{port}"}}
        context = {"name": "source", "context": {"cluster": "source", "user": "nobody"}}
        user = {"name": "nobody", "user": {}}
        config = {"clusters": [cluster], "contexts": [context], "users": [user], "current-context": "source"}
        path.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", **config}))
        print(path, flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
