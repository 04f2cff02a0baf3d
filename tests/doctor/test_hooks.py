"""A postStart hook that fails has its container killed, which looks like a kill without a reason."""

import pytest

from tests.doctor.cases import case, event, found, primary
from tests.pods import Json, container, ended, pod, running, waiting

HOOK = {"postStart": {"exec": {"command": ["sh", "-c", "register"]}}}
BACK_OFF = waiting("CrashLoopBackOff", "back-off 1m20s restarting failed container")
MESSAGE = (
    'Exec lifecycle hook ([sh -c register]) for Container "app" in Pod "web_shop(1)" failed - '
    "error: command 'sh -c register' exited with 4: no config\n, message: \"no config\\n\""
)


def test_the_waiting_reason_tells_why() -> None:
    state = waiting("PostStartHookError", MESSAGE)
    side = container("side", waiting("ContainerCreating"))
    finding = primary(case(pod(container("app", state, last=ended(137, "Error"), lifecycle=HOOK), side)))

    assert finding is not None
    assert (finding.id, finding.container) == ("post-start-failed", "app")
    assert finding.summary == (
        "the postStart hook of app fails (command 'sh -c register' exited with 4: no config), so the kubelet kills it"
    )
    assert "spec.containers[0].lifecycle.postStart: exec [sh -c register]" in finding.evidence
    assert "side has not started" in finding.consequences


@pytest.mark.parametrize("said", ["PostStartHook failed", MESSAGE], ids=["of today", "of older versions"])
def test_in_the_back_off_the_event_tells(said: str) -> None:
    app = container("app", BACK_OFF, restarts=4, last=ended(137, "Error"), lifecycle=HOOK)
    finding = primary(case(pod(app), event("FailedPostStartHook", said, "app")))

    assert finding is not None
    assert finding.id == "post-start-failed"
    assert ", so the kubelet kills it, restarted 4 times" in finding.summary
    assert ("exited with 4" in finding.summary) is (said is MESSAGE)


def test_a_crash_of_its_own_is_no_hooks_fault_and_neither_is_a_hook_that_passed_since() -> None:
    failed = event("FailedPostStartHook", "PostStartHook failed", "app", seconds=600)
    crashing = container("app", BACK_OFF, restarts=4, last=ended(1, "Error"), lifecycle=HOOK)
    well = container("app", running(), ready=True, started=True, restarts=1, last=ended(137), lifecycle=HOOK)

    assert "crashloop" in found(case(pod(crashing), failed))
    assert "post-start-failed" not in found(case(pod(well), failed))


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (waiting("PostStartHookError: command 'sh -c register' exited with 126: "), "exited with 126"),
        (
            waiting(
                "PostStartHookError",
                'Exec lifecycle hook ([sh -c register]) for Container "app" in Pod "web_shop(1)" failed - error: '
                "command 'sh -c register' exited with 1: , message: \"no such bucket\\nSee --help\\n\"",
            ),
            "exited with 1: no such bucket",
        ),
        (
            waiting(
                "PostStartHookError",
                'HTTP lifecycle hook (/x) for Container "app" in Pod "web_shop(1)" failed - error: Get '
                '"http://10.244.0.46:9999/x": dial tcp 10.244.0.46:9999: connect: connection refused',
            ),
            'Get "http://10.244.0.46:9999/x": dial tcp 10.244.0.46:9999: connect: connection refused',
        ),
    ],
    ids=["reason of an old kubelet", "output behind the error", "http"],
)
def test_what_kubelets_say_of_a_hook(state: Json, why: str) -> None:
    finding = primary(case(pod(container("app", state, lifecycle=HOOK))))

    assert finding is not None
    assert finding.id == "post-start-failed"
    assert f"{why}), so the kubelet kills it" in finding.summary
