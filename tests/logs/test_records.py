"""A stack trace and what announces it are one record; what only looks alike, or comes later, is none."""

import random
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from kubectl_mc.logs.filter import Filter, Wanted
from kubectl_mc.logs.intake import Intake
from kubectl_mc.logs.line import Plain, continues, message_of, sort_key, stamp_of, tag_of
from tests.logs.lines import block, stamp

BEFORE, BEHIND = '10.0.0.7 - - "GET /ready HTTP/1.1" 200', "2026-01-01 12:00:01,000 INFO app: on"

TRACES = {
    "Python, logged": """
2026-01-01 12:00:00,123 ERROR app.orders: order 17 is not placed
Traceback (most recent call last):
  File "/app/orders.py", line 12, in place
    stock = warehouse[item]
            ~~~~~~~~~^^^^^^
KeyError: 'bolt'
""",
    "Python, one exception in the handling of another, which is the cause of a third": """
ERROR:app.orders:order 17 is not placed
Traceback (most recent call last):
  File "/app/orders.py", line 12, in place
    stock = warehouse[item]
KeyError: 'bolt'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/orders.py", line 14, in place
    raise OutOfStock(item)
app.stock.OutOfStock: bolt

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/main.py", line 3, in <module>
    place("bolt")
RuntimeError: order failed
""",
    "Python, not logged": """
Traceback (most recent call last):
  File "/app/main.py", line 3, in <module>
KeyboardInterrupt
""",
    "Python, a thread": """
Exception in thread Thread-1 (work):
Traceback (most recent call last):
  File "/usr/lib/python3.11/threading.py", line 1038, in _bootstrap_inner
    self.run()
ValueError: no
""",
    "Python, a group": """
WARNING: tasks failed
  + Exception Group Traceback (most recent call last):
  |   File "/app/main.py", line 3, in <module>
  | ExceptionGroup: two (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | ValueError: 1
    +------------------------------------
""",
    "Java, log4j": """
2026-01-01 12:00:00,123 ERROR [http-nio-8080-exec-1] c.e.OrderController - something failed
java.lang.RuntimeException: boom
\tat com.example.OrderController.place(OrderController.java:42)
\tat java.base/java.lang.Thread.run(Thread.java:833)
\tSuppressed: java.io.IOException: not closed
\t\tat com.example.Store.close(Store.java:7)
\t\t... 2 more
Caused by: java.sql.SQLTransientConnectionException: db - no connection within 30000ms
\tat com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:696)
\t... 12 more
Caused by: java.net.ConnectException
\t... 15 more
""",
    "Java, an inner class, said with the exception's own words": """
12:00:00.123 [main] INFO  c.e.Retry - again after com.example.Store$BusyException: row 3
com.example.Store$BusyException: row 3
\tat com.example.Store.put(Store.java:9)
""",
    "Java, a thread": """
Exception in thread "main" java.lang.IllegalStateException: no
\tat com.example.Main.main(Main.java:3)
""",
    "Go": """
panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
main.pick(...)
\t/src/main.go:9
main.main()
\t/src/main.go:5 +0x1d
exit status 2
""",
    "Go, a signal in one of two goroutines, announced": """
2026/01/01 12:00:00 http: panic serving 10.0.0.9:51234: nil map
panic: assignment to entry in nil map [recovered]
\tpanic: again
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x45e2a5]

goroutine 18 [running]:
net/http.(*conn).serve.func1()
\t/usr/local/go/src/net/http/server.go:1898 +0xbe
panic({0x62d6c0?, 0x6f7a10?})
\t/usr/local/go/src/runtime/panic.go:770 +0x132
main.(*Cache[...]).Put(0xc000012345, {0x68a1f2, 0x3})
\t/src/cache.go:21 +0x4c
created by net/http.(*Server).Serve in goroutine 1
\t/usr/local/go/src/net/http/server.go:3285 +0x4b4

goroutine 1 [IO wait]:
internal/poll.runtime_pollWait(0x7f1, 0x72)
\t/usr/local/go/src/runtime/netpoll.go:345 +0x85
""",
    "Go, a deadlock": """
fatal error: all goroutines are asleep - deadlock!

goroutine 1 [chan receive]:
main.main()
\t/src/main.go:5 +0x2d
exit status 2
""",
    "Go, a stack that was asked for": """
E0101 12:00:00.123456       1 runtime.go:79] Observed a panic: "nil map"
goroutine 7 [running]:
runtime/debug.Stack()
\t/usr/local/go/src/runtime/debug/stack.go:24 +0x5e
""",
    "Node, logged": """
error: order 17 is not placed
TypeError: Cannot read properties of undefined (reading 'id')
    at place (/app/orders.js:12:20)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5) {
  code: 'E_ORDER',
  [cause]: Error: no
      at /app/stock.js:3:9
}
""",
    "Node, a code in the header": """
[12:00:00] ERROR: upload:
TypeError [ERR_INVALID_ARG_TYPE]: The "path" argument must be of type string
    at Object.open (node:fs:601:3)
""",
    "Node, uncaught": """
/app/orders.js:5
  throw new TypeError('no');
  ^

TypeError: no
    at place (/app/orders.js:5:9)
    at node:internal/main/run_main_module:28:49

Node.js v20.11.1
""",
    ".NET, the console logger": """
fail: Microsoft.AspNetCore.Server.Kestrel[13]
      Connection id "0HN", Request id "0HN:1": An unhandled exception was thrown by the application.
      System.InvalidOperationException: no
         at Program.<>c.<<Main>$>b__0_0() in /src/Program.cs:line 5
""",
    ".NET, Serilog": """
[12:00:00 ERR] order 17 is not placed
System.AggregateException: One or more errors occurred. (no)
 ---> System.Exception: no
   at Orders.Place(Int32 id) in /src/Orders.cs:line 12
   --- End of inner exception stack trace ---
   at Orders.All() in /src/Orders.cs:line 20
--- End of stack trace from previous location ---
   at Program.Main(String[] args) in /src/Program.cs:line 8
""",
    ".NET, uncaught": """
Unhandled exception. System.InvalidOperationException: no
   at Program.Main(String[] args) in /src/Program.cs:line 3
""",
    "Rust": """
thread 'main' panicked at src/main.rs:4:5:
index out of bounds: the len is 3 but the index is 99
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
""",
    "Rust, with a backtrace": """
[2026-01-01T12:00:00Z ERROR orders] the worker ends
thread 'tokio-runtime-worker' (31) panicked at src/orders.rs:12:9:
no such item: bolt
stack backtrace:
   0: rust_begin_unwind
             at /rustc/9fc6b431/library/std/src/panicking.rs:652:5
   1: core::panicking::panic_fmt
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.
""",
    "Rust before 1.73": """
thread 'main' panicked at 'no such item', src/main.rs:4:5
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
""",
    "Ruby": """
E, [2026-01-01T12:00:00.123456 #1] ERROR -- : order 17 is not placed
orders.rb:12:in `fetch': key not found: "bolt" (KeyError)
\tfrom orders.rb:12:in `place'
\tfrom main.rb:3:in `<main>'
""",
    "indented JSON": """
{
  "a": [
    1
  ]
}
""",
}


