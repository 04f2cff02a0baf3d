"""The values that a timeline is made of."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kubectl_mc.model.pod import ContainerState
from kubectl_mc.model.spec import Role


class Kind(StrEnum):
    """What goes on in a stretch of time."""

    SCHEDULING = "scheduling"
    SANDBOX = "sandbox"
    """Volumes are mounted and the pod gets its network."""
    PULL = "pull"
    START = "start"
    """A container is made and started, its image being there; where events are gone, its pull may be in it."""
    RUN = "run"
    """An init container or an app of a Job works towards its end."""
    GATE = "gate"
    """A sidecar runs, and its startup probe or its postStart hook has not let the next step through."""
    PROBES = "probes"
    """A container runs and is not ready yet."""
    UP = "up"
    """A container is ready, as far as is known."""
    RESTARTS = "restarts"
    """A container runs and is down by turns: instances of which only the number is kept."""
    BACK_OFF = "back-off"
    """A container is down between two instances."""
    WAIT = "wait"
    """A container cannot start."""
    IDLE = "idle"
    """Nothing that is known of went on: the kubelet had yet to take the next step."""
    GATES = "readiness gates"
    END = "end"
    """All has ended, and the pod's phase has yet to say so."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Something that went on for a time."""

    kind: Kind
    start: datetime
    end: datetime
    container: str = ""
    """Empty for the pod as a whole."""
    approximate: bool = False
    """Whether one of its ends is concluded from others."""
    open: bool = False
    """Whether it still goes on; its end is then the moment of looking."""
    note: str = ""

    @property
    def seconds(self) -> int:
        return int((self.end - self.start).total_seconds())


@dataclass(frozen=True, slots=True)
class Track:
    """What is known of a container, in the order of time."""

    container: str
    role: Role
    place: int
    """Among the init containers and sidecars, from 1; 0 for apps."""
    stretches: tuple[Stretch, ...]
    restarts: tuple[datetime, ...] = ()
    """Ends of instances after which another one came, as far as they are kept."""


@dataclass(frozen=True, slots=True)
class Restarts:
    """What the API keeps of a container that did not run through."""

    container: str
    count: int
    last: ContainerState | None
    """How the instance before ended; None where that is not kept."""
    down: int | None
    """Seconds from that end to the next start; None while it is down, and where it isn't known."""

    @property
    def forgotten(self) -> int:
        """Earlier ends, of which nothing but the number is kept."""
        return max(self.count - 1, 0) if self.last is not None else self.count


class Outcome(StrEnum):
    """What it came to."""

    READY = "ready"
    READY_AGAIN = "ready-again"
    """It is ready, and a container has restarted since it was first, of which the API keeps no time."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    WAITING = "waiting"
    """It has not become ready yet, or is not ready any more."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A pod's start."""

    created: datetime
    end: datetime
    """When it was ready or over; the moment of looking for one that is neither."""
    outcome: Outcome
    scheduling: tuple[Stretch, ...]
    """Scheduling and sandbox."""
    tracks: tuple[Track, ...]
    """Of the declared containers but ephemeral ones, in the spec's order."""
    path: tuple[Stretch, ...]
    """What the pod waited for: from its creation to the end, without a gap."""
    restarts: tuple[Restarts, ...]
    missing: tuple[str, ...]
    """What is not known, and why."""
    now: datetime

    @property
    def seconds(self) -> int:
        """From the creation to the end."""
        return int((self.end - self.created).total_seconds())

    @property
    def approximate(self) -> bool:
        return any(stretch.approximate for stretch in self.path)

    @property
    def idle(self) -> int:
        """Seconds in which nothing was done, as far as is known."""
        return sum(stretch.seconds for stretch in self.path if stretch.kind is Kind.IDLE)

    @property
    def longest(self) -> Stretch | None:
        """What it waited for longest."""
        return max(self.path, key=lambda stretch: stretch.seconds, default=None)
