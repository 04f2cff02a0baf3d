"""Why no node takes a pod."""

from collections.abc import Iterator

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.evidence import event_line
from kubectl_mc.doctor.finding import Finding, kubectl
from kubectl_mc.model.health import unschedulable as is_unschedulable


def unschedulable(case: Case) -> Iterator[Finding]:
    """The scheduler has looked for a node and found none."""
    pod = case.pod
    condition = pod.condition("PodScheduled")
    if pod.terminal or condition is None or not is_unschedulable(pod):
        return
    event = case.event("FailedScheduling")
    yield Finding(
        "unschedulable",
        f"no node can take the pod: {condition.message or condition.reason}",
        evidence=(
            f"condition PodScheduled: {condition.status}, {condition.reason}: {condition.message}",
            *([event_line(event, case.now)] if event is not None else []),
        ),
        next=(kubectl("describe", "nodes", namespaced=False),),
    )
