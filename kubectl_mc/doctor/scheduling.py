"""Why no node takes a pod: which resource, taint, selector or claim; or who has not looked for one yet."""

import re
from collections.abc import Iterator

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.evidence import event_line, spec_line
from kubectl_mc.doctor.finding import Certainty, Finding, Grade, Step, kubectl, mc
from kubectl_mc.doctor.source import edit
from kubectl_mc.doctor.wording import brief, listed
from kubectl_mc.model.health import unschedulable as is_unschedulable
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.requests import Request, pod_request
from kubectl_mc.model.spec import Volume
from kubectl_mc.model.times import human_duration, seconds_between

_PATIENCE_SECONDS = 30
"""How long a scheduler may take before it is worth a word that it hasn't looked."""

_DEFAULT_SCHEDULER = "default-scheduler"

_COUNT = re.compile(r"0/(\d+) nodes are available:? ?(.*)", re.DOTALL)
_AFTER_REASONS = re.compile(r"\.? *(?:no new claims to deallocate|preemption:)")
_REASON = re.compile(r"(\d+) (.+?)(?=, \d+ |$)", re.DOTALL)
_INSUFFICIENT = re.compile(r"Insufficient (\S+)")
_LABELS = "node affinity/selector"
_TAINT = re.compile(r"taints?(?:\(s\))? \{([^}]*)\}")


def unschedulable(case: Case) -> Iterator[Finding]:
    """The scheduler has looked for a node and found none."""
    pod = case.pod
    condition = pod.condition("PodScheduled")
    if pod.terminal or pod.node or condition is None or not is_unschedulable(pod):
        return
    evidence = (f"condition PodScheduled: {condition.status}, {condition.reason}: {condition.message}",)
    if "PersistentVolumeClaims" in condition.message and (claims := _unbound(case)):
        yield from (_claim(case, volume, evidence) for volume in claims)
        return
    if "persistentvolumeclaim " in condition.message and "not found" in condition.message:
        return  # what is missing is a volume's rule
    said = condition.message or condition.reason
    counted = _COUNT.match(said)
    if counted is None or not (reasons := _REASON.findall(_AFTER_REASONS.split(counted[2])[0].rstrip(". "))):
        yield Finding(
            "unschedulable", f"no node can take the pod: {brief(said)}", evidence=evidence, next=(_describe(pod),)
        )
        return
    placed = any(_LABELS in text for _, text in reasons)
    requests = [pod_request(pod, name[1]) for _, text in reasons if (name := _INSUFFICIENT.fullmatch(text))]
    yield Finding(
        "unschedulable",
        f"no node can take the pod: {'; '.join(_reason(pod, int(n), counted[1], text) for n, text in reasons)}",
        container=_sole(requests) if len(requests) == len(reasons) else "",
        evidence=(*evidence, *_asked(pod, requests), *(_demanded(pod) if placed else ())),
        next=(
            *([kubectl("get", "nodes", "--show-labels", namespaced=False)] if placed else []),
            *([kubectl("describe", "nodes", namespaced=False)] if not placed or len(reasons) > 1 else []),
            *edit(pod),
        ),
    )


def not_scheduled(case: Case) -> Iterator[Finding]:
    """No scheduler has looked at the pod, or none is to look yet."""
    pod = case.pod
    if pod.terminal or pod.node or pod.deleted is not None:
        return
    if pod.scheduling_gates:
        gates = listed(pod.scheduling_gates)
        yield Finding(
            "scheduling-gated",
            f"{gates} {'hold' if len(pod.scheduling_gates) > 1 else 'holds'} the pod back: "
            "no node is looked for before whoever set this scheduling gate has removed it",
            Grade.INFO,
            evidence=(f"spec.schedulingGates: {', '.join(pod.scheduling_gates)}",),
            next=(kubectl("get", "pod", pod.name, "-o", "yaml", "--show-managed-fields"),),
            at="spec.schedulingGates",
        )
        return
    waited = seconds_between(pod.created, case.now)
    if pod.condition("PodScheduled") is not None or waited is None or waited < _PATIENCE_SECONDS:
        return
    name = pod.scheduler or _DEFAULT_SCHEDULER
    own = name != _DEFAULT_SCHEDULER
    yield Finding(
        "unschedulable",
        f"{f'the scheduler {name} that the pod asks for' if own else 'the scheduler'} has not looked at it, "
        f"{human_duration(waited)} after it was made: {'does it exist and run?' if own else 'does it run?'}",
        certainty=Certainty.LIKELY,
        evidence=(f"spec.schedulerName: {name}", "condition PodScheduled: not there"),
        next=(
            kubectl(
                "get", "pods", "--all-namespaces", "--field-selector", f"spec.schedulerName={name}", namespaced=False
            )
            if own
            else kubectl("get", "pods", "-n", "kube-system", "-l", "component=kube-scheduler", namespaced=False),
        ),
        at="spec.schedulerName",
    )


