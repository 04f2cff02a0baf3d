"""`kubectl mc logs -f`: no line is lost or doubled, whatever happens to the connection, the container or the server."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kubectl_mc.demo.programs import Every, Exit, Line, Program
from kubectl_mc.demo.server import RunningDemo
from tests.commands import run
from tests.processes import Running, on_a_pipe


def pod(name: str, *containers: str, restart_policy: str = "Always") -> dict[str, Any]:
    listed = [{"name": container, "image": "busybox:1.37"} for container in containers]
    spec = {"containers": listed, "restartPolicy": restart_policy}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


COUNTING = Program(says=(Every(0.01, lambda when: f"count {when.n}"),))


def started(demo: RunningDemo, document: dict[str, Any], programs: dict[str, Program]) -> None:
    demo.call(demo.cluster.apply, document, programs)
    demo.call(demo.cluster.advance, 10)


def numbers(text: str, container: str = "app") -> list[int]:
    return [int(found) for found in re.findall(rf"^{container} *\| count (\d+)$", text, re.MULTILINE)]


def read_past(process: Running, container: str = "app", more: int = 50) -> None:
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
    trouble: Callable[[RunningDemo], None], demo: RunningDemo, kubeconfig: Path
) -> None:
    started(demo, pod("web", "app", "side"), {"app": COUNTING, "side": COUNTING})
    with on_a_pipe("logs", "web", "-f", "--tail", "5", environ={"KUBECONFIG": str(kubeconfig)}) as process:
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


def test_restarts_are_stitched_from_the_last_line_to_the_first(demo: RunningDemo, kubeconfig: Path) -> None:
    ends_once = Exit(after=1.0, code=3, only_attempt=0)
    brief = Program(says=(Line(0.1, "hello"), Line(-0.1, "goodbye")), exit=ends_once)
    demo.call(demo.cluster.apply, pod("web", "app"), {"app": brief})
    with on_a_pipe("logs", "web", "-f", "--tail", "0", environ={"KUBECONFIG": str(kubeconfig)}) as process:
        process.read_until("exited 3")
        demo.call(demo.cluster.advance, 15)
        process.read_until("hello", after=process.read_until("app restarted (exit 3), restart 1").index("restarted"))
        assert process.interrupt() == 130
    story = [line.removeprefix("app | ") for line in process.seen.splitlines()]
    assert story[-4:] == [
        "goodbye",
        "── app exited 3 after 1s ──",
        "── app restarted (exit 3), restart 1 ──",
        "hello",
    ]


def test_new_pods_join_and_finished_ones_leave_the_others_alone(demo: RunningDemo, kubeconfig: Path) -> None:
    started(demo, pod("first", "app"), {"app": COUNTING})
    with on_a_pipe("logs", "-f", "--tail", "1", environ={"KUBECONFIG": str(kubeconfig)}) as process:
        process.read_until("| count")
        started(demo, pod("late", "main"), {"main": Program(says=(Line(0.1, "here I am"),))})
        process.read_until("late main | here I am")
        demo.call(demo.cluster.store.delete, "pods", "demo", "late")
        seen = process.read_until("late (pod) | ── pod late is gone ──").index("is gone")
        process.read_until("first app  | count", after=seen)
        assert process.interrupt() == 130


def test_a_container_that_waits_is_attached_when_it_starts(demo: RunningDemo, kubeconfig: Path) -> None:
    demo.call(demo.cluster.apply, pod("web", "app"), {"app": Program(says=(Line(0.1, "first line"),))})
    with on_a_pipe("logs", "web", "-f", environ={"KUBECONFIG": str(kubeconfig)}) as process:
        process.read_until("app | first line")
        assert process.interrupt() == 130
        assert process.stderr() == ""


@pytest.mark.parametrize("words", [[], ["-f"]])
def test_without_permission_each_container_costs_a_note_and_the_whole_an_error(
    words: list[str], demo: RunningDemo, tmp_path: Path
) -> None:
    started(demo, pod("web", "app", "side"), {"app": COUNTING, "side": COUNTING})
    demo.call(demo.cluster.auth.grant, "demo-viewer", ["get", "list", "watch"], ["pods"], "demo")
    viewer = demo.cluster.write_kubeconfig(tmp_path / "viewer", user="demo-viewer")
    result = run("logs", "web", *words, kubeconfig=viewer)
    assert (result.exit_code, result.out) == (1, "")
    assert "web/app: Error from server (Forbidden)" in result.err
    assert "web/side: Error from server (Forbidden)" in result.err


def test_a_namespace_without_pods_is_said(kubeconfig: Path) -> None:
    result = run("logs", kubeconfig=kubeconfig)
    assert (result.exit_code, result.err) == (0, "No pods found in demo namespace.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-f", "-p"], "-f and -p exclude each other"),
        (["--since", "1m", "--since-time", "2026-01-01T00:00:00Z"], "exclude each other"),
        (["--since-time", "yesterday"], "no time"),
        (["--tail", "-5"], "no number of lines"),
        (["-g", "a(b"], "no regular expression"),
        (["--role", "boss"], "no such role"),
        (["-o", "xml"], "no such output"),
    ],
)
def test_wrong_usage_ends_with_2(words: list[str], said: str, shared_kubeconfig: Path) -> None:
    result = run("logs", "port-conflict", *words, kubeconfig=shared_kubeconfig)
    assert result.exit_code == 2
    assert said in result.err


def test_containers_are_chosen_by_name_glob_and_role(shared_kubeconfig: Path) -> None:
    def containers(*words: str) -> set[str]:
        lines = run("logs", "deploy/production-app", "-o", "json", *words, kubeconfig=shared_kubeconfig).lines
        return {re.findall(r'"container": "([^"]+)"', line)[0] for line in lines}

    everything = containers()
    assert {"webapp", "redis", "log-collector", "config-loader"} <= everything
    assert containers("-c", "redis") == {"redis"}
    assert containers("-c", "*-*", "-x", "log-*") == {name for name in everything if "-" in name} - {"log-collector"}
    assert containers("--role", "init") == {"wait-for-services", "config-loader"}


def test_filters_let_through_what_matches(shared_kubeconfig: Path) -> None:
    def lines(*words: str) -> list[str]:
        return run("logs", "port-conflict", *words, kubeconfig=shared_kubeconfig).lines

    found = lines("-g", "eaddrinuse", "--ignore-case")
    assert found
    assert "EADDRINUSE" in found[0]
    assert any("at Server.setupListenHandle" in line for line in found), "a record passes whole"
    assert not any("url:" in line for line in found)
    assert not any("EADDRINUSE" in line for line in lines("--not", "EADDRINUSE"))
    assert lines("-g", "eaddrinuse") == []
