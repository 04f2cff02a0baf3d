"""From a container's first start on: what its instances did, of which the API keeps the last two at most."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from kubectl_mc.model.pod import Container, ContainerState, Pod
from kubectl_mc.model.restarts import latest_end, will_restart
from kubectl_mc.model.spec import Role
from kubectl_mc.model.timeline.course import Course
from kubectl_mc.model.timeline.marks import second
from kubectl_mc.model.timeline.values import Kind, Stretch


def to_step_end(course: Course, container: Container, following: datetime | None) -> bool:
    """From a step's start to where it lets the next one through; whether it has.

    Args:
        following: the first that is known of what comes after it.
    """
    state, name = container.state, container.name
    if container.role is Role.INIT:
        to_last_instance(course, container)
        if state.succeeded:
            if state.finished_at is None and following is not None:
                course.to(Kind.RUN, following, name)
            return True
        ended = latest_end(container)
        if ended is None or ended.finished_at is None:
            course.to(Kind.RUN, None, name)
        else:
            course.to(Kind.BACK_OFF, None, name, note=state.reason)
        return False
    gated = container.startup_probe is not None or container.spec.hook("postStart") is not None
    passed = state.succeeded or container.status.started is True or following is not None
    if not passed and not (state.running and container.status.started is not False):
        course.to(Kind.GATE, None, name, note=state.reason or _gate(container))
        return False
    if gated:
        course.to(Kind.GATE, following or course.cursor, name, approximate=True, note=_gate(container))
    return True


def track_of(
    container: Container, walked: Iterable[Stretch], started: datetime | None, pod: Pod, now: datetime
) -> list[Stretch]:
    """A container's own stretches out of courses, with what it did afterwards.

    Args:
        started: when it started first, as far as that is known.
        now: until when it is told; of a pod that is over, its end.
    """
    own = [each for each in walked if each.container == container.name and each.kind is not Kind.IDLE]
    state, last = container.state, container.status.last
    if own and own[-1].open and pod.terminal:
        own[-1] = replace(own[-1], end=max(own[-1].start, now), open=False)
        return own
    if (own and own[-1].open) or container.role is Role.INIT:
        return own
    begin = own[-1].end if own else started or (last.started_at if last is not None else None) or state.started_at
    if begin is None:
        return own
    course = Course(begin, now, own)
    to_last_instance(course, container)
    if state.running:
        course.to(Kind.UP if container.status.ready or pod.terminal else Kind.PROBES, None, container.name)
    elif (state.waiting and last is not None) or (state.terminated and will_restart(pod, container)):
        course.to(Kind.BACK_OFF, None, container.name, note=state.reason)
    return own


def to_last_instance(course: Course, container: Container) -> None:
    """From the first start to the end of the last instance, or to the start of the one that runs.

    Of those that are not kept nothing is known but their number: most of that time may have been back-off.
    """
    name, kept = container.name, _kept(container)
    ran = [each for each in kept if each.started_at is not None]
    forgotten = container.status.restarts + 1 - len(kept)
    if forgotten > 0 and kept:
        until = ran[0].started_at if ran else kept[-1].finished_at
        if until is not None:
            note = f"{forgotten} start{'s' if forgotten > 1 else ''}"
            course.to(Kind.RESTARTS, second(until), name, approximate=True, note=note)
    for number, each in enumerate(ran):
        if number > 0:
            course.to(Kind.BACK_OFF, second(each.started_at), name)
        if each.finished_at is not None:
            course.to(Kind.RUN, second(each.finished_at), name, note=each.reason if each.exit_code else "")
    end = latest_end(container)
    if not ran and end is not None and end.finished_at is not None:
        course.to(Kind.WAIT if end.exit_code else Kind.RUN, second(end.finished_at), name, note=end.reason)


def _kept(container: Container) -> list[ContainerState]:
    """The instances that the status tells of, the oldest first."""
    state, last = container.state, container.status.last
    now = [state] if state.running or state.terminated else []
    return [*([last] if last is not None else []), *now]


def _gate(container: Container) -> str:
    return "startup probe" if container.startup_probe is not None else "postStart hook"
