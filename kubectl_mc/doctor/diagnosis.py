"""From a case to its findings: every rule is asked, the earliest error in the pod's life is the primary cause."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.catalogue import Stage, stage_of
from kubectl_mc.doctor.finding import Finding, Grade
from kubectl_mc.doctor.rules import CONTAINER_RULES, POD_RULES
from kubectl_mc.doctor.wording import listed
from kubectl_mc.model.health import Health, container_health
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.progress import init_progress
from kubectl_mc.model.spec import Role

_GRADES = (Grade.ERROR, Grade.WARNING, Grade.INFO)


def diagnose(case: Case) -> tuple[Finding, ...]:
    """What is wrong with a pod: the primary cause first, then separate faults, then what is worth a word.

    A fault that another container's fault explains is among that one's consequences.
    """
    pod = case.pod
    found = sorted(_found(case), key=lambda finding: _rank(finding, pod))
    findings, explained = _unexplained(found)
    placed = [replace(finding, namespace=pod.namespace, pod=pod.name) for finding in findings]
    if not placed or placed[0].grade is not Grade.ERROR:
        return tuple(placed)
    first = placed[0]
    consequences = (*first.consequences, *explained.get(first.container, ()), *_waiting(pod, first))
    rest = [
        replace(other, consequences=(*other.consequences, *explained.get(other.container, ()))) for other in placed[1:]
    ]
    return replace(first, primary=True, consequences=consequences), *rest


def _found(case: Case) -> Iterator[Finding]:
    for pod_rule in POD_RULES:
        yield from pod_rule(case)
    for container in case.pod.containers:
        for rule in CONTAINER_RULES:
            if (finding := rule(case, container)) is not None:
                # A debug container that doesn't start is somebody's attempt: the pod is as well as it was before.
                grade = Grade.INFO if container.role is Role.EPHEMERAL else finding.grade
                yield replace(finding, container=finding.container or container.name, grade=grade)
                break


def _rank(finding: Finding, pod: Pod) -> tuple[int, int, int]:
    """By grade, by stage, by the order in which containers start."""
    names = [container.name for container in pod.containers]
    place = names.index(finding.container) if finding.container in names else -1
    stage = stage_of(finding.id)
    progress = init_progress(pod)
    step = progress.current if progress is not None else None
    if step is not None and finding.container == step.name and stage > Stage.INIT:
        stage = Stage.INIT
    return _GRADES.index(finding.grade), stage, place


def _unexplained(findings: Sequence[Finding]) -> tuple[list[Finding], dict[str, list[str]]]:
    """The findings that stand for themselves, and by guilty container what it explains of the others."""
    errors = [finding for finding in findings if finding.grade is Grade.ERROR]
    faults = {finding.container: finding for finding in sorted(errors, key=lambda finding: not finding.blames)}
    explained: dict[str, list[str]] = {}
    left = []
    for finding in findings:
        if guilty := _guilty(finding, faults):
            explained.setdefault(guilty, []).append(finding.summary)
        else:
            left.append(finding)
    return left, explained


def _guilty(finding: Finding, faults: Mapping[str, Finding]) -> str:
    """The container at the end of the chain of those who blame each other; empty where nobody else is to blame.

    Those who blame each other in a circle are all told.

    Args:
        faults: by container its own error; one that blames nobody before one that does.
    """
    seen, guilty, blamed = {finding.container}, "", finding.blames
    while blamed in faults:
        if blamed in seen:
            return ""
        seen.add(blamed)
        guilty, blamed = blamed, faults[blamed].blames
    return guilty


def _waiting(pod: Pod, cause: Finding) -> Iterator[str]:
    """Who waits for the primary cause to be gone, and what the pod is not because of it."""
    waiting = [
        container.name
        for container in pod.containers
        if container.name != cause.container and container_health(container, pod) is Health.WAITING
    ]
    # Without a node, its volumes and its sandbox no container starts: that is the cause itself, and said with it.
    if waiting and stage_of(cause.id) > Stage.VOLUMES and not pod.terminal:
        have = "has" if len(waiting) == 1 else "have"
        words = f"{listed(waiting)} {have} not started"
        if words not in cause.summary:
            yield words
    ready = pod.condition("Ready")
    serves = pod.restart_policy == "Always" and pod.deleted is None  # others do a piece of work, and nobody asks them
    if serves and not pod.terminal and (ready is None or ready.status != "True"):
        yield "the pod is not ready, so it gets no traffic from Services"
