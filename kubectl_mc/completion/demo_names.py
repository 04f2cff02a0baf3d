"""Names of the built-in demo, read from its manifests: the cluster itself is not started for a TAB."""

from collections.abc import Iterator, Sequence
from typing import Any

from kubectl_mc.completion.names import containers_of
from kubectl_mc.completion.reply import Candidate
from kubectl_mc.demo.scenarios import NAMESPACE, SCENARIOS
from kubectl_mc.errors import UsageError
from kubectl_mc.model.resources import NAMESPACES, PODS, STATEFUL_SETS, Resource
from kubectl_mc.model.targets import parse_query


class DemoNames:
    """What the demo has from the start under a name that is the same each time."""

    def __init__(self, namespace: str | None) -> None:
        self._namespace = namespace or NAMESPACE

    def of(self, resource: Resource) -> Sequence[Candidate]:
        if resource is NAMESPACES:
            return [Candidate(name) for name in dict.fromkeys(scenario.namespace for scenario in SCENARIOS)]
        return [Candidate(name, about) for name, about, _ in self._objects(resource)]

    def containers(self, targets: Sequence[str]) -> Sequence[Candidate]:
        try:
            query = parse_query(list(targets))
        except UsageError:
            return []
        meant = {(target.resource, target.name) for target in query.targets}
        return containers_of(
            _pod(obj)
            for resource in {target.resource for target in query.targets}
            for name, _, obj in self._objects(resource)
            if (resource, name) in meant
        )

    def _objects(self, resource: Resource) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Name, what its scenario shows, and manifest; of the pods of workloads those whose names are not by chance."""
        for scenario in SCENARIOS:
            if scenario.namespace != self._namespace:
                continue
            for obj in scenario.objects():
                name = obj["metadata"]["name"]
                if obj["kind"] == resource.kind:
                    yield name, scenario.about, obj
                elif resource is PODS and obj["kind"] == STATEFUL_SETS.kind:
                    for ordinal in range(obj["spec"].get("replicas", 1)):
                        yield f"{name}-{ordinal}", scenario.about, obj


def _pod(obj: dict[str, Any]) -> dict[str, Any]:
    """The pod in a workload's manifest; a pod's own."""
    spec = obj.get("spec", {})
    for key in ("jobTemplate", "template"):
        if key in spec:
            spec = spec[key]["spec"]
    return {"metadata": obj["metadata"], "spec": spec}
