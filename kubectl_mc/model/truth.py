"""What is so, in a sentence, and whether kubectl's STATUS hides it.

Judged from the pod alone: no events, no logs. Facts come in the order in which a pod starts, so that the
first is the one to look at; a container that waits for another is never blamed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from kubectl_mc.model.health import Health, container_health, unschedulable, unset_gates
from kubectl_mc.model.pod import Container, ContainerState, Pod, Role
from kubectl_mc.model.progress import init_progress
from kubectl_mc.model.signals import signal_of_exit
from kubectl_mc.model.summary import Summary
from kubectl_mc.model.times import age, human_duration, seconds_between

_IMAGE_REASONS = frozenset(
    {
        "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError",
        "RegistryUnavailable", "SignatureValidationFailed",
    }
)  # fmt: skip


_RECENT_SECONDS = 600
"""How long a restart is worth a word; the kubelet forgets a crash loop's back-off after the same time."""

_USUAL_START_SECONDS = 5
"""How long a node may take to make the first container before it is worth a word."""


class Look(Enum):
    """What tells more about a fact."""

    EVENTS = "events"
    LOGS = "logs"
    PREVIOUS = "previous"
    """The logs of the instance that ended."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is so."""

    sentence: str
    container: Container | None = None
    look: Look = Look.EVENTS
    hidden: bool = False
    """Whether kubectl's READY and STATUS hide it, or say otherwise."""


def facts(pod: Pod, summary: Summary, now: datetime) -> tuple[Fact, ...]:
    """What keeps a pod from being as it should, the most important first; empty for one that is fine."""
    if pod.terminal:
        return tuple(_finished(pod, summary))
    return (
        *_deletion(pod, now),
        *_scheduling(pod),
        *_creation(pod, now),
        *_init_step(pod, now),
        *_containers(pod, summary, now),
        *_held_open(pod),
        *_readiness(pod, summary),
        *_recovered(pod, now),
    )


def end_words(state: ContainerState) -> str:
    """How an instance ended: `exit 137, SIGKILL, OOMKilled`."""
    parts = [f"exit {state.exit_code}"]
    if name := signal_of_exit(state.exit_code, state.signal):
        parts.append(name)
    if state.reason not in ("", "Error", "Completed"):
        parts.append(state.reason)
    return ", ".join(parts)


def _finished(pod: Pod, summary: Summary) -> Iterator[Fact]:
    if pod.reason:
        yield Fact(f"{pod.reason}: {pod.message}" if pod.message else pod.reason, hidden=summary.status != pod.reason)
        return
    for container in pod.containers:
        if container_health(container, pod) is Health.FAILED:
            yield Fact(
                f"{container.name} ended with {end_words(container.state)}",
                container,
                Look.LOGS,
                _unlike(container, summary),
            )
        elif container.role is Role.SIDECAR and container.state.failed:
            ended = end_words(container.state)
            yield Fact(f"it succeeded; {ended} is how the kubelet stopped sidecar {container.name} afterwards")


def _deletion(pod: Pod, now: datetime) -> Iterator[Fact]:
    left = seconds_between(now, pod.deleted)
    if left is None:
        return
    when = (
        f"{human_duration(left)} of its grace period left"
        if left > 0
        else f"its grace period ended {human_duration(-left)} ago"
    )
    running = [c.name for c in pod.containers if c.state.running]
    yield Fact(
        f"it is being deleted, {when}" + (f"; still running: {', '.join(running)}" if running else ""), hidden=left <= 0
    )


def _scheduling(pod: Pod) -> Iterator[Fact]:
    scheduled = pod.condition("PodScheduled")
    if scheduled is None or scheduled.status != "False":
        return
    told = scheduled.message or scheduled.reason
    yield Fact(f"no node can take it: {told}" if unschedulable(pod) else f"its scheduling gates hold it back: {told}")


def _creation(pod: Pod, now: datetime) -> Iterator[Fact]:
    """A pod with a node and without a single container yet: a volume, the network or an image is late."""
    waits = [c for c in pod.containers if c.role is not Role.EPHEMERAL and c.state.waiting]
    if not pod.node or len(waits) < len(pod.containers) or any(c.status.restarts for c in pod.containers):
        return
    if all(container_health(container, pod) is Health.WAITING for container in waits):
        scheduled = pod.condition("PodScheduled")
        waited = seconds_between(scheduled.since if scheduled else None, now)
        if waited is None or waited >= _USUAL_START_SECONDS:
            since = f" {human_duration(waited)} after it got its node" if waited is not None else ""
            yield Fact(f"none of its containers has been created{since}")


