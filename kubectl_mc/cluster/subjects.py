"""What is waited for: the pods that were named, the workloads that make them, and what tells how those are doing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kubectl_mc.cluster.client import Client, Scope
from kubectl_mc.cluster.feed import PodFeed
from kubectl_mc.cluster.targets import Ownership, Selection, select
from kubectl_mc.model.event import parse_event
from kubectl_mc.model.fields import mapping, text
from kubectl_mc.model.goal import Goal, Missing, Pulls, Standing, standing_of_pod, standing_of_pods
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.resources import CRON_JOBS, DEPLOYMENTS, EVENTS, JOBS, REPLICA_SETS, SERVICES
from kubectl_mc.model.rollout import standing_of_workload
from kubectl_mc.model.targets import Query
from kubectl_mc.model.workload import parse_workload


@dataclass(frozen=True, slots=True)
class Subject:
    """One target, or all pods of a selector, as selections of one feed."""

    name: str
    """`deployment/web`, or the selector as it was given."""
    pods: Selection
    workload: Selection | None = None
    """The named object itself; None for a pod and for a selector."""
    parts: Selection | None = None
    """What stands between it and its pods: ReplicaSets, Jobs."""

    @property
    def selections(self) -> tuple[Selection, ...]:
        return tuple(each for each in (self.pods, self.workload, self.parts) if each is not None)


@dataclass
class Parsed:
    """Pods by uid, parsed once a version."""

    known: dict[str, tuple[str, Pod]] = field(default_factory=dict)

    def pod(self, document: Mapping[str, Any]) -> Pod:
        metadata = mapping(document, "metadata")
        uid, version = text(metadata, "uid"), text(metadata, "resourceVersion")
        kept = self.known.get(uid)
        if kept is None or kept[0] != version:
            kept = self.known[uid] = version, parse_pod(document)
        return kept[1]

    def latest(self, name: str) -> Pod | None:
        """The pod of a name that was seen last, also if it is gone."""
        return next((pod for _, pod in reversed(self.known.values()) if pod.name == name), None)


async def subjects(client: Client, query: Query) -> list[Subject]:
    """What a question is about.

    Raises:
        McError: a workload doesn't exist or cannot be read.
    """
    return [_subject(selection, query) for selection in await select(client, query)]


def _subject(selection: Selection, query: Query) -> Subject:
    target, namespace = selection.target, selection.scope.namespace
    if target is None:
        words = [f"-l {query.labels}"] if query.labels else []
        words += [f"--field-selector {query.fields}"] if query.fields else []
        return Subject(" ".join(words), selection)
    if selection.one_pod:
        return Subject(str(target), selection)
    workload = Selection(Scope(target.resource, namespace, name=target.name))
    parts = None
    if target.resource is DEPLOYMENTS:
        scope = Scope(REPLICA_SETS, namespace, selection.scope.labels)
        parts = Selection(scope, Ownership(frozenset({selection.uid})), optional=True)
    elif target.resource is CRON_JOBS:
        parts = Selection(Scope(JOBS, namespace), Ownership(frozenset({selection.uid})))
    return Subject(str(target), selection, workload, parts)


def pulling(selections: Sequence[Selection]) -> list[Selection]:
    """The events that tell which image is being pulled."""
    fields = "involvedObject.kind=Pod,reason=Pulling"
    namespaces = dict.fromkeys(selection.scope.namespace for selection in selections)
    return [Selection(Scope(EVENTS, namespace, fields=fields), optional=True) for namespace in namespaces]


def pulls_of(feed: PodFeed, events: Sequence[Selection]) -> Pulls:
    """What is being pulled, as far as the events tell: of a container that runs it is out of date."""
    found: dict[tuple[str, str], str] = {}
    for selection in events:
        for document in feed.of(selection) or ():
            event = parse_event(document)
            found[event.object_uid, event.container] = _image(event.message)
    return found


def _image(message: str) -> str:
    """The image in the kubelet's words: `Pulling image "busybox:1.37"`."""
    return message.partition('"')[2].rpartition('"')[0] or message


def standing(subject: Subject, feed: PodFeed, parsed: Parsed, goal: Goal, pulls: Pulls) -> Standing:
    """How a subject stands, by what the feed knows now."""
    pods = [parsed.pod(document) for document in feed.of(subject.pods) or ()]
    target = subject.pods.target
    if target is None:
        return standing_of_pods(subject.name, pods, goal, pulls)
    if subject.workload is None:
        return standing_of_pod(target.name, pods, goal, pulls, parsed.latest(target.name))
    there = feed.of(subject.workload)
    if not there:
        return Standing((Missing(subject.name, "doesn't exist now; one of this name is waited for"),))
    if target.resource is SERVICES:
        return standing_of_pods(subject.name, pods, goal, pulls)
    parts = None
    if subject.parts is not None and (documents := feed.of(subject.parts)) is not None:
        parts = [parse_workload(document, subject.parts.scope.resource.kind) for document in documents]
    return standing_of_workload(parse_workload(there[0], target.resource.kind), pods, parts, goal, pulls)


def identities(subjects: Sequence[Subject], feed: PodFeed) -> list[object]:
    """What a workload's pods are found by: when that changes, the subjects have to be found anew."""
    return [
        (text(mapping(document, "metadata"), "uid"), mapping(mapping(document, "spec"), "selector"))
        for subject in subjects
        if subject.workload is not None
        for document in feed.of(subject.workload) or ()
    ]
