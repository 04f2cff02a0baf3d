"""The events of pods themselves, by pod."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence

from kubectl_mc.cluster.client import Client, Scope
from kubectl_mc.errors import ApiError, ConnectionLost
from kubectl_mc.model.event import Event, parse_event
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.resources import EVENTS

_ONE_BY_ONE = 8
"""Up to so many pods, events are asked for by uid; beyond it the namespaces' are read and sifted here."""


async def events_of_pods(
    client: Client, pods: Sequence[Pod], note: Callable[[str], None]
) -> dict[str, list[Event]] | None:
    """The events by their pod's uid, as they are: repeats are not folded. None where they cannot be read.

    Args:
        note: told why they cannot.
    """
    if len(pods) <= _ONE_BY_ONE:
        scopes = [Scope(EVENTS, pod.namespace, fields=f"involvedObject.uid={pod.uid}") for pod in pods]
    else:
        kinds = "involvedObject.kind=Pod"
        scopes = [Scope(EVENTS, namespace, fields=kinds) for namespace in sorted({pod.namespace for pod in pods})]
    found: dict[str, list[Event]] = defaultdict(list)
    try:
        for listing in await asyncio.gather(*(client.list_objects(scope) for scope in scopes)):
            for event in map(parse_event, listing.items):
                found[event.object_uid].append(event)
    except (ApiError, ConnectionLost) as error:
        note(f"{error.message}: told without events")
        return None
    return dict(found)