def _init_step(pod: Pod, now: datetime) -> Iterator[Fact]:
    """The one step that holds the rest up. It is always worth a sentence, even when nothing is wrong."""
    progress = init_progress(pod)
    if progress is None or progress.current is None or not pod.node:
        return
    step = progress.current
    name = f"sidecar {step.name}" if step.role is Role.SIDECAR else step.name
    place = f"init step {progress.done + 1} of {progress.total}, {name},"
    so_far = f" for {age(step.state.started_at, now)}" if step.state.started_at else ""
    if container_health(step, pod) is Health.FAILED:
        yield _fault(place, step, now, hidden=False)
    elif step.role is Role.SIDECAR and step.state.running:
        yield Fact(
            f"{place} has run{so_far} and has not passed its startup probe; all that comes after it waits",
            step,
            hidden=True,
        )
    elif step.state.running:
        yield Fact(f"{place} has run{so_far}", step, Look.LOGS)
    elif step.status.last is not None and step.status.last.failed:
        yield Fact(
            f"{place} failed with {end_words(step.status.last)} and is about to start again", step, Look.PREVIOUS
        )
    elif progress.done:
        yield Fact(f"{place} has not started", step)


def _containers(pod: Pod, summary: Summary, now: datetime) -> Iterator[Fact]:
    """What is not as it should be, beyond the init sequence's current step; faults before what is merely not ready."""
    progress = init_progress(pod)
    current = progress.current if progress else None
    others = [c for c in pod.containers if c.role is not Role.INIT and c is not current]
    for container in others:
        if container_health(container, pod) is Health.FAILED:
            yield _fault(container.name, container, now, hidden=_unlike(container, summary))
    for container in others:
        health = container_health(container, pod)
        if health is Health.WORKING:
            so_far = age(container.state.started_at, now)
            yield Fact(f"{container.name} has run for {so_far} and has not passed its startup probe", container)
        elif health is Health.UNREADY and pod.deleted is None:
            yield Fact(_unready(container, now), container, hidden=summary.status == "Running")


def _unready(container: Container, now: datetime) -> str:
    if not container.state.running:
        return f"nothing is known of {container.name}"
    probed = any(probe.kind == "readiness" for probe in container.spec.probes)
    why = "its readiness probe does not pass" if probed else "the kubelet has not reported it ready"
    return f"{container.name} has run for {age(container.state.started_at, now)} and is not ready: {why}"


def _fault(subject: str, container: Container, now: datetime, *, hidden: bool) -> Fact:
    """A container that is down, and why, as far as its own status tells."""
    state, last = container.state, container.status.last
    if state.terminated:
        return Fact(f"{subject} ended with {end_words(state)}", container, Look.LOGS, hidden)
    if state.reason == "CrashLoopBackOff":
        ended = (
            f" ({end_words(last)}, {age(last.finished_at, now)} ago, {_times(container.status.restarts)})"
            if last
            else ""
        )
        return Fact(f"{subject} is crash-looping{ended}", container, Look.PREVIOUS, hidden)
    if state.reason in _IMAGE_REASONS:
        return Fact(f"{subject} has no image: {container.spec.image}", container, hidden=hidden)
    return Fact(f"{subject} cannot start: {state.message or state.reason}", container, hidden=hidden)


def _times(restarts: int) -> str:
    return "1 restart" if restarts == 1 else f"{restarts} restarts"


def _held_open(pod: Pod) -> Iterator[Fact]:
    """A pod that is to end, some of whose app containers have, while others go on: a classic sidecar in a Job."""
    if pod.restart_policy == "Always" or pod.deleted is not None:
        return
    done = [app.name for app in pod.apps if app.state.succeeded]
    running = [app for app in pod.apps if app.state.running]
    if done and running:
        names = ", ".join(app.name for app in running)
        yield Fact(
            f"{', '.join(done)} finished; the pod ends only when {names} {'do' if len(running) > 1 else 'does'} too",
            running[0],
            Look.LOGS,
        )


def _recovered(pod: Pod, now: datetime) -> Iterator[Fact]:
    """Containers that are well now and were not a while ago."""
    for container in pod.containers:
        last = container.status.last
        ago = seconds_between(last.finished_at, now) if last is not None and last.terminated else None
        if last is not None and ago is not None and ago < _RECENT_SECONDS and container.status.ready:
            yield Fact(
                f"{container.name} restarted {human_duration(ago)} ago: {end_words(last)}", container, Look.PREVIOUS
            )


def _readiness(pod: Pod, summary: Summary) -> Iterator[Fact]:
    ready = sum(c.declared and c.counts_as_ready and c.status.ready for c in pod.containers)
    if pod.initialized and ready != summary.ready:
        yield Fact(f"{ready} of {summary.total} containers are ready", hidden=True)
    condition = pod.condition("Ready")
    if condition is not None and condition.status != "True" and ready == summary.total:
        for gate in unset_gates(pod):
            yield Fact(f"all containers are ready; readiness gate {gate} is not True", hidden=True)


def _unlike(container: Container, summary: Summary) -> bool:
    """Whether STATUS doesn't show this container's reason."""
    return container.state.reason != summary.status
