"""Whether the kubelet will start a container again, and how its latest instance ended."""

from kubectl_mc.model.pod import Container, ContainerState, Pod
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


def has_ended(pod: Pod) -> bool:
    """Whether every app container of a pod has ended for good."""
    return bool(pod.apps) and all(
        pod.terminal or (latest_end(container) is not None and not will_restart(pod, container))
        for container in pod.apps
    )
