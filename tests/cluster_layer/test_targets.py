"""From what a person names to its pods, and to the events that concern them, against the simulated cluster."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from kubectl_mc.cluster.client import Client, Scope
from kubectl_mc.cluster.connect import connect
from kubectl_mc.cluster.errors import Subject, status_error
from kubectl_mc.cluster.event_feed import event_changes
from kubectl_mc.cluster.events import concerned_by, events_by_name, list_events
from kubectl_mc.cluster.feed import open_feed
from kubectl_mc.cluster.flags import ConnectionFlags
from kubectl_mc.cluster.metrics import read_usage
from kubectl_mc.cluster.targets import find_pods, select
from kubectl_mc.cluster.watch import Changed, watch
from kubectl_mc.demo.auth import VIEWER
from kubectl_mc.demo.server import DemoCluster
from kubectl_mc.errors import Forbidden, McError, NotFound, UsageError
from kubectl_mc.model.resources import PODS
from kubectl_mc.model.targets import Query, parse_query
from tests.cluster_layer.servers import client_of, demo_cluster, until

Work = Callable[[DemoCluster, Client], Awaitable[None]]


def _with_demo(work: Work, user: str = "demo-admin") -> None:
    async def run() -> None:
        async with asyncio.timeout(10), demo_cluster() as cluster, client_of(cluster, user) as client:
            await work(cluster, client)

    asyncio.run(run())


def _template(app: str, image: str = "busybox:1") -> dict[str, Any]:
    return {"metadata": {"labels": {"app": app}}, "spec": {"containers": [{"name": "app", "image": image}]}}


def _object(kind: str, name: str, api: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name}, "spec": spec}


def _workload(kind: str, name: str, *, app: str = "", replicas: int = 2, **more: Any) -> dict[str, Any]:
    app = app or name
    selector = {"matchLabels": {"app": app}}
    return _object(kind, name, "apps/v1", replicas=replicas, selector=selector, template=_template(app), **more)


def _pod(name: str, app: str = "", **spec: Any) -> dict[str, Any]:
    template = _template(app or name)
    spec = {**template["spec"], **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": app or name}}, "spec": spec}


def _job(name: str) -> dict[str, Any]:
    template = _template(name)
    template["spec"]["restartPolicy"] = "Never"
    return _object("Job", name, "batch/v1", template=template)


def _service(name: str, **selector: str) -> dict[str, Any]:
    return _object("Service", name, "v1", ports=[{"port": 80}], **({"selector": selector} if selector else {}))


async def _pods(cluster: DemoCluster, count: int) -> list[dict[str, Any]]:
    """The cluster's pods, once there are so many."""
    await until(lambda: len(cluster.store.list("pods", "demo")) == count)
    return cluster.store.list("pods", "demo")


async def _found(client: Client, *words: str, **more: Any) -> list[str]:
    """Names of the pods that words mean, shortened to what is not random."""
    found = await find_pods(client, parse_query(list(words), **more))
    assert found.errors == []
    return sorted(pod["metadata"]["name"] for pod in found.pods)


@pytest.mark.parametrize(("kind", "replicas"), [("Deployment", 2), ("ReplicaSet", 2), ("StatefulSet", 1)])
def test_a_workload_means_its_own_pods(kind: str, replicas: int) -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_workload(kind, "web", replicas=replicas))
        cluster.apply(_pod("stray", app="web"))  # has the labels and another owner: none
        cluster.apply(
            _workload("Deployment", "web-api", app="web", replicas=1)
        )  # selects the same, is called almost so
        await _pods(cluster, replicas + 2)
        found = await _found(client, f"{kind.lower()}/web")
        assert len(found) == replicas
        assert not [name for name in found if name == "stray" or name.startswith("web-api-")]

    _with_demo(work)


def test_a_job_means_its_pod() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_job("import"))
        await _pods(cluster, 1)
        [name] = await _found(client, "job", "import")
        assert name.startswith("import-")

    _with_demo(work)


def test_a_service_means_every_pod_that_it_selects() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_pod("a", app="web"))
        cluster.apply(_pod("b", app="db"))
        cluster.apply(_service("front", app="web"))
        assert await _found(client, "svc/front") == ["a"]

    _with_demo(work)


def test_a_service_without_a_selector_is_told() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_service("outside"))
        with pytest.raises(UsageError, match="service/outside selects no pods"):
            await select(client, parse_query(["svc/outside"]))
        assert [str(error) for error in (await find_pods(client, parse_query(["svc/outside"]))).errors] == [
            "service/outside selects no pods: it has no selector"
        ]

    _with_demo(work)


