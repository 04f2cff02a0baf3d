"""Lists and watches against the simulated cluster, its faults, and servers that are worse."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web

from kubectl_mc.cluster import client as client_module
from kubectl_mc.cluster import watch as watch_module
from kubectl_mc.cluster.client import Client, Scope
from kubectl_mc.cluster.feed import Resumed, open_feed
from kubectl_mc.cluster.targets import Selection
from kubectl_mc.cluster.watch import Change, Changed, Deleted, Interrupted, Snapshot, watch
from kubectl_mc.demo.auth import VIEWER
from kubectl_mc.demo.server import DemoCluster
from kubectl_mc.errors import ApiError, ConnectionLost, Forbidden, McError, NotFound, UsageError
from kubectl_mc.model.resources import CLAIMS, PODS, SERVICES, Resource
from tests.cluster_layer.servers import access, client_of, connected, demo_cluster, http_server, until

SCOPE = Scope(SERVICES, "demo")


def _service(name: str, **labels: str) -> dict[str, Any]:
    metadata = {"name": name, "labels": labels}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"ports": [{"port": 80}]}}


def _name(item: dict[str, Any]) -> str:
    return str(item["metadata"]["name"])


Work = Callable[[DemoCluster, Client], Awaitable[None]]


def _with_demo(work: Work) -> None:
    async def run() -> None:
        async with asyncio.timeout(10), demo_cluster() as cluster, client_of(cluster) as client:
            await work(cluster, client)

    asyncio.run(run())


def _run(work: Coroutine[Any, Any, None]) -> None:
    async def run() -> None:
        async with asyncio.timeout(10):
            await work

    asyncio.run(run())


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks between attempts are as long as they have to be for a test."""
    monkeypatch.setattr(watch_module, "_BACKOFF_SECONDS", (0.02, 0.04))


def test_a_list_goes_on_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "PAGE", 3)

    async def work(cluster: DemoCluster, client: Client) -> None:
        for number in range(8):
            cluster.apply(_service(f"s{number}"))
        listing = await client.list_objects(SCOPE)
        assert [_name(item) for item in listing.items] == [f"s{number}" for number in range(8)]
        assert listing.resource_version

    _with_demo(work)


def test_a_list_whose_page_has_expired_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def pages(request: web.Request) -> web.Response:
        token = request.query.get("continue", "")
        asked.append(token)
        if token and asked.count(token) == 1:
            return web.json_response({"reason": "Expired"}, status=410)
        following = {"continue": "2", "resourceVersion": "7"} if not token else {"resourceVersion": "9"}
        return web.json_response({"items": [{"metadata": {"name": f"page{token or 1}"}}], "metadata": following})

    async def work() -> None:
        async with http_server(pages) as url, connected(url) as client:
            listing = await client.list_objects(SCOPE)
        assert ([_name(item) for item in listing.items], listing.resource_version) == (["page1", "page2"], "9")
        assert asked == ["", "2", "", "2"]

    _run(work())


def test_selectors_narrow_a_list() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_service("a", app="web"))
        cluster.apply(_service("b", app="db"))
        assert [_name(i) for i in (await client.list_objects(Scope(SERVICES, "demo", "app=web"))).items] == ["a"]
        assert [_name(i) for i in (await client.list_objects(Scope(SERVICES, None, "", "metadata.name=b"))).items] == [
            "b"
        ]
        with pytest.raises(UsageError):
            await client.list_objects(Scope(SERVICES, "demo", "app in ("))

    _with_demo(work)


def test_names_are_had_without_the_objects() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_service("a"))
        cluster.apply(_service("b"))
        assert await client.names(SCOPE) == ["a", "b"]

    _with_demo(work)


