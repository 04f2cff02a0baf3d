"""What came of a container's log is counted as it comes."""

from kubectl_mc.logs.line import tag_of
from kubectl_mc.logs.tally import Tally
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
