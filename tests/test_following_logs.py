"""`kubectl mc logs -f`: no line is lost or doubled, whatever happens to the connection, the container or the server."""

import fcntl
import json
import re
import select
import signal
import struct
import termios
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kubectl_mc.demo import podlogs
from kubectl_mc.demo.programs import Every, Exit, Line, Program, Stop
from kubectl_mc.demo.server import RunningDemo
from tests.log_pods import COUNTING, Json, delete, end, job, lived, log_of, pod, says, started, wait_for, write
from tests.processes import DEADLINE_SECONDS, Running, on_a_pipe

LOOPING = Program(
    says=(Line(0.1, lambda when: f"attempt {when.run.attempt}"), Line(-0.1, "goodbye")), exit=Exit(after=1.0, code=3)
)


def rows(text: str, container: str = "app") -> list[str]:
    """A container's rows without their prefix; on a busy machine one may come late."""
    return re.findall(rf"^{container} *[|~] (.*)$", text, re.MULTILINE)


def follow(*words: str, kubeconfig: Path) -> AbstractContextManager[Running]:
    """`kubectl mc logs WORDS -f` as a process on pipes."""
    return on_a_pipe("logs", *words, "-f", environ={"KUBECONFIG": str(kubeconfig)})


def numbers(text: str, container: str = "app") -> list[int]:
    return [int(row.removeprefix("count ")) for row in rows(text, container) if re.fullmatch(r"count \d+", row)]


def read_past(process: Running, container: str = "app", more: int = 20) -> None:
    """Wait until so many more numbers of a container have come."""
    target = numbers(process.seen, container)[-1] + more
    process.read_until(f"count {target}\n")


def drop(demo: RunningDemo) -> None:
    demo.call(demo.cluster.faults.drop_connections)


def restart_server(demo: RunningDemo) -> None:
    demo.wait(demo.cluster.faults.stop())
    demo.wait(demo.cluster.faults.start())


def throttle(demo: RunningDemo) -> None:
    demo.call(demo.cluster.faults.throttle, 3, 0)
    drop(demo)


@pytest.mark.parametrize("trouble", [drop, restart_server, throttle])
def test_each_number_comes_once_whatever_happens_to_the_connection(
    trouble: Callable[[RunningDemo], None], demo: RunningDemo, kubeconfig: Path, tmp_path: Path
) -> None:
    started(demo, pod("web", "app", "side"), {"app": COUNTING, "side": COUNTING})
    with follow("web", "--tail", "5", "--save", str(tmp_path), kubeconfig=kubeconfig) as process:
        process.read_until("app  | count")
        for _ in range(3):
            read_past(process)
            trouble(demo)
        read_past(process)
        assert process.interrupt() == 130
        notes = process.stderr().splitlines()
        assert notes.count("a log stream broke off and was taken up again where it stopped; no line is lost") == 1
    assert "missing here" not in process.seen
    for container in ("app", "side"):
        found = numbers(process.seen, container)
        assert found == list(range(found[0], found[-1] + 1))
        kept = (tmp_path / f"web_{container}.log").read_text().splitlines()
        assert kept[: len(found)] == [f"count {number}" for number in found]


def test_restarts_are_stitched_from_the_last_line_to_the_first(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 60, pod("web", "app"), {"app": says("hello")})
    with follow("web", "--tail", "0", kubeconfig=kubeconfig) as process:
        wait_for(demo, lambda: log_of(demo, "web").followers == 1)
        write(demo, "web", "goodbye")
        end(demo, "web", "app", 3)
        demo.call(demo.cluster.advance, 15)
        process.read_until("hello", after=process.read_until("app restarted (exit 3), restart 1").index("restarted"))
        assert process.interrupt() == 130
    goodbye, exited, restarted, hello = rows(process.seen)
    assert (goodbye, restarted, hello) == ("goodbye", "── app restarted (exit 3), restart 1 ──", "hello")
    assert re.fullmatch(r"── app exited 3 after \d+s ──", exited)