def lines_of(trace: str) -> list[str]:
    return TRACES[trace].strip("\n").split("\n")


def written(texts: list[str], *, apart: float = 0.01) -> bytes:
    """The texts as a container writes them in one go, so many milliseconds apart."""
    return block(*((1 + number * apart, text) for number, text in enumerate(texts)))


def continued(*blocks: bytes) -> str:
    """A letter a line: c for those that continue a record."""
    intake = Intake(tag_of(0))
    return "".join("c" if continues(line) else "." for piece in blocks for line in intake.take(piece))


def in_two(whole: bytes) -> Iterator[tuple[bytes, bytes]]:
    """All ways in which the lines may come in two blocks."""
    rows = whole.splitlines(keepends=True)
    for cut in range(1, len(rows)):
        yield b"".join(rows[:cut]), b"".join(rows[cut:])


@pytest.mark.parametrize("trace", TRACES)
def test_a_trace_is_one_record_with_what_announces_it_wherever_its_blocks_are_cut(trace: str) -> None:
    texts = lines_of(trace)
    whole = written([BEFORE, *texts, BEHIND])
    expected = ".." + "c" * (len(texts) - 1) + "."
    assert continued(whole) == expected
    assert continued(*whole.splitlines(keepends=True)) == expected
    assert [continued(*pieces) for pieces in in_two(whole)] == [expected] * (len(texts) + 1)


