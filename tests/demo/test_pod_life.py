"""What happens to a pod on its node, told by its status, its events and its logs."""

from __future__ import annotations

from math import inf

import pytest

from kubectl_mc.demo.clock import epoch
from kubectl_mc.demo.programs import Exit, Failing, Line, Program, Stop, Stretch
from tests.demo.staged import NAMESPACE, Object, Staged, container, pod

ENDS = Program(exit=Exit(3))
FAILS = Program((Line(-0.1, "boom", "stderr"),), exit=Exit(2, code=1, message="no table"))
HTTP_PROBE = {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 5}


@pytest.fixture
def cluster() -> Staged:
    return Staged()


def test_init_containers_run_one_after_the_other(cluster: Staged) -> None:
    cluster.apply(pod(container("app"), inits=(container("one"), container("two"))), {"one": ENDS, "two": ENDS})
    cluster.to(4)
    assert cluster.row() == ("0/1", "Init:0/2")
    assert cluster.status("two")["state"] == {"waiting": {"reason": "PodInitializing"}}
    assert cluster.condition("Initialized")["message"] == "containers with incomplete status: [one two]"
    cluster.to(7)
    assert cluster.row() == ("0/1", "Init:1/2")
    cluster.to(14)
    assert cluster.row() == ("1/1", "Running")
    one, two = (cluster.status(name)["state"]["terminated"] for name in ("one", "two"))
    assert epoch(one["finishedAt"]) <= epoch(two["startedAt"])


def test_a_crash_loop_waits_twice_as_long_each_time(cluster: Staged) -> None:
    cluster.apply(pod(container("app"), container("side")), {"app": FAILS})
    waits, restarts = [], -1
    for second in range(1, 400):
        cluster.to(second)
        status = cluster.status("app")
        waiting = status["state"].get("waiting", {})
        if waiting.get("reason") == "CrashLoopBackOff" and status["restartCount"] != restarts:
            restarts = status["restartCount"]
            waits.append(waiting["message"].split()[1])
    assert waits == ["10s", "20s", "40s", "1m20s", "2m40s", "5m0s"]
    assert cluster.row() == ("1/2", "CrashLoopBackOff")
    assert cluster.condition("Ready")["message"] == "containers with unready status: [app]"


def test_a_termination_message_stays_in_the_last_state(cluster: Staged) -> None:
    cluster.apply(pod(container("app")), {"app": FAILS})
    cluster.to(9)
    last = cluster.status("app")["lastState"]["terminated"]
    assert (last["exitCode"], last["reason"], last["message"]) == (1, "Error", "no table")


def test_a_container_that_uses_too_much_memory_is_oom_killed(cluster: Staged) -> None:
    cluster.apply(pod(container("app")), {"app": Program(exit=Exit(2, oom_killed=True))})
    cluster.to(4)
    assert cluster.row() == ("0/1", "OOMKilled")
    assert cluster.status("app")["state"]["terminated"]["exitCode"] == 137


def test_an_app_that_waits_for_init_is_no_crash_of_the_app(cluster: Staged) -> None:
    cluster.apply(pod(container("app"), inits=(container("migrate"),)), {"migrate": FAILS})
    cluster.to(30)
    assert cluster.row() == ("0/1", "Init:CrashLoopBackOff")
    assert cluster.status("app")["state"] == {"waiting": {"reason": "PodInitializing"}}
    (event,) = cluster.events("BackOff")
    assert event["involvedObject"]["fieldPath"] == "spec.initContainers{migrate}"
    assert event["count"] > 1


def test_a_failed_init_container_ends_a_pod_that_never_restarts(cluster: Staged) -> None:
    cluster.apply(pod(container("app"), inits=(container("one"),), restartPolicy="Never"), {"one": FAILS})
    cluster.to(10)
    assert cluster.row() == ("0/1", "Init:Error")
    assert cluster.pod()["status"]["phase"] == "Failed"


