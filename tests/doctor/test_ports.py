"""A port that is taken is told with the one who has it, whatever language the complaint is in."""

from typing import Any

import pytest

from kubectl_mc.doctor.diagnosis import diagnose
from kubectl_mc.doctor.finding import Certainty, Finding, Grade
from tests.doctor.cases import case, found, primary
from tests.pods import Entry, Json, container, ended, pod, running, sidecar, waiting

BACK_OFF = waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container")
WEBAPP = container("webapp", running(), ready=True, started=True, ports=[{"containerPort": 8080}])


def admin(code: int = 1, restarts: int = 6, **spec: Any) -> Entry:
    entry = container("admin", BACK_OFF, restarts=restarts, last=ended(code, "Error"))
    entry.spec.update(spec)
    return entry


def judged(*lines: str, others: tuple[Entry, ...] = (WEBAPP,), **spec: Any) -> Finding | None:
    return primary(case(pod(admin(**spec), *others), logs={"admin": lines}))


@pytest.mark.parametrize(
    "lines",
    [
        ["Error: listen EADDRINUSE: address already in use :::8080", "    at Server.setupListenHandle"],
        ["node:events:485", "Error: listen EADDRINUSE", "  code: 'EADDRINUSE',", "  port: 8080", "}"],
        ["2026/03/01 12:00:00 listen tcp :8080: bind: address already in use"],
        ["nginx: [emerg] bind() to 0.0.0.0:8080 failed (98: Address already in use)", "nginx: still could not bind()"],
        ["[Errno 98] error while attempting to bind on address ('0.0.0.0', 8080): address already in use"],
        ["[2026-03-01 12:00:00 +0000] [1] [ERROR] Connection in use: ('0.0.0.0', 8080)"],
        ["Web server failed to start. Port 8080 was already in use."],
        ["Address already in use - bind(2) for \"0.0.0.0\" port 8080 (Errno::EADDRINUSE)"],
        ["Failed to bind to address http://[::]:8080: address already in use."],
        ["[ALERT] Starting frontend http: cannot bind socket (Address already in use) [0.0.0.0:8080]"],
        ["cannot bind '0.0.0.0:8080': Address already in use"],
        ["listen tcp 0.0.0.0:8080: bind: Only one usage of each socket address is normally permitted."],
        ["LOG:  could not bind IPv4 address \"0.0.0.0\": Address already in use",
         "HINT:  Is another postmaster already running on port 8080? If not, wait a few seconds and retry.",
         'WARNING:  could not create listen socket for "*"', "FATAL:  could not create any TCP/IP sockets"],
    ],
)  # fmt: skip
def test_the_sibling_that_has_the_port_is_named(lines: list[str]) -> None:
    finding = judged(*lines)

    assert finding is not None
    assert (finding.id, finding.container, finding.certainty) == ("port-conflict", "admin", Certainty.OBSERVED)
    assert finding.summary == (
        "admin wants port 8080, on which webapp listens, and ends with exit 1, 3s after its start, restarted 6 times: "
        "containers of a pod share one network"
    )
    assert "spec.containers[1].ports[0]: containerPort: 8080 (webapp)" in finding.evidence


def test_where_the_log_has_no_number_the_command_has_it() -> None:
    finding = judged("httpd: bind: Address already in use", command=["httpd", "-f", "-p", "8080"])

    assert finding is not None
    assert finding.summary.startswith("admin wants port 8080, on which webapp listens")
    assert finding.at == "spec.containers[0].command"


def test_a_sibling_whose_only_argument_is_the_port_likely_has_it() -> None:
    web = container("web", running(), ready=True, started=True, args=["8080"])
    finding = judged("httpd: bind: Address already in use", others=(web,), command=["httpd", "-f", "-p", "8080"])

    assert finding is not None
    assert finding.summary.startswith("admin wants port 8080, on which web listens")
    assert finding.certainty is Certainty.LIKELY
    assert "spec.containers[1].args[0]: args: 8080 (web)" in finding.evidence


def test_a_native_sidecar_has_a_steps_port() -> None:
    migrate = container("migrate", BACK_OFF, restarts=2, last=ended(1, "Error"))
    proxy = sidecar("proxy", running(), ready=True, started=True, command=["httpd", "-f", "-p", "15000"])
    app = container("app", waiting("PodInitializing"))
    finding = primary(
        case(
            pod(app, init=[proxy, migrate], phase="Pending"),
            logs={"migrate": ["listen tcp :15000: bind: address already in use"]},
        )
    )

    assert finding is not None
    assert (finding.id, finding.container) == ("port-conflict", "migrate")
    assert finding.summary.startswith(
        "init step 2 of 2, migrate, wants port 15000, on which sidecar proxy listens, and ends"
    )


