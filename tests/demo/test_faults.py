"""What can be made to go wrong, does."""

import asyncio
import json
import stat
from pathlib import Path

import aiohttp
import pytest
import yaml

from kubectl_mc.demo.server import DemoCluster, running_demo
from tests.demo.client import PODS, own_cluster, pod

CACHE = "app-with-cache"


async def test_dropped_connections_break_off_in_the_middle() -> None:
    async with own_cluster(CACHE) as api:
        log = f"{PODS}/{CACHE}/log"
        async with api.stream(log, {"follow": "true", "container": "webapp", "tailLines": "1"}) as lines:
            await lines.readline()
            assert api.cluster.faults.open_streams == 1
            api.cluster.faults.drop_connections()
            with pytest.raises(aiohttp.ClientPayloadError):
                await lines.read()
        async with api.remote(
            CACHE, [("container", "redis"), ("stdout", "true"), ("command", "sleep"), ("command", "9")]
        ) as session:
            await session.socket.receive()
            api.cluster.faults.drop_connections()
            assert (await session.finish()).status is None


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (PODS, {"watch": "1", "fieldSelector": f"metadata.name={CACHE}"}),
        (f"{PODS}/{CACHE}/log", {"follow": "true", "container": "redis", "tailLines": "1"}),
    ],
)
async def test_a_stream_whose_client_has_gone_is_not_open_any_more(path: str, query: dict[str, str]) -> None:
    async with own_cluster(CACHE) as api:
        async with api.stream(path, query) as lines:
            await lines.readline()
            assert api.cluster.faults.open_streams == 1
        # A watch writes nothing before its bookmark after 60 seconds. Requests let the server's loop turn.
        while api.cluster.faults.open_streams:
            await api.get("/healthz")


async def test_the_next_watch_expires_and_the_one_after_it_does_not() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one"))
        api.cluster.faults.expire_watches()
        async with api.stream(PODS, {"watch": "1"}) as lines:
            event = json.loads(await lines.readline())
            assert (event["type"], event["object"]["code"]) == ("ERROR", 410)
        async with api.stream(PODS, {"watch": "1"}) as lines:
            assert json.loads(await lines.readline())["type"] == "ADDED"


async def test_a_pod_that_comes_while_history_is_forgotten_still_starts() -> None:
    async with own_cluster() as api:
        api.cluster.faults.expire_watches()
        api.cluster.apply(pod("late"))
        api.cluster.advance(10)
        assert (await api.get(f"{PODS}/late")).json["status"]["phase"] == "Running"


async def test_throttled_requests_are_told_when_to_come_back() -> None:
    async with own_cluster() as api:
        api.cluster.faults.throttle(2, retry_after=7)
        answers = [await api.get(PODS) for _ in range(3)]
        assert [answer.status for answer in answers] == [429, 429, 200]
        assert answers[0].headers["Retry-After"] == "7"
        assert answers[0].json["reason"] == "TooManyRequests"


async def test_a_delayed_request_can_run_into_its_timeout() -> None:
    async with own_cluster() as api:
        api.cluster.faults.delay(20)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(api.get(PODS), 0.1)
        api.cluster.faults.delay(0)
        assert (await api.get(PODS)).status == 200


async def test_the_server_comes_back_on_the_same_port_with_its_pods() -> None:
    async with own_cluster(CACHE) as api:
        url = api.cluster.url
        await api.cluster.faults.stop()
        with pytest.raises(aiohttp.ClientConnectionError):
            await api.get(PODS)
        await api.cluster.faults.start()
        assert api.cluster.url == url
        assert (await api.get(PODS)).names == [CACHE]


def test_a_caller_without_an_event_loop_has_a_cluster_too(tmp_path: Path) -> None:
    with running_demo([CACHE]) as demo:
        created = demo.call(demo.cluster.apply, pod("mine"))
        assert created["metadata"]["namespace"] == "demo"
        stored = demo.call(demo.cluster.store.get, "pods", "demo", "mine")
        assert stored["metadata"]["uid"] == created["metadata"]["uid"]
        path = demo.cluster.write_kubeconfig(tmp_path / "config", user="demo-viewer")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        config = yaml.safe_load(path.read_text())
        assert config["current-context"] == "kubectl-mc-demo"
        assert config["contexts"][0]["context"]["namespace"] == "demo"
        assert config["users"][0]["user"] == {"token": "demo-viewer"}


def test_an_unknown_scenario_is_no_cluster() -> None:
    with pytest.raises(KeyError):
        DemoCluster(["no-such-thing"])
