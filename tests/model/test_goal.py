"""What a pod lacks until it is ready, initialized or done."""

import pytest

from kubectl_mc.model.goal import Goal, pod_holds, pod_missing, pod_over, standing_of_pod, standing_of_pods, steps
from kubectl_mc.model.parsing import parse_pod
from tests.pods import Json, container, ended, pod, running, sidecar, waiting

READY = {"Ready": "True", "ContainersReady": "True", "Initialized": "True"}
STARTUP: Json = {"startupProbe": {"exec": {"command": ["true"]}}}
READINESS: Json = {"readinessProbe": {"exec": {"command": ["true"]}}}
CRASHED = container("app", waiting("CrashLoopBackOff"), last=ended(1), restarts=2)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (pod(container("app", running(), ready=True), conditions=READY), []),
        (pod(container("app"), phase="Pending", node=""), [("", "waits for a node")]),
        (
            pod(
                container("app", waiting("PodInitializing")),
                init=[container("one", ended(0)), container("two", running()), container("three", waiting())],
                phase="Pending",
            ),
            [("two", "running"), ("three", "waits for two"), ("app", "waits for two")],
        ),
        (
            pod(
                container("app", waiting("PodInitializing")),
                init=[sidecar("proxy", running(), started=False, **STARTUP)],
                phase="Pending",
            ),
            [("proxy", "running, and has not passed its startup probe"), ("app", "waits for proxy")],
        ),
        (
            pod(container("app", waiting("ErrImagePull")), phase="Pending"),
            [("app", "has no image: app:1")],
        ),
        (pod(CRASHED), [("app", "CrashLoopBackOff after exit 1, 3 times so far")]),
        (pod(container("app", ended(1), restarts=0)), [("app", "exited 1")]),
        (
            pod(container("app", running(), **READINESS)),
            [("app", "running, and has not passed its readiness probe")],
        ),
        (
            pod(
                container("app", running(), ready=True),
                conditions={"Ready": "False", "ContainersReady": "True"},
                gates=["lb"],
            ),
            [("", "waits for its readiness gates: lb")],
        ),
        (
            pod(container("app", running(), ready=True), conditions=READY, deleted="2026-03-01T12:00:00Z"),
            [("", "is being deleted")],
        ),
    ],
)
def test_what_a_pod_lacks_to_be_ready(document: Json, expected: list[tuple[str, str]]) -> None:
    found = pod_missing(parse_pod(document), Goal.READY, {})
    assert [(part.container, part.words) for part in found] == expected


def test_an_image_that_is_being_pulled_is_said() -> None:
    late = parse_pod(pod(container("app", waiting("ContainerCreating")), phase="Pending"))
    [part] = pod_missing(late, Goal.READY, {("uid-web", "app"): "app:1"})
    assert part.words == "pulls its image: app:1"


@pytest.mark.parametrize(
    ("goal", "document", "holds"),
    [
        (Goal.READY, pod(container("app", ended(0)), phase="Succeeded", restart_policy="Never"), False),
        (Goal.DONE, pod(container("app", ended(0)), phase="Succeeded", restart_policy="Never"), True),
        (Goal.DONE, pod(container("app", ended(0)), restart_policy="Never"), True),
        (Goal.DONE, pod(container("app", ended(0)), container("b", running()), restart_policy="Never"), False),
        (Goal.DONE, pod(container("app", ended(0)), restart_policy="Always"), False),
        (Goal.INITIALIZED, pod(container("app", running()), init=[container("i", ended(0))]), True),
        (Goal.INITIALIZED, pod(container("app", waiting()), init=[container("i", running())], phase="Pending"), False),
        (Goal.INITIALIZED, pod(container("app", waiting()), conditions={"Initialized": "True"}, phase="Pending"), True),
    ],
)
def test_when_a_goal_holds(goal: Goal, document: Json, holds: bool) -> None:
    assert pod_holds(parse_pod(document), goal) is holds


