"""The parts that everything else stands on: clock, agenda, scripted time, logs, folded events."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from kubectl_mc.demo.agenda import Agenda
from kubectl_mc.demo.clock import Clock, epoch, rfc3339, rfc3339_micro, rfc3339_nano
from kubectl_mc.demo.logs import LogFile, LogLine
from kubectl_mc.demo.programs import Every, Line, Program, Run, Stretch
from kubectl_mc.demo.recorder import BURST, Recorder
from kubectl_mc.demo.scheduler import effective_request, qos_class, quantity
from kubectl_mc.demo.store import Object, Store
from tests.demo.staged import container

RUN = Run(started=1000.0, pod_created=990.0, demo_started=2000.0, attempt=0)


def test_times_are_written_with_none_six_or_nine_digits() -> None:
    assert rfc3339(1.9) == "1970-01-01T00:00:01Z"
    assert rfc3339_micro(1.5) == "1970-01-01T00:00:01.500000Z"
    assert rfc3339_nano(1_000_000_007) == "1970-01-01T00:00:01.000000007Z"
    assert epoch("1970-01-01T00:01:00Z") == 60


def test_who_sleeps_on_the_clock_wakes_when_it_jumps() -> None:
    async def sleeper() -> float:
        clock = Clock()
        when = clock.now() + 3600
        task = asyncio.create_task(clock.sleep_until(when))
        await asyncio.sleep(0)
        clock.advance(3601)
        await asyncio.wait_for(task, 5)
        return clock.now() - when

    assert asyncio.run(sleeper()) >= 0


def test_the_clock_never_runs_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        Clock().advance(-1)


def test_the_agenda_keeps_the_order_of_what_is_due_at_the_same_time() -> None:
    done: list[str] = []
    agenda = Agenda()
    for when, name in ((5.0, "c"), (1.0, "a"), (1.0, "b")):
        agenda.at(when, lambda _now, name=name: done.append(name))  # type: ignore[misc]
    while agenda.due <= 5:
        when, action = agenda.pop()
        action(when)
    assert done == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("stretch", "now", "covered", "begins"),
    [
        (Stretch(), 1000.0, True, 1000.0),
        (Stretch(10, 20), 1005.0, False, 1010.0),
        (Stretch(10, 20), 1015.0, True, 1015.0),
        (Stretch(10, 20), 1020.0, False, float("inf")),
        (Stretch(0, 20, every=60), 1085.0, False, 1120.0),
        (Stretch(0, 20, every=60), 1065.0, True, 1065.0),
        (Stretch(-100, 0, "demo"), 1950.0, True, 1950.0),
        (Stretch(-100, 0, "demo"), 2000.0, False, float("inf")),
    ],
)
def test_a_stretch_of_time_knows_when_it_is_on(stretch: Stretch, now: float, covered: bool, begins: float) -> None:
    assert stretch.covers(now, RUN) is covered
    assert stretch.next_begin(now, RUN) == begins


def test_a_log_read_in_pieces_is_the_log_read_at_once() -> None:
    program = Program((Line(0.5, "start"), Every(3, lambda when: f"n={when.n}"), Every(5, "tick", 0.1, "stderr")))
    whole = program.lines(RUN, 999, 1060, None)
    cuts = [999.0, 1000.2, 1003.0, 1003.01, 1017.5, 1060.0]
    pieces = [line for since, until in pairwise(cuts) for line in program.lines(RUN, since, until, None)]
    assert pieces == whole
    assert len(whole) > 30


def test_last_words_come_when_the_instance_ends() -> None:
    program = Program((Line(-0.5, "bye"),))
    assert program.lines(RUN, 999, 1060, None) == []
    assert [line.data for line in program.lines(RUN, 1000, 1060, 1060.0)] == [b"bye"]


def test_a_follower_wakes_for_a_line_and_for_the_end() -> None:
    async def follow() -> list[bytes]:
        log = LogFile()
        got: list[bytes] = []

        async def reader() -> None:
            while not (log.ended and len(got) == len(log.lines)):
                await log.changed(len(got))
                got.extend(line.data for line in log.lines[len(got) :])

        task = asyncio.create_task(reader())
        await asyncio.sleep(0)
        log.append(5, "one")
        await asyncio.sleep(0)
        log.append(5, b"two")
        log.end()
        await asyncio.wait_for(task, 5)
        assert [line.time for line in log.lines] == sorted({line.time for line in log.lines})
        return got

    assert asyncio.run(follow()) == [b"one", b"two"]


def test_a_log_is_written_only_when_it_is_read() -> None:
    asked: list[int] = []

    def write() -> list[LogLine]:
        asked.append(1)
        return [LogLine(len(asked), "stdout", b"x")]

    log = LogFile(write)
    assert asked == []
    assert len(log.lines) == 1


@pytest.fixture
def events() -> tuple[Store, Recorder, Object]:
    store = Store(Clock())
    pod = store.create(
        "pods",
        {"kind": "Pod", "metadata": {"name": "p", "namespace": "demo"}, "spec": {"containers": [container("c")]}},
    )
    return store, Recorder(store), pod


def test_a_repeated_event_is_counted_with_its_first_and_last_time(events: tuple[Store, Recorder, Object]) -> None:
    store, recorder, pod = events
    for now in (100.0, 110.0, 130.0):
        recorder.record(now, pod, "BackOff", "again", component="kubelet", warning=True, host="node-1")
    (event,) = store.list("events")
    assert (event["count"], event["firstTimestamp"], event["lastTimestamp"]) == (3, rfc3339(100), rfc3339(130))
    assert event["involvedObject"]["uid"] == pod["metadata"]["uid"]


def test_beyond_the_burst_events_are_held_back_but_counted(events: tuple[Store, Recorder, Object]) -> None:
    store, recorder, pod = events
    for second in range(BURST + 20):
        recorder.record(100.0 + second, pod, "BackOff", "again", component="kubelet")
    (event,) = store.list("events")
    assert event["count"] == BURST
    recorder.record(1000.0, pod, "BackOff", "again", component="kubelet")
    (event,) = store.list("events")
    assert event["count"] == BURST + 21


def test_events_of_one_moment_are_named_in_the_order_in_which_they_happened(
    events: tuple[Store, Recorder, Object],
) -> None:
    store, recorder, pod = events
    for reason in ("Scheduled", "Pulled", "Created", "Started", "Killing"):
        recorder.record(100.0, pod, reason, f"{reason} it", component="kubelet")
    named = sorted(store.list("events"), key=lambda event: event["metadata"]["name"])
    assert [event["reason"] for event in named] == ["Scheduled", "Pulled", "Created", "Started", "Killing"]


@pytest.mark.parametrize(
    ("text", "number"), [("250m", 0.25), ("2", 2), ("64Mi", 67108864), ("1k", 1000), ("1Gi", 2**30)]
)
def test_quantities_are_read(text: str, number: float) -> None:
    assert quantity(text) == number


def test_a_large_init_container_counts_more_than_the_apps() -> None:
    def wants(cpu: str) -> Object:
        return {"resources": {"requests": {"cpu": cpu}}}

    spec = {"initContainers": [{**wants("1"), "restartPolicy": "Always"}, wants("3")], "containers": [wants("500m")]}
    assert effective_request(spec, "cpu") == 4


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ({}, "BestEffort"),
        ({"requests": {"cpu": "1"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}, "Burstable"),
        ({"limits": {"ephemeral-storage": "1Gi"}}, "BestEffort"),
    ],
)
def test_the_quality_of_service_follows_from_the_resources(resources: Object, expected: str) -> None:
    assert qos_class({"containers": [{"resources": resources}]}) == expected
