"""What a pod waits at: native sidecars that don't start, and readiness gates."""

from typing import Any

import pytest

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.diagnosis import diagnose
from kubectl_mc.doctor.finding import Grade
from kubectl_mc.model.event import Event
from tests.doctor.cases import case, event, found, primary
from tests.pods import Json, ago, container, ended, pod, running, sidecar, waiting

_PROBE: Json = {"exec": {"command": ["cat", "/synced"]}, "periodSeconds": 10, "failureThreshold": 30}
_WAITS = waiting("PodInitializing")


def _gated(seconds: float, *events: Event, started: bool = False, **more: Any) -> Case:
    proxy = sidecar("proxy", running(seconds), started=started, ready=started, startupProbe=_PROBE, **more)
    return case(
        pod(
            container("app", _WAITS),
            init=[container("first", ended(0, "Completed")), proxy, container("fetch", _WAITS)],
            phase="Pending",
            conditions={"Initialized": "False", "Ready": "False"},
        ),
        *events,
    )


def _refused(seconds: float) -> Event:
    message = "Startup probe failed: cat: can't open '/synced': No such file or directory\n"
    return event("Unhealthy", message, "proxy", seconds=seconds, count=3)


def test_a_sidecar_that_does_not_start_is_named_with_those_that_wait_for_it() -> None:
    finding = found(_gated(120, _refused(4)))["sidecar-not-started"]

    assert (finding.container, finding.grade) == ("proxy", Grade.WARNING)
    assert finding.summary == (
        "sidecar proxy has not passed its startup probe for 2m of 5m, and fetch and app wait for it: it fails its "
        "startup probe's command (\"cat: can't open '/synced': No such file or directory\")"
    )
    assert [step.words for step in finding.next][-1][-2:] == ("cat", "/synced")


def test_it_is_an_error_once_its_time_is_over_or_it_was_killed_for_it() -> None:
    killed = event("Killing", "Init container proxy failed startup probe", "proxy", seconds=10, type_="Normal")
    last = ended(137, "Error", seconds=9, ran=300)

    assert primary(_gated(320, _refused(4))) is not None
    cause = primary(_gated(8, _refused(11), killed, restarts=1, last=last))
    assert cause is not None
    assert (cause.id, cause.container) == ("sidecar-not-started", "proxy")


def test_a_sidecar_that_has_just_started_is_on_its_way() -> None:
    assert not diagnose(_gated(12, _refused(4)))


def test_a_sidecar_that_has_started_holds_nothing_up() -> None:
    assert not diagnose(_gated(120, started=True))


_GATE = "target-health.elbv2.k8s.aws/k8s-shop-web"


def _waiting_for(gate: str, seconds: float, condition: Json | None = None, ready: str = "True") -> Case:
    conditions: dict[str, str | Json] = {
        "ContainersReady": {"status": ready, "lastTransitionTime": ago(seconds)},
        "Ready": {"status": "False", "reason": "ReadinessGatesNotReady", "message": "gate does not exist."},
    }
    if condition is not None:
        conditions[gate] = condition
    app = container("app", running(seconds), ready=ready == "True", started=True)
    return case(pod(app, gates=[gate], conditions=conditions))


def test_an_unset_gate_is_named_with_who_sets_it() -> None:
    cause = primary(_waiting_for(_GATE, 300))

    assert cause is not None
    assert (cause.id, cause.container) == ("readiness-gate-unset", "")
    assert cause.summary == (
        f"all containers have been ready for 5m and the pod is not, because of readiness gate {_GATE}: nothing has set "
        "it yet; the AWS Load Balancer Controller sets it once the load balancer finds the pod healthy"
    )
    assert f"spec.readinessGates[0].conditionType: {_GATE}" in cause.evidence


def test_a_gate_that_says_no_is_quoted() -> None:
    condition: Json = {"status": "False", "reason": "Target.FailedHealthChecks", "message": "codes: [404]"}
    cause = primary(_waiting_for(_GATE, 300, condition))

    assert cause is not None
    assert "it is False (Target.FailedHealthChecks: codes: [404])" in cause.summary


def test_an_unknown_gate_is_put_down_to_nobody() -> None:
    cause = primary(_waiting_for("example.com/registered", 300))

    assert cause is not None
    assert cause.summary.endswith("nothing has set it yet")


def test_a_gate_that_may_still_be_set_soon_is_a_warning() -> None:
    assert found(_waiting_for(_GATE, 20))["readiness-gate-unset"].grade is Grade.WARNING


@pytest.mark.parametrize(
    "judged",
    [_waiting_for(_GATE, 300, {"status": "True"}), _waiting_for(_GATE, 20, ready="False")],
    ids=["it is set", "containers are not ready"],
)
def test_a_gate_that_holds_nothing_up_is_silent(judged: Case) -> None:
    assert "readiness-gate-unset" not in found(judged)
