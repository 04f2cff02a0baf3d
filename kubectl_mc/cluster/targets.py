"""From what a person named to the pods that are meant."""

import asyncio
import difflib
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kubectl_mc.cluster.client import Client, Scope
from kubectl_mc.errors import McError, NotFound, UsageError
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.resources import (
    CONTROLLERS,
    CRON_JOBS,
    DEPLOYMENTS,
    JOBS,
    PODS,
    SERVICES,
    target_resource,
)
from kubectl_mc.model.targets import Query, Target


@dataclass(frozen=True, slots=True)
class Ownership:
    """Which owner makes a pod one of a workload's own, beyond its labels."""

    uids: frozenset[str] = frozenset()
    kind: str = ""
    names: str = ""
    """A regular expression for owners of `kind` that may still come while a watch runs, named by their controller."""

    def of(self, pod: Mapping[str, Any]) -> bool:
        references = (pod.get("metadata") or {}).get("ownerReferences") or ()
        return any(reference.get("uid") in self.uids or self._named(reference) for reference in references)

    def _named(self, reference: Mapping[str, Any]) -> bool:
        return reference.get("kind") == self.kind and re.fullmatch(self.names, reference.get("name", "")) is not None


@dataclass(frozen=True, slots=True)
class Selection:
    """A scope of pods, narrowed to those that a workload owns."""

    scope: Scope
    ownership: Ownership | None = None
    """None lets every pod of the scope through."""
    target: Target | None = None
    """What the person named; None for a namespace or a selector."""
    uid: str = ""
    """The named workload's."""
    asleep: str = ""
    """Why the workload is to have no pods, as its spec says: `it is scaled to 0`."""
    optional: bool = False
    """Whether a feed goes on without it where it may not be read."""

    def has(self, pod: Mapping[str, Any]) -> bool:
        """Whether a pod of the scope is meant."""
        return self.ownership is None or self.ownership.of(pod)

    @property
    def one_pod(self) -> bool:
        """Whether a single pod was named."""
        return self.target is not None and self.target.resource is PODS

    @property
    def told_by(self) -> tuple[str, str]:
        """The words of the command that tells why it has no pods: the doctor, of what makes them or selects them."""
        makes = self.target is not None and self.target.resource is not PODS and not self.asleep
        return "doctor" if makes else "events", str(self.target)

    @property
    def is_job(self) -> bool:
        """Whether a single Job was named."""
        return self.target is not None and self.target.resource is JOBS


@dataclass(frozen=True, slots=True)
class Found:
    """What a question came to: pods, and what could not be found or read."""

    pods: list[dict[str, Any]]
    errors: list[McError]
    selections: list[Selection]


async def select(client: Client, query: Query) -> list[Selection]:
    """The scopes of a question; workloads are read for their selectors, pods are not looked up yet.

    Raises:
        McError: a workload doesn't exist or cannot be read.
    """
    if not query.targets:
        namespace = None if query.all_namespaces else client.namespace
        return [Selection(Scope(PODS, namespace, query.labels, query.fields))]
    return list(await asyncio.gather(*(_selection(client, target) for target in query.targets)))


async def find_pods(client: Client, query: Query) -> Found:
    """The pods of a question, each once.

    A name that doesn't exist is among the errors, with the nearest names that do; the others are found all the same.
    """
    if not query.targets:
        [selection] = await select(client, query)
        return Found((await client.list_objects(selection.scope)).items, [], [selection])
    results = await asyncio.gather(*(_find(client, target) for target in query.targets), return_exceptions=True)
    pods: dict[str, dict[str, Any]] = {}
    errors: list[McError] = []
    selections: list[Selection] = []
    for result in results:
        if isinstance(result, McError):
            errors.append(result)
        elif isinstance(result, BaseException):
            raise result
        else:
            selections.append(result[0])
            pods.update((pod["metadata"]["uid"], pod) for pod in result[1])
    return Found(list(pods.values()), errors, selections)


async def _find(client: Client, target: Target) -> tuple[Selection, list[dict[str, Any]]]:
    selection = await _selection(client, target)
    if selection.one_pod:
        return selection, [await read_target(client, target)]
    return selection, [pod for pod in (await client.list_objects(selection.scope)).items if selection.has(pod)]


