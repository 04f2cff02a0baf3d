"""What the API keeps of restarts, and what of a start it has forgotten."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from kubectl_mc.model.event import Event
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.spec import Role
from kubectl_mc.model.timeline.course import has_run
from kubectl_mc.model.timeline.marks import Marks
from kubectl_mc.model.timeline.values import Restarts

_LONG = timedelta(minutes=10)
"""Hardly any program takes so long from its start until it is ready."""


def restarts_of(containers: Iterable[Container]) -> Iterator[Restarts]:
    """Of each container that has restarted, what is known of it."""
    for each in containers:
        status = each.status
        if not status.restarts:
            continue
        last, started = status.last, each.state.started_at
        down = None
        if last is not None and last.finished_at is not None and started is not None:
            down = max(int((started - last.finished_at).total_seconds()), 0)
        yield Restarts(each.name, status.restarts, last, down)


def missing(pod: Pod, marked: Mapping[str, Marks], events: Sequence[Event] | None) -> Iterator[str]:
    """What is not known, and why, in sentences.

    Args:
        marked: the moments of the containers that count, by name.
        events: None where they could not be read.
    """
    containers = [each for each in pod.containers if each.name in marked]
    silent = [each.name for each in containers if has_run(each) and marked[each.name].first is None]
    if events is None:
        yield "the events could not be read: image pulls are not known, starts include them"
    elif not events and pod.node:
        yield "no events are left (a cluster keeps them for an hour): image pulls are not known, starts include them"
    elif silent:
        yield f"the events of {', '.join(silent)} are gone: image pulls are not known, starts include them"
    for each in restarts_of(containers):
        if each.forgotten:
            kept = "only the last end is kept" if each.last is not None else "no end is kept"
            yield f"{each.container} restarted {each.count} times: {kept}"
    ready = pod.condition("Ready")
    if ready is not None and ready.status == "True" and ready.since is not None:
        again = any(each.status.restarts for each in containers if each.role is not Role.INIT)
        starts = [each.state.started_at for each in containers if each.state.started_at is not None]
        if again:
            yield "when it was ready first is not kept, since a container has restarted after that"
        elif starts and ready.since - max(starts) > _LONG:
            yield "the time of Ready is that of its last change: it may have been ready before"
    if pod.deleted is not None:
        yield "it is being deleted; this is how it started"
