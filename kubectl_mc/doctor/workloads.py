"""Workloads whose pods can't be made: there is no pod to look at, and only their controller's events say why."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from kubectl_mc.doctor.evidence import event_line
from kubectl_mc.doctor.finding import Certainty, Finding, Grade, Step, kubectl
from kubectl_mc.doctor.siblings import Workload
from kubectl_mc.doctor.wording import brief
from kubectl_mc.model.event import Event
from kubectl_mc.model.resources import resource_of_kind

_LEAD = re.compile(
    r"^(?:\(combined from similar events\): )?(?:Error creating: |create Pod \S+ in StatefulSet \S+ failed error: )?"
    r'(?:pods "[^"]*" is forbidden: |Pod "[^"]*" is invalid: )?'
)
_QUOTA = re.compile(r"exceeded quota: (\S+), requested: (\S+), used: (\S+), limited: (\S+)")
_QUOTA_DEMANDS = re.compile(r"failed quota: (\S+): must specify (.+)")
_ACCOUNT = re.compile(r'serviceaccount "([^"]+)" not found')
_SECURITY = re.compile(r'violates PodSecurity "([^":]+)[^"]*": (.+)', re.DOTALL)
_CONTAINERS = re.compile(r'containers? ("[^"]+"(?:, "[^"]+")*)')
_WEBHOOK = re.compile(r'(?:admission webhook|failed calling webhook) "([^"]+)"')
_RANGE = re.compile(
    r"(?:maximum|minimum) \S+ usage per|limit to request ratio|must be less than or equal to \S+ limit of"
)


class Refusal(Enum):
    """Who doesn't let a pod come into being."""

    QUOTA_USED_UP = "quota used up"
    QUOTA_DEMANDS = "quota demands"
    """It lacks requests or limits without which the quota can't count."""
    ACCOUNT = "account"
    SECURITY = "security"
    WEBHOOK = "webhook"
    RANGE = "range"
    OTHER = "other"


_REFUSALS = (
    (Refusal.QUOTA_USED_UP, _QUOTA),
    (Refusal.QUOTA_DEMANDS, _QUOTA_DEMANDS),
    (Refusal.ACCOUNT, _ACCOUNT),
    (Refusal.SECURITY, _SECURITY),
    (Refusal.WEBHOOK, _WEBHOOK),
    (Refusal.RANGE, _RANGE),
)


@dataclass(frozen=True, slots=True)
class WorkloadCase:
    """Something that makes pods and has failed to make one."""

    workload: Workload
    """As a person knows it: the Deployment over a ReplicaSet."""
    now: datetime
    events: tuple[Event, ...]
    """Of the one that makes the pods, the newest last."""
    wanted: int | None = None
    """Pods that are to be there; None where that could not be read."""
    there: int = 0
    overdue: int = 0
    """Seconds of a Job's deadline that has passed; 0 for none."""


@dataclass(frozen=True, slots=True)
class Unmade:
    """A workload and why it has no pods, or too few."""

    workload: Workload
    finding: Finding
    refusal: Refusal = Refusal.OTHER
    refused: datetime | None = None
    """When that was said last."""


def diagnose_workload(case: WorkloadCase) -> Unmade | None:
    """Why pods could not be made; None where that is past."""
    if (overdue := _overdue(case)) is not None:
        return Unmade(case.workload, overdue)
    return _not_created(case)


def _overdue(case: WorkloadCase) -> Finding | None:
    if not case.overdue:
        return None
    told = next((event for event in reversed(case.events) if event.reason == "DeadlineExceeded"), None)
    return Finding(
        "deadline-exceeded",
        f"{case.workload} ran longer than the {case.overdue}s that its activeDeadlineSeconds allows, "
        "so its pods were ended and deleted",
        evidence=(
            *([event_line(told, case.now)] if told is not None else []),
            f"spec.activeDeadlineSeconds of {case.workload}: {case.overdue}",
        ),
        next=(kubectl("describe", _named(case.workload)),),
        namespace=case.workload.namespace,
        primary=True,
    )


