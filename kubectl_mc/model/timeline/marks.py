"""The moments of each container that the pod and its events tell of."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from kubectl_mc.model.event import Event
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.times import parse_duration

_PULLED = re.compile(r"in ([0-9.]+[a-z0-9.]*?s)(?: \(([0-9.]+[a-z0-9.]*s) including waiting\))?")


@dataclass(frozen=True, slots=True)
class Marks:
    """Moments of a container's first instance, in whole seconds; None for what is not known."""

    pulling: datetime | None
    pulled: datetime | None
    """When the image was there, pulled or present."""
    pull_note: str
    """`image already present`, or how long the kubelet says that it took."""
    first: datetime | None
    """The first that was heard of it."""
    started: datetime | None
    failed_probe: datetime | None
    """The last time that its readiness or startup probe failed."""


def second(time: datetime | None) -> datetime | None:
    """A moment cut to its second, as the API's own times are."""
    return None if time is None else time.replace(microsecond=0)


def marks(container: Container, events: Sequence[Event]) -> Marks:
    """The moments of a container.

    Args:
        events: the pod's own.
    """
    own = [event for event in events if event.container == container.name]
    pulling, pulled = _first(own, "Pulling"), _first(own, "Pulled")
    begun = [time for time in (pulling, pulled, _first(own, "Created")) if time is not None]
    # A node too old for the other two tells of a start alone.
    started = _started(container, own)
    note = next((_pull_note(event) for event in own if event.reason == "Pulled"), "")
    return Marks(
        pulling,
        pulled,
        note,
        min(begun, default=None),
        started,
        max(
            (
                time
                for event in own
                if event.reason == "Unhealthy"
                and event.message.startswith(("Readiness", "Startup"))
                and (time := second(event.last_seen)) is not None
            ),
            default=None,
        ),
    )


def first_sign(marked: Iterable[Marks]) -> datetime | None:
    """The first that was heard of any container."""
    return min((time for each in marked for time in (each.first, each.started) if time is not None), default=None)


def heard(pod: Pod, events: Iterable[Event]) -> Iterator[datetime]:
    """Every moment that something is known to have happened at."""
    times = [event.last_seen for event in events]
    times += [condition.since for condition in pod.conditions]
    for container in pod.containers:
        times += [container.state.started_at, container.state.finished_at]
    yield from (time for time in times if time is not None)


def scheduled_at(pod: Pod, events: Sequence[Event]) -> datetime | None:
    """When the pod got its node; None for one that has none, and where nothing says it."""
    condition = pod.condition("PodScheduled")
    if condition is not None and condition.status == "True" and condition.since is not None:
        return second(condition.since)
    return _first(events, "Scheduled") if pod.node else None


def _started(container: Container, own: Sequence[Event]) -> datetime | None:
    """When the first instance started: by the status where it is that one, else by an event."""
    state, last = container.state, container.status.last
    if container.status.restarts == 0 and (state.started_at or last is None):
        return second(state.started_at) or (second(last.started_at) if last else None) or _first(own, "Started")
    told = _first(own, "Started")
    if told is None and container.status.restarts == 1 and not state.waiting and last is not None:
        return second(last.started_at)
    return told


def _first(events: Iterable[Event], reason: str) -> datetime | None:
    times = (second(event.first_seen) for event in events if event.reason == reason)
    return min((time for time in times if time is not None), default=None)


def _pull_note(event: Event) -> str:
    if "already present" in event.message:
        return "image already present"
    found = _PULLED.search(event.message)
    if found is None:
        return ""
    took = f"the kubelet says {found[1]}"
    if found[2] and (parse_duration(found[2]) or 0) - (parse_duration(found[1]) or 0) >= 1:
        took += f", {found[2]} with the wait for other pulls"
    return took
