"""The logs of many containers at once: one tail each, merged by time, with room kept for the slowest."""

import asyncio
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.log_member import Member, MemberSink
from kubectl_mc.cluster.logs import Window
from kubectl_mc.cluster.pod_view import PodView
from kubectl_mc.cluster.refusals import Refusals
from kubectl_mc.cluster.tail import Tail
from kubectl_mc.errors import Forbidden, McError
from kubectl_mc.logs.hold import Hold
from kubectl_mc.logs.line import TAGS, Kind, stamp_at, tag_of, told
from kubectl_mc.logs.merge import Arrivals, Merge
from kubectl_mc.logs.pace import NOTHING
from kubectl_mc.logs.reach import Reach
from kubectl_mc.logs.source import Source
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.restarts import latest_end

ROOM_BYTES = 4 << 20
"""What may wait in all, if nothing else is said; a source that is ahead by more than its share is not read on."""
_LEAST_ROOM_BYTES = 32 << 10
_TICK_SECONDS = 0.02
_GATHER_SECONDS = 0.002
"""Lines that come within this time are merged in one go."""


class Output(Protocol):
    """Where a hub's lines go."""

    def joined(self, member: Member) -> None:
        """Another container, before its first line."""

    async def emit(self, lines: list[bytes]) -> None:
        """Lines in their order. What it doesn't return from is not read on: a slow reader costs no memory."""

    def note(self, text: str) -> None:
        """What a person should know and what is no part of the stream."""


