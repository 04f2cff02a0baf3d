"""What a container wrote before the instance that runs, as far as it is asked for and the kubelet still has it."""

from kubectl_mc.cluster.log_reader import LogReader
from kubectl_mc.cluster.log_sink import Sink
from kubectl_mc.errors import ApiError, ConnectionLost
from kubectl_mc.logs.reach import Reach
from kubectl_mc.model.pod import Container, ContainerState
from kubectl_mc.model.restarts import end_before


class History:
    """Reads earlier instances through a container's reader, and says which of them cannot be read any more."""

    def __init__(self, reader: LogReader, reach: Reach, sink: Sink) -> None:
        self._reader, self._reach, self._sink = reader, reach, sink

    async def before(self, container: Container) -> bool:
        """What there was before the present instance, as far as it is asked for and still there.

        Returns:
            Whether the present instance has been read, too.
        """
        earlier, last, reach = container.status.restarts, container.status.last, self._reach
        if reach.tail and reach.until is not None:
            await self._last(container, reach.tail)
            return True
        if not earlier or reach.tail == 0:
            return False
        if container.state.waiting or last is None:
            # In a back-off `last` is the end of the very instance that is read.
            if reach.tail is None:
                self._sink.started(container, None, 0 if reach.bounded else earlier)
            return False
        if reach.since is not None and (last.finished_at is None or last.finished_at < reach.since.time):
            if reach.tail is None:
                self._sink.started(container, last, 0)
            return False
        if reach.tail is None:
            read = await self._previous(container, last)
            self._sink.started(container, last, 0 if reach.bounded else earlier - read)
            return False
        try:
            blocks = await self._reader.blocks()
        except (ApiError, ConnectionLost):
            return False  # whoever reads the present instance will say it
        left = reach.tail - sum(block.count(b"\n") for block in blocks)
        if left > 0:
            await self._previous(container, last, left)
            self._sink.started(container, last, 0)
        await self._reader.put(blocks, complete=not reach.follow)
        return True

    async def _last(self, container: Container, count: int) -> None:
        """The last lines before an end in time, of this instance and, where it has too few, of the one before."""
        present = await self._reader.last(count)
        before = container.status.last if container.status.restarts and not container.state.waiting else None
        if len(present) < count and before is not None:
            try:
                older = await self._reader.last(count - len(present), previous=True)
            except (ApiError, ConnectionLost):
                older = []
            if older:
                await self._sink.lines(older)
                self._sink.ended(container, before)
            self._sink.started(container, before, 0)
        if present:
            await self._sink.lines(present)

    async def between(self, seen: Container, ended: ContainerState | None, container: Container) -> None:
        """What came and went since the instance that was read: the last of it is still there as the previous one."""
        self._reader.next_instance()
        missed = container.status.restarts - seen.status.restarts - 1
        last = end_before(container) or (ended if missed == 0 else None)
        if missed > 0 and last is not None:
            missed -= await self._previous(container, last)
        self._sink.started(container, last, max(missed, 0))

    async def _previous(self, container: Container, last: ContainerState, tail: int | None = None) -> bool:
        """Read the instance before the present one; False when the kubelet no longer has it."""
        try:
            await self._reader.whole(previous=True, tail=tail)
        except (ApiError, ConnectionLost):
            return False
        finally:
            self._reader.next_instance()
        self._sink.ended(container, last)
        return True
