"""READY, STATUS and RESTARTS as the API server's printPod has them, branch by branch."""

import pytest

from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.summary import summarize
from tests.pods import NOW, Json, ago, container, ended, pod, running, sidecar, waiting

INITIALIZED = {"Initialized": "True"}
CRASHED = ended(1, "Error")
CRASH_LOOP = waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container")

# What stands in status-of-kubectl tables where kubectl and the truth differ; `tests/model/test_truth.py` has the truth.
MISLEADING: list[tuple[str, Json, str, str]] = [
    (
        "one of two sidecars crash-loops",
        pod(
            container("app", running(), ready=True),
            init=[sidecar("a", CRASH_LOOP, started=False), sidecar("b", running(), started=True, ready=True)],
            conditions=INITIALIZED,
        ),
        "1/3",
        "Init:CrashLoopBackOff",
    ),
    (
        "a sidecar has started and is not ready",
        pod(
            container("app", running(), ready=True),
            init=[sidecar("proxy", running(), started=True)],
            conditions=INITIALIZED,
        ),
        "1/2",
        "Running",
    ),
    (
        "one container is done and the other crash-loops",
        pod(
            container("c0", ended(0, "Completed")),
            container("c1", CRASH_LOOP, last=CRASHED),
            restart_policy="OnFailure",
            conditions=INITIALIZED,
        ),
        "0/2",
        "Completed",
    ),
    (
        "one is done, one crash-loops, one is ready",
        pod(
            container("c0", ended(0, "Completed")),
            container("c1", CRASH_LOOP, last=CRASHED),
            container("c2", running(), ready=True),
            restart_policy="OnFailure",
            conditions={**INITIALIZED, "Ready": "False"},
        ),
        "1/3",
        "NotReady",
    ),
    (
        "two faults at once",
        pod(container("c0", waiting("ImagePullBackOff")), container("c1", ended(137, "OOMKilled"))),
        "0/2",
        "ImagePullBackOff",
    ),
    (
        "a job is done and its sidecar was killed afterwards",
        pod(
            container("app", ended(0, "Completed")),
            init=[sidecar("log", ended(137, "Error"), started=False)],
            phase="Succeeded",
            restart_policy="Never",
            conditions=INITIALIZED,
        ),
        "0/2",
        "Completed",
    ),
    (
        "the second of three init steps runs",
        pod(
            container("app", waiting("PodInitializing")),
            init=[
                container("i1", ended(0, "Completed"), ready=True),
                container("i2", running()),
                container("i3", waiting("PodInitializing")),
            ],
            phase="Pending",
            conditions={"Initialized": "False"},
        ),
        "0/1",
        "Init:1/3",
    ),
    (
        "a sidecar's startup probe holds a plain init step up",
        pod(
            container("app", waiting("PodInitializing")),
            init=[sidecar("proxy", running(), started=False), container("migrate", waiting("PodInitializing"))],
            phase="Pending",
            conditions={"Initialized": "False"},
        ),
        "0/2",
        "Init:0/2",
    ),
    (
        "an evicted pod",
        pod(
            container("app", ended(137, "Error")),
            phase="Failed",
            status={"reason": "Evicted", "message": "The node was low on resource: memory."},
        ),
        "0/1",
        "Error",
    ),
    (
        "a failed pod that is being deleted",
        pod(container("app", ended(1, "Error")), phase="Failed", deleted=ago(-10), restart_policy="Never"),
        "0/1",
        "Error",
    ),
    (
        "a pod that is deleted while its init step crash-loops",
        pod(
            container("app", waiting("PodInitializing")),
            init=[container("setup", CRASH_LOOP, last=CRASHED, restarts=4)],
            phase="Pending",
            deleted=ago(-10),
        ),
        "0/1",
        "Terminating",
    ),
    (
        "one of two containers fails its readiness probe",
        pod(container("a", running(), ready=True), container("b", running()), conditions=INITIALIZED),
        "1/2",
        "Running",
    ),
]

