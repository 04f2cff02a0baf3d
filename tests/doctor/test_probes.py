"""Containers that run and are not ready, or don't count as started: what their probes got for an answer."""

from typing import Any

import pytest

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.diagnosis import diagnose
from kubectl_mc.doctor.finding import Certainty, Grade
from kubectl_mc.model.event import Event
from tests.doctor.cases import case, event, found, primary
from tests.pods import Json, ago, container, ended, pod, running, waiting

_HTTP: Json = {"httpGet": {"path": "/ready", "port": 8080}, "periodSeconds": 5}
_NOT_READY: dict[str, str | Json] = {
    "Ready": "False",
    "ContainersReady": {"status": "False", "lastTransitionTime": ago(480)},
}


def _ready_since(seconds: float) -> dict[str, str | Json]:
    return {"Ready": "True", "ContainersReady": {"status": "True", "lastTransitionTime": ago(seconds)}}


def _unready(probe: Json, *events: Event, seconds: float = 480, logs: list[str] | None = None, **spec: Any) -> Case:
    web = container("web", running(seconds), started=True, readinessProbe=probe, **spec)
    side = container("side", running(seconds), ready=True, started=True, ports=[{"containerPort": 6379}])
    return case(pod(web, side, conditions=_NOT_READY), *events, logs={"web": logs or []})


def _failed(message: str, *, kind: str = "Readiness", count: int = 37, seconds: float = 10) -> Event:
    return event("Unhealthy", f"{kind} probe {message}", "web", count=count, seconds=seconds)


_EXEC: Json = {"exec": {"command": ["curl", "localhost"]}}
_DIAL = "dial tcp 10.0.0.7:8080: connect: connection refused"
_RUNTIME = "rpc error: code = Unknown desc = failed to exec in container: OCI runtime exec failed: exec failed: "

ANSWERS = {
    "a status": (
        _HTTP,
        "failed: HTTP probe failed with statuscode: 503",
        "web answers 503 on :8080/ready, 37 times in",
    ),
    "nobody there": (
        _HTTP,
        f'failed: Get "http://10.0.0.7:8080/ready": {_DIAL}',
        "web refuses connections on :8080/ready, where nothing listens",
    ),
    "no answer": (
        _HTTP,
        'failed: Get "http://10.0.0.7:8080/ready": context deadline exceeded (Client.Timeout exceeded while awaiting '
        "headers)",
        "web does not answer on :8080/ready within 1s",
    ),
    "older Go": (
        _HTTP,
        'failed: Get "http://10.0.0.7:8080/ready": net/http: request canceled (Client.Timeout exceeded while awaiting '
        "headers)",
        "web does not answer on :8080/ready within 1s",
    ),
    "a socket": ({"tcpSocket": {"port": 6380}}, f"failed: {_DIAL}", "web refuses connections on :6380"),
    "no route": (
        _HTTP,
        'failed: Get "http://10.0.0.7:8080/ready": dial tcp 10.0.0.7:8080: connect: no route to host',
        "web cannot be reached on :8080/ready (",
    ),
    "a command": (
        _EXEC,
        "failed: no leader elected\n",
        'web fails its readiness probe\'s command ("no leader elected")',
    ),
    "a slow command": (
        _EXEC,
        'failed: command timed out: "curl localhost" timed out after 1s',
        "web takes longer than 1s for its readiness probe's command",
    ),
    "a slow command, errored": (
        _EXEC,
        "errored: rpc error: code = DeadlineExceeded desc = failed to exec in container: timeout 1s exceeded: context "
        "deadline exceeded",
        "web takes longer than 1s for its readiness probe's command",
    ),
    "no such program": (
        _EXEC,
        f'errored and resulted in unknown state: {_RUNTIME}unable to start container process: exec: "curl": executable '
        "file not found in $PATH: unknown",
        "web has no curl in its image, which its readiness probe runs",
    ),
    "a name that is no port": (
        {"httpGet": {"port": "admin"}},
        'errored and resulted in unknown state: strconv.Atoi: parsing "admin": invalid syntax',
        "web declares no port named admin, which its readiness probe asks",
    ),
    "not serving": (
        {"grpc": {"port": 9000}},
        'failed: service unhealthy (responded with "NOT_SERVING")',
        "web answers NOT_SERVING on :9000",
    ),
    "no TLS": (
        _HTTP,
        'failed: Get "https://10.0.0.7:8080/": http: server gave HTTP response to HTTPS client',
        "web speaks HTTP on :8080/ready, and its readiness probe HTTPS",
    ),
    "the node": (
        {"httpGet": {"port": 8080, "host": "127.0.0.1"}},
        'failed: Get "http://127.0.0.1:8080/": dial tcp 127.0.0.1:8080: connect: connection refused',
        "web has a readiness probe that asks 127.0.0.1:8080, which is the node itself and not the pod",
    ),
}


