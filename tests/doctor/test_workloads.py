"""Workloads whose pods can't be made: there is no pod, and the doctor says why all the same."""

from dataclasses import replace

import pytest

from kubectl_mc.doctor.finding import Certainty
from kubectl_mc.doctor.siblings import Workload
from kubectl_mc.doctor.workloads import WorkloadCase, diagnose_workload, shown
from kubectl_mc.model.event import Event
from tests.doctor.cases import event
from tests.pods import NOW

WEB = Workload("shop", "Deployment", "web")


def failing(message: str, *more: Event, wanted: int | None = 2, there: int = 0, seconds: float = 30) -> WorkloadCase:
    events = (*more, event("FailedCreate", message, seconds=seconds))
    return WorkloadCase(WEB, NOW, tuple(sorted(events, key=lambda each: each.last_seen or NOW)), wanted, there)


@pytest.mark.parametrize(
    ("said", "why", "next_"),
    [
        (
            'Error creating: pods "web-5d-x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=4, '
            "limited: pods=4",
            "the quota small is used up",
            ("describe", "quota", "small"),
        ),
        (
            '(combined from similar events): Error creating: pods "web-5d-x" is forbidden: exceeded quota: small, '
            "requested: pods=1,cpu=2, used: pods=4,cpu=2, limited: pods=5,cpu=3",
            "the quota small is used up (requested pods=1,cpu=2, used pods=4,cpu=2, limited pods=5,cpu=3)",
            ("describe", "quota", "small"),
        ),
        (
            'Error creating: pods "web-5d-x" is forbidden: failed quota: small: must specify limits.cpu for: app',
            "the quota small demands limits.cpu for: app, which they don't set",
            ("describe", "quota", "small"),
        ),
        (
            'create Pod web-0 in StatefulSet web failed error: pods "web-0" is forbidden: error looking up service '
            'account shop/robot: serviceaccount "robot" not found',
            "the ServiceAccount robot doesn't exist",
            ("get", "serviceaccounts"),
        ),
        (
            'Error creating: pods "web-5d-x" is forbidden: violates PodSecurity "restricted:latest": '
            'allowPrivilegeEscalation != false (container "app" must set it)',
            "the namespace enforces Pod Security restricted, which they violate: allowPrivilegeEscalation != false",
            ("edit", "deployment/web"),
        ),
        (
            'Error creating: admission webhook "policy.example.com" denied the request: no team label',
            "the admission webhook policy.example.com denies them: no team label",
            ("get", "validatingwebhookconfigurations,mutatingwebhookconfigurations"),
        ),
        (
            'Error creating: Internal error occurred: failed calling webhook "policy.example.com": failed to call '
            "webhook: no endpoints available for service",
            "the admission webhook policy.example.com can't be asked about them: Internal error occurred",
            ("get", "validatingwebhookconfigurations,mutatingwebhookconfigurations"),
        ),
        (
            'Error creating: pods "web-5d-x" is forbidden: maximum cpu usage per Container is 500m, but limit is 1',
            "a LimitRange forbids them: maximum cpu usage per Container is 500m, but limit is 1",
            ("describe", "limitrange"),
        ),
        ("Error creating: something else", "something else", ("describe", "deployment/web")),
    ],
)
def test_what_admission_says_is_told_with_what_to_look_at(said: str, why: str, next_: tuple[str, ...]) -> None:
    found = diagnose_workload(failing(said))

    assert found is not None
    assert (found.finding.id, found.finding.pod, found.finding.certainty) == (
        "pods-not-created",
        "",
        Certainty.OBSERVED,
    )
    assert found.finding.summary.startswith(f"Deployment web can't make any of its 2 pods: {why}")
    assert found.finding.next[0].words == next_
    assert shown(found) == "shop/deployment/web"


def test_the_one_container_that_a_refusal_names_is_the_guilty_one() -> None:
    one = diagnose_workload(failing('pods "x" is forbidden: violates PodSecurity "baseline:v1": a (container "app" b)'))
    two = diagnose_workload(failing('violates PodSecurity "baseline:v1": a (containers "app", "side" must not)'))

    assert one is not None
    assert one.finding.container == "app"
    assert two is not None
    assert two.finding.container == ""


@pytest.mark.parametrize(
    ("wanted", "there", "words"),
    [(1, 0, "can't make its pod:"), (3, 1, "can't make 2 of its 3 pods:"), (None, 0, "can't make a pod:")],
)
def test_it_says_how_many_are_missing(wanted: int | None, there: int, words: str) -> None:
    found = diagnose_workload(failing("no", wanted=wanted, there=there))

    assert found is not None
    assert words in found.finding.summary


def test_a_workload_that_has_all_its_pods_got_over_it() -> None:
    assert diagnose_workload(failing("exceeded quota", wanted=2, there=2)) is None


def test_a_workload_that_may_not_be_read_has_got_over_it_once_it_made_a_pod() -> None:
    made = event("SuccessfulCreate", "Created pod: web-5d-x", seconds=10, type_="Normal")

    assert diagnose_workload(failing("no", made, wanted=None)) is None
    likely = diagnose_workload(failing("no", replace(made, last_seen=None), wanted=None, seconds=-5))
    assert likely is not None
    assert likely.finding.certainty is Certainty.LIKELY


def test_a_workload_without_a_failure_is_none() -> None:
    assert diagnose_workload(WorkloadCase(WEB, NOW, (event("ScalingReplicaSet", "up"),), 2, 0)) is None


def test_a_job_past_its_deadline_has_no_pods_left() -> None:
    job = Workload("shop", "Job", "report")
    told = event("DeadlineExceeded", "Job was active longer than specified deadline")
    found = diagnose_workload(WorkloadCase(job, NOW, (told,), 0, 0, overdue=60))

    assert found is not None
    assert found.finding.id == "deadline-exceeded"
    assert found.finding.summary == (
        "Job report ran longer than the 60s that its activeDeadlineSeconds allows, so its pods were ended and deleted"
    )
