"""How a container's instance ended, and what the kubelet does about it."""

from dataclasses import dataclass
from enum import Enum

from kubectl_mc.model.health import Health, container_health
from kubectl_mc.model.pod import Container, ContainerState, Pod


class Now(Enum):
    """What has become of a container whose instance ended."""

    DOWN = "down"
    """It has ended and is not started again, or waits to be."""
    AGAIN = "again"
    """The next instance runs, and nobody knows yet for how long."""
    RECOVERED = "recovered"
    """The next instance runs and is as it should be."""


@dataclass(frozen=True, slots=True)
class End:
    """The last end of a container that is, or was, not as it should be."""

    container: Container
    state: ContainerState
    """How it ended; always a terminated one."""
    now: Now

    @property
    def looping(self) -> bool:
        """Whether the kubelet waits longer and longer before it starts it again."""
        return self.container.state.reason == "CrashLoopBackOff"


def end_of(container: Container, pod: Pod) -> End | None:
    """The end that has to be explained; None for a container that never ended, or did so as it was to."""
    health = container_health(container, pod)
    state, last = container.state, container.status.last
    if state.terminated:
        return End(container, state, Now.DOWN) if health is Health.FAILED else None
    if last is None:
        return None
    if state.waiting:
        return End(container, last, Now.DOWN)
    return End(container, last, Now.RECOVERED if health is Health.READY else Now.AGAIN)
