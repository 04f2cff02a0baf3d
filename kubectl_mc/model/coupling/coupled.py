"""All that couples the containers of a pod, in one value."""

from dataclasses import dataclass

from kubectl_mc.model.coupling.calls import Call, calls
from kubectl_mc.model.coupling.listening import Listener, Sign, listeners
from kubectl_mc.model.coupling.patterns import Pattern, patterns
from kubectl_mc.model.coupling.sharing import SharedVolume, volumes
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.spec import ContainerSpec, Role


@dataclass(frozen=True, slots=True)
class Processes:
    """Which containers see each other's processes."""

    shared: bool
    """shareProcessNamespace: all of them."""
    host: bool
    """hostPID: all of them, and the node's."""
    targets: tuple[tuple[str, str], ...] = ()
    """Ephemeral containers, each with the container whose processes it joins."""


@dataclass(frozen=True, slots=True)
class Coupling:
    """How the containers of a pod depend on each other, as far as the spec says."""

    specs: tuple[ContainerSpec, ...]
    listeners: tuple[Listener, ...]
    calls: tuple[Call, ...]
    volumes: tuple[SharedVolume, ...]
    processes: Processes
    host_network: bool
    patterns: tuple[Pattern, ...]

    def listening(self, port: int, protocol: str = "TCP") -> tuple[Listener, ...]:
        """Who listens on a port, the surest first. A probe tells of its own container only where nothing else does."""
        there = [each for each in self.listeners if (each.port, each.protocol) == (port, protocol)]
        return tuple(sorted(there, key=lambda each: -each.sign))

    def pattern(self, container: str) -> Pattern | None:
        return next((pattern for pattern in self.patterns if pattern.container == container), None)

    @property
    def clashes(self) -> tuple[tuple[Listener, ...], ...]:
        """Listeners of containers that run side by side and want the same port, by whatever but a guess."""
        beside = {spec.name for spec in self.specs if spec.role is not Role.INIT}
        sure = [each for each in self.listeners if each.sign > Sign.PROBE and each.container in beside]
        wanted = dict.fromkeys((each.port, each.protocol) for each in sure)
        found = (tuple(each for each in sure if (each.port, each.protocol) == key) for key in wanted)
        return tuple(those for those in found if len(those) > 1)

    @property
    def shared_volumes(self) -> tuple[SharedVolume, ...]:
        """The volumes whose files two containers see."""
        return tuple(volume for volume in self.volumes if volume.shared)


def coupling(pod: Pod) -> Coupling:
    """How the containers of a pod are coupled."""
    specs = tuple(container.spec for container in pod.containers if container.declared)
    heard = tuple(listener for spec in specs if spec.role is not Role.EPHEMERAL for listener in listeners(spec))
    spoken = calls(specs, heard)
    mounted = volumes(specs, pod.shared)
    joined = tuple((spec.name, spec.target) for spec in specs if spec.target)
    return Coupling(
        specs,
        heard,
        spoken,
        mounted,
        Processes(pod.shared.processes, pod.shared.host_processes, joined),
        pod.shared.host_network,
        patterns(specs, heard, spoken, mounted, pod.default_container),
    )
