"""What a filter lets through: whole records, what surrounds them, and always what says that there is less to see."""

import random
import re
import subprocess
from collections.abc import Sequence

import pytest

from kubectl_mc.logs.asked import parse_pattern
from kubectl_mc.logs.filter import BREAK, Filter, Wanted, records
from kubectl_mc.logs.intake import Intake
from kubectl_mc.logs.level import Level
from kubectl_mc.logs.line import Kind, Marked, message_of, tag_of, told
from tests.logs.lines import block, stamp

HEAD, PART = False, True


def line(text: str, source: int = 0, *, continues: bool = HEAD, at: float = 1) -> bytes:
    found = f"{stamp(at)} {text}".encode() + tag_of(source)
    if not continues:
        return found
    marked = Marked(found)
    marked.continues = True
    return marked


def word(kind: Kind, text: str, source: int = 0) -> bytes:
    return told(kind, stamp(1).encode(), text, tag_of(source))


def texts(lines: Sequence[bytes]) -> list[str]:
    return ["--" if found is BREAK else message_of(found).decode() for found in lines]


def wanted(
    match: str = "", unmatch: str = "", level: Level | None = None, *, before: int = 0, after: int = 0
) -> Wanted:
    return Wanted(
        re.compile(match.encode()) if match else None,
        re.compile(unmatch.encode()) if unmatch else None,
        level,
        before,
        after,
    )


LOG = ["INFO: up", "DEBUG: GET /", "ERROR: no", "plain", "", "WARN: GET /slow"]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (wanted(), LOG),
        (wanted("GET"), ["DEBUG: GET /", "WARN: GET /slow"]),
        (wanted("nothing has this"), []),
        (wanted(unmatch="GET"), ["INFO: up", "ERROR: no", "plain", ""]),
        (wanted(unmatch="nothing has this"), LOG),
        (wanted(level=Level.WARN), ["ERROR: no", "plain", "", "WARN: GET /slow"]),
        (wanted(level=Level.TRACE), LOG),
        (wanted(level=Level.FATAL), ["plain", ""]),
        (wanted("GET", "slow"), ["DEBUG: GET /"]),
        (wanted("GET", level=Level.WARN), ["WARN: GET /slow"]),
        (wanted("GET|ERROR", "slow", Level.WARN), ["ERROR: no"]),
        (wanted("^$"), [""]),
        (wanted("2026-01-01"), []),
    ],
)
@pytest.mark.parametrize("marked", [False, True], ids=["plain", "one of them marked"])
def test_a_line_passes_by_its_message_and_level(asked: Wanted, shown: list[str], *, marked: bool) -> None:
    lines = [line(text, at=at) for at, text in enumerate(LOG)]
    if marked:
        lines[0] = Marked(lines[0])
    assert texts(Filter(asked).passed(lines)) == shown


def test_a_filter_that_asks_for_nothing_gives_back_what_it_was_given() -> None:
    lines = [line("a")]
    assert Wanted().everything
    assert not wanted("a").everything
    assert Filter(Wanted()).passed(lines) is lines


@pytest.mark.parametrize(
    ("message", "passes"),
    [
        (b"half \xc3", True),
        (b"\x00half\x00", True),
        ("\u2028half".encode(), True),
        (b"x" * 1_000_000 + b"half", True),
        (b"x" * 1_000_000, False),
        (b"", False),
    ],
)
def test_a_match_is_found_among_any_bytes(message: bytes, *, passes: bool) -> None:
    found = stamp(1).encode() + b" " + message + tag_of(0)
    assert Filter(wanted("half")).passed([found]) == ([found] if passes else [])


@pytest.mark.parametrize("marked", [False, True], ids=["plain", "one of them marked"])
def test_a_match_beyond_ascii_is_found_and_kept_out_like_any(*, marked: bool) -> None:
    lines = [line(text) for text in ("größer", "GRÖSSER", "Größer ÄNDERT", "ändert")]
    lines[0] = Marked(lines[0]) if marked else lines[0]
    match = parse_pattern("--grep", ["grö[sß]"], ignore_case=True)
    unmatch = parse_pattern("--not", ["ä"], ignore_case=True)
    assert texts(Filter(Wanted(match)).passed(lines)) == ["größer", "GRÖSSER", "Größer ÄNDERT"]
    assert texts(Filter(Wanted(match, unmatch)).passed(lines)) == ["größer", "GRÖSSER"]


