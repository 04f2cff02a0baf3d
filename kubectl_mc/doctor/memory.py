"""Containers that the kernel killed for their memory."""

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.crash import Crash, crash_of
from kubectl_mc.doctor.end import RECENT_SECONDS
from kubectl_mc.doctor.evidence import end_line, spec_line
from kubectl_mc.doctor.finding import Certainty, Finding, Grade, kubectl, mc
from kubectl_mc.doctor.source import edit
from kubectl_mc.model.pod import Container
from kubectl_mc.model.progress import subject
from kubectl_mc.model.quantity import mebibytes
from kubectl_mc.model.times import seconds_between

_KILLED, _STOPPED = 137, 143


def oom_killed(case: Case, container: Container) -> Finding | None:
    """The kernel killed its main process for its memory, or another process in it.

    The runtime counts kills over the instance's whole life: one that went when it was asked to (143) did not end by
    them, and of one that ended otherwise it is only likely.
    """
    crash = crash_of(case, container, recovered=True)
    if crash is None or crash.end.state.reason != "OOMKilled" or crash.end.state.exit_code == _STOPPED:
        return _survived(case, container)
    at, limit, where = _limit(container)
    return Finding(
        "oom-killed",
        f"{_killed(crash, where)}{crash.history}{crash.effect}",
        grade=crash.grade,
        certainty=Certainty.OBSERVED if crash.end.state.exit_code == _KILLED else Certainty.LIKELY,
        evidence=(*crash.lines, spec_line(at, limit or "not set"), *_used(case, container)),
        next=(crash.log, kubectl("top", "pod", case.pod.name, "--containers"), *edit(case.pod)),
        at=at,
    )


def _survived(case: Case, container: Container) -> Finding | None:
    """It ended as it was to, although the kernel had killed a process in it: what it made may be incomplete."""
    state = container.state
    ago = seconds_between(state.finished_at, case.now)
    if not state.succeeded or state.reason != "OOMKilled" or (not case.pod.terminal and (ago or 0) > RECENT_SECONDS):
        return None
    at, limit, where = _limit(container)
    return Finding(
        "oom-killed",
        f"{subject(container, case.pod)} ended with exit 0, although a process in it was killed {where}: "
        "what it did may be incomplete",
        grade=Grade.WARNING,
        evidence=(end_line(container, state, case.now), spec_line(at, limit or "not set")),
        next=(mc("logs", case.pod.name, "-c", container.name), *edit(case.pod)),
        at=at,
    )


def _limit(container: Container) -> tuple[str, str | None, str]:
    """Its memory limit: where it stands, what it is, and whose memory ran out."""
    limit = container.spec.limits.get("memory")
    where = f"at its memory limit of {limit}" if limit else "because the node ran out of memory, having no limit itself"
    return f"{container.spec.at}.resources.limits.memory", limit, where


def _killed(crash: Crash, where: str) -> str:
    state = crash.end.state
    if state.exit_code == _KILLED:
        return f"{crash.subject} was killed {where}"
    # Only the process that ran out of memory is killed where the kernel isn't told to take the whole container.
    return f"{crash.subject} ended with exit {state.exit_code} after a process in it was killed {where}"


def _used(case: Case, container: Container) -> tuple[str, ...]:
    """What the other instance, the one that runs now, uses."""
    usage = case.usage.get(container.name)
    if usage is None or not container.state.running:
        return ()
    return (f"memory of {container.name} now: {mebibytes(usage.memory)}",)
