"""Events: their times, their containers, and what is folded into one."""

from datetime import timedelta
from typing import Any

import pytest

from kubectl_mc.model.event import Event, folded, parse_event
from tests.pods import NOW, Json, ago


def _document(**fields: Any) -> Json:
    about = {"kind": "Pod", "name": "web", "uid": "uid-web", "fieldPath": "spec.containers{app}"}
    plain = {
        "metadata": {"uid": "e1", "namespace": "shop"},
        "involvedObject": about,
        "type": "Warning",
        "reason": "BackOff",
        "message": "Back-off restarting failed container",
    }
    return {**plain, **fields}


@pytest.mark.parametrize(
    ("fields", "first", "last"),
    [
        ({"series": {"lastObservedTime": ago(1)}, "lastTimestamp": ago(2), "eventTime": ago(3)}, 3, 1),
        ({"lastTimestamp": ago(2), "eventTime": ago(3)}, 3, 2),
        ({"firstTimestamp": ago(9), "lastTimestamp": ago(2)}, 9, 2),
        ({"eventTime": ago(3), "lastTimestamp": None, "firstTimestamp": None}, 3, 3),
        ({"metadata": {"creationTimestamp": ago(4)}}, 4, 4),
        ({"series": {"lastObservedTime": "?"}, "lastTimestamp": ago(2)}, 2, 2),
    ],
    ids=["series", "lastTimestamp", "first and last", "eventTime", "creation", "unreadable series"],
)
def test_the_times_of_an_event_are_the_newest_its_writer_gave(fields: Json, first: int, last: int) -> None:
    event = parse_event(_document(**fields))

    assert event.first_seen == NOW - timedelta(seconds=first)
    assert event.last_seen == NOW - timedelta(seconds=last)


def test_an_event_without_any_time_has_none() -> None:
    event = parse_event(_document())

    assert (event.first_seen, event.last_seen) == (None, None)


@pytest.mark.parametrize(
    ("name", "after"),
    [
        (f"web.{int(NOW.timestamp() * 10**9) + 250_000_000:x}", timedelta(milliseconds=250)),
        (f"web.{int(NOW.timestamp() * 10**9) + 2_250_000_000:x}", None),
        ("web.5d4f8c9b7f-abcde", None),
        ("web.abc", None),
        ("web", None),
    ],
    ids=["of its second", "of another second", "of another kind", "too short", "none"],
)
def test_an_event_whose_name_has_its_nanoseconds_is_exact(name: str, after: timedelta | None) -> None:
    event = parse_event(_document(metadata={"uid": "e1", "name": name}, firstTimestamp=ago(0), lastTimestamp=ago(0)))

    assert event.exact == (None if after is None else NOW + after)
    assert event.last_seen == NOW


@pytest.mark.parametrize(
    ("path", "container"),
    [
        ("spec.containers{app}", "app"),
        ("spec.initContainers{setup}", "setup"),
        ("spec.ephemeralContainers{debug-1}", "debug-1"),
        ("spec.containers{}", ""),
        ("spec.volumes{data}", ""),
        ("spec.containers{app}.image", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_the_container_is_the_one_of_the_field_path(path: str | None, container: str) -> None:
    about = {"kind": "Pod", "name": "web", "fieldPath": path}

    assert parse_event(_document(involvedObject=about)).container == container


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({}, 1),
        ({"count": 7}, 7),
        ({"series": {"count": 9}}, 9),
        ({"count": 3, "series": {"count": 9}}, 9),
        ({"count": -4}, 1),
    ],
)
def test_an_event_counts_at_least_once(fields: Json, count: int) -> None:
    assert parse_event(_document(**fields)).count == count


def test_an_event_says_what_it_is_about() -> None:
    event = parse_event(_document())

    assert (event.object, event.object_uid, event.namespace, event.warning) == ("pod/web", "uid-web", "shop", True)


def _event(seconds: int, **fields: Any) -> Event:
    return parse_event(_document(firstTimestamp=ago(seconds + 60), lastTimestamp=ago(seconds), **fields))


def test_events_that_say_the_same_become_one_with_their_counts_added() -> None:
    [event] = folded([_event(10, count=2), _event(500, count=5), _event(100)])

    assert event.count == 8
    assert event.first_seen == NOW - timedelta(seconds=560)
    assert event.last_seen == NOW - timedelta(seconds=10)


@pytest.mark.parametrize(
    "other",
    [
        {"reason": "Killing"},
        {"message": "another"},
        {"type": "Normal"},
        {"involvedObject": {"kind": "Pod", "name": "web", "uid": "uid-web", "fieldPath": "spec.containers{side}"}},
        {"involvedObject": {"kind": "Pod", "name": "web", "uid": "predecessor", "fieldPath": "spec.containers{app}"}},
    ],
    ids=["reason", "message", "type", "container", "object"],
)
def test_events_that_differ_stay_apart(other: Json) -> None:
    assert [event.count for event in folded([_event(1), _event(2, **other)])] == [1, 1]


def test_events_are_in_the_order_of_their_last_times_and_those_without_come_first() -> None:
    events = folded([_event(10, reason="new"), _event(90, reason="old"), parse_event(_document(reason="timeless"))])

    assert [event.reason for event in events] == ["timeless", "old", "new"]


def test_events_without_times_fold_as_well() -> None:
    [event] = folded([parse_event(_document()), parse_event(_document())])

    assert (event.count, event.first_seen, event.last_seen) == (2, None, None)
