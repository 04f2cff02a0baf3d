"""Containers that no scenario knows do what their command says."""

from __future__ import annotations

import pytest

from kubectl_mc.demo.commands import program_of
from kubectl_mc.demo.programs import Exit
from tests.demo.staged import Object, Staged, container, pod


def shell(script: str) -> Object:
    return container("c", command=["sh", "-c", script])


@pytest.mark.parametrize(
    ("spec", "ends"),
    [
        (shell("sleep 5; exit 3"), Exit(5.02, 3)),
        (shell("echo hi && sleep 2m"), Exit(120.02)),
        (shell("false"), Exit(0.02, 1)),
        (container("c", command=["sleep", "10"]), Exit(10.02)),
        (container("c", command=["sleep"], args=["1"]), Exit(1.02)),
        (shell("while true; do sleep 1; done"), None),
        (shell("sleep infinity"), None),
        (shell("echo 'unfinished"), None),
        (container("c", command=["httpd", "-f"]), None),
        (container("c"), None),
    ],
)
def test_a_command_ends_when_it_says_so(spec: Object, ends: Exit | None) -> None:
    assert program_of(spec).exit == ends


def test_what_is_echoed_is_in_the_log_of_the_right_stream() -> None:
    cluster = Staged()
    cluster.apply(pod(shell("echo one; sleep 2; echo two >&2; sleep 60")))
    cluster.to(10)
    log = cluster.simulation.node.log_file(cluster.status("c")["containerID"])
    assert log is not None
    assert [(line.stream, line.data) for line in log.lines] == [("stdout", b"one"), ("stderr", b"two")]


def test_a_failing_command_crash_loops() -> None:
    cluster = Staged()
    cluster.apply(pod(shell("echo boom; exit 1")))
    cluster.to(15)
    assert cluster.row() == ("0/1", "CrashLoopBackOff")
