"""A JSON line reads like a line of text; nothing in it is lost, changed or obeyed by a terminal."""

import json
import random
import sys
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from kubectl_mc.logs.level import level_of
from kubectl_mc.logs.printable import printable
from kubectl_mc.logs.structured import Structured, rows_of, structured
from kubectl_mc.render import text as render_text

TODAY = date(2026, 1, 1)
DIM, RESET = "\x1b[2m", "\x1b[0m"


def read(line: str) -> Structured:
    found = structured(line.encode(), UTC, TODAY)
    assert found is not None
    return found


def rows(line: str, *, colors: bool = False) -> list[str]:
    return [row.decode() for row in rows_of(read(line), colors=colors)]


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (
            '{"level":"warn","ts":"2026-01-01T12:00:00.123456Z","msg":"slow request","status":200,"path":"/a"}',
            "12:00:00.123 WARN  slow request status=200 path=/a",
        ),
        ('{"severity":"ERROR","message":"x","time":1767268800}', "12:00:00.000 ERROR x"),
        ('{"level":30,"time":1767268800123,"pid":1,"msg":"x"}', "12:00:00.123 INFO  x pid=1"),
        ('{"event":"x","lvl":"dbug","t":1767268800.5}', "12:00:00.500 DEBUG x"),
        ('  {"text":"x", "@level" : "trace"} ', "TRACE x"),
        ('{"@timestamp":"yesterday","log.level":"INFO","message":"x"}', "yesterday INFO  x"),
        ('{"log":{"level":"fatal","logger":"a"},"message":"x"}', 'FATAL x log={"logger":"a"}'),
        ('{"log":{"level":"info"},"message":"x"}', "INFO  x"),
        ('{"log":{"level":"loud"},"message":"x"}', 'x log={"level":"loud"}'),
        ('{"severity":"DEFAULT","message":"x"}', "DEFAULT x"),
        ('{"severity":"DEFAULT","level":"info","message":"x"}', "INFO  x severity=DEFAULT"),
        ('{"level":400,"level_name":"ERROR","message":"x"}', "ERROR x level=400"),
        ('{"level":6,"msg":"x"}', "x level=6"),
        ('{"level":"two words","msg":"x"}', 'x level="two words"'),
        ('{"ts":true,"level":null,"msg":"x","message":"y"}', "x ts=true level=null message=y"),
        ('{"event":{"kind":"a"},"message":"x"}', 'x event={"kind":"a"}'),
        ('{"level":"INFO","fields":{"message":"x","a":1},"target":"t"}', 'INFO  x fields={"a":1} target=t'),
        ('{"level":"INFO","fields":{"message":"x"}}', "INFO  x"),
        ('{"msg":""}', ""),
        ('{"level":"info"}', "INFO"),
        ('{"msg":"x","err":"no such file"}', 'x err="no such file"'),
        ('{"msg":"first","msg":"last"}', "last"),
    ],
)
def test_fields_have_their_places(line: str, row: str) -> None:
    assert rows(line) == [row]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ('"bare"', "bare"),
        ('"ünï/code:1.5,x"', "ünï/code:1.5,x"),
        ('"two words"', '"two words"'),
        ('"a=b"', '"a=b"'),
        ('"say \\"a\\""', '"say \\"a\\""'),
        ('"a\\tb"', '"a\\tb"'),
        ('"a\\nb"', '"a\\nb"'),
        ('""', '""'),
        ("1.10", "1.10"),
        ("10000000000000000000001", "10000000000000000000001"),
        ("1e400", "1e400"),
        ("-0.0", "-0.0"),
        ("1" * 5000, "1" * 5000),
        ("NaN", "NaN"),
        ("true", "true"),
        ("null", "null"),
        ('{"a": [1.0, null, "x y"], "b c": {}}', '{"a":[1.0,null,"x y"],"b c":{}}'),
    ],
)
def test_a_value_stays_as_it_was_written(value: str, shown: str) -> None:
    assert rows('{"msg":"x","key":' + value + "}") == [f"x key={shown}"]


def test_a_key_that_is_no_word_is_quoted() -> None:
    assert read('{"msg":"x","a b":1,"":2,"c=":3}').rest == (('"a b"', "1"), ('""', "2"), ('"c="', "3"))


