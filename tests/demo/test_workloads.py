"""What the controllers make of workloads, and what they do when something of them goes."""

from __future__ import annotations

import pytest

from kubectl_mc.demo.programs import Exit, Program
from tests.demo.staged import NAMESPACE, Object, Staged, container


@pytest.fixture
def cluster() -> Staged:
    return Staged()


def workload(kind: str, *containers: Object, version: str = "apps/v1", **spec: object) -> Object:
    labels = {"app": "w"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": list(containers)}}
    body = {"selector": {"matchLabels": labels}, "template": template, **spec}
    return {"kind": kind, "apiVersion": version, "metadata": {"name": "w"}, "spec": body}


def names(cluster: Staged, resource: str = "pods") -> list[str]:
    return [each["metadata"]["name"] for each in cluster.store.list(resource, NAMESPACE)]


def test_a_deployment_makes_pods_through_a_replica_set(cluster: Staged) -> None:
    cluster.apply(workload("Deployment", container("app"), replicas=3))
    cluster.to(10)
    (replica_set,) = cluster.store.list("replicasets", NAMESPACE)
    pods = cluster.store.list("pods", NAMESPACE)
    assert {each["metadata"]["ownerReferences"][0]["uid"] for each in pods} == {replica_set["metadata"]["uid"]}
    digest = replica_set["metadata"]["labels"]["pod-template-hash"]
    assert all(each["metadata"]["name"].startswith(f"w-{digest}-") for each in pods)
    assert cluster.store.get("deployments", NAMESPACE, "w")["status"]["readyReplicas"] == 3
    assert cluster.events("ScalingReplicaSet", "w")[0]["message"] == f"Scaled up replica set w-{digest} from 0 to 3"


def test_a_deleted_pod_of_a_deployment_is_replaced(cluster: Staged) -> None:
    cluster.apply(workload("Deployment", container("app"), replicas=2))
    cluster.to(10)
    before = names(cluster)
    cluster.delete(before[0])
    cluster.to(20)
    after = names(cluster)
    assert len(after) == 2
    assert before[0] not in after
    assert before[1] in after


def test_pods_that_come_later_take_no_name_that_a_pod_has_had(cluster: Staged) -> None:
    cluster.apply(workload("Deployment", container("app"), replicas=1))
    seen = names(cluster)
    for round_ in range(1, 6):
        cluster.delete(seen[-1])
        cluster.to(60 * round_)
        seen += names(cluster)
    assert len(set(seen)) == 6


def test_a_deployment_that_is_scaled_down_keeps_as_many_pods_as_asked(cluster: Staged) -> None:
    cluster.apply(workload("Deployment", container("app"), replicas=3))
    cluster.to(10)
    deployment = cluster.store.get("deployments", NAMESPACE, "w")
    cluster.store.update("deployments", {**deployment, "spec": {**deployment["spec"], "replicas": 1}})
    cluster.react()
    cluster.to(20)
    assert len(names(cluster)) == 1


def test_what_a_deleted_deployment_owned_goes_with_it(cluster: Staged) -> None:
    cluster.apply(workload("Deployment", container("app"), replicas=2))
    cluster.to(10)
    cluster.store.delete("deployments", NAMESPACE, "w")
    cluster.react()
    cluster.to(20)
    assert names(cluster) == names(cluster, "replicasets") == []


def test_a_deployment_that_is_deleted_and_held_by_a_finalizer_changes_nothing_any_more(cluster: Staged) -> None:
    made = workload("Deployment", container("app"), replicas=1)
    made["metadata"]["finalizers"] = ["example.com/audit"]
    cluster.apply(made)
    cluster.to(10)
    cluster.store.delete("deployments", NAMESPACE, "w")
    deployment = cluster.store.get("deployments", NAMESPACE, "w")
    cluster.store.update("deployments", {**deployment, "spec": {**deployment["spec"], "replicas": 4}})
    cluster.to(20)
    assert len(names(cluster)) == 1


def test_a_stateful_set_waits_for_each_pod(cluster: Staged) -> None:
    slow = container("app", readinessProbe={"tcpSocket": {"port": 1}, "initialDelaySeconds": 10})
    cluster.apply(workload("StatefulSet", slow, replicas=2, serviceName="w"))
    cluster.to(8)
    assert names(cluster) == ["w-0"]
    cluster.to(30)
    assert names(cluster) == ["w-0", "w-1"]
    assert cluster.pod("w-1")["metadata"]["labels"]["apps.kubernetes.io/pod-index"] == "1"


def test_a_parallel_stateful_set_does_not_wait(cluster: Staged) -> None:
    never = container("app", readinessProbe={"tcpSocket": {"port": 1}, "initialDelaySeconds": 1000})
    cluster.apply(workload("StatefulSet", never, replicas=3, serviceName="w", podManagementPolicy="Parallel"))
    cluster.to(3)
    assert names(cluster) == ["w-0", "w-1", "w-2"]


@pytest.mark.parametrize(("policy", "left"), [("OrderedReady", ["w-0", "w-1", "w-2"]), ("Parallel", ["w-0"])])
def test_a_stateful_set_is_scaled_down_from_the_end(cluster: Staged, policy: str, left: list[str]) -> None:
    made = workload("StatefulSet", container("app"), replicas=4, serviceName="w", podManagementPolicy=policy)
    cluster.apply(made)
    cluster.to(30)
    stateful_set = cluster.store.get("statefulsets", NAMESPACE, "w")
    cluster.store.update("statefulsets", {**stateful_set, "spec": {**stateful_set["spec"], "replicas": 1}})
    cluster.react()
    staying = [each for each in cluster.store.list("pods", NAMESPACE) if "deletionTimestamp" not in each["metadata"]]
    assert [each["metadata"]["name"] for each in staying] == left
    cluster.to(100)
    assert names(cluster) == ["w-0"]
    told = {each["message"] for each in cluster.events("SuccessfulDelete", "w")}
    assert told == {f"delete Pod w-{number} in StatefulSet w successful" for number in (1, 2, 3)}


def test_a_deployment_may_select_by_expressions_alone(cluster: Staged) -> None:
    made = workload("Deployment", container("app"), replicas=2)
    made["spec"]["selector"] = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["w"]}]}
    cluster.apply(made)
    cluster.to(10)
    assert cluster.store.get("deployments", NAMESPACE, "w")["status"]["readyReplicas"] == 2
    (replica_set,) = cluster.store.list("replicasets", NAMESPACE)
    selector = replica_set["spec"]["selector"]
    assert selector["matchExpressions"] == made["spec"]["selector"]["matchExpressions"]
    hashes = {each["metadata"]["labels"]["pod-template-hash"] for each in cluster.store.list("pods", NAMESPACE)}
    assert selector["matchLabels"] == {"pod-template-hash": hashes.pop()}
    assert not hashes