def test_what_names_the_source_is_never_matched() -> None:
    lines = [line("a", source) for source in range(300)]
    assert Filter(Wanted(re.compile(rb"[^a]"))).passed(lines) == []


TRACE = ["ERROR: no", "\tat A.b(A.java:1)", "Caused by: x", "\t... 3 more"]
RECORDS = {
    "a match in its first line": (wanted("no"), True),
    "a match in its last line": (wanted("3 more"), True),
    "no match": (wanted("yes"), False),
    "something unwanted in its last line": (wanted("no", "more"), False),
    "something unwanted in none": (wanted("no", "less"), True),
    "a level that is high enough": (wanted(level=Level.ERROR), True),
    "a level that is too low": (wanted(level=Level.FATAL), False),
}


def record(*parts: str, source: int = 0, at: float = 1) -> list[bytes]:
    return [line(text, source, continues=number > 0, at=at) for number, text in enumerate(parts)]


@pytest.mark.parametrize("case", RECORDS)
def test_a_record_passes_as_a_whole(case: str) -> None:
    asked, passes = RECORDS[case]
    assert texts(Filter(asked).passed(record(*TRACE))) == (TRACE if passes else [])
    assert asked.passes(record(*TRACE)) == passes


@pytest.mark.parametrize(
    ("parts", "passes"),
    [
        (["INFO: x", "  ERROR: y"], True),
        (["ERROR: x", "  INFO: y"], True),
        (["INFO: x", "  DEBUG: y"], False),
        (["INFO: x", "  no level"], False),
        (["no level", "  nor here"], True),
        (["no level", "  DEBUG: y"], False),
    ],
)
def test_of_the_levels_in_a_record_the_highest_counts(parts: list[str], *, passes: bool) -> None:
    assert texts(Filter(wanted(level=Level.WARN)).passed(record(*parts))) == (parts if passes else [])


def test_a_record_is_a_line_and_those_of_its_source_that_continue_it() -> None:
    a, b = record("a", " a2"), record("b", " b2", source=1)
    gap, part = word(Kind.GAP, "missing"), line(" a3", continues=PART)
    lines = [*a, *b, gap, part, line("a4"), line(" b3", 1, continues=PART)]
    assert [texts(found) for found in records(lines)] == [
        ["a", " a2"],
        ["b", " b2"],
        ["missing"],
        [" a3"],
        ["a4"],
        [" b3"],
    ]
    assert list(records([])) == []


ALL, REST, NONE = slice(None), slice(2, None), slice(0)
SPLIT = {
    "the beginning matches": (wanted("no"), ALL),
    "the rest matches": (wanted("Caused"), REST),
    "neither matches": (wanted("yes"), NONE),
    "the beginning is unwanted": (wanted(unmatch="no"), NONE),
    "the beginning's level is too low": (wanted(level=Level.FATAL), NONE),
    "the beginning's level is high enough": (wanted(level=Level.WARN), ALL),
}


@pytest.mark.parametrize("case", SPLIT)
@pytest.mark.parametrize("other", [False, True], ids=["alone", "with another container between"])
def test_the_rest_of_a_record_goes_the_way_of_its_beginning(case: str, *, other: bool) -> None:
    asked, shown = SPLIT[case]
    whole = record(*TRACE)
    passing = Filter(asked)
    passing.passed([line("ERROR: no", at=0)])
    out = passing.passed(whole[:1])
    if other:
        passing.passed([line("INFO: GET", source=1)])
        passing.passed(record("INFO: GET", " it", source=1))
    out += passing.passed(whole[1:2])
    assert texts(out + passing.passed(whole[2:])) == TRACE[shown]


