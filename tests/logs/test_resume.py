"""After a break the log goes on without a lost or a doubled line, or says that some are gone."""

from kubectl_mc.logs.intake import Intake
from kubectl_mc.logs.line import message_of, tag_of
from kubectl_mc.logs.resume import Anchor
from tests.logs.lines import block

Line = tuple[float, str]
LOG: list[Line] = [(900, "a"), (1000, "b"), (1100, "same"), (1100, "same"), (1100, "same"), (1900, "c"), (2100, "d")]


def resumed(seen: list[Line], again: list[Line], cuts: int = 1) -> tuple[list[str], bool]:
    """What is new when the log, after `seen`, comes again as `again`."""
    intake, anchor = Intake(tag_of(0)), Anchor()
    anchor.saw(intake.take(block(*seen)))
    anchor.resume()
    new: list[bytes] = []
    missing = False
    for start in range(0, len(again), cuts):
        lines, gap = anchor.new(intake.take(block(*again[start : start + cuts])))
        anchor.saw(lines)
        new += lines
        missing = missing or gap
    return [message_of(line).decode() for line in new], missing


def from_second(log: list[Line], second: int) -> list[Line]:
    return [line for line in log if line[0] >= second * 1000]


def test_a_break_after_any_line_loses_and_doubles_nothing() -> None:
    for count in range(1, len(LOG)):
        seen, rest = LOG[:count], LOG[count:]
        again = from_second(LOG, int(seen[-1][0] // 1000))
        for cuts in (1, 2, 100):
            assert resumed(seen, again, cuts) == ([text for _, text in rest], False), (count, cuts)


def test_it_asks_for_the_second_of_the_newest_line() -> None:
    anchor = Anchor()
    assert anchor.since is None
    anchor.saw(Intake(tag_of(0)).take(block((900, "a"), (1999, "b"))))
    assert anchor.since == "2026-01-01T12:00:01Z"


def test_lines_from_before_the_first_that_was_asked_for_are_no_news() -> None:
    assert resumed([(1500, "tail")], [(1100, "older"), (1500, "tail"), (1600, "new")]) == (["new"], False)


def test_a_log_that_was_rotated_away_is_a_gap() -> None:
    assert resumed([(1100, "a"), (1200, "b")], [(1900, "x"), (2000, "y")]) == (["x", "y"], True)


def test_a_log_that_lost_a_part_is_a_gap_without_doubles() -> None:
    seen: list[Line] = [(1100, "a"), (1200, "b"), (1300, "c")]
    assert resumed(seen, [(1100, "a"), (1300, "c"), (1400, "d")]) == (["d"], True)