def test_a_cronjob_means_the_pods_of_all_its_jobs() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        template = {"spec": _job("x")["spec"]}
        cron = cluster.apply(_object("CronJob", "nightly", "batch/v1", schedule="0 3 * * *", jobTemplate=template))
        owner = {"apiVersion": "batch/v1", "kind": "CronJob", "name": "nightly", "uid": cron["metadata"]["uid"]}
        for name, owners in (("nightly-1", [owner]), ("by-hand", [owner]), ("other", [])):
            job = _job(name)
            job["metadata"]["ownerReferences"] = owners
            cluster.apply(job)
        await _pods(cluster, 3)
        assert [name.rsplit("-", 1)[0] for name in await _found(client, "cj/nightly")] == ["by-hand", "nightly-1"]

    _with_demo(work)


def test_expressions_of_a_selector_are_asked_of_the_server() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        expressions = [
            {"key": "app", "operator": "In", "values": ["web", "other"]},
            {"key": "app", "operator": "NotIn", "values": ["db"]},
            {"key": "app", "operator": "Exists"},
            {"key": "gone", "operator": "DoesNotExist"},
        ]
        workload = _workload("Deployment", "web")
        workload["spec"]["selector"]["matchExpressions"] = expressions
        cluster.apply(workload)
        await _pods(cluster, 2)
        assert len(await _found(client, "deploy/web")) == 2
        [selection] = await select(client, parse_query(["deploy/web"]))
        assert selection.scope.labels == "app=web,app in (web,other),app notin (db),app,!gone"

    _with_demo(work)


def test_selectors_and_all_namespaces() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_pod("a", app="web"))
        cluster.apply(_pod("b", app="db"))
        elsewhere = _pod("c", app="web")
        elsewhere["metadata"]["namespace"] = "default"
        cluster.apply(elsewhere)
        assert await _found(client) == ["a", "b"]
        assert await _found(client, labels="app=web") == ["a"]
        assert await _found(client, labels="app=web", all_namespaces=True) == ["a", "c"]
        assert await _found(client, fields="metadata.name=b") == ["b"]

    _with_demo(work)


def test_what_is_named_twice_is_there_once() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_pod("a", app="web"))
        cluster.apply(_service("front", app="web"))
        assert await _found(client, "pod/a", "svc/front", "pod/a") == ["a"]

    _with_demo(work)


def test_an_unknown_name_names_the_nearest_and_the_others_are_found() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        for name in ("checkout-7d4b9", "checkout-x2x7k", "database"):
            cluster.apply(_pod(name))
        found = await find_pods(client, parse_query(["database", "checkout-7d4b", "zzz"]))
        assert [pod["metadata"]["name"] for pod in found.pods] == ["database"]
        assert [error.message for error in found.errors] == [
            'Error from server (NotFound): pods "checkout-7d4b" not found in namespace "demo"',
            'Error from server (NotFound): pods "zzz" not found in namespace "demo"',
        ]
        assert [error.hint for error in found.errors] == [
            "nearest names: checkout-7d4b9, checkout-x2x7k",
            "there are 3 pods in namespace demo; another one: -n NAMESPACE, or -A",
        ]

    _with_demo(work)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["web", "other", "app"], "app is a container of pod/web: name it with pod/web -c app"),
        (["pod", "web", "app"], "app is a container of pod/web: name it with pod/web -c app"),
        (["svc", "front", "app"], "app is a container of service/front: name it with service/front -c app"),
        (["pod", "web", "ap"], "there are 2 pods in namespace demo; another one: -n NAMESPACE, or -A"),
        (["pod", "gone", "app"], "there are 2 pods in namespace demo; another one: -n NAMESPACE, or -A"),
        (["pod/web", "pod/app"], "there are 2 pods in namespace demo; another one: -n NAMESPACE, or -A"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_name_that_is_a_container_of_the_first_one_is_said_to_be(words: list[str], hint: str) -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_pod("web"))
        cluster.apply(_pod("other"))
        cluster.apply(_service("front", app="web"))
        *_, error = (await find_pods(client, parse_query(words))).errors
        assert error.hint == hint

    _with_demo(work)


@pytest.mark.parametrize(
    ("pods", "hint"), [([], "there are no pods in"), (["a"], "there is 1 pod in"), (["a", "b"], "there are 2 pods in")]
)
def test_how_many_there_are_is_said_where_none_is_near(pods: list[str], hint: str) -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        for name in pods:
            cluster.apply(_pod(name))
        [error] = (await find_pods(client, parse_query(["pod/zzz"]))).errors
        assert error.hint == f"{hint} namespace demo; another one: -n NAMESPACE, or -A"

    _with_demo(work)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ('pods "web" not found', 'pods "web" not found in namespace "shop"'),
        ('pods "shop" not found', 'pods "shop" not found in namespace "shop"'),
        ('namespaces "shop" not found', 'namespaces "shop" not found'),
        ('no pods "web" in namespace "shop"', 'no pods "web" in namespace "shop"'),
        ("", 'the server answered 404 to: get pods "web" in namespace "shop"'),
    ],
)
def test_what_is_missing_is_told_with_its_namespace_once(message: str, said: str) -> None:
    body = json.dumps({"reason": "NotFound", "message": message}).encode()
    error = status_error(404, body, Subject("get", PODS, "shop", "web"))
    assert error.message == f"Error from server (NotFound): {said}"


