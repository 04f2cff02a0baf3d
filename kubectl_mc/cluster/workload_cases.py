"""Workloads that have failed to make pods, found by events that were read for their pods anyway."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from kubectl_mc.cluster.client import Client, Scope
from kubectl_mc.cluster.targets import Selection
from kubectl_mc.doctor.siblings import Workload
from kubectl_mc.doctor.workloads import WorkloadCase
from kubectl_mc.errors import ApiError, ConnectionLost, NotFound
from kubectl_mc.model.event import folded, parse_event
from kubectl_mc.model.fields import Json, mapping, number, objects, text
from kubectl_mc.model.parsing import parse_owners
from kubectl_mc.model.resources import EVENTS, PODS, resource_of_kind
from kubectl_mc.model.targets import Query
from kubectl_mc.model.workload import Workload as Maker
from kubectl_mc.model.workload import parse_workload

_TELLING = frozenset({"FailedCreate", "DeadlineExceeded"})
_MOST = 50
"""Of so many workloads it is asked how they are; a cluster in which more fail has one cause for them."""


async def read_workload_cases(
    client: Client,
    query: Query,
    selections: Sequence[Selection],
    events: Mapping[str, Sequence[dict[str, Any]]],
    now: datetime,
) -> list[WorkloadCase]:
    """The workloads of a question whose events say that pods could not be made.

    Args:
        events: by the uid of their object, as they were read.
    """
    found = [
        documents
        for documents in events.values()
        if any(text(document, "reason") in _TELLING for document in documents)
        and _meant(query, selections, documents[0])
    ]
    cases = await asyncio.gather(*(_case(client, documents, now) for documents in found[:_MOST]))
    return [case for case in cases if case is not None]


def _meant(query: Query, selections: Iterable[Selection], event: Json) -> bool:
    """Whether the object of an event makes pods that were asked for."""
    about = mapping(event, "involvedObject")
    resource = resource_of_kind(text(about, "kind"))
    if resource is None or resource is PODS:
        return False
    if query.whole:
        return True
    uid, kind, name = text(about, "uid"), text(about, "kind"), text(about, "name")
    for selection in selections:
        ownership = selection.ownership
        if selection.one_pod or not selection.uid or ownership is None:
            continue
        by_name = ownership.kind == kind and bool(re.fullmatch(ownership.names, name))
        if uid == selection.uid or uid in ownership.uids or by_name:
            return True
    return False


async def read_workload_case(client: Client, maker: Maker, now: datetime) -> WorkloadCase | None:
    """The case of what makes too few pods; None where no event tells why.

    Raises:
        McError: the events cannot be read.
    """
    about = Scope(EVENTS, maker.namespace, fields=f"involvedObject.uid={maker.uid}")
    documents = (await client.list_objects(about)).items
    told = any(text(document, "reason") in _TELLING for document in documents)
    return await _case(client, documents, now) if told else None


async def _case(client: Client, documents: Sequence[Json], now: datetime) -> WorkloadCase | None:
    """What is known of one; None for one that is gone, or was replaced by another of its name."""
    about = mapping(documents[0], "involvedObject")
    kind, name, namespace = text(about, "kind"), text(about, "name"), text(about, "namespace")
    events = tuple(folded(parse_event(document) for document in documents))
    resource = resource_of_kind(kind)
    if resource is None:
        return None
    try:
        maker = await client.get(resource, namespace, name)
    except NotFound:
        return None
    except (ApiError, ConnectionLost):
        return WorkloadCase(Workload(namespace, kind, name), now, events)
    metadata = mapping(maker, "metadata")
    if text(metadata, "uid") != text(about, "uid") or "deletionTimestamp" in metadata:
        return None
    owner = next((owner for owner in parse_owners(metadata) if owner.controller), None)
    workload = Workload(namespace, owner.kind, owner.name) if owner is not None else Workload(namespace, kind, name)
    counted = parse_workload(maker, kind)
    wanted = None if kind == "CronJob" else counted.wanted
    return WorkloadCase(workload, now, events, wanted, counted.total, _overdue(kind, maker))


def _overdue(kind: str, maker: Json) -> int:
    """The deadline that a Job has passed."""
    failed = (c for c in objects(mapping(maker, "status"), "conditions") if text(c, "type") == "Failed")
    if kind != "Job" or not any(text(condition, "reason") == "DeadlineExceeded" for condition in failed):
        return 0
    return number(mapping(maker, "spec"), "activeDeadlineSeconds")