def test_the_rest_of_an_unimportant_record_is_shown_when_it_is_grave_itself() -> None:
    passing = Filter(wanted(level=Level.ERROR))
    whole = record("INFO: about to begin", "Traceback (most recent call last):", '  File "a.py"', "ValueError: no")
    assert texts(passing.passed(whole[:1]) + passing.passed(whole[1:])) == texts(whole[1:])


def test_a_record_of_its_own_is_not_the_rest_of_the_one_before() -> None:
    passing = Filter(wanted("first"))
    passing.passed(record("first", " part"))
    assert passing.passed(record("second", " part")) == []
    assert passing.passed([line("third")]) == []
    assert passing.passed([line(" part", continues=PART)]) == []


@pytest.mark.parametrize("between", [Kind.GAP, Kind.ERROR, Kind.EVENT, Kind.LIFECYCLE])
def test_a_word_in_the_middle_of_a_record_does_not_part_it(between: Kind) -> None:
    whole = record(*TRACE)
    lines = [whole[0], word(between, "no word"), *whole[1:]]
    assert texts(Filter(wanted("no")).passed(lines)) == texts(lines)
    hidden = [] if between in (Kind.EVENT, Kind.LIFECYCLE) else ["no word"]
    assert texts(Filter(wanted("yes")).passed(lines)) == hidden


def test_a_line_that_seems_to_continue_a_word_is_judged_as_what_it_is() -> None:
    lines = [word(Kind.GAP, "missing"), line("  at A.b", continues=PART), line("  at A.c", continues=PART)]
    assert texts(Filter(wanted("nothing")).passed(lines)) == ["missing"]
    assert texts(Filter(wanted("A.c")).passed(lines)) == texts(lines)


@pytest.mark.parametrize(
    ("kind", "always"),
    [(Kind.GAP, True), (Kind.ERROR, True), (Kind.LIFECYCLE, False), (Kind.EVENT, False), (Kind.LOG, False)],
)
@pytest.mark.parametrize(
    "asked",
    [
        wanted("nothing"),
        wanted(unmatch="exited"),
        wanted("nothing", before=2, after=1),
        wanted("nothing", "exited", Level.FATAL, before=1),
    ],
)
def test_only_what_says_that_there_is_less_to_see_passes_always(asked: Wanted, kind: Kind, *, always: bool) -> None:
    said = word(kind, "app exited 137")
    assert Filter(asked).passed([said]) == ([said] if always else [])


def test_lifecycle_and_events_have_to_match() -> None:
    lines = [word(Kind.LIFECYCLE, "app exited 137"), word(Kind.EVENT, "Warning BackOff: again"), line("GET")]
    assert texts(Filter(wanted("exited")).passed(lines)) == ["app exited 137"]
    assert texts(Filter(wanted("BackOff")).passed(lines)) == ["Warning BackOff: again"]
    assert texts(Filter(wanted(unmatch="exited|GET")).passed(lines)) == ["Warning BackOff: again"]
    assert texts(Filter(wanted(level=Level.FATAL)).passed(lines)) == texts(lines)


@pytest.mark.parametrize(
    ("before", "after", "hits", "shown"),
    [
        (0, 0, "..x..", "2"),
        (1, 0, "..x..", "1 2"),
        (0, 1, "..x..", "2 3"),
        (2, 2, "..x..", "0 1 2 3 4"),
        (9, 9, "..x..", "0 1 2 3 4"),
        (1, 0, "x..", "0"),
        (0, 1, "..x", "2"),
        (1, 1, ".....", ""),
        (1, 1, "x...x", "0 1 -- 3 4"),
        (1, 1, "x..x", "0 1 2 3"),
        (2, 2, "x.x", "0 1 2"),
        (2, 0, "x..x", "0 1 2 3"),
        (2, 0, "x...x", "0 -- 2 3 4"),
        (0, 2, "x..x", "0 1 2 3"),
        (0, 2, "x...x", "0 1 2 -- 4"),
        (1, 0, "..x..x..", "1 2 -- 4 5"),
        (0, 1, "xx...xx", "0 1 2 -- 5 6"),
    ],
)
def test_what_surrounds_a_match_is_shown(before: int, after: int, hits: str, shown: str) -> None:
    lines = [line(f"{'hit' if hit == 'x' else 'miss'} {number}") for number, hit in enumerate(hits)]
    found = texts(Filter(wanted("hit", before=before, after=after)).passed(lines))
    assert [text.split()[-1] for text in found] == shown.split()


