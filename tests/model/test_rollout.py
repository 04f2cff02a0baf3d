"""When a workload holds, and what it lacks: tables over the states that its controller goes through."""

from typing import Any

import pytest

from kubectl_mc.model.goal import Goal
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.rollout import standing_of_workload
from kubectl_mc.model.workload import current_pods, parse_workload
from tests.pods import Json, ago, container, pod, running, waiting

TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "app", "image": "app:2"}]}}


def document(spec: Json, status: Json, *, generation: int = 2) -> Json:
    metadata = {"namespace": "shop", "name": "web", "uid": "uid-web", "generation": generation}
    return {"metadata": metadata, "spec": {"template": TEMPLATE, **spec}, "status": status}


def lacks(kind: str, spec: Json, status: Json, goal: Goal = Goal.READY) -> list[str]:
    workload = parse_workload(document(spec, {"observedGeneration": 2, **status}), kind)
    return [part.words for part in standing_of_workload(workload, [], [], goal, {}).missing]


def counts(total: int, updated: int, available: int) -> Json:
    return {"replicas": total, "updatedReplicas": updated, "readyReplicas": available, "availableReplicas": available}


ROLLING = {"type": "RollingUpdate"}


@pytest.mark.parametrize(
    ("kind", "spec", "status", "expected"),
    [
        ("Deployment", {"replicas": 3}, counts(3, 3, 3), []),
        ("Deployment", {"replicas": 3}, counts(3, 0, 3), ["0 of 3 pods are of the present template"]),
        ("Deployment", {"replicas": 3}, counts(4, 3, 3), ["1 pods of an earlier template are still there"]),
        ("Deployment", {"replicas": 3}, counts(3, 3, 2), ["2 of 3 pods are available"]),
        ("Deployment", {"replicas": 0}, counts(0, 0, 0), []),
        (
            "Deployment",
            {"replicas": 1, "minReadySeconds": 30},
            {**counts(1, 1, 0), "readyReplicas": 1},
            ["0 of 1 pods are available: each has to be ready for 30s"],
        ),
        ("ReplicaSet", {"replicas": 2}, counts(2, 0, 2), []),
        ("ReplicaSet", {"replicas": 2}, counts(3, 0, 3), ["3 of 2 pods are there"]),
        (
            "StatefulSet",
            {"replicas": 2, "updateStrategy": ROLLING},
            {**counts(2, 1, 2), "currentRevision": "a", "updateRevision": "b"},
            ["1 of 2 pods are of the present template"],
        ),
        (
            "StatefulSet",
            {"replicas": 2, "updateStrategy": {**ROLLING, "rollingUpdate": {"partition": 1}}},
            {**counts(2, 1, 2), "currentRevision": "a", "updateRevision": "b"},
            [],
        ),
        (
            "StatefulSet",
            {"replicas": 2, "updateStrategy": {"type": "OnDelete"}},
            {**counts(2, 0, 2), "currentRevision": "a", "updateRevision": "b"},
            [],
        ),
        ("StatefulSet", {"replicas": 2}, {"replicas": 2, "updatedReplicas": 2, "readyReplicas": 2}, []),
        (
            "DaemonSet",
            {"updateStrategy": ROLLING},
            {"desiredNumberScheduled": 3, "updatedNumberScheduled": 2, "numberAvailable": 3},
            ["2 of 3 pods are of the present template"],
        ),
        (
            "DaemonSet",
            {"updateStrategy": ROLLING},
            {"desiredNumberScheduled": 3, "updatedNumberScheduled": 3, "numberAvailable": 2},
            ["2 of 3 pods are available"],
        ),
        ("DaemonSet", {"updateStrategy": ROLLING}, {"desiredNumberScheduled": 0}, []),
    ],
)
def test_a_rollout_lacks_what_kubectl_rollout_status_waits_for(
    kind: str, spec: Json, status: Json, expected: list[str]
) -> None:
    assert lacks(kind, spec, status) == expected


