"""What makes pods, as far as it tells how its rollout or its work goes. Shapes follow apps/v1 and batch/v1."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from kubectl_mc.model.fields import Json, flag, labels, mapping, number, objects, optional_number, text
from kubectl_mc.model.parsing import parse_owners
from kubectl_mc.model.pod import Condition, Owner, Pod
from kubectl_mc.model.times import parse_time

_NEVER = datetime.max.replace(tzinfo=UTC)
_HASH = "pod-template-hash"
"""The label by which a Deployment tells its ReplicaSets' pods apart; it is in their templates and not in its own."""


@dataclass(frozen=True, slots=True)
class Workload:
    """One Deployment, ReplicaSet, ReplicationController, StatefulSet, DaemonSet, Job, CronJob or Service."""

    kind: str
    namespace: str
    name: str
    uid: str = ""
    created: datetime | None = None
    generation: int = 0
    """How often its spec has been changed."""
    observed: int = 0
    """The generation that its status tells of."""
    wanted: int = 1
    """Pods that it is to have; a DaemonSet's status says it. A Job: pods that are to work at this time."""
    total: int = 0
    """Pods that it has, whatever their template; those of a Job that have not ended."""
    updated: int = 0
    """Pods of the current template."""
    ready: int = 0
    available: int = 0
    """Pods that have been ready for `min_ready` seconds."""
    succeeded: int = 0
    failed: int = 0
    """Pods of a Job that have ended with an error."""
    completions: int = 1
    min_ready: int = 0
    paused: bool = False
    suspended: bool = False
    strategy: str = ""
    """`RollingUpdate`, `Recreate` or `OnDelete`; empty where the kind has none."""
    partition: int = 0
    """StatefulSet: pods with a lower ordinal keep the revision they have."""
    current_revision: str = ""
    update_revision: str = ""
    """StatefulSet and, as the deprecated template generation, DaemonSet: what marks pods of the current template."""
    conditions: tuple[Condition, ...] = ()
    owners: tuple[Owner, ...] = ()
    template: Mapping[str, Any] = field(default_factory=dict)
    """The pods' template, to be compared and not to be looked into."""
    selector: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind.lower()}/{self.name}"

    @property
    def seen(self) -> bool:
        """Whether its controller has taken up the last change of the spec."""
        return self.observed >= self.generation

    def condition(self, type_: str) -> Condition | None:
        """The condition of a type, if it is True."""
        return next((each for each in self.conditions if each.type == type_ and each.status == "True"), None)

    def owned_by(self, uid: str) -> bool:
        return any(owner.uid == uid for owner in self.owners)

    @property
    def deadline_exceeded(self) -> Condition | None:
        """Why a Deployment's rollout has not gone on for `progressDeadlineSeconds`."""
        return next(
            (c for c in self.conditions if c.type == "Progressing" and c.reason == "ProgressDeadlineExceeded"), None
        )


