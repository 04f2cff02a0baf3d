"""What is so, in a sentence, and whether kubectl's STATUS hides it.

Judged from the pod alone: no events, no logs. Facts come in the order in which a pod starts, so that the
first is the one to look at; a container that waits for another is never blamed.
"""

from collections.abc import Iterator
from datetime import datetime

from kubectl_mc.model.fact import Fact, Look, end_words, fault, unready_words
from kubectl_mc.model.health import Health, container_health, held_open, unschedulable, unset_gates
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.progress import init_progress, subject
from kubectl_mc.model.spec import Role
from kubectl_mc.model.summary import Summary
from kubectl_mc.model.times import age, human_duration, seconds_between

_RECENT_SECONDS = 600
"""How long a restart is worth a word; the kubelet forgets a crash loop's back-off after the same time."""

_USUAL_START_SECONDS = 5
"""How long a node may take to make the first container before it is worth a word."""


def facts(pod: Pod, summary: Summary, now: datetime) -> tuple[Fact, ...]:
    """What keeps a pod from being as it should, the most important first; empty for one that is fine."""
    if pod.terminal:
        return (*_finished(pod, summary), *_deletion(pod, now))
    return (
        *_deletion(pod, now),
        *_scheduling(pod, now),
        *_creation(pod, now),
        *_init_step(pod, now),
        *_containers(pod, summary, now),
        *_held_open(pod),
        *_readiness(pod, summary),
        *_recovered(pod, now),
    )


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
    outcome = "it succeeded; " if pod.phase == "Succeeded" else ""
    for container in pod.containers:
        if (
            container.role is Role.SIDECAR
            and container.state.failed
            and container_health(container, pod) is Health.DONE
        ):
            ended = end_words(container.state)
            yield Fact(f"{outcome}{ended} is how the kubelet stopped sidecar {container.name} afterwards")


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
    holds = f"; still running: {', '.join(running)}" if running else ""
    if pod.finalizers:
        holds += f"; held by its finalizers: {', '.join(pod.finalizers)}"
    yield Fact(f"it is being deleted, {when}{holds}", hidden=left <= 0 or pod.terminal)


def _scheduling(pod: Pod, now: datetime) -> Iterator[Fact]:
    scheduled = pod.condition("PodScheduled")
    if scheduled is None:
        waited = seconds_between(pod.created, now)
        if not pod.node and waited is not None and waited >= _USUAL_START_SECONDS:
            asked = f"the scheduler {pod.scheduler}" if pod.scheduler else "the scheduler"
            yield Fact(f"{asked} has not looked at it, {human_duration(waited)} after it was made", hidden=True)
    elif unschedulable(pod):
        yield Fact(f"no node can take it: {scheduled.message or scheduled.reason}")
    elif scheduled.status == "False":
        gates = ", ".join(pod.scheduling_gates)
        yield Fact(f"scheduling gates hold it back: {gates or scheduled.message or scheduled.reason}")


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
    place = subject(step, pod)
    so_far = f" for {age(step.state.started_at, now)}" if step.state.started_at else ""
    if container_health(step, pod) is Health.FAILED:
        yield fault(place, step, now, hidden=False)
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
            # kubectl's STATUS is about the pod's own containers: it hides nothing when a debug container is down.
            hidden = container.role is not Role.EPHEMERAL and _unlike(container, summary)
            yield fault(container.name, container, now, hidden=hidden)
    for container in others:
        health = container_health(container, pod)
        if health is Health.WORKING:
            so_far = age(container.state.started_at, now)
            yield Fact(f"{container.name} has run for {so_far} and has not passed its startup probe", container)
        elif health is Health.UNREADY and pod.deleted is None:
            yield Fact(unready_words(container, now), container, hidden=summary.status == "Running")


def _held_open(pod: Pod) -> Iterator[Fact]:
    """A pod that is to end, some of whose app containers have, while others go on: a classic sidecar in a Job."""
    running = held_open(pod)
    if running:
        done = [app.name for app in pod.apps if app.state.succeeded]
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
