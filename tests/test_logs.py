"""`kubectl mc logs` without -f: what there is of all containers, as one stream."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

import pytest

from kubectl_mc.demo.programs import Exit, Line, Program
from kubectl_mc.demo.server import RunningDemo, running_demo
from tests.commands import Result, run
from tests.log_pods import COUNTING, lived, log_of, pod, says
from tests.processes import on_a_pipe

Logs = Callable[..., Result]

KEYS = ["type", "time", "namespace", "pod", "container", "message"]
"""Of an object of `-o json`."""

RESTARTED = Program(
    says=(Line(0.1, "hello"), Line(0.2, lambda when: f"attempt {when.run.attempt}"), Line(-0.1, "goodbye")),
    exit=Exit(after=1.0, code=3, only_attempt=0),
)
LOOPING = Program(
    says=(Line(0.1, lambda when: f"attempt {when.run.attempt}"), Line(-0.1, "goodbye")), exit=Exit(after=1.0, code=3)
)
FIRST_APP = ["hello", "attempt 0", "goodbye"]
MARKERS = ["── app exited 3 after 1s ──", "── app restarted (exit 3), restart 1 ──"]
SECOND_APP = ["hello", "attempt 1"]
KLOG = "E0102 03:04:05.000000       1 main.go:1] refused"
TRACE = ["[ERROR] bad", "Traceback (most recent call last):", '  File "x.py", line 1', "ValueError: no"]


@pytest.fixture(scope="module")
def past() -> Iterator[RunningDemo]:
    """A cluster that has lived; tests look at it and leave it as it is."""
    with running_demo(()) as demo:
        lived(
            demo,
            60,
            pod("web", "app", "side", inits=["migrate"], sidecars=["proxy"]),
            {
                "app": RESTARTED,
                "side": Program(says=(Line(0.15, "side up"),)),
                "migrate": Program(says=(Line(0.1, "migrating"),), exit=Exit(after=2)),
                "proxy": says("proxying"),
            },
        )
        lived(demo, 90, pod("loop", "app"), {"app": LOOPING})
        lived(demo, 100, pod("busy", "app"), {"app": COUNTING})
        lived(
            demo,
            60,
            pod("mixed", "app", "side"),
            {
                "app": says(
                    '{"level":"info","msg":"fine"}',
                    "level=warn msg=slow",
                    KLOG,
                    "done with it",
                    *TRACE,
                    "INFO: over",
                ),
                "side": says("one", "two", "three", at=0.105),
            },
        )
        yield demo


@pytest.fixture(scope="module")
def config(past: RunningDemo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return past.cluster.write_kubeconfig(tmp_path_factory.mktemp("past") / "kubeconfig")


@pytest.fixture(scope="module")
def logs(config: Path) -> Logs:
    """`kubectl mc logs WORDS` of what has lived."""
    return lambda *words: run("logs", *words, kubeconfig=config)


def rows(result: Result, container: str) -> list[str]:
    """A container's rows without their prefix."""
    assert result.exit_code == 0, result.err
    found = (re.match(rf"{container} *\| (.*)", line) for line in result.lines)
    return [match[1] for match in found if match is not None]


def printed(*words: str, kubeconfig: Path) -> tuple[bytes, bytes]:
    """What `kubectl mc logs WORDS` writes as a process of its own: stdout and stderr, byte for byte."""
    environ = {"PATH": os.environ["PATH"], "KUBECONFIG": str(kubeconfig)}
    command = [sys.executable, "-m", "kubectl_mc", "logs", *words]
    done = subprocess.run(command, env=environ, capture_output=True, timeout=20, check=True)
    return done.stdout, done.stderr


# The stream


def test_all_containers_are_one_stream_in_the_order_of_time(logs: Logs) -> None:
    result = logs("web")
    assert (result.exit_code, result.err) == (0, "")
    assert result.lines == [
        "migrate | migrating",
        "migrate | ── init migrate exited 0 after 2s ──",
        "proxy   | proxying",
        "app     | hello",
        "side    | side up",
        "app     | attempt 0",
        "app     | goodbye",
        "app     | ── app exited 3 after 1s ──",
        "app     | ── app restarted (exit 3), restart 1 ──",
        "app     | hello",
        "app     | attempt 1",
    ]