def test_a_status_of_an_earlier_generation_is_no_success() -> None:
    status = {**counts(3, 3, 3), "observedGeneration": 1}
    workload = parse_workload(document({"replicas": 3}, status), "Deployment")
    standing = standing_of_workload(workload, [], [], Goal.READY, {})
    assert [part.words for part in standing.missing] == ["its last change has not been taken up by its controller yet"]


def over(kind: str, spec: Json, status: Json, goal: Goal = Goal.READY) -> str:
    workload = parse_workload(document(spec, {"observedGeneration": 2, **status}), kind)
    return standing_of_workload(workload, [], [], goal, {}).over


def test_a_deadline_that_is_over_a_paused_rollout_and_a_failed_job_are_the_end() -> None:
    late: Json = {
        "type": "Progressing",
        "status": "False",
        "reason": "ProgressDeadlineExceeded",
        "message": "timed out",
    }
    assert over("Deployment", {"replicas": 1}, {**counts(1, 1, 0), "conditions": [late]}) == (
        "deployment/web has exceeded its progress deadline: ProgressDeadlineExceeded: timed out"
    )
    assert (
        over("Deployment", {"replicas": 1, "paused": True}, counts(1, 0, 1))
        == "the rollout of deployment/web is paused"
    )
    assert over("Deployment", {"replicas": 1, "paused": True}, counts(1, 1, 1)) == ""
    failed: Json = {"type": "Failed", "status": "True", "reason": "DeadlineExceeded", "message": "too long"}
    assert over("Job", {}, {"conditions": [failed]}, Goal.DONE) == "job/web has failed: DeadlineExceeded: too long"


def test_a_job_is_done_when_it_is_complete_and_a_cron_job_when_its_newest_is() -> None:
    complete: Json = {"conditions": [{"type": "Complete", "status": "True"}]}
    assert lacks("Job", {}, complete, Goal.DONE) == []
    assert lacks("Job", {"completions": 3}, {"succeeded": 2, "failed": 1}, Goal.DONE) == [
        "2 of 3 pods have succeeded, 1 failed"
    ]
    cron = parse_workload(document({}, {}), "CronJob")
    assert [p.words for p in standing_of_workload(cron, [], [], Goal.DONE, {}).missing] == ["has started no Job yet"]

    def made(name: str, seconds: float, status: Json) -> Any:
        owner = {"kind": "CronJob", "name": "web", "uid": "uid-web", "controller": True}
        metadata = {"name": name, "uid": name, "creationTimestamp": ago(seconds), "ownerReferences": [owner]}
        return parse_workload({"metadata": metadata, "spec": {}, "status": status}, "Job")

    jobs = [made("old", 600, complete), made("new", 10, {"active": 1})]
    standing = standing_of_workload(cron, [], jobs, Goal.DONE, {})
    assert [part.object for part in standing.missing] == ["job/new"]
    assert standing_of_workload(cron, [], [jobs[0]], Goal.DONE, {}).held


def owned(name: str, owner: str, **more: Any) -> Json:
    made = pod(container("app", running(), ready=True), name=name, conditions={"Ready": "True"}, **more)
    made["metadata"]["ownerReferences"] = [{"kind": "ReplicaSet", "name": owner, "uid": owner, "controller": True}]
    return made


def test_the_pods_of_a_deployment_are_those_of_the_set_with_its_template() -> None:
    def made(name: str, image: str) -> Any:
        labels = {"app": "web", "pod-template-hash": name}
        template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "app", "image": image}]}}
        owner = {"kind": "Deployment", "name": "web", "uid": "uid-web", "controller": True}
        metadata = {"name": name, "uid": name, "ownerReferences": [owner]}
        return parse_workload({"metadata": metadata, "spec": {"template": template}}, "ReplicaSet")

    deployment = parse_workload(document({}, {"observedGeneration": 2, **counts(2, 1, 2)}), "Deployment")
    pods = [
        parse_pod(owned("one", "old")),
        parse_pod(owned("two", "new")),
        parse_pod(owned("three", "new", deleted=ago(0))),
    ]
    sets = [made("old", "app:1"), made("new", "app:2")]
    assert [each.name for each in current_pods(deployment, pods, sets)] == ["two"]
    assert current_pods(deployment, pods, sets[:1]) == [], "its set has not been made yet"
    assert current_pods(deployment, pods, None) == [], "they cannot be told apart"


