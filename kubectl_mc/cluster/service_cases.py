"""Services of a question that select no pod, with the labels of the pods that they may have meant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kubectl_mc.cluster.client import Client, Scope
from kubectl_mc.cluster.targets import Selection
from kubectl_mc.doctor.services import ServiceCase
from kubectl_mc.doctor.siblings import Workload
from kubectl_mc.errors import ApiError, ConnectionLost
from kubectl_mc.model.fields import Json, mapping, text
from kubectl_mc.model.resources import DEPLOYMENTS, PODS, SERVICES, STATEFUL_SETS


async def read_service_cases(
    client: Client, selections: Iterable[Selection], pods: Sequence[Json]
) -> list[ServiceCase]:
    """The Services that were named and have none of the pods that were found."""
    empty = [
        (selection.target.name, selector)
        for selection in selections
        if selection.target is not None and selection.target.resource is SERVICES
        # A Service's selector is a plain map: `app=web,tier=front`.
        for selector in [dict(pair.split("=", 1) for pair in selection.scope.labels.split(","))]
        if not any(selector.items() <= _labels(pod).items() for pod in pods)
    ]
    if not empty:
        return []
    try:
        there = (await client.list_objects(Scope(PODS, client.namespace))).items
        labels = {text(mapping(pod, "metadata"), "name"): _labels(pod) for pod in there}
    except (ApiError, ConnectionLost):
        labels = None
    makers = await _makers(client)
    cases: list[ServiceCase] = []
    for name, selector in empty:
        own = next((each for each in makers if selector.items() <= each.labels.items()), None)
        maker = Workload(client.namespace, own.kind, own.name) if own is not None else None
        cases.append(ServiceCase(client.namespace, name, selector, labels, maker, own is not None and own.asleep))
    return cases


@dataclass(frozen=True, slots=True)
class _Maker:
    """A workload with the labels of the pods that it makes."""

    kind: str
    name: str
    labels: dict[str, str]
    asleep: bool


async def _makers(client: Client) -> list[_Maker]:
    """The workloads that stand behind most Services; none of those that may not be read."""
    found: list[_Maker] = []
    for resource in (DEPLOYMENTS, STATEFUL_SETS):
        try:
            documents = (await client.list_objects(Scope(resource, client.namespace))).items
        except (ApiError, ConnectionLost):
            continue
        for document in documents:
            spec, name = mapping(document, "spec"), text(mapping(document, "metadata"), "name")
            found.append(_Maker(resource.kind, name, _labels(mapping(spec, "template")), spec.get("replicas") == 0))
    return found


def _labels(pod: Json) -> dict[str, str]:
    labels = mapping(mapping(pod, "metadata"), "labels")
    return {key: text(labels, key) for key in labels}