def test_a_native_sidecar_holds_the_next_step_until_its_startup_probe_passes(cluster: Staged) -> None:
    proxy = container("proxy", restartPolicy="Always", startupProbe={**HTTP_PROBE, "failureThreshold": 30})
    failing = Program(failing=(Failing("startup", "HTTP probe failed with statuscode: 503", Stretch(0, 20)),))
    cluster.apply(pod(container("app"), inits=(proxy, container("next"))), {"proxy": failing, "next": ENDS})
    cluster.to(15)
    assert cluster.row() == ("0/2", "Init:0/2")
    assert cluster.status("proxy")["started"] is False
    assert cluster.events("Unhealthy")[0]["message"].startswith("Startup probe failed: HTTP probe")
    cluster.to(40)
    assert cluster.row() == ("2/2", "Running")
    assert cluster.status("proxy")["ready"] is True


def test_readiness_comes_and_goes_with_its_probe(cluster: Staged) -> None:
    app = container("app", readinessProbe={**HTTP_PROBE, "failureThreshold": 2})
    down = Failing("readiness", "HTTP probe failed with statuscode: 503", Stretch(30, 60))
    cluster.apply(pod(app, container("side")), {"app": Program(failing=(down,))})
    cluster.to(20)
    assert cluster.row() == ("2/2", "Running")
    cluster.to(50)
    assert cluster.row() == ("1/2", "Running")
    assert cluster.status("app")["started"] is True
    cluster.to(80)
    assert cluster.row() == ("2/2", "Running")
    assert cluster.status("app")["restartCount"] == 0


def test_a_failed_liveness_probe_kills_and_restarts(cluster: Staged) -> None:
    app = container("app", livenessProbe=HTTP_PROBE)
    program = Program(failing=(Failing("liveness", "", Stretch(10)),), stop=Stop(inf))
    cluster.apply(pod(app, terminationGracePeriodSeconds=5), {"app": program})
    cluster.to(40)
    last = cluster.status("app")["lastState"]["terminated"]
    assert (last["exitCode"], last["reason"]) == (137, "Error")
    (killing,) = cluster.events("Killing")
    assert killing["message"] == "Container app failed liveness probe, will be restarted"


def test_the_end_of_the_app_containers_ends_the_native_sidecars(cluster: Staged) -> None:
    sidecar = container("side", restartPolicy="Always")
    cluster.apply(pod(container("app"), inits=(sidecar,), restartPolicy="Never"), {"app": ENDS})
    cluster.to(4)
    assert cluster.row() == ("2/2", "Running")
    cluster.to(12)
    assert cluster.row() == ("0/2", "Completed")
    assert cluster.pod()["status"]["phase"] == "Succeeded"
    assert cluster.condition("Ready")["reason"] == "PodCompleted"
    assert cluster.events("Killing")[0]["message"] == "Stopping container side"


def test_a_missing_config_map_holds_one_container_until_it_exists(cluster: Staged) -> None:
    needs = container("app", envFrom=[{"configMapRef": {"name": "app-settings"}}])
    cluster.apply(pod(needs, container("side")))
    cluster.to(5)
    assert cluster.row() == ("1/2", "CreateContainerConfigError")
    assert cluster.status("app")["state"]["waiting"]["message"] == 'configmap "app-settings" not found'
    settings: Object = {
        "kind": "ConfigMap",
        "apiVersion": "v1",
        "metadata": {"name": "app-settings"},
        "data": {"a": "b"},
    }
    cluster.apply(settings)
    cluster.to(25)
    assert cluster.row() == ("2/2", "Running")


def test_a_missing_secret_volume_holds_all_containers(cluster: Staged) -> None:
    cluster.apply(pod(container("app"), container("side"), volumes=[{"name": "v", "secret": {"secretName": "s"}}]))
    cluster.to(20)
    assert cluster.row() == ("0/2", "ContainerCreating")
    (event,) = cluster.events("FailedMount")
    assert event["message"] == 'MountVolume.SetUp failed for volume "v" : secret "s" not found'
    assert cluster.condition("PodReadyToStartContainers")["status"] == "False"


def test_a_pod_too_big_for_every_node_says_so_in_the_scheduler_s_words(cluster: Staged) -> None:
    cluster.apply(
        pod(
            container("app", resources={"requests": {"cpu": "3"}}), container("b", resources={"requests": {"cpu": "2"}})
        )
    )
    cluster.to(400)
    assert cluster.row() == ("0/2", "Pending")
    assert cluster.condition("PodScheduled")["message"].startswith("0/2 nodes are available: 2 Insufficient cpu.")
    (event,) = cluster.events("FailedScheduling")
    assert (event["lastTimestamp"], event["series"]["count"]) == (None, 2)


