"""The values that a pod is made of. Shapes follow core/v1; everything optional in the API is optional here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kubectl_mc.model.spec import ContainerSpec, Probe, Role, Shared


class StateKind(StrEnum):
    """Which member of core/v1 ContainerState is set."""

    WAITING = "waiting"
    RUNNING = "running"
    TERMINATED = "terminated"
    UNKNOWN = "unknown"
    """The pod is past Pending, yet the kubelet reported no status for the container."""


@dataclass(frozen=True, slots=True)
class ContainerState:
    """core/v1 ContainerState, flattened. `exit_code` and `signal` are set only for a terminated one."""

    kind: StateKind
    reason: str = ""
    message: str = ""
    exit_code: int | None = None
    signal: int | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def waiting(self) -> bool:
        return self.kind is StateKind.WAITING

    @property
    def running(self) -> bool:
        return self.kind is StateKind.RUNNING

    @property
    def terminated(self) -> bool:
        return self.kind is StateKind.TERMINATED

    @property
    def succeeded(self) -> bool:
        return self.terminated and self.exit_code == 0

    @property
    def failed(self) -> bool:
        return self.terminated and self.exit_code != 0


@dataclass(frozen=True, slots=True)
class ContainerStatus:
    """core/v1 ContainerStatus as the kubelet reported it."""

    name: str
    state: ContainerState
    last: ContainerState | None = None
    """How the previous instance ended; None when there was none."""
    ready: bool = False
    started: bool | None = None
    """Whether the startup probe has passed; None where the kubelet doesn't say."""
    restarts: int = 0
    image: str = ""
    container_id: str = ""


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a pod: what was asked for and what is."""

    spec: ContainerSpec
    status: ContainerStatus
    declared: bool = True
    """False for a status whose name the spec doesn't have."""

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def role(self) -> Role:
        return self.spec.role

    @property
    def state(self) -> ContainerState:
        return self.status.state

    @property
    def counts_as_ready(self) -> bool:
        """Whether READY x/y counts this container (in y)."""
        return self.role in (Role.APP, Role.SIDECAR)

    @property
    def startup_probe(self) -> Probe | None:
        return self.spec.probe("startup")


@dataclass(frozen=True, slots=True)
class Condition:
    """core/v1 PodCondition."""

    type: str
    status: str
    """`True`, `False` or `Unknown`."""
    reason: str = ""
    message: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """An ownerReference."""

    kind: str
    name: str
    uid: str
    controller: bool = False
    api_version: str = ""


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod, once read."""

    namespace: str
    name: str
    uid: str = ""
    node: str = ""
    phase: str = ""
    reason: str = ""
    """`status.reason`, set for the whole pod: Evicted, NodeLost, DeadlineExceeded."""
    message: str = ""
    default_container: str = ""
    """From the annotation `kubectl.kubernetes.io/default-container`."""
    created: datetime | None = None
    deleted: datetime | None = None
    """deletionTimestamp: when the grace period ends, not when deletion was asked for."""
    deletion_grace: int = 0
    """Seconds between the two: deletionGracePeriodSeconds."""
    restart_policy: str = "Always"
    containers: tuple[Container, ...] = ()
    """Spec order: init containers and sidecars, app containers, ephemeral containers; undeclared ones last."""
    init_statuses: tuple[ContainerStatus, ...] = ()
    """As the API lists them; kubectl's STATUS depends on this order."""
    app_statuses: tuple[ContainerStatus, ...] = ()
    conditions: tuple[Condition, ...] = ()
    readiness_gates: tuple[str, ...] = ()
    scheduling_gates: tuple[str, ...] = ()
    scheduler: str = ""
    finalizers: tuple[str, ...] = ()
    """What has to agree before a deleted pod goes."""
    owners: tuple[Owner, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    shared: Shared = field(default_factory=Shared)

    @property
    def claims(self) -> tuple[str, ...]:
        """Names of the PersistentVolumeClaims that its volumes mount, generated ones of ephemeral volumes too."""
        return tuple(volume.claim for volume in self.shared.volumes if volume.claim)

    def container(self, name: str) -> Container | None:
        """The container of a name; no two of a pod have the same."""
        return next((container for container in self.containers if container.name == name), None)

    def condition(self, type_: str) -> Condition | None:
        return next((condition for condition in self.conditions if condition.type == type_), None)

    def condition_true(self, type_: str) -> bool:
        condition = self.condition(type_)
        return condition is not None and condition.status == "True"

    @property
    def terminal(self) -> bool:
        """Whether the pod has ended for good."""
        return self.phase in ("Succeeded", "Failed")

    @property
    def init_sequence(self) -> tuple[Container, ...]:
        """The declared init containers and sidecars, in the order in which the kubelet starts them."""
        return tuple(c for c in self.containers if c.declared and c.role in (Role.INIT, Role.SIDECAR))

    @property
    def apps(self) -> tuple[Container, ...]:
        return tuple(c for c in self.containers if c.role is Role.APP)

    @property
    def initialized(self) -> bool:
        """Whether the init sequence is over, so that only the app containers and sidecars matter now.

        The condition stays True once an app container has started, even when a sidecar fails later
        (kubelet `status/generate.go`); running or ended app containers prove it where it is missing.
        """
        return self.condition_true("Initialized") or any(c.state.running or c.state.terminated for c in self.apps)
