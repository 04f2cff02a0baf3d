"""Watches: what they begin with, what they tell, and how they end."""

import json
from typing import Any

from tests.demo.client import PODS, TABLE, Client, own_cluster, pod

EVENTS = "/api/v1/namespaces/demo/events"
CONFIG_MAPS = "/api/v1/namespaces/demo/configmaps"


def config_map(name: str, value: str = "", **labels: str) -> dict[str, Any]:
    """A small object to which nothing happens by itself."""
    metadata = {"name": name, "labels": labels}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"value": value}}


async def take(lines: Any, count: int) -> list[tuple[str, Any]]:
    """The next events as type and object."""
    found = []
    for _ in range(count):
        event = json.loads(await lines.readline())
        found.append((event["type"], event["object"]))
    return found


async def changed(api: Client, name: str, body: dict[str, Any]) -> None:
    """Patches a ConfigMap."""
    patch = "application/merge-patch+json"
    assert (await api.request("PATCH", f"{CONFIG_MAPS}/{name}", body=body, content_type=patch)).status == 200


async def test_without_a_version_everything_there_is_comes_first() -> None:
    async with own_cluster() as api:
        api.cluster.apply(config_map("one"))
        async with api.stream(CONFIG_MAPS, {"watch": "1"}) as lines:
            assert [(kind, obj["metadata"]["name"]) for kind, obj in await take(lines, 2)] == [
                ("ADDED", "kube-root-ca.crt"),
                ("ADDED", "one"),
            ]
            api.cluster.apply(config_map("two"))
            assert [(kind, obj["metadata"]["name"]) for kind, obj in await take(lines, 1)] == [("ADDED", "two")]


async def test_from_a_version_only_what_came_after_it_is_told() -> None:
    async with own_cluster() as api:
        api.cluster.apply(config_map("one"))
        version = (await api.get(CONFIG_MAPS)).json["metadata"]["resourceVersion"]
        await changed(api, "one", {"data": {"value": "new"}})
        await api.request("DELETE", f"{CONFIG_MAPS}/one")
        async with api.stream(CONFIG_MAPS, {"watch": "1", "resourceVersion": version}) as lines:
            (first, modified), (second, deleted) = await take(lines, 2)
            assert (first, modified["data"]["value"]) == ("MODIFIED", "new")
            assert second == "DELETED"
            assert int(deleted["metadata"]["resourceVersion"]) > int(modified["metadata"]["resourceVersion"])


async def test_what_leaves_the_selection_is_deleted_for_the_watcher() -> None:
    async with own_cluster() as api:
        query = {"watch": "1", "labelSelector": "team=a"}
        api.cluster.apply(config_map("one", team="a"))
        async with api.stream(CONFIG_MAPS, query) as lines:
            await changed(api, "one", {"metadata": {"labels": {"team": "b"}}})
            await changed(api, "one", {"metadata": {"labels": {"team": "a"}}})
            assert [kind for kind, _ in await take(lines, 3)] == ["ADDED", "DELETED", "ADDED"]


async def test_bookmarks_carry_the_newest_version() -> None:
    async with own_cluster() as api:
        api.cluster.faults.bookmark_every = 0.05
        query = {"watch": "1", "allowWatchBookmarks": "true", "resourceVersion": "0"}
        async with api.stream(CONFIG_MAPS, query) as lines:
            (_, _), (kind, obj) = await take(lines, 2)
            assert kind == "BOOKMARK"
            assert obj["kind"] == "ConfigMap"
            assert int(obj["metadata"]["resourceVersion"]) >= 1000
            assert "data" not in obj


async def test_a_watch_ends_cleanly_after_its_timeout() -> None:
    async with own_cluster() as api:
        query = {"watch": "1", "timeoutSeconds": "1", "labelSelector": "none=such"}
        async with api.stream(CONFIG_MAPS, query) as lines:
            assert await lines.read() == b""


async def test_a_version_that_is_forgotten_gets_an_error_event_410() -> None:
    async with own_cluster() as api:
        api.cluster.apply(config_map("one"))
        old = (await api.get(CONFIG_MAPS)).json["metadata"]["resourceVersion"]
        for number in range(1001):
            api.cluster.store.update("configmaps", {**_stored(api, "one"), "data": {"value": str(number)}})
        async with api.stream(CONFIG_MAPS, {"watch": "1", "resourceVersion": old}) as lines:
            [(kind, status)] = await take(lines, 1)
            assert (kind, status["code"], status["reason"]) == ("ERROR", 410, "Expired")
            assert status["message"].startswith(f"too old resource version: {old} (")
            assert await lines.read() == b""


def _stored(api: Client, name: str) -> dict[str, Any]:
    return api.cluster.store.get("configmaps", "demo", name)


async def test_a_watch_can_be_a_table_with_its_header_once() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one"))
        async with api.stream(PODS, {"watch": "1"}, **TABLE) as lines:
            events = await take(lines, 2)
            assert [obj["kind"] for _, obj in events] == ["Table", "Table"]
            assert events[0][1]["columnDefinitions"][0]["name"] == "Name"
            assert events[1][1]["columnDefinitions"] is None
            assert events[0][1]["rows"][0]["cells"][0] == "one"
