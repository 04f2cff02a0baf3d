"""Servers that misbehave as a test wants them to, on real sockets, and connections to them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.connection import Connection
from kubectl_mc.cluster.kubeconfig import Access, Impersonation
from kubectl_mc.demo.auth import ADMIN
from kubectl_mc.demo.server import DemoCluster

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def http_server(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A server whose every answer is the handler's; its URL."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def raw_server(talk: Talk) -> AsyncIterator[str]:
    """A server below HTTP: it does with a connection what `talk` does, then closes it; its URL."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def access(
    server: str,
    user: Mapping[str, Any] | None = None,
    *,
    impersonation: Impersonation = Impersonation(),  # noqa: B008 (frozen)
    **cluster: Any,
) -> Access:
    """What a kubeconfig would have come to; entries of its cluster have `_` for `-`."""
    entries = {key.replace("_", "-"): value for key, value in cluster.items()}
    return Access({"server": server, **entries}, user or {}, "demo", impersonation)


@asynccontextmanager
async def connected(
    to: Access | str,
    environ: Mapping[str, str] | None = None,
    *,
    timeout: float | None = None,
    notes: list[str] | None = None,
) -> AsyncIterator[Client]:
    """A client, closed with the block."""
    heard = [] if notes is None else notes
    where = access(to) if isinstance(to, str) else to
    async with Client(
        Connection(where, environ or {}, timeout=timeout, may_ask=lambda: False, notify=heard.append)
    ) as client:
        yield client


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that no event tells of."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.002)


@asynccontextmanager
async def demo_cluster() -> AsyncIterator[DemoCluster]:
    """An empty simulated cluster on this event loop."""
    cluster = DemoCluster(())
    await cluster.start()
    try:
        yield cluster
    finally:
        await cluster.stop()


@asynccontextmanager
async def client_of(cluster: DemoCluster, user: str = ADMIN, notes: list[str] | None = None) -> AsyncIterator[Client]:
    """A client of one of its users."""
    config = cluster.kubeconfig(user)
    entry, token = config["clusters"][0]["cluster"], config["users"][0]["user"]
    async with connected(Access(entry, token, "demo", Impersonation()), notes=notes) as client:
        yield client