def _not_created(case: WorkloadCase) -> Unmade | None:
    failed = [event for event in case.events if event.reason == "FailedCreate"]
    if not failed:
        return None
    newest = failed[-1]
    made = next((event for event in reversed(case.events) if event.reason == "SuccessfulCreate"), None)
    if case.wanted is not None and case.there >= case.wanted:
        return None
    if case.wanted is None and made is not None and (made.last_seen or case.now) >= (newest.last_seen or case.now):
        return None
    said = _LEAD.sub("", newest.message.strip())
    finding = Finding(
        "pods-not-created",
        f"{case.workload} can't make {_pods(case)}: {_why(said)}",
        Grade.ERROR,
        Certainty.OBSERVED if case.wanted is not None else Certainty.LIKELY,
        _container(said),
        evidence=(
            event_line(newest, case.now),
            *([f"{case.workload}: {case.there} of {case.wanted} pods"] if case.wanted is not None else []),
        ),
        next=_steps(case.workload, said),
        namespace=case.workload.namespace,
        primary=True,
    )
    refusal = next((refusal for refusal, form in _REFUSALS if form.search(said)), Refusal.OTHER)
    return Unmade(case.workload, finding, refusal, newest.last_seen)


def _pods(case: WorkloadCase) -> str:
    wanted, there = case.wanted, case.there
    if wanted is None:
        return "a pod"
    if wanted == 1:
        return "its pod"
    return f"any of its {wanted} pods" if there == 0 else f"{wanted - there} of its {wanted} pods"


def _why(said: str) -> str:
    """What admission says, and what it comes to."""
    if quota := _QUOTA.search(said):
        return f"the quota {quota[1]} is used up (requested {quota[2]}, used {quota[3]}, limited {quota[4]})"
    if demands := _QUOTA_DEMANDS.search(said):
        return f"the quota {demands[1]} demands {brief(demands[2])}, which they don't set"
    if account := _ACCOUNT.search(said):
        return f"the ServiceAccount {account[1]} doesn't exist"
    if security := _SECURITY.search(said):
        return f"the namespace enforces Pod Security {security[1]}, which they violate: {brief(security[2])}"
    if webhook := _WEBHOOK.search(said):
        denied = "denies" if "denied the request" in said else "can't be asked about"
        return f"the admission webhook {webhook[1]} {denied} them: {brief(said.rpartition('denied the request: ')[2])}"
    if _RANGE.search(said):
        return f"a LimitRange forbids them: {brief(said)}"
    return brief(said)


def _container(said: str) -> str:
    """The one container that a refusal names."""
    names = {name.strip('"') for found in _CONTAINERS.findall(said) for name in found.split(", ")}
    return names.pop() if len(names) == 1 else ""


def _steps(workload: Workload, said: str) -> tuple[Step, ...]:
    edit = kubectl("edit", _named(workload))
    if quota := _QUOTA.search(said) or _QUOTA_DEMANDS.search(said):
        return kubectl("describe", "quota", quota[1]), edit
    if _ACCOUNT.search(said):
        return kubectl("get", "serviceaccounts"), edit
    if _SECURITY.search(said):
        return edit, kubectl("get", "namespace", workload.namespace, "--show-labels", namespaced=False)
    if _WEBHOOK.search(said):
        kinds = ("validatingwebhookconfigurations", "mutatingwebhookconfigurations")
        return (kubectl("get", ",".join(kinds), namespaced=False),)
    if _RANGE.search(said):
        return kubectl("describe", "limitrange"), edit
    return kubectl("describe", _named(workload)), edit


def _named(workload: Workload) -> str:
    resource = resource_of_kind(workload.kind)
    return f"{resource.singular if resource is not None else workload.kind.lower()}/{workload.name}"


def shown(unmade: Unmade) -> str:
    """How its heading reads: `shop/deployment/web`."""
    return "/".join((unmade.workload.namespace, _named(unmade.workload)))