def test_by_arrival_each_container_comes_as_it_was_read(logs: Logs) -> None:
    def turns(*words: str) -> int:
        return len(list(groupby(line.split()[0] for line in logs("mixed", *words).lines)))

    assert turns("--order", "arrival") == 2
    assert turns() > 2


@pytest.mark.parametrize(
    ("words", "prefix"),
    [
        (["web", "-c", "app"], "app | "),
        (["web", "-c", "app", "--no-prefix"], ""),
        (["pod/web", "pod/mixed", "-c", "side"], "web side   | "),
        (["pod/web", "pod/mixed", "-c", "side", "--no-prefix"], ""),
    ],
)
def test_a_prefix_says_as_much_as_tells_containers_apart(words: list[str], prefix: str, logs: Logs) -> None:
    line = next(line for line in logs(*words).lines if "hello" in line or "side up" in line)
    assert line in (f"{prefix}hello", f"{prefix}side up")


# Restarts


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], [*FIRST_APP, *MARKERS, *SECOND_APP]),
        (["--tail", "-1"], [*FIRST_APP, *MARKERS, *SECOND_APP]),
        (["--tail", "0"], []),
        (["--tail", "1"], SECOND_APP[1:]),
        (["--tail", "2"], SECOND_APP),
        (["--tail", "3"], [*FIRST_APP[2:], *MARKERS, *SECOND_APP]),
        (["--tail", "4"], [*FIRST_APP[1:], *MARKERS, *SECOND_APP]),
        (["--tail", "9"], [*FIRST_APP, *MARKERS, *SECOND_APP]),
        (["--since", "10m"], [*FIRST_APP, *MARKERS, *SECOND_APP]),
        (["--since", "30s"], []),
        (["--until", "10m"], []),
    ],
)
def test_a_restart_is_stitched_as_far_back_as_is_asked_for(words: list[str], expected: list[str], logs: Logs) -> None:
    assert rows(logs("web", *words), "app") == expected


@pytest.mark.parametrize("words", [["--since", "30s"], ["--until", "10m"]])
def test_what_ended_out_of_the_span_is_not_said(words: list[str], logs: Logs) -> None:
    assert logs("web", *words).out == ""


def test_how_many_instances_cannot_be_read_any_more_is_said(logs: Logs) -> None:
    found = rows(logs("loop"), "app")
    restarts = int(re.findall(r"restart (\d+);", found[0])[0])
    assert restarts >= 3
    assert found == [
        f"── app restarted, restart {restarts}; {restarts} instances before it cannot be read any more ──",
        f"attempt {restarts}",
        "goodbye",
        MARKERS[0],
    ]


def test_what_has_no_previous_instance_costs_one_note(logs: Logs) -> None:
    result = logs("web", "-p", "-c", "app", "-c", "side")
    assert (result.exit_code, rows(result, "app")) == (0, FIRST_APP)
    assert rows(result, "side") == []
    assert result.err.count("web/side: ") == len(result.err.splitlines()) == 1


def test_where_nothing_can_be_read_the_end_is_an_error(logs: Logs) -> None:
    result = logs("web", "side", "-p")
    assert (result.exit_code, result.out) == (1, "")
    assert result.err == "web/side: there is no previous log: it has not been restarted\n"


# Which part


def test_a_span_of_milliseconds_is_sifted_here(logs: Logs) -> None:
    before = time.time()
    stamps = [line.split()[2] for line in logs("busy", "--since", "500ms", "--timestamps", "--utc").lines]
    assert len(stamps) >= 45, "there is a line each hundredth of a second"
    earliest = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(before - 0.5)) + f"{(before - 0.5) % 1:.6f}"[1:]
    assert min(stamps) >= earliest


