"""What a pod asks of a node: more than any container's request, and not the sum of all of them.

Source: component-helpers `resource/helpers.go` PodRequests.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kubectl_mc.model.pod import Pod
from kubectl_mc.model.quantity import amount_words, parse_quantity
from kubectl_mc.model.spec import ContainerSpec, Role


@dataclass(frozen=True, slots=True)
class Part:
    """What one container adds to a pod's request."""

    name: str
    """Of the container; `overhead` for what the runtime class asks for itself."""
    amount: float
    """In cores, bytes or pieces."""
    written: str
    """As it is written: `250m`."""


@dataclass(frozen=True, slots=True)
class Request:
    """How much of a resource a pod asks for, and which containers make it so much."""

    resource: str
    amount: float
    parts: tuple[Part, ...] = ()
    """Those that ask for some of it, in the order in which they start; none where the pod asks as a whole."""
    step: str = ""
    """The init container during which it is so much; empty where it is when all app containers run."""

    @property
    def words(self) -> str:
        """`cpu 3 = app 2 + side 1`."""
        total = amount_words(self.resource, self.amount)
        if not self.parts:
            return f"{self.resource} {total}"
        summed = " + ".join(f"{part.name} {part.written}" for part in self.parts)
        during = f", while its init step {self.step} runs" if self.step else ""
        return f"{self.resource} {self.parts[0].written if len(self.parts) == 1 else total} = {summed}{during}"


def request_of(container: ContainerSpec, resource: str) -> str:
    """What a container asks for, as written: its limit where it has no request; empty for nothing."""
    return container.requests.get(resource) or container.limits.get(resource) or ""


def pod_request(pod: Pod, resource: str) -> Request:
    """What the scheduler looks for on a node.

    App containers and native sidecars run at the same time, so they add up. An init container runs alone, but for the
    sidecars before it. A request of the pod as a whole (`spec.resources`) stands in place of its containers'.
    """
    overhead = tuple(_parts("overhead", pod.shared.overhead.get(resource, "")))
    whole = parse_quantity(pod.shared.requests.get(resource, ""))
    if whole is not None:
        return Request(resource, whole + _sum(overhead))
    together: list[Part] = []
    largest, step = 0.0, ""
    meanwhile: tuple[Part, ...] = ()
    for container in pod.init_sequence:
        parts = tuple(_parts(container.name, request_of(container.spec, resource)))
        if container.role is Role.SIDECAR:
            together += parts
        elif (needed := _sum((*together, *parts))) > largest:
            largest, step, meanwhile = needed, container.name, (*together, *parts)
    for container in pod.apps:
        together += _parts(container.name, request_of(container.spec, resource))
    if largest > _sum(together):
        return Request(resource, largest + _sum(overhead), (*meanwhile, *overhead), step)
    return Request(resource, _sum((*together, *overhead)), (*together, *overhead))


def _parts(name: str, written: str) -> Iterator[Part]:
    amount = parse_quantity(written)
    if amount:
        yield Part(name, amount, written)


def _sum(parts: tuple[Part, ...] | list[Part]) -> float:
    return sum(part.amount for part in parts)
