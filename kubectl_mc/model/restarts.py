"""Whether the kubelet will start a container again, how its instances ended, and which of them still have a log."""

from kubectl_mc.model.pod import Container, ContainerState, Pod, StateKind
from kubectl_mc.model.spec import Role


def will_restart(pod: Pod, container: Container) -> bool:
    """Whether an ended container is going to be started again.

    Source: kubelet `container/helpers.go` ShouldContainerBeRestarted, and the same for init containers.
    """
    if pod.terminal or pod.deleted is not None or container.role is Role.EPHEMERAL:
        return False
    if container.role is Role.SIDECAR:
        return True
    failed = (end := latest_end(container)) is not None and end.exit_code != 0
    if container.role is Role.INIT:
        return failed and pod.restart_policy != "Never"
    return pod.restart_policy == "Always" or (pod.restart_policy == "OnFailure" and failed)


def latest_end(container: Container) -> ContainerState | None:
    """How the instance that the status is about ended; None while it runs, and before the first has run.

    In a back-off the state is `waiting` and the end is the last state.
    """
    if container.state.terminated:
        return container.state
    return container.status.last if container.state.waiting else None


def end_before(container: Container) -> ContainerState | None:
    """How the instance before ended. In a back-off the last state is the end of the very instance that has ended."""
    return None if container.state.waiting else container.status.last


def end_of(instance: Container, now: Container | None) -> ContainerState | None:
    """How an instance ended, as far as the container's status says; None while it runs, and for one that is not there.

    Args:
        instance: the container as it was when the instance was seen.
        now: as it is.
    """
    if now is None:
        return None
    if now.status.container_id == instance.status.container_id:
        return latest_end(now)
    return (end_before(now) if has_log(instance, now) else None) or ContainerState(StateKind.UNKNOWN)


def has_log(instance: Container, now: Container) -> bool:
    """Whether the kubelet still gives an instance's log: as the present one, or as the one before that."""
    if now.status.container_id == instance.status.container_id:
        return True
    return now.status.restarts - instance.status.restarts <= 1 and not now.state.waiting


def has_ended(pod: Pod) -> bool:
    """Whether every app container of a pod has ended for good."""
    return bool(pod.apps) and all(
        pod.terminal or (latest_end(container) is not None and not will_restart(pod, container))
        for container in pod.apps
    )
