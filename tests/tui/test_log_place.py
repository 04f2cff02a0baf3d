"""Where a view of lines stands: row by row, with lines of several rows, and lines that come and go."""

from kubectl_mc.tui.log_place import LogPlace
from kubectl_mc.tui.log_store import LIMIT
from tests.tui.log_lines import numbered, store


def _place(count: int, *, height: int = 5, rows: dict[int, int] | None = None) -> LogPlace:
    place = LogPlace(store(numbered(count)), lambda number: (rows or {}).get(number, 1))
    place.height = height
    place.settle()
    return place


def _seen(place: LogPlace) -> list[tuple[int, int]]:
    return list(place.seen())


def test_following_shows_the_newest_rows() -> None:
    place = _place(20, rows={18: 3})
    assert _seen(place) == [(17, 0), (18, 0), (18, 1), (18, 2), (19, 0)]
    assert place.cursor == 19


def test_of_a_line_that_does_not_fit_the_last_rows_are_shown_while_following() -> None:
    assert _seen(_place(20, rows={19: 8})) == [(19, row) for row in range(3, 8)]


def test_few_lines_begin_at_the_top() -> None:
    assert _seen(_place(2)) == [(0, 0), (1, 0)]
    assert _seen(_place(0)) == []


def test_scrolling_goes_row_by_row() -> None:
    place = _place(20, rows={15: 3})
    place.scroll(-1)
    assert _seen(place) == [(15, 1), (15, 2), (16, 0), (17, 0), (18, 0)]
    place.scroll(-3)
    assert _seen(place) == [(13, 0), (14, 0), (15, 0), (15, 1), (15, 2)]
    place.scroll(2)
    assert _seen(place) == [(15, 0), (15, 1), (15, 2), (16, 0), (17, 0)]


def test_scrolling_ends_at_both_ends_with_a_full_screen() -> None:
    place = _place(20)
    assert not place.scroll(-100)
    assert _seen(place)[0] == (0, 0)
    assert place.cursor == 4
    assert place.scroll(100)
    assert _seen(place) == [(number, 0) for number in range(15, 20)]


def test_the_cursor_takes_the_view_with_it_no_farther_than_needed() -> None:
    place = _place(20)
    for _ in range(5):
        assert not place.move(-1)
    assert (place.cursor, place.top) == (14, 14)
    place.move(1)
    assert (place.cursor, place.top) == (15, 14)


def test_the_cursor_on_the_newest_line_is_told() -> None:
    place = _place(20)
    place.move(-2)
    assert not place.move(1)
    assert place.move(1)


def test_a_line_higher_than_the_screen_is_scrolled_through_by_the_cursor() -> None:
    place = _place(20, rows={10: 8})
    place.stand(10)
    assert _seen(place) == [(10, row) for row in range(5)]
    for _ in range(3):
        place.move(1)
        assert place.cursor == 10
    assert _seen(place)[-1] == (10, 7)
    place.move(1)
    assert place.cursor == 11
    assert _seen(place)[-1] == (11, 0)
    place.move(-1)
    assert (place.cursor, _seen(place)[0]) == (10, (10, 4))
    place.move(-1)
    assert (place.cursor, _seen(place)[0]) == (10, (10, 3))


def test_what_one_stands_on_is_in_the_middle() -> None:
    place = _place(100)
    place.stand(50)
    assert _seen(place) == [(number, 0) for number in range(48, 53)]
    assert (place.cursor, place.following) == (50, False)


def test_lines_that_come_move_nothing_while_one_stands() -> None:
    made = store(numbered(20))
    place = LogPlace(made, lambda _: 1)
    place.height = 5
    place.settle()
    place.pause()
    made.add(numbered(100, 20))
    place.settle()
    assert place.top == 15
    place.follow()
    assert place.top == 115


def test_lines_that_leave_take_the_view_to_the_oldest_that_is_kept() -> None:
    made = store(numbered(LIMIT))
    place = LogPlace(made, lambda _: 1)
    place.height = 5
    place.stand(10)
    made.add(numbered(20_000, LIMIT))
    place.settle()
    assert (place.top, place.cursor) == (20_000, 20_000)


def test_a_screen_that_grows_is_filled_from_above() -> None:
    place = _place(20)
    place.pause()
    place.height = 12
    place.settle()
    assert _seen(place)[0] == (8, 0)