def test_times_bound_the_stream_with_their_fractions(logs: Logs) -> None:
    def lines(*words: str) -> list[str]:
        return logs("mixed", "--timestamps", "--utc", *words).lines

    everything = lines()
    stamps = [line.split()[2] for line in everything]
    assert lines("--since-time", stamps[4]) == everything[4:]
    assert lines("--until", stamps[4]) == everything[:5]
    assert lines("--since-time", stamps[2], "--until", stamps[4]) == everything[2:5]


@pytest.mark.parametrize(
    ("words", "shape"),
    [
        (["--timestamps", "--utc"], r"2\d{3}-\d\d-\d\dT(\d\d):\d\d:\d\d\.\d{9}Z"),
        (["--timestamps=full"], r"2\d{3}-\d\d-\d\dT(\d\d):\d\d:\d\d\.\d{9}\+09:00"),
        (["--timestamps=short"], r"(\d\d):\d\d:\d\d\.\d{3}"),
        (["--timestamps=short", "--utc"], r"(\d\d):\d\d:\d\d\.\d{3}"),
    ],
)
def test_times_are_local_or_utc(words: list[str], shape: str, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        line = run("logs", "mixed", "-c", "side", "--tail", "1", *words, kubeconfig=config).out
    finally:
        monkeypatch.undo()
        time.tzset()
    found = re.fullmatch(rf"side \| {shape} three\n", line)
    assert found is not None, line
    said = run("logs", "mixed", "-c", "side", "--tail", "1", "-o", "json", kubeconfig=config).out
    ahead = 0 if "--utc" in words else 9
    assert int(found[1]) == (int(json.loads(said)["time"][11:13]) + ahead) % 24


# Filters


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-g", "refused"], [KLOG]),
        (["-g", "REFUSED"], []),
        (["-g", "REFUSED", "--ignore-case"], [KLOG]),
        (["-g", "^two$", "-g", "done"], ["two", "done with it"]),
        (["-g", "ValueError"], TRACE),
        (["-g", "o", "--not", "[a-z]{4}"], ["one", "two"]),
        (["-g", "two", "--before", "1", "--after", "1"], ["level=warn msg=slow", "two", KLOG]),
        (["-g", "^one", "-g", "INFO", "--after", "1"], ["one", "level=warn msg=slow", "--", "INFO: over"]),
        (["-g", "two", "--before", "1", "--not", "slow"], ["one", "two"]),
        (["--level", "fatal"], ["one", "two", "three", "done with it"]),
    ],
)
def test_filters_act_on_whole_records_of_the_one_stream(words: list[str], expected: list[str], logs: Logs) -> None:
    found = logs("mixed", "--no-prefix", *words)
    assert (found.exit_code, found.lines) == (0, expected)


def test_a_level_hides_what_is_known_to_be_below_it(logs: Logs) -> None:
    hidden = set(logs("mixed", "--no-prefix").lines) - set(logs("mixed", "--no-prefix", "--level", "warn").lines)
    assert hidden == {'{"level":"info","msg":"fine"}', "INFO: over"}


def test_containers_are_chosen_by_name_glob_and_role(logs: Logs) -> None:
    def containers(*words: str) -> set[str]:
        return {json.loads(line)["container"] for line in logs("web", "-o", "json", *words).lines}

    everything = containers()
    assert everything == {"migrate", "proxy", "app", "side"}
    assert containers("-c", "app") == {"app"}
    assert containers("-c", "*p*") == {"app", "proxy"}
    assert containers("-x", "*p*", "-x", "side") == {"migrate"}
    assert containers("--role", "init") == {"migrate"}
    assert containers("--role", "sidecar,app") == {"proxy", "app", "side"}


# Events


