"""Blocks of bytes become lines that can be ordered, whatever is in them and wherever they are cut."""

import random

import pytest

from kubectl_mc.logs.intake import Intake
from kubectl_mc.logs.line import Kind, kind_of, message_of, sort_key, stamp_of, tag_of
from tests.logs.lines import block, stamp

TAG = tag_of(0)


def read(*blocks: bytes) -> list[bytes]:
    intake = Intake(TAG)
    return [line for piece in blocks for line in intake.take(piece)] + intake.end()


def messages(lines: list[bytes]) -> list[str]:
    return [message_of(line).decode() for line in lines]


def test_lines_keep_their_bytes() -> None:
    odd = "\x00 \x1b[31m \u2028 \x85 ✓ \r"
    lines = read(block((1, "plain"), (2, ""), (3, odd)) + stamp(4).encode() + b" half \xc3\n")
    assert [message_of(line) for line in lines] == [b"plain", b"", odd.encode(), b"half \xc3"]
    assert [stamp_of(line).decode() for line in lines] == [stamp(1), stamp(2), stamp(3), stamp(4)]


def test_a_log_may_be_cut_anywhere() -> None:
    whole = block(*((at, f"line {at} " + "x" * at) for at in range(50)), (50, "  at there"), (51, "end"))
    expected = read(whole)
    numbers = random.Random(7)
    for _ in range(50):
        cuts = sorted(numbers.sample(range(len(whole)), 8))
        pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
        assert read(*pieces) == expected


def test_a_last_line_without_a_break_is_a_line() -> None:
    assert messages(read(block((1, "a")) + stamp(2).encode() + b" b")) == ["a", "b"]


def test_what_came_of_a_line_before_a_break_is_dropped() -> None:
    intake = Intake(TAG)
    assert messages(intake.take(block((1, "a")) + b"2026-01-01T12:00:00.00")) == ["a"]
    intake.drop()
    assert messages(intake.take(block((2, "b")))) == ["b"]


def test_lines_of_a_source_never_change_places() -> None:
    lines = read(block((5, "first"), (3, "earlier by its time"), (6, "last")))
    assert messages(sorted(lines, key=sort_key)) == ["first", "earlier by its time", "last"]
    assert stamp_of(lines[1]).decode() == stamp(3)


def test_a_time_with_an_offset_is_ordered_in_utc() -> None:
    [line] = read(b"2026-01-01T21:00:00.000000001+09:00 here\n")
    assert sort_key(line) == b"2026-01-01T12:00:00.000000001Z"
    assert message_of(line) == b"here"


@pytest.mark.parametrize(
    "record",
    [
        ["java.lang.IllegalStateException: no", "\tat com.example.A.b(A.java:1)", "Caused by: x", "\t... 3 more"],
        ["Traceback (most recent call last):", '  File "a.py", line 1', "    f()", "ValueError: no"],
        ["panic: no", "goroutine 1 [running]:", "\tmain.go:3"],
    ],
)
def test_a_record_of_many_lines_sorts_as_one(record: list[str]) -> None:
    lines = read(block((1, "before"), *((2 + n / 1000, text) for n, text in enumerate(record)), (9, "after")))
    heads = [sort_key(line) for line in lines[1:-1]]
    assert len(set(heads)) == 1
    assert sort_key(lines[-1]) > heads[-1]


def test_an_indented_line_of_later_is_no_record() -> None:
    lines = read(block((1, "before"), (5000, "  indented")))
    assert sort_key(lines[1]).decode() == stamp(5000)


def test_what_the_kubelet_says_in_place_of_a_log_is_told_apart_whole() -> None:
    lines = read(block((1, "a")), b"failed to create fsnotify watcher: too many open files")
    assert kind_of(lines[1]) is Kind.ERROR
    assert message_of(lines[1]) == b"failed to create fsnotify watcher: too many open files"
    assert kind_of(lines[0]) is Kind.LOG


def test_sixty_thousand_sources_have_tags_of_their_own() -> None:
    tags = {tag_of(number) for number in range(60_000)}
    assert len(tags) == 60_000
    assert not any(b"\n" in tag for tag in tags)
