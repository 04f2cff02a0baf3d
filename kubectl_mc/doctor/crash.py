"""What the rules about containers that end have in common: which ends need an explanation, and the words for them."""

from dataclasses import dataclass

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.complaint import Complaint, complaint_of
from kubectl_mc.doctor.end import End, Now, end_of
from kubectl_mc.doctor.evidence import end_line, state_line
from kubectl_mc.doctor.finding import Grade, Step, mc
from kubectl_mc.doctor.liveness import killed_by
from kubectl_mc.model.fact import NEVER_STARTED, end_words
from kubectl_mc.model.pod import Container
from kubectl_mc.model.progress import subject
from kubectl_mc.model.restarts import will_restart
from kubectl_mc.model.signals import end_meaning
from kubectl_mc.model.spec import Role
from kubectl_mc.model.times import age, human_duration

_LOST = "ContainerStatusUnknown"
"""The reason of an end that nobody saw; its 137 is made up (kubelet `status/status_manager.go`)."""


@dataclass(frozen=True, slots=True)
class Crash:
    """An end that has to be explained by the container's own doing."""

    case: Case
    end: End

    @property
    def container(self) -> Container:
        return self.end.container

    @property
    def grade(self) -> Grade:
        return Grade.INFO if self.end.now is Now.RECOVERED else Grade.ERROR

    @property
    def for_good(self) -> bool:
        """Whether it isn't started again."""
        return self.end.now is Now.DOWN and not will_restart(self.case.pod, self.container)

    @property
    def subject(self) -> str:
        """`app`, `sidecar proxy`, `init step 2 of 3, migrate,`."""
        return subject(self.container, self.case.pod)

    @property
    def complaint(self) -> Complaint | None:
        return complaint_of(self.case, self.container, self.end.state)

    @property
    def log(self) -> Step:
        """The log of the instance that ended."""
        previous = ("-p",) if self.container.state.running else ()
        return mc("logs", self.case.pod.name, "-c", self.container.name, *previous)

    @property
    def lines(self) -> tuple[str, ...]:
        """Its state and its end, as evidence."""
        state = (state_line(self.container),) if self.container.state.waiting else ()
        return *state, end_line(self.container, self.end.state, self.case.now)

    @property
    def ended(self) -> str:
        """The predicate: `ends with exit 1, 3s after its start, restarted 6 times`."""
        state, restarts = self.end.state, self.container.status.restarts
        meaning = end_meaning(state.exit_code, state.signal)
        words = f"{end_words(state)}{f' ({meaning})' if meaning else ''}"
        again = self.end.now is Now.AGAIN
        verb = "ends" if restarts and not again and not self.for_good else "ended"
        return f"{verb} with {words}{self.ran}{self.history}"

    @property
    def ran(self) -> str:
        """How long after its start it ended: `, 3s after its start`."""
        if self.end.ran is None:
            return ""
        return f", {human_duration(self.end.ran)} after its start" if self.end.ran >= 1 else " right after its start"

    @property
    def history(self) -> str:
        """How often it was restarted, and whether it is again: `, restarted 6 times`."""
        restarts = self.container.status.restarts
        times = "" if restarts == 0 else ", restarted once so far" if restarts == 1 else f", restarted {restarts} times"
        if self.end.now is not Now.AGAIN:
            return times
        return f", {age(self.end.state.finished_at, self.case.now)} ago{times}, and runs again"

    @property
    def effect(self) -> str:
        """What it is for the pod that it isn't started again; empty for one that is."""
        pod = self.case.pod
        if not self.for_good:
            return ""
        why = f" under restartPolicy {pod.restart_policy}" if pod.restart_policy != "Always" else ""
        return f" and isn't started again{why}"


def crash_of(case: Case, container: Container, *, recovered: bool = False) -> Crash | None:
    """The crash of a container; None where there is none, or where something else is known to have ended it.

    Args:
        recovered: whether one that is well again counts, too.
    """
    found = end_of(container, case.pod)
    if found is None or container.role is Role.EPHEMERAL:
        return None
    end = found.seen(case.now)
    if not end.explains(case.now):
        return None
    if end.now is Now.RECOVERED and not recovered:
        return None
    if end.state.reason in NEVER_STARTED or end.state.reason == _LOST or _ended_as_a_whole(case, end):
        return None
    if any(killed_by(case, container, kind) is not None for kind in ("liveness", "startup")):
        return None
    return Crash(case, end)


def _ended_as_a_whole(case: Case, end: End) -> bool:
    """Whether the pod was evicted, preempted, lost or deleted: then its containers' ends have that one cause."""
    pod = case.pod
    if pod.terminal and pod.reason:
        return True
    if pod.deleted is not None or pod.condition_true("DisruptionTarget"):
        return end.state.exit_code in (137, 143) or not end.looping
    return False
