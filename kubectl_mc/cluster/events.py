"""The events of pods and of what owns and feeds them."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kubectl_mc.cluster.client import Client, Scope
from kubectl_mc.cluster.targets import Selection
from kubectl_mc.errors import Forbidden, NotFound
from kubectl_mc.model.parsing import parse_owners, parse_pod
from kubectl_mc.model.resources import CLAIMS, DEPLOYMENTS, EVENTS, REPLICA_SETS, Resource, resource_of_kind

_ONE_BY_ONE = 8
"""Up to so many objects, events are asked for by uid; beyond it the namespace's are read and sifted here."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """The objects whose events are wanted: pods, owners up to the last, claims. By uid, and none else's."""

    uids: frozenset[str]
    namespaces: frozenset[str]

    def has(self, event: Mapping[str, Any]) -> bool:
        return (event.get("involvedObject") or {}).get("uid") in self.uids


async def concerned_by(
    client: Client,
    pods: Iterable[Mapping[str, Any]],
    selections: Iterable[Selection],
    note: Callable[[str], None],
) -> Concerned:
    """What to show events of: some pods, the workloads by which they were named, their owners and claims.

    Args:
        note: told what had to be left out.
    """
    uids: set[str] = set()
    owners: dict[str, tuple[Resource, str, str]] = {}
    claims: set[tuple[str, str]] = set()
    namespaces = {client.namespace}
    for document in pods:
        pod = parse_pod(document)
        uids.add(pod.uid)
        namespaces.add(pod.namespace)
        claims.update((pod.namespace, name) for name in pod.claims)
        for owner in pod.owners:
            uids.add(owner.uid)
            resource = resource_of_kind(owner.kind)
            if resource is not None:
                owners[owner.uid] = (resource, pod.namespace, owner.name)
    read = [_owners_of(client, *owner, note) for owner in owners.values()]
    read += [_claim(client, *claim, note) for claim in claims]
    read += [_workload(client, selection, note) for selection in selections if selection.uid]
    for found in await asyncio.gather(*read):
        uids |= found
    return Concerned(frozenset(uids), frozenset(namespaces))


async def _workload(client: Client, selection: Selection, note: Callable[[str], None]) -> set[str]:
    """Uids of a workload and of what it makes its pods through: it may have failed to make any."""
    uids = {selection.uid}
    if selection.ownership is not None:
        uids |= selection.ownership.uids
    if selection.target is not None and selection.target.resource is DEPLOYMENTS:
        try:
            sets = await client.list_objects(Scope(REPLICA_SETS, selection.scope.namespace, selection.scope.labels))
        except Forbidden:
            note("no permission to list replicasets.apps: their events are left out where they have no pods")
            return uids
        for item in sets.items:
            if any(owner.uid == selection.uid for owner in parse_owners(item.get("metadata") or {})):
                uids.add(item["metadata"]["uid"])
    return uids


async def _owners_of(
    client: Client, resource: Resource, namespace: str, name: str, note: Callable[[str], None]
) -> set[str]:
    """Uids of an owner's owners: the Deployment over a ReplicaSet, the CronJob over a Job."""
    try:
        owner = await client.get(resource, namespace, name)
    except Forbidden:
        note(f"no permission to get {resource.qualified}: events of what owns them are left out")
        return set()
    except NotFound:
        return set()
    return {over.uid for over in parse_owners(owner.get("metadata") or {})}


async def _claim(client: Client, namespace: str, name: str, note: Callable[[str], None]) -> set[str]:
    try:
        claim = await client.get(CLAIMS, namespace, name)
    except Forbidden:
        note("no permission to get persistentvolumeclaims: their events are left out")
        return set()
    except NotFound:
        note(f"the claim {name} that a pod mounts doesn't exist")
        return set()
    return {claim["metadata"]["uid"]}


async def list_events(client: Client, concerned: Concerned | None, namespace: str | None) -> list[dict[str, Any]]:
    """The events of what is concerned, unfolded; all of `namespace` when that is None.

    Raises:
        Forbidden: events may not be listed.
    """
    if concerned is None:
        return (await client.list_objects(Scope(EVENTS, namespace))).items
    if len(concerned.uids) <= _ONE_BY_ONE and len(concerned.namespaces) == 1:
        scopes = [Scope(EVENTS, client.namespace, fields=f"involvedObject.uid={uid}") for uid in concerned.uids]
    else:
        scopes = [Scope(EVENTS, namespace) for namespace in concerned.namespaces]
    listings = await asyncio.gather(*(client.list_objects(scope) for scope in scopes))
    return [event for listing in listings for event in listing.items if concerned.has(event)]


async def events_by_name(client: Client, name: str) -> list[dict[str, Any]]:
    """The events that are left of pods that had this name."""
    fields = f"involvedObject.kind=Pod,involvedObject.name={name}"
    return (await client.list_objects(Scope(EVENTS, client.namespace, fields=fields))).items
