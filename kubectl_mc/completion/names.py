"""What exists: where names of objects and of containers come from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from kubectl_mc.completion.reply import Candidate
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.resources import Resource


class Names(Protocol):
    """A cluster, or the built-in demo. Nothing is raised: what cannot be had, or not in time, is empty."""

    def of(self, resource: Resource) -> Sequence[Candidate]:
        """The objects of a resource in the namespace that the line is about."""

    def containers(self, targets: Sequence[str]) -> Sequence[Candidate]:
        """The containers of the pods that TARGET words mean."""


def containers_of(pods: Iterable[Mapping[str, Any]]) -> list[Candidate]:
    """The containers of pods as the API has them, each name once, in spec order."""
    found: dict[str, Candidate] = {}
    for pod in pods:
        for container in parse_pod(pod).containers:
            about = f"{container.role}, {container.spec.image}" if container.spec.image else str(container.role)
            found.setdefault(container.name, Candidate(container.name, about))
    return list(found.values())