def test_a_port_of_another_protocol_and_a_step_that_is_over_have_no_part_in_it() -> None:
    dns = container("dns", running(), ready=True, started=True, ports=[{"containerPort": 8080, "protocol": "UDP"}])
    over = container("setup", ended(0, "Completed"), ports=[{"containerPort": 8080}])
    log = {"admin": ["listen tcp :8080: bind: address already in use"]}
    finding = primary(case(pod(admin(), dns, init=[over]), logs=log))

    assert finding is not None
    assert (finding.id, finding.certainty) == ("port-conflict", Certainty.LIKELY)
    assert "which is taken" in finding.summary
    assert "it binds it twice itself, or a sibling has it without a word" in finding.summary


def test_alone_it_is_itself_or_soon_after_a_restart_its_former_instance() -> None:
    line = "listen tcp :8080: bind: address already in use"
    twice, former = judged(line, others=()), judged(line, others=(), restarts=1)

    assert twice is not None
    assert former is not None
    assert twice.summary.endswith("while no other container runs: it binds it twice itself")
    assert "connections of its former instance may still hold it" in former.summary


def test_under_host_network_it_is_the_node() -> None:
    document = pod(admin())
    document["spec"]["hostNetwork"] = True
    finding = primary(case(document, logs={"admin": ["listen tcp :10250: bind: address already in use"]}))

    assert finding is not None
    assert "port 10250, which something else has on node node-1" in finding.summary


def test_one_that_goes_on_without_its_port_is_not_ready_for_it() -> None:
    probe = {"httpGet": {"port": 8080}}
    app = container("admin", running(), started=True, readinessProbe=probe)
    finding = primary(case(pod(app, WEBAPP), logs={"admin": ["[ERROR] Connection in use: ('0.0.0.0', 8080)"]}))

    assert finding is not None
    assert finding.id == "port-conflict"
    assert finding.summary.startswith("admin wants port 8080, on which webapp listens, and runs without it")


@pytest.mark.parametrize(
    "lines",
    [
        ["error: the name admin is already in use"],
        ["Address already in use :8080, trying 8081", *["request"] * 30, "error: no licence"],
        ["listen tcp :80: bind: permission denied"],
    ],
)
def test_other_complaints_are_no_conflict(lines: list[str]) -> None:
    finding = judged(*lines)

    assert finding is not None
    assert finding.id == "crashloop"


def both(**second: object) -> Json:
    other = container("admin", running(), ready=True, started=True, ports=[{"containerPort": 8080, **second}])
    return pod(WEBAPP, other, conditions={"Ready": "True"})


def test_a_clash_that_has_not_come_true_is_a_warning() -> None:
    [finding] = diagnose(case(both()))

    assert (finding.id, finding.grade, finding.container) == ("port-conflict", Grade.WARNING, "admin")
    assert finding.summary.startswith("webapp and admin declare port 8080/TCP")


def test_one_port_of_two_protocols_is_no_clash() -> None:
    assert diagnose(case(both(protocol="UDP"))) == ()


def test_one_that_has_come_true_is_told_once() -> None:
    clash = pod(admin(ports=[{"containerPort": 8080}]), WEBAPP)
    findings = diagnose(case(clash, logs={"admin": ["listen tcp :8080: bind: address already in use"]}))

    assert [(finding.id, finding.grade) for finding in findings] == [("port-conflict", Grade.ERROR)]


def test_a_pod_that_the_kubelet_turned_away_for_a_host_port() -> None:
    status = {"reason": "NodePorts", "message": "Pod was rejected: Predicate NodePorts failed"}
    app = container("app", ports=[{"containerPort": 80, "hostPort": 8099}])
    findings = found(case(pod(app, phase="Failed", status=status)))

    assert list(findings) == ["port-conflict"]
    assert findings["port-conflict"].container == "app"
    assert findings["port-conflict"].summary == (
        "node node-1 turned the pod away: host port 8099 of app is taken there by another pod"
    )


def test_other_rejections_are_none() -> None:
    app = container("app", ports=[{"containerPort": 80, "hostPort": 8099}])

    assert "port-conflict" not in found(case(pod(app, phase="Failed", status={"reason": "OutOfcpu"})))
