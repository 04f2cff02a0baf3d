"""Pods with all that is needed to judge them, read with as few requests as possible and all of them at once."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kubectl_mc.cluster.client import Client, Scope
from kubectl_mc.cluster.events import events_by_name
from kubectl_mc.cluster.log_tail import LINES, read_tail
from kubectl_mc.cluster.service_cases import read_service_cases
from kubectl_mc.cluster.targets import Selection, find_pods
from kubectl_mc.cluster.workload_cases import read_workload_cases
from kubectl_mc.doctor.case import UNREAD, Case, Known, Presence, Tail
from kubectl_mc.doctor.needs import LogNeed, needs_of
from kubectl_mc.doctor.services import ServiceCase
from kubectl_mc.doctor.workloads import WorkloadCase
from kubectl_mc.errors import ApiError, ConnectionLost, Forbidden, McError, NotFound
from kubectl_mc.model.event import Event, folded, parse_event
from kubectl_mc.model.fields import mapping, objects, text
from kubectl_mc.model.metrics import Usage, parse_usage
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.resources import (
    CLAIMS,
    CONFIG_MAPS,
    EVENTS,
    NODES,
    POD_METRICS,
    PODS,
    SECRETS,
    SERVICE_ACCOUNTS,
    Resource,
)
from kubectl_mc.model.targets import Query

_AT_ONCE = 50
"""Requests under way at a time; there is no other throttle."""

_BY_NAME = 8
"""Up to so many named pods, their events are asked for one by one; beyond it, the namespace's are read."""

_READABLE: Mapping[str, Resource] = {
    "ConfigMap": CONFIG_MAPS,
    "Secret": SECRETS,
    "PersistentVolumeClaim": CLAIMS,
    "ServiceAccount": SERVICE_ACCOUNTS,
    "Node": NODES,
}


@dataclass(frozen=True, slots=True)
class Cases:
    """What a question came to."""

    cases: list[Case]
    errors: list[McError]
    """Names that don't exist, and what else kept a pod from being read."""
    selections: list[Selection]
    workloads: list[WorkloadCase]
    """Those of the question that have failed to make pods."""
    services: list[ServiceCase]
    """Those of the question that select no pod."""


async def read_cases(client: Client, query: Query, now: Callable[[], datetime], note: Callable[[str], None]) -> Cases:
    """The cases of the pods that are meant.

    Whatever is around a pod and cannot be read is left out of its case, with a note.

    Raises:
        McError: the pods themselves cannot be listed.
    """
    noted: list[str] = []  # for when something is judged: where no pod can be read, there is that alone to tell of
    reader = _Reader(client, noted.append)
    found, events, usage = await asyncio.gather(find_pods(client, query), reader.events(query), reader.usage(query))
    reader.note = note
    for said in noted if found.pods or not found.errors else ():
        note(said)
    pods = [parse_pod(document) for document in found.pods]
    at = now()
    cases, workloads, services = await asyncio.gather(
        asyncio.gather(*(reader.case(pod, at, events, usage) for pod in pods)),
        read_workload_cases(client, query, found.selections, events, at),
        read_service_cases(client, found.selections, found.pods),
    )
    return Cases(list(cases), found.errors, found.selections, workloads, services)


async def cases_of(
    client: Client, pods: Sequence[Pod], now: Callable[[], datetime], note: Callable[[str], None]
) -> list[Case]:
    """The cases of pods that are known already; what containers use is not read."""
    reader = _Reader(client, note)
    events = await reader.events_of_pods(pods)
    at = now()
    return list(await asyncio.gather(*(reader.case(pod, at, events, {}) for pod in pods)))


