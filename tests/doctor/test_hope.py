"""Which faults end a wait, and when."""

import pytest

from kubectl_mc.doctor import hope
from kubectl_mc.doctor.catalogue import KINDS
from kubectl_mc.doctor.finding import Finding, Grade
from kubectl_mc.doctor.hope import GRACE_SECONDS, PATIENCE, hopeless, hopeless_to_make
from kubectl_mc.doctor.siblings import Workload
from kubectl_mc.doctor.workloads import WorkloadCase, diagnose_workload
from kubectl_mc.model.parsing import parse_pod
from tests.doctor.cases import event
from tests.pods import NOW, Json, container, ended, pod, running, waiting


def down(restarts: int) -> Json:
    return pod(container("app", waiting("CrashLoopBackOff"), last=ended(1), restarts=restarts))


def again(restarts: int) -> Json:
    return pod(container("app", running(), last=ended(1), restarts=restarts))


HELD = pod(container("app", ended(0)), container("proxy", running()), restart_policy="Never")
NEVER = pod(container("app", ended(1)), container("b", running()), restart_policy="Never")


@pytest.mark.parametrize(
    ("id_", "document", "seconds", "retried", "expected"),
    [
        ("image-not-found", down(0), 0, False, True),
        ("image-not-found", down(0), 0, True, True),
        ("image-wrong-architecture", down(0), 0, False, True),
        ("secret-missing", down(0), 0, False, False),
        ("secret-missing", down(0), GRACE_SECONDS, False, True),
        ("crashloop", down(PATIENCE - 2), 0, False, False),
        ("crashloop", down(PATIENCE - 1), 0, False, True),
        ("crashloop", again(PATIENCE + 5), 0, False, False),
        ("crashloop", down(PATIENCE - 1), 0, True, False),
        ("container-failed", NEVER, 0, False, True),
        ("container-failed", NEVER, 0, True, False),
        ("job-held-by-sidecar", HELD, 0, True, True),
        ("unschedulable", down(9), 999, False, False),
        ("image-pull-failed", down(9), 999, False, False),
        ("an-id-of-tomorrow", down(9), 999, False, False),
    ],
)
def test_a_fault_ends_a_wait_only_when_time_does_not_help(
    id_: str,
    document: Json,
    seconds: float,
    retried: bool,
    expected: bool,
) -> None:
    finding = Finding(id_, "it is broken", container="app")
    assert hopeless(finding, parse_pod(document), PATIENCE, seconds, retried=retried) is expected


def test_what_is_no_error_ends_nothing() -> None:
    finding = Finding("image-not-found", "it was broken", grade=Grade.WARNING, container="app")
    assert not hopeless(finding, parse_pod(down(9)), PATIENCE, 0, retried=False)


def test_every_id_that_ends_a_wait_is_one_of_the_doctors() -> None:
    assert KINDS.keys() >= hope._CHANGE | hope._OBJECT | hope._RETRY


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true', True),
        ('pods "x" is forbidden: maximum cpu usage per Container is 500m, but limit is 1', True),
        ('pods "x" is forbidden: error looking up service account shop/a: serviceaccount "a" not found', True),
        ('pods "x" is forbidden: failed quota: small: must specify limits.cpu for: app', True),
        ('pods "x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=4, limited: pods=4', False),
        ('admission webhook "policy.example.com" denied the request: no team label', False),
        ('Internal error occurred: failed calling webhook "policy.example.com": no endpoints', False),
        ("etcdserver: request timed out", False),
    ],
)
def test_pods_that_are_refused_again_and_again_end_a_wait_unless_that_may_pass(said: str, *, expected: bool) -> None:
    events = (event("FailedCreate", f"Error creating: {said}", seconds=5),)
    unmade = diagnose_workload(WorkloadCase(Workload("shop", "Deployment", "web"), NOW, events, 2, 0))

    assert unmade is not None
    assert hopeless_to_make(unmade, GRACE_SECONDS) is expected
    assert not hopeless_to_make(unmade, GRACE_SECONDS - 1)