def test_new_pods_join_and_finished_ones_leave_the_others_alone(demo: RunningDemo, kubeconfig: Path) -> None:
    started(demo, pod("first", "app"), {"app": COUNTING})
    with follow("--tail", "1", kubeconfig=kubeconfig) as process:
        process.read_until("| count")
        started(demo, pod("late", "main"), {"main": Program(says=(Line(0.1, "here I am"),))})
        process.read_until("late main | here I am")
        demo.call(demo.cluster.store.delete, "pods", "demo", "late")
        seen = process.read_until("late (pod) | ── pod late is gone ──").index("is gone")
        process.read_until("first app  | count", after=seen)
        assert process.interrupt() == 130


def test_a_container_that_waits_is_attached_when_it_starts(demo: RunningDemo, kubeconfig: Path) -> None:
    demo.call(lambda: demo.cluster.clock.freeze(demo.cluster.clock.now()))
    demo.call(demo.cluster.apply, pod("web", "app"), {"app": Program(says=(Line(0.1, "first line"),))})
    with follow("web", kubeconfig=kubeconfig) as process:
        said = process.next_note()
        assert re.fullmatch(r"web has not started \((Pending|ContainerCreating)\); waiting for it\.", said)
        demo.call(demo.cluster.advance, 10)
        process.read_until("app | first line")
        assert process.interrupt() == 130
        assert process.stderr() == "hint: see what holds it up: kubectl mc status web -n demo\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "No lines (containers read: 1)."),
        (["--since", "1h"], "No lines in the time asked for (containers read: 1)."),
        (["--tail", "0"], ""),
    ],
    ids=["all", "in a span", "none asked for"],
)
def test_who_looks_at_nothing_is_told_so(words: list[str], said: str, demo: RunningDemo, kubeconfig: Path) -> None:
    started(demo, pod("web", "app"), {"app": Program()})
    with on_a_pipe("logs", "web", *words, environ={"KUBECONFIG": str(kubeconfig)}) as process:
        assert process.wait() == 0
        assert (process.seen, process.stderr().strip()) == ("", said)


def test_who_filters_everything_away_is_told_how_much_there_was(demo: RunningDemo, kubeconfig: Path) -> None:
    started(demo, pod("web", "app"), {"app": says("one", "two")})
    with on_a_pipe("logs", "web", "-g", "three", environ={"KUBECONFIG": str(kubeconfig)}) as process:
        assert process.wait() == 0
        assert (process.seen, process.stderr()) == ("", "None of the lines read (2) pass the filters.\n")


def test_bounds_are_exact_to_the_nanosecond(demo: RunningDemo, kubeconfig: Path) -> None:
    started(demo, pod("web", "app"), {"app": Program()})
    log, second = log_of(demo, "web"), int(demo.call(demo.cluster.clock.now)) * 10**9
    for nanosecond in range(5):
        demo.call(log.append, second + 123456780 + nanosecond, f"line {nanosecond}")
    stamp = f"{datetime.fromtimestamp(second // 10**9, UTC):%Y-%m-%dT%H:%M:%S}.12345678"
    bounds = ["--since-time", f"{stamp}1Z", "--until", f"{stamp}3Z", "--no-prefix"]
    with on_a_pipe("logs", "web", *bounds, environ={"KUBECONFIG": str(kubeconfig)}) as process:
        assert process.wait() == 0
        assert process.seen == "line 1\nline 2\nline 3\n"


def test_a_container_that_cannot_start_beside_others_is_named(demo: RunningDemo, kubeconfig: Path) -> None:
    document = pod("web", "app", "typo")
    document["spec"]["containers"][1]["image"] = "ngnix:1.27"
    lived(demo, 300, document, {"app": COUNTING})
    with follow("web", kubeconfig=kubeconfig) as process:
        assert re.fullmatch(r"web/typo has not started \((ErrImagePull|ImagePullBackOff)\); .*", process.next_note())
        process.read_until("app  | count")
        assert process.interrupt() == 130


