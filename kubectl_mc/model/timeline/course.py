"""One way through a pod's start: a cursor that goes from moment to moment and leaves no gaps behind."""

from dataclasses import dataclass, field
from datetime import datetime

from kubectl_mc.model.health import ORDINARY_WAITS
from kubectl_mc.model.pod import Container
from kubectl_mc.model.restarts import latest_end
from kubectl_mc.model.timeline.marks import Marks
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
        end = latest_end(container)
        if end is not None:  # the runtime could not start it: a back-off between the attempts says less than they do
            course.to(Kind.WAIT, None, name, note=end.reason or container.state.reason)
        elif container.state.reason in ORDINARY_WAITS:
            course.to(Kind.START, None, name, note=container.state.reason)
        else:
            course.to(Kind.WAIT, None, name, note=container.state.reason)
        return False
    note = marked.pull_note if marked.pulling is None else ""
    course.to(Kind.START, started, name, approximate=marked.first is None, note=note)
    return True


def has_run(container: Container) -> bool:
    """Whether an instance of it has run at all, as far as is kept; one that the runtime could not start has not."""
    last = container.status.last
    return container.state.running or any(
        each is not None and each.started_at is not None for each in (last, latest_end(container))
    )
