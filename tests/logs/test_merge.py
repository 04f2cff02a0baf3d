"""Lines of many sources come out in the order of their times, none lost, none doubled."""

import random

import pytest

from kubectl_mc.logs.intake import Intake
from kubectl_mc.logs.line import (
    Kind,
    Marked,
    Plain,
    batches,
    continues,
    kind_of,
    late,
    message_of,
    sort_key,
    stamp_of,
    tag_of,
    told,
)
from kubectl_mc.logs.merge import Arrivals, Merge
from tests.logs.lines import block, stamp


class Sources:
    """A merge with the intake of each source."""

    def __init__(self, count: int, merge: Merge | None = None) -> None:
        self.merge = merge or Merge()
        self.intakes = [Intake(tag_of(self.merge.add())) for _ in range(count)]

    def feed(self, source: int, *lines: tuple[float, str]) -> None:
        self.merge.feed(source, self.intakes[source].take(block(*lines)))


def messages(lines: list[bytes]) -> list[str]:
    return [message_of(line).decode() for line in lines]


def test_nothing_goes_out_while_something_earlier_may_come() -> None:
    sources = Sources(2)
    sources.feed(0, (1, "a1"), (5, "a5"))
    assert sources.merge.ready() == []
    sources.feed(1, (3, "b3"))
    assert messages(sources.merge.ready()) == ["a1", "b3"]
    assert sources.merge.waits
    sources.merge.close(1)
    assert messages(sources.merge.ready()) == ["a5"]


def test_the_line_of_the_one_source_there_is_does_not_wait() -> None:
    sources = Sources(1)
    sources.feed(0, (1, "a1"), (2, "a2"))
    assert messages(sources.merge.ready()) == ["a1", "a2"]


def test_equal_times_come_in_the_order_of_the_sources() -> None:
    sources = Sources(3)
    for source in (2, 0, 1):
        sources.feed(source, (1, f"{source} first"), (1, f"{source} second"))
        sources.merge.close(source)
    out = messages(sources.merge.ready())
    assert out == [f"{source} {which}" for source in range(3) for which in ("first", "second")]


def test_a_silent_source_is_waited_for_only_until_release() -> None:
    sources = Sources(2)
    sources.feed(0, (1, "a1"), (2, "a2"))
    assert sources.merge.ready() == []
    assert messages(sources.merge.release(sources.merge.newest)) == ["a1", "a2"]
    sources.feed(1, (1.5, "b late"))
    [line] = sources.merge.release(sources.merge.newest)
    assert (message_of(line), late(line)) == (b"b late", True)


def test_any_interleaving_of_arrivals_gives_the_same_order() -> None:
    numbers = random.Random(3)
    logs = [sorted((numbers.randrange(300), f"{source}/{n}") for n in range(60)) for source in range(5)]
    expected = [text for log in logs for _, text in log]
    order_of = {text: (source, n) for source, log in enumerate(logs) for n, (_, text) in enumerate(log)}
    for _ in range(20):
        sources = Sources(5)
        left = [list(log) for log in logs]
        out: list[bytes] = []
        while any(left):
            source = numbers.choice([index for index, log in enumerate(left) if log])
            count = numbers.randrange(1, 10)
            sources.feed(source, *left[source][:count])
            left[source] = left[source][count:]
            if not left[source]:
                sources.merge.close(source)
            out += sources.merge.ready()
        out += sources.merge.ready()
        assert [sort_key(line) for line in out] == sorted(sort_key(line) for line in out)
        assert sorted(messages(out)) == sorted(expected)
        for source in range(5):
            own = [order_of[text][1] for text in messages(out) if order_of[text][0] == source]
            assert own == sorted(own)


def test_the_source_that_all_wait_for_is_never_held_back() -> None:
    sources = Sources(2)
    sources.feed(0, (1, "a1"), (9, "a9"))
    sources.feed(1, (2, "b2"))
    assert sources.merge.ahead(0)
    assert not sources.merge.ahead(1)


def test_lines_of_a_time_that_a_source_may_go_on_with_wait() -> None:
    sources = Sources(2)
    sources.feed(0, (1, "a1"))
    sources.feed(1, (1, "b1"))
    assert messages(sources.merge.ready()) == ["a1"]
    sources.feed(0, (1, "a1 again"), (2, "a2"))
    sources.feed(1, (2, "b2"))
    assert messages(sources.merge.ready()) == ["a1 again", "b1", "a2"]


def test_a_source_without_lines_holds_up_the_others_until_it_is_closed() -> None:
    sources = Sources(3)
    sources.feed(0, (1, "a1"))
    sources.merge.close(0)
    assert sources.merge.ready() == []
    sources.merge.close(1)
    assert sources.merge.ready() == []
    sources.merge.close(2)
    assert messages(sources.merge.ready()) == ["a1"]
    assert sources.merge.ready() == []


