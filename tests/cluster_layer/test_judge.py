"""What the judge finds of something that makes too few pods, and what it asks for that."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from pytest_mock import MockerFixture

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.judge import Judge, looks_broken
from kubectl_mc.demo.server import DemoCluster
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.workload import Workload, parse_workload
from tests.cluster_layer.servers import client_of, demo_cluster
from tests.pods import NOW as SEEN
from tests.pods import ago, container, ended, pod, running

REFUSED = 'Error creating: pods "web-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true'
NOW = datetime.now(UTC)


def judge_of(client: Client) -> Judge:
    return Judge(client, lambda: NOW, lambda _: None, patience=4)


def refused(cluster: DemoCluster, seconds: float, said: str = REFUSED, *, again: bool = False) -> Workload:
    """A workload that nothing in the demo makes pods for, and whose pods were refused so many seconds ago."""
    store = cluster.store
    if not again:
        metadata = {"name": "web", "namespace": "demo"}
        spec = {"replicas": 2, "selector": {"app": "web"}}
        body = {"apiVersion": "v1", "kind": "ReplicationController", "metadata": metadata, "spec": spec}
        store.create("replicationcontrollers", body)
    made = store.get("replicationcontrollers", "demo", "web")
    about = {"kind": "ReplicationController", "namespace": "demo", "name": "web", "uid": made["metadata"]["uid"]}
    event: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"web.{seconds}", "namespace": "demo"},
        "involvedObject": about,
        "type": "Warning",
        "reason": "FailedCreate",
        "message": said,
        "lastTimestamp": (NOW - timedelta(seconds=seconds)).isoformat(),
    }
    store.create("events", event)
    return parse_workload(made, "ReplicationController")


def test_pods_that_are_refused_once_more_after_the_grace_are_not_waited_for() -> None:
    async def work() -> None:
        async with demo_cluster() as cluster, client_of(cluster) as client:
            judge, maker = judge_of(client), refused(cluster, 600)
            await judge.look([], [maker], last=True)
            assert judge.hopeless_to_make(maker) is None, "what refused them then may be gone by now"
            [cause] = judge.causes([], [maker])
            assert cause.id == "pods-not-created"
            await judge.look([], [maker], last=True)
            assert judge.hopeless_to_make(maker) is None, "they have not been tried since"
            refused(cluster, 3, again=True)
            await judge.look([], [maker], last=True)
            found = judge.hopeless_to_make(maker)
            assert found is not None
            assert "Pod Security restricted" in found.summary

    asyncio.run(work())


def test_another_refusal_has_a_grace_of_its_own() -> None:
    async def work() -> None:
        async with demo_cluster() as cluster, client_of(cluster) as client:
            judge, maker = judge_of(client), refused(cluster, 600)
            await judge.look([], [maker], last=True)
            refused(cluster, 3, 'pods "web-x" is forbidden: serviceaccount "web" not found', again=True)
            await judge.look([], [maker], last=True)
            assert judge.hopeless_to_make(maker) is None

    asyncio.run(work())


def test_nothing_is_asked_of_what_has_its_pods_or_has_only_begun_to_make_them(mocker: MockerFixture) -> None:
    async def work() -> None:
        async with demo_cluster() as cluster, client_of(cluster) as client:
            judge, maker = judge_of(client), refused(cluster, 3)
            asked = mocker.spy(client.connection, "request")
            await judge.look([], [])
            await judge.look([], [], last=True)
            await judge.look([], [maker])
            assert asked.call_count == 0
            await judge.look([], [maker], last=True)
            assert asked.call_count == 2, "the events, and how the workload is"

    asyncio.run(work())


def test_the_doctor_is_asked_about_work_that_is_done_beside_something_that_goes_on() -> None:
    made = {"type": "PodScheduled", "status": "True", "lastTransitionTime": ago(60)}
    apps = container("app", ended(0)), container("proxy", running(), ready=True)
    job = parse_pod(pod(*apps, restart_policy="Never", conditions={"PodScheduled": made}))
    assert looks_broken(job, SEEN)
    assert not looks_broken(parse_pod(pod(apps[1], restart_policy="Never", conditions={"PodScheduled": made})), SEEN)