def test_events_stand_in_their_places_each_once_and_with_their_container(logs: Logs) -> None:
    result = logs("web", "--events", "-o", "json")
    found = [json.loads(line) for line in result.lines]
    seconds = [each["time"][:19] for each in found]
    assert seconds == sorted(seconds), "events know whole seconds"
    events = [(each["container"], each["message"]) for each in found if each["type"] == "event"]
    assert len(events) == len(set(events))
    assert (None, "Normal Scheduled: Successfully assigned demo/web to ") in [(a, b[:52]) for a, b in events]
    for container in ("migrate", "proxy", "side"):
        assert (container, f"Normal Started: Started container {container}") in events
    assert ("app", "Normal Started: Started container app (x2)") in events
    reasons = [message.split()[1] for container, message in events if container == "migrate"]
    assert reasons == ["Pulling:", "Pulled:", "Created:", "Started:"]
    order = [(each["type"], each["message"]) for each in found if each["container"] == "migrate"]
    assert ("log", "migrating") in order
    assert order[-1] == ("lifecycle", "init migrate exited 0 after 2s")


def test_without_permission_for_events_the_stream_goes_without(past: RunningDemo, tmp_path: Path) -> None:
    past.call(past.cluster.auth.grant, "demo-viewer", ["get", "list"], ["pods", "pods/log"], "demo")
    viewer = past.cluster.write_kubeconfig(tmp_path / "viewer", user="demo-viewer")
    result = run("logs", "web", "--events", kubeconfig=viewer)
    past.call(past.cluster.auth.revoke, "demo-viewer")
    assert "app     | attempt 1" in result.lines
    assert result.exit_code == 0
    assert result.err.count("the stream goes without events") == len(result.err.splitlines()) == 1


# Forms


def test_every_object_of_json_has_the_keys_of_the_contract(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 60, pod("web", "app"), {"app": RESTARTED})
    log_of(demo, "web").append(time.time_ns(), b'{"n": 1.10} "quoted" \\ \xff\x00\x1b[31m \xe2\x80\xa8')
    text = run("logs", "web", "--events", "-o", "json", kubeconfig=kubeconfig).out
    demo.call(demo.cluster.faults.lose_logs)
    text += run("logs", "web", "-o", "json", kubeconfig=kubeconfig).out
    found = [json.loads(line) for line in text.split("\n")[:-1]]
    assert {each["type"] for each in found} == {"log", "event", "lifecycle", "error"}
    for each in found:
        assert list(each) == KEYS
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", each["time"]), each
        assert (each["namespace"], each["pod"]) == ("demo", "web")
    messages = [each["message"] for each in found if each["type"] == "log"]
    assert messages == [*FIRST_APP, *SECOND_APP, '{"n": 1.10} "quoted" \\ �\x00\x1b[31m \u2028']


def test_the_end_of_a_container_has_no_earlier_time_than_its_last_line(demo: RunningDemo, kubeconfig: Path) -> None:
    trace = ("ERROR: giving up", "Traceback (most recent call last):", '  File "x.py", line 1', "ValueError: no")
    crash = Program(says=tuple(Line(0.5 + place / 100, text) for place, text in enumerate(trace)), exit=Exit(after=0.6))
    lived(demo, 60, pod("crash", "app", restart_policy="Never"), {"app": crash})
    result = run("logs", "crash", "-o", "json", kubeconfig=kubeconfig)
    found = [json.loads(line) for line in result.lines]
    assert [each["type"] for each in found] == ["log"] * len(trace) + ["lifecycle"]
    assert found[-1]["time"] >= found[-2]["time"] > found[0]["time"]


AWKWARD = [
    b"\xff\xfe half of \xc3",
    b"",
    b"   ",
    b"\x1b[31mred without an end",
    b"\x1b]0;title\x07\x1b[2J\x00\x08",
    b"10 %\r20 %\r",
    "\u2028 \u0085 \x0b\x0c \U0001f600 \ue000".encode(),
    b"x" * 40_000,
    b"y" * 1_000_000,
    b"2026-01-01T00:00:00.000000000Z as if it were a time",
]


