"""Containers that the kubelet kills for their liveness probes."""

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.finding import Certainty, Grade
from kubectl_mc.model.event import Event
from tests.doctor.cases import case, event, found, primary
from tests.pods import Json, container, ended, pod, running, waiting

_PROBE: Json = {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 10, "failureThreshold": 3}
_MESSAGE = "Container worker failed liveness probe, will be restarted"


def _killing(seconds: float, count: int = 1) -> Event:
    return event("Killing", _MESSAGE, "worker", seconds=seconds, count=count, type_="Normal")


def _unhealthy(seconds: float, count: int = 3) -> Event:
    message = "Liveness probe failed: HTTP probe failed with statuscode: 500"
    return event("Unhealthy", message, "worker", seconds=seconds, count=count)


def _case(state: Json, last: Json, *events: Event, restarts: int = 4, ready: bool = False) -> Case:
    worker = container("worker", state, ready=ready, started=ready, restarts=restarts, last=last, livenessProbe=_PROBE)
    side = container("side", running(), ready=True, started=True)
    logs = {"worker": ["took job 42", "waiting for lock jobs/42", ""]}
    return case(pod(worker, side, conditions={"Ready": str(ready)}), *events, logs=logs)


_BACK_OFF = waiting("CrashLoopBackOff", "back-off 5m0s")


def test_a_kill_is_told_with_what_the_probe_got_and_with_the_last_words() -> None:
    judged = _case(_BACK_OFF, ended(137, "Error", seconds=60, ran=600), _unhealthy(62), _killing(61))
    cause = primary(judged)

    assert cause is not None
    assert (cause.id, cause.container, cause.certainty) == ("liveness-killed", "worker", Certainty.OBSERVED)
    assert cause.summary == (
        "worker answers 500 on :8080/healthz, so its liveness probe has the kubelet restart it, 4 times so far"
    )
    assert "log of worker: waiting for lock jobs/42" in cause.evidence
    assert cause.at == "spec.containers[0].livenessProbe"


def test_a_container_that_is_killed_before_it_can_have_started_is_told_of_its_probes_times() -> None:
    judged = _case(_BACK_OFF, ended(137, "Error", seconds=60, ran=31), _unhealthy(62), _killing(61))
    cause = primary(judged)

    assert cause is not None
    assert cause.summary.endswith("4 times so far: 31s after its start, of which the probe allows it 30s")


def test_the_word_about_the_last_of_many_kills_may_be_missing() -> None:
    judged = _case(_BACK_OFF, ended(137, "Error", seconds=60, ran=31), _unhealthy(900), _killing(900))
    cause = primary(judged)

    assert cause is not None
    assert (cause.id, cause.certainty) == ("liveness-killed", Certainty.LIKELY)


def test_an_end_by_its_own_doing_after_a_kill_is_not_the_probes() -> None:
    judged = _case(_BACK_OFF, ended(1, "Error", seconds=60), _unhealthy(900), _killing(900, count=5))

    assert "liveness-killed" not in found(judged)


def test_an_end_sooner_than_the_probe_can_have_failed_is_not_the_probes() -> None:
    judged = _case(_BACK_OFF, ended(137, "Error", seconds=60, ran=4), _unhealthy(900), _killing(900))

    assert "liveness-killed" not in found(judged)


def test_running_out_of_memory_is_not_the_probes_doing() -> None:
    judged = _case(_BACK_OFF, ended(137, "OOMKilled", seconds=60), _unhealthy(62), _killing(61))

    assert "liveness-killed" not in found(judged)


def test_a_kill_without_the_kubelets_word_is_not_put_down_to_the_probe() -> None:
    assert "liveness-killed" not in found(_case(_BACK_OFF, ended(137, "Error", seconds=60), _unhealthy(62)))


def test_after_one_restart_it_has_recovered() -> None:
    judged = _case(
        running(300), ended(137, "Error", seconds=301), _unhealthy(303), _killing(302), restarts=1, ready=True
    )

    assert found(judged)["liveness-killed"].grade is Grade.INFO


def test_ready_again_after_the_fourth_restart_is_not_recovered_before_it_lives_longer() -> None:
    def judged(lived: float) -> Case:
        end = ended(137, "Error", seconds=lived + 1, ran=90)
        return _case(running(lived), end, _unhealthy(lived + 3), _killing(lived + 2), ready=True)

    assert found(judged(40))["liveness-killed"].grade is Grade.ERROR
    assert found(judged(400))["liveness-killed"].grade is Grade.INFO


def test_a_failing_liveness_probe_that_has_not_killed_yet_is_a_warning() -> None:
    worker = container("worker", running(3000), ready=True, started=True, livenessProbe=_PROBE)
    conditions: dict[str, str | Json] = {
        "Ready": "True",
        "ContainersReady": {"status": "True", "lastTransitionTime": "2026-03-01T11:00:00Z"},
    }
    judged = case(pod(worker, conditions=conditions), _unhealthy(5, count=2))

    assert found(judged)["probe-flapping"].grade is Grade.WARNING
