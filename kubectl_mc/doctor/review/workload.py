"""What a rule of the review gets: one workload, its pod template read as a pod, and what lies around it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kubectl_mc.model.coupling.coupled import Coupling, coupling
from kubectl_mc.model.coupling.patterns import Shape
from kubectl_mc.model.fields import Json, mapping, objects, text
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.spec import ContainerSpec, Role

_TEMPLATES = {
    "Pod": "",
    "Job": "spec.template.",
    "CronJob": "spec.jobTemplate.spec.template.",
    "PodTemplate": "template.",
    **dict.fromkeys(
        ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"),
        "spec.template.",
    ),
}
"""Where the pod stands in the kinds that have one."""
AROUND = frozenset({"ConfigMap", "Secret", "Service", "PersistentVolumeClaim"})
"""Kinds without containers that workloads refer to."""


@dataclass(frozen=True)
class Around:
    """What the same files define beside workloads."""

    keys: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """Of ConfigMaps and Secrets, by kind and name. Never a value."""
    services: frozenset[str] = frozenset()

    @staticmethod
    def of(values: Iterable[tuple[str, Json]]) -> "Around":
        """What objects define, by their kinds; one that is there twice, in two namespaces say, has the keys of both."""
        keys: dict[tuple[str, str], frozenset[str]] = {}
        services: set[str] = set()
        for kind, value in values:
            name = text(mapping(value, "metadata"), "name")
            if kind in ("ConfigMap", "Secret"):
                there = {*mapping(value, "data"), *mapping(value, "stringData"), *mapping(value, "binaryData")}
                keys[kind, name] = keys.get((kind, name), frozenset()) | there
            elif kind == "Service":
                services.add(name)
        return Around(keys, frozenset(services))


@dataclass(frozen=True)
class Workload:
    """One object that has containers, or a template for them."""

    kind: str
    name: str
    document: Json
    prefix: str = ""
    """The path of the pod in the document: `spec.template.`, empty for a Pod."""
    around: Around = Around()

    @cached_property
    def template(self) -> Json:
        """The pod as it stands in the document."""
        found = self.document
        for step in self.prefix.split(".")[:-1]:
            found = mapping(found, step)
        return found

    @cached_property
    def spec(self) -> Json:
        return mapping(self.template, "spec")

    @cached_property
    def pod(self) -> Pod:
        return parse_pod(self.template)

    @property
    def namespace(self) -> str:
        return text(mapping(self.document, "metadata"), "namespace")

    @property
    def containers(self) -> tuple[Container, ...]:
        """What the manifest itself asks for: a debug container is no part of it."""
        return tuple(c for c in self.pod.containers if c.declared and c.role is not Role.EPHEMERAL)

    @cached_property
    def specs(self) -> tuple[ContainerSpec, ...]:
        """The init containers and sidecars, then the app containers."""
        return tuple(container.spec for container in self.containers)

    @cached_property
    def apps(self) -> tuple[ContainerSpec, ...]:
        return tuple(spec for spec in self.specs if spec.role is Role.APP)

    @cached_property
    def running(self) -> tuple[ContainerSpec, ...]:
        """Those that run side by side: sidecars and app containers."""
        return tuple(spec for spec in self.specs if spec.role is not Role.INIT)

    @cached_property
    def inits(self) -> tuple[ContainerSpec, ...]:
        """Those that run to their end before the apps start."""
        return tuple(spec for spec in self.specs if spec.role is Role.INIT)

    @property
    def main(self) -> ContainerSpec | None:
        """The container that the pod is there for, as far as a manifest tells."""
        named = [spec for spec in self.apps if spec.name == self.pod.default_container]
        return next(iter((*named, *self.apps)), None)

    @property
    def is_job(self) -> bool:
        return self.kind in ("Job", "CronJob")

    @property
    def ends(self) -> bool:
        """Whether its containers are meant to end."""
        return self.is_job or self.pod.restart_policy in ("Never", "OnFailure")

    def raw(self, spec: ContainerSpec) -> Json:
        """A container as it stands in the document."""
        field_, _, index = spec.at.removeprefix("spec.").partition("[")
        return objects(self.spec, field_)[int(index.rstrip("]"))]

    def others(self, spec: ContainerSpec) -> Iterator[ContainerSpec]:
        """The siblings that run beside a container."""
        return (other for other in self.running if other.at != spec.at)

    @cached_property
    def coupling(self) -> Coupling:
        """Who listens where, who speaks to whom, who writes what."""
        return coupling(self.pod)

    def shape(self, spec: ContainerSpec) -> Shape:
        """What a container is in its pod."""
        pattern = self.coupling.pattern(spec.name)
        return pattern.shape if pattern is not None else Shape.MAIN

    def helps(self, spec: ContainerSpec) -> bool:
        """Whether a container is there for another one."""
        pattern = self.coupling.pattern(spec.name)
        return pattern is not None and pattern.helper

    def spec_of(self, name: str) -> ContainerSpec:
        return next(spec for spec in self.specs if spec.name == name)


def workload(value: Json, kind: str, name: str, around: Around) -> Workload | None:
    """The workload that an object is; None for one without containers.

    A kind that nobody knows here is one if it has a pod where a Deployment has it, as Argo's Rollout.
    """
    prefix = _TEMPLATES.get(kind)
    if prefix is None and "containers" in mapping(mapping(mapping(value, "spec"), "template"), "spec"):
        prefix = "spec.template."
    return None if prefix is None else Workload(kind, name, value, prefix, around)