def test_who_may_read_no_log_does_not_wait_for_a_container_to_start(demo: RunningDemo, tmp_path: Path) -> None:
    document = pod("web", "app", "typo")
    document["spec"]["containers"][1]["image"] = "ngnix:1.27"
    lived(demo, 300, document, {"app": COUNTING})
    demo.call(demo.cluster.auth.grant, "demo-viewer", ["get", "list", "watch"], ["pods"], "demo")
    viewer = demo.cluster.write_kubeconfig(tmp_path / "viewer", user="demo-viewer")
    with follow("web", kubeconfig=viewer) as process:
        assert process.wait() == 1
        assert "web/app, web/typo: Error from server (Forbidden)" in process.stderr()


def test_the_hint_to_a_pod_that_waits_asks_the_same_cluster(demo: RunningDemo, kubeconfig: Path) -> None:
    document = pod("web", "app")
    demo.call(demo.cluster.apply, {**document, "spec": {**document["spec"], "schedulingGates": [{"name": "x/y"}]}})
    with on_a_pipe("logs", "web", "--kubeconfig", str(kubeconfig), environ={}) as process:
        assert process.wait() == 0
        assert f"kubectl mc status web --kubeconfig {kubeconfig} -n demo\n" in process.stderr()


def test_the_last_lines_before_an_end_are_those_before_it(demo: RunningDemo, kubeconfig: Path) -> None:
    started(demo, pod("web", "app"), {"app": Program()})
    log, second = log_of(demo, "web"), int(demo.call(demo.cluster.clock.now)) - 100
    for number in range(50):
        demo.call(log.append, (second + number) * 10**9, f"line {number}")
    end_at = f"{datetime.fromtimestamp(second + 30, UTC):%Y-%m-%dT%H:%M:%SZ}"
    words = ["--tail", "3", "--until", end_at, "--no-prefix"]
    with on_a_pipe("logs", "web", *words, environ={"KUBECONFIG": str(kubeconfig)}) as process:
        assert process.wait() == 0
        assert process.seen == "line 28\nline 29\nline 30\n"


def test_an_end_stands_behind_what_others_wrote_in_its_second(demo: RunningDemo, kubeconfig: Path) -> None:
    started(demo, pod("web", "app", "side", restart_policy="Never"), {"app": Program(), "side": Program()})
    demo.call(lambda: demo.cluster.clock.freeze(demo.cluster.clock.now()))
    end(demo, "web", "side", 5)
    second = int(demo.call(demo.cluster.clock.now))
    demo.call(log_of(demo, "web").append, second * 10**9 + 900_000_000, "why it ended")
    with on_a_pipe("logs", "web", environ={"KUBECONFIG": str(kubeconfig)}) as process:
        assert process.wait() == 0
        assert process.seen.index("why it ended") < process.seen.index("side exited 5")


def test_pods_that_have_not_started_are_counted_where_they_are_many(demo: RunningDemo, kubeconfig: Path) -> None:
    for number in range(4):
        document = pod(f"web-{number}", "app")
        demo.call(demo.cluster.apply, {**document, "spec": {**document["spec"], "schedulingGates": [{"name": "x/y"}]}})
    with on_a_pipe("logs", environ={"KUBECONFIG": str(kubeconfig)}) as process:
        assert process.wait() == 0
        assert (process.seen, process.stderr()) == ("", "4 pods have not started.\n")


@pytest.mark.parametrize("words", [[], ["-f"]])
def test_without_permission_each_container_costs_a_note_and_the_whole_an_error(
    words: list[str], demo: RunningDemo, tmp_path: Path
) -> None:
    started(demo, pod("web", "app", "side"), {"app": COUNTING, "side": COUNTING})
    demo.call(demo.cluster.auth.grant, "demo-viewer", ["get", "list", "watch"], ["pods"], "demo")
    viewer = demo.cluster.write_kubeconfig(tmp_path / "viewer", user="demo-viewer")
    with on_a_pipe("logs", "web", *words, environ={"KUBECONFIG": str(viewer)}) as process:
        assert process.wait() == 1
        said = process.stderr()
    assert process.seen == ""
    assert said.count("Error from server (Forbidden)") == 1
    assert "web/app, web/side: Error from server (Forbidden)" in said
    assert "hint:" in said
    assert "can-i get pods/log -n demo" in said


