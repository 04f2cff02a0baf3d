"""A line's level is read where loggers write it, and nowhere else."""

import random

import pytest

from kubectl_mc.logs.level import Level, level_of, numbered_level, parse_level

TRACE, DEBUG, INFO, WARN, ERROR, FATAL = Level

SAID = {
    # JSON
    '{"level":"info","msg":"level error"}': INFO,
    '{"ts":1700000000.5,"level":"dpanic"}': FATAL,
    '{ "severity" : "Warning" , "message":"x"}': WARN,
    '{"msg":"he said \\"level\\":\\"error\\" {","lvl":"dbug"}': DEBUG,
    '{"log.level":"ERROR","message":"x"}': ERROR,
    '{"@level":"trace"}': TRACE,
    '{"levelname":"CRITICAL"}': FATAL,
    '{"severity_text":"INFO"}': INFO,
    '{"log":{"level":"warn"},"message":"x"}': WARN,
    '{"labels":{"severity":"critical"},"severity":"DEFAULT","level":"info"}': INFO,
    '{"http":{"status":200},"level":"debug"}': DEBUG,
    '{"level":30,"time":1700000000000,"msg":"x"}': INFO,
    '{"level":45}': WARN,
    '{"level":10 }': TRACE,
    '{"level":400,"level_name":"ERROR"}': ERROR,
    '{"msg":"' + "x" * 3000 + '","level":"error"}': ERROR,
    '  {"level":"error","cut off': ERROR,
    # a logger's own header
    "E0102 15:04:05.000000       1 file.go:12] x": ERROR,
    "I20260102 15:04:05.000000     1 file.cc:12] x": INFO,
    "W, [2026-01-01T12:00:00.123456 #1]  WARN -- : x": WARN,
    "1:M 01 Jan 2026 12:00:00.000 # Warning: no": WARN,
    "1:M 01 Jan 2026 12:00:00.000 * Ready to accept connections": INFO,
    "1:M 01 Jan 2026 12:00:00.000 - Accepted 10.0.0.1:1": DEBUG,
    "1:S 01 Jan 12:00:00.000 . x": DEBUG,
    # logfmt
    'time="2026-01-01T12:00:00Z" level=warning msg="level=error x"': WARN,
    "t=2026-01-01T12:00:00+0000 lvl=eror msg=x": ERROR,
    't=1 lvl="crit" msg=x': FATAL,
    'ts=1 caller=main.go:1 err="a \\"b\\" level=info" level=error': ERROR,
    "time=2026-01-01T12:00:00Z level=INFO+2 msg=x": INFO,
    "2026-01-01T12:00:00Z level=debug msg=x": DEBUG,
    # in brackets
    "[WARN] x": WARN,
    "[ERROR ] x": ERROR,
    "[ info] x": INFO,
    "2026/01/01 12:00:00 [error] 12#12: *1 open() failed": ERROR,
    "[2026-01-01T12:00:00,123][WARN ][o.e.x] [node] x": WARN,
    "[2026-01-01 12:00:00.000][1][critical][main] [source/server/server.cc:1] x": FATAL,
    "[2026-01-01 12:00:00 +0000] [1] [INFO] Starting gunicorn": INFO,
    "[Thu Jan 01 12:00:00.000000 2026] [core:error] [pid 12] x": ERROR,
    "2026-01-01T12:00:00.000000Z 0 [Warning] [MY-010068] [Server] x": WARN,
    "2026.01.01 12:00:00.000000 [ 1 ] {} <Information> Application: x": INFO,
    "[1] 2026/01/01 12:00:00.000000 [INF] Starting nats-server": INFO,
    "2026-01-01 12:00:00 [info     ] event  k=v": INFO,
    "2026-01-01 12:00:00.000 [INFO][1] felix/x.go 1: y": INFO,
    # a word, after a time, a thread, a name
    "ERROR": ERROR,
    "ERROR: x": ERROR,
    "error: x": ERROR,
    "Error: connect ECONNREFUSED": ERROR,
    "WARNING:root:x": WARN,
    "INFO:     127.0.0.1:1 - GET": INFO,
    "info: Microsoft.Hosting.Lifetime[0]": INFO,
    "fail: Microsoft.Hosting.Lifetime[0]": ERROR,
    "[NOTICE]   (1) : New worker": INFO,
    "2026-01-01 12:00:00,123 ERROR main: x": ERROR,
    "12:00 [main] WARN c.e.A - x": WARN,
    "2026-01-01T12:00:00.000Z  INFO 1 --- [           main] c.e.App : x": INFO,
    "[2026-01-01 12:00:00,123] INFO [KafkaServer id=1] started (kafka.server.KafkaServer)": INFO,
    "2026-01-01 12:00:00,123 [myid:1] - INFO  [main:QuorumPeer@1] - x": INFO,
    "[2026-01-01 12:00:00,123: INFO/MainProcess] x": INFO,
    "[2026-01-01T12:00:00.000+0000] {file.py:12} INFO - x": INFO,
    "[2026-01-01T12:00:00Z DEBUG my::mod] x": DEBUG,
    "2026-01-01T12:00:00Z INF x": INFO,
    "2026-01-01T12:00:00.000000Z\tinfo\txdsproxy\tconnected": INFO,
    "1672531200.123\tERROR\tsetup\tx": ERROR,
    "2026-01-01 12:00:00,123 - my.logger - ERROR - x": ERROR,
    "my.logger - ERROR - x": ERROR,
    "2026-01-01 12:00:00,123 root ERROR x": ERROR,
    "2026-01-01 12:00:00.123 | TRACE    | mod:fn:1 - x": TRACE,
    "Jan  1 12:00:00 host proc[12]: ERROR x": ERROR,
    "01-Jan-2026 12:00:00.000 SEVERE [main] org.apache x": ERROR,
    "[01-Jan-2026 12:00:00] NOTICE: fpm is running, pid 1": INFO,
    "[2026-01-01T12:00:00+00:00] request.CRITICAL: x": FATAL,
    "2026-01-01 12:00:00.000 UTC [12] LOG:  ready": INFO,
    '2026-01-01 12:00:00.000 UTC [12] app@db ERROR:  relation "x" does not exist': ERROR,
    "2026-01-01 12:00:00.000 CET [12] FATAL:  x": FATAL,
    "2026-01-01 12:00:00.000 UTC [12] PANIC:  x": FATAL,
    "2026-01-01 12:00:00.000 UTC [12] WARNING:  x": WARN,
    # coloured
    "\x1b[33mWARN\x1b[0m x": WARN,
    "\x1b[2m2026-01-01T12:00:00.000000Z\x1b[0m \x1b[32m INFO\x1b[0m my::mod: x": INFO,
    'time=1 \x1b[31mlevel\x1b[0m=\x1b[31merror\x1b[0m msg="x"': ERROR,
    '{\x1b[34m"level"\x1b[0m: \x1b[32m"warn"\x1b[0m}': WARN,
    # a crash
    "Traceback (most recent call last):": ERROR,
    'Exception in thread "main" java.lang.IllegalStateException: no': ERROR,
    "java.lang.IllegalStateException: no": ERROR,
    "TypeError: Cannot read properties of undefined": ERROR,
    "panic: runtime error: index out of range": FATAL,
    "fatal error: all goroutines are asleep - deadlock!": FATAL,
    "thread 'main' panicked at src/main.rs:1:2:": FATAL,
    "PHP Fatal error:  Uncaught x": FATAL,
    "PHP Warning:  x": WARN,
}

