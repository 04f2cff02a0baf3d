"""Of all that is wrong with a pod one thing is the cause; what follows from it is told with it."""

from kubectl_mc.doctor.diagnosis import diagnose
from kubectl_mc.doctor.finding import Grade
from kubectl_mc.model.health import Severity, pod_severity
from tests.doctor.cases import case, event, primary
from tests.pods import container, ended, pod, running, waiting

_BACK_OFF = waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container")


def test_the_failing_init_step_is_the_cause_and_those_behind_it_only_wait() -> None:
    judged = case(
        pod(
            container("app", waiting("PodInitializing")),
            container("side", waiting("PodInitializing")),
            init=[
                container("migrate", _BACK_OFF, restarts=3, last=ended(1, "Error")),
                container("later", waiting("PodInitializing")),
            ],
            phase="Pending",
            conditions={"Initialized": "False", "Ready": "False"},
        )
    )
    cause = primary(judged)

    assert cause is not None
    assert cause.container == "migrate"
    assert cause.summary.endswith("; later, app and side have not started")
    assert not any("started" in text for text in cause.consequences), "it is said once"
    assert [finding.container for finding in diagnose(judged)] == ["migrate"]


def test_two_faults_are_two_findings_and_one_cause() -> None:
    judged = case(
        pod(
            container("first", _BACK_OFF, restarts=3, last=ended(1, "Error")),
            container("second", _BACK_OFF, restarts=3, last=ended(137, "OOMKilled")),
            conditions={"Ready": "False"},
        )
    )
    findings = diagnose(judged)

    assert [finding.container for finding in findings] == ["first", "second"]
    assert [finding.primary for finding in findings] == [True, False]


def test_a_pod_that_is_well_has_no_findings() -> None:
    judged = case(pod(container("app", running(), ready=True, started=True), conditions={"Ready": "True"}))

    assert diagnose(judged) == ()


def test_what_is_well_again_is_a_note_and_no_cause() -> None:
    judged = case(
        pod(
            container("app", running(), ready=True, started=True, restarts=1, last=ended(1, "Error", seconds=300)),
            conditions={"Ready": "True"},
        )
    )
    [finding] = diagnose(judged)

    assert (finding.id, finding.grade, finding.primary) == ("restarted", Grade.INFO, False)


def test_what_ended_long_ago_is_not_worth_a_word() -> None:
    judged = case(
        pod(
            container("app", running(), ready=True, started=True, restarts=1, last=ended(1, "Error", seconds=90_000)),
            conditions={"Ready": "True"},
        )
    )

    assert diagnose(judged) == ()


def test_only_a_pod_that_serves_is_missed_by_services() -> None:
    for policy, missed in (("Always", True), ("OnFailure", False)):
        judged = case(
            pod(
                container("app", _BACK_OFF, restarts=3, last=ended(1, "Error")),
                conditions={"Ready": "False"},
                restart_policy=policy,
            )
        )
        cause = primary(judged)
        assert cause is not None
        assert any("Services" in text for text in cause.consequences) == missed


def test_no_finding_hands_on_a_secret_that_a_program_or_its_spec_names() -> None:
    hook = {"exec": {"command": ["sh", "-c", "register --token s3cr3t"]}}
    probe = {"exec": {"command": ["redis-cli", "-a", "s3cr3t", "ping"]}}
    refused = waiting("CreateContainerError", 'exec: "rvn": executable file not found')
    judged = case(
        pod(
            container("app", _BACK_OFF, restarts=3, last=ended(1, "Error", message="password=s3cr3t is wrong")),
            container("proxy", _BACK_OFF, restarts=3, last=ended(2, "Error"), args=["--api-key", "s3cr3t"]),
            container("typo", refused, args=["--password=s3cr3t"]),
            container("hooked", waiting("PostStartHookError", "failed"), lifecycle={"postStart": hook}),
            container("cache", running(), started=True, readinessProbe=probe),
            conditions={"Ready": "False"},
        ),
        event("Unhealthy", "Readiness probe failed: GET /ready?token=s3cr3t", "cache", count=9),
        logs={"proxy": ['{"level": "error", "msg": "refused", "token": "s3cr3t"}', "fatal: amqp://me:s3cr3t@127.0.0.1:5672"]},
    )  # fmt: skip
    findings = diagnose(judged)
    told = [
        text for each in findings for text in (each.summary, *each.evidence, *(s.line("mc", "") for s in each.next))
    ]

    assert {finding.container for finding in findings} == {"app", "proxy", "typo", "hooked", "cache"}
    assert [text for text in told if "s3cr3t" in text] == []


def test_a_debug_container_that_does_not_start_is_a_note_on_a_healthy_pod() -> None:
    image = waiting("ImagePullBackOff", 'Back-off pulling image "tools:1": not found')
    judged = case(
        pod(
            container("app", running(), ready=True, started=True),
            ephemeral=[container("debugger", image)],
            conditions={"Ready": "True"},
        )
    )
    findings = diagnose(judged)

    assert [(finding.container, finding.grade) for finding in findings] == [("debugger", Grade.INFO)]
    assert pod_severity(judged.pod) is Severity.OK