@pytest.mark.parametrize(("probe", "message", "words"), ANSWERS.values(), ids=ANSWERS)
def test_what_the_probe_got_is_said_in_plain_words(probe: Json, message: str, words: str) -> None:
    cause = primary(_unready(probe, _failed(message)))

    assert cause is not None
    assert (cause.id, cause.container) == ("readiness-probe-failing", "web")
    assert cause.summary.startswith(words)
    assert cause.summary.endswith("so it has not been ready for 8m")
    assert any(message.strip()[:40] in line for line in cause.evidence)
    assert any(line.startswith("spec.containers[0].readinessProbe: ") for line in cause.evidence)


def test_openshift_words_it_otherwise() -> None:
    told = event("ProbeError", "Readiness probe error: HTTP probe failed with statuscode: 500\nbody: no", "web")
    cause = primary(_unready(_HTTP, told))

    assert cause is not None
    assert cause.summary.startswith("web answers 500 on :8080/ready")


def test_a_named_port_is_shown_by_its_number() -> None:
    named = {"httpGet": {"path": "/ready", "port": "http"}}
    ports = [{"containerPort": 3000, "name": "http"}]
    cause = primary(_unready(named, _failed("failed: HTTP probe failed with statuscode: 503"), ports=ports))

    assert cause is not None
    assert cause.summary.startswith("web answers 503 on :3000/ready")


def test_where_nothing_listens_it_is_said_what_is_declared() -> None:
    cause = primary(_unready(_HTTP, _failed(f"failed: {_DIAL}"), ports=[{"containerPort": 3000}]))

    assert cause is not None
    assert "where nothing listens (it declares 3000)" in cause.summary


def test_without_an_event_the_probe_is_only_likely() -> None:
    cause = primary(_unready(_HTTP))

    assert cause is not None
    assert (cause.id, cause.certainty) == ("readiness-probe-failing", Certainty.LIKELY)


def test_an_event_about_an_earlier_instance_makes_it_no_more_than_likely() -> None:
    cause = primary(_unready(_HTTP, _failed("failed: HTTP probe failed with statuscode: 503", seconds=600)))

    assert cause is not None
    assert cause.certainty is Certainty.LIKELY
    assert "times in" not in cause.summary


def test_a_container_younger_than_its_probes_budget_is_on_its_way() -> None:
    assert not diagnose(_unready(_HTTP, _failed(f"failed: {_DIAL}", count=2, seconds=2), seconds=14))


def test_a_probe_that_failed_while_the_container_started_is_silent_once_it_passes() -> None:
    web = container("web", running(300), ready=True, started=True, readinessProbe=_HTTP)
    judged = case(pod(web, conditions=_ready_since(240)), _failed(f"failed: {_DIAL}", count=9, seconds=245))

    assert not diagnose(judged)


def test_a_probe_that_fails_again_and_again_while_the_pod_is_ready_is_a_warning() -> None:
    web = container("web", running(3000), ready=True, started=True, readinessProbe=_HTTP)
    judged = case(pod(web, conditions=_ready_since(2900)), _failed("failed: HTTP probe failed with statuscode: 503"))
    finding = found(judged)["probe-flapping"]

    assert finding.grade is Grade.WARNING
    assert finding.summary.startswith("web's readiness probe fails now and then, 37 times in")


def test_a_single_failure_is_not_worth_a_word() -> None:
    web = container("web", running(3000), ready=True, started=True, readinessProbe=_HTTP)
    judged = case(pod(web, conditions=_ready_since(2900)), _failed("failed: HTTP probe failed", count=1))

    assert not diagnose(judged)


def test_a_pod_that_is_being_deleted_need_not_be_ready() -> None:
    web = container("web", running(480), started=True, readinessProbe=_HTTP)
    judged = case(pod(web, conditions=_NOT_READY, deleted=ago(-10)), _failed(f"failed: {_DIAL}"))

    assert "readiness-probe-failing" not in found(judged)


def test_what_waits_for_a_sibling_that_is_down_is_a_consequence_of_it() -> None:
    web = container("web", running(480), started=True, readinessProbe=_HTTP)
    back_off = waiting("CrashLoopBackOff", "back-off 5m0s")
    db = container("db", back_off, restarts=4, last=ended(1, "Error"), ports=[{"containerPort": 5432}])
    judged = case(
        pod(web, db, conditions=_NOT_READY),
        _failed("failed: HTTP probe failed with statuscode: 503"),
        logs={"web": ["dial tcp 127.0.0.1:5432: connect: connection refused"]},
    )
    [finding] = diagnose(judged)

    assert finding.container == "db"
    assert any("web answers 503" in consequence for consequence in finding.consequences)