def test_closing_twice_is_closing_once() -> None:
    sources = Sources(1)
    sources.merge.close(0)
    sources.merge.close(0)
    sources.feed(0, (1, "a word at the end"))
    assert messages(sources.merge.ready()) == ["a word at the end"]


def test_a_merge_without_sources_or_lines_gives_nothing() -> None:
    merge = Merge()
    assert (merge.ready(), merge.release(b"\xff"), merge.newest, merge.waits) == ([], [], b"", False)
    source = merge.add()
    merge.feed(source, [])
    assert (merge.ready(), merge.release(b"\xff"), merge.newest_of(source), merge.waits) == ([], [], b"", False)


def test_release_lets_go_of_what_is_no_newer_than_a_key() -> None:
    sources = Sources(2)
    sources.feed(0, (1, "a1"), (2, "a2"), (3, "a3"))
    sources.feed(1, (2, "b2"))
    assert messages(sources.merge.release(stamp(2).encode())) == ["a1", "a2", "b2"]
    assert sources.merge.release(stamp(2).encode()) == []
    assert sources.merge.waits
    assert messages(sources.merge.release(sources.merge.newest)) == ["a3"]
    assert not sources.merge.waits


def test_the_newest_line_is_known_by_source_and_of_all() -> None:
    sources = Sources(3)
    sources.feed(0, (1, "a1"), (5, "a5"))
    sources.feed(1, (3, "b3"))
    merge = sources.merge
    assert [merge.newest_of(source).decode() for source in range(3)] == [stamp(5), stamp(3), ""]
    assert merge.newest.decode() == stamp(5)
    merge.release(merge.newest)
    assert merge.newest_of(0).decode() == stamp(5)


@pytest.mark.parametrize(
    ("at", "is_late"), [(4, True), (4.999999, True), (5, False), (6, False)], ids=lambda value: str(value)
)
def test_late_is_what_is_older_than_what_has_gone_out(at: float, *, is_late: bool) -> None:
    sources = Sources(2)
    sources.feed(0, (5, "a5"))
    sources.merge.release(sources.merge.newest)
    sources.feed(1, (at, "b"))
    [line] = sources.merge.release(sources.merge.newest)
    assert (late(line), stamp_of(line).decode(), message_of(line)) == (is_late, stamp(at), b"b")


def test_only_late_lines_are_marked_among_others() -> None:
    sources = Sources(2)
    sources.feed(0, (5, "a5"))
    sources.merge.release(sources.merge.newest)
    sources.feed(1, (3, "b3"), (4, "b4"), (5, "b5"), (6, "b6"))
    sources.feed(0, (7, "a7"))
    found = sources.merge.release(sources.merge.newest)
    assert [(message_of(line).decode(), late(line)) for line in found] == [
        ("b3", True),
        ("b4", True),
        ("b5", False),
        ("b6", False),
        ("a7", False),
    ]


def test_what_was_late_once_is_no_measure_for_what_comes_then() -> None:
    sources = Sources(2)
    sources.feed(0, (5, "a5"))
    sources.merge.release(sources.merge.newest)
    sources.feed(1, (3, "b3"))
    sources.merge.release(sources.merge.newest)
    sources.feed(1, (4, "b4"))
    [line] = sources.merge.release(sources.merge.newest)
    assert late(line)


def test_a_late_record_is_still_a_record_with_its_own_times() -> None:
    sources = Sources(2)
    sources.feed(0, (500, "a"))
    sources.merge.release(sources.merge.newest)
    sources.feed(1, (2, "panic: no"), (3, "  at b"), (4, "  at c"))
    found = sources.merge.release(sources.merge.newest)
    assert [(late(line), continues(line), stamp_of(line).decode()) for line in found] == [
        (True, False, stamp(2)),
        (True, True, stamp(3)),
        (True, True, stamp(4)),
    ]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.LOG])
def test_words_are_never_late(kind: Kind) -> None:
    sources = Sources(2)
    sources.feed(0, (5000, "a"))
    sources.merge.release(sources.merge.newest)
    sources.merge.feed(1, [told(kind, stamp(3000).encode(), "exited 0", tag_of(1))])
    [word] = sources.merge.release(sources.merge.newest)
    assert (late(word), kind_of(word)) == (False, kind)


def test_a_record_goes_out_in_one_piece_among_lines_of_its_moment() -> None:
    sources = Sources(2)
    sources.feed(0, (2, "panic: no"), (3, "  at b"), (4, "  at c"), (9, "a9"))
    sources.feed(1, (1, "b1"), (2, "b2"), (3, "b3"), (9, "b9"))
    assert messages(sources.merge.ready()) == ["b1", "panic: no", "  at b", "  at c", "b2", "b3", "a9"]