def test_a_named_pod_can_be_followed_by_who_may_only_get_it(demo: RunningDemo, tmp_path: Path) -> None:
    started(demo, pod("web", "app", restart_policy="Never"), {"app": COUNTING})
    demo.call(demo.cluster.auth.grant, "demo-viewer", ["get"], ["pods", "pods/log"], "demo")
    viewer = demo.cluster.write_kubeconfig(tmp_path / "viewer", user="demo-viewer")
    with follow("web", kubeconfig=viewer) as process:
        process.read_until("app | count 5")
        end(demo, "web", "app", 0)
        assert process.wait() == 0
        assert "app exited 0" in process.seen
        assert process.stderr() == ""


# Restarts


def test_a_container_in_back_off_shows_its_dead_instance_and_then_the_next(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 90, pod("loop", "app"), {"app": LOOPING})
    with follow("loop", kubeconfig=kubeconfig) as process:
        process.read_until("app exited 3 after 1s")
        demo.call(demo.cluster.advance, 90)
        process.read_until("exited 3", after=process.read_until("app restarted (exit 3)").index("(exit 3)"))
        assert process.interrupt() == 130
    first, *story = rows(process.seen)
    restarts = int(re.findall(r"restart (\d+); \1 instances before it cannot be read any more", first)[0])
    assert story == [
        f"attempt {restarts}",
        "goodbye",
        "── app exited 3 after 1s ──",
        f"── app restarted (exit 3), restart {restarts + 1} ──",
        f"attempt {restarts + 1}",
        "goodbye",
        "── app exited 3 after 1s ──",
    ]


@pytest.mark.parametrize(("unseen", "lost"), [(0, ""), (1, ""), (2, "; 1 instance before it cannot be read any more")])
def test_what_came_and_went_between_two_looks_is_read_as_the_previous_instance(
    unseen: int, lost: str, demo: RunningDemo, kubeconfig: Path
) -> None:
    speaks = Program(says=(Line(0.1, lambda when: f"attempt {when.run.attempt}"),))
    lived(demo, 60, pod("web", "app"), {"app": speaks})
    with follow("web", kubeconfig=kubeconfig) as process:
        process.read_until("attempt 0")
        demo.wait(demo.cluster.faults.stop())
        for code in range(1, unseen + 2):
            end(demo, "web", "app", code)
            demo.call(demo.cluster.advance, 400)
        demo.wait(demo.cluster.faults.start())
        process.read_until(f"attempt {unseen + 1}")
        assert process.interrupt() == 130
    story = rows(process.seen)
    assert story.count("attempt 0") == story.count(f"attempt {unseen + 1}") == 1
    assert [row for row in story if row.startswith("attempt")] == [
        "attempt 0",
        *([f"attempt {unseen}"] if unseen else []),
        f"attempt {unseen + 1}",
    ]
    assert f"── app restarted (exit {unseen + 1}), restart {unseen + 1}{lost} ──" in story
    assert any("missing" in row for row in story) == (unseen > 0), "nobody knows what it wrote while nobody listened"


# The end

ENDS = {code: Program(says=(Line(0.1, "working"),), exit=Exit(after=2.0, code=code)) for code in range(8)}


def never(name: str, *containers: str, **more: Any) -> Json:
    return pod(name, *containers, restart_policy="Never", **more)


