"""Reading and writing through the API, with the real server's answers."""

import json

import pytest

from kubectl_mc.demo.patches import APPLY, JSON, MERGE, STRATEGIC
from kubectl_mc.demo.scales import scale_of
from tests.demo.client import PODS, TABLE, own_cluster, pod


async def test_an_unknown_pod_is_a_status_404_with_name_and_kind() -> None:
    async with own_cluster() as api:
        answer = await api.get(f"{PODS}/nope")
        assert answer.status == 404
        assert answer.message == 'pods "nope" not found'
        assert answer.json["details"] == {"name": "nope", "kind": "pods"}
        other = await api.get("/apis/apps/v1/namespaces/demo/deployments/nope")
        assert other.message == 'deployments.apps "nope" not found'
        assert other.json["details"] == {"name": "nope", "group": "apps", "kind": "deployments"}
        assert (await api.get("/api/v1/namespaces/demo/widgets")).message == (
            "the server could not find the requested resource"
        )


async def test_a_created_pod_carries_uid_version_time_and_defaults() -> None:
    async with own_cluster() as api:
        answer = await api.request("POST", PODS, body=pod("one"))
        created = answer.json
        assert answer.status == 201
        assert created["metadata"]["namespace"] == "demo"
        assert {"uid", "resourceVersion", "creationTimestamp", "generation"} <= created["metadata"].keys()
        assert created["spec"]["terminationGracePeriodSeconds"] == 30
        assert created["spec"]["containers"][0]["imagePullPolicy"] == "IfNotPresent"
        assert (await api.get(f"{PODS}/one")).json["metadata"]["uid"] == created["metadata"]["uid"]


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        (PODS, pod("one"), 409, 'pods "one" already exists'),
        ("/api/v1/namespaces/nowhere/pods", pod("two"), 404, 'namespaces "nowhere" not found'),
        (PODS, pod("Big"), 422, 'Pod "Big" is invalid: metadata.name: Invalid value: "Big": a lowercase RFC 1123'),
        (
            PODS,
            {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "bare"}},
            422,
            'Pod "bare" is invalid: spec.containers: Required value',
        ),
        (PODS, {"kind": "Job", "apiVersion": "v1", "metadata": {"name": "x"}}, 400, "cannot be handled as a Pod"),
    ],
)
async def test_what_cannot_be_created_says_why(path: str, body: object, status: int, message: str) -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one"))
        answer = await api.request("POST", path, body=body)
        assert answer.status == status
        assert message in answer.message


async def test_selectors_pick_by_labels_and_fields() -> None:
    async with own_cluster() as api:
        api.cluster.clock.freeze(api.cluster.clock.now())  # no node takes the pods meanwhile
        api.cluster.apply(pod("a", labels={"app": "web", "tier": "front"}))
        api.cluster.apply(pod("b", labels={"app": "web"}))
        api.cluster.apply(pod("c", labels={"app": "db"}))

        async def names(**query: str) -> list[str]:
            return (await api.get(PODS, query)).names

        assert await names(labelSelector="app=web") == ["a", "b"]
        assert await names(labelSelector="app!=web") == ["c"]
        assert await names(labelSelector="app in (web, db),!tier") == ["b", "c"]
        assert await names(labelSelector="tier") == ["a"]
        assert await names(labelSelector="app notin (db)") == ["a", "b"]
        assert await names(fieldSelector="metadata.name=b") == ["b"]
        assert await names(fieldSelector="metadata.name!=b,spec.nodeName=") == ["a", "c"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"labelSelector": "a in"}, "unable to parse requirement: found '' expected: '('"),
        ({"labelSelector": "a in (b"}, "unable to parse requirement: found '', expected: ',' or ')'"),
        ({"labelSelector": "="}, "found '=', expected: !, identifier, or 'end of string'"),
        ({"labelSelector": "a===b"}, "unable to parse requirement: found '=', expected: identifier"),
        ({"labelSelector": "a,b,,"}, "found ',', expected: identifier after ','"),
        ({"fieldSelector": "foo=bar"}, "field label not supported: foo"),
        ({"fieldSelector": "foo"}, "invalid selector: 'foo'; can't understand 'foo'"),
        ({"limit": "x"}, 'strconv.ParseInt: parsing "x": invalid syntax'),
    ],
)
async def test_a_bad_query_is_refused_in_the_servers_words(query: dict[str, str], message: str) -> None:
    async with own_cluster() as api:
        answer = await api.get(PODS, query)
        assert (answer.status, answer.json["reason"]) == (400, "BadRequest")
        assert answer.message == message


