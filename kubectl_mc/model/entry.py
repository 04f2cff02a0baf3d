"""Where a session begins: which pod of several, which container of it, and why it may not be entered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kubectl_mc.errors import McError
from kubectl_mc.model.fact import NEVER_STARTED, end_words, fault
from kubectl_mc.model.health import ORDINARY_WAITS
from kubectl_mc.model.parsing import DEFAULT_CONTAINER
from kubectl_mc.model.pod import Container, ContainerState, Pod
from kubectl_mc.model.restarts import latest_end
from kubectl_mc.model.spec import Role


@dataclass(frozen=True, slots=True)
class Entry:
    """A container to enter."""

    pod: Pod
    container: Container
    guessed: bool = False
    """Whether it is the first of several, for want of a better word."""


def best_pod(pods: Iterable[Pod]) -> Pod | None:
    """The pod of a workload that is most worth entering: running, ready, not being deleted, and the one that has been
    so for longest. None without any.
    """

    def rank(pod: Pod) -> tuple[bool, bool, bool, bool, float, str]:
        ready = pod.condition("Ready")
        since = ready.since.timestamp() if ready is not None and ready.since is not None else float("inf")
        return (
            pod.deleted is not None,
            pod.terminal,
            pod.phase != "Running",
            not pod.condition_true("Ready"),
            since,
            pod.name,
        )

    return min(pods, key=rank, default=None)


def choose_container(pod: Pod, name: str) -> Entry:
    """The container of a name; without one, the pod's default, else its first app container.

    Raises:
        McError: the pod has no such container.
    """
    wanted = name or pod.default_container
    if not wanted:
        apps = pod.apps or pod.containers
        if not apps:
            raise McError(f"pod {pod.name} has no containers")
        return Entry(pod, apps[0], guessed=len(pod.containers) > 1)
    found = next((container for container in pod.containers if container.name == wanted), None)
    if found is None:
        has = ", ".join(f"{c.name} ({c.role.value})" for c in pod.containers)
        why = "" if name else f", which its annotation {DEFAULT_CONTAINER} names"
        raise McError(f"no container {wanted} in pod {pod.name}{why}", f"it has: {has}")
    return Entry(pod, found)


def why_not(entry: Entry, now: datetime) -> str:
    """Why nothing can be run in a container now, in a sentence; empty where it can."""
    pod, container = entry.pod, entry.container
    state, called = container.state, _called(container)
    if state.running:
        return ""
    if pod.terminal:
        return f"pod {pod.name} has ended ({pod.reason or pod.phase}): nothing runs in it any more"
    end = latest_end(container)
    if end is not None and container.role in (Role.INIT, Role.EPHEMERAL) and not state.waiting:
        return f"{called} has ended ({end_words(end)})"
    if state.waiting and state.reason == "PodInitializing":
        return f"{called} has not started: the init containers are not through"
    if state.waiting and state.reason in ("", "ContainerCreating"):
        return f"{called} has not started ({state.reason or pod.phase})"
    if state.waiting or state.terminated:
        return fault(called, container, now, hidden=False).sentence
    return f"nothing is known of {called}"


def has_written(container: Container) -> bool:
    """Whether there may be a log: an instance has run."""
    seen = (container.state, container.status.last)
    return any(each is not None and (each.running or _has_run(each)) for each in seen)


def _has_run(state: ContainerState) -> bool:
    return state.terminated and state.reason not in NEVER_STARTED


def has_sandbox(pod: Pod) -> bool:
    """Whether the pod has got as far as its first container: before that no debug container starts in it, either."""
    return any(
        each.status.container_id or (each.state.waiting and each.state.reason not in ORDINARY_WAITS)
        for each in pod.containers
    )


def gone_words(before: Entry, after: Entry | None, now: datetime) -> str:
    """What has become of a container that was entered, where that is why a session ended; empty where it is not."""
    if after is None:
        return f"pod {before.pod.name} is gone"
    if after.container.status.container_id != before.container.status.container_id:
        last = after.container.status.last
        ended = f" ({end_words(last)})" if last is not None else ""
        return f"{_called(after.container)} has ended{ended} and been started anew"
    if after.pod.deleted is not None:
        return f"pod {before.pod.name} is being deleted"
    return why_not(after, now)


def _called(container: Container) -> str:
    return container.name if container.role is Role.APP else f"{container.role.value} container {container.name}"