def surrounded(hits: Sequence[bool], before: int, after: int) -> list[int]:
    """The numbers of the lines that grep shows; -1 for its `--`."""
    near = {at for hit, is_hit in enumerate(hits) if is_hit for at in range(hit - before, hit + after + 1)}
    shown = [at for at in range(len(hits)) if at in near]
    out: list[int] = []
    for at in shown:
        if out and at != out[-1] + 1:
            out.append(-1)
        out.append(at)
    return out


def in_batches(lines: list[bytes], numbers: random.Random) -> list[list[bytes]]:
    """The lines in batches of any size, empty ones too."""
    cuts = sorted(numbers.choices(range(len(lines) + 1), k=numbers.randrange(10)))
    return [lines[a:b] for a, b in zip([0, *cuts], [*cuts, len(lines)], strict=True)]


def test_surroundings_are_those_of_a_simple_reference_in_batches_of_any_size() -> None:
    numbers = random.Random(11)
    for _ in range(300):
        hits = [numbers.random() < 0.2 for _ in range(numbers.randrange(60))]
        before, after = numbers.randrange(4), numbers.randrange(4)
        lines = [line(f"{'hit' if hit else 'miss'} {at}", numbers.randrange(3)) for at, hit in enumerate(hits)]
        passing = Filter(wanted("hit", before=before, after=after))
        found = [shown for batch in in_batches(lines, numbers) for shown in passing.passed(batch)]
        if before or after:
            expected = surrounded(hits, before, after)
        else:
            expected = [at for at, hit in enumerate(hits) if hit]
        assert [-1 if text == "--" else int(text.split()[1]) for text in texts(found)] == expected


