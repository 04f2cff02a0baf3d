"""How a container's instance ended, and what the kubelet does about it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from kubectl_mc.model.health import Health, container_health
from kubectl_mc.model.pod import Container, ContainerState, Pod
from kubectl_mc.model.times import seconds_between

RECENT_SECONDS = 3600
"""How long an end is worth a word after the container has recovered."""

_FORGIVEN_SECONDS = 600
"""After so long a run the kubelet counts the back-off anew, and the end before it explains nothing of now."""

_LOOP = 3
"""So many restarts are no accident."""

_INSTANT_SECONDS = 5
"""A run shorter than this is over before anybody looks."""


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

    @property
    def ran(self) -> float | None:
        """Seconds from its start to its end."""
        return seconds_between(self.state.started_at, self.state.finished_at)

    def seen(self, now: datetime) -> "End":
        """The end with a doubt about what became of it.

        A container without probes is ready as soon as it runs. One that was restarted again and again, and hasn't
        outlived its last instance, is in a loop, whether it is looked at in a run or in a back-off.
        """
        ran, runs = self.ran, seconds_between(self.container.state.started_at, now)
        if self.now is not Now.RECOVERED or ran is None or runs is None or self.container.status.restarts < _LOOP:
            return self
        loops = ran < _FORGIVEN_SECONDS and runs <= max(ran, _INSTANT_SECONDS)
        return replace(self, now=Now.AGAIN) if loops else self

    def explains(self, now: datetime) -> bool:
        """Whether it is still worth a word: a container that is down always is."""
        if self.now is Now.DOWN:
            return True
        if self.now is Now.AGAIN:
            runs = seconds_between(self.container.state.started_at, now)
            return runs is None or runs < _FORGIVEN_SECONDS
        ago = seconds_between(self.state.finished_at, now)
        return ago is not None and ago <= RECENT_SECONDS


def end_of(container: Container, pod: Pod) -> End | None:
    """The end that has to be explained; None for a container that never ended, or did so as it was to."""
    health = container_health(container, pod)
    state, last = container.state, container.status.last
    if state.terminated:
        return End(container, state, Now.DOWN) if health is Health.FAILED else None
    if last is None or not last.terminated:
        return None
    if state.waiting:
        return End(container, last, Now.DOWN)
    return End(container, last, Now.RECOVERED if health is Health.READY else Now.AGAIN)