@pytest.mark.parametrize("words", [["--no-prefix"], ["-o", "raw"], ["-o", "raw", "-g", ""]])
def test_in_a_pipe_the_bytes_are_the_containers_own(
    words: list[str], demo: RunningDemo, kubeconfig: Path, tmp_path: Path
) -> None:
    lived(demo, 10, pod("web", "app"), {})
    for line in AWKWARD:
        demo.call(log_of(demo, "web").append, time.time_ns(), line)
    whole = b"".join(line + b"\n" for line in AWKWARD)
    assert printed("web", *words, "--save", str(tmp_path / "kept"), kubeconfig=kubeconfig) == (whole, b"")
    assert (tmp_path / "kept" / "web_app.log").read_bytes() == whole


def test_raw_has_nothing_but_the_containers_bytes_on_stdout(logs: Logs) -> None:
    result = logs("web", "-o", "raw", "-c", "app")
    assert result.lines == [*FIRST_APP, *SECOND_APP]
    assert result.err.splitlines() == ["web/app: app exited 3 after 1s", "web/app: app restarted (exit 3), restart 1"]


def test_the_kubelets_own_words_are_an_error_and_no_line(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 10, pod("web", "app", "side"), {"app": says("hello"), "side": says("hello")})
    demo.call(demo.cluster.faults.lose_logs)
    result = run("logs", "web", "app", kubeconfig=kubeconfig)
    assert re.fullmatch(r"app \| ── unable to retrieve container logs for containerd://[0-9a-f]{64} ──\n", result.out)
    raw = run("logs", "web", "app", "-o", "raw", kubeconfig=kubeconfig)
    assert raw.out == ""
    assert raw.err.startswith("web/app: unable to retrieve container logs for ")


def test_statistics_come_on_stderr(logs: Logs) -> None:
    header, *found = (re.split(" {2,}", line) for line in logs("web", "--stats").err.splitlines())
    assert header == ["POD", "CONTAINER", "LINES", "FIRST", "LAST", "RESTARTS", "EXIT"]
    assert [(row[1], row[2], *row[5:]) for row in found] == [
        ("migrate", "1", "0"),
        ("proxy", "1"),
        ("app", "5", "1", "3"),
        ("side", "1"),
    ]
    assert all(re.fullmatch(r"(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d", time) for row in found for time in row[3:5])
    not_read = logs("loop", "--stats").err.splitlines()
    assert re.search(r"NOT READ", not_read[0])
    assert re.search(r"\d instances", not_read[1])


def test_what_is_saved_is_each_containers_whole_log_with_its_restarts(logs: Logs, tmp_path: Path) -> None:
    (tmp_path / "web_app.log").write_text("mine\n")
    result = logs("web", "-g", "attempt", "--events", "--save", str(tmp_path))
    assert rows(result, "app") == ["attempt 0", "attempt 1"]
    assert {path.name: path.read_text().splitlines() for path in tmp_path.iterdir()} == {
        "web_app.log": ["mine"],
        "web_app.2.log": [*FIRST_APP, *MARKERS, *SECOND_APP],
        "web_side.log": ["side up"],
        "web_proxy.log": ["proxying"],
        "web_migrate.log": ["migrating", "── init migrate exited 0 after 2s ──"],
    }