DONE: list[tuple[Json, dict[str, Program], int]] = [
    (never("succeeds", "app", "side"), {"app": ENDS[0], "side": ENDS[0]}, 0),
    (never("fails", "app", "side"), {"app": ENDS[0], "side": ENDS[7]}, 7),
    (never("both-fail", "app", "side"), {"app": Program(exit=Exit(after=9, code=5)), "side": ENDS[7]}, 7),
    (
        never("with-sidecar", "app", inits=["first"], sidecars=["proxy"]),
        {"first": ENDS[0], "proxy": Program(stop=Stop(code=6)), "app": ENDS[0]},
        0,
    ),
    (never("never-begun", "app", inits=["first"]), {"first": ENDS[4], "app": ENDS[0]}, 1),
    (job("job-succeeds", "app"), {"app": ENDS[0]}, 0),
    (job("job-fails", "app", backoff_limit=2), {"app": ENDS[3]}, 3),
]


def test_until_done_ends_with_the_first_exit_code_of_an_app_container_that_is_not_0(
    demo: RunningDemo, kubeconfig: Path
) -> None:
    for document, programs, _ in DONE:
        lived(demo, 100, document, programs)
    environ = {"KUBECONFIG": str(kubeconfig)}
    with ExitStack() as stack:
        running = {
            document["metadata"]["name"]: stack.enter_context(
                on_a_pipe("logs", f"{document['kind']}/{document['metadata']['name']}", "--until-done", environ=environ)
            )
            for document, _, _ in DONE
        }
        codes = {name: process.wait() for name, process in running.items()}
    assert codes == {document["metadata"]["name"]: code for document, _, code in DONE}


@pytest.mark.parametrize(("word", "code"), [("-f", 0), ("--until-done", 3)])
def test_a_job_that_is_over_ends_the_stream(word: str, code: int, demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 10, job("work", "app"), {"app": says("trying")})
    [only] = demo.call(demo.cluster.store.list, "pods", "demo")
    with on_a_pipe("logs", "job/work", word, environ={"KUBECONFIG": str(kubeconfig)}) as process:
        process.read_until("trying")
        end(demo, only["metadata"]["name"], "app", 3)
        demo.call(demo.cluster.advance, 30)
        assert process.wait() == code
        assert process.stderr() == ""


def test_until_done_waits_for_the_next_try_of_a_job(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 10, job("work", "app", backoff_limit=2), {"app": says("trying")})

    def present_pod() -> str:
        pods = demo.call(demo.cluster.store.list, "pods", "demo")
        return str(next(each for each in pods if each["status"]["phase"] == "Running")["metadata"]["name"])

    with on_a_pipe("logs", "job/work", "--until-done", environ={"KUBECONFIG": str(kubeconfig)}) as process:
        process.read_until("trying")
        end(demo, present_pod(), "app", 3)
        demo.call(demo.cluster.advance, 30)
        process.read_until("trying", after=process.read_until("app exited 3").index("exited 3"))
        end(demo, present_pod(), "app", 0)
        demo.call(demo.cluster.advance, 30)
        assert process.wait() == 0
        assert process.stderr() == ""
    assert process.seen.count("trying") == 2


def test_a_named_pod_that_has_ended_ends_the_stream(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 60, pod("work", "app", restart_policy="Never"), {"app": ENDS[3]})
    with follow("work", kubeconfig=kubeconfig) as process:
        assert process.wait() == 0
        assert process.stderr() == ""
    assert rows(process.seen) == ["working", "── app exited 3 after 2s ──"]


def test_a_named_pod_that_ends_while_it_is_followed_ends_the_stream(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 60, pod("work", "app", restart_policy="Never"), {"app": says("working")})
    with follow("work", kubeconfig=kubeconfig) as process:
        process.read_until("working")
        write(demo, "work", "last words")
        end(demo, "work", "app", 0)
        assert process.wait() == 0
        assert process.stderr() == ""
    assert rows(process.seen)[1] == "last words"
    assert len(rows(process.seen)) == 3


