"""Lines of many sources come out in the order of their times, none lost, none doubled."""

import random

from kubectl_mc.logs.intake import Intake
from kubectl_mc.logs.line import late, message_of, sort_key, tag_of
from kubectl_mc.logs.merge import Merge
from tests.logs.lines import block


class Sources:
    """A merge with the intake of each source."""

    def __init__(self, count: int) -> None:
        self.merge = Merge()
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
    assert messages(sources.merge.ready()) == ["a1"]
    sources.merge.close(1)
    assert messages(sources.merge.ready()) == ["b3"]
    sources.merge.close(0)
    assert messages(sources.merge.ready()) == ["a5"]


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