class _Reader:
    """Reads what is around pods; what several of them refer to, only once."""

    def __init__(self, client: Client, note: Callable[[str], None]) -> None:
        self._client = client
        self.note = note
        self._window = asyncio.Semaphore(_AT_ONCE)
        self._objects: dict[tuple[str, str, str], asyncio.Task[Known]] = {}

    async def events(self, query: Query) -> dict[str, list[dict[str, Any]]]:
        """The events of all that may be concerned, by the uid of their object."""
        client = self._client
        try:
            if _few_pods(query):
                lists = await asyncio.gather(*(events_by_name(client, target.name) for target in query.targets))
                documents = [event for events in lists for event in events]
            else:
                namespace = None if query.all_namespaces else client.namespace
                documents = (await client.list_objects(Scope(EVENTS, namespace))).items
        except (ApiError, ConnectionLost) as error:
            self._left_out("list events", error, "causes are judged without them")
            documents = []
        return _by_uid(documents)

    async def events_of_pods(self, pods: Sequence[Pod]) -> dict[str, list[dict[str, Any]]]:
        """The events of some pods, by their uids."""
        if len(pods) <= _BY_NAME:
            scopes = [Scope(EVENTS, pod.namespace, fields=f"involvedObject.uid={pod.uid}") for pod in pods]
        else:
            scopes = [Scope(EVENTS, namespace) for namespace in dict.fromkeys(pod.namespace for pod in pods)]
        try:
            lists = await asyncio.gather(*(self._client.list_objects(scope) for scope in scopes))
        except (ApiError, ConnectionLost) as error:
            self._left_out("list events", error, "causes are judged without them")
            return {}
        return _by_uid(event for listing in lists for event in listing.items)

    async def usage(self, query: Query) -> dict[tuple[str, str], dict[str, Usage]]:
        """What containers use, by namespace and pod; nothing, and no word about it, where nothing measures it."""
        client = self._client
        try:
            if _few_pods(query):
                gets = (client.get(POD_METRICS, client.namespace, target.name) for target in query.targets)
                answers = await asyncio.gather(*gets, return_exceptions=True)
                if refused := next((answer for answer in answers if isinstance(answer, Forbidden)), None):
                    raise refused
                measured = [answer for answer in answers if isinstance(answer, dict)]
            else:
                namespace = None if query.all_namespaces else client.namespace
                measured = (await client.list_objects(Scope(POD_METRICS, namespace, query.labels))).items
        except Forbidden as error:
            self._left_out("read pods.metrics.k8s.io", error, "what containers use is not known")
            return {}
        except (ApiError, ConnectionLost):
            return {}
        found: dict[tuple[str, str], dict[str, Usage]] = defaultdict(dict)
        for (namespace, pod, container), used in parse_usage(measured).items():
            found[namespace, pod][container] = used
        return dict(found)

    def _left_out(self, what: str, error: McError, consequence: str) -> None:
        """A note on what could not be read; the same is said once."""
        why = f"no permission to {what}" if isinstance(error, Forbidden) else error.message
        self.note(f"{why}: {consequence}")

    async def case(
        self,
        pod: Pod,
        now: datetime,
        events: Mapping[str, Sequence[dict[str, Any]]],
        usage: Mapping[tuple[str, str], Mapping[str, Usage]],
    ) -> Case:
        needs = needs_of(pod, now)
        tails, known = await asyncio.gather(
            asyncio.gather(*(self._tail(pod, need) for need in needs.logs)),
            asyncio.gather(*(self._known(pod.namespace, *wanted, events) for wanted in needs.objects)),
        )
        return Case(
            pod,
            now,
            tuple(_events(events.get(pod.uid, ()))),
            dict(zip(needs.objects, known, strict=True)),
            {need.container: tail for need, tail in zip(needs.logs, tails, strict=True) if tail is not None},
            usage.get((pod.namespace, pod.name), {}),
        )

    async def _tail(self, pod: Pod, need: LogNeed) -> Tail | None:
        try:
            async with self._window:
                lines = await read_tail(self._client, pod.namespace, pod.name, need.container, previous=need.previous)
        except Forbidden as error:
            self._left_out("get pods/log", error, "causes are judged without the containers' own words")
            return None
        return None if lines is None else Tail(tuple(lines), need.previous, complete=len(lines) < LINES)

    async def _known(
        self, namespace: str, kind: str, name: str, events: Mapping[str, Sequence[dict[str, Any]]]
    ) -> Known:
        key = (namespace, kind, name)
        if key not in self._objects:
            self._objects[key] = asyncio.create_task(self._read(namespace, kind, name, events))
        return await self._objects[key]

    async def _read(
        self, namespace: str, kind: str, name: str, events: Mapping[str, Sequence[dict[str, Any]]]
    ) -> Known:
        async with self._window:
            try:
                document = await self._client.get(_READABLE[kind], namespace, name)
            except NotFound:
                return Known(Presence.MISSING)
            except (ApiError, ConnectionLost) as error:
                self._left_out(f"get {_READABLE[kind].plural}", error, "whether they are there is not known")
                return UNREAD
            if kind == "PersistentVolumeClaim":
                uid = text(mapping(document, "metadata"), "uid")
                own = events.get(uid) or await self._events_of(namespace, name)
                return Known(
                    Presence.THERE,
                    phase=text(mapping(document, "status"), "phase"),
                    storage_class=text(mapping(document, "spec"), "storageClassName"),
                    events=tuple(_events(own)),
                )
            if kind == "Node":
                return Known(Presence.THERE, phase=_node_phase(document))
        # Of a Secret nothing but the names of its keys is kept.
        keys = frozenset((*mapping(document, "data"), *mapping(document, "binaryData")))
        return Known(Presence.THERE, keys, text(document, "type"))

    async def _events_of(self, namespace: str, name: str) -> list[dict[str, Any]]:
        fields = f"involvedObject.kind=PersistentVolumeClaim,involvedObject.name={name}"
        try:
            return (await self._client.list_objects(Scope(EVENTS, namespace, fields=fields))).items
        except (ApiError, ConnectionLost):
            return []


def _few_pods(query: Query) -> bool:
    """Whether a few pods are named, so that what is around them is asked for by their names."""
    return 0 < len(query.targets) <= _BY_NAME and all(target.resource is PODS for target in query.targets)


def _node_phase(document: dict[str, Any]) -> str:
    """`Ready`, or `NotReady` also for one whose kubelet has fallen silent."""
    conditions = objects(mapping(document, "status"), "conditions")
    ready = any(text(each, "type") == "Ready" and text(each, "status") == "True" for each in conditions)
    return "Ready" if ready else "NotReady"


def _by_uid(documents: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for document in documents:
        found[text(mapping(document, "involvedObject"), "uid")].append(document)
    return dict(found)


def _events(documents: Iterable[dict[str, Any]]) -> list[Event]:
    return folded(parse_event(document) for document in documents)