def test_a_part_of_a_name_finds_those_that_have_it() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_workload("Deployment", "shop-frontend-of-the-company"))
        [error] = (await find_pods(client, parse_query(["deploy/front"]))).errors
        assert error.hint == "nearest names: shop-frontend-of-the-company"

    _with_demo(work)


def test_without_the_permission_to_list_names_the_hint_is_a_command() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.auth.grant(VIEWER, ["get"], ["pods"], "demo")
        [error] = (await find_pods(client, parse_query(["web"]))).errors
        assert isinstance(error, NotFound)
        assert error.hint == "see what there is: kubectl get pods -n demo"

    _with_demo(work, VIEWER)


def test_hints_reach_the_cluster_that_the_flags_name_as_the_same_user(tmp_path: Path) -> None:
    async def work(cluster: DemoCluster, _: Client) -> None:
        file = cluster.write_kubeconfig(tmp_path / "my viewer", VIEWER)
        flags = ConnectionFlags(kubeconfig=str(file))
        async with connect(flags, {}, may_ask=lambda: False, notify=lambda _: None) as client:
            with pytest.raises(Forbidden) as listed:
                await client.list_objects(Scope(PODS, "demo"))
            with pytest.raises(Forbidden) as watched:
                await anext(watch(client, Scope(PODS, "demo")))
            cluster.auth.grant(VIEWER, ["get"], ["pods"], "demo")
            [missing] = (await find_pods(client, parse_query(["web"]))).errors
        for error in (listed.value, watched.value):
            assert str(error.hint).endswith(f"kubectl auth can-i list pods -n demo --kubeconfig '{file}'")
        assert missing.hint == f"see what there is: kubectl get pods -n demo --kubeconfig '{file}'"

    _with_demo(work)


def test_pods_of_a_new_replica_set_come_in_while_a_deployment_is_watched() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_workload("Deployment", "web", replicas=1))
        [old] = await _pods(cluster, 1)
        async with open_feed(client, await select(client, parse_query(["deploy/web"]))) as feed:
            assert set(feed.pods) == {old["metadata"]["uid"]}
            deployment = cluster.store.get("deployments", "demo", "web")
            spec = {**deployment["spec"], "template": _template("web", "nginx:1")}
            cluster.store.update("deployments", {**deployment, "spec": spec})
            seen: set[str] = set()
            while not seen - {old["metadata"]["uid"]}:
                seen |= {u.item["metadata"]["uid"] for u in await feed.updates(5) if isinstance(u, Changed)}
            cluster.apply(_pod("stray", app="web"))
            cluster.apply(_pod("last", app="web"))
            assert not [pod for pod in feed.pods.values() if pod["metadata"]["name"] in ("stray", "last")]

    _with_demo(work)


def test_usage_is_left_out_with_a_note_where_nothing_measures_it() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        notes: list[str] = []
        assert await read_usage(client, "demo", "", notes.append) == {}
        assert notes == ["CPU and memory use is left out: no permission to list pods.metrics.k8s.io"]

    _with_demo(work, VIEWER)


def _reasons(events: list[dict[str, Any]]) -> set[str]:
    return {event["reason"] for event in events}


def _event(uid: str, reason: str, **about: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{reason.lower()}.{uid[:8]}"},
        "involvedObject": {"kind": "Pod", "namespace": "demo", "uid": uid, **about},
        "reason": reason,
        "message": reason,
        "type": "Normal",
    }


