"""What a pod's spec asks for: containers, what they listen on, mount and refer to, and what they all share.

Each part that a person may have to change knows where it stands in the pod's document: it is `at`
`spec.containers[1].ports[0]`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kubectl_mc.model.placement import Placement


class Role(StrEnum):
    """What a container is for in its pod's life."""

    INIT = "init"
    SIDECAR = "sidecar"
    """A native sidecar: an init container with `restartPolicy: Always`."""
    APP = "app"
    EPHEMERAL = "ephemeral"


@dataclass(frozen=True, slots=True)
class Port:
    """A declared port; containers of a pod share one network, so a number is taken once a protocol."""

    number: int
    protocol: str = "TCP"
    name: str = ""
    host_port: int = 0
    """The node's port that leads to it; 0 for none."""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe of a container."""

    kind: str
    """`startup`, `readiness` or `liveness`."""
    action: str
    """What is asked, as `kubectl describe` words it: `http-get http://:8080/ready`, `tcp-socket :6379`; for showing,
    since secrets are covered in it."""
    period: int = 10
    failure_threshold: int = 3
    initial_delay: int = 0
    timeout: int = 1
    port: str = ""
    """The number or the name of the port that is asked; empty for a command."""
    host: str = ""
    """Whom it asks; empty for the pod itself."""
    command: tuple[str, ...] = ()
    at: str = ""

    @property
    def budget(self) -> int:
        """Seconds from the start until the kubelet gives up on a container that never answers."""
        return self.initial_delay + self.period * self.failure_threshold


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume in a container's file system."""

    volume: str
    path: str
    """Where it is in the container."""
    read_only: bool = False
    sub_path: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A ConfigMap or a Secret that a container or a volume needs."""

    kind: str
    """`ConfigMap` or `Secret`."""
    name: str
    key: str = ""
    """Empty for all that is in it."""
    optional: bool = False
    at: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a container's environment."""

    name: str
    value: str = ""
    """As written; empty where it comes from elsewhere."""
    source: Reference | None = None
    at: str = ""


@dataclass(frozen=True, slots=True)
class Hook:
    """A lifecycle hook."""

    kind: str
    """`postStart` or `preStop`."""
    action: str
    """Worded as a probe's action; `sleep 10s` for a pause."""
    sleep: int = 0
    """Seconds, for a pause."""
    command: tuple[str, ...] = ()
    at: str = ""


@dataclass(frozen=True, slots=True)
class Security:
    """A securityContext, the pod's or a container's; None where it says nothing."""

    user: int | None = None
    group: int | None = None
    fs_group: int | None = None
    """The pod's alone: the group that volumes are given to."""
    non_root: bool | None = None
    read_only_root: bool = False
    privileged: bool = False


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume of a pod."""

    name: str
    kind: str
    """The member of core/v1 VolumeSource that is set: `emptyDir`, `configMap`, `persistentVolumeClaim`."""
    references: tuple[Reference, ...] = ()
    claim: str = ""
    """Of a persistentVolumeClaim, and the generated one of an `ephemeral` volume."""
    at: str = ""


@dataclass(frozen=True, slots=True)
class ContainerSpec:
    """What the pod's spec asks for."""

    name: str
    role: Role
    image: str = ""
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    variables_from: tuple[Reference, ...] = ()
    ports: tuple[Port, ...] = ()
    probes: tuple[Probe, ...] = ()
    hooks: tuple[Hook, ...] = ()
    requests: Mapping[str, str] = field(default_factory=dict)
    """Resource name to quantity, as written: `{"cpu": "250m"}`."""
    limits: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    security: Security = Security()
    pull_policy: str = ""
    stdin: bool = False
    tty: bool = False
    """Whether its main process has a terminal."""
    target: str = ""
    """For an ephemeral container: the container whose process namespace it joins."""
    at: str = ""

    def probe(self, kind: str) -> Probe | None:
        """Its `startup`, `readiness` or `liveness` probe."""
        return next((probe for probe in self.probes if probe.kind == kind), None)

    def hook(self, kind: str) -> Hook | None:
        """Its `postStart` or `preStop` hook."""
        return next((hook for hook in self.hooks if hook.kind == kind), None)

    def port(self, name: str) -> Port | None:
        """The declared port of this name or number."""
        return next((port for port in self.ports if name in (port.name, str(port.number))), None)

    @property
    def references(self) -> tuple[Reference, ...]:
        """What its environment refers to."""
        return (*(v.source for v in self.variables if v.source is not None), *self.variables_from)

    @property
    def words(self) -> tuple[str, ...]:
        """Command and arguments; empty where the image's own are run."""
        return (*self.command, *self.args)


@dataclass(frozen=True, slots=True)
class Shared:
    """What the containers of a pod have in common."""

    volumes: tuple[Volume, ...] = ()
    security: Security = Security()
    processes: bool = False
    """shareProcessNamespace."""
    host_network: bool = False
    host_processes: bool = False
    grace: int = 30
    """terminationGracePeriodSeconds."""
    service_account: str = ""
    pull_secrets: tuple[str, ...] = ()
    requests: Mapping[str, str] = field(default_factory=dict)
    """Of the pod as a whole (`spec.resources`), in place of its containers'."""
    overhead: Mapping[str, str] = field(default_factory=dict)
    """What its runtime class asks for on top."""
    placement: Placement = field(default_factory=Placement)
    deadline: int = 0
    """activeDeadlineSeconds; 0 for none."""

    def volume(self, name: str) -> Volume | None:
        return next((volume for volume in self.volumes if volume.name == name), None)