class LogHub:
    """Reads the containers that are added and emits their lines in the order of time."""

    def __init__(
        self, client: Client, reach: Reach, output: Output, *, ordered: bool = True, room: int = ROOM_BYTES
    ) -> None:
        self._client = client
        self.reach = reach
        self._output = output
        self._room_of_all = room
        self._merge = Merge() if ordered else Arrivals()
        self._hold = Hold()
        self._window = Window()
        self._views: dict[str, PodView] = {}
        self._tails: dict[Source, asyncio.Task[None]] = {}
        self._active = 0
        self._joined = 0
        self._finishing = False
        self._fault: BaseException | None = None
        self._fed = asyncio.Event()
        self._drained = asyncio.Event()
        self.news = asyncio.Event()
        """Set when a tail has ended."""
        self.members: dict[Source, Member] = {}
        self._refusals = Refusals(self.note)
        self.failed: dict[Source, McError] = {}
        """Why a source could not be read, for those that could not."""

    def add(self, pod: Pod, containers: Iterable[Container]) -> None:
        """Containers to read from now on, and news of those that are read already."""
        view = self._views.setdefault(pod.uid, PodView())
        view.update(pod)
        for container in containers:
            source = Source(pod.uid, pod.namespace, pod.name, container.name)
            if source in self._tails:
                continue
            member = self._join(source, container, _place(pod, container))
            sink = MemberSink(self, member)
            tail = Tail(self._client, self._window, source, self.reach, member.tag, view, sink)
            self._active += 1
            if container.status.container_id and self.reach.tail != 0:
                self._hold.asked(member.number, time.monotonic(), _earliest(container))
            task = asyncio.create_task(tail.run(container))
            task.add_done_callback(lambda task, member=member: self._ended(task, member))  # type: ignore[misc]
            self._tails[source] = task

    def gone(self, pod: Pod) -> None:
        """A pod is there no more; so it was at its end."""
        view = self._views.get(pod.uid)
        if view is None or view.pod is None:
            return
        view.gone(pod)
        self._bury(pod)

    def _bury(self, pod: Pod) -> None:
        """Say that a pod is there no more, once its tails have said all they have to say."""
        tails = [(source, task) for source, task in self._tails.items() if source.uid == pod.uid]
        if not all(task.done() for _, task in tails):
            return
        self._views[pod.uid].last = None
        whole = self.whole(pod)
        ends = [stamp_at(end.finished_at) for each in pod.containers if (end := latest_end(each)) and end.finished_at]
        newest = [self._merge.newest_of(self.members[source].number) for source, _ in tails]
        key = max([*ends, *newest, self._merge.newest_of(whole.number)], default=b"") or stamp_at(datetime.now(UTC))
        self._feed(whole.number, [told(Kind.LIFECYCLE, key, f"pod {pod.name} is gone", whole.tag)])
        # Pods come and go: their sources' numbers are for others then.
        del self.members[whole.source]
        self._merge.free(whole.number)
        for source, _ in tails:
            self._merge.free(self.members[source].number)

    def whole(self, pod: Pod) -> Member:
        """What stands for a pod itself, not for one of its containers; no line waits for it."""
        source = Source(pod.uid, pod.namespace, pod.name, "")
        member = self.members.get(source)
        if member is None:
            member = self._join(source, None, len(pod.containers))
            self._merge.close(member.number)
        return member

    def reads(self, pod: Pod, container: str) -> bool:
        """Whether more may come of a container."""
        task = self._tails.get(Source(pod.uid, pod.namespace, pod.name, container))
        return task is not None and not task.done()

    def tell(self, member: Member, kind: Kind, message: str, at: datetime | None = None, *, last: bool = False) -> None:
        """A word among a source's lines, in its place by time, though not before the newest of them.

        Args:
            at: in whole seconds, as the kubelet's are.
            last: whether nothing of the source comes after it: then it stands behind what others wrote in that second.
        """
        newest = self._merge.newest_of(member.number)
        if at is None:
            key = newest or self._merge.newest or stamp_at(datetime.now(UTC))
        elif last:
            end = stamp_at(at.replace(microsecond=999_999))
            # What is still to come of others must not be late because of it.
            key = min(end, max(self._merge.newest, stamp_at(at))) if self.reach.follow else end
        else:
            key = stamp_at(at)
        line = told(kind, max(newest, key), message, member.tag)
        # A record's lines sort by the time of its first one, and have their own. Where a word stands behind others of
        # its second, that is its place and not its time.
        line.stamp = max(member.tally.last, stamp_at(at)) if at is not None else max(newest, member.tally.last, key)
        self._feed(member.number, [line])

    def tell_event(self, pod: Pod, container: str, message: str, at: datetime, place: datetime) -> None:
        """A pod's event, `at` its time; it stands where `place` says. No container's line waits for one."""
        whole = self.whole(pod)
        about = self.members.get(Source(pod.uid, pod.namespace, pod.name, container), whole)
        if self._views[pod.uid].pod is None:
            about = whole
        line = told(Kind.EVENT, max(self._merge.newest_of(whole.number), stamp_at(place)), message, about.tag)
        line.stamp = stamp_at(at)
        self._feed(whole.number, [line])

    async def run(self) -> None:
        """Emit lines until, after `finish`, every tail has ended and nothing is held any more.

        Raises:
            Exception: a fault of this tool's own; what concerns a source its tail keeps to itself.
        """
        while self._active or not self._finishing:
            self._fed.clear()  # before, since to emit may take a while, and what comes meanwhile must be seen
            await self._emit()
            if await self._wait():
                await asyncio.sleep(_GATHER_SECONDS)
        self._refusals.say()
        await self._emit()
        await self._out(self._merge.release(self._merge.newest))

    def finish(self) -> None:
        """Nothing is added any more."""
        self._finishing = True
        self._fed.set()

    @property
    def idle(self) -> bool:
        """Whether every tail has ended."""
        return not self._active

    @property
    def hopeless(self) -> bool:
        """Whether all that was to be read has ended, and every source with an error."""
        return bool(self._tails) and not self._active and len(self.failed) == len(self._tails)

    async def close(self) -> None:
        """End all tails; what had come of their lines is still emitted."""
        for task in self._tails.values():
            task.cancel()
        await asyncio.gather(*self._tails.values(), return_exceptions=True)

    async def take(self, member: Member, lines: list[bytes]) -> None:
        """Lines of a source; returns when there is room for more of it."""
        member.tally.took(lines)
        self._feed(member.number, lines)
        self._hold.took(member.number, self._merge.newest_of(member.number), time.monotonic())
        while self._merge.bytes_of(member.number) > self._room and self._merge.ahead(member.number):
            self._hold.full(member.number)
            self._drained.clear()
            await self._drained.wait()
            self._hold.took(member.number, self._merge.newest_of(member.number), time.monotonic())

    def fail(self, source: Source, error: McError) -> None:
        """A source cannot be read."""
        self.failed[source] = error
        self._refusals.add(source, error)
        if isinstance(error, Forbidden):
            self._give_up_beside(source, error)

    def _give_up_beside(self, refused: Source, error: Forbidden) -> None:
        """Wait no more for those of a pod that have yet to start: who may not read one of its logs may read none."""
        pod = self._views[refused.uid].pod
        for each in pod.containers if pod is not None else ():
            source = Source(refused.uid, refused.namespace, refused.pod, each.name)
            task = self._tails.get(source)
            if task is not None and not task.done() and source not in self.failed and not each.status.container_id:
                self.failed[source] = error
                self._refusals.add(source, error)
                task.cancel()

    def note(self, text: str) -> None:
        self._output.note(text)

    @property
    def _room(self) -> int:
        return max(self._room_of_all // max(self._active, 1), _LEAST_ROOM_BYTES)

    def _join(self, source: Source, container: Container | None, place: int) -> Member:
        number = self._merge.add()
        # Numbers are used again, tags as late as possible: lines with one may still be on their way.
        member = Member(number, tag_of(self._joined % TAGS), source, container, place)
        self._joined += 1
        self.members[source] = member
        self._output.joined(member)
        return member

    def _feed(self, number: int, lines: list[bytes]) -> None:
        self._merge.feed(number, lines)
        self._fed.set()

    def _ended(self, task: asyncio.Task[None], member: Member) -> None:
        self._active -= 1
        self._merge.close(member.number)
        self._hold.ended(member.number)
        view = self._views[member.source.uid]
        if view.pod is None and view.last is not None:
            self._bury(view.last)
        if not task.cancelled() and (fault := task.exception()) is not None:
            self._fault = fault
        self._fed.set()
        self.news.set()

    async def _wait(self) -> bool:
        """Wait for lines; False when it is time to let go of held ones."""
        try:
            async with asyncio.timeout(_TICK_SECONDS if self._merge.waits else None):
                await self._fed.wait()
        except TimeoutError:
            return False
        return True

    async def _emit(self) -> None:
        if self._fault is not None:
            raise self._fault
        await self._out(self._merge.ready())
        if self.reach.follow:
            due = self._hold.due(self._merge.newest if self._merge.waits else b"", time.monotonic())
            if due is not None:
                await self._out(self._merge.release(due))
        self._drained.set()

    async def _out(self, lines: list[bytes]) -> None:
        if lines:
            await self._output.emit(lines)


def _earliest(container: Container) -> bytes:
    """The time before which a container's log, as far as it is kept, has no line."""
    began = container.state.started_at if not container.status.restarts else None
    return stamp_at(began) if began is not None else NOTHING


def _place(pod: Pod, container: Container) -> int:
    return next(index for index, other in enumerate(pod.containers) if other.name == container.name)
