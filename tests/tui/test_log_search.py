"""A search among shown lines: in steps, around the ends, and on with what comes."""

import re

from kubectl_mc.logs.filter import Wanted
from kubectl_mc.tui.log_search import Hit, LogSearch
from kubectl_mc.tui.log_store import LIMIT, LogStore, Narrowed
from tests.tui.log_lines import line, lines, numbered, store


def _search(made: LogStore, expression: bytes) -> LogSearch:
    search = LogSearch(re.compile(expression), made)
    while search.advance():
        pass
    return search


def test_the_next_and_the_one_before_go_around_the_ends() -> None:
    search = _search(store(numbered(20)), rb"5$")
    assert search.count == 2
    assert [search.place(number) for number in (5, 6, 15)] == [1, 0, 2]
    assert search.next(0, 1) == Hit(5, around=False)
    assert search.next(5, 1) == Hit(15, around=False)
    assert search.next(15, 1) == Hit(5, around=True)
    assert search.next(15, -1) == Hit(5, around=False)
    assert search.next(5, -1) == Hit(15, around=True)


def test_nothing_is_next_where_nothing_matches() -> None:
    assert _search(store(numbered(3)), b"x").next(1, 1) is None


def test_colours_are_no_part_of_what_is_searched() -> None:
    assert _search(store([line(b"\x1b[31mfailed\x1b[0m 31m")]), b"^failed 31m$").count == 1


def test_what_comes_is_found_and_what_leaves_is_not() -> None:
    made = store(numbered(LIMIT))
    search = _search(made, rb"999$")
    assert search.count == 100
    made.add(numbered(20_000, LIMIT))
    while search.advance():
        pass
    assert search.count == 100
    assert search.next(0, 1) == Hit(20_999, around=False)


def test_other_numbers_are_found_anew() -> None:
    made = store(lines("a 1", "b", "a 2", "c"))
    search = _search(made, b"a")
    made.narrow(Narrowed(wanted=Wanted(match=re.compile(b"a|c"))))
    made.advance()
    search.advance()
    assert search.count == 2
    assert search.next(0, 1) == Hit(1, around=False)