@pytest.mark.parametrize(
    ("goal", "document", "expected"),
    [
        (
            Goal.READY,
            pod(container("app", ended(1)), phase="Failed", restart_policy="Never"),
            "pod/web has failed",
        ),
        (
            Goal.READY,
            pod(container("app", ended(0)), phase="Succeeded", restart_policy="Never"),
            "pod/web has succeeded and ended, so it will not be ready",
        ),
        (Goal.DONE, pod(container("app", running())), "pod/web is never done: its restartPolicy is Always"),
        (Goal.READY, pod(CRASHED), ""),
        (
            Goal.READY,
            pod(container("main", ended(0)), container("side", running(), ready=True), restart_policy="Never"),
            "pod/web will not be ready: main exited 0, and restartPolicy Never doesn't start it again",
        ),
        (Goal.READY, pod(container("main", ended(0)), container("side", running(), ready=True)), ""),
        (Goal.READY, pod(container("main", ended(1)), container("side", running()), restart_policy="OnFailure"), ""),
        (Goal.INITIALIZED, pod(container("main", ended(0)), container("side", running()), restart_policy="Never"), ""),
    ],
)
def test_when_a_pod_is_at_its_end(goal: Goal, document: Json, expected: str) -> None:
    assert pod_over(parse_pod(document), goal) == expected


def test_bars_grow_with_each_stage() -> None:
    waits = parse_pod(pod(container("app"), phase="Pending", node=""))
    runs = parse_pod(pod(container("app", running(), started=False, **STARTUP)))
    ready = parse_pod(pod(container("app", running(), ready=True), conditions=READY))
    stages = [steps(each, Goal.READY, {})[0].stage for each in (waits, runs, ready)]
    assert stages == sorted(set(stages))
    assert steps(ready, Goal.READY, {})[0].held


def test_pods_that_a_controller_has_given_up_do_not_count() -> None:
    evicted = pod(container("app"), phase="Failed", name="old")
    evicted["metadata"]["ownerReferences"] = [{"kind": "ReplicaSet", "name": "x", "uid": "x", "controller": True}]
    well = pod(container("app", running(), ready=True), conditions=READY)
    assert standing_of_pods("-l app=web", [parse_pod(evicted), parse_pod(well)], Goal.READY, {}).held
    assert not standing_of_pods("-l app=web", [parse_pod(evicted)], Goal.READY, {}).held


def made_by(kind: str, document: Json) -> Json:
    document["metadata"]["ownerReferences"] = [{"kind": kind, "name": "made", "uid": "x", "controller": True}]
    return document


def test_a_failed_pod_that_finalizers_hold_while_it_is_deleted_is_not_waited_for() -> None:
    failed = pod(container("app", ended(3)), phase="Failed", restart_policy="Never", deleted="2026-03-01T12:00:00Z")
    assert standing_of_pod("web", [parse_pod(failed)], Goal.READY, {}).over == "", "another one may come in its place"
    failed["metadata"]["finalizers"] = ["example.com/hold"]
    over = standing_of_pod("web", [parse_pod(failed)], Goal.DONE, {}).over
    assert over == "pod/web has failed; it is being deleted, and its finalizers hold it: example.com/hold"
    assert standing_of_pod("web", [parse_pod(made_by("Job", failed))], Goal.DONE, {}).over == ""


@pytest.mark.parametrize("kind", ["ReplicaSet", "Job", "DaemonSet"])
def test_a_generated_name_does_not_come_back(kind: str) -> None:
    gone = parse_pod(made_by(kind, pod(container("app", running()))))
    over = standing_of_pod("web", [], Goal.DONE, {}, gone).over
    assert over == f"pod/web is gone, and {kind} made gives the next one another name"


def test_a_name_that_is_given_again_is_waited_for() -> None:
    by_hand = pod(container("app", running()))
    assert standing_of_pod("web", [], Goal.READY, {}, parse_pod(by_hand)).over == ""
    assert standing_of_pod("web", [], Goal.READY, {}, parse_pod(made_by("StatefulSet", by_hand))).over == ""
    assert standing_of_pod("web", [], Goal.READY, {}).over == ""
