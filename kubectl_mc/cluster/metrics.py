"""CPU and memory in use, where something measures them."""

from collections.abc import Callable

from kubectl_mc.cluster.client import Client, Scope
from kubectl_mc.errors import ApiError, ConnectionLost
from kubectl_mc.model.metrics import Usage, parse_usage
from kubectl_mc.model.resources import POD_METRICS


async def read_usage(
    client: Client, namespace: str | None, labels: str, note: Callable[[str], None]
) -> dict[tuple[str, str, str], Usage]:
    """Usage by (namespace, pod, container); empty, with one note, where it cannot be had."""
    try:
        listing = await client.list_objects(Scope(POD_METRICS, namespace, labels))
    except (ApiError, ConnectionLost) as error:
        why = {403: "no permission to list pods.metrics.k8s.io", 404: "this cluster serves no metrics.k8s.io"}
        code = error.code if isinstance(error, ApiError) else 0
        note(f"CPU and memory use is left out: {why.get(code, error.message)}")
        return {}
    return parse_usage(listing.items)
