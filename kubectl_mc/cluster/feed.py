"""Several watches as one: the pods of a question, and what is around them, as they are now and as they change."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.targets import Selection, read_target
from kubectl_mc.cluster.watch import Change, Changed, Deleted, Interrupted, Snapshot, watch
from kubectl_mc.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Resumed:
    """What is shown is current again."""


Update = Changed | Deleted | Interrupted | Resumed
"""What a consumer sees; snapshots are made into the changes that they amount to."""


class PodFeed:
    """The pods of some selections, or other objects, kept up to date by one watch each.

    Use it through `open_feed`. `pods` holds what is known now, by uid, in API JSON; `of` what one selection has.
    """

    def __init__(self, client: Client, selections: Sequence[Selection]) -> None:
        self._client = client
        self._selections = selections
        self._queue: asyncio.Queue[Update | BaseException] = asyncio.Queue()
        self._synced = asyncio.Event()
        self._waiting_for = set(range(len(selections)))
        self._failure: BaseException | None = None
        self._by_selection: list[dict[str, dict[str, Any]]] = [{} for _ in selections]
        self._refused: dict[int, Forbidden] = {}

    @property
    def pods(self) -> dict[str, dict[str, Any]]:
        """All pods by uid, each once, in the order of the selections."""
        return {uid: pod for pods in self._by_selection for uid, pod in pods.items()}

    def of(self, selection: Selection) -> list[dict[str, Any]] | None:
        """The objects of one of the selections; None if it is optional and may not be read."""
        index = self._selections.index(selection)
        return None if index in self._refused else list(self._by_selection[index].values())

    @property
    def refusals(self) -> list[Forbidden]:
        """Why optional selections are not read."""
        return list(self._refused.values())

    def has(self, name: str) -> bool:
        """Whether there is a pod of this name now."""
        return any(pod["metadata"]["name"] == name for pods in self._by_selection for pod in pods.values())

    async def require_named(self) -> None:
        """Refuse to wait for a pod that was named and doesn't exist.

        Raises:
            NotFound: there is none of that name; the hint has the nearest.
        """
        for selection in self._selections:
            if selection.one_pod and selection.target is not None and not self.has(selection.target.name):
                await read_target(self._client, selection.target)

    async def synced(self) -> None:
        """Wait until every watch has its first snapshot.

        Raises:
            McError: one of them cannot be had.
        """
        await self._synced.wait()
        if self._failure is not None:
            raise self._failure

    async def updates(self, timeout: float) -> list[Update]:
        """What has happened since the last call; waits up to `timeout` seconds for the first, then takes all there is.

        Raises:
            McError: a watch has ended for good.
        """
        found: list[Update] = []
        try:
            async with asyncio.timeout(timeout):
                found.append(self._checked(await self._queue.get()))
        except TimeoutError:
            return found
        while not self._queue.empty():
            found.append(self._checked(self._queue.get_nowait()))
        return found

    @staticmethod
    def _checked(update: Update | BaseException) -> Update:
        if isinstance(update, BaseException):
            raise update
        return update

    async def run(self, index: int) -> None:
        """Carry one selection's watch into the feed; the work of one task."""
        try:
            await self._carry(index)
        except Forbidden as error:
            if not self._selections[index].optional:
                raise
            self._refused[index] = error
            self._queue.put_nowait(Resumed())
            self._begin(index)

    def _begin(self, index: int) -> None:
        """What there is of one selection is known, as far as it ever will be."""
        self._waiting_for.discard(index)
        if not self._waiting_for:
            self._synced.set()

    async def _carry(self, index: int) -> None:
        selection, known = self._selections[index], self._by_selection[index]
        async for change in watch(self._client, selection.scope):
            for update in _as_updates(change, known, selection):
                # The first snapshot is the state to start from, not news.
                if index not in self._waiting_for:
                    self._queue.put_nowait(update)
            self._begin(index)

    def ended(self, task: asyncio.Task[None]) -> None:
        """Hand on why a watch ended, whatever it is, so that nobody waits for it in vain."""
        if not task.cancelled() and (failure := task.exception()) is not None:
            self._failure = failure
            self._synced.set()
            self._queue.put_nowait(failure)


def _as_updates(change: Change, known: dict[str, dict[str, Any]], selection: Selection) -> list[Update]:
    """A change of the watch as changes of the selection, written down in `known`."""
    if isinstance(change, Interrupted):
        return [change]
    if isinstance(change, Snapshot):
        current = {item["metadata"]["uid"]: item for item in change.items if selection.has(item)}
        gone: list[Update] = [Deleted(item) for uid, item in known.items() if uid not in current]
        news: list[Update] = [Changed(item) for uid, item in current.items() if known.get(uid) != item]
        known.clear()
        known.update(current)
        return [Resumed(), *gone, *news]
    uid = change.item["metadata"]["uid"]
    if isinstance(change, Deleted):
        return [change] if known.pop(uid, None) is not None else []
    if not selection.has(change.item):
        return []
    known[uid] = change.item
    return [change]


@asynccontextmanager
async def open_feed(client: Client, selections: Sequence[Selection]) -> AsyncIterator[PodFeed]:
    """A running feed, synchronised; its watches end with the block.

    Raises:
        McError: a selection cannot be listed.
    """
    feed = PodFeed(client, selections)
    tasks = [asyncio.create_task(feed.run(index)) for index in range(len(selections))]
    for task in tasks:
        task.add_done_callback(feed.ended)
    try:
        await feed.synced()
        yield feed
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