@pytest.mark.parametrize("trace", TRACES)
def test_a_trace_that_is_found_by_any_of_its_lines_is_shown_whole(trace: str) -> None:
    texts = lines_of(trace)
    lines = Intake(tag_of(0)).take(written([BEFORE, *texts, BEHIND]))
    for text in filter(None, texts):
        found = Filter(Wanted(re.compile(b"^%s$" % re.escape(text.encode())))).passed(lines)
        assert [message_of(line).decode() for line in found] == texts


def test_traces_among_other_lines_are_records_of_their_own_however_blocks_are_cut() -> None:
    numbers = random.Random(3)
    for _ in range(200):
        at, rows, expected = 0.0, [], ""
        for _ in range(numbers.randrange(2, 6)):
            at += numbers.choice([0.1, 51, 3000])
            texts = lines_of(numbers.choice(list(TRACES)))
            gap = numbers.choice([0, 0.001, 49])
            record = [BEFORE, *texts, BEHIND]
            rows += [block((at + number * gap, text)) for number, text in enumerate(record)]
            at += len(record) * gap
            expected += ".." + "c" * (len(texts) - 1) + "."
        cuts = sorted(numbers.choices(range(len(rows)), k=numbers.randrange(9)))
        assert continued(*(b"".join(rows[a:b]) for a, b in pairwise([0, *cuts, len(rows)]) if a < b)) == expected


def test_a_trace_has_the_place_of_its_first_line_and_times_of_its_own() -> None:
    texts = lines_of("Java, log4j")
    lines = Intake(tag_of(0)).take(written([BEFORE, *texts, BEHIND], apart=1))
    assert [sort_key(line).decode() for line in lines] == [stamp(1), *[stamp(2)] * len(texts), stamp(2 + len(texts))]
    assert [stamp_of(line).decode() for line in lines] == [stamp(1 + number) for number in range(len(texts) + 2)]


HEADERS = {
    "Java": ["java.lang.IllegalStateException: no", "\tat com.example.A.b(A.java:1)"],
    "Java without a message": ["java.lang.StackOverflowError", "\tat com.example.A.b(A.java:1)"],
    "Node": ["TypeError: no", "    at place (/app/orders.js:1:2)"],
    ".NET": ["System.InvalidOperationException: no", "   at Program.Main()"],
    "Python": ["Traceback (most recent call last):", '  File "a.py", line 1, in <module>'],
    "Go": ["goroutine 7 [running]:", "main.main()"],
    "Go's panic": ["panic: no", ""],
    "Ruby": ["a.rb:1:in `b': no (RuntimeError)", "\tfrom a.rb:2:in `<main>'"],
    "Rust": ["thread 'main' panicked at src/main.rs:4:5:", "no"],
}


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize(
    "line",
    [
        "2026-01-01 12:00:00,123 ERROR app: no",
        "WARN  [main] c.e.Retry - again",
        'level=error msg="not placed"',
        "E0101 12:00:00.123456       1 main.go:7] no",
        "\x1b[31mERROR\x1b[0m no",
        "could not place it:",
        "2026-01-01 12:00:00,123 INFO app: what was thrown: ",
        "Internal Server Error: /orders",
        "2026/01/01 12:00:00 recovered in place no",
        "Unhandled rejection",
    ],
)
def test_a_line_that_tells_of_a_failure_announces_a_trace(line: str, header: str) -> None:
    assert continued(written([line, *HEADERS[header]])) == ".cc"


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize(
    "line",
    [
        "",
        "2026-01-01 12:00:00,123 INFO app: order 17 failed before",
        "DEBUG: no error",
        '10.0.0.7 - - "GET /error HTTP/1.1" 200',
        "GET /orders 200 error=nil",
        "GET /orders",
        '{"level":"error","msg":"no","stack":"Error: no"}',
        '{"level":"error"} ',
        "java.io.IOException: another one, without a trace",
        "panic: another",
    ],
)
def test_a_trace_is_a_record_of_its_own_behind_a_line_that_does_not_announce_it(line: str, header: str) -> None:
    first = continued(written([line, *HEADERS[header]]))
    assert first == (".cc" if (line, header) == ("panic: another", "Go") else "..c")