def test_a_pod_that_is_deleted_is_said_and_the_others_go_on(demo: RunningDemo, kubeconfig: Path) -> None:
    for name in ("one", "two"):
        lived(demo, 60, pod(name, "app"), {"app": says("hello")})
    with follow("pod/one", "pod/two", kubeconfig=kubeconfig) as process:
        process.read_until("two app | hello", after=0)
        write(demo, "one", "last words")
        delete(demo, "one")
        process.read_until("── pod one is gone ──")
        write(demo, "two", "still here")
        process.read_until("still here")
        said = ["last words", "app exited 0 after", "pod one is gone", "still here"]
        assert sorted(said, key=process.seen.index) == said
        assert process.interrupt() == 130
        assert process.stderr() == ""


@pytest.mark.parametrize("words", [[], ["--stats"], ["--until-done"], ["--events", "-o", "json"]])
def test_ctrl_c_ends_it_at_once(words: list[str], demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 60, pod("web", "app", "silent"), {"app": says("hello")})
    with follow("web", *words, kubeconfig=kubeconfig) as process:
        process.read_until("hello")
        began = time.monotonic()
        assert process.interrupt() == 130
        assert time.monotonic() - began < 3
        assert [line.split()[1] for line in process.stderr().splitlines()] == (
            ["CONTAINER", "app", "silent"] if words == ["--stats"] else []
        )


def test_a_reader_that_does_not_read_does_not_hold_up_ctrl_c(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 10, pod("web", "app"), {"app": Program(says=(Every(0.001, "x" * 1000),))})
    with follow("web", kubeconfig=kubeconfig) as process:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while waiting_bytes(process.descriptor) < 60_000:
            assert time.monotonic() < deadline, "the pipe did not fill up"
            select.select([], [], [], 0.01)
        process.process.send_signal(signal.SIGINT)
        assert process.process.wait(2) == 130
        assert process.stderr() == ""


def waiting_bytes(descriptor: int) -> int:
    """What a pipe holds."""
    found: int = struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, b"\0\0\0\0"))[0]
    return found


def test_a_reader_that_has_seen_enough_ends_it_quietly(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 10, pod("web", "app"), {"app": COUNTING})
    with follow("web", kubeconfig=kubeconfig) as process:
        process.read_until("count")
        assert process.process.stdout is not None
        process.process.stdout.close()
        assert process.process.wait(DEADLINE_SECONDS) == 0
        assert process.stderr() == ""


# What goes wrong


def test_an_unknown_container_is_not_waited_for(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 60, pod("web", "app"), {"app": says("hello")})
    with follow("web", "-c", "nope", kubeconfig=kubeconfig) as process:
        assert process.wait() == 1
        assert process.stderr() == "error: no container nope in pod web\nhint: it has: app (app)\n"


def test_a_break_before_the_first_line_loses_none(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 60, pod("web", "app"), {"app": says("old")})
    faults = demo.cluster.faults
    with follow("web", "--tail", "0", kubeconfig=kubeconfig) as process:
        wait_for(demo, lambda: log_of(demo, "web").followers == 1)
        demo.wait(faults.stop())
        write(demo, "web", "meanwhile")
        demo.wait(faults.start())
        process.read_until("meanwhile")
        write(demo, "web", "after it")
        process.read_until("after it")
        assert process.interrupt() == 130
    assert rows(process.seen) == ["meanwhile", "after it"]


def test_lines_that_were_rotated_away_leave_a_marked_gap(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 10, pod("web", "app"), {"app": COUNTING})
    with follow("web", "--tail", "5", "--stats", kubeconfig=kubeconfig) as process:
        process.read_until("count")
        demo.wait(demo.cluster.faults.stop())
        demo.call(demo.cluster.advance, 3)
        demo.call(demo.cluster.simulation.node.rotate_logs)
        demo.wait(demo.cluster.faults.start())
        seen = process.read_until("lines are missing here: the kubelet no longer has them").index("missing")
        process.read_until("count", after=seen)
        read_past(process)
        assert process.interrupt() == 130
        *notes, header, row = process.stderr().splitlines()
        assert not any("no line is lost" in note for note in notes)
        assert row.split()[header.split().index("GAPS")] == "1"
    before, after = (numbers(part) for part in process.seen.split("lines are missing here"))
    for part in (before, after):
        assert part == list(range(part[0], part[-1] + 1))
    assert after[0] - before[-1] > 250


