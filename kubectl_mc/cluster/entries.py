"""From what a person named to the container that a session begins in."""

from collections.abc import Callable

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.targets import find_pods
from kubectl_mc.errors import McError, NotFound
from kubectl_mc.model.entry import Entry, best_pod, choose_container
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.resources import PODS
from kubectl_mc.model.spec import Role
from kubectl_mc.model.targets import Query


async def find_entry(
    client: Client,
    query: Query,
    container: str,
    note: Callable[[str], None],
    again: Callable[[str, str], str],
    *,
    beside: bool = False,
) -> Entry:
    """The container to enter.

    Args:
        container: its name; empty for the pod's default.
        note: told what was chosen where there was a choice.
        again: gives a command line of this tool that asks the same cluster.
        beside: whether something is to be put beside it, for which debug containers are no choice.

    Raises:
        McError: there is no such pod or container.
    """
    found = await find_pods(client, query)
    if found.errors:
        raise found.errors[0]
    pods = [parse_pod(pod) for pod in found.pods]
    pod = best_pod(pods)
    [selection] = found.selections
    if pod is None:
        why = f", {selection.asleep}" if selection.asleep else ""
        raise McError(f"{selection.target} has no pods{why}", again(*selection.told_by))
    if not selection.one_pod:
        note(f"pod {pod.name}{f', one of {len(pods)}' if len(pods) > 1 else ''}")
    entry = choose_container(pod, container)
    choice = [each for each in pod.containers if not (beside and each.role is Role.EPHEMERAL)]
    if entry.guessed and len(choice) > 1:
        others = ", ".join(f"{each.name} ({each.role.value})" for each in choice if each is not entry.container)
        note(f"container {entry.container.name}; others, with -c: {others}")
    return entry


async def now_of(client: Client, entry: Entry) -> Entry | None:
    """The same container as it is now; None when its pod is gone.

    Raises:
        McError: it cannot be read.
    """
    try:
        pod = parse_pod(await client.get(PODS, entry.pod.namespace, entry.pod.name))
    except NotFound:
        return None
    container = next((each for each in pod.containers if each.name == entry.container.name), None)
    return Entry(pod, container) if pod.uid == entry.pod.uid and container is not None else None
