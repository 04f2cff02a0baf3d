"""The logs of many containers at once: one tail each, merged by time, with room kept for the slowest."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.tail import Reach, Source, Tail
from kubectl_mc.errors import McError
from kubectl_mc.logs.line import STAMP, Kind, tag_of, told
from kubectl_mc.logs.merge import Merge
from kubectl_mc.model.pod import Container, ContainerState, Pod
from kubectl_mc.model.times import human_duration, seconds_between

_HOLD_SECONDS = 0.2
"""How long a line waits for one that may belong before it, when following."""
_ROOM_LINES = 20_000
"""A source that is so far ahead of the others is not read on."""
_TICK_SECONDS = 0.02
_IDLE_SECONDS = 0.5

Emit = Callable[[list[bytes]], None]
"""Takes lines in their order; what it does not return from is not read on, so that a slow reader costs no memory."""


@dataclass(frozen=True, slots=True)
class Member:
    """A container in the hub."""

    source: Source
    pod: Pod
    container: Container
    tag: bytes


class LogHub:
    """Reads the containers that are added and emits their lines in the order of time."""

    def __init__(
        self,
        client: Client,
        reach: Reach,
        emit: Emit,
        joined: Callable[[Member], None],
        troubled: Callable[[Source, McError], None],
    ) -> None:
        """`joined` is told of each container before its first line comes, `troubled` of what goes wrong with one."""
        self._client = client
        self._reach = reach
        self._emit = emit
        self._joined = joined
        self._troubled = troubled
        self._merge = Merge()
        self._tails: dict[Source, asyncio.Task[None]] = {}
        self._fed = asyncio.Event()
        self._drained = asyncio.Event()
        self._changes: dict[str, asyncio.Future[None]] = {}
        self.failed: dict[Source, McError] = {}
        """Why a source could not be read, for those that could not."""

    def add(self, pod: Pod, containers: Iterable[Container]) -> None:
        """Containers to read from now on; those that are read already are passed over."""
        for container in containers:
            source = Source(pod.uid, pod.namespace, pod.name, container.name)
            if source in self._tails:
                continue
            number = self._merge.add()
            member = Member(source, pod, container, tag_of(number))
            self._joined(member)
            sink = _Sink(self, member, number)
            tail = Tail(self._client, source, self._reach, member.tag, sink, partial(self._change, pod.uid))
            self._tails[source] = asyncio.create_task(self._run(tail, number))

    def changed(self, uid: str) -> None:
        """A pod's status is another one now, or the pod is gone."""
        future = self._changes.pop(uid, None)
        if future is not None and not future.done():
            future.set_result(None)

    async def run(self) -> None:
        """Emit until every tail has ended."""
        await self._emit_while(lambda: any(not task.done() for task in self._tails.values()))

    async def run_for_ever(self) -> None:
        """Emit, also while no tail runs, since others may be added."""
        await self._emit_while(lambda: True)

    async def _emit_while(self, going: Callable[[], bool]) -> None:
        arrivals: deque[tuple[float, bytes]] = deque()
        while going():
            self._raise_failures()
            self._fed.clear()
            self._out(self._merge.ready())
            if self._reach.follow:
                self._release(arrivals)
            self._drained.set()
            try:
                async with asyncio.timeout(_TICK_SECONDS if self._merge.waits else _IDLE_SECONDS):
                    await self._fed.wait()
            except TimeoutError:
                continue
            await asyncio.sleep(0)
        self._raise_failures()
        self._out(self._merge.ready())

    def _raise_failures(self) -> None:
        """A tail keeps what concerns its source to itself; anything else is a fault that must not be lost."""
        for task in self._tails.values():
            if task.done() and not task.cancelled():
                task.result()

    def trouble(self, source: Source, error: McError) -> None:
        """A source cannot be read for now."""
        self._troubled(source, error)

    def fail(self, source: Source, error: McError) -> None:
        """A source cannot be read."""
        self.failed[source] = error
        self._troubled(source, error)

    @property
    def hopeless(self) -> bool:
        """Whether all that was to be read has ended, and every source with an error."""
        return (
            bool(self._tails)
            and all(task.done() for task in self._tails.values())
            and len(self.failed) == len(self._tails)
        )

    async def close(self) -> None:
        """End all tails."""
        for task in self._tails.values():
            task.cancel()
        await asyncio.gather(*self._tails.values(), return_exceptions=True)

    async def take(self, number: int, lines: list[bytes]) -> None:
        """Lines of a source; returns when there is room for more of it."""
        self._merge.feed(number, lines)
        self._fed.set()
        while self._merge.pending(number) > _ROOM_LINES and self._merge.ahead(number):
            self._drained.clear()
            await self._drained.wait()

    def tell(self, number: int, tag: bytes, kind: Kind, message: str) -> None:
        """A word about a source, after its newest line."""
        self._merge.feed(number, [told(kind, self._merge.newest_of(number) or _now(), message, tag)])
        self._fed.set()

    async def _run(self, tail: Tail, number: int) -> None:
        try:
            await tail.run()
        finally:
            self._merge.close(number)
            self._fed.set()

    def _change(self, uid: str) -> "asyncio.Future[None]":
        return self._changes.setdefault(uid, asyncio.get_running_loop().create_future())

    def _release(self, arrivals: deque[tuple[float, bytes]]) -> None:
        """Let go of what has been held for long enough."""
        now = time.monotonic()
        if self._merge.waits and (not arrivals or arrivals[-1][1] != self._merge.newest):
            arrivals.append((now, self._merge.newest))
        while arrivals and now - arrivals[0][0] >= _HOLD_SECONDS:
            self._out(self._merge.release(arrivals.popleft()[1]))

    def _out(self, lines: list[bytes]) -> None:
        if lines:
            self._emit(lines)


class _Sink:
    """A tail's findings, put into the hub with words for what is no line."""

    def __init__(self, hub: LogHub, member: Member, number: int) -> None:
        self._hub, self._member, self._number = hub, member, number

    async def lines(self, lines: list[bytes]) -> None:
        await self._hub.take(self._number, lines)

    def ended(self, state: ContainerState) -> None:
        ran = seconds_between(state.started_at, state.finished_at)
        how = f"exited {state.exit_code}" if state.exit_code is not None else "ended"
        reason = f" ({state.reason})" if state.reason not in ("", "Completed", "Error") else ""
        self._tell(Kind.LIFECYCLE, f"{how}{reason}" + (f" after {human_duration(ran)}" if ran is not None else ""))

    def started(self, restarts: int, missed: int) -> None:
        lost = f"; {missed} instances came and went unseen" if missed else ""
        self._tell(Kind.LIFECYCLE, f"restarted (restart {restarts}){lost}")

    def gap(self) -> None:
        self._tell(Kind.GAP, "lines are missing here: the kubelet no longer has them (rotated or truncated)")

    def trouble(self, error: McError) -> None:
        self._hub.trouble(self._member.source, error)

    def failed(self, error: McError) -> None:
        self._hub.fail(self._member.source, error)

    def _tell(self, kind: Kind, message: str) -> None:
        self._hub.tell(self._number, self._member.tag, kind, message)


def _now() -> bytes:
    """The time of a word about a source that has brought no line yet."""
    seconds, nanoseconds = divmod(time.time_ns(), 10**9)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{stamp}.{nanoseconds:09d}Z".encode()[:STAMP]