@pytest.mark.parametrize(
    ("fields", "row", "stack"),
    [
        ('"stacktrace":"main.f\\n\\tmain.go:3\\n"', "x", ["main.f", "\tmain.go:3"]),
        ('"exc_info":"Traceback:\\r\\n  File\\r\\nValueError"', "x", ["Traceback:", "  File", "ValueError"]),
        ('"error":"no","errorVerbose":"no\\nat f"', "x error=no", ["no", "at f"]),
        ('"error.stack_trace":"a\\n\\tat b","error.type":"E"', "x error.type=E", ["a", "\tat b"]),
        ('"err":{"type":"E","stack":"E: no\\n    at f"}', 'x err={"type":"E"}', ["E: no", "    at f"]),
        ('"error":{"stack_trace":"E\\n\\tat f"}', "x", ["E", "\tat f"]),
        ('"stacktrace":["E: no","\\tat f"]', "x", ["E: no", "\tat f"]),
        ('"stack":[],"exception":{"frames":[1]}', 'x stack=[] exception={"frames":[1]}', []),
        ('"sql":"SELECT\\n1"', 'x sql="SELECT\\n1"', []),
    ],
)
def test_an_error_of_several_lines_stands_below(fields: str, row: str, stack: list[str]) -> None:
    assert rows('{"msg":"x",' + fields + "}") == [row, *(f"    {each}" for each in stack)]


def test_further_lines_of_a_message_stand_between_the_first_and_the_stack() -> None:
    line = '{"msg":"one\\ntwo\\r\\n\\tthree\\n","level":"error","stack":"a\\nb","code":1}'
    assert rows(line) == ["ERROR one code=1", "    two", "    \tthree", "    a", "    b"]


@pytest.mark.parametrize(
    ("level", "style"),
    [("trace", "2"), ("debug", "2"), ("info", "32"), ("warn", "33"), ("error", "31;1"), ("fatal", "31;1")],
)
def test_colours_tell_the_level_from_what_stands_around_it(level: str, style: str) -> None:
    [row] = rows('{"ts":1767268800,"level":"' + level + '","msg":"x","a":1,"b":2}', colors=True)
    word = level.upper()
    padding = " " * (5 - len(word))
    assert row == f"{DIM}12:00:00.000{RESET} \x1b[{style}m{word}{RESET}{padding} x {DIM}a=1 b=2{RESET}"


def test_an_unknown_level_has_no_colour() -> None:
    assert rows('{"level":"LOUD","msg":"x"}', colors=True) == ["LOUD  x"]


def test_the_time_is_shown_in_the_zone_that_is_asked_for() -> None:
    line = b'{"ts":"2026-01-01T23:30:00+01:00","msg":"x"}'
    zones = [timezone(timedelta(hours=hours)) for hours in (0, 1, -8, 2)]
    times = [found.time for zone in zones if (found := structured(line, zone, TODAY))]
    assert times == ["22:30:00.000", "23:30:00.000", "14:30:00.000", "2026-01-02 00:30:00.000"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('"2026-01-01T23:59:59.999999999Z"', "23:59:59.999"),
        ('"2026-01-02T00:00:00Z"', "2026-01-02 00:00:00.000"),
        ('"2025-12-31T23:59:59.9Z"', "2025-12-31 23:59:59.900"),
        ('"2025-12-31 23:59:59,123456789-0200"', "01:59:59.123"),
        ('"2026-01-01 01:59:59.123456789+0200"', "2025-12-31 23:59:59.123"),
        ("1767225600", "00:00:00.000"),
        ("1767225599", "2025-12-31 23:59:59.000"),
        ("1767225599.999999999", "2025-12-31 23:59:59.999"),
        ("1767225599999", "2025-12-31 23:59:59.999"),
        ("1767225600000000", "00:00:00.000"),
        ("1.767225599e9", "2025-12-31 23:59:59.000"),
        ("1767311999999999000", "23:59:59.999"),
        ("1767312000000000000", "2026-01-02 00:00:00.000"),
    ],
)
def test_a_time_of_another_day_has_its_date(written: str, shown: str) -> None:
    assert read('{"msg":"x","ts":' + written + "}").time == shown