def _unbound(case: Case) -> list[Volume]:
    """The volumes whose claims keep the pod from a node, those with a word of their own first."""
    claimed = [volume for volume in case.pod.shared.volumes if volume.claim]
    pending = [
        volume for volume in claimed if case.known("PersistentVolumeClaim", volume.claim).phase in ("Pending", "Lost")
    ]
    # A claim that is bound with its first pod is not what this pod waits for.
    guilty = [volume for volume in pending if not _waits_for_a_pod(case, volume)]
    return guilty or pending or (claimed if len(claimed) == 1 else [])


def _waits_for_a_pod(case: Case, volume: Volume) -> bool:
    events = case.known("PersistentVolumeClaim", volume.claim).events
    return bool(events) and all(event.reason == "WaitForFirstConsumer" for event in events)


def _claim(case: Case, volume: Volume, evidence: tuple[str, ...]) -> Finding:
    """A claim that isn't bound, in the words of whoever is to bind it."""
    pod = case.pod
    known = case.known("PersistentVolumeClaim", volume.claim)
    said = next((event for event in reversed(known.events) if event.reason != "WaitForFirstConsumer"), None)
    mounting = mounting_words(pod, volume)
    lost = "has lost its volume" if known.phase == "Lost" else "isn't bound"
    return Finding(
        "unschedulable",
        f"the claim {volume.claim} ({mounting}) {lost}, so no node can be chosen for the pod"
        + (f": {brief(said.message)}" if said is not None else ""),
        certainty=Certainty.OBSERVED if known.there else Certainty.LIKELY,
        evidence=(
            *([event_line(said, case.now)] if said is not None else []),
            *([f"claim {volume.claim}: {known.phase}"] if known.there else []),
            *([f"its storage class: {known.storage_class}"] if known.storage_class else []),
            *evidence,
            f"{volume.at}: {volume.name}",
        ),
        next=(
            kubectl("describe", "pvc", volume.claim),
            *([] if known.there and not known.storage_class else [kubectl("get", "storageclass", namespaced=False)]),
        ),
        at=volume.at,
    )


def mounting_words(pod: Pod, volume: Volume) -> str:
    """`volume data, mounted by app and side`."""
    names = [
        container.name
        for container in pod.containers
        if any(mount.volume == volume.name for mount in container.spec.mounts)
    ]
    return f"volume {volume.name}, " + (f"mounted by {listed(names)}" if names else "which no container mounts")


def _demanded(pod: Pod) -> Iterator[str]:
    """The labels that the pod demands of its node, with their place."""
    place = pod.shared.placement
    if place.node_selector:
        yield spec_line("spec.nodeSelector", ", ".join(place.node_selector))
    if place.node_affinity:
        yield spec_line("spec.affinity.nodeAffinity", listed(place.node_affinity, "or"))


def _reason(pod: Pod, count: int, total: str, text: str) -> str:
    """One of the scheduler's reasons, with what the pod itself has to do with it."""
    one = count == 1
    nodes = f"{count} of {total} nodes" if str(count) != total else "the only node" if one else f"all {total} nodes"
    has, lacks = ("has", "lacks") if one else ("have", "lack")
    place = pod.shared.placement
    if name := _INSUFFICIENT.fullmatch(text):
        return f"the pod requests {pod_request(pod, name[1]).words}, and {nodes} {has} less than that left"
    if text == "Too many pods":
        return f"{nodes} {has} as many pods as {'it' if one else 'they'} may have"
    if text == "node(s) were unschedulable":
        return f"{nodes} {'is' if one else 'are'} cordoned"
    if taint := _TAINT.search(text):
        return f"{nodes} {has} the taint {_taint_words(taint[1])}, which the pod doesn't tolerate"
    if _LABELS in text:
        demands = [*place.node_selector, *([listed(place.node_affinity, "or")] if place.node_affinity else [])]
        if demands:
            return f"{nodes} {lacks} the labels that it demands: {', '.join(demands)}"
    if "free ports" in text:
        ports = [f"{port.host_port} of {c.name}" for c in pod.containers for port in c.spec.ports if port.host_port]
        return f"{nodes} {has} no free host port {listed(ports, 'or')}"
    demand = ""
    if "existing pods" in text:
        pass  # it is the others that don't want this one
    elif "anti-affinity rules" in text and place.apart:
        demand = f", since it demands to be apart from {listed(place.apart)}"
    elif "affinity rules" in text and place.near:
        demand = f", since it demands {listed(place.near)}"
    elif "spread constraints" in text and place.spread:
        demand = f", spread by {listed(place.spread)}"
    return f"{nodes} {text.removeprefix('node(s) ')}{demand}"


def _taint_words(taint: str) -> str:
    """`node.kubernetes.io/not-ready: ` without the value that it doesn't have."""
    key, _, value = taint.partition(":")
    return f"{key.strip()}={value.strip()}" if value.strip() else key.strip()


def _asked(pod: Pod, requests: list[Request]) -> Iterator[str]:
    """Where the requests stand that are too large."""
    for request in requests:
        for part in request.parts:
            container = pod.container(part.name)
            if container is not None:
                yield f"{container.spec.at}.resources.requests.{request.resource}: {part.written}"


def _sole(requests: list[Request]) -> str:
    """The one container that asks for it all."""
    names = {part.name for request in requests for part in request.parts}
    return names.pop() if len(names) == 1 else ""


def _describe(pod: Pod) -> Step:
    return mc("events", pod.name)