async def test_pages_add_up_to_the_whole_list() -> None:
    async with own_cluster() as api:
        for number in range(7):
            api.cluster.apply(pod(f"p{number}"))
        found: list[str] = []
        left: list[int | None] = []
        token = ""
        while token or not found:
            answer = await api.get(PODS, {"limit": "3", "continue": token})
            found += answer.names
            left.append(answer.json["metadata"].get("remainingItemCount"))
            token = answer.json["metadata"].get("continue", "")
        assert found == [f"p{number}" for number in range(7)]
        assert left == [4, 1, None]


async def test_an_old_continue_token_is_expired() -> None:
    async with own_cluster() as api:
        for number in range(4):
            api.cluster.apply(pod(f"p{number}"))
        token = (await api.get(PODS, {"limit": "1"})).json["metadata"]["continue"]
        api.cluster.faults.expire_watches()
        answer = await api.get(PODS, {"limit": "1", "continue": token})
        assert (answer.status, answer.json["reason"]) == (410, "Expired")


async def test_a_table_has_the_columns_of_kubectl_and_metadata_only() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one", "a", "b"))
        api.cluster.advance(10)
        table = (await api.get(PODS, headers=TABLE)).json
        assert table["kind"] == "Table"
        names = [column["name"] for column in table["columnDefinitions"] if column["priority"] == 0]
        assert names == ["Name", "Ready", "Status", "Restarts", "Age"]
        assert table["rows"][0]["cells"][:4] == ["one", "2/2", "Running", "0"]
        assert table["rows"][0]["object"]["kind"] == "PartialObjectMetadata"
        bare = (await api.get(PODS, {"includeObject": "None"}, headers=TABLE)).json
        assert bare["rows"][0]["object"] is None


async def test_metadata_can_be_asked_for_alone() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one"))
        accept = {"Accept": "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"}
        found = (await api.get(PODS, headers=accept)).json
        assert found["kind"] == "PartialObjectMetadataList"
        assert found["items"][0].keys() == {"kind", "apiVersion", "metadata"}


async def test_a_pod_is_deleted_gracefully_and_then_gone() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one"))
        api.cluster.advance(10)
        answer = await api.request("DELETE", f"{PODS}/one", body={"gracePeriodSeconds": 1})
        assert answer.json["metadata"]["deletionGracePeriodSeconds"] == 1
        assert answer.json["metadata"]["deletionTimestamp"]
        api.cluster.advance(10)
        assert (await api.get(f"{PODS}/one")).status == 404


async def test_a_deletion_of_another_pod_of_that_name_is_a_conflict() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one"))
        answer = await api.request("DELETE", f"{PODS}/one", body={"preconditions": {"uid": "other"}})
        assert (answer.status, answer.json["reason"]) == (409, "Conflict")
        assert "the UID in the precondition (other) does not match the UID in record" in answer.message


async def test_labels_can_be_patched_and_a_spec_cannot() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one"))
        merge = "application/strategic-merge-patch+json"
        patch = {"metadata": {"labels": {"seen": "yes"}}}
        answer = await api.request("PATCH", f"{PODS}/one", body=patch, content_type=merge)
        assert answer.json["metadata"]["labels"] == {"seen": "yes"}
        refused = await api.request("PATCH", f"{PODS}/one", body={"spec": {"hostname": "x"}}, content_type=merge)
        assert refused.status == 422
        assert "pod updates may not change fields other than" in refused.message
        unknown = await api.request("PATCH", f"{PODS}/one", body={}, content_type="application/json")
        assert (unknown.status, unknown.message) == (415, "415: Unsupported Media Type")


