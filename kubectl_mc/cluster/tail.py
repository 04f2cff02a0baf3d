"""The log of one container through its life: waits for its start, outlives disconnects, goes on after restarts."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.logs import LogRequest, log_blocks
from kubectl_mc.errors import ApiError, ConnectionLost, McError, NotFound
from kubectl_mc.logs.intake import Intake
from kubectl_mc.logs.resume import Anchor
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Container, ContainerState, Pod, Role
from kubectl_mc.model.resources import PODS

_BACKOFF_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
_TRANSIENT = frozenset({400, 429, 500, 502, 503, 504})
"""400 among them: the kubelet says so of a container that is being restarted."""

_SAID_AFTER = 2
"""A stream that breaks once or twice is mended unseen; then a person is told."""
_REST_TRIES = 3


@dataclass(frozen=True, slots=True)
class Source:
    """A container whose log is read. The pod is known by its uid: a successor may have its name."""

    uid: str
    namespace: str
    pod: str
    container: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of a log is wanted; `since` and `tail` concern the first instance only."""

    follow: bool = False
    previous: bool = False
    since: str | None = None
    tail: int | None = None


class Sink(Protocol):
    """Where a tail's findings go, in their order."""

    async def lines(self, lines: list[bytes]) -> None:
        """Lines of the log; returns when there is room for more."""

    def ended(self, state: ContainerState) -> None:
        """The instance whose lines came last has ended."""

    def started(self, restarts: int, missed: int) -> None:
        """Another instance begins, after `missed` ones that came and went unseen."""

    def gap(self) -> None:
        """Lines are missing here: the kubelet no longer has them."""

    def trouble(self, error: McError) -> None:
        """This source cannot be read for now; it is tried again."""

    def failed(self, error: McError) -> None:
        """This source cannot be read."""


class _Replaced(Exception):
    """What is being read belongs to the next instance."""


