"""How a container and a pod are, in a word each; colour, glyph and order of lists follow from it, never from a text."""

from enum import Enum, IntEnum

from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.spec import Role


class Severity(IntEnum):
    """How much a person has to care; the larger, the further up in a list."""

    DONE = 0
    """Finished well: nothing to do, nothing to expect."""
    OK = 1
    PROGRESS = 2
    """On its way; time will tell."""
    WARNING = 3
    ERROR = 4


class Health(Enum):
    """What a container is doing, as far as its pod is concerned."""

    DONE = "done"
    READY = "ready"
    WORKING = "working"
    """An init step that runs, or a start whose startup probe has not passed."""
    WAITING = "waiting"
    """Its turn has not come: it waits for a node, a volume or another container, and is no fault itself."""
    UNREADY = "unready"
    """Runs and doesn't serve."""
    FAILED = "failed"


_SEVERITIES = {
    Health.DONE: Severity.DONE,
    Health.READY: Severity.OK,
    Health.WORKING: Severity.PROGRESS,
    Health.WAITING: Severity.PROGRESS,
    Health.UNREADY: Severity.WARNING,
    Health.FAILED: Severity.ERROR,
}

ORDINARY_WAITS = frozenset({"", "PodInitializing", "ContainerCreating"})
"""Waiting reasons that every start passes through."""

_STOPPED_BY_KUBELET = frozenset({0, 137, 143})
"""What is left of a container that was told to end: gone by itself, SIGTERM, SIGKILL."""


def container_health(container: Container, pod: Pod) -> Health:
    """How one container is, given the pod that it is part of."""
    state = container.state
    if state.waiting:
        return Health.WAITING if state.reason in ORDINARY_WAITS else Health.FAILED
    if state.running:
        return _running(container)
    if state.terminated:
        return Health.DONE if _ended_well(container, pod) else Health.FAILED
    return Health.UNREADY


def _running(container: Container) -> Health:
    if container.role is Role.EPHEMERAL:
        return Health.READY
    if container.role is Role.INIT or container.status.started is False:
        return Health.WORKING
    return Health.READY if container.status.ready else Health.UNREADY


def _ended_well(container: Container, pod: Pod) -> bool:
    code = container.state.exit_code
    if container.role is Role.EPHEMERAL:  # somebody's debugging session: its code says nothing about the pod
        return True
    if pod.deleted is not None or (container.role is Role.SIDECAR and (pod.terminal or _apps_succeeded(pod))):
        return code in _STOPPED_BY_KUBELET  # sidecars are ended last, by the kubelet
    if container.role is Role.INIT or pod.terminal or pod.restart_policy != "Always":
        return code == 0
    return False  # a sidecar, or an app under restartPolicy Always, is meant to go on


def _apps_succeeded(pod: Pod) -> bool:
    """Whether the app containers are through; the phase follows a moment later, when the sidecars have ended too."""
    return pod.phase == "Succeeded" or (
        pod.restart_policy != "Always" and bool(pod.apps) and all(app.state.succeeded for app in pod.apps)
    )


def container_severity(container: Container, pod: Pod) -> Severity:
    """How much a person has to care about one container."""
    return _SEVERITIES[container_health(container, pod)]


def pod_severity(pod: Pod) -> Severity:
    """How much a person has to care about a pod: its own state first, then its worst container's."""
    if pod.phase in ("Failed", "Unknown"):
        return Severity.ERROR
    if pod.phase == "Succeeded":
        return Severity.WARNING if pod.deleted is not None and pod.finalizers else Severity.DONE
    if unschedulable(pod):
        return Severity.ERROR
    # A debug container that doesn't start is somebody's attempt, and stays in the pod whatever is done.
    own = [container for container in pod.containers if container.role is not Role.EPHEMERAL]
    worst = max((container_severity(container, pod) for container in own), default=Severity.PROGRESS)
    worst = max(worst, Severity.OK)  # done containers in a pod that goes on
    if pod.deleted is not None:
        return max(Severity.PROGRESS, min(worst, Severity.WARNING))
    if held_open(pod):
        worst = max(worst, Severity.PROGRESS)
    ready = pod.condition("Ready")
    if worst is Severity.OK and ready is not None and ready.status != "True" and unset_gates(pod):
        return Severity.WARNING
    return worst


def held_open(pod: Pod) -> tuple[Container, ...]:
    """The app containers that run on in a pod that is to end, after others of it have succeeded."""
    if pod.restart_policy == "Always" or pod.deleted is not None or not any(app.state.succeeded for app in pod.apps):
        return ()
    return tuple(app for app in pod.apps if app.state.running)


def unschedulable(pod: Pod) -> bool:
    """Whether the scheduler has looked for a node and found none."""
    scheduled = pod.condition("PodScheduled")
    return scheduled is not None and scheduled.status == "False" and scheduled.reason != "SchedulingGated"


def unset_gates(pod: Pod) -> tuple[str, ...]:
    """The readiness gates that are not True."""
    return tuple(gate for gate in pod.readiness_gates if not pod.condition_true(gate))
