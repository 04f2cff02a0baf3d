"""Health, severity, progress and the next command, by the state of a pod."""

import pytest

from kubectl_mc.model.health import Health, Severity, container_health, pod_severity
from kubectl_mc.model.next_step import next_steps
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.progress import init_progress
from kubectl_mc.model.summary import summarize
from kubectl_mc.model.truth import facts
from tests.model.test_summary import CRASH_LOOP, CRASHED, INITIALIZED, MISLEADING
from tests.pods import NOW, Json, ago, container, ended, pod, running, sidecar, waiting

DONE = ended(0, "Completed")
KILLED = ended(137, "Error")


@pytest.mark.parametrize(
    ("document", "health"),
    [
        (pod(container("c", running(), ready=True)), Health.READY),
        (pod(container("c", running())), Health.UNREADY),
        (pod(container("c", running(), started=False)), Health.WORKING),
        (pod(container("c", waiting("ContainerCreating"))), Health.WAITING),
        (pod(container("c", waiting("PodInitializing"))), Health.WAITING),
        (pod(container("c", waiting())), Health.WAITING),
        (pod(container("c", CRASH_LOOP)), Health.FAILED),
        (pod(container("c", waiting("SomethingNobodyKnows"))), Health.FAILED),
        (pod(container("c")), Health.UNREADY),
        (pod(container("c", DONE)), Health.FAILED),
        (pod(container("c", DONE), restart_policy="OnFailure"), Health.DONE),
        (pod(container("c", CRASHED), restart_policy="OnFailure"), Health.FAILED),
        (pod(container("c", DONE), phase="Succeeded"), Health.DONE),
        (pod(container("c", KILLED), deleted=ago(-5)), Health.DONE),
        (pod(container("c", CRASHED), deleted=ago(-5)), Health.FAILED),
        (pod(init=[container("c", running())]), Health.WORKING),
        (pod(init=[container("c", DONE)]), Health.DONE),
        (pod(init=[container("c", CRASHED)]), Health.FAILED),
        (pod(init=[sidecar("c", running(), started=True, ready=True)]), Health.READY),
        (pod(init=[sidecar("c", running(), started=False)]), Health.WORKING),
        (pod(init=[sidecar("c", KILLED)]), Health.FAILED),
        (pod(container("a", DONE), init=[sidecar("c", KILLED)], phase="Succeeded"), Health.DONE),
        (pod(container("a", DONE), init=[sidecar("c", KILLED)], restart_policy="Never"), Health.DONE),
        (pod(container("a", DONE), init=[sidecar("c", CRASHED)], phase="Succeeded"), Health.FAILED),
        (pod(ephemeral=[container("c", running())]), Health.READY),
        (pod(ephemeral=[container("c", ended(130, "Error"))]), Health.DONE),
    ],
)
def test_the_health_of_a_container(document: Json, health: Health) -> None:
    parsed = parse_pod(document)
    [judged] = [c for c in parsed.containers if c.name == "c"]

    assert container_health(judged, parsed) is health


_UNSCHEDULABLE = {"PodScheduled": {"status": "False", "reason": "Unschedulable"}}
_GATED = {"PodScheduled": {"status": "False", "reason": "SchedulingGated"}}
_READY = container("c", running(), ready=True)


@pytest.mark.parametrize(
    ("document", "severity"),
    [
        (pod(_READY), Severity.OK),
        (pod(container("c", running())), Severity.WARNING),
        (pod(_READY, container("d", CRASH_LOOP)), Severity.ERROR),
        (pod(_READY, init=[container("i", DONE)]), Severity.OK),
        (pod(container("c", DONE), phase="Succeeded"), Severity.DONE),
        (pod(container("c", CRASHED), phase="Failed"), Severity.ERROR),
        (pod(container("c"), phase="Unknown"), Severity.ERROR),
        (pod(container("c"), phase="Pending", conditions=_UNSCHEDULABLE), Severity.ERROR),
        (pod(container("c"), phase="Pending", conditions=_GATED), Severity.PROGRESS),
        (pod(container("c", waiting("PodInitializing")), init=[container("i", running())]), Severity.PROGRESS),
        (pod(_READY, deleted=ago(-5)), Severity.PROGRESS),
        (pod(container("c", CRASH_LOOP), deleted=ago(-5)), Severity.WARNING),
        (pod(_READY, gates=["g"], conditions={"Ready": "False"}), Severity.WARNING),
        (pod(_READY, gates=["g"], conditions={"Ready": "True", "g": "True"}), Severity.OK),
        (pod(), Severity.PROGRESS),
    ],
)
def test_the_severity_of_a_pod(document: Json, severity: Severity) -> None:
    assert pod_severity(parse_pod(document)) is severity


