"""Pods that are deleted and don't go."""

from typing import Any

import pytest

from kubectl_mc.doctor.finding import Certainty, Grade
from tests.doctor.cases import case, event, found, primary
from tests.pods import Entry, Json, ago, container, ended, pod, running, sidecar


def up(name: str = "app", **spec: Any) -> Entry:
    return container(name, running(600), ready=True, started=True, **spec)


def deleted(*apps: Entry, ended_ago: float, grace: int = 30, finalizers: tuple[str, ...] = (), **more: Any) -> Json:
    """A pod whose grace period ended so long ago; negative for one that runs."""
    document = pod(*apps, deleted=ago(ended_ago), conditions={"Ready": "True", "ContainersReady": "True"}, **more)
    document["metadata"]["deletionGracePeriodSeconds"] = grace
    document["metadata"]["finalizers"] = list(finalizers)
    return document


def test_a_finalizer_that_nobody_removes_is_named() -> None:
    done = container("app", ended(0, "Completed"))
    cause = primary(case(deleted(done, ended_ago=240, grace=0, finalizers=("example.com/audit",), phase="Succeeded")))

    assert cause is not None
    assert cause.id == "terminating-stuck"
    assert "the finalizer example.com/audit holds the deleted pod: its grace period ended 4m ago" in cause.summary
    assert cause.at == "metadata.finalizers"
    assert "if you remove it yourself, the clean-up behind it is skipped" in cause.consequences


def test_a_finalizer_has_a_moment() -> None:
    done = container("app", ended(0, "Completed"))

    assert found(case(deleted(done, ended_ago=5, grace=0, finalizers=("example.com/audit",), phase="Succeeded"))) == {}


def test_a_finalizer_of_a_pod_that_is_not_deleted_holds_nothing() -> None:
    document = pod(up(), conditions={"Ready": "True"})
    document["metadata"]["finalizers"] = ["example.com/audit"]

    assert found(case(document)) == {}


def test_a_pod_that_outlives_its_grace_period_is_the_nodes_affair() -> None:
    cause = primary(case(deleted(up(), up("side"), ended_ago=120)))

    assert cause is not None
    assert (cause.id, cause.certainty) == ("terminating-stuck", Certainty.LIKELY)
    assert "by its status app and side still run, and node node-1 has not reported it gone" in cause.summary


@pytest.mark.parametrize(
    "hook",
    [
        {"sleep": {"seconds": 60}},
        {"exec": {"command": ["sleep", "60"]}},
        {"exec": {"command": ["/bin/sh", "-c", "sleep 60"]}},
    ],
)
def test_a_hook_that_outlasts_the_grace_period_is_the_cause(hook: Json) -> None:
    cause = primary(case(deleted(up(lifecycle={"preStop": hook}), up("side"), ended_ago=-10)))

    assert cause is not None
    assert (cause.id, cause.container) == ("pre-stop-slow", "app")
    assert "the preStop hook of app pauses for 60s, longer than the grace period of 30s" in cause.summary
    assert cause.at == "spec.terminationGracePeriodSeconds"


def test_a_hook_that_failed_is_the_cause() -> None:
    hooked = up(lifecycle={"preStop": {"exec": {"command": ["drain"]}}})
    judged = case(deleted(hooked, ended_ago=-5), event("FailedPreStopHook", "PreStopHook failed", "app"))
    cause = primary(judged)

    assert cause is not None
    assert (cause.id, cause.container) == ("pre-stop-slow", "app")
    assert "the preStop hook of app failed" in cause.summary


def test_a_hook_that_takes_its_time_is_a_warning() -> None:
    hooked = up(lifecycle={"preStop": {"exec": {"command": ["drain"]}}})
    findings = found(case(deleted(hooked, ended_ago=-3000, grace=3600)))

    assert findings["pre-stop-slow"].grade is Grade.WARNING
    assert "app has been in its preStop hook, or ending after it, for 10m" in findings["pre-stop-slow"].summary


TRAPS = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1; done"]


@pytest.mark.parametrize(
    "command", [["sleep", "3600"], ["sh", "-c", "while :; do work; done"], ["/usr/bin/tail", "-f", "x"]]
)
def test_a_process_that_has_no_handler_for_its_signal_is_told_of(command: list[str]) -> None:
    judged = case(
        deleted(up(command=command), up("side", command=TRAPS), ended_ago=-10),
        event("Killing", "Stopping container app", "app", seconds=20, type_="Normal"),
    )
    [finding] = found(judged).values()

    assert (finding.id, finding.container, finding.certainty) == ("pre-stop-slow", "app", Certainty.LIKELY)
    assert "app goes on 20s after it was asked to end, so its main process has no handler" in finding.summary


def test_of_several_that_may_have_ended_already_none_is_blamed() -> None:
    [finding] = found(case(deleted(up(), up("side", command=TRAPS), ended_ago=-10))).values()

    assert (finding.id, finding.container) == ("pre-stop-slow", "")
    assert "one of app and side goes on 20s after it was asked to end" in finding.summary


def test_a_container_with_a_hook_is_likelier_than_its_siblings() -> None:
    hooked = up(lifecycle={"preStop": {"exec": {"command": ["drain"]}}})

    assert [finding.container for finding in found(case(deleted(hooked, up("side"), ended_ago=-10))).values()] == [
        "app"
    ]


def test_a_sidecar_is_ended_last_and_not_blamed_before() -> None:
    document = deleted(up(), ended_ago=-10, init=[sidecar("proxy", running(600), ready=True, started=True)])

    assert [finding.container for finding in found(case(document)).values()] == ["app"]


def test_a_pod_that_has_just_been_deleted_is_let_go() -> None:
    assert found(case(deleted(up(), ended_ago=-25))) == {}
