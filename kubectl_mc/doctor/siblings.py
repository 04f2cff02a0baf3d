"""The pods of one workload beside each other: how far a fault spreads among them, and which pods have the same."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kubectl_mc.doctor.finding import Finding, Grade, Step, kubectl
from kubectl_mc.model.pod import Owner, Pod

_TEMPLATE_HASH = "pod-template-hash"
"""The label by which a ReplicaSet of a Deployment tells its pods; its own name ends with the value."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_GRADES = (Grade.ERROR, Grade.WARNING, Grade.INFO)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A pod and what was found about it."""

    pod: Pod
    findings: tuple[Finding, ...] = ()

    @property
    def worst(self) -> Grade | None:
        """The grade of the worst finding; None where there is none."""
        return min((finding.grade for finding in self.findings), key=_GRADES.index, default=None)


@dataclass(frozen=True, slots=True)
class Workload:
    """What makes pods: a Deployment through its ReplicaSets, else the pod's controller."""

    namespace: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def workload_of(pod: Pod) -> Workload | None:
    """Whose pod it is; None for one that stands alone."""
    owner = _controller(pod)
    if owner is None:
        return None
    template = pod.labels.get(_TEMPLATE_HASH, "")
    if owner.kind == "ReplicaSet" and template and owner.name.endswith(f"-{template}"):
        return Workload(pod.namespace, "Deployment", owner.name.removesuffix(f"-{template}"))
    return Workload(pod.namespace, owner.kind, owner.name)


def compared(diagnoses: Sequence[Diagnosis]) -> list[Diagnosis]:
    """The same diagnoses, each finding with its spread among the pods of its workload that were looked at."""
    siblings: dict[Workload, list[Diagnosis]] = defaultdict(list)
    for diagnosis in diagnoses:
        if (workload := workload_of(diagnosis.pod)) is not None:
            siblings[workload].append(diagnosis)
    return [_compared(diagnosis, siblings) for diagnosis in diagnoses]


def alike(diagnoses: Iterable[Diagnosis]) -> list[tuple[Diagnosis, ...]]:
    """Pods of one workload with the same findings on the same containers together, the others alone.

    What differs in the texts alone, an age or a count, makes no difference.
    """
    groups: dict[object, list[Diagnosis]] = {}
    for diagnosis in diagnoses:
        workload = workload_of(diagnosis.pod)
        findings = tuple((finding.id, finding.container, finding.grade) for finding in diagnosis.findings)
        alone = workload is None or not findings
        key = (diagnosis.pod.namespace, diagnosis.pod.name) if alone else (workload, findings)
        groups.setdefault(key, []).append(diagnosis)
    return [tuple(group) for group in groups.values()]


def worst_first(diagnoses: Iterable[Diagnosis]) -> list[Diagnosis]:
    """Pods with errors first, then with warnings, then with notes, the others last; by namespace and name in each."""

    def rank(diagnosis: Diagnosis) -> tuple[int, str, str]:
        worst = diagnosis.worst
        pod = diagnosis.pod
        return (len(_GRADES) if worst is None else _GRADES.index(worst), pod.namespace, pod.name)

    return sorted(diagnoses, key=rank)


def _compared(diagnosis: Diagnosis, siblings: dict[Workload, list[Diagnosis]]) -> Diagnosis:
    workload = workload_of(diagnosis.pod)
    if workload is None:
        return diagnosis
    return replace(
        diagnosis, findings=tuple(_spread(finding, siblings[workload], workload) for finding in diagnosis.findings)
    )


def _spread(finding: Finding, beside: Sequence[Diagnosis], workload: Workload) -> Finding:
    """The finding with `1 of 5 pods, only on node n2` or `all 5 pods`; as it is where there is nothing beside it."""
    has = [each.pod for each in beside if _has(each, finding)]
    others = [each.pod for each in beside if not _has(each, finding) and not each.pod.terminal]
    total = len(has) + len(others)
    if total < 2:
        return finding
    if not others:
        return replace(finding, spread=f"all {total} pods")
    newest = max((*has, *others), key=lambda pod: pod.created or _LONG_AGO)
    only = _only_set(has, others)
    where = [f"{len(has)} of {total} pods", *_only_node(has, others)]
    if only:
        where.append(f"only in the {'new' if _set_of(newest) == only else 'old'} ReplicaSet {only}")
    return replace(finding, spread=", ".join(where), next=(*finding.next, *_undo(finding, workload, only, newest)))


def _only_node(has: Sequence[Pod], others: Sequence[Pod]) -> Iterator[str]:
    nodes = {pod.node for pod in has}
    if len(nodes) == 1 and "" not in nodes and not nodes & {pod.node for pod in others}:
        yield f"only on node {nodes.pop()}"


def _only_set(has: Sequence[Pod], others: Sequence[Pod]) -> str:
    """The ReplicaSet that all who have it are of, and none of the others; empty where there is no such one."""
    sets = {_set_of(pod) for pod in has}
    return sets.pop() if len(sets) == 1 and not sets & {_set_of(pod) for pod in others} else ""


def _undo(finding: Finding, workload: Workload, only: str, newest: Pod) -> Iterator[Step]:
    """The way back from a rollout that brought the fault."""
    if finding.grade is Grade.ERROR and workload.kind == "Deployment" and only and only == _set_of(newest):
        yield kubectl("rollout", "undo", f"deployment/{workload.name}")


def _has(diagnosis: Diagnosis, finding: Finding) -> bool:
    return any((other.id, other.container) == (finding.id, finding.container) for other in diagnosis.findings)


def _controller(pod: Pod) -> Owner | None:
    return next((owner for owner in pod.owners if owner.controller), None)


def _set_of(pod: Pod) -> str:
    owner = _controller(pod)
    return owner.name if owner is not None and owner.kind == "ReplicaSet" else ""