def test_today_is_the_day_on_which_it_is_shown() -> None:
    now = datetime.now(UTC)
    zone = timezone(timedelta(hours=12 - now.hour))  # where it is noon, far from the next day
    for back, date_ in ((0, ""), (1, f"{(now.astimezone(zone) - timedelta(days=1)).date()} ")):
        written = (now - timedelta(days=back)).isoformat().encode()
        found = structured(b'{"msg":"x","ts":"%b"}' % written, zone)
        assert found is not None
        assert found.time == f"{date_}12:{now:%M:%S.%f}"[:-3]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "plain",
        "{}",
        "{",
        "{not json}",
        '{"a":1}',
        '[{"msg":"x"}]',
        '"msg"',
        '{"msg":"x"} trailing',
        '{"msg":"x"',
        '{"msg":"x"}{"msg":"y"}',
        '{"msg":null}',
        '{"level":400}',
        '{"msg":"raw \x1b[31m control"}',
        '{"msg":"' + "x" * 65536 + '"}',
        '{"msg":' + "[" * 30000 + "]" * 30000 + "}",
        '{"msg":"x","deep":' + '{"a":' * 10000 + "1" + "}" * 10001,
        '{"msg":"x","err":' + '{"stack":' * 7000 + "1" + "}" * 7001,
    ],
)
def test_what_is_no_loggers_object_stays_a_line(line: str) -> None:
    assert structured(line.encode()) is None


def test_no_text_of_a_container_reaches_a_terminal_as_a_command() -> None:
    evil = "\x1b[2J\x1b]0;x\x07\x9b\x7f\r\x00\u202e\u200b\ud800\U000e0041"
    fields = dict.fromkeys(["ts", "level", "msg", "err", "key", evil], evil)
    line = json.dumps({**fields, "nested": {evil: [evil]}, "stack": f"{evil}\n{evil}", "message": evil})
    for row in rows(line) + rows(line.replace('"level"', '"other"')):
        assert row == printable(row)
        assert "\x1b" not in row
    assert rows(line)[0].startswith("\\x1b[2J\\x1b]0;x\\x07\\x9b\\x7f\\x0d\\x00\\u202e\\u200b\\ud800\\U000e0041 ")


def test_what_is_made_printable_in_a_log_is_what_is_made_so_everywhere_but_for_tabs() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        assert printable(character) == ("\t" if character == "\t" else render_text.printable(character))


@pytest.mark.parametrize(
    "line",
    [
        '{"level":"info","msg":"x"}',
        '{"log":{"level":"warn"},"message":"x"}',
        '{"labels":{"severity":"critical"},"severity":"DEFAULT","level":"info"}',
        '{"level":45,"msg":"x"}',
        '{"level":7,"msg":"x"}',
        '{"level":"30","msg":"x"}',
        '{"level":"dpanic","msg":"x"}',
        '{"level":400,"level_name":"ERROR","msg":"x"}',
    ],
)
def test_the_level_is_the_one_that_lines_are_chosen_by(line: str) -> None:
    assert read(line).level is level_of(line.encode())


def test_invalid_utf_8_is_replaced() -> None:
    found = structured(b'{"msg":"a\xffb"}')
    assert found is not None
    assert found.message == "a\ufffdb"


def test_any_bytes_are_an_object_or_a_line() -> None:
    numbers = random.Random(5)
    keys = ["ts", "level", "msg", "err", "stack", "log", "fields", "x", "time", "@l"]
    seen = 0

    def value(depth: int) -> object:
        kinds: list[object] = [1, 1.5, 1767268800, 40, True, None, "", "info", "a\nb", "\x1b", "2026-01-01T00:00:00Z"]
        if depth and numbers.random() < 0.5:
            inner = [value(depth - 1) for _ in range(numbers.randrange(4))]
            return inner if numbers.random() < 0.5 else dict(zip(numbers.sample(keys, len(inner)), inner, strict=True))
        return numbers.choice(
            [*kinds, -1, 1e300, 9999999999999999999, "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"]
        )

    for _ in range(3000):
        whole = json.dumps({key: value(3) for key in numbers.sample(keys, 4)}).encode()
        cut = numbers.randrange(len(whole))
        for line in (whole, whole[:cut] + numbers.randbytes(2) + whole[cut:], b"{" + numbers.randbytes(9) + b"}"):
            found = structured(line)
            if found is not None:
                seen += 1
                assert all(b"\n" not in row and b"\x1b" not in row for row in rows_of(found, colors=False))
    assert seen > 1000