@pytest.mark.parametrize(("before", "after"), [(0, 1), (1, 0), (2, 3), (3, 1), (5, 5)])
def test_surroundings_are_those_of_grep(before: int, after: int) -> None:
    numbers = random.Random(before * 10 + after)
    written = [f"{'hit' if numbers.random() < 0.1 else 'miss'} {at}" for at in range(400)]
    grep = subprocess.run(
        ["grep", "-B", str(before), "-A", str(after), "hit"],
        input="\n".join(written) + "\n",
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    passing = Filter(wanted("hit", before=before, after=after))
    batches = in_batches([line(text) for text in written], numbers)
    assert texts([found for batch in batches for found in passing.passed(batch)]) == grep.stdout.splitlines()


def test_what_is_kept_out_surrounds_nothing() -> None:
    lines = [line(text) for text in ("INFO: 0", "noise 1", "ERROR: hit 2", "DEBUG: 3", "noise 4", "5", "6")]
    passing = Filter(wanted("hit", "noise", Level.INFO, before=1, after=1))
    assert texts(passing.passed(lines)) == ["INFO: 0", "ERROR: hit 2", "5"]


def test_a_match_that_is_kept_out_has_no_surroundings() -> None:
    lines = [line(text) for text in ("0", "DEBUG: hit 1", "2", "hit noise 3", "4")]
    assert Filter(wanted("hit", "noise", Level.INFO, before=1, after=1)).passed(lines) == []


def test_surroundings_are_lines_of_the_whole_stream() -> None:
    lines = [line("theirs", 1), line("hit", 0), word(Kind.LIFECYCLE, "app exited 1"), line("theirs too", 1)]
    assert texts(Filter(wanted("hit", before=1, after=1)).passed(lines)) == ["theirs", "hit", "app exited 1"]


def test_a_record_that_matches_is_surrounded_as_a_whole() -> None:
    lines = [line("0"), line("1"), *record(*TRACE), line("2"), line("3")]
    assert texts(Filter(wanted("Caused", before=1, after=1)).passed(lines)) == ["1", *TRACE, "2"]


def test_what_must_not_be_hidden_comes_in_its_place_among_surroundings() -> None:
    gap = word(Kind.GAP, "missing")
    lines = [line("0"), line("1"), gap, line("hit 2"), line("3"), gap, line("4"), line("5"), line("6"), gap, line("7")]
    found = Filter(wanted("hit", before=1, after=2)).passed(lines)
    assert texts(found) == ["1", "missing", "hit 2", "3", "missing", "4", "--", "6", "missing"]


def test_a_filter_never_changes_places_or_bytes_and_batches_make_no_difference() -> None:
    numbers = random.Random(5)
    for _ in range(200):
        groups: list[list[bytes]] = []
        for number in range(numbers.randrange(40)):
            source = numbers.randrange(3)
            parts = [
                numbers.choice(["INFO: ", "ERROR: ", "  ", "noise ", "hit "]) + f"{number}.{part}"
                for part in range(numbers.choice([1, 1, 1, 2, 4]))
            ]
            own = [word(numbers.choice(list(Kind)[1:]), f"hit {number}", source)]
            groups.append(own if numbers.random() < 0.15 else record(*parts, source=source))
        asked = wanted(
            numbers.choice(["", "hit"]),
            numbers.choice(["", "noise"]),
            numbers.choice([None, Level.WARN]),
            before=numbers.randrange(3),
            after=numbers.randrange(3),
        )
        lines = [found for group in groups for found in group]
        whole = Filter(asked).passed(lines)
        passing = Filter(asked)
        cuts = sorted(numbers.choices(range(len(groups) + 1), k=5))
        batches = [groups[a:b] for a, b in zip([0, *cuts], [*cuts, len(groups)], strict=True)]
        split = [found for batch in batches for found in passing.passed([part for group in batch for part in group])]
        assert split == whole
        left = iter(lines)
        assert all(any(found is given for given in left) for found in whole if found is not BREAK)


def test_a_stack_trace_that_arrives_in_pieces_is_let_through_whole() -> None:
    blocks = [
        block((1, "GET /"), (2, "java.lang.IllegalStateException: no")),
        block((2.1, "\tat A.b(A.java:1)"), (2.2, "\tat A.c(A.java:2)")),
        block((2.3, "Caused by: java.io.IOException: x"), (5000, "GET /")),
    ]
    intake, passing = Intake(tag_of(0)), Filter(wanted("IllegalState"))
    found = [text for piece in blocks for text in texts(passing.passed(intake.take(piece)))]
    assert found == [
        "java.lang.IllegalStateException: no",
        "\tat A.b(A.java:1)",
        "\tat A.c(A.java:2)",
        "Caused by: java.io.IOException: x",
    ]


def test_without_a_match_lines_surround_those_that_have_the_level() -> None:
    lines = [line(text) for text in ["INFO: 1", "INFO: 2", "ERROR: 3", "INFO: 4", "INFO: 5", "plain", "INFO: 6"]]
    found = Filter(wanted(level=Level.WARN, before=1, after=1)).passed(lines)
    assert texts(found) == ["INFO: 2", "ERROR: 3", "INFO: 4", *texts([BREAK]), "plain"]


@pytest.mark.parametrize(("asked", "shown"), [(wanted("no"), True), (wanted("GET"), False)])
def test_a_record_is_the_newest_of_its_source_whatever_came_in_earlier_batches(asked: Wanted, *, shown: bool) -> None:
    passing = Filter(asked)
    passing.passed([line("GET /")])
    lines = [line("ERROR: no"), word(Kind.GAP, "missing"), line("\tat A.b", continues=PART)]
    assert texts(passing.passed(lines)) == (texts(lines) if shown else ["missing"])


def test_only_what_has_the_level_is_surrounded_where_there_is_nothing_to_match() -> None:
    said = ["INFO: 1", "no level 2", "INFO: 3", "INFO: 4", "WARN: noise 5", "INFO: 6", "FATAL: 7"]
    passing = Filter(wanted("", "noise", Level.WARN, before=1))
    assert texts(passing.passed([line(text) for text in said])) == ["no level 2", "--", "INFO: 6", "FATAL: 7"]