def test_a_folder_that_cannot_be_made_is_an_error(logs: Logs, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = logs("web", "--save", str(tmp_path / "file" / "folder"))
    assert (result.exit_code, result.out) == (1, "")
    assert "Not a directory" in result.err


# As with kubectl


@pytest.mark.parametrize(
    ("words", "same"),
    [
        (["--all-containers", "--all-pods", "--prefix", "--ignore-errors", "--max-log-requests", "1"], []),
        (["--all-containers=true", "--prefix=true", "--max-log-requests=9"], []),
        (["--prefix=false"], ["--no-prefix"]),
        (["--follow=false", "--previous=false", "--timestamps=false"], []),
        (["--previous=true", "-c=app"], ["-p", "-c", "app"]),
        (["-p=true", "-c", "app"], ["-p", "-c", "app"]),
        (["--timestamps=true"], ["--timestamps=full"]),
        (["--timestamps"], ["--timestamps=full"]),
        (["-o=raw"], ["-o", "raw"]),
    ],
)
def test_kubectls_options_mean_what_they_do_there(words: list[str], same: list[str], logs: Logs) -> None:
    result = logs("web", *words)
    assert (result.exit_code, result.out != "") == (0, True)
    assert result == logs("web", *same)


def test_a_value_that_reads_like_an_option_is_a_value(logs: Logs) -> None:
    assert "no container --timestamps in pod web" in logs("web", "-c", "--timestamps").err


# What is not right


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-f", "-p"], "-f and -p exclude each other"),
        (["--until-done", "-p"], "--until-done and --previous exclude each other"),
        (["--until-done", "--until", "1m"], "--until-done and --until exclude each other"),
        (["-f", "--until-done", "-p"], "-f and -p exclude each other"),
        (["-f", "--until", "1m"], "-f and --until exclude each other"),
        (["--since", "1m", "--since-time", "2026-01-01T00:00:00Z"], "--since and --since-time exclude each other"),
        (["--since", "5m", "--until", "10m"], "the span ends before it begins"),
        (["--save", ""], "--save: the name of the folder is empty"),
        (["--since", "soon"], "--since soon: no duration\nhint: for example 30s"),
        (["--since", "0s"], "--since 0s: nothing is younger than that\nhint: give a longer time; from now on: -f"),
        (["--since", "0"], "--since 0: nothing is younger than that"),
        (["--since=-5s"], "--since -5s: no duration"),
        (["--since-time", "yesterday"], "--since-time yesterday: no time"),
        (["--until", "tomorrow"], "--until tomorrow: no"),
        (["--tail", "-5"], "--tail -5: no number of lines"),
        (["--tail", "99999999999999999999"], "--tail 99999999999999999999: no number of lines\nhint: at most 92233"),
        (["-g", "x", "--before", "99999999999999999999"], "--before 99999999999999999999: no number of lines"),
        (["--tail", "few"], "'few' is not a valid int"),
        (["-g", "x", "--before", "-1"], "--before -1: no number of lines"),
        (["-g", "x", "--after", "-1"], "--after -1: no number of lines"),
        (["--before", "1"], "--before and --after need something to stand around"),
        (["--after", "1"], "--before and --after need something to stand around"),
        (["-g", "a(b"], "--grep a(b: no regular expression: missing )"),
        (["-g", "a(b"], "hint: at the mark: a^(b"),
        (["--not", "ä["], "--not ä[: no regular expression: unterminated character set\nhint: at the mark: ä^["),
        (["-H", "*"], "--highlight *: no regular expression: nothing to repeat\nhint: at the mark: ^*"),
        (["-c", "web-[a"], "-c web-[a: a bracket without its other half"),
        (["-x", ""], "-x: an empty name"),
        (["--role", "boss"], "--role boss: no such role: boss\nhint: init, sidecar, app, ephemeral"),
        (["--level", "loud"], "--level loud: no such level\nhint: trace, debug, info, warn, error, fatal"),
        (["--order", "random"], "--order random: no such order\nhint: time or arrival"),
        (["--timestamps=long"], "--timestamps=long: no such form\nhint: full or short"),
        (["-o", "xml"], "-o xml: no such output\nhint: raw or json"),
        (["-f=maybe"], "-f=maybe: neither true nor false\nhint: kubectl mc logs --help"),
        (["--all-containers=false"], "--all-containers=false: that is always so here\nhint: -c NAME"),
        (["--all-pods=false"], "--all-pods=false: that is always so here\nhint: pod/NAME"),
        (["--ignore-errors=false"], "--ignore-errors=false: that is always so here\nhint: what cannot be read"),
        (["--max-log-requests", "few"], "'few' is not a valid int"),
        (["--limit-bytes=5"], "No such option: --limit-bytes\nhint: --tail N"),
        (["--limit-bytes", "5"], "No such option: --limit-bytes\nhint: --tail N"),
        (["--pod-running-timeout=1m"], "option: --pod-running-timeout\nhint: -f waits as long as it takes"),
        (["--insecure-skip-tls-verify-backend"], "--insecure-skip-tls-verify-backend"),
        (
            ["mixed", "-c", "app"],
            "mixed: a container is named already, by -c\nhint: POD CONTAINER, or POD -c CONTAINER",
        ),
        (["mixed", "-c", "app"], "; two pods: pod/web pod/mixed -c CONTAINER\n"),
    ],
)
def test_wrong_usage_ends_with_2(words: list[str], said: str, logs: Logs) -> None:
    result = logs("web", *words)
    assert (result.exit_code, result.out) == (2, "")
    assert said in result.err