def test_a_misspelt_image_is_never_pulled_and_the_neighbour_runs(cluster: Staged) -> None:
    cluster.apply(pod(container("web") | {"image": "ngnix:1.27"}, container("side")))
    cluster.to(60)
    assert cluster.row() == ("1/2", "ImagePullBackOff")
    assert {each["message"] for each in cluster.events("BackOff")} == {'Back-off pulling image "ngnix:1.27"'}


def test_a_readiness_gate_keeps_a_pod_unready_until_somebody_sets_it(cluster: Staged) -> None:
    cluster.apply(pod(container("app"), readinessGates=[{"conditionType": "example.com/lb"}]))
    cluster.to(5)
    assert cluster.condition("ContainersReady")["status"] == "True"
    assert cluster.condition("Ready")["reason"] == "ReadinessGatesNotReady"
    now = cluster.pod()
    gate = {"type": "example.com/lb", "status": "True", "lastTransitionTime": None, "lastProbeTime": None}
    status = {**now["status"], "conditions": [*now["status"]["conditions"], gate]}
    cluster.store.update("pods", {**now, "status": status})
    cluster.to(6)
    assert cluster.condition("Ready")["status"] == "True"
    assert cluster.condition("example.com/lb")["status"] == "True"


def test_a_deleted_pod_goes_when_its_slowest_container_has_gone(cluster: Staged) -> None:
    cluster.apply(pod(container("app"), container("slow")), {"slow": Program(stop=Stop(pre_stop=12))})
    cluster.to(5)
    cluster.delete()
    cluster.to(10)
    assert cluster.row() == ("2/2", "Terminating")
    cluster.to(18)
    assert cluster.store.find("pods", NAMESPACE, "p") is None


def test_a_debug_container_starts_when_it_appears_in_the_spec(cluster: Staged) -> None:
    cluster.apply(pod(container("app")))
    cluster.to(3)
    now = cluster.pod()
    debugger = container("debugger", imagePullPolicy="IfNotPresent", resources={}, targetContainerName="app")
    cluster.store.update("pods", {**now, "spec": {**now["spec"], "ephemeralContainers": [debugger]}})
    cluster.to(4)
    status = cluster.status("debugger")
    assert "running" in status["state"]
    assert "started" not in status
    assert cluster.events("Started")[-1]["involvedObject"]["fieldPath"] == "spec.ephemeralContainers{debugger}"
    assert cluster.row() == ("1/1", "Running")


def test_an_evicted_pod_has_a_reason_and_a_message_of_its_own(cluster: Staged) -> None:
    cluster.apply(pod(container("app"), container("hog")), {"hog": Program(exit=Exit(5, evicts="uses too much"))})
    cluster.to(10)
    status = cluster.pod()["status"]
    assert (status["phase"], status["reason"], status["message"]) == ("Failed", "Evicted", "uses too much")
    assert cluster.row() == ("0/2", "Error")


def test_an_init_container_waits_for_a_service(cluster: Staged) -> None:
    waits = Program(exit=Exit(1, once_service="cache"))
    cluster.apply(pod(container("app"), inits=(container("wait"),)), {"wait": waits})
    cluster.to(60)
    assert cluster.row() == ("0/1", "Init:0/1")
    cluster.apply(
        {"kind": "Service", "apiVersion": "v1", "metadata": {"name": "cache"}, "spec": {"ports": [{"port": 1}]}}
    )
    cluster.to(70)
    assert cluster.row() == ("1/1", "Running")


def test_each_instance_has_a_log_of_its_own(cluster: Staged) -> None:
    cluster.apply(pod(container("app")), {"app": FAILS})
    cluster.to(8)
    status = cluster.status("app")
    first = status["lastState"]["terminated"]["containerID"]
    log = cluster.simulation.node.log_file(first)
    assert log is not None
    assert [(line.stream, line.data) for line in log.lines] == [("stderr", b"boom")]
    assert log.ended