def test_a_container_without_a_readiness_probe_that_nobody_reports_ready() -> None:
    def judged(seconds: float) -> Case:
        return case(pod(container("web", running(seconds), started=True), conditions=_NOT_READY))

    assert found(judged(300))["not-ready"].container == "web"
    assert not diagnose(judged(5))


_STARTUP: Json = {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 10, "failureThreshold": 30}


def _starting(seconds: float, **more: Any) -> Json:
    web = container("web", running(seconds), started=False, startupProbe=_STARTUP, **more)
    return pod(web, conditions={"Ready": "False"})


@pytest.mark.parametrize(
    ("seconds", "grade"), [(60, None), (240, Grade.WARNING), (320, Grade.ERROR)], ids=["early", "late", "overdue"]
)
def test_a_start_is_judged_by_what_its_probe_allows(seconds: float, grade: Grade | None) -> None:
    judged = case(_starting(seconds), _failed(f"failed: {_DIAL}", kind="Startup", seconds=5, count=3))
    finding = found(judged).get("startup-probe-failing")

    assert (finding.grade if finding else None) is grade
    if finding is not None and grade is Grade.WARNING:
        assert finding.summary == (
            "web has not passed its startup probe for 4m of 5m: it refuses connections on :8080, where nothing listens"
        )


def test_a_start_that_was_killed_for_its_probe_is_an_error_from_its_first_second() -> None:
    judged = case(
        _starting(10, restarts=2, last=ended(137, "Error", seconds=11, ran=300)),
        _failed(f"failed: {_DIAL}", kind="Startup", seconds=12),
        event("Killing", "Container web failed startup probe, will be restarted", "web", seconds=12, count=2),
    )
    cause = primary(judged)

    assert cause is not None
    assert (cause.id, cause.certainty) == ("startup-probe-failing", Certainty.OBSERVED)
    assert "within the 5m that it is given, so the kubelet restarts it, 2 times so far" in cause.summary


_SIBLING = container(
    "proxy", running(480), ready=True, started=True, ports=[{"containerPort": 15021, "name": "status"}]
)


def _aimed(port: int | str, *, ready: bool, **more: Any) -> Json:
    probe = {"httpGet": {"path": "/", "port": port, **more}}
    app = container("web", running(480), ready=ready, started=True, readinessProbe=probe)
    return pod(app, _SIBLING, conditions={"Ready": str(ready)})


def test_a_probe_that_asks_a_siblings_port_is_named_with_both() -> None:
    finding = primary(case(_aimed(15021, ready=False), _failed("failed: HTTP probe failed with statuscode: 404")))

    assert finding is not None
    assert (finding.id, finding.container) == ("probe-wrong-container", "web")
    assert finding.summary == (
        "web's readiness probe asks port 15021, which is proxy's, so web is judged by what proxy answers"
    )
    assert "spec.containers[1].ports[0]: 15021/TCP status" in finding.evidence


def test_a_probe_that_names_a_siblings_port_finds_none() -> None:
    message = 'errored and resulted in unknown state: strconv.Atoi: parsing "status": invalid syntax'
    finding = primary(case(_aimed("status", ready=False), _failed(message)))

    assert finding is not None
    assert (finding.id, finding.certainty) == ("probe-wrong-container", Certainty.OBSERVED)
    assert "which only proxy declares" in finding.summary


def test_while_the_siblings_answer_is_good_it_is_a_warning() -> None:
    assert found(case(_aimed(15021, ready=True)))["probe-wrong-container"].grade is Grade.WARNING


def test_istios_rewritten_probes_ask_the_proxy_on_purpose() -> None:
    assert not diagnose(case(_aimed(15021, ready=True, path="/app-health/web/readyz")))


def test_a_port_that_the_container_declares_itself_is_its_own() -> None:
    probe = {"httpGet": {"port": 15021}}
    ports = [{"containerPort": 15021}]
    app = container("web", running(480), ready=True, started=True, readinessProbe=probe, ports=ports)

    assert set(found(case(pod(app, _SIBLING, conditions={"Ready": "True"})))) == {"port-conflict"}


def test_a_secret_in_a_probes_command_is_not_shown() -> None:
    probe: Json = {"exec": {"command": ["mysqladmin", "ping", "--password=hunter2"]}}
    cause = primary(_unready(probe, _failed("failed: mysqladmin: connect to server failed")))

    assert cause is not None
    assert "hunter2" not in repr(cause)


def test_what_has_to_be_changed_is_the_workload_and_not_the_pod() -> None:
    document = _aimed(15021, ready=False)
    owner = {"kind": "StatefulSet", "name": "shop", "uid": "s", "controller": True}
    document["metadata"]["ownerReferences"] = [owner]
    cause = primary(case(document, _failed("failed: HTTP probe failed with statuscode: 404")))

    assert cause is not None
    assert cause.next[-1].line("kubectl mc", "shop") == "kubectl edit statefulset/shop -n shop"
