"""The real kubectl beside `kubectl mc logs`: the bytes of each container are the same."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kubectl_mc.demo.programs import Exit, Line, Program
from kubectl_mc.demo.server import RunningDemo, running_demo
from tests.log_pods import lived, log_of, pod, says


def printed(*command: str, kubeconfig: Path) -> bytes:
    """What a command writes on stdout."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(kubeconfig.parent), "KUBECONFIG": str(kubeconfig)}
    return subprocess.run(command, env=environ, capture_output=True, timeout=20, check=True).stdout


def fill(demo: RunningDemo) -> None:
    """Containers whose logs are not only text."""
    ends = Program(says=(Line(0.1, "first"), Line(-0.1, "gone")), exit=Exit(after=1, code=3, only_attempt=0))
    lived(demo, 60, pod("web", "app", "side", inits=["init"]), {"init": Program(exit=Exit()), "side": says("\u2028")})
    lived(demo, 60, pod("again", "app"), {"app": ends})
    for line in (b"\xff\x00", b"", b"\x1b[31m", b"a\rb", b"x" * 40_000, b"half of \xc3"):
        demo.call(log_of(demo, "web").append, time.time_ns(), line)


@pytest.mark.parametrize(
    ("name", "container", "options"),
    [
        ("web", "app", []),
        ("web", "side", []),
        ("web", "app", ["--tail", "2"]),
        ("again", "app", ["-p"]),
        ("again", "app", ["--tail", "1"]),
        ("web", "app", ["--since", "5m"]),
    ],
)
def test_each_container_has_the_bytes_that_kubectl_prints(
    name: str, container: str, options: list[str], tmp_path: Path
) -> None:
    with running_demo(()) as demo:
        fill(demo)
        kubeconfig = demo.cluster.write_kubeconfig(tmp_path / "kubeconfig")
        theirs = printed("kubectl", "logs", name, "-c", container, *options, kubeconfig=kubeconfig)
        tool = (sys.executable, "-m", "kubectl_mc", "logs", name, "-c", container)
        for form in (["-o", "raw"], ["--no-prefix"]):
            assert printed(*tool, *options, *form, kubeconfig=kubeconfig) == theirs
    assert theirs
