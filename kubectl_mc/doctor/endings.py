"""Pods that were ended as a whole, or never let in by their node: what their containers do is no cause any more."""

import re
from collections.abc import Iterator

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.end import RECENT_SECONDS, Now, end_of
from kubectl_mc.doctor.evidence import end_line, event_line, spec_line, status_line
from kubectl_mc.doctor.finding import Certainty, Finding, Grade, Step, kubectl, mc
from kubectl_mc.doctor.source import edit
from kubectl_mc.doctor.wording import brief, listed
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.requests import pod_request, request_of
from kubectl_mc.model.times import seconds_between

_EVICTION_CONTAINER = re.compile(r"\bContainer (\S+) (?:was using|exceeded)")
_EVICTION_VOLUME = re.compile(r'Usage of EmptyDir volume "([^"]+)"')
_LOW_ON = re.compile(r"low on resource: ([^\s.,]+)")
_REJECTED = "Pod was rejected: "

_SHUTDOWN = frozenset({"Shutdown", "NodeShutdown", "Terminated"})
"""Reasons of a pod that went down with its node, on purpose."""
_NOT_ADMISSION = frozenset({"Evicted", "DeadlineExceeded", "NodeLost", "Preempting", "NodePorts", *_SHUTDOWN})
"""Of the reasons of failed pods those that have a finding of their own."""
_REPLACING = frozenset({"ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet"})
"""Controllers that make another pod for one that has ended."""
_OUT_OF = re.compile(r"OutOf(\S+)")


def evicted(case: Case) -> Iterator[Finding]:
    """The kubelet ended the pod, since a limit of storage was passed or the node ran out of something."""
    pod = case.pod
    if pod.reason != "Evicted":
        return
    guilty = _evicted_for(pod)
    low = _LOW_ON.search(pod.message)
    who = f", and {guilty} asks for less than it used" if low is not None and guilty else ""
    cause = f"node {pod.node} was low on {low[1]}{who}" if low is not None else brief(pod.message) or "it was evicted"
    cause += f" ({guilty})" if guilty and guilty not in cause else ""
    resource = low[1] if low is not None else "ephemeral-storage"
    container = pod.container(guilty)
    yield Finding(
        "evicted",
        f"{cause}, so the kubelet ended the whole pod",
        _grade(case),
        container=guilty,
        evidence=(
            status_line(pod),
            *([event_line(event, case.now)] if (event := case.event("Evicted")) is not None else []),
            *_bounds(pod, guilty, resource),
        ),
        next=tuple(_after_eviction(pod, low is not None)),
        at=f"{container.spec.at}.resources" if container is not None else "",
        consequences=_all_ended(pod, guilty),
    )


def deadline_exceeded(case: Case) -> Iterator[Finding]:
    """The pod ran longer than it may."""
    pod = case.pod
    if pod.reason != "DeadlineExceeded":
        return
    deadline = pod.shared.deadline
    late = [c.name for c in pod.containers if c.state.terminated and c.state.exit_code not in (None, 0)]
    yield Finding(
        "deadline-exceeded",
        f"the pod ran longer than the {f'{deadline}s' if deadline else 'time'} that its activeDeadlineSeconds allows, "
        "so the kubelet ended it",
        evidence=(
            status_line(pod),
            *([spec_line("spec.activeDeadlineSeconds", str(deadline))] if deadline else []),
        ),
        next=(mc("logs", pod.name), *edit(pod)),
        at="spec.activeDeadlineSeconds",
        consequences=(f"{listed(late)} {'was' if len(late) == 1 else 'were'} cut short",) if late else (),
    )


