"""`kubectl mc logs` of more containers than a process may usually open files."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubectl_mc.demo.server import RunningDemo, running_demo
from tests.log_pods import lived, pod, says
from tests.processes import DEADLINE_SECONDS

PODS, CONTAINERS = 10, 4


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningDemo, Path]]:
    with running_demo(()) as demo:
        names = [f"c{number}" for number in range(CONTAINERS)]
        for number in range(PODS):
            lived(demo, 60, pod(f"web-{number}", *names), {name: says("here") for name in names})
        yield demo, demo.cluster.write_kubeconfig(tmp_path_factory.mktemp("crowd") / "kubeconfig")


def limited(limit: str, kubeconfig: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`kubectl-mc logs` in a shell that allows so many open files."""
    command = f'ulimit {limit}; exec "$0" -m kubectl_mc logs "$@"'
    environ = {"KUBECONFIG": str(kubeconfig), "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "PYTHONUTF8": "1"}
    return subprocess.run(
        ["sh", "-c", command, sys.executable, *words],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_SECONDS,
    )


def test_a_low_limit_of_open_files_is_raised_as_far_as_it_may_be(crowd: tuple[RunningDemo, Path]) -> None:
    result = limited("-Sn 30", crowd[1])
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.count("| here\n") == PODS * CONTAINERS


def test_a_limit_that_may_not_be_raised_is_said(crowd: tuple[RunningDemo, Path]) -> None:
    result = limited("-n 60", crowd[1], "--tail", "1")
    assert "more logs are to be read than this process may open files (60)" in result.stderr
    assert "| here\n" in result.stdout


def test_each_log_is_saved_under_a_low_limit_too(crowd: tuple[RunningDemo, Path], tmp_path: Path) -> None:
    result = limited("-Sn 30", crowd[1], "--save", str(tmp_path / "saved"))
    assert (result.returncode, result.stderr) == (0, "")
    files = list((tmp_path / "saved").iterdir())
    assert len(files) == PODS * CONTAINERS
    assert {file.read_text() for file in files} == {"here\n"}
