"""The events of the pods whose logs are read, told in their places."""

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from kubectl_mc.cluster.client import Client, Scope
from kubectl_mc.cluster.events import Concerned, list_events
from kubectl_mc.cluster.log_hub import LogHub
from kubectl_mc.cluster.watch import Changed, Snapshot, watch
from kubectl_mc.errors import McError
from kubectl_mc.logs import words
from kubectl_mc.logs.reach import Reach
from kubectl_mc.model.event import Event, parse_event
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.resources import EVENTS

_UNCLAIMED = 1000
"""Events kept of pods that are not known yet: a pod's first event may come before the pod."""
_ALMOST_A_SECOND = timedelta(microseconds=999_999)
_BEFORE_A_START = frozenset({"Pulling", "Pulled", "Created"})
"""What the kubelet says of a container before it starts it."""


class LogEvents:
    """Tells a hub the events of its pods, each once for each time that it was counted."""

    def __init__(self, client: Client, reach: Reach, hub: LogHub) -> None:
        self._client = client
        self._reach = reach
        self._hub = hub
        self._pods: dict[str, Pod] = {}
        self._told: set[tuple[str, int]] = set()
        self._unclaimed: deque[Event] = deque(maxlen=_UNCLAIMED)

    def add(self, pod: Pod) -> None:
        """A pod whose events are wanted."""
        new = pod.uid not in self._pods
        self._pods[pod.uid] = pod
        if new and self._unclaimed:
            events, self._unclaimed = list(self._unclaimed), deque(maxlen=_UNCLAIMED)
            self.tell(events)

    async def past(self, pods: Iterable[Pod]) -> list[Event]:
        """The events there are of some pods. Ask before their logs are read: no line waits for an event."""
        known = list(pods)
        concerned = Concerned(frozenset(pod.uid for pod in known), frozenset(pod.namespace for pod in known))
        try:
            found = await list_events(self._client, concerned, self._client.namespace)
        except McError as error:
            self._hub.note(f"{error.message}: the stream goes without events")
            return []
        return self._wanted(map(parse_event, found), {pod.uid: pod for pod in known})

    async def follow(self, namespace: str | None) -> None:
        """Tell what happens from now on; None for all namespaces."""
        try:
            async for change in watch(self._client, Scope(EVENTS, namespace)):
                if isinstance(change, Snapshot):
                    self.tell(self._wanted(map(parse_event, change.items), self._pods))
                elif isinstance(change, Changed):
                    self.tell([parse_event(change.item)])
        except McError as error:
            self._hub.note(f"{error.message}: the stream goes without events")

    def _wanted(self, events: Iterable[Event], pods: Mapping[str, Pod]) -> list[Event]:
        """Past events within the bounds of the log lines; the last `tail` of them, for want of a better measure."""
        ordered = sorted(events, key=lambda event: _place(event, pods.get(event.object_uid)))
        if self._reach.since is not None:
            ordered = [event for event in ordered if _time(event) >= self._reach.since.time]
        if self._reach.until is not None:
            ordered = [event for event in ordered if _time(event) <= self._reach.until.time]
        tail = self._reach.tail
        return ordered if tail is None else ordered[max(len(ordered) - tail, 0) :]

    def tell(self, events: Iterable[Event]) -> None:
        """Tell events in their places; those of pods that are not known yet later."""
        for event in events:
            pod = self._pods.get(event.object_uid)
            if pod is None:
                self._unclaimed.append(event)
            elif (event.uid, event.count) not in self._told:
                self._told.add((event.uid, event.count))
                self._hub.tell_event(pod, event.container, words.seen(event), _time(event), _place(event, pod))


def _time(event: Event) -> datetime:
    if event.count == 1 and event.exact is not None:
        return event.exact
    return event.last_seen or datetime.min.replace(tzinfo=UTC)


def _place(event: Event, pod: Pod | None) -> datetime:
    """Repeated events know whole seconds: they come behind the lines of theirs, as far as that second has passed.

    What comes before a start stands before that second, unless the instance before may have written in it.
    """
    time = _time(event)
    if time.microsecond or time.year == 1:
        return time
    container = pod.container(event.container) if pod is not None else None
    if event.reason in _BEFORE_A_START and container is not None and not _ended_about(container, time):
        return time - timedelta(microseconds=1)
    return max(time, min(time + _ALMOST_A_SECOND, datetime.now(UTC)))


def _ended_about(container: Container, time: datetime) -> bool:
    """Whether an instance that had begun ended in the second of a time."""
    ends = [container.state, *([container.status.last] if container.status.last is not None else [])]
    return any(end.started_at is not None and end.finished_at == time for end in ends)
