"""Watches, turned into snapshots: at most ten a second, however much changes."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.feed import PodFeed, Resumed, Update, open_feed
from kubectl_mc.cluster.metrics import read_usage
from kubectl_mc.cluster.targets import select
from kubectl_mc.cluster.watch import Deleted, Interrupted
from kubectl_mc.errors import Forbidden
from kubectl_mc.model.metrics import Usage
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.targets import Query
from kubectl_mc.session import Session
from kubectl_mc.tui.snapshot import Snapshot, Trouble

_PAUSE_SECONDS = 0.1
_USAGE_SECONDS = 15.0
"""How often metrics-server measures, by default."""
_MEASURED = 60
"""Measurements that are remembered."""


class PodWatch:
    """Watches the pods of a question, from `begin` to `end`; `snapshot` is what it knows of them now."""

    def __init__(self, session: Session, query: Query, client: Client | None = None) -> None:
        self.client = client or session.client()
        self.query = query
        self._now = session.now
        self.snapshot = Snapshot()
        self._news: Callable[[Snapshot], None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._answered = asyncio.Event()
        self._feed: PodFeed | None = None
        self._parsed: dict[str, tuple[object, Pod]] = {}
        self._gone: dict[str, tuple[Pod, dict[str, object], datetime]] = {}
        self._usage: dict[tuple[str, str, str], Usage] = {}
        self._unmeasured = ""
        self._trouble: Trouble | None = None
        self._kept = ""
        self._history: dict[str, deque[Usage]] = {}

    async def begin(self) -> None:
        """Watch from now on; returns once it is known which pods there are, or that one may not know.

        Raises:
            McError: they cannot be watched.
        """
        watching = self._watching = asyncio.create_task(self._watch())
        answered = asyncio.create_task(self._answered.wait())
        try:
            await asyncio.wait((watching, answered), return_when=asyncio.FIRST_COMPLETED)
        finally:
            answered.cancel()
        if watching.done():
            watching.result()

    def follow(self, news: Callable[[Snapshot], None], failed: Callable[[BaseException], None]) -> None:
        """Hand on every snapshot from now on, and the error after which there are no more."""

        def ended(task: asyncio.Task[None]) -> None:
            if not task.cancelled() and (error := task.exception()) is not None:
                failed(error)

        self._news = news
        if self._watching is not None:
            self._watching.add_done_callback(ended)

    async def end(self) -> None:
        """Watch no longer."""
        self._news = None
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    def keep(self, uid: str) -> None:
        """Somebody looks at this pod, or at none: its last state stays when it is gone, its use is remembered."""
        self._kept = uid
        self._history = {}
        if self._feed is not None:
            self._remember()
            self._publish(self._snapshot(self._feed))

    async def _watch(self) -> None:
        try:
            await self._watch_readable()
        except Forbidden as error:
            self._publish(Snapshot(answered=True, forbidden=error.message))

    async def _watch_readable(self) -> None:
        selections = await select(self.client, self.query)
        async with open_feed(self.client, selections) as feed:
            await feed.require_named()
            self._feed = feed
            self._publish(self._snapshot(feed))
            measuring = asyncio.create_task(self._measure(feed))
            try:
                while True:
                    for update in await feed.updates(60.0):
                        self._take(update)
                    self._publish(self._snapshot(feed))
                    await asyncio.sleep(_PAUSE_SECONDS)
            finally:
                measuring.cancel()

    def _publish(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._answered.set()
        if self._news is not None:
            self._news(snapshot)

    def _take(self, update: Update) -> None:
        if isinstance(update, Interrupted):
            retry = self._now() + timedelta(seconds=update.retry_in)
            self._trouble = Trouble(update.error.message, retry)
            return
        self._trouble = None
        if isinstance(update, Deleted):
            uid = update.item["metadata"]["uid"]
            if uid == self._kept:
                self._gone[uid] = parse_pod(update.item), update.item, self._now()
        elif not isinstance(update, Resumed):
            self._gone.pop(update.item["metadata"]["uid"], None)

    def _snapshot(self, feed: PodFeed) -> Snapshot:
        documents = feed.pods
        self._gone = {uid: gone for uid, gone in self._gone.items() if uid == self._kept and uid not in documents}
        self._parsed = {uid: self._known(uid, document) for uid, document in documents.items()}
        pods = {uid: pod for uid, (_, pod) in self._parsed.items()}
        pods.update((uid, pod) for uid, (pod, _, _) in self._gone.items())
        documents.update((uid, document) for uid, (_, document, _) in self._gone.items())
        gone = {uid: since for uid, (_, _, since) in self._gone.items()}
        history = {name: tuple(measured) for name, measured in self._history.items()}
        return Snapshot(
            pods,
            documents,
            gone,
            self._usage,
            history,
            unmeasured=self._unmeasured,
            answered=True,
            trouble=self._trouble,
        )

    def _known(self, uid: str, document: dict[str, object]) -> tuple[object, Pod]:
        """A pod is parsed once for each change of it."""
        known = self._parsed.get(uid)
        return known if known is not None and known[0] is document else (document, parse_pod(document))

    def _remember(self) -> None:
        """One more measurement of the pod that somebody looks at."""
        if self._kept not in self._parsed:
            return
        pod = self._parsed[self._kept][1]
        for container in pod.containers:
            used = self._usage.get((pod.namespace, pod.name, container.name))
            if used is not None:
                self._history.setdefault(container.name, deque(maxlen=_MEASURED)).append(used)

    async def _measure(self, feed: PodFeed) -> None:
        namespace = None if self.query.all_namespaces else self.client.namespace
        while True:
            said: list[str] = []
            self._usage = await read_usage(self.client, namespace, self.query.labels, said.append)
            unmeasured, self._unmeasured = self._unmeasured, "; ".join(said)
            if self._usage or unmeasured != self._unmeasured:
                self._remember()
                self._publish(self._snapshot(feed))
            await asyncio.sleep(_USAGE_SECONDS)


async def begun_elsewhere(session: Session, query: Query, **given: object) -> PodWatch:
    """A watch that has begun, of another question and with other flags, by a client of its own.

    Raises:
        McError: its pods cannot be watched; nothing is left open.
    """
    client = session.connected(**given)
    watch = PodWatch(session, query, client)
    try:
        await watch.begin()
    except BaseException:
        await watch.end()
        await client.connection.close()
        raise
    return watch
