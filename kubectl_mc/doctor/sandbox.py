"""Sandboxes that can't be made: a pod's network namespace and what its containers run in."""

import re
from collections.abc import Iterator

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.evidence import event_line
from kubectl_mc.doctor.finding import Certainty, Finding, Step, kubectl, mc
from kubectl_mc.doctor.volumes import before_containers, lacks
from kubectl_mc.doctor.wording import brief
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.times import human_duration, seconds_between

_PATIENCE_SECONDS = 180
"""How long volumes and sandbox may take without an event before nothing but a fault is likely."""

_LAYERS = re.compile(
    r"^(?:\(combined from similar events\): )?(?:Failed (?:to )?create pod sandbox: )?"
    r"|rpc error: code = \w+ desc = "
    r'|failed to (?:set up|setup|create)(?: pod)? (?:network for )?(?:sandbox|sandbox container) "[^"]+"'
    r'(?: network)?(?: for pod "[^"]+")?: '
    r'|[Nn]etworkPlugin cni failed to set up pod "[^"]+" network: '
)

_CAUSES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"failed to assign an IP address|no (?:free|available|more) IP|IP addresses available|exhausted"),
        "the node has no address left for it",
    ),
    (re.compile(r'no runtime for "([^"]+)"'), "the node's runtime knows no handler {0}, which its RuntimeClass names"),
    (
        re.compile(
            r"cni (?:config|plugin) (?:uninitialized|not initialized)|NetworkPluginNotReady|network is not ready"
        ),
        "the node's network isn't ready",
    ),
    (re.compile(r'failed to find plugin "([^"]+)"'), "the network plugin {0} isn't installed on the node"),
    (re.compile(r"failed to (?:get|pull) (?:sandbox )?image|pause"), "the node can't get the image of sandboxes"),
    (re.compile(r"no space left on device"), "the node's disk is full"),
    (re.compile(r"[Uu]nauthorized|is forbidden"), "the network plugin isn't let into the API"),
)
"""What runtimes and network plugins say, and what it comes to."""


def sandbox_failed(case: Case) -> Iterator[Finding]:
    """The pod's sandbox or its network can't be made."""
    pod = case.pod
    if not before_containers(case):
        return
    event = case.event("FailedCreatePodSandBox") or case.event("NetworkNotReady")
    if event is None:
        yield from _silent(case)
        return
    said = brief(_LAYERS.sub("", event.message.strip()))
    cause = next((words.format(*found.groups()) for form, words in _CAUSES if (found := form.search(said))), "")
    yield Finding(
        "sandbox-failed",
        f"the pod's sandbox can't be made on node {pod.node}: {f'{cause} ({said})' if cause else said}; "
        "none of the containers is created before",
        evidence=(event_line(event, case.now),),
        next=_steps(pod, said),
    )


def _silent(case: Case) -> Iterator[Finding]:
    """Nothing says anything, and time goes by."""
    pod = case.pod
    scheduled = pod.condition("PodScheduled")
    waited = seconds_between(scheduled.since if scheduled is not None else None, case.now)
    condition = pod.condition("PodReadyToStartContainers")
    told = lacks(case) or case.event("FailedMount", "FailedMapVolume", "FailedAttachVolume")
    if waited is None or waited < _PATIENCE_SECONDS or told or condition is None or condition.status != "False":
        return
    yield Finding(
        "sandbox-failed",
        f"the pod has neither its volumes nor its sandbox {human_duration(waited)} after it got its node {pod.node}, "
        "and no event says why",
        certainty=Certainty.LIKELY,
        evidence=(f"condition {condition.type}: {condition.status}",),
        next=(kubectl("describe", "node", pod.node, namespaced=False),),
    )


def _steps(pod: Pod, said: str) -> tuple[Step, ...]:
    if "no runtime for" in said:
        return (kubectl("get", "runtimeclass", namespaced=False),)
    return (
        kubectl("describe", "node", pod.node, namespaced=False),
        kubectl("get", "pods", "-A", "-o", "wide", "--field-selector", f"spec.nodeName={pod.node}", namespaced=False),
        mc("events", pod.name),
    )
