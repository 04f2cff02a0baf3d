"""The simulated cluster as a whole: the store, the nodes and the API server on a port of 127.0.0.1.

`DemoCluster` for callers with an event loop, `running_demo` for those without. Never prints.

Left out of the simulation: port-forward, cp (no image has a tar), explain (there are no schemas), and, refused with a
message, dry runs on the server and server-side apply.
"""

import asyncio
import base64
import contextlib
import os
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import yaml
from aiohttp import web

from kubectl_mc.demo import foundation, past
from kubectl_mc.demo.api import ApiServer
from kubectl_mc.demo.auth import ADMIN, Auth
from kubectl_mc.demo.certificate import self_signed
from kubectl_mc.demo.clock import Clock
from kubectl_mc.demo.faults import Faults
from kubectl_mc.demo.programs import Program
from kubectl_mc.demo.scenarios import NAMESPACE, named
from kubectl_mc.demo.simulation import Simulation
from kubectl_mc.demo.store import Object, Store

P = ParamSpec("P")
T = TypeVar("T")

CONTEXT = "kubectl-mc-demo"
HOST = "127.0.0.1"
_SHUTDOWN_SECONDS = 0.1
"""How long a stopping server waits for open requests: watches and logs would never end by themselves."""


class DemoCluster:
    """A cluster with its pods minutes old from the first moment on."""

    def __init__(
        self, scenarios: Iterable[str] | None = None, *, port: int = 0, standing_at: float | None = None
    ) -> None:
        """All scenarios, the named ones, or `()` for none; KeyError for an unknown name.

        Args:
            port: 0 is a free one.
            standing_at: epoch seconds at which the clock stands still, so that the same is to be seen each time.
        """
        self.clock = Clock()
        if standing_at is not None:
            self.clock.freeze(standing_at)
        self.store = Store(self.clock)
        self.auth = Auth()
        foundation.lay(self.store, self.clock)
        self.simulation = Simulation(self.store, self.clock)
        self.faults = Faults(self.store, self._close_port, self._open_port)
        self._api = ApiServer(self.store, self.clock, self.auth, self.simulation.node, self.faults)
        self._port = port
        self._certificate = self_signed(CONTEXT, HOST)
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._life: asyncio.Task[None] | None = None
        past.plan(self.simulation, named(scenarios), self.clock.now())
        self.simulation.catch_up()

    @property
    def url(self) -> str:
        """Where the API is, once the cluster has started."""
        return f"https://{HOST}:{self._port}"

    async def start(self) -> None:
        """Opens the port and lets time pass."""
        self._runner = web.AppRunner(
            self._api.app,
            shutdown_timeout=_SHUTDOWN_SECONDS,
            access_log=None,
            # Else a watch whose client has gone would end when it writes next, with its next bookmark.
            handler_cancellation=True,
        )
        await self._runner.setup()
        await self._open_port()
        self._life = asyncio.create_task(self.simulation.run())

    async def stop(self) -> None:
        """Ends everything, open streams too."""
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
        self.faults.drop_connections()
        if self._runner is not None:
            # A good-bye by TLS waits for its answer, and the loop may be closed before that.
            self._abort_connections()
            await self._runner.cleanup()
            await asyncio.sleep(0)

    def apply(self, obj: Object, programs: Mapping[str, Program] | None = None) -> Object:
        """Creates an object now, in the demo's namespace unless it names one; `programs` by container name."""
        metadata = {"namespace": NAMESPACE, **obj["metadata"]}
        return self.simulation.apply({**obj, "metadata": metadata}, programs)

    def advance(self, seconds: float) -> None:
        """Lets time jump; everything that is due by then has happened when this returns."""
        # First what is due already: a pod that came a moment ago begins before the jump and not after it.
        self.simulation.catch_up()
        self.clock.advance(seconds)
        self.simulation.catch_up()

    def kubeconfig(self, user: str = ADMIN) -> dict[str, Any]:
        """A kubeconfig for one of the users."""
        authority = base64.b64encode(self._certificate.pem.encode()).decode()
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": CONTEXT, "cluster": {"server": self.url, "certificate-authority-data": authority}}],
            "users": [{"name": user, "user": {"token": self.auth.token(user)}}],
            "contexts": [
                {"name": CONTEXT, "context": {"cluster": CONTEXT, "user": user, "namespace": NAMESPACE}},
            ],
            "current-context": CONTEXT,
        }

    def write_kubeconfig(self, path: Path, user: str = ADMIN) -> Path:
        """Writes the kubeconfig, readable for its owner alone, and returns the path."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yaml.safe_dump(self.kubeconfig(user), file, sort_keys=False)
        return path

    async def _open_port(self) -> None:
        assert self._runner is not None
        context = self._certificate.context()
        self._site = web.TCPSite(self._runner, HOST, self._port, reuse_address=True, ssl_context=context)
        await self._site.start()
        self._port = self._runner.addresses[0][1]

    async def _close_port(self) -> None:
        if self._site is not None:
            await self._site.stop()
            self._site = None
        self._abort_connections()

    def _abort_connections(self) -> None:
        """All of them, the idle ones as well."""
        server = self._runner.server if self._runner is not None else None
        for connection in server.connections if server is not None else []:
            if connection.transport is not None:
                connection.transport.abort()


@dataclass(frozen=True)
class RunningDemo:
    """A cluster on an event loop of its own."""

    cluster: DemoCluster
    loop: asyncio.AbstractEventLoop

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a function of the cluster on its loop and returns what it returns."""

        async def on_loop() -> T:
            return function(*args, **kwargs)

        return self.wait(on_loop())

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine of the cluster, such as `cluster.faults.stop()`, to its end."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()


@contextlib.contextmanager
def running_demo(
    scenarios: Iterable[str] | None = None, *, port: int = 0, standing_at: float | None = None
) -> Iterator[RunningDemo]:
    """A running cluster in a daemon thread, for callers without an event loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="demo-cluster", daemon=True)
    thread.start()
    running = RunningDemo(DemoCluster(scenarios, port=port, standing_at=standing_at), loop)
    try:
        running.wait(running.cluster.start())
        yield running
    finally:
        running.wait(running.cluster.stop())
        running.wait(_end_tasks())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end_tasks() -> None:
    """Ends what handlers of dropped connections have left behind: a loop closed over tasks complains of them."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