def test_a_daemon_set_has_one_pod_on_each_node(cluster: Staged) -> None:
    cluster.apply(workload("DaemonSet", container("app")))
    cluster.to(10)
    nodes = [each["spec"]["nodeName"] for each in cluster.store.list("pods", NAMESPACE)]
    assert sorted(nodes) == ["node-1", "node-2"]


def test_a_job_is_complete_when_its_pod_has_succeeded(cluster: Staged) -> None:
    job = workload("Job", container("app"), version="batch/v1")
    del job["spec"]["selector"]
    job["spec"]["template"]["spec"]["restartPolicy"] = "Never"
    cluster.apply(job, {"app": Program(exit=Exit(5))})
    cluster.to(4)
    status = cluster.store.get("jobs", NAMESPACE, "w")["status"]
    assert (status["active"], status["ready"]) == (1, 1)
    cluster.to(10)
    status = cluster.store.get("jobs", NAMESPACE, "w")["status"]
    assert status["succeeded"] == 1
    assert [each["type"] for each in status["conditions"]] == ["SuccessCriteriaMet", "Complete"]
    (pod,) = cluster.store.list("pods", NAMESPACE)
    assert pod["metadata"]["labels"]["batch.kubernetes.io/job-name"] == "w"


def test_a_job_gives_up_after_its_back_off_limit(cluster: Staged) -> None:
    job = workload("Job", container("app"), version="batch/v1", backoffLimit=1)
    del job["spec"]["selector"]
    job["spec"]["template"]["spec"]["restartPolicy"] = "Never"
    cluster.apply(job, {"app": Program(exit=Exit(1, code=1))})
    cluster.to(60)
    status = cluster.store.get("jobs", NAMESPACE, "w")["status"]
    assert status["failed"] == 2
    assert status["conditions"][-1]["reason"] == "BackoffLimitExceeded"


def test_a_cron_job_runs_on_its_schedule(cluster: Staged) -> None:
    template = workload("Job", container("app"))["spec"]["template"]
    template["spec"]["restartPolicy"] = "Never"
    spec = {"schedule": "*/1 * * * *", "jobTemplate": {"spec": {"template": template}}}
    cron = {"kind": "CronJob", "apiVersion": "batch/v1", "metadata": {"name": "w"}, "spec": spec}
    cluster.apply(cron, {"app": Program(exit=Exit(2))})
    cluster.to(130)
    # Two full minutes begin in this time, or three when the first is near.
    first, second = names(cluster, "jobs")[:2]
    assert int(second.removeprefix("w-")) - int(first.removeprefix("w-")) == 1
    assert cluster.store.get("cronjobs", NAMESPACE, "w")["status"]["lastSuccessfulTime"]