@pytest.mark.parametrize("expires", [False, True])
def test_names_come_from_every_page_and_from_the_start_when_a_page_has_expired(expires: bool) -> None:
    asked: list[tuple[str, int]] = []

    async def handler(request: web.Request) -> web.Response:
        token = request.query.get("continue", "0")
        asked.append((token, int(request.query["limit"])))
        assert "PartialObjectMetadataList" in request.headers["Accept"]
        if expires and len(asked) == 2:
            return web.json_response({}, status=410)
        following = {"0": "1", "1": "2"}.get(token, "")
        return web.json_response(
            {"items": [{"metadata": {"name": f"web-{token}"}}], "metadata": {"continue": following}}
        )

    async def work() -> None:
        async with http_server(handler) as url, connected(url) as client:
            assert await client.names(SCOPE) == ["web-0", "web-1", "web-2"]

    _run(work())
    assert [token for token, _ in asked] == (["0", "1"] if expires else []) + ["0", "1", "2"]
    assert all(limit > 500 for _, limit in asked)


@pytest.mark.parametrize("verbs", [["get"], ["get", "list"]])
def test_one_object_can_be_watched_by_who_may_only_get_it(verbs: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "_POLL_SECONDS", 0.02)

    async def run() -> None:
        async with asyncio.timeout(10), demo_cluster() as cluster, client_of(cluster, VIEWER) as client:
            cluster.auth.grant(VIEWER, verbs, ["services"], "demo")
            changes = watch(client, Scope(SERVICES, "demo", name="a"))

            async def until_it(names: list[str]) -> None:
                while list(map(_name, (await _next(changes, Snapshot)).items)) != names:
                    pass

            await until_it([])
            cluster.apply(_service("a"))
            cluster.apply(_service("b"))
            await until_it(["a"])
            await cluster.faults.stop()
            while not isinstance(await anext(changes), Interrupted):
                pass
            await cluster.faults.start()
            cluster.store.delete("services", "demo", "a")
            while isinstance(await anext(changes), Interrupted):
                pass
            await until_it([])
            cluster.auth.revoke(VIEWER)
            with pytest.raises(Forbidden) as caught:
                await until_it(["a"])
            assert "can-i get services -n demo" in str(caught.value.hint)

    asyncio.run(run())


def test_a_permission_that_is_lost_while_watching_is_checked_with_the_given_flags() -> None:
    denied = {"type": "ERROR", "object": {"kind": "Status", "code": 403, "message": "no longer"}}

    async def handler(request: web.Request) -> web.Response:
        answer = denied if "watch" in request.query else {"metadata": {"resourceVersion": "1"}}
        return web.Response(body=json.dumps(answer) + "\n")

    async def work() -> None:
        async with http_server(handler) as url, connected(replace(access(url), reach=["--as", "ann"])) as client:
            changes = watch(client, SCOPE)
            assert await anext(changes) == Snapshot([])
            with pytest.raises(Forbidden) as caught:
                await anext(changes)
            assert str(caught.value.hint).endswith("can-i watch services -n demo --as ann")

    _run(work())


def test_names_from_a_server_that_is_none_are_one_of_this_tools_errors() -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="<html>")

    async def work() -> None:
        async with http_server(page) as url, connected(url) as client:
            with pytest.raises(McError):
                await client.names(SCOPE)

    _run(work())


def test_one_object_or_that_there_is_none() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_service("a"))
        assert _name(await client.get(SERVICES, "demo", "a")) == "a"
        with pytest.raises(NotFound, match='services "b" not found'):
            await client.get(SERVICES, "demo", "b")
        with pytest.raises(NotFound):
            await client.list_objects(Scope(Resource("gadgets", "Gadget", "gadget", (), "example.com"), "demo"))

    _with_demo(work)


def test_what_is_forbidden_is_named_with_verb_and_resource() -> None:
    async def work() -> None:
        async with demo_cluster() as cluster, client_of(cluster, VIEWER) as client:
            with pytest.raises(Forbidden) as caught:
                await client.list_objects(Scope(PODS, "demo"))
            assert 'cannot list resource "pods"' in caught.value.message
            assert caught.value.hint == (
                'the verb "list" on pods is missing; check: kubectl auth can-i list pods -n demo'
            )
            with pytest.raises(Forbidden):
                await anext(watch(client, Scope(PODS, "demo")))

    _run(work())


async def _next(changes: AsyncIterator[Change], kind: type[Any]) -> Any:
    change = await anext(changes)
    assert isinstance(change, kind), change
    return change