async def read_target(client: Client, target: Target) -> dict[str, Any]:
    """The object that a target names.

    Raises:
        NotFound: with what may have been meant as its hint: a container, or the nearest names.
    """
    try:
        return await client.get(target.resource, client.namespace, target.name)
    except NotFound as error:
        error.hint = await _as_container(client, target) or await _nearest(client, target)
        raise


async def _as_container(client: Client, target: Target) -> str:
    """How to name it, if it is a container of what was named before it."""
    first = target.behind
    if first is None:
        return ""
    try:
        _, pods = await _find(client, first)
    except McError:
        return ""
    if not any(container.name == target.name for pod in pods for container in parse_pod(pod).containers):
        return ""
    return f"{target.name} is a container of {first}: name it with {first} -c {target.name}"


async def _nearest(client: Client, target: Target) -> str:
    plural = target.resource.plural
    try:
        names = await client.names(Scope(target.resource, client.namespace))
    except McError:
        look = shlex.join(["kubectl", "get", plural, "-n", client.namespace, *client.connection.access.reach])
        return f"see what there is: {look}"
    near = difflib.get_close_matches(target.name, names, n=5, cutoff=0.65)
    near += sorted(name for name in names if target.name in name and name not in near)[: 5 - len(near)]
    if near:
        return f"nearest names: {', '.join(near)}"
    if target.resource is PODS and target_resource(target.name) is not None:
        return f"{target.name} is a type, too: {target.name}/NAME means the pods of one"
    there = f"is 1 {target.resource.singular}" if len(names) == 1 else f"are {len(names) or 'no'} {plural}"
    return f"there {there} in namespace {client.namespace}; another one: -n NAMESPACE, or -A"


async def _selection(client: Client, target: Target) -> Selection:
    namespace = client.namespace
    if target.resource is PODS:
        return Selection(Scope(PODS, namespace, name=target.name), target=target)
    workload = await read_target(client, target)
    name, uid, spec = re.escape(target.name), workload["metadata"]["uid"], workload.get("spec") or {}
    asleep = "it is suspended" if spec.get("suspend") else "it is scaled to 0" if spec.get("replicas") == 0 else ""
    if target.resource is CRON_JOBS:
        jobs = await client.list_objects(Scope(JOBS, namespace))
        uids = frozenset(job["metadata"]["uid"] for job in jobs.items if _owned_by(job, workload))
        return Selection(Scope(PODS, namespace), Ownership(uids, "Job", rf"{name}-\d+"), target, uid, asleep)
    selector = spec.get("selector")
    # The two kinds of the first hour have a plain map of labels, the later ones a LabelSelector.
    labels = _map_selector(selector) if target.resource in (SERVICES, CONTROLLERS) else _selector(selector)
    if not labels:
        raise UsageError(f"{target} selects no pods: it has no selector")
    ownership: Ownership | None = Ownership(frozenset({uid}))
    if target.resource is SERVICES:
        ownership = None
    elif target.resource is DEPLOYMENTS:
        # Its pods belong to its ReplicaSets, which are named after it and their template's hash.
        ownership = Ownership(kind="ReplicaSet", names=rf"{name}-[a-z0-9]+")
    return Selection(Scope(PODS, namespace, labels), ownership, target, uid, asleep)


def _owned_by(item: Mapping[str, Any], owner: Mapping[str, Any]) -> bool:
    references = (item.get("metadata") or {}).get("ownerReferences") or ()
    return any(reference.get("uid") == owner["metadata"]["uid"] for reference in references)


def _map_selector(selector: Mapping[str, str] | None) -> str:
    return ",".join(f"{key}={value}" for key, value in (selector or {}).items())


def _selector(selector: Mapping[str, Any] | None) -> str:
    """A LabelSelector in the words of a query parameter."""
    selector = selector or {}
    parts = [_map_selector(selector.get("matchLabels"))]
    words = {
        "In": "{key} in ({values})",
        "NotIn": "{key} notin ({values})",
        "Exists": "{key}",
        "DoesNotExist": "!{key}",
    }
    for expression in selector.get("matchExpressions") or ():
        form = words[expression["operator"]]
        parts.append(form.format(key=expression["key"], values=",".join(expression.get("values") or ())))
    return ",".join(part for part in parts if part)
