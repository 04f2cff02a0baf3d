"""How long followed lines are held back."""

from datetime import UTC, datetime, timedelta

from kubectl_mc.logs.hold import Hold
from kubectl_mc.logs.line import stamp_at

_START = datetime(2026, 1, 1, tzinfo=UTC)


def _at(seconds: float) -> bytes:
    return stamp_at(_START + timedelta(seconds=seconds))


def test_a_line_goes_out_after_a_moment() -> None:
    hold = Hold()
    assert hold.due(_at(0), 10.0) is None
    assert hold.due(_at(1), 10.1) is None
    assert hold.due(_at(1), 10.25) == _at(0)
    assert hold.due(_at(1), 10.27) is None
    assert hold.due(_at(1), 10.35) == _at(1)


def test_lines_wait_for_a_log_that_has_been_asked_for_and_for_a_silent_one_not_for_ever() -> None:
    hold = Hold()
    hold.asked(1, 10.0, earliest=_at(5))
    hold.due(_at(9), 10.0)
    assert hold.due(_at(9), 10.3) == _at(5), "it has nothing from before its start"
    assert hold.due(_at(9), 10.9) is None
    assert hold.due(_at(9), 11.1) == _at(9)


def test_the_past_of_one_log_is_waited_for_while_it_comes_and_until_it_pauses() -> None:
    hold = Hold()
    hold.asked(1, 10.0)
    hold.due(_at(900), 10.0)
    hold.took(1, _at(100), 10.1)
    assert hold.due(_at(900), 10.3) == _at(100)
    hold.took(1, _at(300), 10.35)
    assert hold.due(_at(900), 10.5) == _at(300)
    assert hold.due(_at(900), 19.0) != _at(900), "whoever looks seldom has perhaps not seen it go on"
    assert _at(900) in [hold.due(_at(900), 19.0 + look / 50) for look in range(20)]


def test_a_node_whose_clock_is_behind_holds_nothing_up_for_long() -> None:
    hold = Hold()
    hold.asked(1, 10.0)
    found = []
    for tick in range(40):
        now = 10 + tick / 10
        hold.took(1, _at(tick / 10), now)
        found.append(hold.due(_at(300 + tick / 10), now))
    assert max(filter(None, found[:20])) < _at(3)
    assert max(filter(None, found)) > _at(300)


def test_a_log_for_which_there_is_no_room_may_go_on_with_its_past_however_long_it_waits() -> None:
    hold = Hold()
    hold.asked(1, 10.0)
    hold.took(1, _at(500), 10.0)
    hold.full(1)
    hold.due(_at(900), 10.0)
    assert hold.due(_at(900), 15.0) == _at(500)
    hold.took(1, _at(700), 15.0)
    assert hold.due(_at(900), 15.1) == _at(700)


def test_a_log_that_has_ended_holds_up_none() -> None:
    hold = Hold()
    hold.asked(1, 10.0)
    hold.ended(1)
    hold.due(_at(9), 10.0)
    assert hold.due(_at(9), 10.25) == _at(9)