def test_initialized_counts_pods_of_the_present_template() -> None:
    init = [container("migrate", waiting("PodInitializing"))]
    late = parse_pod(pod(container("app", waiting("PodInitializing")), init=init, phase="Pending"))
    workload = parse_workload(document({"replicas": 1}, {"observedGeneration": 2, **counts(1, 1, 0)}), "ReplicaSet")
    standing = standing_of_workload(workload, [late], None, Goal.INITIALIZED, {})
    assert [(part.container, part.words) for part in standing.missing] == [
        ("", "0 of 1 pods are initialized"),
        ("migrate", "is being created"),
    ]


def short(kind: str, spec: Json, status: Json, *pods: Json, goal: Goal = Goal.READY) -> str:
    workload = parse_workload(document(spec, {"observedGeneration": 2, **status}), kind)
    found = standing_of_workload(workload, [parse_pod(each) for each in pods], [], goal, {}).short
    return str(found or "")


UNREADY = pod(container("app", running()))
READY = pod(container("app", running(), ready=True), conditions={"Ready": "True"})


@pytest.mark.parametrize(
    ("kind", "spec", "status", "pods", "expected"),
    [
        ("ReplicaSet", {"replicas": 2}, counts(1, 1, 0), [UNREADY], True),
        ("ReplicaSet", {"replicas": 2}, counts(2, 2, 0), [UNREADY], False),
        ("ReplicationController", {"replicas": 1}, {}, [], True),
        ("StatefulSet", {"replicas": 2}, {}, [], True),
        ("StatefulSet", {"replicas": 2}, counts(1, 1, 0), [UNREADY], False),
        ("StatefulSet", {"replicas": 2}, counts(1, 1, 1), [READY], True),
        ("DaemonSet", {}, {"desiredNumberScheduled": 2, "currentNumberScheduled": 1}, [UNREADY], True),
        ("DaemonSet", {}, {"desiredNumberScheduled": 1, "currentNumberScheduled": 1}, [UNREADY], False),
        ("Job", {}, {}, [], True),
        ("Job", {}, {"active": 1}, [UNREADY], False),
        ("Job", {"parallelism": 3, "completions": 5}, {"active": 2, "succeeded": 2}, [UNREADY], True),
        ("Job", {"parallelism": 3, "completions": 3}, {"active": 1, "succeeded": 2}, [UNREADY], False),
        ("Job", {"suspend": True}, {}, [], False),
        ("Job", {}, {"conditions": [{"type": "Complete", "status": "True"}]}, [], False),
    ],
)
def test_what_makes_too_few_pods_is_told_from_what_waits_for_those_it_has(
    kind: str, spec: Json, status: Json, pods: list[Json], *, expected: bool
) -> None:
    assert short(kind, spec, status, *pods) == (f"{kind.lower()}/web" if expected else "")


def test_a_deployments_pods_are_made_by_the_set_of_its_template() -> None:
    def made(name: str, image: str, status: Json) -> Any:
        template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "app", "image": image}]}}
        owner = {"kind": "Deployment", "name": "web", "uid": "uid-web", "controller": True}
        metadata = {"name": name, "uid": name, "ownerReferences": [owner]}
        spec = {"replicas": 1, "template": template}
        return parse_workload({"metadata": metadata, "spec": spec, "status": status}, "ReplicaSet")

    deployment = parse_workload(document({}, {"observedGeneration": 2, **counts(1, 0, 1)}), "Deployment")
    old, new = made("old", "app:1", {"replicas": 0}), made("new", "app:2", {})
    assert standing_of_workload(deployment, [], [old, new], Goal.READY, {}).short == new
    full = made("new", "app:2", {"replicas": 1})
    assert standing_of_workload(deployment, [], [old, full], Goal.READY, {}).short is None
    assert standing_of_workload(deployment, [], None, Goal.READY, {}).short is None, "they may not be read"