@pytest.mark.parametrize("trace", ["Java, log4j", "Python, logged", "Go, a stack that was asked for", "Node, logged"])
@pytest.mark.parametrize(("gap", "joins"), [(0, True), (50, True), (50.000001, False), (900, False), (-51, False)])
def test_what_announces_a_trace_is_of_the_same_moment(trace: str, gap: float, *, joins: bool) -> None:
    texts = lines_of(trace)
    times = [100.0] + [100 + gap + number / 1000 for number in range(len(texts) - 1)]
    expected = "." + ("c" if joins else ".") + "c" * (len(texts) - 2)
    whole = block(*zip(times, texts, strict=True))
    assert continued(whole) == expected
    assert continued(*whole.splitlines(keepends=True)) == expected


def test_the_lines_between_which_no_time_passes_are_of_one_moment_however_long_all_take() -> None:
    texts = ["ERROR: no", "java.lang.StackOverflowError", *["\tat com.example.A.b(A.java:1)"] * 1000]
    assert continued(written(texts, apart=40)) == "." + "c" * 1001


def test_what_continues_a_record_is_not_announced_by_it() -> None:
    texts = ["ERROR: no", "  order 17", "java.io.IOException: of another thread", "\tat A.b(A.java:1)"]
    assert continued(written(texts)) == ".c.c"


@pytest.mark.parametrize("end", ["ValueError: no", "java.lang.OutOfMemoryError", "Traceback (most recent call last):"])
def test_an_exception_has_a_trace_behind_it_unless_that_has_not_come(end: str) -> None:
    assert continued(written(["ERROR: no", end, "GET /"])) == "..."
    assert continued(written(["ERROR: no", end])) == ".c"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["a", "  b", "c"], ".c."),
        (["a", "\tb", "\tc"], ".cc"),
        (["a", "   ", "b"], "..."),
        (["a", ""], ".."),
        (["  first of all"], "."),
        (["a", "Caused by: x", "Caused by nobody"], ".c."),
        (["a", "... 3 more", "... more"], ".c."),
        (["a:", "goroutine 12 [running]:", "main.main()", "goroutines are fun"], ".cc."),
        (["a:", "goroutine 12 [running]:", "main.main()", "call (it)"], ".cc."),
        (["goroutine 12 [running]:", "main.main()", "exit status 2", "", "main.main()"], ".cc.."),
        (["panic: no", "main.main()"], ".."),
        (["panic: no", "", "a"], ".c."),
        (["a:", "Traceback (most recent call last):", '  File "a.py"', "ValueError: no", "ValueError: no"], ".ccc."),
        (["Traceback (most recent call last):", '  File "a.py"', "a.b.CustomError: no", "next"], ".cc."),
        (["Traceback (most recent call last):", '  File "a.py"', "http.Timeout: no", "next"], ".cc."),
        (["Traceback (most recent call last):", '  File "a.py"', "INFO: on", "ValueError: no"], ".c.."),
        (["Traceback (most recent call last):", '  File "a.py"', "KeyError: no", "", "The above all"], ".ccc."),
        (["During handling of the above exception, another exception occurred:", "  b"], ".c"),
        (["a", "ValueError: no"], ".."),
        (["a", "}"], ".."),
        (["{", '  "a": 1', "} // end", "b"], ".c.."),
        (["{", '  "a": 1', "}, ", "}"], ".cc."),
        (["call(", "  1,", ");", "x = [", " 1", "],"], ".cc.cc"),
        (["a", "--- End of stack trace", "  b", "--- End of stack trace", "--- End of stack trace"], "..cc."),
        (["note: run with `RUST_BACKTRACE=1`", "stack backtrace:", "   0: a"], "..c"),
        (["thread 'main' has begun", "a", "note: run with care"], "..."),
        (["/app/a.js:1", "  x", "  ^", "", "no error"], ".ccc."),
        (["Node.js v20.11.1", "", "Node.js v20.11.1"], "..."),
    ],
)
def test_what_continues_a_record_is_known_by_its_beginning_and_what_came_before(
    texts: list[str], expected: str
) -> None:
    whole = written(texts)
    assert continued(whole) == expected
    assert continued(*whole.splitlines(keepends=True)) == expected


