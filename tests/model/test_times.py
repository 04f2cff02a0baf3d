"""Timestamps and durations, at the boundaries of apimachinery's HumanDuration."""

from datetime import UTC, datetime

import pytest

from kubectl_mc.model.times import age, format_time, human_duration, parse_time, seconds_between
from tests.pods import NOW

MINUTE, HOUR, DAY = 60, 3600, 86400
YEAR = 365 * DAY


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-2, "<invalid>"),
        (-1.9, "0s"),
        (-1, "0s"),
        (-0.5, "0s"),
        (0, "0s"),
        (0.999, "0s"),
        (1, "1s"),
        (119.9, "119s"),
        (2 * MINUTE, "2m"),
        (2 * MINUTE + 1, "2m1s"),
        (10 * MINUTE - 1, "9m59s"),
        (10 * MINUTE, "10m"),
        (10 * MINUTE + 59, "10m"),
        (3 * HOUR - 1, "179m"),
        (3 * HOUR, "3h"),
        (3 * HOUR + MINUTE, "3h1m"),
        (8 * HOUR - 1, "7h59m"),
        (8 * HOUR, "8h"),
        (8 * HOUR + 59 * MINUTE, "8h"),
        (48 * HOUR - 1, "47h"),
        (48 * HOUR, "2d"),
        (49 * HOUR, "2d1h"),
        (8 * DAY - 1, "7d23h"),
        (8 * DAY, "8d"),
        (8 * DAY + 23 * HOUR, "8d"),
        (2 * YEAR - 1, "729d"),
        (2 * YEAR, "2y"),
        (2 * YEAR + DAY, "2y1d"),
        (8 * YEAR - 1, "7y364d"),
        (8 * YEAR, "8y"),
        (8 * YEAR + 364 * DAY, "8y"),
    ],
)
def test_durations_read_as_kubectls(seconds: float, text: str) -> None:
    assert human_duration(seconds) == text


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-03-01T12:00:00Z", NOW),
        ("2026-03-01T13:30:00+01:30", NOW),
        ("2026-03-01T12:00:00", NOW),
        ("2026-03-01T12:00:00.123456789Z", datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)),
        ("", None),
        (None, None),
        (17, None),
        ("yesterday", None),
        ("2026-13-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("9999-12-31T23:59:59-05:00", None),
    ],
)
def test_a_timestamp_is_a_time_in_utc_or_nothing(text: object, time: datetime | None) -> None:
    assert parse_time(text) == time


def test_a_time_is_written_with_a_fraction_only_where_it_has_one() -> None:
    assert format_time(NOW) == "2026-03-01T12:00:00Z"
    assert format_time(parse_time("2026-03-01T14:00:00.5+02:00")) == "2026-03-01T12:00:00.500000Z"
    assert format_time(None) is None


def test_the_age_of_what_has_no_time_is_unknown() -> None:
    assert age(None, NOW) == "<unknown>"
    assert seconds_between(None, NOW) is None
    assert seconds_between(NOW, None) is None
