"""Containers that end by themselves are told with how, how often, and in their own words."""

from typing import Any

import pytest

from kubectl_mc.doctor.background import background_start
from kubectl_mc.doctor.diagnosis import diagnose
from kubectl_mc.doctor.finding import Grade
from kubectl_mc.model.parsing import parse_pod
from tests.doctor.cases import case, event, found, primary
from tests.pods import Json, ago, container, ended, pod, running, sidecar, waiting

BACK_OFF = waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container")


def looping(code: int = 1, reason: str = "Error", *, restarts: int = 6, **spec: Any) -> Json:
    return pod(container("app", BACK_OFF, restarts=restarts, last=ended(code, reason), **spec))


def test_a_crash_loop_is_told_in_the_containers_own_words() -> None:
    judged = case(looping(), logs={"app": ["starting", "error: no licence", "bye"]})
    finding = primary(judged)

    assert finding is not None
    assert (finding.id, finding.container) == ("crashloop", "app")
    assert finding.summary == "app ends with exit 1, 3s after its start, restarted 6 times: error: no licence"
    assert "log of app: error: no licence" in finding.evidence


def test_the_termination_message_comes_before_the_log() -> None:
    last = ended(1, "Error", message="cannot open /etc/app.conf\n")
    judged = case(pod(container("app", BACK_OFF, restarts=1, last=last)), logs={"app": ["error: something else"]})
    finding = primary(judged)

    assert finding is not None
    assert finding.summary.endswith(", restarted once so far: cannot open /etc/app.conf")
    assert "termination message of app: cannot open /etc/app.conf" in finding.evidence


def test_silence_is_told_only_where_the_log_was_read() -> None:
    read, unread = primary(case(looping(), logs={"app": []})), primary(case(looping()))

    assert read is not None
    assert unread is not None
    assert read.summary.endswith(", and writes nothing")
    assert unread.summary.endswith("restarted 6 times")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (134, "exit 134, SIGABRT (it aborted by itself)"),
        (139, "exit 139, SIGSEGV (a segmentation fault)"),
        (132, "exit 132, SIGILL (an instruction that this CPU doesn't know)"),
        (3, "exit 3, "),
    ],
)
def test_codes_that_mean_something_are_told_with_it(code: int, words: str) -> None:
    finding = primary(case(looping(code)))

    assert finding is not None
    assert finding.id == "crashloop"
    assert f"app ends with {words}" in finding.summary


def test_a_loop_is_one_in_its_runs_as_well() -> None:
    """Without probes a container is ready as soon as it runs."""
    state = running(seconds=2)
    loop = pod(container("app", state, ready=True, started=True, restarts=5, last=ended(1, seconds=10, ran=3)))
    finding = primary(case(loop))

    assert finding is not None
    assert finding.id == "crashloop"
    assert "10s ago, restarted 5 times, and runs again" in finding.summary


@pytest.mark.parametrize(
    ("restarts", "runs", "ran"),
    [(1, 2, 3), (5, 30, 3), (5, 60, 86_400)],
    ids=["restarted once", "outlived its last instance", "had run for a day"],
)
def test_what_runs_well_again_is_no_loop(restarts: int, runs: float, ran: float) -> None:
    last = ended(1, "Error", seconds=runs + 10, ran=ran)
    judged = case(pod(container("app", running(runs), ready=True, started=True, restarts=restarts, last=last)))
    [finding] = diagnose(judged)

    assert (finding.id, finding.grade) == ("restarted", Grade.INFO)


def test_an_end_long_before_does_not_explain_why_a_container_is_not_ready_now() -> None:
    state = running(seconds=3000)
    judged = case(pod(container("app", state, started=True, restarts=1, last=ended(1, "Error", seconds=3010))))

    assert "crashloop" not in found(judged)


def test_a_failing_step_is_named_with_its_place_its_last_words_and_who_waits() -> None:
    steps = [
        container("wait", ended(0, "Completed")),
        container("migrate", BACK_OFF, restarts=3, last=ended(1, "Error")),
        container("seed", waiting("PodInitializing")),
    ]
    judged = case(
        pod(container("app", waiting("PodInitializing")), init=steps, phase="Pending"),
        logs={"migrate": ["connecting", "error: table orders does not exist"]},
    )
    finding = primary(judged)

    assert finding is not None
    assert (finding.id, finding.container) == ("init-failed", "migrate")
    assert finding.summary == (
        "init step 2 of 3, migrate, fails with exit 1, 3s after its start, restarted 3 times: "
        "error: table orders does not exist; seed and app have not started"
    )


def test_sidecars_count_as_steps_and_under_never_the_pod_has_failed() -> None:
    steps = [sidecar("proxy", ended(0, "Completed")), container("migrate", ended(2, "Error"))]
    judged = case(pod(container("app", waiting("PodInitializing")), init=steps, phase="Failed", restart_policy="Never"))
    [finding] = diagnose(judged)

    assert finding.id == "init-failed"
    assert finding.summary.startswith("init step 2 of 2, migrate, failed with exit 2")
    assert "isn't started again under restartPolicy Never" in finding.summary
    assert finding.summary.endswith("; app has not started; the pod has Failed")


def test_a_step_that_waits_or_has_succeeded_is_no_failure() -> None:
    steps = [container("first", ended(0, "Completed"), last=ended(1)), container("second", waiting("PodInitializing"))]

    assert diagnose(case(pod(container("app", waiting("PodInitializing")), init=steps, phase="Pending"))) == ()