UNSAID = [
    "",
    " ",
    "no error found",
    "GET /error 200",
    '10.0.0.1 - - [01/Jan/2026:12:00:00 +0000] "GET /error HTTP/1.1" 500 12',
    "TRACE / HTTP/1.1",
    "No ERROR found",
    "An ERROR occurred",
    "Response status: ERROR",
    "Errors: 0",
    "[Errno 2] x",
    "[error-handler] x",
    "ERRORS 5",
    "ERROR=5",
    "2026/01/01 12:00:00 no ERROR found",
    "2026/01/01 12:00:00 error reading file",
    "2026/01/01 12:00:00 Received ERROR from upstream",
    "2026-01-01 12:00:00.000 UTC [12] DETAIL:  ERROR x",
    "2026-01-01 12:00:00.000 UTC [12] STATEMENT:  SELECT 1",
    "Setting log level=debug for x",
    "level=5 msg=x",
    "level=warnings msg=x",
    'msg="level=error" x=1',
    '{"level":400}',
    '{"level":5}',
    '{"level":"30"}',
    '{"severity":"DEFAULT"}',
    '{"level":{"a":1}}',
    '{"labels":{"severity":"critical"}}',
    '{"alerts":[{"severity":"critical"}]}',
    '{"msg":"x"}',
    "    at com.example.A.b(A.java:1)",
    "x" * 600 + " ERROR x",
]


