"""Where words that no container wrote stand among the lines, and which time they bear."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from kubectl_mc.cluster.log_events import LogEvents
from kubectl_mc.cluster.log_hub import LogHub
from kubectl_mc.cluster.log_member import Member, MemberSink
from kubectl_mc.logs.line import STAMP, Bound, Kind, Plain, message_of, stamp_at, stamp_of
from kubectl_mc.logs.reach import Reach
from kubectl_mc.logs.source import Source
from kubectl_mc.model.event import parse_event
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Pod
from tests.cluster_layer.servers import client_of, demo_cluster
from tests.pods import NOW, Json, ago, container, ended, pod, running, waiting


class Kept:
    """An output that keeps what it is given."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def joined(self, member: Member) -> None:
        """Nothing to do."""

    async def emit(self, lines: list[bytes]) -> None:
        self.lines += lines

    def note(self, text: str) -> None:
        """Nothing to do."""


def never_started(seconds: float) -> Pod:
    """A pod whose only container's command doesn't exist; the last attempt was so long ago."""
    last = ended(128, "StartError", seconds=seconds)
    last["terminated"]["startedAt"] = "1970-01-01T00:00:00Z"
    return parse_pod(pod(container("app", waiting("CrashLoopBackOff"), last=last, restarts=6)))


def told(shown: Pod, reach: Reach = Reach(), events: list[Json] | None = None) -> list[bytes]:  # noqa: B008 (frozen)
    """The lines that come of a pod's events or, without any, of its restart."""

    async def work() -> list[bytes]:
        async with demo_cluster() as cluster, client_of(cluster) as client:
            kept = Kept()
            hub = LogHub(client, reach, kept)
            hub.add(shown, [])
            about = LogEvents(client, reach, hub)
            about.add(shown)
            if events is None:
                MemberSink(hub, hub.whole(shown)).started(shown.apps[0], None, 0)
            about.tell(map(parse_event, events or []))
            hub.finish()
            await hub.run()
            return kept.lines

    return asyncio.run(work())


def event(reason: str, seconds: float) -> dict[str, Any]:
    about = {"kind": "Pod", "name": "web", "uid": "uid-web", "fieldPath": "spec.containers{app}"}
    metadata = {"name": f"web.{reason}", "namespace": "shop", "uid": reason}
    return {"metadata": metadata, "involvedObject": about, "type": "Normal", "reason": reason, "message": "m",
            "count": 3, "lastTimestamp": ago(seconds)}  # fmt: skip


def since(seconds: float) -> Reach:
    time = NOW - timedelta(seconds=seconds)
    return Reach(since=Bound(time, stamp_at(time)))


def test_the_restart_of_what_could_not_be_started_has_the_time_of_its_end() -> None:
    [line] = told(never_started(60))

    assert message_of(line) == b"app restarted, restart 6"
    assert stamp_of(line) == stamp_at(NOW - timedelta(seconds=60))


def test_a_restart_before_the_time_asked_for_is_left_out_also_of_what_could_not_be_started() -> None:
    assert told(never_started(60), since(5)) == []
    assert len(told(never_started(60), since(120))) == 1


def test_a_word_behind_another_of_its_second_has_the_time_that_is_known() -> None:
    async def work() -> list[bytes]:
        async with demo_cluster() as cluster, client_of(cluster) as client:
            kept, shown = Kept(), never_started(60)
            hub = LogHub(client, Reach(), kept)
            hub.add(shown, [])
            second, member = datetime(2026, 3, 1, 11, 0, tzinfo=UTC), hub.whole(shown)
            hub.tell(member, Kind.LIFECYCLE, "app exited 1", second, last=True)
            hub.tell(member, Kind.LIFECYCLE, "app restarted", second)
            hub.finish()
            await hub.run()
            return kept.lines

    lines = asyncio.run(work())
    assert [message_of(line) for line in lines] == [b"app exited 1", b"app restarted"]
    assert {stamp_of(line) for line in lines} == {b"2026-03-01T11:00:00.000000000Z"}


def test_what_comes_before_a_start_stands_before_its_second() -> None:
    shown = parse_pod(pod(container("app", running(60), last=ended(1, seconds=90), restarts=3)))
    lines = {message_of(line)[7:14]: line for line in told(shown, events=[event("Pulled", 60), event("Started", 60)])}
    start = stamp_at(NOW - timedelta(seconds=60))

    assert lines[b"Pulled:"][:STAMP] < start < lines[b"Started"][:STAMP]
    assert stamp_of(lines[b"Pulled:"]) == stamp_of(lines[b"Started"]) == start


def test_a_source_that_is_ahead_is_read_on_only_as_far_as_there_is_room() -> None:
    async def taken(room: int) -> tuple[bool, int]:
        async with demo_cluster() as cluster, client_of(cluster) as client:
            kept = Kept()
            hub = LogHub(client, Reach(), kept, room=room)
            ahead, behind = (hub._join(Source("uid", "shop", "web", name), None, 0) for name in ("app", "proxy"))
            await hub.take(behind, _lines(behind, 0, 1))
            taking = asyncio.create_task(hub.take(ahead, _lines(ahead, 1, 1000)))
            emitting = asyncio.create_task(hub.run())
            for _ in range(10):
                await asyncio.sleep(0)
            waited = not taking.done()
            await hub.take(behind, _lines(behind, 5000, 1))
            await taking
            hub.finish()
            await emitting
            return waited, len(kept.lines)

    assert asyncio.run(taken(64 << 10)) == (True, 1002)
    assert asyncio.run(taken(1 << 20)) == (False, 1002)


def _lines(member: Member, begin: int, count: int) -> list[bytes]:
    """Lines of a hundred bytes, a second apart."""
    return Plain(
        stamp_at(NOW + timedelta(seconds=number)) + b" " + b"x" * 67 + member.tag
        for number in range(begin, begin + count)
    )


def test_past_events_are_told_in_the_order_of_their_places() -> None:
    async def work() -> list[str]:
        async with demo_cluster() as cluster, client_of(cluster) as client:
            for each in (event("Started", 60), event("Pulled", 60)):
                each["metadata"]["namespace"] = each["involvedObject"]["namespace"] = "demo"
                cluster.store.create("events", {"apiVersion": "v1", "kind": "Event", **each})
            begun = parse_pod(pod(container("app", running(60), restarts=3)))
            past = await LogEvents(client, Reach(), LogHub(client, Reach(), Kept())).past([begun])
            return [each.reason for each in past]

    assert asyncio.run(work()) == ["Pulled", "Started"]


def test_an_event_of_the_second_in_which_an_instance_ended_stands_behind_its_lines() -> None:
    shown = parse_pod(pod(container("app", running(60), last=ended(1, seconds=60), restarts=3)))
    [pulled] = told(shown, events=[event("Pulled", 60)])

    assert pulled[:STAMP] > stamp_at(NOW - timedelta(seconds=60))
