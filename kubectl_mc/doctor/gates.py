"""What a pod waits at: a native sidecar that doesn't start, a readiness gate that nobody sets."""

from collections.abc import Iterator

from kubectl_mc.doctor.answers import Answer, failures
from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.complaint import telling_line
from kubectl_mc.doctor.evidence import event_line, probe_line, state_line
from kubectl_mc.doctor.finding import Certainty, Finding, Grade, kubectl, mc
from kubectl_mc.doctor.liveness import ask_again, killed_by
from kubectl_mc.doctor.sequence import behind
from kubectl_mc.doctor.source import edit
from kubectl_mc.doctor.wording import listed
from kubectl_mc.model.health import unset_gates
from kubectl_mc.model.pod import Container
from kubectl_mc.model.progress import init_progress
from kubectl_mc.model.spec import Role
from kubectl_mc.model.times import human_duration, seconds_between

_GATE_SECONDS = 30
"""From when on a sidecar that has not started is worth a word: all the others wait for it."""
_SET_SECONDS = 120
"""When an unset readiness gate counts as an error: load balancers need about a minute to find a new pod healthy."""

_HEALTHY = "once the load balancer finds the pod healthy"
_SETTERS = (
    ("target-health.elbv2.k8s.aws/", "the AWS Load Balancer Controller", _HEALTHY),
    ("target-health.alb.ingress.k8s.aws/", "the AWS ALB Ingress Controller", _HEALTHY),
    ("cloud.google.com/load-balancer-neg-ready", "GKE's NEG controller", _HEALTHY),
    ("service.readiness.alibabacloud.com/", "Alibaba Cloud's cloud-controller-manager", _HEALTHY),
    ("target-health.elb.k8s.cce/", "Huawei Cloud's CCE", _HEALTHY),
    ("podreadiness.loadbalancer.oraclecloud.com/", "Oracle Cloud's cloud-controller-manager", _HEALTHY),
    ("InPlaceUpdateReady", "OpenKruise", "once an update in place is over"),
    ("KruisePodReady", "OpenKruise", "when it takes the pod into service"),
)
"""How known gates begin, who sets them and when: from their controllers' sources and manuals."""


def sidecar_not_started(case: Case, container: Container) -> Finding | None:
    """A native sidecar whose startup probe doesn't pass holds up every step behind it: a warning after half a minute,
    an error once the probe has had it killed or is overdue.
    """
    progress, probe = init_progress(case.pod), container.startup_probe
    if container.role is not Role.SIDECAR or probe is None or progress is None or case.pod.deleted is not None:
        return None
    current = progress.current
    if current is None or current.name != container.name or case.pod.terminal:
        return None
    killed = killed_by(case, container, "startup")
    if killed is None and not (container.state.running and container.status.started is False):
        return None
    ran = seconds_between(container.state.started_at, case.now) or 0.0
    if killed is None and ran < _GATE_SECONDS:
        return None
    failed = failures(case, container, "startup", container.state.started_at if killed is None else None)
    assert failed is not None
    said = f": it {failed.words}" if failed.answer is not Answer.UNKNOWN else ""
    budget = human_duration(probe.budget)
    for_long = (
        f"within {budget}, so that the kubelet restarts it"
        if killed is not None
        else f"for {human_duration(ran)} of {budget}"
    )
    waiting = behind(case.pod, container)
    wait = f", and {listed(waiting)} {'waits' if len(waiting) == 1 else 'wait'} for it" if waiting else ""
    return Finding(
        "sidecar-not-started",
        f"sidecar {container.name} has not passed its startup probe {for_long}{wait}{said}",
        Grade.ERROR if killed is not None or ran > probe.budget + probe.period else Grade.WARNING,
        killed.certainty if killed is not None else Certainty.OBSERVED,
        evidence=(
            *([event_line(failed.newest, case.now)] if failed.newest is not None else []),
            *([event_line(killed.event, case.now)] if killed is not None else []),
            state_line(container),
            probe_line(probe),
            *telling_line(case, container),
        ),
        next=(mc("logs", case.pod.name, "-c", container.name), *ask_again(case, container, probe), *edit(case.pod)),
        at=probe.at,
    )


def readiness_gate_unset(case: Case) -> Iterator[Finding]:
    """All containers are ready, and a condition that the pod has to have besides isn't True."""
    pod = case.pod
    ready = pod.condition("ContainersReady")
    if pod.terminal or pod.deleted is not None or ready is None or ready.status != "True":
        return
    waited = seconds_between(ready.since, case.now)
    for gate in unset_gates(pod):
        condition = pod.condition(gate)
        if condition is None:
            state = "nothing has set it yet"
        else:
            because = ": ".join(part for part in (condition.reason, condition.message) if part)
            state = f"it is {condition.status}{f' ({because})' if because else ''}"
        setter = next(((who, when) for prefix, who, when in _SETTERS if gate.startswith(prefix)), None)
        whose = f"; {setter[0]} sets it {setter[1]}" if setter is not None else ""
        late = waited is None or waited >= _SET_SECONDS
        so_far = f" for {human_duration(waited)}" if waited is not None else ""
        own = pod.condition("Ready")
        yield Finding(
            "readiness-gate-unset",
            f"all containers have been ready{so_far} and the pod is not, because of readiness gate {gate}: "
            f"{state}{whose}",
            Grade.ERROR if late else Grade.WARNING,
            Certainty.OBSERVED,
            evidence=(
                *([f"condition Ready: {own.status}, {own.reason}: {own.message}"] if own is not None else []),
                f"spec.readinessGates[{pod.readiness_gates.index(gate)}].conditionType: {gate}",
            ),
            next=(mc("events", pod.name), kubectl("get", "pod", pod.name, "-o", "jsonpath={.status.conditions}")),
            at=f"spec.readinessGates[{pod.readiness_gates.index(gate)}]",
        )