def test_events_are_those_of_a_pod_of_its_owners_and_of_its_claims() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        bound = cluster.apply(_object("PersistentVolumeClaim", "data", "v1", **claim))
        workload = _workload("Deployment", "web", replicas=1)
        volume = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
        workload["spec"]["template"]["spec"]["volumes"] = [volume]
        deployment = cluster.apply(workload)
        [pod] = await _pods(cluster, 1)
        [replicas] = cluster.store.list("replicasets", "demo")
        for item, reason in ((bound, "OfClaim"), (deployment, "OfDeployment"), (replicas, "OfSet"), (pod, "OfPod")):
            cluster.apply(_event(item["metadata"]["uid"], reason))
        cluster.apply(_event("a-predecessor-of-the-name", "OfPredecessor", name=pod["metadata"]["name"]))
        notes: list[str] = []
        own = {"OfClaim", "OfDeployment", "OfSet", "OfPod"}
        for words in ([pod["metadata"]["name"]], ["deploy/web"]):
            found = await find_pods(client, parse_query(words))
            concerned = await concerned_by(client, found.pods, found.selections, notes.append)
            assert own <= _reasons(await list_events(client, concerned, "demo"))
            assert "OfPredecessor" not in _reasons(await list_events(client, concerned, "demo"))
        assert "OfPredecessor" in _reasons(await list_events(client, None, "demo"))

    _with_demo(work)


def test_events_of_a_pod_that_is_gone_are_found_by_its_name() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_event("gone", "Killing", name="web"))
        cluster.apply(_event("other", "Pulled", name="db"))
        assert _reasons(await events_by_name(client, "web")) == {"Killing"}

    _with_demo(work)


def test_what_may_not_be_read_is_left_out_with_a_note() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.auth.grant(VIEWER, ["get", "list"], ["pods", "events"], "demo")
        workload = _workload("ReplicaSet", "web", replicas=1)
        claim = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
        workload["spec"]["template"]["spec"]["volumes"] = [claim]
        cluster.apply(workload)
        [pod] = await _pods(cluster, 1)
        notes: list[str] = []
        concerned = await concerned_by(client, [pod], [], notes.append)
        assert pod["metadata"]["uid"] in concerned.uids
        assert sorted(notes) == [
            "no permission to get persistentvolumeclaims: their events are left out",
            "no permission to get replicasets.apps: events of what owns them are left out",
        ]

    _with_demo(work, VIEWER)


def _watched(client: Client, query: Query, notes: list[str] | None = None) -> AsyncIterator[Any]:
    return event_changes(client, query, ([] if notes is None else notes).append)


async def _until_reason(changes: AsyncIterator[Any], reason: str) -> set[str]:
    """All reasons that came until this one did."""
    seen: set[str] = set()
    while reason not in seen:
        seen |= _reasons(await anext(changes))
    return seen


def test_events_are_watched_for_a_pod_and_none_of_others() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        pod = cluster.apply(_pod("web"))
        cluster.apply(_event("other", "OfAnother", name="other"))
        changes = _watched(client, parse_query(["web"]))
        cluster.apply(_event(pod["metadata"]["uid"], "First"))
        seen = await _until_reason(changes, "First")
        cluster.apply(_event("other", "OfAThird", name="third"))
        cluster.apply(_event(pod["metadata"]["uid"], "Second"))
        assert not {"OfAnother", "OfAThird"} & (seen | await _until_reason(changes, "Second"))

    _with_demo(work)


def test_an_event_that_comes_before_its_pod_is_kept_until_the_pod_is_there() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_service("front", app="web"))
        first = cluster.apply(_pod("a", app="web"))
        changes = _watched(client, parse_query(["svc/front"]))
        cluster.apply(_event(first["metadata"]["uid"], "First"))
        await _until_reason(changes, "First")
        cluster.apply(_event("uid-of-the-next", "Early"))
        cluster.apply(_event(first["metadata"]["uid"], "Second"))
        assert "Early" not in await _until_reason(changes, "Second")
        following = _pod("b", app="web")
        following["metadata"]["uid"] = "uid-of-the-next"
        cluster.apply(following)
        await _until_reason(changes, "Early")

    _with_demo(work)


def test_all_events_of_a_namespace_are_watched_without_reading_a_pod() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.auth.grant(VIEWER, ["list", "watch"], ["events"], "demo")
        changes = _watched(client, Query())
        cluster.apply(_event("x", "Something"))
        await _until_reason(changes, "Something")

    _with_demo(work, VIEWER)


def test_a_missing_pod_among_several_is_told_before_anything_is_watched() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_pod("web"))
        with pytest.raises(NotFound, match='"gone" not found'):
            await anext(_watched(client, parse_query(["web", "gone"])))

    _with_demo(work)


@pytest.mark.parametrize("query", [Query(), parse_query(["web"])], ids=["namespace", "pod"])
def test_events_that_may_not_be_read_end_a_watch_with_the_reason(query: Query) -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.auth.grant(VIEWER, ["get", "list", "watch"], ["pods"], "demo")
        cluster.apply(_pod("web"))
        with pytest.raises(McError) as caught:
            await anext(_watched(client, query))
        assert isinstance(caught.value, Forbidden)
        assert 'the verb "list" on events is missing' in str(caught.value.hint)

    _with_demo(work, VIEWER)
