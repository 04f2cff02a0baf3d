"""What came of a container's log is counted as it comes, and shown at the end."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from kubectl_mc.logs.line import tag_of
from kubectl_mc.logs.tally import Tally
from kubectl_mc.render.logs import Read, stats_page
from tests.logs.lines import stamp


def lines(*times: float) -> list[bytes]:
    return [f"{stamp(at)} text".encode() + tag_of(0) for at in times]


def test_lines_are_counted_and_the_first_and_the_last_time_are_kept() -> None:
    tally = Tally()
    tally.took(lines(1, 2))
    tally.took(lines(2))
    tally.took(lines(3, 4, 9))
    assert (tally.lines, tally.first.decode(), tally.last.decode()) == (6, stamp(1), stamp(9))


def test_a_container_that_wrote_nothing_has_no_times() -> None:
    tally = Tally()
    assert (tally.lines, tally.first, tally.last, tally.exit_code) == (0, b"", b"", None)


def test_one_line_is_the_first_and_the_last() -> None:
    tally = Tally()
    tally.took(lines(5))
    assert tally.first == tally.last == stamp(5).encode()


def test_lines_alone_say_nothing_of_restarts_gaps_and_ends() -> None:
    tally = Tally()
    tally.took(lines(1))
    assert (tally.restarts, tally.missed, tally.gaps, tally.resumed, tally.exit_code) == (0, 0, 0, 0, None)
    assert tally.ended_at == b""


AT = b"2026-03-01T22:30:00.999999999Z"


def times(*, hours: float, now: str) -> list[str]:
    """How the one page shows a first and a last time so many hours ahead of UTC."""
    reads = [Read("shop", "web", "app", Tally(7, AT, AT[:11] + b"23:30:00.000000000Z"))]
    zone = timezone(timedelta(hours=hours))
    [_, row] = stats_page(reads, 200, datetime.fromisoformat(now), zone).text().splitlines()
    return row.split("  ")[-2:]


@pytest.mark.parametrize(
    ("hours", "now", "shown"),
    [
        (0, "2026-03-01T23:59:59Z", ["22:30:00", "23:30:00"]),
        (0, "2026-03-02T00:00:00Z", ["2026-03-01 22:30:00", "2026-03-01 23:30:00"]),
        (1, "2026-03-01T23:59:59Z", ["2026-03-01 23:30:00", "00:30:00"]),
        (1, "2026-03-01T22:59:59Z", ["23:30:00", "2026-03-02 00:30:00"]),
        (-8, "2026-03-02T07:59:59Z", ["14:30:00", "15:30:00"]),
    ],
)
def test_times_are_those_of_the_lines_zone_with_the_date_of_another_day(
    hours: float, now: str, shown: list[str]
) -> None:
    assert times(hours=hours, now=now) == shown


def test_a_container_that_wrote_nothing_is_shown_without_times() -> None:
    page = stats_page([Read("shop", "web", "app", Tally())], 80, datetime(2026, 3, 1, tzinfo=UTC), UTC)
    assert page.text().splitlines()[1].split() == ["web", "app", "0", "-", "-"]


@pytest.mark.parametrize("now", ["2026-03-01T23:00:00Z", "2026-03-09T23:00:00Z"])
def test_80_columns_hold_all_of_it(now: str) -> None:
    eventful = Tally(123456, AT, AT, restarts=3, missed=1, gaps=2, resumed=4, exit_code=137)
    names = ("production-app-v9w5sx4hb9-2q7z7", "metrics-exporter")
    reads = [Read("shop", *names, eventful), Read("store", "web", "app", Tally(5, AT, AT))]
    rows = stats_page(reads, 80, datetime.fromisoformat(now), UTC).text().splitlines()
    assert max(map(len, rows)) <= 80
    shown = " ".join(" ".join(rows).split())
    for text in (*names, "123456", "22:30:00", "restarts: 3", "not read: 1 instance", "gaps: 2", "exit: 137"):
        assert text in shown