async def test_a_debug_container_starts_beside_the_others() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one", "app"))
        api.cluster.advance(10)
        debugger = {"name": "dbg", "image": "busybox:1.37", "command": ["sleep", "1d"], "targetContainerName": "app"}
        merge = "application/strategic-merge-patch+json"
        path = f"{PODS}/one/ephemeralcontainers"
        patch = {"spec": {"ephemeralContainers": [debugger]}}
        assert (await api.request("PATCH", path, body=patch, content_type=merge)).status == 200
        api.cluster.advance(10)
        [status] = (await api.get(f"{PODS}/one")).json["status"]["ephemeralContainerStatuses"]
        assert "running" in status["state"]
        taken = {"spec": {"ephemeralContainers": [{"name": "app", "image": "busybox:1.37"}]}}
        answer = await api.request("PATCH", path, body=taken, content_type=merge)
        assert answer.status == 422
        assert 'Duplicate value: "app"' in answer.message


async def test_metrics_are_served_for_running_containers() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one", "a", "b"))
        api.cluster.advance(10)
        found = (await api.get("/apis/metrics.k8s.io/v1beta1/namespaces/demo/pods/one")).json
        assert [each["name"] for each in found["containers"]] == ["a", "b"]
        assert found["containers"][0]["usage"]["cpu"].endswith("n")
        missing = await api.get("/apis/metrics.k8s.io/v1beta1/namespaces/demo/pods/two")
        assert (missing.status, missing.message) == (404, 'pods "two" not found')


async def test_a_list_names_its_kind_and_its_items_do_not() -> None:
    async with own_cluster("app-with-cache") as api:
        found = json.loads((await api.get(PODS)).body)
        assert (found["kind"], found["apiVersion"]) == ("PodList", "v1")
        assert "kind" not in found["items"][0]
        assert (await api.get(f"{PODS}/app-with-cache")).json["kind"] == "Pod"


async def test_a_scale_is_the_replicas_of_a_workload_and_its_selector_as_text() -> None:
    async with own_cluster("production-app") as api:
        deployment = "/apis/apps/v1/namespaces/demo/deployments/production-app"
        scale = (await api.get(f"{deployment}/scale")).json
        assert (scale["kind"], scale["apiVersion"]) == ("Scale", "autoscaling/v1")
        assert scale["spec"] == {"replicas": 3}
        assert scale["status"] == {"replicas": 3, "selector": "app=production-app"}
        assert len((await api.get(PODS, {"labelSelector": scale["status"]["selector"]})).names) == 3
        put = await api.request("PUT", f"{deployment}/scale", body={**scale, "spec": {"replicas": 2}})
        assert put.json["spec"] == {"replicas": 2}
        stale = await api.request("PUT", f"{deployment}/scale", body={**scale, "spec": {"replicas": 9}})
        assert (stale.status, stale.json["reason"]) == (409, "Conflict")
        assert (await api.get(deployment)).json["spec"]["replicas"] == 2


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        ({"matchLabels": {"b": "1", "a": "2"}}, "a=2,b=1"),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["y", "x"]}]}, "a in (x,y)"),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["x"]}]}, "a notin (x)"),
        (
            {"matchLabels": {"b": "1"}, "matchExpressions": [{"key": "a", "operator": "Exists"}]},
            "a,b=1",
        ),
        ({"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}, "!a"),
    ],
)
def test_a_scale_tells_its_selector_as_text(selector: dict[str, object], text: str) -> None:
    metadata = {"name": "w", "namespace": "demo", "uid": "u", "resourceVersion": "1", "creationTimestamp": "t"}
    assert scale_of({"metadata": metadata, "spec": {"selector": selector}})["status"]["selector"] == text


@pytest.mark.parametrize(
    ("patch", "status", "message"),
    [
        (
            {"spec": {"replicas": -2}},
            422,
            'Scale.autoscaling "production-app" is invalid: spec.replicas: Invalid value: -2: must be greater than or '
            "equal to 0",
        ),
        ({"spec": {"replicas": "2"}}, 400, "the object provided is unrecognized (must be of type Scale)"),
    ],
)
async def test_a_scale_that_cannot_be_is_refused(patch: dict[str, object], status: int, message: str) -> None:
    async with own_cluster("production-app") as api:
        path = "/apis/apps/v1/namespaces/demo/deployments/production-app/scale"
        answer = await api.request("PATCH", path, body=patch, content_type="application/merge-patch+json")
        assert (answer.status, answer.message) == (status, message)
        daemon_set = "/apis/apps/v1/namespaces/demo/daemonsets/node-agent/scale"
        assert (await api.get(daemon_set)).message == "the server could not find the requested resource"