BRANCHES: list[tuple[str, Json, str, str]] = [
    ("a pod that nobody has seen yet", pod(container("app"), phase="Pending", node=""), "0/1", "Pending"),
    ("a running pod", pod(container("app", running(), ready=True)), "1/1", "Running"),
    (
        "status.reason is above the phase",
        pod(container("app"), phase="Failed", status={"reason": "Evicted"}),
        "0/1",
        "Evicted",
    ),
    (
        "a scheduling gate is above the phase",
        pod(
            container("app"),
            phase="Pending",
            conditions={"PodScheduled": {"status": "False", "reason": "SchedulingGated"}},
        ),
        "0/1",
        "SchedulingGated",
    ),
    (
        "the gate's reason counts in no other condition",
        pod(container("app"), phase="Pending", conditions={"Ready": {"status": "False", "reason": "SchedulingGated"}}),
        "0/1",
        "Pending",
    ),
    (
        "4a: a sidecar that ended with 0 is passed over, and not ready",
        pod(container("app", running(), ready=True), init=[sidecar("log", ended(0, "Completed"), ready=True)]),
        "1/2",
        "Running",
    ),
    (
        "4b: a sidecar that has started and is ready counts",
        pod(container("app", running(), ready=True), init=[sidecar("log", running(), started=True, ready=True)]),
        "2/2",
        "Running",
    ),
    (
        "4b: a plain init container that says it has started does not count",
        pod(
            container("app", waiting("PodInitializing")),
            init=[container("setup", running(), started=True, ready=True)],
            phase="Pending",
        ),
        "0/1",
        "Init:0/1",
    ),
    (
        "4c: an init step that failed, by its reason",
        pod(container("app", waiting("PodInitializing")), init=[container("setup", CRASHED)], phase="Pending"),
        "0/1",
        "Init:Error",
    ),
    (
        "4c: by its signal where there is no reason",
        pod(container("app"), init=[container("setup", ended(137, signal=9))], phase="Pending"),
        "0/1",
        "Init:Signal:9",
    ),
    (
        "4c: by its exit code where there is neither",
        pod(container("app"), init=[container("setup", ended(3))], phase="Pending"),
        "0/1",
        "Init:ExitCode:3",
    ),
    (
        "4d: an init step that waits for its image",
        pod(container("app"), init=[container("setup", waiting("ErrImagePull"))], phase="Pending"),
        "0/1",
        "Init:ErrImagePull",
    ),
    (
        "4e: an init step that waits for the pod",
        pod(container("app"), init=[container("setup", waiting("PodInitializing"))], phase="Pending"),
        "0/1",
        "Init:0/1",
    ),
    (
        "4e: an empty state",
        pod(container("app"), init=[container("setup", {})], phase="Pending"),
        "0/1",
        "Init:0/1",
    ),
    (
        "4e: the numbers count sidecars on both sides",
        pod(
            container("app"),
            init=[sidecar("log", running(), started=True, ready=True), container("setup", running())],
            phase="Pending",
        ),
        "1/2",
        "Init:1/2",
    ),
    (
        "5: the first container has the last word",
        pod(container("a", ended(1, "Error")), container("b", waiting("CrashLoopBackOff"))),
        "0/2",
        "Error",
    ),
    (
        "5: an app container that waits without a reason changes nothing",
        pod(container("a", waiting()), phase="Pending"),
        "0/1",
        "Pending",
    ),
    (
        "5: an app container's signal",
        pod(container("a", ended(139, signal=11)), phase="Failed"),
        "0/1",
        "Signal:11",
    ),
    ("5: an app container's exit code", pod(container("a", ended(7)), phase="Failed"), "0/1", "ExitCode:7"),
    (
        "5: ready without running is not ready",
        pod(container("a", waiting("ContainerCreating"), ready=True)),
        "0/1",
        "ContainerCreating",
    ),
    (
        "6: done and running, and the pod is ready",
        pod(
            container("a", ended(0, "Completed")),
            container("b", running(), ready=True),
            conditions={"Ready": "True"},
        ),
        "1/2",
        "Running",
    ),
    (
        "6: done and running but not ready stays done",
        pod(container("a", ended(0, "Completed")), container("b", running())),
        "0/2",
        "Completed",
    ),
    (
        "7: a node that is lost while the pod is deleted",
        pod(container("app", running(), ready=True), deleted=ago(30), status={"reason": "NodeLost"}),
        "1/1",
        "Unknown",
    ),
    (
        "7: a node that is lost",
        pod(container("app", running(), ready=True), status={"reason": "NodeLost"}),
        "1/1",
        "NodeLost",
    ),
    ("7: a running pod that is deleted", pod(container("app", running()), deleted=ago(-20)), "0/1", "Terminating"),
    (
        "7: a pod that succeeded and is deleted",
        pod(container("app", ended(0, "Completed")), phase="Succeeded", deleted=ago(-20)),
        "0/1",
        "Completed",
    ),
    (
        "ephemeral containers never count",
        pod(container("app", running(), ready=True), ephemeral=[container("debug", running(), ready=True)]),
        "1/1",
        "Running",
    ),
]


@pytest.mark.parametrize(
    ("document", "ready", "status"),
    [case[1:] for case in MISLEADING + BRANCHES],
    ids=[c[0] for c in MISLEADING + BRANCHES],
)
def test_ready_and_status_are_kubectls(document: Json, ready: str, status: str) -> None:
    summary = summarize(parse_pod(document))

    assert (summary.ready_text, summary.status) == (ready, status)


def _restarts(document: Json) -> str:
    return summarize(parse_pod(document)).restarts_text(NOW)


def test_restarts_name_the_age_of_the_newest_one() -> None:
    document = pod(
        container("a", running(), restarts=3, last=ended(1, "Error", seconds=400)),
        container("b", running(), restarts=1, last=ended(1, "Error", seconds=300)),
    )

    assert _restarts(document) == "4 (5m ago)"


def test_restarts_without_a_known_end_are_a_bare_number() -> None:
    assert _restarts(pod(container("a", running(), restarts=3))) == "3"


def test_an_end_without_a_restart_is_no_restart() -> None:
    assert _restarts(pod(container("a", running(), last=ended(1, seconds=300)))) == "0"


def test_restarts_of_finished_init_steps_are_forgotten_once_the_app_runs() -> None:
    document = pod(
        container("app", running(), restarts=1, last=ended(1, seconds=600)),
        init=[
            container("setup", ended(0, "Completed"), restarts=5, last=ended(1, seconds=60)),
            sidecar("log", running(), started=True, restarts=2, last=ended(1, seconds=1200)),
        ],
    )

    assert _restarts(document) == "3 (10m ago)"


def test_restarts_behind_the_step_that_holds_the_pod_up_are_not_counted() -> None:
    document = pod(
        container("app", waiting("PodInitializing"), restarts=7),
        init=[
            container("first", ended(0, "Completed"), restarts=1),
            container("second", CRASH_LOOP, restarts=4, last=ended(1, "Error", seconds=180)),
            container("third", waiting("PodInitializing"), restarts=9),
        ],
        phase="Pending",
    )

    assert _restarts(document) == "5 (3m ago)"


def test_statuses_decide_in_the_order_in_which_the_api_lists_them() -> None:
    document = pod(container("a", waiting("ImagePullBackOff")), container("b", ended(1, "Error")))
    document["status"]["containerStatuses"].reverse()

    assert summarize(parse_pod(document)).status == "Error"
