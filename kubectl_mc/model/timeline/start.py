"""The timeline of a pod."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from kubectl_mc.model.coupling.coupled import coupling
from kubectl_mc.model.event import Event
from kubectl_mc.model.health import ORDINARY_WAITS, Health, container_health, unset_gates
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.restarts import latest_end
from kubectl_mc.model.spec import Role
from kubectl_mc.model.timeline.course import Course, has_run, to_start
from kubectl_mc.model.timeline.instances import to_last_instance, to_step_end, track_of
from kubectl_mc.model.timeline.loss import missing, restarts_of
from kubectl_mc.model.timeline.marks import Marks, first_sign, heard, marks, scheduled_at, second
from kubectl_mc.model.timeline.readiness import probe_words, ready_of
from kubectl_mc.model.timeline.values import Kind, Outcome, Stretch, Timeline, Track

_ROUNDING = timedelta(seconds=1)
"""Times are cut to seconds by several clocks' owners, so that what is one moment may be two seconds of the API."""


def timeline(pod: Pod, events: Iterable[Event] | None, now: datetime) -> Timeline:
    """How a pod started, as far as it and its events tell.

    Args:
        events: the pod's own, of this uid; None where they could not be read.
    """
    known = tuple(events or ())
    # A cluster whose clock is ahead of this one has already seen what is still to come here.
    now = max([now, *heard(pod, known)]).replace(microsecond=0)
    return _Reader(pod, known, now, unread=events is None).read()


