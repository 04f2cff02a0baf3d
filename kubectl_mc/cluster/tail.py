"""The log of one container through its life: waits for its start, outlives disconnects, goes on after restarts."""

import asyncio
from functools import partial

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.log_history import History
from kubectl_mc.cluster.log_reader import BACKOFF_SECONDS, BUSY, GONE, Enough, LogReader, Replaced
from kubectl_mc.cluster.log_sink import Sink
from kubectl_mc.cluster.logs import Window
from kubectl_mc.cluster.pod_view import PodView
from kubectl_mc.errors import ApiError, ConnectionLost, McError, NotFound
from kubectl_mc.logs.reach import Reach
from kubectl_mc.logs.source import Source
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Container, ContainerState, Pod
from kubectl_mc.model.resources import PODS
from kubectl_mc.model.restarts import end_of, has_log, latest_end, will_restart

_TRANSIENT = BUSY | {400}
"""400 is what the kubelet says of a container that is being restarted."""
_SAID_AFTER = 2
"""A stream that breaks once or twice is mended unseen; then a person is told."""
_REST_TRIES = 3
_POLL_SECONDS = 1.0
_NEWS_SECONDS = 1.0
"""What one request says a watch will have said by then."""


class Tail:
    """Reads one container's log into a sink, instance after instance."""

    def __init__(
        self, client: Client, window: Window, source: Source, reach: Reach, tag: bytes, view: PodView, sink: Sink
    ) -> None:
        self._client = client
        self._source = source
        self._reach = reach
        self._view = view
        self._sink = sink
        self._reader = LogReader(client, window, source, reach, tag, sink)
        self._history = History(self._reader, reach, sink)

    async def run(self, container: Container) -> None:
        """Until everything is read or, when following, until no instance can come any more.

        Args:
            container: how it is now.
        """
        try:
            if self._reach.follow:
                await self._live()
            elif self._reach.previous:
                if not container.status.restarts and container.status.last is None:
                    raise NotFound("there is no previous log: it has not been restarted")
                await self._reader.whole(previous=True)
            else:
                await self._once(container)
        except Enough:
            pass
        except McError as error:
            self._reader.drop()
            self._sink.failed(error)

    async def _once(self, container: Container) -> None:
        if not await self._history.before(container):
            await self._reader.whole()
        if (end := latest_end(container)) is not None:
            self._sink.ended(container, end, last=True)

    async def _live(self) -> None:
        seen: Container | None = None
        ended: ContainerState | None = None
        while True:
            container = await self._next_instance(seen)
            if container is None:
                return
            if seen is None:
                await self._history.before(container)
            else:
                await self._history.between(seen, ended, container)
            ended = latest_end(container)
            if ended is None:
                ended = await self._follow(container)
            else:
                await self._rest(container)
            if ended is None:
                return
            self._sink.ended(container, ended, last=self._is_last(container))
            seen = container

    def _is_last(self, container: Container) -> bool:
        """Whether no instance can come after one that has ended."""
        now = _of(self._view.pod, container.name)
        return self._view.pod is None or now is None or not will_restart(self._view.pod, now)

    async def _next_instance(self, seen: Container | None) -> Container | None:
        """The first instance that is not the one seen and has a log; None when none can come."""
        while True:
            pod = self._view.pod
            container = _of(pod, self._source.container)
            if pod is None or container is None:
                return None
            new = seen is None or container.status.container_id != seen.status.container_id
            if new and container.status.container_id and (not container.state.waiting or latest_end(container)):
                return container
            if pod.terminal or (not new and latest_end(container) is not None and not will_restart(pod, container)):
                return None
            await self._view.changed()

    async def _follow(self, container: Container) -> ContainerState | None:
        """One instance to its end, which is returned; None when it is not known, or it may not be read."""
        failures = 0
        while True:
            broken: McError | None = None
            try:
                await self._stream(container)
            except Replaced:
                pass
            except NotFound:
                return await self._last_words(container)
            except (ConnectionLost, ApiError) as error:
                if isinstance(error, ApiError) and error.code not in _TRANSIENT:
                    self._sink.failed(error)
                    return None
                broken = error
            failures = 0 if self._reader.moved else failures
            if broken is not None or failures:
                if failures == _SAID_AFTER and broken is not None:
                    self._sink.trouble(broken)
                pause = BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS) - 1)]
                await (asyncio.sleep(pause) if broken is not None else self._view.changed_within(pause))
            failures += 1
            try:
                pod = await self._pod()
            except (ConnectionLost, ApiError):
                self._reader.broke(badly=True)
                continue
            if pod is None:
                # Its log is gone with it; another pod may have its name, and that one's is not to be read.
                return await self._last_words(container)
            state = end_of(container, _of(pod, self._source.container))
            cut = isinstance(broken, ConnectionLost)
            self._reader.broke(badly=cut or (state is None and not self._reader.polls), cut=cut)
            if state is not None:
                await self._rest(container)
                return state
            if self._reader.polls:
                failures = 0
                await asyncio.sleep(_POLL_SECONDS)

    async def _stream(self, container: Container) -> None:
        """One stream, to its end. That of a pod that is gone may hang: it is left when nothing comes any more."""
        following = asyncio.create_task(self._reader.follow(partial(self._is_present, container)))
        leaving = asyncio.create_task(self._silence())
        try:
            await asyncio.wait([following, leaving], return_when=asyncio.FIRST_COMPLETED)
            if following.done():
                following.result()
        finally:
            following.cancel()
            leaving.cancel()
            await asyncio.gather(following, leaving, return_exceptions=True)

    async def _silence(self) -> None:
        """Returns when nothing has come for a moment of a pod that is gone."""
        while self._view.pod is not None:
            await self._view.changed()
        taken = -1
        while taken != self._reader.taken or not self._reader.waits:
            taken = self._reader.taken
            await asyncio.sleep(_NEWS_SECONDS)

    async def _last_words(self, container: Container) -> ContainerState | None:
        """How an instance ended whose pod is gone, as far as its last status says."""
        while self._view.pod is not None and await self._view.changed_within(_NEWS_SECONDS):
            pass
        return end_of(container, _of(self._view.last, self._source.container))

    async def _rest(self, container: Container) -> None:
        """What an ended instance wrote after the last line that came.

        While it is read the kubelet may start the next one, and what was the present log is the previous one, for as
        long as the next one lives: so the log that has the last line is taken. Where that tells nothing, it counts
        only if the pod's status, which comes later, names the same instance before and after.

        Raises:
            ApiError: it may not be read.
        """
        changes = failures = 0
        while changes < _REST_TRIES:
            try:
                if await self._reader.rest():
                    return
                now = _of(await self._pod(), self._source.container)
                if now is None:
                    return
                if not has_log(container, now):
                    break
                before = now.status.container_id
                blocks = await self._reader.blocks(previous=before != container.status.container_id)
                if before == await self._instance():
                    if self._reader.lacks(blocks):
                        break
                    await self._reader.put(blocks, complete=True)
                    return
                changes += 1
            except (ConnectionLost, ApiError) as error:
                if isinstance(error, ApiError) and error.code in GONE:
                    break  # gone with its pod, or with the restart after the next: what was read has to do
                if isinstance(error, ApiError) and error.code not in BUSY:
                    raise
                if failures == _SAID_AFTER:
                    self._sink.trouble(error)
                await asyncio.sleep(BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS) - 1)])
                failures += 1
        if self._view.pod is not None:
            self._reader.lost()

    async def _is_present(self, container: Container) -> bool:
        return await self._instance() == container.status.container_id

    async def _instance(self) -> str | None:
        """The containerID that the pod's status names now."""
        found = _of(await self._pod(), self._source.container)
        return found.status.container_id if found is not None else None

    async def _pod(self) -> Pod | None:
        """The pod now; None when it is gone, or another one has its name."""
        try:
            pod = parse_pod(await self._client.get(PODS, self._source.namespace, self._source.pod))
        except NotFound:
            return None
        return pod if pod.uid == self._source.uid else None


def _of(pod: Pod | None, name: str) -> Container | None:
    return pod.container(name) if pod is not None else None
