"""Containers that a signal from outside ended, when nothing says who sent it."""

from collections.abc import Iterator

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.crash import Crash, crash_of
from kubectl_mc.doctor.evidence import log_line, spec_line
from kubectl_mc.doctor.finding import Certainty, Finding, Step, mc
from kubectl_mc.model.pod import Container
from kubectl_mc.model.times import age

_SIGKILL, _SIGTERM = 137, 143


def unknown_137(case: Case, container: Container) -> Finding | None:
    """Killed, and neither the runtime nor an event says by whom."""
    crash = crash_of(case, container)
    if crash is None or crash.end.state.exit_code != _SIGKILL or crash.end.state.reason == "OOMKilled":
        return None
    return Finding(
        "unknown-137",
        f"{crash.subject} was killed by SIGKILL (exit 137){crash.history}{crash.effect}, and nothing says by whom: "
        f"{_or(_killers(crash))}",
        certainty=Certainty.LIKELY,
        evidence=(*crash.lines, *_hints(crash)),
        next=_steps(crash),
    )


def stopped(case: Case, container: Container) -> Finding | None:
    """It went when it was asked to, and nothing says who asked."""
    crash = crash_of(case, container)
    if crash is None or crash.end.state.exit_code != _SIGTERM:
        return None
    complaint = crash.complaint
    return Finding(
        "stopped",
        f"{crash.subject} was stopped on request (SIGTERM, exit 143){crash.history}{crash.effect}, and nothing says by "
        f"whom: {_or(_askers(crash))}",
        certainty=Certainty.LIKELY,
        evidence=(*crash.lines, *(complaint.evidence if complaint is not None else ()), *_probes(crash)),
        next=_steps(crash),
    )


def _killers(crash: Crash) -> Iterator[str]:
    """Who may have sent a SIGKILL, the likeliest first."""
    limit = crash.container.spec.limits.get("memory")
    probed = tuple(_kubelet(crash))
    has_done = crash.case.event("Killing", container=crash.container, saying="probe") is not None
    yield from probed if has_done else ()
    if limit:
        yield f"the kernel, at its memory limit of {limit} (a quick kill isn't always reported as OOMKilled)"
    else:
        yield "the kernel, when the node ran out of memory"
    yield from () if has_done else probed
    yield from _siblings(crash)
    yield "a process in it, such as a supervisor that killed a child"


def _askers(crash: Crash) -> Iterator[str]:
    yield from _kubelet(crash)
    yield from _siblings(crash)
    yield "a process in it"
    yield "somebody on the node, as at a restart of its runtime"


def _kubelet(crash: Crash) -> Iterator[str]:
    """The kubelet, for a probe. It tells less often of what happens again and again, and events expire."""
    case, container = crash.case, crash.container
    for probe in container.spec.probes:
        if probe.kind in ("liveness", "startup"):
            before = case.event("Killing", container=container, saying=f"failed {probe.kind} probe")
            told = (
                f"as it was {age(before.last_seen, case.now)} ago" if before is not None else "if its event has expired"
            )
            yield f"the kubelet for its {probe.kind} probe, {told}"


def _siblings(crash: Crash) -> Iterator[str]:
    if crash.case.pod.shared.processes:
        yield "a process of another container, since they share their processes"


def _hints(crash: Crash) -> Iterator[str]:
    container = crash.container
    tail = crash.case.tail(container)
    limit = container.spec.limits.get("memory")
    yield spec_line(f"{container.spec.at}.resources.limits.memory", limit or "not set")
    yield from _probes(crash)
    # A shell says so of a child that was killed; the kernel chooses the largest process.
    yield from (log_line(container, tail, line) for line in tail.lines[-3:] if line.strip() == "Killed")


def _probes(crash: Crash) -> Iterator[str]:
    for probe in crash.container.spec.probes:
        if probe.kind in ("liveness", "startup"):
            yield spec_line(probe.at, probe.action)


def _steps(crash: Crash) -> tuple[Step, ...]:
    return crash.log, mc("events", crash.case.pod.name)


def _or(parts: Iterator[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} or {last}" if first else last
