"""Who is refused on a port of its own pod suffers from the one whose port it is."""

import pytest

from kubectl_mc.doctor.diagnosis import diagnose
from kubectl_mc.doctor.finding import Certainty, Finding, Grade
from tests.doctor.cases import case, found, primary
from tests.pods import Entry, container, ended, pod, running, sidecar, waiting

BACK_OFF = waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container")
REFUSED = "dial tcp 127.0.0.1:9000: connect: connection refused"
APP = container("app", BACK_OFF, restarts=6, last=ended(1, "Error"))
PORT = [{"containerPort": 9000}]


@pytest.mark.parametrize(
    "line",
    [
        REFUSED,
        "Error: connect ECONNREFUSED ::1:9000",
        'connection to server at "localhost" (127.0.0.1), port 9000 failed: Connection refused',
        "curl: (7) Failed to connect to localhost port 9000 after 0 ms: Couldn't connect to server",
        "Caused by: java.net.ConnectException: Connection refused: localhost/127.0.0.1:9000",
        "HTTPConnectionPool(host='localhost', port=9000): Max retries exceeded (Connection refused)",
        "Error 111 connecting to localhost:9000. Connection refused.",
    ],
)
def test_the_sibling_that_is_down_is_the_cause_and_the_refused_app_its_consequence(line: str) -> None:
    proxy = container("proxy", BACK_OFF, restarts=6, last=ended(2, "Error"), ports=PORT)
    judged = case(pod(APP, proxy), logs={"app": ["starting", line], "proxy": ["fatal: no certificate"]})
    findings = diagnose(judged)

    assert [finding.container for finding in findings] == ["proxy"]
    assert findings[0].primary
    assert any("(port 9000 is proxy's)" in words for words in findings[0].consequences)


def test_a_port_that_only_the_environment_names_is_known_too() -> None:
    app = container("app", BACK_OFF, restarts=6, last=ended(1), env=[{"name": "URL", "value": "http://localhost:9000"}])
    proxy = container("proxy", BACK_OFF, restarts=6, last=ended(2, "Error"), ports=PORT)
    log = {"app": ["wget: can't connect to remote host (127.0.0.1): Connection refused"]}
    findings = diagnose(case(pod(app, proxy), logs=log))

    assert [finding.container for finding in findings] == ["proxy"]


def test_an_owner_that_is_well_is_not_to_blame() -> None:
    proxy = container("proxy", running(), ready=True, started=True, ports=PORT)
    finding = primary(case(pod(APP, proxy), logs={"app": [REFUSED]}))

    assert finding is not None
    assert (finding.id, finding.container) == ("crashloop", "app")
    assert finding.summary.endswith("connection refused (port 9000 is proxy's)")


def test_nobody_elses_port_is_told_and_a_remote_host_is_none() -> None:
    nobody = primary(case(pod(APP), logs={"app": [REFUSED]}))
    remote = primary(case(pod(APP), logs={"app": ["dial tcp 10.0.0.7:5432: connect: connection refused"]}))

    assert nobody is not None
    assert remote is not None
    assert nobody.summary.endswith("(nothing in the pod is known to listen on port 9000)")
    assert remote.summary.endswith("connection refused")


def test_a_step_that_needs_what_is_started_after_it_never_gets_it() -> None:
    step = container("wait", BACK_OFF, restarts=6, last=ended(1, "Error"))
    app = container("webapp", waiting("PodInitializing"), ports=PORT)
    finding = primary(case(pod(app, init=[step], phase="Pending"), logs={"wait": [REFUSED]}))

    assert finding is not None
    assert (finding.id, finding.container) == ("init-failed", "wait")
    assert "(port 9000 is webapp's, which is started only after it); webapp has not started" in finding.summary


def test_blame_goes_on_to_the_one_that_is_guilty() -> None:
    """A needs B, which needs C, which is down: C is the cause of both."""
    gate = container("gate", BACK_OFF, restarts=6, last=ended(1, "Error"), ports=PORT)
    store = container("store", BACK_OFF, restarts=6, last=ended(2, "Error"), ports=[{"containerPort": 6379}])
    logs = {
        "app": [REFUSED],
        "gate": ["dial tcp 127.0.0.1:6379: connect: connection refused"],
        "store": ["fatal: no disk"],
    }
    findings = diagnose(case(pod(APP, gate, store), logs=logs))

    assert [finding.container for finding in findings] == ["store"]
    assert [words.split()[0] for words in findings[0].consequences][:2] == ["app", "gate"]


def test_who_blame_each_other_are_both_told() -> None:
    a = container("a", BACK_OFF, restarts=6, last=ended(1, "Error"), ports=[{"containerPort": 1111}])
    b = container("b", BACK_OFF, restarts=6, last=ended(1, "Error"), ports=[{"containerPort": 2222}])
    logs = {
        "a": ["dial tcp 127.0.0.1:2222: connect: connection refused"],
        "b": ["dial tcp 127.0.0.1:1111: connect: connection refused"],
    }

    assert [finding.container for finding in diagnose(case(pod(a, b), logs=logs))] == ["a", "b"]


def early(owner: Entry, *, ran: float = 1, init: bool = True) -> dict[str, Finding]:
    last = ended(3, "Error", seconds=290, ran=ran)
    app = container("app", running(280), ready=True, started=True, restarts=1, last=last)
    document = pod(app, init=[owner]) if init else pod(app, owner)
    return found(case(document, logs={"app": [REFUSED]}))


def test_an_app_that_was_too_early_for_its_sidecar_is_a_warning() -> None:
    finding = early(sidecar("proxy", running(295), ready=True, started=True, ports=PORT))["app-before-sidecar"]

    assert (finding.container, finding.grade, finding.certainty) == ("app", Grade.WARNING, Certainty.LIKELY)
    assert finding.summary.startswith("app started before proxy listened on port 9000: it was refused")
    assert finding.at == "spec.initContainers[0].startupProbe"


def test_a_sidecar_among_the_app_containers_orders_nothing_either() -> None:
    classic = container("proxy", running(292), ready=True, started=True, ports=PORT)

    assert "as a native sidecar" in early(classic, init=False)["app-before-sidecar"].summary


@pytest.mark.parametrize(
    "owner",
    [
        sidecar(
            "proxy", running(295), ready=True, started=True, ports=PORT, startupProbe={"tcpSocket": {"port": 9000}}
        ),
        sidecar("proxy", running(3000), ready=True, started=True, ports=PORT),
    ],
    ids=["has a startup probe", "had run for long"],
)
def test_what_was_not_too_early_is_only_a_restart(owner: Entry) -> None:
    assert set(early(owner)) == {"restarted"}