@pytest.mark.parametrize(("line", "level"), SAID.items())
def test_a_level_is_read_where_loggers_write_it(line: str, level: Level) -> None:
    assert level_of(line.encode()) is level


@pytest.mark.parametrize("line", UNSAID)
def test_a_word_elsewhere_is_no_level(line: str) -> None:
    assert level_of(line.encode()) is None


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("trace Trace TRACE", TRACE),
        ("debug dbug", DEBUG),
        ("info notice", INFO),
        ("warn warning WARNING", WARN),
        ("err error eror Error", ERROR),
        ("critical crit fatal panic dpanic emerg alert", FATAL),
        ("none 30 default informational", None),
    ],
)
def test_a_word_is_a_level_in_any_case(words: str, level: Level | None) -> None:
    assert {parse_level(word) for word in words.split()} == {level}


def test_every_level_reads_its_own_word_and_they_are_ordered_by_gravity() -> None:
    assert [parse_level(level.word) for level in Level] == [TRACE, DEBUG, INFO, WARN, ERROR, FATAL] == sorted(Level)


@pytest.mark.parametrize(
    ("number", "level"),
    [("10", TRACE), ("39", INFO), ("60", FATAL), ("45.5", WARN), ("9", None), ("61", None), ("1e400", None),
     ("NaN", None), ("", None), ("-30", None)],
)  # fmt: skip
def test_only_numbers_from_10_to_60_are_levels(number: str, level: Level | None) -> None:
    assert numbered_level(number) is level


PIECES = [
    b"ERROR", b"[", b"]", b"{", b"}", b'"', b"\\", b":", b" ", b"\t", b"=", b"level", b'"level":', b"2026-01-01", b"-",
    b"12:00:00 ", b"\x1b[", b"\x1b[33m", b"\xff", b"\x00", b"|", b"info", b"1", b"a.b", b"40", b"<", b"(", b"\xc3",
]  # fmt: skip


def test_any_bytes_have_a_level_or_none() -> None:
    numbers = random.Random(1)
    found = set()
    for _ in range(5000):
        found.add(level_of(b"".join(numbers.choices(PIECES, k=numbers.randrange(20)))))
        found.add(level_of(numbers.randbytes(numbers.randrange(100))))
    assert {None, INFO, ERROR} <= found <= {None, *Level}


@pytest.mark.parametrize("piece", [b"x", b"[", b" ", b"{", b'{"level":', b"\x1b[", b"a=", b'a="', b"1:1 ", b"\\"])
def test_a_huge_line_is_read_no_further_than_its_beginning(piece: bytes) -> None:
    assert level_of(piece * 100_000 + b' ERROR: "level":"error"') is None
