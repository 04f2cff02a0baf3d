"""Containers that the kernel killed for their memory."""

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.crash import Crash, crash_of
from kubectl_mc.doctor.evidence import spec_line
from kubectl_mc.doctor.finding import Finding, kubectl
from kubectl_mc.doctor.source import edit
from kubectl_mc.model.pod import Container
from kubectl_mc.model.quantity import mebibytes

_KILLED = 137


def oom_killed(case: Case, container: Container) -> Finding | None:
    """The kernel killed its main process for its memory, or another process in it."""
    crash = crash_of(case, container, recovered=True)
    if crash is None or crash.end.state.reason != "OOMKilled":
        return None
    limit = container.spec.limits.get("memory")
    at = f"{container.spec.at}.resources.limits.memory"
    where = f"at its memory limit of {limit}" if limit else "because the node ran out of memory, having no limit itself"
    return Finding(
        "oom-killed",
        f"{_killed(crash, where)}{crash.history}{crash.effect}",
        grade=crash.grade,
        evidence=(*crash.lines, spec_line(at, limit or "not set"), *_used(case, container)),
        next=(crash.log, kubectl("top", "pod", case.pod.name, "--containers"), *edit(case.pod)),
        at=at,
    )


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
