"""Lines of evidence: each says where it comes from, so that a person can look it up.

What others wrote, a program or a kubelet that quotes it, is shown with its secrets covered: a finding is passed on.
"""

from datetime import datetime

from kubectl_mc.doctor.case import Tail
from kubectl_mc.model.event import Event
from kubectl_mc.model.fact import end_words
from kubectl_mc.model.pod import Container, ContainerState, Pod
from kubectl_mc.model.secrecy import masked_text
from kubectl_mc.model.spec import Probe
from kubectl_mc.model.times import age, human_duration, seconds_between

_WIDEST = 500
"""Characters of a log line that are shown as evidence; the log itself has them all."""


def state_line(container: Container) -> str:
    """What a container's state is: `state of app: waiting, CrashLoopBackOff: back-off 5m0s …`."""
    state = container.state
    said = ": ".join(part for part in (state.reason, state.message) if part)
    return f"state of {container.name}: {state.kind.value}{f', {masked_text(said)}' if said else ''}"


def status_line(pod: Pod) -> str:
    """Why a pod as a whole is as it is: `status.reason: Evicted: The node was low on resource: memory`."""
    return f"status.reason: {pod.reason}: {pod.message}"


def end_line(container: Container, end: ContainerState, now: datetime) -> str:
    """How an instance ended: `last end of app: exit 1, ran 3s, 2m ago, 4 restarts`."""
    parts = [end_words(end)]
    ran = seconds_between(end.started_at, end.finished_at)
    if ran is not None:
        parts.append(f"ran {human_duration(ran)}")
    if end.finished_at is not None:
        parts.append(f"{age(end.finished_at, now)} ago")
    if restarts := container.status.restarts:
        parts.append("1 restart" if restarts == 1 else f"{restarts} restarts")
    return f"last end of {container.name}: {', '.join(parts)}"


def event_line(event: Event, now: datetime) -> str:
    """An event: `event Unhealthy, 30s ago (x12): Readiness probe failed: …`."""
    times = f" (x{event.count})" if event.count > 1 else ""
    return f"event {event.reason}, {age(event.last_seen, now)} ago{times}: {masked_text(event.message.strip())}"


def log_line(container: Container, tail: Tail, line: str) -> str:
    """A line that a container wrote: `log of app, before its restart: bind: address already in use`."""
    when = ", before its restart" if tail.previous else ""
    return f"log of {container.name}{when}: {_cut(line)}"


def spec_line(at: str, said: str) -> str:
    """A part of the spec with its path: `spec.containers[1].ports[0]: 8080/TCP`."""
    return f"{at}: {said}"


def probe_line(probe: Probe) -> str:
    """A probe with its times, as `kubectl describe` writes them."""
    times = f"delay={probe.initial_delay}s timeout={probe.timeout}s period={probe.period}s"
    return spec_line(probe.at, f"{probe.action} {times} #failure={probe.failure_threshold}")


def message_line(container: Container, line: str) -> str:
    """A line that a container left as its termination message."""
    return f"termination message of {container.name}: {_cut(line)}"


def _cut(line: str) -> str:
    """A line of somebody's log, which may have any length."""
    whole = line.strip()
    return masked_text(whole if len(whole) <= _WIDEST else f"{whole[:_WIDEST]}…")
