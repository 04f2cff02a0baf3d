"""What a command line asks of a log: what is meant by it, and what is said of what can't be meant."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from kubectl_mc.errors import UsageError
from kubectl_mc.logs.asked import (
    TextPattern,
    parse_count,
    parse_level_word,
    parse_pattern,
    parse_since,
    parse_stamps,
    parse_tail,
    parse_until,
)
from kubectl_mc.logs.level import Level
from kubectl_mc.logs.line import Bound, stamp_at

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LARGEST = 2**63 - 1
STAMP = b"2026-01-01T12:00:00.123456789Z"


def pattern(*texts: str, ignore_case: bool = False) -> re.Pattern[bytes] | TextPattern:
    found = parse_pattern("--grep", texts, ignore_case=ignore_case)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("texts", "matches", "misses"),
    [
        (["a"], ["a", "bab"], ["", "b", "A"]),
        (["a", "b"], ["a", "b"], ["c", ""]),
        (["^a", "b$"], ["ax", "xb"], ["xa", "bx"]),
        (["a|b", "c"], ["a", "b", "c"], ["d"]),
        (["^a|b", "^c"], ["a", "xb", "c"], ["xa", "xc"]),
        ([r"(a|b)\1"], ["aa", "bb"], ["ab"]),
        (["(x)y", r"(a|b)\1"], ["xy", "aa", "bb"], ["ab", "xx"]),
        ([r"(a|b)\1", r"(c|d)(e)\1\2"], ["aa", "cece"], ["cede", "ce"]),
        (["(x)y", r"^(a)?b(?(1)c|d)"], ["xy", "abc", "bd"], ["abd"]),
        (["(x)y", r"(?P<one>a|b)(?P=one)"], ["aa"], ["ab"]),
        (["(x)y", r"[\1]z"], ["\x01z"], ["1z", "xz"]),
        (["(x)y", r"\\1"], ["\\1"], ["x", "1"]),
        (["(x)y", r"\101"], ["A"], ["x"]),
        (["(x)y", r"[]\1]z"], ["]z"], ["xz"]),
        (["(?i)a", "b"], ["A", "b"], ["B"]),
        (["b", "(?i)a"], ["A", "b"], ["B"]),
        (["(?x) a  # comment", "b"], ["a", "b"], ["#"]),
        (["[[]ERROR]"], ["[ERROR]"], ["ERROR]"]),
        (["[a&&b]"], ["&"], ["c"]),
        (["[:a]"], [":", "a"], ["[", "b"]),
        (["漢"], ["漢字"], ["字"]),
        (["", "a"], ["", "b"], []),
    ],
)
def test_a_line_matches_where_any_of_the_expressions_does(
    texts: list[str], matches: list[str], misses: list[str]
) -> None:
    found = pattern(*texts)
    assert [text for text in matches if not found.search(text.encode())] == []
    assert [text for text in misses if found.search(text.encode())] == []


def test_case_is_ignored_where_that_is_asked_for() -> None:
    assert pattern("error", "Fail", ignore_case=True).search(b"ERROR")
    assert pattern("error", "Fail", ignore_case=True).search(b"FAIL")
    assert not pattern("error").search(b"ERROR")


@pytest.mark.parametrize(
    ("texts", "ignore_case", "matches", "misses"),
    [
        (["gr[üö]n"], False, ["grün", "grön"], ["grÃn", "grn", "GRÜN"]),
        (["[^ü]n"], False, ["on", "ön"], ["ün", "n"]),
        (["ü.n|漢.$"], False, ["ü漢n", "漢字"], ["ün", "漢"]),
        (["ü{2}$"], False, ["üü"], ["ü"]),
        (["^[а-я]+$"], False, ["журнал"], ["Журнал", "journal"]),
        (["ärger"], True, ["ÄRGER", "Ärger"], ["arger"]),
        (["ÀÉ"], True, ["àé", "Àé"], ["ae"]),
        ([r"\bé\w+\b"], False, ["un échec là"], ["déchec"]),
        (["error", "größe", r"(f)\1"], True, ["ERROR", "GRÖßE", "fF"], ["grosse"]),
        (["(?i)ä", "b"], False, ["Ä", "b"], ["B"]),
        (["(?x) ä  # comment", "b"], False, ["ä", "b"], ["#"]),
        ([r"\u00e4", r"x\N{EM DASH}"], False, ["ä", "x—"], ["x-"]),
        ([r"(?u)^gr.n \w+$"], False, ["grün größer"], ["grüün größer"]),
        (["✓$"], False, ["\x00\x1b[32m ✓"], ["✓ "]),
    ],
)
def test_an_expression_with_characters_beyond_ascii_is_about_characters(
    texts: list[str], ignore_case: bool, matches: list[str], misses: list[str]
) -> None:
    found = pattern(*texts, ignore_case=ignore_case)
    assert [text for text in matches if not found.search(text.encode())] == []
    assert [text for text in misses if found.search(text.encode())] == []


@pytest.mark.parametrize(
    ("text", "message", "matches"),
    [
        ("é", b"half \xc3 caf\xc3\xa9", True),
        ("é", b"half \xc3", False),
        ("é.x", b"\xc3\xa9\xffx", True),
        ("\udcff", b"\xff", True),
        ("\udcff", "ÿ\ufffd".encode(), False),
    ],
)
def test_what_is_no_utf_8_is_searched_as_well(text: str, message: bytes, *, matches: bool) -> None:
    assert (pattern(text).search(message) is not None) is matches


@pytest.mark.parametrize("texts", [["error"], ["a|b", "[^c]"], [r"\w+\.", "(?i)x"], [r"\xff"]])
def test_an_expression_in_ascii_is_searched_for_in_bytes_as_they_are(texts: list[str]) -> None:
    assert isinstance(pattern(*texts), re.Pattern)
    assert isinstance(pattern(*texts, "ä"), TextPattern)
    assert pattern("^gr..n$").search("grün".encode())


@pytest.mark.parametrize(
    ("text", "message", "places"),
    [
        ("[äö]+", "xäöxä".encode(), ["äö", "ä"]),
        ("(?<=ä).", "äöx漢ä€".encode(), ["ö", "€"]),
        ("ä*", "xä".encode(), ["", "ä", ""]),
        ("ä", b"\xff\xc3\xc3\xa4\xa4", ["ä"]),
        ("ä", b"nothing", []),
    ],
)
def test_places_are_counted_in_bytes(text: str, message: bytes, places: list[str]) -> None:
    spans = [found.span() for found in pattern(text).finditer(message)]
    assert [message[begin:end].decode() for begin, end in spans] == places
    assert spans == sorted(spans)


def test_no_expression_asks_for_nothing() -> None:
    assert parse_pattern("--grep", [], ignore_case=False) is None


@pytest.mark.parametrize(
    ("texts", "message", "hint"),
    [
        (["a("], "--not a(: no regular expression: missing ), unterminated subpattern", "at the mark: a^("),
        (["漢字["], "--not 漢字[: no regular expression: unterminated character set", "at the mark: 漢字^["),
        (["ok", "*"], "--not *: no regular expression: nothing to repeat", "at the mark: ^*"),
        (["a{99999999999}"], "--not a{99999999999}: no regular expression: it cannot be searched for", ""),
        (["ok", "\\u12"], "--not \\u12: no regular expression: incomplete escape \\u12", r"at the mark: ^\u12"),
        (["[[:space:]]"], "--not [[:space:]]: no regular expression: [:space:] is not known here", r"\s"),
        (["x[^a-z[:digit:]]"], "--not x[^a-z[:digit:]]: no regular expression: [:digit:] is not known here", r"\d"),
        (["(?P<n>a)", "(?P<n>b)"], "--not: these expressions cannot be joined: redefinition of group name", "|"),
        (["()" * 60, "()" * 40], "--not: these expressions cannot be joined: more than 99 groups", "(?:"),
    ],
)
def test_what_is_no_expression_is_refused_with_its_place(texts: list[str], message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_pattern("--not", texts, ignore_case=False)
    assert caught.value.message.startswith(message)
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize("text", ["[[a]", "[--b]", "[a||b]", "[a~~b]"])
def test_an_expression_is_never_commented_on_by_python(text: str) -> None:
    # Warnings are errors in these tests.
    assert pattern(text, "other").search(b"a" if "a" in text else b"b")


@pytest.mark.parametrize(
    ("span", "at", "expected"),
    [
        ("30s", "", NOW - timedelta(seconds=30)),
        ("500ms", "", NOW - timedelta(milliseconds=500)),
        ("1h30m", "", NOW - timedelta(minutes=90)),
        ("2d", "", NOW - timedelta(days=2)),
        ("0s", "", NOW),
        ("", "2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC)),
        ("", "2026-01-01T02:00:00+02:00", datetime(2026, 1, 1, tzinfo=UTC)),
        ("9" * 400, "", datetime.min.replace(tzinfo=UTC)),
        ("99999999d", "", datetime.min.replace(tzinfo=UTC)),
    ],
)
def test_the_first_moment_is_a_time_or_lies_so_far_back(span: str, at: str, expected: datetime) -> None:
    assert parse_since(span, at, NOW) == Bound(expected, stamp_at(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("10m", NOW - timedelta(minutes=10)), ("2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC))],
)
def test_the_last_moment_is_a_duration_or_a_time(text: str, expected: datetime) -> None:
    assert parse_until(text, NOW) == Bound(expected, stamp_at(expected, 999))


def test_without_words_there_is_no_bound() -> None:
    assert (parse_since("", "", NOW), parse_until("", NOW)) == (None, None)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-01-01T00:00:00.123456789Z", b"123456789", b"123456789"),
        ("2026-01-01T02:00:00.123456789+02:00", b"123456789", b"123456789"),
        ("2026-01-01T00:00:00.1234567Z", b"123456700", b"123456700"),
        ("2026-01-01T00:00:00.123456Z", b"123456000", b"123456999"),
        ("2026-01-01T00:00:00.5Z", b"500000000", b"500000999"),
    ],
)
def test_bounds_are_as_exact_as_they_are_written(text: str, first: bytes, last: bytes) -> None:
    since, until = parse_since("", text, NOW), parse_until(text, NOW)
    assert since is not None
    assert until is not None
    assert (since.stamp, until.stamp) == (b"2026-01-01T00:00:00." + first + b"Z", b"2026-01-01T00:00:00." + last + b"Z")


@pytest.mark.parametrize(
    ("span", "at", "message", "hint"),
    [
        ("1m", "2026-01-01T00:00:00Z", "--since and --since-time exclude each other", "one"),
        ("soon", "", "--since soon: no duration", "1h30m"),
        ("-5m", "", "--since -5m: no duration", "1h30m"),
        ("5 m", "", "--since 5 m: no duration", "1h30m"),
        ("2026-01-01T00:00:00Z", "", "--since 2026-01-01T00:00:00Z: no duration", "1h30m"),
        ("", "10m", "--since-time 10m: no time", "2026-01-01T00:00:00Z"),
        ("", "2026-13-01", "--since-time 2026-13-01: no time", "2026-01-01T00:00:00Z"),
    ],
)
def test_what_is_no_first_moment_is_refused_with_an_example(span: str, at: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_since(span, at, NOW)
    assert caught.value.message == message
    assert hint in (caught.value.hint or "")


def test_what_is_no_last_moment_is_refused_with_an_example() -> None:
    with pytest.raises(UsageError) as caught:
        parse_until("soon", NOW)
    assert caught.value.message == "--until soon: no duration or time"
    assert "2026-01-01T00:00:00Z" in (caught.value.hint or "")


@pytest.mark.parametrize(("tail", "expected"), [(None, None), (-1, None), (0, 0), (20, 20), (LARGEST, LARGEST)])
def test_a_tail_is_a_number_of_lines_or_all(tail: int | None, expected: int | None) -> None:
    assert parse_tail(tail) == expected


@pytest.mark.parametrize(
    ("tail", "hint"),
    [
        (-2, "0 or more; -1 for all"),
        (-100, "0 or more; -1 for all"),
        (LARGEST + 1, f"at most {LARGEST}; -1 for all"),
        (10**20, f"at most {LARGEST}; -1 for all"),
    ],
)
def test_a_tail_below_all_or_beyond_what_the_server_counts_is_refused(tail: int, hint: str) -> None:
    with pytest.raises(UsageError, match=f"--tail {tail}: no number of lines") as caught:
        parse_tail(tail)
    assert caught.value.hint == hint


def test_a_count_is_none_or_more() -> None:
    assert [parse_count("--before", count) for count in (0, 1, LARGEST)] == [0, 1, LARGEST]
    for count, hint in ((-1, "0 or more"), (LARGEST + 1, f"at most {LARGEST}")):
        with pytest.raises(UsageError, match=f"--before {count}: no number of lines") as caught:
            parse_count("--before", count)
        assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("word", "level"),
    [("", None), ("warn", Level.WARN), ("WARNING", Level.WARN), ("debug", Level.DEBUG), ("crit", Level.FATAL)],
)
def test_a_level_may_be_written_as_loggers_do(word: str, level: Level | None) -> None:
    assert parse_level_word(word) is level


@pytest.mark.parametrize("word", ["loud", "3", "warn,error"])
def test_an_unknown_level_names_the_known_ones(word: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_level_word(word)
    assert caught.value.message == f"--level {word}: no such level"
    assert caught.value.hint == "trace, debug, info, warn, error, fatal"


@pytest.mark.parametrize(("form", "shown"), [("full", STAMP), ("short", b"12:00:00.123")])
def test_times_are_shown_in_the_form_that_is_asked_for(form: str, shown: bytes) -> None:
    found = parse_stamps(form, utc=True)
    assert found is not None
    assert found.shown(STAMP) == shown


def test_without_utc_times_are_local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "XYZ-3")
    time.tzset()
    try:
        found = parse_stamps("short", utc=False)
        assert found is not None
        assert found.shown(STAMP) == b"15:00:00.123"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_no_form_shows_no_times_and_an_unknown_one_is_refused() -> None:
    assert parse_stamps("", utc=True) is None
    with pytest.raises(UsageError, match="--timestamps=long: no such form"):
        parse_stamps("long", utc=False)
