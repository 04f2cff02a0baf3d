"""Services of a question that select no pod, with the labels of the pods that they may have meant."""

from collections.abc import Iterable, Sequence

from kubectl_mc.cluster.client import Client, Scope
from kubectl_mc.cluster.targets import Selection
from kubectl_mc.doctor.services import ServiceCase
from kubectl_mc.errors import ApiError, ConnectionLost
from kubectl_mc.model.fields import Json, mapping, text
from kubectl_mc.model.resources import PODS, SERVICES


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
    return [ServiceCase(client.namespace, name, selector, labels) for name, selector in empty]


def _labels(pod: Json) -> dict[str, str]:
    labels = mapping(mapping(pod, "metadata"), "labels")
    return {key: text(labels, key) for key in labels}