def test_what_goes_out_is_plain_only_if_no_line_of_it_is_marked() -> None:
    sources = Sources(2)
    merge = sources.merge

    def out(at: float) -> tuple[bool, bool]:
        lines = merge.release(stamp(at).encode())
        assert {type(batch) for batch in batches(lines, 1)} == {type(lines)}
        return isinstance(lines, Plain), Marked in map(type, lines)

    sources.feed(0, (1, "a"), (5, "b"))
    sources.feed(1, (2, "c"), (3, "panic"))
    assert out(4) == (True, False)
    sources.feed(1, (5, "  at c"), (6, "d"), (7, "e"))
    assert out(5) == (False, True)
    sources.feed(0, (7, "f"), (8, "g"))
    assert out(7) == (False, False)  # nobody has looked which lines of a source were marked
    assert out(8) == (True, False)
    sources.feed(1, (7.5, "late"))
    assert out(9) == (False, True)


def test_what_waits_is_counted_in_bytes_by_source() -> None:
    sources = Sources(2)
    sources.feed(0, *((at, "x" * 100) for at in range(10)))
    merge = sources.merge
    whole = 10 * len(stamp(1) + " " + "x" * 100 + "\0\0")
    assert (merge.bytes_of(0), merge.bytes_of(1)) == (whole, 0)
    merge.release(stamp(4).encode())
    assert merge.bytes_of(0) == whole // 2
    sources.feed(0, (10, "x" * 100))
    assert merge.bytes_of(0) == whole // 2 + whole // 10
    half = block((1, "y"), (2, "z"))[:-10]
    merge.feed(1, sources.intakes[1].take(half))
    assert merge.bytes_of(1) == len(stamp(1) + " y\0\0")
    merge.release(merge.newest)
    assert merge.bytes_of(0) == 0


def test_what_is_counted_never_falls_short_of_nothing_nor_stays_behind() -> None:
    numbers = random.Random(6)
    sources, at = Sources(1), 0
    for _ in range(200):
        for _ in range(numbers.randrange(5)):
            at += 1
            sources.feed(0, (at, "x" * numbers.randrange(1000)))
        sources.merge.release(stamp(numbers.randrange(at + 1)).encode())
        assert sources.merge.bytes_of(0) >= 0
    sources.merge.release(sources.merge.newest)
    assert sources.merge.bytes_of(0) == 0


@pytest.mark.parametrize(
    ("feeds", "ahead"),
    [
        ({0: [1]}, [True, False, False]),
        ({0: [5], 1: [3], 2: [1]}, [True, True, False]),
        ({0: [2], 1: [2], 2: [2]}, [False, False, False]),
        ({}, [False, False, False]),
    ],
)
def test_ahead_is_who_has_lines_that_wait_for_another(feeds: dict[int, list[float]], ahead: list[bool]) -> None:
    sources = Sources(3)
    for source, times in feeds.items():
        sources.feed(source, *((at, "x") for at in times))
    assert [sources.merge.ahead(source) for source in range(3)] == ahead


def test_nobody_is_ahead_of_closed_sources_or_with_nothing_that_waits() -> None:
    sources = Sources(2)
    sources.feed(0, (5, "a5"))
    sources.merge.close(1)
    assert not sources.merge.ahead(0)
    sources = Sources(2)
    sources.feed(0, (5, "a5"))
    sources.merge.release(sources.merge.newest)
    assert not sources.merge.ahead(0)


@pytest.mark.parametrize("kind", [Merge, Arrivals])
def test_a_number_is_for_another_source_once_its_last_line_has_gone_out(kind: type[Merge]) -> None:
    sources = Sources(2, kind())
    merge = sources.merge
    sources.feed(0, (1, "a1"))
    merge.close(0)
    merge.free(0)
    assert merge.add() == 2
    assert messages(merge.release(merge.newest)) == ["a1"]
    assert merge.add() == 0
    assert merge.add() == 3
    assert merge.newest_of(0) == b""
    sources.feed(1, (2, "b2"))
    sources.feed(0, (3, "of another"))
    assert messages(merge.release(merge.newest)) == ["b2", "of another"]


def test_a_number_that_is_not_free_is_for_no_other() -> None:
    merge = Merge()
    assert [merge.add() for _ in range(3)] == [0, 1, 2]
    merge.close(1)
    assert merge.add() == 3
    merge.free(1)
    assert [merge.add(), merge.add()] == [1, 4]


def test_by_arrival_lines_come_out_as_they_came_in_and_none_is_late() -> None:
    sources = Sources(2, Arrivals())
    merge = sources.merge
    sources.feed(0, (5, "a5"), (6, "a6"))
    sources.feed(1, (1, "b1"))
    assert merge.waits
    assert merge.newest_of(1).decode() == stamp(1)
    first = merge.ready()
    assert (merge.waits, merge.ready()) == (False, [])
    sources.feed(0, (7, "a7"))
    sources.feed(1, (2, "b2"))
    found = [*first, *merge.release(stamp(0).encode())]
    assert messages(found) == ["a5", "a6", "b1", "a7", "b2"]
    assert not any(map(late, found))


def test_by_arrival_nothing_is_counted_as_waiting_for_others() -> None:
    sources = Sources(2, Arrivals())
    sources.feed(0, (5, "x" * 1000))
    assert sources.merge.bytes_of(0) == 0
