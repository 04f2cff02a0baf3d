"""One way through a pod's start: a cursor that goes from moment to moment and leaves no gaps behind."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from kubectl_mc.model.health import ORDINARY_WAITS
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.restarts import latest_end
from kubectl_mc.model.spec import Role
from kubectl_mc.model.timeline.marks import Marks, second
from kubectl_mc.model.timeline.values import Kind, Stretch


@dataclass
class Course:
    """A path from `cursor` on. `to` adds a stretch that ends at a moment, if that lies ahead."""

    cursor: datetime
    now: datetime
    stretches: list[Stretch] = field(default_factory=list)

    def to(
        self, kind: Kind, until: datetime | None, container: str = "", *, approximate: bool = False, note: str = ""
    ) -> None:
        """Go on to `until`; None means that it still goes on."""
        ongoing = until is None
        end = min(max(until or self.now, self.cursor), max(self.now, self.cursor))
        stretch = Stretch(kind, self.cursor, end, container, approximate, ongoing, note)
        if end > self.cursor or ongoing:
            self.stretches.append(stretch)
        self.cursor = end


def to_start(course: Course, container: Container, marked: Marks) -> bool:
    """From where the course is to the first start of a container; whether it has started at all.

    The image, the making and the start; before them the kubelet's own time, where something is known to have begun.
    """
    name, started = container.name, marked.started
    if marked.first is not None:
        course.to(Kind.IDLE, marked.first, name)
        if marked.pulling is not None and marked.pulled is not None:
            course.to(Kind.PULL, marked.pulled, name, note=marked.pull_note)
        elif marked.pulling is not None and started is None and container.state.reason in ORDINARY_WAITS:
            course.to(Kind.PULL, None, name)
            return False
    if started is None and has_run(container):
        # It has run before; when it did first is not known any more, only that it was before this.
        course.to(Kind.START, course.cursor, name, approximate=True)
        return True
    if started is None:
        if container.state.reason in ORDINARY_WAITS:
            course.to(Kind.START, None, name, note=container.state.reason)
        else:
            course.to(Kind.WAIT, None, name, note=container.state.reason)
        return False
    note = marked.pull_note if marked.pulling is None else ""
    course.to(Kind.START, started, name, approximate=marked.first is None, note=note)
    return True


def has_run(container: Container) -> bool:
    """Whether an instance of it has run at all."""
    ended = latest_end(container)
    return (
        container.state.running
        or container.status.last is not None
        or (ended is not None and ended.started_at is not None)
    )


def to_step_end(course: Course, container: Container, following: datetime | None) -> bool:
    """From a step's start to where it lets the next one through; whether it has.

    Args:
        following: the first that is known of what comes after it.
    """
    state, name = container.state, container.name
    restarts = container.status.restarts
    note = f"{restarts} restart{'s' if restarts > 1 else ''}" if restarts else ""
    if container.role is Role.INIT:
        if state.succeeded:
            course.to(Kind.RUN, second(state.finished_at) or following, name, note=note)
            return True
        ended = latest_end(container)
        if ended is None or ended.finished_at is None:
            course.to(Kind.RUN, None, name, note=note)
        else:
            course.to(Kind.RUN, second(ended.finished_at), name, note=note or ended.reason)
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


def _gate(container: Container) -> str:
    return "startup probe" if container.startup_probe is not None else "postStart hook"


def track_of(
    container: Container, walked: Iterable[Stretch], started: datetime | None, pod: Pod, now: datetime
) -> list[Stretch]:
    """A container's own stretches out of courses, with what it did afterwards.

    Args:
        started: when it started first, as far as that is known.
    """
    own = [each for each in walked if each.container == container.name and each.kind is not Kind.IDLE]
    state, last = container.state, container.status.last
    if (own and own[-1].open) or container.role is Role.INIT:
        return own
    begin = own[-1].end if own else started or (last.started_at if last is not None else None) or state.started_at
    if begin is None:
        return own
    name, unsure = container.name, container.status.restarts > 1
    if last is not None and last.finished_at is not None and last.finished_at >= begin:
        own.append(Stretch(Kind.RUN, begin, last.finished_at, name, approximate=unsure))
        begin = last.finished_at
        if state.started_at is not None and state.started_at >= begin:
            own.append(Stretch(Kind.BACK_OFF, begin, state.started_at, name))
            begin = state.started_at
        elif state.waiting:
            own.append(Stretch(Kind.BACK_OFF, begin, max(now, begin), name, open=True, note=state.reason))
    if state.running:
        kind = Kind.UP if container.status.ready or pod.terminal else Kind.PROBES
        own.append(Stretch(kind, begin, max(now, begin), name, open=True))
    elif state.terminated and state.finished_at is not None and state.finished_at > begin:
        own.append(Stretch(Kind.RUN, begin, state.finished_at, name))
    return own