@pytest.mark.parametrize("form", ["json", "raw"])
def test_a_gap_is_told_apart_from_what_containers_write(form: str, demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 60, pod("web", "app"), {"app": says("before")})
    with follow("web", "-o", form, kubeconfig=kubeconfig) as process:
        process.read_until("before")
        demo.wait(demo.cluster.faults.stop())
        demo.call(demo.cluster.simulation.node.rotate_logs)
        write(demo, "web", "after")
        demo.wait(demo.cluster.faults.start())
        process.read_until("after")
        assert process.interrupt() == 130
        notes = process.stderr().splitlines()
    if form == "json":
        found = [json.loads(line) for line in process.seen.splitlines()]
        assert [each["type"] for each in found] == ["log", "gap", "log"]
        assert {(each["pod"], each["container"]) for each in found} == {("web", "app")}
        assert notes == []
    else:
        assert process.seen == "before\nafter\n"
        assert notes == ["web/app: lines are missing here: the kubelet no longer has them (rotated or truncated)"]


def test_the_kubelets_words_are_not_repeated_while_it_repeats_them(
    demo: RunningDemo, kubeconfig: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    body = podlogs.body

    def counted(*arguments: Any) -> AsyncIterator[bytes]:
        asked.append(arguments)
        return body(*arguments)

    monkeypatch.setattr(podlogs, "body", counted)
    lived(demo, 60, pod("web", "app"), {"app": says("hello")})
    demo.call(demo.cluster.faults.lose_logs)
    with follow("web", "-o", "json", kubeconfig=kubeconfig) as process:
        process.read_until("unable to retrieve")
        wait_for(demo, lambda: len(asked) > 2)
        demo.call(demo.cluster.faults.lose_logs, on=False)
        process.read_until("hello")
        assert process.interrupt() == 130
    found = [json.loads(line) for line in process.seen.splitlines()]
    assert [each["type"] for each in found] == ["error", "log"]


def test_a_log_that_cannot_be_watched_is_asked_for_again_and_again(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 10, pod("web", "app"), {"app": COUNTING})
    demo.call(demo.cluster.faults.exhaust_watchers)
    with follow("web", "--tail", "5", kubeconfig=kubeconfig) as process:
        process.read_until("failed to create fsnotify watcher: too many open files")
        read_past(process)
        assert process.interrupt() == 130
        notes = process.stderr().splitlines()
    assert len(notes) == 1
    assert "fs.inotify.max_user_instances" in notes[0]
    assert process.seen.count("fsnotify") == 1
    found = numbers(process.seen)
    assert found == list(range(found[0], found[-1] + 1))


def test_without_permission_for_events_the_stream_goes_without(demo: RunningDemo, tmp_path: Path) -> None:
    lived(demo, 60, pod("web", "app"), {"app": says("hello")})
    demo.call(demo.cluster.auth.grant, "demo-viewer", ["get", "list", "watch"], ["pods", "pods/log"], "demo")
    viewer = demo.cluster.write_kubeconfig(tmp_path / "viewer", user="demo-viewer")
    with follow("web", "--events", kubeconfig=viewer) as process:
        process.read_until("hello")
        write(demo, "web", "more")
        process.read_until("more")
        assert process.interrupt() == 130
        assert process.stderr().count("the stream goes without events") == 1


# What comes


def test_each_event_comes_once_for_each_time_that_it_is_counted(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 20, pod("loop", "app"), {"app": LOOPING})
    with follow("loop", "--events", "-o", "json", kubeconfig=kubeconfig) as process:
        process.read_until("Started container app (x3)")
        for seconds, count in ((30, 4), (60, 5)):
            drop(demo)
            demo.call(demo.cluster.advance, seconds)
            process.read_until(f"Started container app (x{count})")
        assert process.interrupt() == 130
    found = [json.loads(line) for line in process.seen.splitlines()]
    events = [(each["container"], each["message"]) for each in found if each["type"] == "event"]
    assert len(events) == len(set(events))
    assert {container for container, message in events if "Scheduled" not in message} == {"app"}


def test_filters_and_their_surroundings_go_on_with_the_stream(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 10, pod("web", "app"), {"app": COUNTING})
    with follow("web", "--tail", "1", "-g", "0$", "--not", "00$", "--after", "1", kubeconfig=kubeconfig) as process:
        target = int(re.findall(r"count (\d+)", process.read_until("1\n--\n"))[0]) // 100 * 100 + 150
        demo.call(demo.cluster.advance, 2)
        process.read_until(f"count {target}\n")
        assert process.interrupt() == 130
    found = process.seen.splitlines()
    wanted = [n for n in range(numbers(process.seen)[0], target + 1) if n % 10 == 0 and n % 100]
    groups = [[f"app | count {n}", f"app | count {n + 1}", "--"] for n in wanted]
    expected = [line for group in groups for line in group]
    assert found[: len(expected) - 2] == expected[:-2]


def test_a_line_that_comes_after_later_ones_is_marked(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 60, pod("web", "app", "side"), {})
    with follow("web", kubeconfig=kubeconfig) as process:
        write(demo, "web", "on time", container="app")
        process.read_until("app  | on time")
        write(demo, "web", "behind", container="side", ago=20)
        process.read_until("side ~ behind")
        assert process.interrupt() == 130


_EVERY = {"app": 7, "side": 5}
"""Seconds between the lines of two containers."""


def test_the_past_is_in_order_though_a_log_begins_late(demo: RunningDemo, kubeconfig: Path) -> None:
    programs = {name: Program(says=(Every(every, lambda when: f"count {when.n}"),)) for name, every in _EVERY.items()}
    lived(demo, 600, pod("web", *programs), programs)
    demo.call(demo.cluster.faults.slow_log, "app", 0.5)
    with follow("web", "--timestamps", "--utc", kubeconfig=kubeconfig) as process:
        process.read_until("app  | ")
        write(demo, "web", "now", container="side")
        process.read_until("now")
        assert process.interrupt() == 130
    stamps = [line.split()[2] for line in process.seen.splitlines()]
    assert len(stamps) > 150
    assert stamps == sorted(stamps)


def test_an_ephemeral_container_joins(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 60, pod("web", "app"), {"app": says("hello"), "dbg": says("looking around")})

    def debug() -> None:
        store = demo.cluster.store
        found = store.get("pods", "demo", "web")
        debugger = {**found["spec"]["containers"][0], "name": "dbg"}
        store.update("pods", {**found, "spec": {**found["spec"], "ephemeralContainers": [debugger]}})
        demo.cluster.advance(10)

    with follow("web", kubeconfig=kubeconfig) as process:
        process.read_until("app | hello")
        demo.call(debug)
        process.read_until("dbg | looking around")
        assert process.interrupt() == 130


def test_sixty_pods_are_followed_at_once(demo: RunningDemo, kubeconfig: Path) -> None:
    names = [f"web-{number}" for number in range(60)]
    for name in names:
        lived(demo, 60, pod(name, "app", labels={"app": "web"}), {"app": says("first")})
    lived(demo, 60, pod("stranger", "app"), {"app": says("first")})
    with follow("-l", "app=web", "--tail", "1", kubeconfig=kubeconfig) as process:
        for name in names:
            process.read_until(f"{name} app".ljust(10) + " | first")
        wait_for(demo, lambda: demo.cluster.faults.open_streams >= 61)
        for name in names:
            write(demo, name, "second")
        for name in names:
            process.read_until(f"{name} app".ljust(10) + " | second")
        assert process.interrupt() == 130
        assert process.stderr() == ""
    assert sorted(process.seen.split()) == sorted(
        word for name in names for line in ("first", "second") for word in (name, "app", "|", line)
    )