def test_a_native_sidecar_has_an_id_of_its_own() -> None:
    app = container("app", running(), ready=True, started=True)
    judged = case(pod(app, init=[sidecar("proxy", BACK_OFF, restarts=4, last=ended(2, "Error"))]))
    finding = primary(judged)

    assert finding is not None
    assert (finding.id, finding.container) == ("sidecar-crashloop", "proxy")
    assert finding.summary.startswith("sidecar proxy ends with exit 2")


def test_a_sidecar_that_the_kubelet_stopped_at_the_end_of_a_job_is_normal() -> None:
    app = container("report", ended(0, "Completed"))
    judged = case(pod(app, init=[sidecar("proxy", ended(137, "Error"))], phase="Succeeded", restart_policy="OnFailure"))

    assert diagnose(judged) == ()


@pytest.mark.parametrize(
    ("phase", "behind"), [("Failed", "; the pod has Failed"), ("Running", "; the pod fails once the others have ended")]
)
def test_what_is_not_started_again_has_failed(phase: str, behind: str) -> None:
    side = container("side", running(), ready=True, started=True)
    judged = case(
        pod(container("app", ended(3, "Error")), side, phase=phase, restart_policy="Never"), logs={"app": ["no input"]}
    )
    finding = primary(judged)

    assert finding is not None
    assert finding.id == "container-failed"
    assert finding.summary == (
        f"app ended with exit 3, 3s after its start and isn't started again under restartPolicy Never: no input{behind}"
    )


def test_the_job_of_a_failed_pod_is_named() -> None:
    failed = pod(container("app", ended(3, "Error")), phase="Failed", restart_policy="Never")
    failed["metadata"]["ownerReferences"] = [{"kind": "Job", "name": "report", "uid": "1", "controller": True}]
    finding = primary(case(failed))

    assert finding is not None
    assert finding.summary.endswith("; the pod, a pod of Job report, has Failed")


def test_what_ends_well_under_on_failure_is_done() -> None:
    side = container("side", running(), ready=True, started=True)

    assert diagnose(case(pod(container("app", ended(0, "Completed")), side, restart_policy="OnFailure"))) == ()


def test_exit_0_under_always_is_not_to_be() -> None:
    judged = case(looping(0, "Completed", command=["./import"]), logs={"app": ["imported 12"]})
    finding = primary(judged)

    assert finding is not None
    assert (finding.id, finding.container) == ("exits-normally", "app")
    assert "ends without an error (exit 0), 3s after its start" in finding.summary
    assert finding.summary.endswith(
        "restartPolicy Always starts it again: what is to end belongs in a Job or an init container"
    )
    assert "spec.containers[0].command: ./import" in finding.evidence


def test_a_server_that_goes_into_the_background_is_told() -> None:
    finding = primary(case(looping(0, "Completed", command=["sh", "-c", "httpd -p 8080"])))

    assert finding is not None
    assert finding.id == "exits-normally"
    assert finding.summary.endswith("httpd goes on in the background, which ends the main process; start it with -f")


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"command": ["nginx"]}, "nginx goes on in the background"),
        ({"command": ["nginx", "-g", "daemon off;"]}, ""),
        ({"command": ["sh", "-c", "service cron start"]}, "a service goes on"),
        ({"command": ["sh", "-c", "redis-server --daemonize yes"]}, "its program goes on"),
        ({"command": ["httpd", "-f", "-p", "80"]}, ""),
        ({"command": ["sh", "-c", "./server &"]}, "its script ends"),
        ({"command": ["sh", "-c", "./server & wait"]}, ""),
        ({"command": ["sh", "-c", "./server 2>&1"]}, ""),
        ({"command": ["sh", "-c", "./a && ./b"]}, ""),
        ({"command": ["bash"]}, "its command is a shell"),
        ({"image": "registry.example.com/library/ubuntu:24.04"}, "its command is a shell"),
        ({"image": "nginx:1.27"}, ""),
    ],
)
def test_why_a_main_process_ends_at_once(spec: Json, why: str) -> None:
    parsed = parse_pod(pod(container("app", **spec)))
    said = background_start(parsed.containers[0].spec)

    assert said.startswith(why)
    assert bool(said) is bool(why)


@pytest.mark.parametrize("reason", ["StartError", "ContainerStatusUnknown"])
def test_ends_that_were_none_are_not_judged_by_their_code(reason: str) -> None:
    ids = found(case(looping(137, reason)))

    assert not {"crashloop", "unknown-137"} & set(ids)


@pytest.mark.parametrize("reason", ["Evicted", "NodeLost", "DeadlineExceeded", "Preempting"])
def test_the_ends_of_a_pod_that_was_ended_as_a_whole_are_no_crashes(reason: str) -> None:
    judged = case(pod(container("app", ended(1, "Error")), phase="Failed", status={"reason": reason}))

    assert not {"crashloop", "container-failed", "unknown-137"} & set(found(judged))


def test_what_ends_with_an_error_while_its_pod_is_deleted_was_told_to() -> None:
    judged = case(pod(container("app", ended(1, "Error")), deleted=ago(-10)))

    assert "crashloop" not in found(judged)


def test_a_container_killed_for_its_probe_did_not_crash() -> None:
    killing = event("Killing", "Container app failed liveness probe, will be restarted", "app", seconds=120)
    judged = case(looping(137), killing)

    assert not {"crashloop", "unknown-137", "stopped"} & set(found(judged))