class Tail:
    """Reads one container's log into a sink."""

    def __init__(
        self,
        client: Client,
        source: Source,
        reach: Reach,
        tag: bytes,
        sink: Sink,
        changed: Callable[[], "asyncio.Future[None]"],
    ) -> None:
        """`changed` gives a future that is done when the pod's status may have become another one."""
        self._client = client
        self._source = source
        self._reach = reach
        self._sink = sink
        self._changed = changed
        self._intake = Intake(tag)
        self._anchor = Anchor()
        self._moved = False
        """Whether the present stream has brought anything new: the next break is then a first one again."""

    async def run(self) -> None:
        """Until everything is read or, when following, until no instance can come any more."""
        if not self._reach.follow:
            await self._once()
            return
        seen: Container | None = None
        while True:
            container = await self._next_instance(seen)
            if container is None:
                return
            if seen is not None:
                missed = container.status.restarts - seen.status.restarts - 1
                self._sink.started(container.status.restarts, max(missed, 0))
                self._anchor = Anchor()
            ended = await self._follow(container, first=seen is None)
            if ended is None:
                return
            self._sink.ended(ended)
            seen = container

    async def _once(self) -> None:
        try:
            await self._pass(self._request(previous=self._reach.previous, first=True))
        except McError as error:
            self._intake.drop()
            self._sink.failed(error)

    async def _next_instance(self, seen: Container | None) -> Container | None:
        """The first instance that is not the one seen; None when none can come."""
        while True:
            changed = self._changed()
            pod = await self._pod()
            container = _find(pod, self._source.container)
            if pod is None or container is None:
                return None
            new = seen is None or container.status.container_id != seen.status.container_id
            if new and container.status.container_id and not container.state.waiting:
                return container
            if pod.terminal or (not new and container.state.terminated and not _restarts(pod, container)):
                return None
            await changed

    async def _follow(self, container: Container, *, first: bool) -> ContainerState | None:
        """One instance to its end, which is returned; None when its pod is gone or may not be read."""
        failures = 0
        while True:
            broken: McError | None = None
            self._moved = False
            try:
                await self._pass(self._request(follow=True, first=first), container)
            except _Replaced:
                pass
            except NotFound:
                return None
            except (ConnectionLost, ApiError) as error:
                if isinstance(error, ApiError) and error.code not in _TRANSIENT:
                    self._sink.failed(error)
                    return None
                broken = error
            self._intake.drop()
            self._anchor.resume()
            failures = 0 if self._moved else failures
            if broken is not None or failures:
                if failures == _SAID_AFTER and broken is not None:
                    self._sink.trouble(broken)
                await asyncio.sleep(_BACKOFF_SECONDS[min(failures, len(_BACKOFF_SECONDS) - 1)])
            failures += 1
            try:
                state = _end_of(container, _find(await self._pod(), self._source.container))
            except (ConnectionLost, ApiError):
                continue
            if state is not None:
                await self._rest(container)
                return state

    async def _rest(self, container: Container) -> None:
        """What an ended instance wrote after the last line that came.

        While it is read the kubelet may start the next one, and what was the present log is the previous one: so it
        counts only if the same instance was there before and after.
        """
        for _ in range(_REST_TRIES):
            try:
                before = await self._instance()
                request = self._request(previous=before != container.status.container_id)
                blocks = [block async for block in log_blocks(self._client, request)]
                if before != await self._instance():
                    continue
            except McError:
                return  # gone with its pod, or with the restart after the next: what was read has to do
            for block in blocks:
                await self._new(self._intake.take(block), None)
            await self._new(self._intake.end(), None)
            return

    async def _instance(self) -> str | None:
        """The containerID that the pod's status names now."""
        found = _find(await self._pod(), self._source.container)
        return found.status.container_id if found is not None else None

    async def _pass(self, request: LogRequest, container: Container | None = None) -> None:
        """One stream to its end, what is new of it.

        Raises:
            _Replaced: the log is no longer that of `container`.
        """
        async for block in log_blocks(self._client, request):
            await self._new(self._intake.take(block), container)
        await self._new(self._intake.end(), container)

    async def _new(self, lines: list[bytes], container: Container | None) -> None:
        fresh, gap = self._anchor.new(lines)
        if gap:
            if container is not None and await self._instance() != container.status.container_id:
                raise _Replaced
            self._sink.gap()
        if fresh:
            self._moved = True
            self._anchor.saw(fresh)
            await self._sink.lines(fresh)

    def _request(self, *, follow: bool = False, previous: bool = False, first: bool = False) -> LogRequest:
        source, anchored = self._source, self._anchor.since
        return LogRequest(
            source.namespace,
            source.pod,
            source.container,
            follow=follow,
            previous=previous,
            since=anchored or (self._reach.since if first else None),
            tail=self._reach.tail if first and anchored is None else None,
        )

    async def _pod(self) -> Pod | None:
        """The pod now; None when it is gone, or another one has its name."""
        try:
            pod = parse_pod(await self._client.get(PODS, self._source.namespace, self._source.pod))
        except NotFound:
            return None
        return pod if pod.uid == self._source.uid else None


def _find(pod: Pod | None, name: str) -> Container | None:
    return next((c for c in pod.containers if c.name == name), None) if pod is not None else None


def _end_of(instance: Container, now: Container | None) -> ContainerState | None:
    """How an instance ended, as far as the pod's status says; None while it runs."""
    if now is None:
        return None
    if now.status.container_id == instance.status.container_id:
        return now.state if now.state.terminated else now.status.last if now.state.waiting else None
    return now.status.last


def _restarts(pod: Pod, container: Container) -> bool:
    """Whether the kubelet will start an ended container again.

    Source: kubelet `container/helpers.go` ShouldContainerBeRestarted, and the same for init containers.
    """
    if pod.deleted is not None or container.role is Role.EPHEMERAL:
        return False
    if container.role is Role.SIDECAR:
        return True
    if container.role is Role.INIT:
        return container.state.failed and pod.restart_policy != "Never"
    return pod.restart_policy == "Always" or (pod.restart_policy == "OnFailure" and container.state.failed)
