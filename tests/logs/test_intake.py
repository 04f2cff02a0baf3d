"""Blocks of bytes become lines that can be ordered, whatever is in them and wherever they are cut."""

import random

import pytest

from kubectl_mc.logs.intake import Intake
from kubectl_mc.logs.line import (
    Kind,
    Marked,
    Plain,
    continues,
    kind_of,
    message_of,
    sort_key,
    source_tag,
    stamp_of,
    tag_of,
)
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
        ["{", '  "a": {', '    "b": 1', "  }", "}"],
        ["call(", "  1,", ");"],
        ["x = [", " 1", "],"],
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


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"no time at all",
        b"\x00\xff",
        b"2026-01-01T12:00:01",
        b"2026-01-01T12:00:01.000000000Z",
        b"2026-01-01T12:00:01Z no digits",
        b"2026-01-01T12:00:01.123Z too few digits",
        b"2026-01-01T12:00:01.0000000000Z too many digits",
        b" 2026-01-01T12:00:01.000000000Z",
        b"2026-13-01T12:00:01.000000000+09:00 no such month",
        b"0001-01-01T00:00:00.000000000+09:00 before all calendars",
        b"2026-01-01T12:00:01.000000000+99:00 no such zone",
        b"x" * 1_000_000,
    ],
    ids=lambda odd: repr(odd[:40]),
)
def test_a_line_without_a_time_is_told_in_its_place(odd: bytes) -> None:
    lines = read(block((1, "a")), odd + b"\n", block((2000, "b")))
    assert [kind_of(each) for each in lines] == [Kind.LOG, Kind.ERROR, Kind.LOG]
    assert message_of(lines[1]).decode() == odd.decode(errors="replace")
    assert [sort_key(each).decode() for each in lines] == [stamp(1), stamp(1), stamp(2000)]


def test_a_line_too_short_for_a_time_is_told_among_others() -> None:
    lines = read(block((1, "a")) + b"2026-01-01T12:00:01\n" + block((2000, "b")))
    assert [kind_of(each) for each in lines] == [Kind.LOG, Kind.ERROR, Kind.LOG]


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-01-01T12:00:00.123456789+00:00", "2026-01-01T12:00:00.123456789Z"),
        ("2026-01-01T00:30:00.000000001+05:30", "2025-12-31T19:00:00.000000001Z"),
        ("2026-01-01T12:00:00.500000000-00:30", "2026-01-01T12:30:00.500000000Z"),
    ],
)
def test_offsets_of_half_hours_and_other_days_are_in_utc(written: str, utc: str) -> None:
    [line] = read(f"{written} text\n".encode())
    assert (stamp_of(line).decode(), message_of(line)) == (utc, b"text")


def test_a_line_of_a_megabyte_comes_in_any_pieces() -> None:
    whole = block((1, "x" * 1_000_000), (2, "y"))
    size = 4096
    assert messages(read(*(whole[at : at + size] for at in range(0, len(whole), size)))) == ["x" * 1_000_000, "y"]


def test_nothing_comes_of_nothing() -> None:
    intake = Intake(TAG)
    assert (intake.take(b""), intake.end(), intake.take(b""), intake.end()) == ([], [], [], [])


@pytest.mark.parametrize(
    ("data", "plain"),
    [
        (block((1, "a"), (2, "b")), True),
        (block((1, "a"), (1, "b")), True),
        (block((1, "a"), (2, "  b")), False),
        (block((2, "a"), (1, "b")), False),
        (block((1, "a")) + b"no time\n" + block((2, "b")), False),
        (b"2026-01-01T21:00:00.000000001+09:00 a\n", False),
    ],
)
def test_a_block_is_plain_where_none_of_its_lines_is_marked(data: bytes, *, plain: bool) -> None:
    lines = Intake(TAG).take(data)
    assert isinstance(lines, Plain) is plain
    assert (Marked in map(type, lines)) is not plain


@pytest.mark.parametrize("source", [0, 8, 8 * 254, 30 * 254, 65 * 254, 8 * 254 + 30])
def test_what_is_read_at_once_and_line_by_line_is_the_same(source: int) -> None:
    numbers = random.Random(source)
    texts = [
        "", "a", "z", " ", "  in", "\tin", "Caused by: x", "Traceback (most recent call last):", "ValueError: no", "{",
        "}", "]", "goroutine 1 [x]", "... 1 more", "Cat", "Tea", "\x00", "\ue000 ✓",
    ]  # fmt: skip
    tag = tag_of(source)
    for _ in range(300):
        at, rows = 0.0, []
        for _ in range(numbers.randrange(1, 15)):
            at += numbers.choice([0, 0, 0.001, 1, 51, 3000, -2]) if at > 2 else 1
            rows.append(f"{stamp(at)} {numbers.choice(texts)}\n".encode() if numbers.random() < 0.97 else b"odd\n")
        whole = b"".join(rows)
        cuts = sorted(numbers.choices(range(len(whole)), k=numbers.randrange(5)))
        found = []
        for pieces in (rows, [whole], [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]):
            intake = Intake(tag)
            lines = [each for piece in pieces for each in intake.take(piece)]
            assert [source_tag(each) for each in lines] == [tag] * len(rows)
            assert [sort_key(each) for each in lines] == sorted(map(sort_key, lines))
            found.append([(each, kind_of(each), stamp_of(each), continues(each)) for each in lines])
        assert found[0] == found[1] == found[2]


def test_sixty_thousand_sources_have_tags_of_their_own() -> None:
    tags = {tag_of(number) for number in range(60_000)}
    assert len(tags) == 60_000
    assert not any(b"\n" in tag for tag in tags)