@pytest.mark.parametrize(
    ("before", "then", "is_record"),
    [
        ("2026-01-01T12:00:00.000000000Z", "2026-01-01T12:00:00.050000000Z", True),
        ("2026-01-01T12:00:00.000000000Z", "2026-01-01T12:00:00.050000001Z", False),
        ("2026-01-01T12:00:00.050000000Z", "2026-01-01T12:00:00.000000000Z", True),
        ("2026-01-01T12:00:05.000000000Z", "2026-01-01T12:00:04.000000000Z", False),
        ("2026-01-01T12:59:59.970000000Z", "2026-01-01T13:00:00.019999999Z", True),
        ("2026-01-01T12:59:59.970000000Z", "2026-01-01T13:00:00.021000000Z", False),
        ("2026-01-01T12:00:00.000000000Z", "2026-01-01T12:01:00.000000000Z", False),
        ("2025-12-31T23:59:59.990000000Z", "2026-01-01T00:00:00.010000000Z", True),
        ("2026-01-01T23:59:59.990000000Z", "2026-01-03T00:00:00.010000000Z", False),
        ("2026-01-01T12:00:00.000000000Z", "2026-01-02T12:00:00.000000000Z", False),
        ("2026-02-30T12:00:00.999999999Z", "2026-02-30T12:00:01.000000000Z", False),
        ("2026-01-01T13:00:00.000000000+01:00", "2026-01-01T12:00:00.000000001Z", True),
    ],
)
def test_a_record_is_of_one_moment(before: str, then: str, *, is_record: bool) -> None:
    first, second = Intake(tag_of(0)).take(f"{before} a\n{then}   indented\n".encode())
    assert continues(second) is is_record
    assert stamp_of(second).decode() == then
    assert sort_key(second) == (sort_key(first) if is_record else max(sort_key(first), then.encode()))


@pytest.mark.parametrize(
    "texts",
    [
        ["INFO: up", "ERROR: no", "ValueError: no", "GET /a", "GET /b", "GET /c"],
        ["Completed", "Total 3", "goroutines: 7", "note: it rains", "...", "thread 'main' ends"],
        ['{"a": 1}', "[1]", "I0101 12:00:00.123456 1 a.go:1] up", "E0101 12:00:00.123456 1 a.go:1] no", "2026-01-01 a"],
        ["panic: no", "fatal error: no", "a", "b", "c"],
        ["Exception in thread", "a: ", "b", "Errors: 0"],
    ],
)
def test_lines_without_a_trace_are_not_looked_at_one_by_one(texts: list[str]) -> None:
    assert isinstance(Intake(tag_of(0)).take(written(texts)), Plain)


@pytest.mark.parametrize(
    "text",
    ["(" * 10**6, "a.rb:1:in `" + "(a" * 500_000, " " * 10**6, "  ^" + "^ " * 500_000, "a." * 500_000, ":1" * 500_000,
     "thread 'a' panicked at " + ": " * 500_000, "Error" * 200_000, "a::" * 300_000, ") " * 500_000],
    ids=lambda text: repr(text[:20]),
)  # fmt: skip
@pytest.mark.parametrize("state", ["goroutine 1 [running]:", "Traceback (most recent call last):", "panic: a", "\t^"])
def test_a_line_of_a_megabyte_is_judged_at_once(text: str, state: str) -> None:
    assert len(continued(written(["a:", state, "  indented", text, "b"]))) == 5
