"""Events as they happen, of pods that may themselves be new."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

from kubectl_mc.cluster.client import Client, Scope
from kubectl_mc.cluster.events import Concerned, concerned_by
from kubectl_mc.cluster.feed import PodFeed, open_feed
from kubectl_mc.cluster.targets import Selection, select
from kubectl_mc.cluster.watch import Changed, Interrupted, Snapshot, watch
from kubectl_mc.model.resources import EVENTS
from kubectl_mc.model.targets import Query

_UNCLAIMED = 1000
"""Events kept of objects that may yet turn out to be concerned: a pod's first event may come before the pod."""
_TICK_SECONDS = 0.25


async def event_changes(
    client: Client, query: Query, note: Callable[[str], None]
) -> AsyncIterator[list[dict[str, Any]] | Interrupted]:
    """Lists of events that are new or have changed, first all there are; for ever.

    Raises:
        McError: the first lists cannot be had, or a permission is missing.
    """
    selections = [] if query.whole else await select(client, query)
    events: asyncio.Queue[list[dict[str, Any]] | Interrupted | BaseException] = asyncio.Queue()
    namespace = None if query.all_namespaces else client.namespace
    reading = asyncio.create_task(_read(client, Scope(EVENTS, namespace), events))
    reading.add_done_callback(lambda task: _hand_on_end(task, events))
    try:
        if query.whole:
            while True:
                yield _raised(await events.get())
        async with open_feed(client, selections) as feed:
            await feed.require_named()
            sieve = _Sieve(client, feed, selections, note)
            await sieve.renew()
            while True:
                if await feed.updates(0 if not events.empty() else _TICK_SECONDS):
                    await sieve.renew()
                    if claimed := sieve.claimed():
                        yield claimed
                while not events.empty():
                    change = _raised(events.get_nowait())
                    if isinstance(change, Interrupted):
                        yield change
                    elif passed := sieve.sift(change):
                        yield passed
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


def _raised(change: list[dict[str, Any]] | Interrupted | BaseException) -> list[dict[str, Any]] | Interrupted:
    if isinstance(change, BaseException):
        raise change
    return change


async def _read(client: Client, scope: Scope, into: asyncio.Queue[Any]) -> None:
    async for change in watch(client, scope):
        if isinstance(change, Snapshot):
            into.put_nowait(change.items)
        elif isinstance(change, Changed):
            into.put_nowait([change.item])
        elif isinstance(change, Interrupted):
            into.put_nowait(change)


def _hand_on_end(task: asyncio.Task[None], into: asyncio.Queue[Any]) -> None:
    """Why the reading ended, whatever it is, goes where its consumer waits."""
    if not task.cancelled() and (failure := task.exception()) is not None:
        into.put_nowait(failure)


class _Sieve:
    """Lets through the events of what is concerned now, and keeps the others for a while."""

    def __init__(self, client: Client, feed: PodFeed, selections: list[Selection], note: Callable[[str], None]) -> None:
        self._client, self._feed, self._selections, self._note = client, feed, selections, note
        self._concerned = Concerned(frozenset(), frozenset())
        self._unclaimed: deque[dict[str, Any]] = deque(maxlen=_UNCLAIMED)

    async def renew(self) -> None:
        """Take in the pods there are now; what was concerned once stays so, since its last events come after it."""
        new = await concerned_by(self._client, self._feed.pods.values(), self._selections, self._note)
        self._concerned = Concerned(self._concerned.uids | new.uids, new.namespaces)

    def sift(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those that are concerned."""
        self._unclaimed.extend(event for event in events if not self._concerned.has(event))
        return [event for event in events if self._concerned.has(event)]

    def claimed(self) -> list[dict[str, Any]]:
        """Those kept back that turned out to be concerned."""
        found = [event for event in self._unclaimed if self._concerned.has(event)]
        if found:
            self._unclaimed = deque((e for e in self._unclaimed if not self._concerned.has(e)), maxlen=_UNCLAIMED)
        return found
