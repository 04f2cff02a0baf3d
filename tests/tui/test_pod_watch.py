"""What is known of the pod that somebody looks at, and how long."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from kubectl_mc.demo.server import RunningDemo, running_demo
from kubectl_mc.model.resources import PODS
from kubectl_mc.model.targets import Query
from kubectl_mc.session import Session
from kubectl_mc.tui.snapshot import Snapshot
from kubectl_mc.tui.watching import PodWatch
from tests.commands import Stream

POD = "webapp-with-logging"


class _Watched:
    """A watch and the snapshots that came of it."""

    def __init__(self, watch: PodWatch, demo: RunningDemo) -> None:
        self.watch, self.demo = watch, demo
        self._news = asyncio.Event()
        watch.follow(lambda _: self._news.set(), lambda _: None)

    @property
    def uid(self) -> str:
        [uid] = self.watch.snapshot.pods
        return uid

    async def until(self, condition: Callable[[Snapshot], object]) -> None:
        async with asyncio.timeout(30):
            while not condition(self.watch.snapshot):
                self._news.clear()
                await self._news.wait()


def _watching(tmp_path: Path, work: Callable[[_Watched], Awaitable[None]]) -> None:
    async def run(demo: RunningDemo) -> None:
        config = demo.cluster.write_kubeconfig(tmp_path / "config")
        session = Session(
            stdout=Stream(terminal=False), stderr=Stream(terminal=False), environ={"KUBECONFIG": str(config)}
        )
        watch = PodWatch(session, Query())
        try:
            await watch.begin()
            await work(_Watched(watch, demo))
        finally:
            await watch.end()
            await session.client().connection.close()

    with running_demo([POD]) as demo:
        asyncio.run(run(demo))


def test_what_was_measured_before_somebody_looked_is_there_at_once(tmp_path: Path) -> None:
    async def work(watched: _Watched) -> None:
        await watched.until(lambda snapshot: snapshot.usage)
        watched.watch.keep(watched.uid)
        assert set(watched.watch.snapshot.history) == {"webapp", "log-shipper"}

    _watching(tmp_path, work)


def test_a_pod_that_is_gone_goes_when_nobody_looks_any_more(tmp_path: Path) -> None:
    async def work(watched: _Watched) -> None:
        uid = watched.uid
        watched.watch.keep(uid)
        await watched.watch.client.delete(PODS, "demo", POD, uid=uid)
        watched.demo.call(watched.demo.cluster.advance, 60.0)
        await watched.until(lambda snapshot: uid in snapshot.gone)
        watched.watch.keep("")
        assert not watched.watch.snapshot.pods

    _watching(tmp_path, work)
