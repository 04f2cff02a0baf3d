"""CPU and memory in use, as metrics.k8s.io reports them."""

from collections.abc import Iterable
from dataclasses import dataclass

from kubectl_mc.model.fields import Json, mapping, objects, text
from kubectl_mc.model.quantity import parse_quantity


@dataclass(frozen=True, slots=True)
class Usage:
    """What one container uses. `cpu` in cores, `memory` in bytes."""

    cpu: float
    memory: float


def parse_usage(pods: Iterable[Json]) -> dict[tuple[str, str, str], Usage]:
    """Usage by (namespace, pod, container) of PodMetrics objects."""
    found: dict[tuple[str, str, str], Usage] = {}
    for pod in pods:
        metadata = mapping(pod, "metadata")
        for container in objects(pod, "containers"):
            usage = mapping(container, "usage")
            key = (text(metadata, "namespace"), text(metadata, "name"), text(container, "name"))
            cpu, memory = (parse_quantity(text(usage, name)) or 0.0 for name in ("cpu", "memory"))
            found[key] = Usage(cpu, memory)
    return found
