"""Timestamps of the API and the durations that people read."""

import re
from datetime import UTC, datetime
from typing import overload

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def parse_time(text: object) -> datetime | None:
    """The API's RFC 3339 text as an aware datetime in UTC; None for what is missing or is no timestamp.

    Digits beyond microseconds are dropped: ages need none of them. Log lines compare nanoseconds and
    don't pass here.
    """
    if not isinstance(text, str) or not text:
        return None
    try:
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):  # the first and the last day of the calendar have no other zones
        return None


def nanoseconds_of(text: str) -> int | None:
    """The last three of nine digits of an RFC 3339 text's fraction; None for a text with six or less."""
    found = re.search(r"\.\d{6}(\d{1,3})", text, re.ASCII)
    return int(found[1].ljust(3, "0")) if found is not None else None


def parse_duration(text: str) -> float | None:
    """Seconds of a duration as kubectl's flags take it: `300ms`, `5s`, `1h30m`, `2d`, or a number; None for others."""
    if re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        return float(text)
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", text, re.ASCII)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


@overload
def format_time(time: datetime) -> str: ...
@overload
def format_time(time: None) -> None: ...
@overload
def format_time(time: datetime | None) -> str | None: ...
def format_time(time: datetime | None) -> str | None:
    """RFC 3339 in UTC, with a fraction only where there is one."""
    if time is None:
        return None
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """Seconds from `start` to `end`; None when either is unknown."""
    if start is None or end is None:
        return None
    return (end - start).total_seconds()


def human_duration(seconds: float) -> str:
    """A duration as kubectl writes it in AGE and RESTARTS: `45s`, `9m59s`, `3h5m`, `2d3h`, `400d`.

    Source: apimachinery `pkg/util/duration` HumanDuration. Clock skew of up to a second reads `0s`,
    more of it `<invalid>`, as there.
    """
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    if whole < 0:
        return "0s"
    if whole < 120:
        return f"{whole}s"
    minutes, hours = whole // 60, whole // 3600
    if minutes < 10:
        return _two("m", minutes, "s", whole % 60)
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return _two("h", hours, "m", minutes % 60)
    if hours < 48:
        return f"{hours}h"
    days = hours // 24
    if hours < 24 * 8:
        return _two("d", days, "h", hours % 24)
    if days < 365 * 2:
        return f"{days}d"
    if days < 365 * 8:
        return _two("y", days // 365, "d", days % 365)
    return f"{days // 365}y"


def _two(unit: str, count: int, smaller: str, rest: int) -> str:
    return f"{count}{unit}{rest}{smaller}" if rest else f"{count}{unit}"


def age(since: datetime | None, now: datetime) -> str:
    """How long ago `since` was, as kubectl writes it; `<unknown>` when there is no time."""
    seconds = seconds_between(since, now)
    return "<unknown>" if seconds is None else human_duration(seconds)