@pytest.mark.parametrize("words", [["web", "nope"], ["web", "-c", "nope"], ["web", "-c", "n?pe"]])
def test_an_unknown_container_names_the_known_ones_with_their_roles(words: list[str], logs: Logs) -> None:
    result = logs(*words)
    assert (result.exit_code, result.out) == (1, "")
    assert result.err == (
        f"error: no container {words[-1]} in pod web\n"
        "hint: it has: migrate (init), proxy (sidecar), app (app), side (app)\n"
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ["web", "mixed"],
            1,
            "no container mixed in pod web\nhint: mixed is a pod; the logs of both: `logs pod/web po",
        ),
        (["web", "mixed", "-f"], 1, "no container mixed in pod web\nhint: mixed is a pod; the logs of both: `logs pod"),
        (["web", "-c", "mixed"], 1, "no container mixed in pod web\nhint: it has: "),
        (["-c", "mixed"], 1, "no container mixed in pod busy and 3 other pods\nhint: it has: app (app)\n"),
        (
            ["pod", "web", "app"],
            1,
            'not found in namespace "demo"\nhint: app is a container of pod/web: name',
        ),
        (["pod", "web", "app", "-f"], 1, "\nhint: app is a container of pod/web: name it with pod/web -c app\n"),
        (
            ["web/app"],
            2,
            "'web' is no type that has pods\nhint: for container app of pod web: `logs web -c app`; types",
        ),
    ],
)
def test_words_that_mean_something_else_than_was_meant_are_told(
    words: list[str], code: int, said: str, logs: Logs
) -> None:
    result = logs(*words)
    assert result.exit_code == code
    assert said in result.err


def test_a_namespace_without_pods_is_said(kubeconfig: Path) -> None:
    result = run("logs", kubeconfig=kubeconfig)
    assert (result.exit_code, result.err) == (0, "No resources found in demo namespace.\n")


def test_a_pod_that_is_missing_costs_the_others_nothing(logs: Logs) -> None:
    result = logs("pod/web", "pod/wbe", "--tail", "1")
    assert result.exit_code == 1
    assert "app     | attempt 1" in result.lines
    assert 'pods "wbe" not found' in result.err


def test_a_container_that_may_not_be_read_costs_a_note(demo: RunningDemo, tmp_path: Path) -> None:
    for namespace in ("demo", "staging"):
        document = pod("web", "app", namespace=namespace)
        lived(demo, 10, document, {"app": says(f"here is {namespace}")})
    auth = demo.cluster.auth
    demo.call(auth.grant, "demo-viewer", ["get", "list", "watch"], ["pods"])
    demo.call(auth.grant, "demo-viewer", ["get"], ["pods/log"], "demo")
    viewer = demo.cluster.write_kubeconfig(tmp_path / "viewer", user="demo-viewer")
    result = run("logs", "-A", kubeconfig=viewer)
    assert (result.exit_code, result.lines) == (0, ["demo web app    | here is demo"])
    said, hint = result.err.splitlines()
    assert 'cannot get resource "pods/log" in API group "" in the namespace "staging"' in said
    assert "can-i get pods/log -n staging" in hint


def test_a_reader_that_has_seen_enough_ends_it_quietly(config: Path) -> None:
    with on_a_pipe("logs", "busy", environ={"KUBECONFIG": str(config)}) as process:
        process.read_until("\n")
        assert process.process.stdout is not None
        process.process.stdout.close()
        assert process.process.wait(10) == 0
        assert process.stderr() == ""
