"""`kubectl mc status` shows every situation truthfully, on the demo as on a real cluster."""

import asyncio
import os
from datetime import UTC, datetime
from typing import Any

import pytest

from kubectl_mc.cluster.connect import connect
from kubectl_mc.cluster.errors import Subject
from kubectl_mc.cluster.flags import ConnectionFlags
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.resources import PODS
from kubectl_mc.model.summary import summarize
from tests.contract.conftest import Backend, eventually

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


def pods_of(backend: Backend, situation: str) -> list[dict[str, Any]]:
    document = backend.document("status", backend.places[situation].target)
    pods = document["pods"]
    assert isinstance(pods, list)
    assert pods, f"no pods for {situation}"
    return pods


def containers_of(pod: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {container["name"]: container for container in pod["containers"]}


def the_one(backend: Backend, situation: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    [pod] = pods_of(backend, situation)
    return pod, containers_of(pod)


def test_a_two_step_init_in_progress(backend: Backend) -> None:
    place = backend.places["init in progress"]

    def check() -> None:
        pod, containers = the_one(backend, "init in progress")
        assert pod["status"] == "Init:1/2"
        assert pod["initProgress"] == {"done": 1, "total": 2, "current": place.guilty}
        assert containers[place.other]["state"] == "terminated"
        assert containers[place.other]["exitCode"] == 0
        assert containers[place.guilty]["state"] == "running"
        assert containers[place.guilty]["role"] == "init"
        assert [c["role"] for c in pod["containers"]] == ["init", "init", "app"]

    eventually(check)


def test_a_failing_init_and_its_last_words(backend: Backend) -> None:
    place = backend.places["init failing"]

    def check() -> None:
        pod, containers = the_one(backend, "init failing")
        assert pod["status"] == "Init:CrashLoopBackOff"
        assert pod["initProgress"]["current"] == place.guilty
        failing = containers[place.guilty]
        assert failing["state"] == "waiting"
        assert failing["reason"] == "CrashLoopBackOff"
        assert "back-off" in failing["message"]
        assert failing["restarts"] >= 1
        assert failing["last"]["exitCode"] not in (0, None)
        assert failing["last"]["message"]
        assert containers[place.other]["reason"] == "PodInitializing"
        page = backend.mc("status", place.target).out
        assert f"{place.guilty}, is crash-looping" in page
        assert failing["last"]["message"].splitlines()[0].strip() in page

    eventually(check)


def test_a_native_sidecar_that_gates_on_its_startup_probe(backend: Backend) -> None:
    place = backend.places["sidecar gate"]

    def check() -> None:
        pod, containers = the_one(backend, "sidecar gate")
        assert pod["status"] == "Init:0/2"
        assert containers[place.guilty]["role"] == "sidecar"
        assert containers[place.guilty]["state"] == "running"
        assert containers[place.guilty]["started"] is False
        assert containers[place.other]["state"] == "waiting"
        assert pod["initProgress"] == {"done": 0, "total": 2, "current": place.guilty}
        assert f"sidecar {place.guilty}" in backend.mc("status", place.target).out
        assert "has not passed its startup probe" in backend.mc("status", place.target).out

    eventually(check)


def test_a_crash_loop_beside_a_healthy_sibling(backend: Backend) -> None:
    place = backend.places["crash loop"]

    def check() -> None:
        pod, containers = the_one(backend, "crash loop")
        assert pod["status"] == "CrashLoopBackOff"
        assert pod["ready"] == "1/2"
        assert containers[place.guilty]["reason"] == "CrashLoopBackOff"
        assert containers[place.guilty]["last"]["reason"] == "Error"
        assert containers[place.guilty]["last"]["startedAt"] <= containers[place.guilty]["last"]["finishedAt"]
        assert containers[place.other]["state"] == "running"
        assert containers[place.other]["ready"] is True
        assert f"{place.guilty} is crash-looping (exit " in backend.mc("status", place.target).out

    eventually(check)


def test_an_oom_kill_by_its_name_and_signal(backend: Backend) -> None:
    place = backend.places["oom kill"]

    def check() -> None:
        _, containers = the_one(backend, "oom kill")
        assert containers[place.guilty]["last"]["reason"] == "OOMKilled"
        assert containers[place.guilty]["last"]["exitCode"] == 137
        assert containers[place.other]["ready"] is True
        assert "OOMKilled (exit 137 SIGKILL)" in backend.mc("status", place.target).out

    eventually(check)


def test_a_failing_readiness_probe_that_kubectl_calls_running(backend: Backend) -> None:
    place = backend.places["not ready"]

    def check() -> None:
        pod, containers = the_one(backend, "not ready")
        assert (pod["ready"], pod["status"]) == ("1/2", "Running")
        assert containers[place.guilty]["state"] == "running"
        assert containers[place.guilty]["ready"] is False
        assert containers[place.guilty]["started"] is True
        page = backend.mc("status", place.target).out
        assert f"kubectl says Running; {place.guilty} has run for" in page
        assert "its readiness probe does not pass" in page

    eventually(check)


def test_an_ephemeral_container_last_and_uncounted(backend: Backend) -> None:
    place = backend.places["debugged"]

    def check() -> None:
        pod, containers = the_one(backend, "debugged")
        assert containers[place.guilty]["role"] == "ephemeral"
        assert containers[place.guilty]["state"] == "running"
        assert pod["containers"][-1]["name"] == place.guilty
        apps = sum(c["role"] == "app" for c in pod["containers"])
        assert pod["ready"] == f"{apps}/{apps}"

    eventually(check)


def test_a_job_that_succeeded_although_its_sidecar_had_to_be_stopped(backend: Backend) -> None:
    place = backend.places["job with sidecar"]

    def check() -> None:
        pod, containers = the_one(backend, "job with sidecar")
        assert (pod["phase"], pod["status"], pod["ready"]) == ("Succeeded", "Completed", "0/2")
        assert containers[place.guilty]["role"] == "sidecar"
        assert containers[place.guilty]["state"] == "terminated"
        assert containers[place.other]["exitCode"] == 0
        page = backend.mc("status", place.target).out
        assert "✗" not in page
        assert "next:" not in page

    eventually(check)


def test_a_deployment_of_three_replicas(backend: Backend) -> None:
    place = backend.places["deployment"]

    def check() -> None:
        pods = pods_of(backend, "deployment")
        assert len(pods) == 3
        for pod in pods:
            containers = containers_of(pod)
            assert pod["status"] == "Running"
            assert containers[place.guilty]["ready"] is True
            assert containers[place.other]["state"] == "terminated"
            assert pod["initProgress"]["current"] is None
            assert pod["initProgress"]["done"] == pod["initProgress"]["total"]

    eventually(check)


def test_what_kubectl_calls_completed_is_crash_looping(backend: Backend) -> None:
    place = backend.places["finished first"]

    def check() -> None:
        pod, containers = the_one(backend, "finished first")
        assert (pod["ready"], pod["status"]) == ("0/2", "Completed")
        assert containers[place.guilty]["reason"] == "CrashLoopBackOff"
        assert f"kubectl says Completed; {place.guilty} is crash-looping" in backend.mc("status", place.target).out

    eventually(check)


def test_what_kubectl_calls_init_is_a_sidecar_down_beside_a_running_app(backend: Backend) -> None:
    place = backend.places["sidecar down"]

    def check() -> None:
        pod, containers = the_one(backend, "sidecar down")
        assert (pod["ready"], pod["status"]) == ("1/3", "Init:CrashLoopBackOff")
        assert containers[place.other]["ready"] is True
        page = backend.mc("status", place.target).out
        assert f"kubectl says Init:CrashLoopBackOff; {place.guilty} is crash-looping" in page
        assert "2 of 3 containers are ready" in page

    eventually(check)


@pytest.mark.parametrize(
    ("situation", "status", "sentence"),
    [
        ("unschedulable", "Pending", "no node can take it"),
        ("no image", "ImagePullBackOff", "has no image"),
        ("no config", "CreateContainerConfigError", "cannot start: configmap"),
        ("gated", "Running", "readiness gate example.com/"),
    ],
)
def test_other_causes_in_a_sentence(backend: Backend, situation: str, status: str, sentence: str) -> None:
    def check() -> None:
        pod, _ = the_one(backend, situation)
        assert pod["status"] == status
        assert sentence in backend.mc("status", backend.places[situation].target).out

    eventually(check)


def test_ready_status_and_restarts_are_the_servers_own(backend: Backend) -> None:
    """The server's table, and what is computed here from the same pods; compared when nothing moved in between."""

    async def both() -> tuple[dict[str, tuple[str, str, str]], dict[str, tuple[str, str, str]]]:
        flags = ConnectionFlags(kubeconfig=str(backend.kubeconfig), namespace=backend.namespace)
        async with connect(flags, os.environ, may_ask=lambda: False, notify=print) as client:
            subject = Subject("list", PODS, backend.namespace)
            request = client.connection.request(
                "GET",
                PODS.path(backend.namespace),
                subject,
                params={"includeObject": "Object"},
                headers={"Accept": TABLE},
            )
            async with request as response:
                table = await response.json(content_type=None)
        now = datetime.now(UTC)
        columns = [column["name"] for column in table["columnDefinitions"]]
        server, own = {}, {}
        for row in table["rows"]:
            cells = dict(zip(columns, row["cells"], strict=True))
            pod = parse_pod(row["object"])
            summary = summarize(pod)
            server[pod.name] = (str(cells["Ready"]), str(cells["Status"]), str(cells["Restarts"]))
            own[pod.name] = (summary.ready_text, summary.status, summary.restarts_text(now))
        return server, own

    def check() -> None:
        server, own = asyncio.run(both())
        assert len(server) >= 15
        assert own == server

    eventually(check)


def test_the_list_has_every_pod_and_what_is_broken_first(backend: Backend) -> None:
    def check() -> None:
        lines = backend.mc("status").lines[1:]
        names = [line.split()[0] for line in lines]
        broken, fine = backend.places["crash loop"].target, backend.places["debugged"].target
        assert names.index(broken) < names.index(fine)
        document = backend.document("status")
        pods = document["pods"]
        assert isinstance(pods, list)
        assert sorted(names) == sorted(pod["name"] for pod in pods)

    eventually(check)