_WAITS = waiting("PodInitializing")


@pytest.mark.parametrize(
    ("document", "progress"),
    [
        (pod(container("a", running())), None),
        (pod(container("a", _WAITS), init=[container("i", running()), container("j", _WAITS)]), (0, 2, "i")),
        (pod(container("a", _WAITS), init=[container("i", DONE), container("j", CRASHED)]), (1, 2, "j")),
        (
            pod(container("a", _WAITS), init=[sidecar("s", running(), started=True), container("j", _WAITS)]),
            (1, 2, "j"),
        ),
        (
            pod(container("a", _WAITS), init=[sidecar("s", running(), started=False), container("j", _WAITS)]),
            (0, 2, "s"),
        ),
        (pod(container("a", _WAITS), init=[sidecar("s", running())]), (1, 1, None)),
        (pod(container("a", running()), init=[sidecar("s", CRASH_LOOP)]), (1, 1, None)),
        (pod(container("a"), init=[container("i", CRASHED)], conditions=INITIALIZED), (1, 1, None)),
        (pod(container("a", DONE), init=[container("i", DONE)], phase="Succeeded"), (1, 1, None)),
        (pod(container("a"), init=[container("i"), container("j")], phase="Pending"), (0, 2, "i")),
    ],
)
def test_the_progress_of_an_init_sequence(document: Json, progress: tuple[int, int, str | None] | None) -> None:
    found = init_progress(parse_pod(document))

    assert (found and (found.done, found.total, found.current and found.current.name)) == progress


def _next(document: Json, program: str = "kubectl mc", connection: tuple[str, ...] = ()) -> list[str]:
    parsed = parse_pod(document)
    return [step.command for step in next_steps(parsed, facts(parsed, summarize(parsed), NOW), program, connection)]


CRASHING = pod(container("app", CRASH_LOOP, last=CRASHED))


def test_a_crash_loop_asks_for_the_logs_of_the_instance_that_ended() -> None:
    assert _next(CRASHING) == ["kubectl mc logs web -c app --previous -n shop", "kubectl mc doctor web -n shop"]


def test_a_container_without_an_image_asks_for_events() -> None:
    assert _next(pod(container("app", waiting("ErrImagePull"))))[0] == "kubectl mc events web -n shop"


def test_an_init_step_that_runs_asks_for_its_logs() -> None:
    [step] = [document for name, document, _, _ in MISLEADING if name.startswith("the second of three")]

    assert _next(step)[0] == "kubectl mc logs web -c i2 -n shop"


def test_the_next_command_reaches_the_same_cluster() -> None:
    assert _next(CRASHING, connection=("--context", "my cluster")) == [
        "kubectl mc logs web -c app --previous --context 'my cluster' -n shop",
        "kubectl mc doctor web --context 'my cluster' -n shop",
    ]


def test_the_next_command_is_called_as_this_tool_was() -> None:
    assert all(command.startswith("kubectl mc demo ") for command in _next(CRASHING, program="kubectl mc demo"))


def test_names_are_quoted_for_the_shell() -> None:
    document = pod(container("$(reboot)", CRASH_LOOP, last=CRASHED), name="a b;c")

    assert _next(document)[0] == "kubectl mc logs 'a b;c' -c '$(reboot)' --previous -n shop"


@pytest.mark.parametrize(
    "document",
    [
        pod(_READY, conditions={"Ready": "True"}),
        pod(container("a", DONE), init=[sidecar("s", KILLED)], phase="Succeeded", restart_policy="Never"),
    ],
    ids=["healthy", "succeeded"],
)
def test_there_is_no_next_command_where_nothing_is_wrong(document: Json) -> None:
    assert _next(document) == []


def test_a_job_that_a_second_app_container_holds_open_is_above_the_pods_that_are_well() -> None:
    held = pod(container("report", DONE), container("proxy", running(), ready=True), restart_policy="Never")
    well = pod(
        container("report", running(), ready=True), container("proxy", running(), ready=True), restart_policy="Never"
    )

    assert pod_severity(parse_pod(held)) is Severity.PROGRESS
    assert pod_severity(parse_pod(well)) is Severity.OK