def test_the_status_lists_apps_by_name_and_inits_in_the_order_of_the_spec(cluster: Staged) -> None:
    inits = (container("z"), container("a"))
    cluster.apply(pod(container("y"), container("b"), inits=inits), {"z": ENDS, "a": ENDS})
    cluster.to(20)
    status = cluster.pod()["status"]
    assert [each["name"] for each in status["initContainerStatuses"]] == ["z", "a"]
    assert [each["name"] for each in status["containerStatuses"]] == ["b", "y"]


HELD = {"metadata": {"name": "p", "finalizers": ["example.com/a", "example.com/b"]}}


def released(cluster: Staged, *finalizers: str) -> None:
    now = cluster.pod()
    cluster.store.update("pods", {**now, "metadata": {**now["metadata"], "finalizers": list(finalizers)}})
    cluster.react()


def test_a_deleted_pod_stays_until_its_last_finalizer_goes(cluster: Staged) -> None:
    cluster.apply({**pod(container("app"), terminationGracePeriodSeconds=5), **HELD})
    cluster.to(10)
    cluster.delete()
    assert cluster.row() == ("1/1", "Terminating")
    cluster.to(30)
    metadata = cluster.pod()["metadata"]
    assert epoch(metadata["deletionTimestamp"]) < cluster.start + 30
    assert (metadata["deletionGracePeriodSeconds"], metadata["generation"]) == (0, 2)
    # Nothing of it runs, and kubectl no longer says that it terminates.
    assert "terminated" in cluster.status("app")["state"]
    assert cluster.row() == ("0/1", "Completed")
    released(cluster, "example.com/b")
    assert cluster.pod()["metadata"]["finalizers"] == ["example.com/b"]
    released(cluster)
    assert cluster.store.find("pods", NAMESPACE, "p") is None


def test_finalizers_that_go_while_containers_run_cut_no_shutdown_short(cluster: Staged) -> None:
    cluster.apply({**pod(container("app")), **HELD}, {"app": Program(stop=Stop(after=8))})
    cluster.to(10)
    cluster.delete()
    released(cluster)
    cluster.to(15)
    assert cluster.row() == ("1/1", "Terminating")
    cluster.to(25)
    assert cluster.store.find("pods", NAMESPACE, "p") is None


@pytest.mark.parametrize("gates", [[], [{"name": "example.com/quota"}]])
def test_a_held_pod_without_a_node_is_not_scheduled_after_its_deletion(cluster: Staged, gates: list[Object]) -> None:
    cluster.apply({**pod(container("app"), schedulingGates=gates), **HELD})
    cluster.delete()
    now = cluster.pod()
    cluster.store.update("pods", {**now, "spec": {**now["spec"], "schedulingGates": []}})
    cluster.to(10)
    assert "nodeName" not in cluster.pod()["spec"]
    assert cluster.pod()["metadata"]["deletionGracePeriodSeconds"] == 0


def test_another_scheduler_is_waited_for_without_a_word(cluster: Staged) -> None:
    cluster.apply(pod(container("app"), schedulerName="night-shift"))
    cluster.to(400)
    assert cluster.pod()["status"] == {"phase": "Pending", "qosClass": "BestEffort"}
    assert cluster.row() == ("0/1", "Pending")
    assert cluster.store.list("events", NAMESPACE) == []


def test_scheduling_gates_hold_a_pod_back_until_the_last_one_goes(cluster: Staged) -> None:
    cluster.apply(pod(container("app"), schedulingGates=[{"name": "example.com/a"}, {"name": "example.com/b"}]))
    for second, left in ((60, [{"name": "example.com/b"}]), (120, [])):
        cluster.to(second)
        assert cluster.row() == ("0/1", "SchedulingGated")
        condition = cluster.condition("PodScheduled")
        assert (condition["status"], condition["reason"]) == ("False", "SchedulingGated")
        assert condition["message"] == "Scheduling is blocked due to non-empty scheduling gates"
        assert cluster.store.list("events", NAMESPACE) == []
        now = cluster.pod()
        cluster.store.update("pods", {**now, "spec": {**now["spec"], "schedulingGates": left}})
        cluster.react()
    cluster.to(130)
    assert cluster.row() == ("1/1", "Running")
    assert cluster.condition("PodScheduled")["status"] == "True"