def admission_refused(case: Case) -> Iterator[Finding]:
    """The node's kubelet doesn't take the pod that it was given."""
    pod = case.pod
    seen = any(c.state.terminated or c.state.running or c.status.last is not None for c in pod.containers)
    if pod.phase != "Failed" or not pod.reason or pod.reason in _NOT_ADMISSION or seen:
        return
    said = brief(pod.message.removeprefix(_REJECTED).removeprefix("Pod "))
    lacking = _OUT_OF.fullmatch(pod.reason)
    asked = f"; it requests {pod_request(pod, lacking[1]).words}" if lacking is not None else ""
    yield Finding(
        "admission-refused",
        f"node {pod.node} refuses the pod ({pod.reason}): {said or 'it gives no reason'}{asked}",
        _grade(case),
        evidence=(
            status_line(pod),
            *([event_line(event, case.now)] if (event := case.event(pod.reason)) is not None else []),
            *(
                spec_line("spec.nodeSelector", demand)
                for demand in pod.shared.placement.node_selector
                if pod.reason == "NodeAffinity"
            ),
        ),
        next=(kubectl("describe", "node", pod.node, namespaced=False), *edit(pod)),
        consequences=("no container of it was started, and none will be: a refused pod is not tried again",),
    )


def preempted(case: Case) -> Iterator[Finding]:
    """A pod of higher priority took the place."""
    pod = case.pod
    condition = pod.condition("DisruptionTarget")
    told = condition is not None and condition.status == "True" and condition.reason == "PreemptionByScheduler"
    event = case.event("Preempted") or case.event("Preempting")
    if (
        not told
        and pod.reason != "Preempting"
        and not (event is not None and (pod.deleted is not None or pod.terminal))
    ):
        return
    said = condition.message if told and condition is not None else event.message if event is not None else pod.message
    yield Finding(
        "preempted",
        f"a pod of higher priority took its place on node {pod.node}, so it was ended",
        _grade(case),
        evidence=(
            *([f"condition DisruptionTarget: {condition.reason}: {said}"] if told and condition is not None else []),
            *([event_line(event, case.now)] if event is not None else []),
            *([status_line(pod)] if pod.reason else []),
        ),
        next=(kubectl("get", "priorityclass", namespaced=False),),
        at="spec.priorityClassName",
        consequences=_all_ended(pod),
    )


def shut_down(case: Case) -> Iterator[Finding]:
    """The pod went down with its node."""
    pod = case.pod
    if pod.phase != "Failed" or pod.reason not in _SHUTDOWN:
        return
    yield Finding(
        "node-lost",
        f"node {pod.node} was shut down, and the pod with it",
        _grade(case),
        evidence=(status_line(pod),),
        next=(kubectl("get", "node", pod.node, namespaced=False),),
        consequences=_all_ended(pod),
    )


def node_lost(case: Case) -> Iterator[Finding]:
    """The node doesn't answer or is gone, so what the status says of the containers is old."""
    pod = case.pod
    if not pod.node or (pod.terminal and pod.reason != "NodeLost"):
        return
    signs = list(_signs(case))
    if not signs:
        return
    node = case.known("Node", pod.node)
    gone = node.missing
    seen = gone or node.phase == "NotReady" or pod.reason == "NodeLost" or pod.phase == "Unknown"
    yield Finding(
        "node-lost",
        f"node {pod.node} {'is gone' if gone else 'does not answer any more'}, so nobody knows how the pod is"
        + (" and nobody can end it" if pod.deleted is not None else ""),
        Grade.WARNING if node.phase == "Ready" else Grade.ERROR,
        Certainty.OBSERVED if seen else Certainty.LIKELY,
        evidence=(*([f"node {pod.node}: {'not found' if gone else node.phase}"] if gone or node.phase else []), *signs),
        next=_at_the_node(pod, gone=gone),
    )


def is_lost(case: Case) -> bool:
    """Whether a pod's node is."""
    return bool(case.pod.node) and any(True for _ in _signs(case))


def container_lost(case: Case, container: Container) -> Finding | None:
    """The kubelet doesn't know how a container ended, and made up an exit code."""
    pod = case.pod
    end = end_of(container, pod)
    if end is None or end.state.reason != "ContainerStatusUnknown" or pod.reason or is_lost(case):
        return None
    if not end.explains(case.now):
        return None
    return Finding(
        "node-lost",
        f"node {pod.node} lost track of {container.name}, as when it was restarted: its exit code "
        f"{end.state.exit_code} is made up, nothing killed it",
        Grade.INFO if end.now is Now.RECOVERED else Grade.ERROR,
        evidence=(end_line(container, end.state, case.now), f"message: {end.state.message}"),
        next=(kubectl("describe", "node", pod.node, namespaced=False),),
    )


