"""Logs: which instance, which lines, and the kubelet's refusals."""

import re

import pytest

from kubectl_mc.demo.clock import rfc3339
from kubectl_mc.demo.programs import Every, Exit, Line, Program
from tests.demo.client import PODS, own_cluster, pod

TALKS = {"c": Program(says=tuple(Line(n / 1000, f"line {n}") for n in range(10)))}
TICKS = {"c": Program(says=(Every(0.2, "tick"),))}
CRASHES = {"c": Program(says=(Line(0, "started"), Line(-0.01, "no route")), exit=Exit(after=0.1, code=3))}


async def test_tail_since_limit_and_timestamps_choose_lines() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one"), TALKS)
        api.cluster.advance(40)
        whole = (await api.log("one")).body
        assert whole.splitlines() == [f"line {n}".encode() for n in range(10)]
        assert (await api.log("one", {"tailLines": "2"})).body == b"line 8\nline 9\n"
        assert (await api.log("one", {"limitBytes": "9"})).body == b"line 0\nli"
        assert (await api.log("one", {"sinceSeconds": "5"})).body == b""
        stamped = (await api.log("one", {"timestamps": "true", "tailLines": "1"})).body.decode()
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z line 9\n", stamped)


async def test_since_time_counts_whole_seconds_and_includes_its_own() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one"), TALKS)
        api.cluster.advance(40)
        first = (await api.get(f"{PODS}/one")).json["status"]["containerStatuses"][0]["state"]["running"]["startedAt"]
        later = first.replace("Z", ".999999999Z")
        assert (await api.log("one", {"sinceTime": later})).body.count(b"\n") == 10
        after = rfc3339(api.cluster.clock.now())
        assert (await api.log("one", {"sinceTime": after})).body == b""


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ({"tailLines": "-1"}, 422, "tailLines: Invalid value: -1: must be greater than or equal to 0"),
        ({"sinceSeconds": "0"}, 422, "sinceSeconds: Invalid value: 0: must be greater than 0"),
        ({"limitBytes": "0"}, 422, "limitBytes: Invalid value: 0: must be greater than 0"),
        (
            {"sinceSeconds": "2", "sinceTime": "2026-01-01T00:00:00Z"},
            422,
            "[]: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified",
        ),
        ({"tailLines": "abc"}, 400, 'strconv.ParseInt: parsing "abc": invalid syntax'),
        ({"container": "zz"}, 400, "container zz is not valid for pod one"),
        ({"previous": "true"}, 400, 'previous terminated container "c" in pod "one" not found'),
    ],
)
async def test_what_makes_no_sense_is_refused(query: dict[str, str], status: int, message: str) -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one"), TALKS)
        api.cluster.advance(10)
        answer = await api.log("one", query)
        assert answer.status == status
        assert answer.message.endswith(message)


async def test_with_several_containers_one_must_be_named() -> None:
    async with own_cluster("webapp-with-logging") as api:
        answer = await api.log("webapp-with-logging")
        assert answer.status == 400
        assert answer.message == (
            "a container name must be specified for pod webapp-with-logging, choose one of: [webapp log-shipper]"
        )


@pytest.mark.parametrize(
    ("scenario", "container", "message"),
    [
        ("image-typo", None, "is waiting to start: trying and failing to pull image"),
        ("missing-dependency", None, "is waiting to start: CreateContainerConfigError"),
        ("sidecar-gate", None, "is waiting to start: PodInitializing"),
    ],
)
async def test_a_container_that_waits_has_no_log_yet(scenario: str, container: str | None, message: str) -> None:
    async with own_cluster(scenario) as api:
        found = (await api.get(f"{PODS}/{scenario}")).json
        waiting = [each["name"] for each in found["status"]["containerStatuses"] if "waiting" in each["state"]]
        answer = await api.log(scenario, {"container": waiting[0]})
        assert answer.status == 400
        assert answer.message == f'container "{waiting[0]}" in pod "{scenario}" {message}'


async def test_a_pod_without_a_node_answers_204() -> None:
    async with own_cluster("resource-starvation") as api:
        found = (await api.get(f"{PODS}/resource-starvation")).json
        answer = await api.log("resource-starvation", {"container": found["spec"]["containers"][0]["name"]})
        assert (answer.status, answer.body) == (204, b"")


async def test_a_follower_gets_lines_as_they_come_and_a_clean_end() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one"), TICKS)
        api.cluster.advance(10)
        async with api.stream(f"{PODS}/one/log", {"follow": "true", "tailLines": "0"}) as lines:
            assert await lines.readline() == b"tick\n"
            assert await lines.readline() == b"tick\n"
            await api.request("DELETE", f"{PODS}/one", body={"gracePeriodSeconds": 1})
            api.cluster.advance(2)
            assert set((await lines.read()).splitlines()) <= {b"tick"}


async def test_the_instance_before_a_restart_is_the_previous_log() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one"), CRASHES)
        api.cluster.advance(5)
        found = (await api.get(f"{PODS}/one")).json
        assert found["status"]["containerStatuses"][0]["restartCount"] == 1
        previous = await api.log("one", {"previous": "true"})
        assert previous.status == 200
        assert previous.body == b"started\nno route\n"
        assert "lastState" in found["status"]["containerStatuses"][0]


async def test_what_was_rotated_away_is_read_by_nobody_who_comes_later() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one"), TICKS)
        api.cluster.advance(10)
        log = f"{PODS}/one/log"
        async with api.stream(log, {"follow": "true", "tailLines": "1"}) as lines:
            assert await lines.readline() == b"tick\n"
            api.cluster.simulation.node.rotate_logs()
            assert (await api.log("one", {"tailLines": "5"})).body.count(b"tick") <= 1
            assert await lines.readline() == b"tick\n", "a follower goes on in the new file"


async def test_a_node_that_cannot_watch_ends_a_followed_log_in_its_own_words() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one"), TALKS)
        api.cluster.advance(10)
        api.cluster.faults.exhaust_watchers()
        followed = await api.log("one", {"follow": "true", "tailLines": "1"})
        assert followed.body == b"line 9\nfailed to create fsnotify watcher: too many open files"
        assert (await api.log("one", {"tailLines": "1"})).body == b"line 9\n"


async def test_a_node_without_the_log_says_so_in_its_place() -> None:
    async with own_cluster() as api:
        api.cluster.apply(pod("one"), TALKS)
        api.cluster.advance(10)
        api.cluster.faults.lose_logs()
        answer = await api.log("one")
        assert answer.status == 200
        assert re.fullmatch(rb"unable to retrieve container logs for containerd://[0-9a-f]{64}", answer.body)
        api.cluster.faults.lose_logs(on=False)
        assert (await api.log("one")).body.count(b"line") == 10