class _Reader:
    def __init__(self, pod: Pod, events: Sequence[Event], now: datetime, *, unread: bool) -> None:
        self.pod, self.events, self.now, self.unread = pod, events, now, unread
        self.steps = pod.init_sequence
        self.apps = tuple(app for app in pod.apps if app.declared)
        self.marks: Mapping[str, Marks] = {each.name: marks(each, events) for each in (*self.steps, *self.apps)}
        self.created = second(pod.created) or first_sign(self.marks.values()) or now
        self.walked: list[Stretch] = []
        """Of all containers, on whatever course."""

    def read(self) -> Timeline:
        course = Course(self.created, self.now)
        initialized = self._to_node(course) and self._through_steps(course)
        head = list(course.stretches)
        self.walked += head
        outcome = Outcome.WAITING
        if initialized:
            outcome = self._apps(course)
        elif self.pod.terminal:
            outcome = self._over(course)
        end = course.stretches[-1].end if course.stretches else self.created
        return Timeline(
            self.created,
            end,
            outcome,
            tuple(stretch for stretch in head if not stretch.container),
            tuple(self._tracks(end if self.pod.terminal else self.now)),
            tuple(course.stretches),
            tuple(restarts_of((*self.steps, *self.apps))),
            tuple(missing(self.pod, self.marks, None if self.unread else self.events)),
            self.now,
        )

    def _to_node(self, course: Course) -> bool:
        """Scheduling and sandbox; whether the containers' turn has come."""
        pod = self.pod
        scheduled = scheduled_at(pod, self.events)
        if not pod.node or (scheduled is None and not self._signs()):
            condition = pod.condition("PodScheduled")
            if pod.terminal:
                return False
            course.to(Kind.SCHEDULING, None, note=condition.reason if condition is not None else "")
            return False
        course.to(Kind.SCHEDULING, scheduled or course.cursor, approximate=scheduled is None)
        made = pod.condition("PodReadyToStartContainers")
        times = [first_sign(self.marks.values())]
        if made is not None and made.status == "True":
            times.append(second(made.since))
        known = [time for time in times if time is not None]
        if not known and (pod.terminal or self._signs()):
            course.to(Kind.SANDBOX, course.cursor, approximate=True)
        else:
            course.to(Kind.SANDBOX, min(known, default=None))
        return bool(known) or not course.stretches[-1:] or not course.stretches[-1].open

    def _signs(self) -> bool:
        """Whether a container has got as far as needs a sandbox."""
        containers = (*self.steps, *self.apps)
        stuck = any(each.state.waiting and each.state.reason not in ORDINARY_WAITS for each in containers)
        return stuck or first_sign(self.marks.values()) is not None or any(map(has_run, containers))

    def _through_steps(self, course: Course) -> bool:
        """The init containers and sidecars; whether they let the apps through."""
        for index, step in enumerate(self.steps):
            marked = self.marks[step.name]
            following = self._next_sign(index)
            if not to_start(course, step, marked):
                if following is None:
                    return False
                _close(course, following)
            elif not to_step_end(course, step, following):
                if not self.pod.initialized:
                    return False
                _close(course, following or course.cursor)
        return True

    def _next_sign(self, index: int) -> datetime | None:
        """The first that is known of what comes after a step; for the last one also the condition."""
        later = [self.marks[each.name] for each in (*self.steps[index + 1 :], *self.apps)]
        sign = first_sign(later[:1] if index + 1 < len(self.steps) else later)
        initialized = self.pod.condition("Initialized")
        if index + 1 == len(self.steps) and initialized is not None and initialized.status == "True":
            times = [time for time in (sign, second(initialized.since)) if time is not None]
            return min(times, default=None)
        return sign or first_sign(later)

    def _apps(self, course: Course) -> Outcome:
        """From the end of the init sequence to ready, or to the end of a pod that has one."""
        begin, before = course.cursor, len(course.stretches)
        starts: dict[str, datetime] = {}
        stuck: list[tuple[Container, list[Stretch]]] = []
        for app in self.apps:
            # The kubelet starts them one after the other; a course of its own keeps each one's waiting apart.
            own = Course(begin, self.now)
            ran = to_start(own, app, self.marks[app.name])
            begin = begin if not ran else max(begin, own.cursor)
            self.walked += own.stretches
            if ran:
                starts[app.name] = own.cursor
            else:
                stuck.append((app, own.stretches))
        del course.stretches[before:]
        if self.pod.terminal:
            return self._ended(course, starts)
        ready_at = self._ready()
        if ready_at is not None:
            restarted = [c for c in (*self.apps, *self.steps) if c.role is not Role.INIT and c.status.restarts]
            if restarted:
                self._to_ready_again(course, starts, restarted, ready_at[1])
                return Outcome.READY_AGAIN
            self._to_ready(course, starts, *ready_at)
            return Outcome.READY
        self._to_now(course, starts, stuck)
        return Outcome.WAITING

    def _ready(self) -> tuple[datetime, datetime] | None:
        """When the containers and the pod became ready the last time; None for one that isn't."""
        ready, containers = self.pod.condition("Ready"), self.pod.condition("ContainersReady")
        if ready is None or ready.status != "True" or ready.since is None:
            return None
        whole = second(ready.since)
        assert whole is not None
        inner = second(containers.since) if containers is not None and containers.status == "True" else None
        return min(inner or whole, whole), whole

    def _to_ready(self, course: Course, starts: Mapping[str, datetime], inner: datetime, whole: datetime) -> None:
        last = self._last_ready(starts, inner)
        if last is not None:
            self._through_starts(course, last, starts)
            course.to(Kind.PROBES, inner, last.name, note=probe_words(last))
        else:
            course.to(Kind.IDLE, inner)
        course.to(Kind.GATES if self.pod.readiness_gates else Kind.IDLE, whole)
        for app in self.apps:
            if app.name in starts and app.status.ready:
                at = ready_of(app, starts[app.name], self.marks[app.name], inner)
                until = inner if last is app else at.at
                exact = at.exact or last is app
                if until > starts[app.name]:
                    self.walked.append(
                        Stretch(Kind.PROBES, starts[app.name], until, app.name, not exact, note=probe_words(app))
                    )

    def _to_ready_again(
        self, course: Course, starts: Mapping[str, datetime], restarted: Sequence[Container], whole: datetime
    ) -> None:
        """A pod that is ready after a restart: the last one of all that there were."""
        last = max(restarted, key=lambda each: each.state.started_at or self.created)
        self._through_starts(course, last, starts)
        to_last_instance(course, last)
        course.to(Kind.PROBES, whole, last.name, note=probe_words(last))

    def _last_ready(self, starts: Mapping[str, datetime], inner: datetime) -> Container | None:
        """The container that the others waited for."""
        candidates = [app for app in self.apps if app.name in starts]
        candidates += [step for step in self.steps if step.role is Role.SIDECAR and step.spec.probe("readiness")]
        known = [
            ready_of(each, starts.get(each.name, self.created), self.marks[each.name], inner) for each in candidates
        ]
        exact = [each for each in known if each.exact]
        newest = max(exact, key=lambda each: each.at, default=None)
        guessed = [each for each in known if not each.exact]
        if guessed and (newest is None or inner - newest.at > _ROUNDING):
            return max(guessed, key=lambda each: each.at).container
        return newest.container if newest is not None else None

    def _through_starts(self, course: Course, last: Container, starts: Mapping[str, datetime]) -> None:
        """The starts of the apps up to the one that is waited for."""
        for app in self.apps:
            if app.name in starts:
                to_start(course, app, self.marks[app.name])
            if app is last:
                return

    def _to_now(
        self, course: Course, starts: Mapping[str, datetime], stuck: Sequence[tuple[Container, list[Stretch]]]
    ) -> None:
        """A pod that is not ready: what it waits for now."""
        pod = self.pod
        down = [each for each in (*self.apps, *self.steps) if container_health(each, pod) is Health.FAILED]
        weak = (Health.UNREADY, Health.WORKING)
        unready = [each for each in (*self.apps, *self.steps) if container_health(each, pod) in weak]
        culprit = next(iter((*self._asked_first(down), *(app for app, _ in stuck), *unready)), None)
        if culprit is None:
            gates = unset_gates(pod)
            for app in self.apps:
                if app.name in starts:
                    to_start(course, app, self.marks[app.name])
            course.to(Kind.GATES if gates else Kind.IDLE, None, note=", ".join(gates))
            return
        own = next((stretches for app, stretches in stuck if app is culprit), None)
        for app in self.apps:
            if app is culprit:
                break
            if app.name in starts:
                to_start(course, app, self.marks[app.name])
        if own is not None:
            to_start(course, culprit, self.marks[culprit.name])
            return
        if culprit.name in starts:
            to_start(course, culprit, self.marks[culprit.name])
        to_last_instance(course, culprit)
        state = culprit.state
        kind = Kind.PROBES if state.running else Kind.BACK_OFF
        course.to(kind, None, culprit.name, note=state.reason or probe_words(culprit))

    def _asked_first(self, down: Sequence[Container]) -> Sequence[Container]:
        """Containers that are down; one that speaks to another of them may be down for that, and comes after it."""
        if len(down) < 2:
            return down
        names = {each.name for each in down}
        asking = {call.container for call in coupling(self.pod).calls if names.intersection(call.to_others)}
        return sorted(down, key=lambda each: each.name in asking)

    def _ended(self, course: Course, starts: Mapping[str, datetime]) -> Outcome:
        """A finished pod: to the end of the container that ended last."""
        ends = [(end.finished_at, app) for app in self.apps if (end := latest_end(app)) is not None and end.finished_at]
        if ends:
            _, last = max(ends, key=lambda pair: pair[0] or self.created)
            self._through_starts(course, last, starts)
            to_last_instance(course, last)
        return self._over(course)

    def _over(self, course: Course) -> Outcome:
        for step in self.steps:
            end = latest_end(step)
            if step.role is Role.SIDECAR and end is not None and end.finished_at is not None:
                course.to(Kind.END, second(end.finished_at), step.name, note="the sidecar is stopped")
        if course.stretches and course.stretches[-1].open:
            _close(course, course.stretches[-1].start)
        return Outcome.SUCCEEDED if self.pod.phase == "Succeeded" else Outcome.FAILED

    def _tracks(self, until: datetime) -> Iterator[Track]:
        for place, each in enumerate((*self.steps, *self.apps), 1):
            last = each.status.last
            ends = [last.finished_at] if last is not None and last.finished_at is not None else []
            stretches = track_of(each, self.walked, self.marks[each.name].started, self.pod, until)
            yield Track(each.name, each.role, place if place <= len(self.steps) else 0, tuple(stretches), tuple(ends))


def _close(course: Course, at: datetime) -> None:
    """End what was taken for going on: later things are known to have happened."""
    last = course.stretches.pop()
    course.cursor = last.start
    course.to(last.kind, at, last.container, approximate=True, note=last.note)
