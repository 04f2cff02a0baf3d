"""The kubelet's times, in the zone and the form that were asked for."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest

from kubectl_mc.logs.stamps import Form, Stamps, epoch_clock, rfc_3339_clock


def hours(count: float) -> tzinfo:
    return timezone(timedelta(hours=count))


@pytest.fixture
def central_europe(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine stands where the clock is put forward on the last Sunday of March, at 1:00 UTC."""
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("form", "zone", "stamp", "shown"),
    [
        ("full", UTC, "2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.123456789Z"),
        ("full", hours(0), "2026-01-01T00:00:00.000000000Z", "2026-01-01T00:00:00.000000000Z"),
        ("full", hours(9), "2026-01-01T20:00:00.123456789Z", "2026-01-02T05:00:00.123456789+09:00"),
        ("full", hours(-3.5), "2026-01-01T00:00:59.999999999Z", "2025-12-31T20:30:59.999999999-03:30"),
        ("short", UTC, "2026-01-01T12:34:56.123456789Z", "12:34:56.123"),
        ("short", hours(5.75), "2026-01-01T23:59:59.999999999Z", "05:44:59.999"),
        ("short", hours(-1), "2024-02-29T00:00:00.000999999Z", "23:00:00.000"),
    ],
)
def test_a_time_is_shown_in_a_zone(form: Form, zone: tzinfo, stamp: str, shown: str) -> None:
    assert Stamps(form, zone).shown(stamp.encode()) == shown.encode()


@pytest.mark.parametrize(
    ("stamp", "full", "short"),
    [
        ("2026-03-29T00:59:59.999999999Z", "2026-03-29T01:59:59.999999999+01:00", "01:59:59.999"),
        ("2026-03-29T01:00:00.000000000Z", "2026-03-29T03:00:00.000000000+02:00", "03:00:00.000"),
        ("2026-10-25T00:59:59.000000000Z", "2026-10-25T02:59:59.000000000+02:00", "02:59:59.000"),
        ("2026-10-25T01:00:00.000000000Z", "2026-10-25T02:00:00.000000000+01:00", "02:00:00.000"),
    ],
)
@pytest.mark.usefixtures("central_europe")
def test_the_local_zone_has_the_offset_of_each_time(stamp: str, full: str, short: str) -> None:
    assert Stamps("full", None).shown(stamp.encode()) == full.encode()
    assert Stamps("short", None).shown(stamp.encode()) == short.encode()


def test_times_may_come_in_any_order() -> None:
    stamps = Stamps("full", hours(2))
    numbers = random.Random(3)
    for _ in range(500):
        second, fraction = numbers.randrange(1_767_225_600, 1_767_225_610), numbers.randrange(10**9)
        utc, local = (f"{datetime.fromtimestamp(second, zone):%Y-%m-%dT%H:%M:%S}" for zone in (UTC, hours(2)))
        assert stamps.shown(f"{utc}.{fraction:09}Z".encode()) == f"{local}.{fraction:09}+02:00".encode()


@pytest.mark.parametrize("form", ["short", "full"])
@pytest.mark.parametrize(
    "stamp",
    [
        b"",
        b"0" * 30,
        b"2026-01-01T00:00:00Z",
        b"2026-01-01T00:00:00.123456789+",
        b"2026-01-01T00:00:00.12345678xZ",
        b"2026-01-01T00:00:00.123456789Z\n",
        b"2026-13-01T00:00:00.123456789Z",
        b"2026-02-30T00:00:00.123456789Z",
        b"2026-01-01T00:00:60.123456789Z",
        b"0000-01-01T00:00:00.123456789Z",
        b"9999-12-31T23:59:59.123456789Z",
        b"2026-01-01T00:00:00.\xff23456789Z",
    ],
)
def test_what_is_no_time_stays_as_it_is(form: Form, stamp: bytes) -> None:
    stamps = Stamps(form, hours(1))
    assert stamps.shown(b"2026-01-01T00:00:00.123456789Z") != stamp
    assert stamps.shown(stamp) == stamp


def test_any_bytes_are_shown() -> None:
    numbers = random.Random(4)
    stamps = [Stamps("short", None), Stamps("full", hours(-12))]
    good = b"2026-01-01T00:00:00.123456789Z"
    for _ in range(2000):
        place = numbers.randrange(30)
        odd = good[:place] + numbers.choice([b"9", b"0", b"\xff", b"", b"-1", b"\x00"]) + good[place + 1 :]
        for one in stamps:
            assert one.shown(odd) == odd or len(odd) == 30


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2026-01-01T12:00:00Z", "12:00:00.000"),
        ("2026-01-01T12:00:00.1Z", "12:00:00.100"),
        ("2026-01-01T12:00:00.123999999Z", "12:00:00.123"),
        ("2026-01-01T12:00:00.123999999999+05:30", "06:30:00.123"),
        ("2026-01-01 12:00:00,5+0000", "12:00:00.500"),
        ("2026-01-01T12:00:00-0330", "15:30:00.000"),
        ("2026-01-01T12:00:00", None),
        ("2026-01-01", None),
        ("2026-13-01T12:00:00Z", None),
        ("2026-01-01T12:00:60Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("2026-01-01T12:00:00+99:00", None),
        ("٢٠٢٦-01-01T12:00:00Z", None),
        ("", None),
    ],
)
def test_a_containers_own_time_is_shown_by_the_clock(written: str, shown: str | None) -> None:
    assert rfc_3339_clock(written, UTC) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("1767268800", "12:00:00.000"),
        ("1767268800.123999", "12:00:00.123"),
        ("1767268800123", "12:00:00.123"),
        ("1767268800123.9", "12:00:00.123"),
        ("1767268800123456", "12:00:00.123"),
        ("1767268800123999999", "12:00:00.123"),
        ("1.767268800123456e9", "12:00:00.123"),
        ("1.767268800123E+12", "12:00:00.123"),
        ("9999999999", "17:46:39.000"),
        ("12", None),
        ("0.001", None),
        ("-1767268800", None),
        ("17672688001", None),
        ("1e400", None),
        ("NaN", None),
        ("1" * 5000, None),
    ],
)
def test_a_number_is_a_time_where_its_size_is_one_of_todays(number: str, shown: str | None) -> None:
    assert epoch_clock(number, UTC) == shown