def test_a_watch_gives_what_there_is_then_what_changes() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_service("a"))
        changes = watch(client, SCOPE)
        assert [_name(item) for item in (await _next(changes, Snapshot)).items] == ["a"]
        cluster.apply(_service("b"))
        assert _name((await _next(changes, Changed)).item) == "b"
        cluster.store.update("services", {**cluster.store.get("services", "demo", "a"), "spec": {"ports": []}})
        assert (await _next(changes, Changed)).item["spec"]["ports"] == []
        cluster.store.delete("services", "demo", "a")
        assert _name((await _next(changes, Deleted)).item) == "a"

    _with_demo(work)


def test_what_leaves_a_selector_is_deleted_from_its_watch() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_service("a", app="web"))
        changes = watch(client, Scope(SERVICES, "demo", "app=web"))
        await _next(changes, Snapshot)
        held = cluster.store.get("services", "demo", "a")
        cluster.store.update("services", {**held, "metadata": {**held["metadata"], "labels": {}}})
        assert _name((await _next(changes, Deleted)).item) == "a"

    _with_demo(work)


@pytest.mark.parametrize("times", [1, 3])
def test_an_expired_version_leads_to_a_new_list(times: int) -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_service("a"))
        cluster.faults.expire_watches(times)
        changes = watch(client, SCOPE)
        for _ in range(times + 1):
            assert [_name(item) for item in (await _next(changes, Snapshot)).items] == ["a"]
        cluster.apply(_service("b"))
        assert _name((await _next(changes, Changed)).item) == "b"

    _with_demo(work)


def test_an_answer_of_gone_leads_to_a_new_list_as_an_event_does() -> None:
    watches = 0

    async def server(request: web.Request) -> web.StreamResponse:
        nonlocal watches
        if "watch" not in request.query:
            return web.json_response({"items": [], "metadata": {"resourceVersion": str(watches)}})
        watches += 1
        if watches == 1:
            return web.json_response({"reason": "Expired"}, status=410)
        assert request.query["resourceVersion"] == "1"
        return web.json_response({"type": "ADDED", "object": {"metadata": {"name": "a", "resourceVersion": "2"}}})

    async def work() -> None:
        async with http_server(server) as url, connected(url) as client:
            changes = watch(client, SCOPE)
            await _next(changes, Snapshot)
            await _next(changes, Snapshot)

    _run(work())


def test_no_change_is_lost_and_none_comes_twice_over_broken_connections() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        changes = watch(client, SCOPE)
        await _next(changes, Snapshot)
        seen: list[str] = []
        for number in range(12):
            cluster.apply(_service(f"s{number}"))
            if number % 3 == 0:
                cluster.faults.drop_connections()
            seen.append(_name((await _next(changes, Changed)).item))
        assert seen == [f"s{number}" for number in range(12)]

    _with_demo(work)


def test_a_server_that_goes_and_comes_back_is_told_and_listed_anew() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_service("a"))
        changes = watch(client, SCOPE)
        await _next(changes, Snapshot)
        pending = asyncio.ensure_future(anext(changes))
        await until(lambda: cluster.faults.open_streams)
        await cluster.faults.stop()
        interrupted = await pending
        assert isinstance(interrupted, Interrupted)
        assert isinstance(interrupted.error, ConnectionLost)
        cluster.apply(_service("b"))
        cluster.store.delete("services", "demo", "a")
        await cluster.faults.start()
        change = await anext(changes)
        while isinstance(change, Interrupted):
            change = await anext(changes)
        assert isinstance(change, Snapshot)
        assert [_name(item) for item in change.items] == ["b"]

    _with_demo(work)


def test_a_throttled_server_is_waited_for() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.faults.throttle(3, retry_after=0)
        await _next(watch(client, SCOPE), Snapshot)

    _with_demo(work)