def parse_workload(document: Json, kind: str) -> Workload:
    """An object of the API. `kind` is said, since the objects of a list don't have it."""
    metadata, spec, status = (mapping(document, key) for key in ("metadata", "spec", "status"))
    strategy = mapping(spec, "strategy") or mapping(spec, "updateStrategy")
    ready = number(status, "readyReplicas")
    counts: dict[str, int]
    if kind == "DaemonSet":
        counts = {
            "wanted": number(status, "desiredNumberScheduled"),
            "total": number(status, "currentNumberScheduled"),
            "updated": number(status, "updatedNumberScheduled"),
            "ready": number(status, "numberReady"),
            "available": number(status, "numberAvailable"),
        }
    elif kind == "Job":
        counts = {"wanted": _at_work(spec, status), "total": number(status, "active")}
    else:
        # Servers before 1.22 don't count a StatefulSet's available pods.
        available = optional_number(status, "availableReplicas")
        counts = {
            "wanted": number(spec, "replicas", 1),
            "total": number(status, "replicas"),
            "updated": number(status, "updatedReplicas"),
            "ready": ready,
            "available": ready if available is None and kind == "StatefulSet" else available or 0,
        }
    return Workload(
        kind=kind,
        namespace=text(metadata, "namespace"),
        name=text(metadata, "name"),
        uid=text(metadata, "uid"),
        created=parse_time(metadata.get("creationTimestamp")),
        generation=number(metadata, "generation"),
        observed=number(status, "observedGeneration"),
        **counts,
        succeeded=number(status, "succeeded"),
        failed=number(status, "failed"),
        completions=number(spec, "completions", 1),
        min_ready=number(spec, "minReadySeconds"),
        paused=flag(spec, "paused") is True,
        suspended=flag(spec, "suspend") is True,
        strategy=text(strategy, "type"),
        partition=number(mapping(strategy, "rollingUpdate"), "partition"),
        current_revision=text(status, "currentRevision"),
        update_revision=text(status, "updateRevision")
        or text(mapping(metadata, "annotations"), "deprecated.daemonset.template.generation"),
        conditions=tuple(
            Condition(text(c, "type"), text(c, "status"), text(c, "reason"), text(c, "message"))
            for c in objects(status, "conditions")
        ),
        owners=parse_owners(metadata),
        template=_template(mapping(spec, "template")),
        selector=mapping(spec, "selector"),
    )


def _at_work(spec: Json, status: Json) -> int:
    """How many pods of a Job are to be there; none of one that has ended or sleeps."""
    ended = any(
        text(c, "type") in ("Complete", "Failed") and text(c, "status") == "True" for c in objects(status, "conditions")
    )
    if ended or flag(spec, "suspend") is True:
        return 0
    left = number(spec, "completions", 1) - number(status, "succeeded")
    return min(number(spec, "parallelism", 1), max(left, 0))


def _template(template: Json) -> Json:
    """A template without the label that a Deployment's controller adds to it."""
    metadata = mapping(template, "metadata")
    left = {key: value for key, value in labels(metadata, "labels").items() if key != _HASH}
    return {**template, "metadata": {**metadata, "labels": left}}


def current_pods(workload: Workload, pods: Iterable[Pod], sets: Iterable[Workload] | None) -> list[Pod]:
    """The pods that the workload's present template has made, without those that are being deleted.

    Args:
        sets: the ReplicaSets of a Deployment; None if they may not be read.
    """
    left = [pod for pod in pods if pod.deleted is None]
    if not workload.seen:
        return []
    if workload.kind == "Deployment":
        if sets is None:
            # No telling them apart: all are, or nothing is known to be.
            return left if workload.total == workload.updated else []
        current = current_set(workload, sets)
        return [pod for pod in left if current is not None and any(o.uid == current.uid for o in pod.owners)]
    if workload.kind == "StatefulSet" and workload.strategy != "OnDelete" and workload.update_revision:
        return [
            p
            for p in left
            if p.labels.get("controller-revision-hash") == workload.update_revision or _kept(p, workload)
        ]
    if workload.kind == "DaemonSet" and workload.strategy != "OnDelete" and workload.update_revision:
        return [pod for pod in left if pod.labels.get("pod-template-generation") == workload.update_revision]
    return left


def _kept(pod: Pod, workload: Workload) -> bool:
    """Whether a StatefulSet's partition lets a pod be as it is."""
    ordinal = pod.name.rpartition("-")[2]
    return ordinal.isdecimal() and int(ordinal) < workload.partition


def current_set(deployment: Workload, sets: Iterable[Workload]) -> Workload | None:
    """The ReplicaSet of the present template: the oldest with an equal one (`deployment_util.go` FindNewReplicaSet).

    Not the one of the highest revision: between a change and its being taken up that is the old one.
    """
    same = [each for each in sets if each.owned_by(deployment.uid) and each.template == deployment.template]
    return min(same, key=lambda each: each.created or _NEVER, default=None)