def _signs(case: Case) -> Iterator[str]:
    """What tells that a pod's node is lost: of the pod's own, and of the node where it was read."""
    pod = case.pod
    node = case.known("Node", pod.node)
    if pod.reason == "NodeLost" or pod.phase == "Unknown":
        yield f"phase {pod.phase}, reason {pod.reason or 'none'}: {pod.message}"
    condition = pod.condition("DisruptionTarget")
    if condition is not None and condition.reason in ("DeletionByTaintManager", "DeletionByPodGC"):
        yield f"condition DisruptionTarget: {condition.reason}: {condition.message}"
    event = case.event("NodeNotReady") if node.phase != "Ready" else None
    if event is not None and not pod.condition_true("Ready"):
        yield event_line(event, case.now)
    if node.missing or node.phase == "NotReady":
        yield f"spec.nodeName: {pod.node}"


def _grade(case: Case) -> Grade:
    """Of a pod that stays as a trace of what was long ago, while its controller has made another: a note."""
    pod = case.pod
    replaced = any(owner.controller and owner.kind in _REPLACING for owner in pod.owners)
    times = [c.state.finished_at for c in pod.containers] + [condition.since for condition in pod.conditions]
    last = max((time for time in times if time is not None), default=pod.created)
    ago = seconds_between(last, case.now)
    return Grade.INFO if replaced and pod.terminal and ago is not None and ago > RECENT_SECONDS else Grade.ERROR


def _at_the_node(pod: Pod, *, gone: bool) -> tuple[Step, ...]:
    look = kubectl("describe", "node", pod.node, namespaced=False)
    return (kubectl("get", "nodes", namespaced=False),) if gone else (look,)


def _evicted_for(pod: Pod) -> str:
    """The one container that an eviction's message names, by itself or by the volume that it alone mounts."""
    names = {name.rstrip(",") for name in _EVICTION_CONTAINER.findall(pod.message)}
    if volume := _EVICTION_VOLUME.search(pod.message):
        names = {c.name for c in pod.containers if any(mount.volume == volume[1] for mount in c.spec.mounts)}
    elif not names and "total limit of containers" in pod.message:
        # The sum of the limits was passed; a container without one has not added to it, and may have used it up.
        names = {c.name for c in pod.containers if c.spec.limits.get("ephemeral-storage")}
    return names.pop() if len(names) == 1 else ""


def _bounds(pod: Pod, guilty: str, resource: str) -> Iterator[str]:
    for container in pod.containers:
        if guilty and container.name != guilty:
            continue
        limit = container.spec.limits.get(resource)
        asked = request_of(container.spec, resource)
        if limit or asked or container.name == guilty:
            yield spec_line(
                f"{container.spec.at}.resources",
                f"{resource}: request {asked or 'not set'}, limit {limit or 'not set'}",
            )
    if (volume := _EVICTION_VOLUME.search(pod.message)) and (found := pod.shared.volume(volume[1])) is not None:
        yield spec_line(found.at, f"{found.name}, {found.kind}")


def _after_eviction(pod: Pod, low: bool) -> Iterator[Step]:
    if low:
        yield kubectl("describe", "node", pod.node, namespaced=False)
    if "low on resource: memory" in pod.message:
        yield kubectl("top", "pods", "--containers", "--sort-by", "memory")
    yield from edit(pod)
    if not any(owner.controller for owner in pod.owners):
        yield kubectl("delete", "pod", pod.name)


def _all_ended(pod: Pod, guilty: str = "") -> tuple[str, ...]:
    ended = [c.name for c in pod.containers if c.state.failed and c.name != guilty]
    return (
        (f"{listed(ended)} ended with it, through no fault of {'its' if len(ended) == 1 else 'their'} own",)
        if ended
        else ()
    )