def _served(watched: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Callable[[web.Request], Any]:
    """A server whose lists are empty and whose watches are as given."""

    async def server(request: web.Request) -> web.StreamResponse:
        if "watch" in request.query:
            return await watched(request)
        return web.json_response({"items": [], "metadata": {"resourceVersion": "1"}})

    return server


def test_a_watch_goes_on_from_a_bookmark() -> None:
    versions: list[str] = []

    async def bookmarks(request: web.Request) -> web.Response:
        assert request.query["allowWatchBookmarks"] == "true"
        versions.append(request.query["resourceVersion"])
        kind, version = ("BOOKMARK", "42") if len(versions) == 1 else ("ADDED", "43")
        item = {"metadata": {"name": "a", "resourceVersion": version}}
        return web.json_response({"type": kind, "object": item}, dumps=lambda event: json.dumps(event) + "\n")

    async def work() -> None:
        async with http_server(_served(bookmarks)) as url, connected(url) as client:
            changes = watch(client, SCOPE)
            await _next(changes, Snapshot)
            await _next(changes, Changed)
        assert versions == ["1", "42"]

    _run(work())


@pytest.mark.parametrize("code", [200, 410])
def test_a_server_that_ends_every_watch_at_once_is_not_asked_in_a_circle(
    code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "_BACKOFF_SECONDS", (0.1,))
    times: list[float] = []
    enough = asyncio.Event()

    async def ends(request: web.Request) -> web.Response:
        times.append(asyncio.get_running_loop().time())
        if len(times) == 5:
            enough.set()
        return web.Response(status=code)

    async def work() -> None:
        async with http_server(_served(ends)) as url, connected(url) as client:

            async def consume() -> None:
                async for _ in watch(client, SCOPE):
                    pass

            consumer = asyncio.create_task(consume())
            await enough.wait()
            consumer.cancel()
            await asyncio.gather(consumer, return_exceptions=True)
        assert all(later - earlier > 0.05 for earlier, later in pairwise(times[1:]))

    _run(work())


@pytest.mark.parametrize(
    "event",
    [b"garbage", b"[]", b"{}", b'{"type":"ADDED"}', b'{"type":"ADDED","object":[]}', b'{"type":"ERROR","object":7}'],
)
def test_a_broken_event_is_an_interruption(event: bytes) -> None:
    async def broken(request: web.Request) -> web.Response:
        return web.Response(body=event + b"\n")

    async def work() -> None:
        async with http_server(_served(broken)) as url, connected(url) as client:
            changes = watch(client, SCOPE)
            await _next(changes, Snapshot)
            assert "broken watch event" in (await _next(changes, Interrupted)).error.message

    _run(work())


def test_events_may_be_large_and_cut_anywhere() -> None:
    async def pieces(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        kinds = (("ADDED", "a"), ("BOOKMARK", ""), ("UNKNOWN", "b"), ("MODIFIED", "漢"), ("DELETED", "a"))
        objects = [(kind, {"metadata": {"name": name}, "x": "y" * 300_000}) for kind, name in kinds]
        text = "".join(json.dumps({"type": kind, "object": item}) + "\n" for kind, item in objects).encode()
        for start in range(0, len(text), 99_991):
            await response.write(text[start : start + 99_991])
        return response

    async def work() -> None:
        async with http_server(_served(pieces)) as url, connected(url) as client:
            changes = watch(client, SCOPE)
            await _next(changes, Snapshot)
            assert _name((await _next(changes, Changed)).item) == "a"
            assert _name((await _next(changes, Changed)).item) == "漢"
            assert _name((await _next(changes, Deleted)).item) == "a"

    _run(work())


@pytest.mark.parametrize("code", [401, 403, 404])
def test_what_does_not_pass_by_itself_ends_a_watch(code: int) -> None:
    async def refuses(request: web.Request) -> web.Response:
        return web.json_response({"message": "no"}, status=code)

    async def work() -> None:
        async with http_server(_served(refuses)) as url, connected(url) as client:
            changes = watch(client, SCOPE)
            await _next(changes, Snapshot)
            with pytest.raises(ApiError):
                await anext(changes)

    _run(work())


@pytest.mark.parametrize("code", [500, 503, 504])
def test_a_server_in_trouble_is_tried_again(code: int) -> None:
    tried = 0

    async def troubled(request: web.Request) -> web.Response:
        nonlocal tried
        tried += 1
        if tried < 3:
            return web.json_response({"message": "no leader"}, status=code)
        return web.json_response({"type": "ADDED", "object": {"metadata": {"name": "a", "resourceVersion": "2"}}})

    async def work() -> None:
        async with http_server(_served(troubled)) as url, connected(url) as client:
            changes = watch(client, SCOPE)
            await _next(changes, Snapshot)
            assert "no leader" in (await _next(changes, Interrupted)).error.message
            await _next(changes, Snapshot)

    _run(work())


def _selection(resource: Resource = SERVICES, labels: str = "") -> Selection:
    return Selection(Scope(resource, "demo", labels))


def test_a_feed_holds_what_there_is_and_tells_what_changes() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_service("a"))
        async with open_feed(client, [_selection()]) as feed:
            assert [_name(pod) for pod in feed.pods.values()] == ["a"]
            assert (feed.has("a"), feed.has("b")) == (True, False)
            assert await feed.updates(0) == []
            cluster.apply(_service("b"))
            [update] = await feed.updates(5)
            assert isinstance(update, Changed)
            cluster.store.delete("services", "demo", "a")
            [update] = await feed.updates(5)
            assert isinstance(update, Deleted)
            assert [_name(pod) for pod in feed.pods.values()] == ["b"]

    _with_demo(work)


def test_a_feed_of_several_selections_has_each_object_once() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.apply(_service("a", app="web", tier="front"))
        async with open_feed(client, [_selection(labels="app=web"), _selection(labels="tier=front")]) as feed:
            assert [_name(pod) for pod in feed.pods.values()] == ["a"]

    _with_demo(work)


def test_a_feed_makes_a_new_list_into_the_changes_that_it_amounts_to() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        for name in ("same", "gone"):
            cluster.apply(_service(name))
        async with open_feed(client, [_selection()]) as feed:
            await until(lambda: cluster.faults.open_streams)
            await cluster.faults.stop()
            assert isinstance((await feed.updates(5))[0], Interrupted)
            cluster.store.delete("services", "demo", "gone")
            cluster.apply(_service("new"))
            await cluster.faults.start()
            updates = [update for update in await feed.updates(5) if not isinstance(update, Interrupted)]
            while not updates:
                updates = [update for update in await feed.updates(5) if not isinstance(update, Interrupted)]
        assert isinstance(updates[0], Resumed)
        assert [(type(u), _name(u.item)) for u in updates[1:] if isinstance(u, Changed | Deleted)] == [
            (Deleted, "gone"),
            (Changed, "new"),
        ]

    _with_demo(work)


def test_a_feed_that_cannot_be_had_says_why() -> None:
    async def work() -> None:
        async with demo_cluster() as cluster, client_of(cluster, VIEWER) as client:
            cluster.auth.grant(VIEWER, ["list", "watch"], ["services"], "demo")
            with pytest.raises(Forbidden):
                async with open_feed(client, [_selection(), _selection(CLAIMS)]):
                    raise AssertionError("it opened")

    _run(work())


def test_a_feed_of_objects_that_are_none_fails_instead_of_waiting_for_ever() -> None:
    async def server(request: web.Request) -> web.Response:
        return web.json_response({"items": [{"metadata": {}}], "metadata": {"resourceVersion": "1"}})

    async def work() -> None:
        async with http_server(server) as url, connected(url) as client:
            with pytest.raises(KeyError):
                async with open_feed(client, [_selection()]):
                    raise AssertionError("it opened")

    _run(work())


def test_a_feed_ends_its_watches_with_its_block() -> None:
    async def work(cluster: DemoCluster, client: Client) -> None:
        cluster.faults.bookmark_every = 0.02  # the server notices that a client has gone when it writes
        async with open_feed(client, [_selection(), _selection(CLAIMS)]):
            await until(lambda: cluster.faults.open_streams == 2)
        assert not [task for task in asyncio.all_tasks() if "PodFeed" in repr(task)]
        await until(lambda: not cluster.faults.open_streams)

    _with_demo(work)