@pytest.mark.parametrize(
    ("kind", "patch"),
    [
        (MERGE, {"metadata": {"finalizers": None}}),
        (MERGE, {"metadata": {"finalizers": []}}),
        (STRATEGIC, {"metadata": {"$deleteFromPrimitiveList/finalizers": ["example.com/audit"]}}),
        (JSON, [{"op": "remove", "path": "/metadata/finalizers/0"}]),
    ],
)
@pytest.mark.parametrize("path", [PODS, "/api/v1/namespaces/demo/configmaps"])
async def test_what_is_deleted_goes_when_a_patch_removes_its_finalizers(path: str, kind: str, patch: object) -> None:
    async with own_cluster() as api:
        held = {"name": "held", "finalizers": ["example.com/audit"]}
        await api.request("POST", path, body={**(pod("held") if path == PODS else {}), "metadata": held})
        api.cluster.advance(10)
        deleted = await api.request("DELETE", f"{path}/held", body={"gracePeriodSeconds": 1})
        assert deleted.json["metadata"]["deletionTimestamp"]
        api.cluster.advance(10)
        new = {"metadata": {"finalizers": ["example.com/new"], "deletionTimestamp": None}}
        refused = await api.request("PATCH", f"{path}/held", body=new, content_type=MERGE)
        assert (refused.status, refused.json["reason"]) == (422, "Invalid")
        assert refused.message.endswith(
            "is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being "
            'deleted, found new finalizers []string{"example.com/new"}'
        )
        alive = {"metadata": {"deletionTimestamp": None}}
        kept = await api.request("PATCH", f"{path}/held", body=alive, content_type=MERGE)
        assert kept.json["metadata"]["deletionTimestamp"]
        assert (await api.request("PATCH", f"{path}/held", body=patch, content_type=kind)).status == 200
        assert (await api.get(f"{path}/held")).status == 404


async def test_a_strategic_patch_adds_finalizers_to_those_there_are() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one", finalizers=["example.com/a"]))
        for added in (["example.com/b"], []):
            patch = {"metadata": {"finalizers": added}}
            answer = await api.request("PATCH", f"{PODS}/one", body=patch, content_type=STRATEGIC)
            assert answer.json["metadata"]["finalizers"] == ["example.com/a", "example.com/b"]


@pytest.mark.parametrize(
    ("query", "content_type", "message"),
    [
        ({"dryRun": "All"}, MERGE, "the simulated cluster knows no dry run"),
        ({"fieldManager": "me"}, APPLY, "the simulated cluster knows no server-side apply"),
    ],
)
async def test_what_is_left_out_is_refused_in_a_sentence(
    query: dict[str, str], content_type: str, message: str
) -> None:
    async with own_cluster() as api:
        answer = await api.request("PATCH", f"{PODS}/new", query, body={}, content_type=content_type)
        assert (answer.status, answer.message) == (400, message)


async def test_scheduling_gates_can_be_removed_and_not_added() -> None:
    async with own_cluster() as api:
        made = pod("one")
        made["spec"]["schedulingGates"] = [{"name": "example.com/a"}]
        await api.request("POST", PODS, body=made)
        api.cluster.advance(10)
        more = {"spec": {"schedulingGates": [{"name": "example.com/b"}]}}
        refused = await api.request("PATCH", f"{PODS}/one", body=more, content_type=MERGE)
        assert refused.message == (
            'Pod "one" is invalid: spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new '
            "scheduling gate 'example.com/b'"
        )
        gone = {"spec": {"schedulingGates": [{"$patch": "delete", "name": "example.com/a"}]}}
        assert (await api.request("PATCH", f"{PODS}/one", body=gone, content_type=STRATEGIC)).status == 200
        api.cluster.advance(10)
        assert (await api.get(f"{PODS}/one")).json["status"]["phase"] == "Running"
