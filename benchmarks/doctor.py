"""What `kubectl mc doctor` costs beside `status`: one pod that is well, one that is not, and a namespace of many.

The cluster is the demo's, with pods of its own, in a process of its own; so the figures hold the cost of both.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubectl_mc.demo.programs import Exit, Failing, Line, Program
from kubectl_mc.demo.server import running_demo

MC = str(Path(sys.executable).parent / "kubectl-mc")
CONTAINERS = ("app", "proxy", "log-shipper", "metrics")
AGE_SECONDS = 300
EVERY = 3
"""One pod of so many is not well: a container of it crash-loops, another one isn't ready."""


@dataclass(frozen=True)
class Run:
    """One process: seconds of wall time and of CPU, and peak resident memory in MiB."""

    seconds: float
    cpu: float
    mebibytes: float


def pod(number: int) -> dict[str, Any]:
    """A pod of four containers with a readiness probe each."""
    probe = {"httpGet": {"path": "/ready", "port": 8080}, "periodSeconds": 60}
    settings = {"envFrom": [{"configMapRef": {"name": f"settings-{number % 10}", "optional": True}}]}
    containers = [
        {"name": name, "image": f"example.invalid/{name}:1.27", "readinessProbe": probe, **settings}
        for name in CONTAINERS
    ]
    metadata = {"name": f"web-{number:04}", "namespace": "demo", "labels": {"app": "web"}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": containers}}


def programs(number: int) -> Mapping[str, Program]:
    """What its containers do."""
    if number % EVERY:
        return {}
    lines = tuple(Line(0.1 + place / 100, f"doing {place}") for place in range(60))
    return {
        "app": Program(failing=(Failing("readiness", "HTTP probe failed with statuscode: 503"),)),
        "proxy": Program((*lines, Line(-0.01, "bind: address already in use")), Exit(2, 1)),
    }


def serve(pods: int, kubeconfig: Path) -> None:
    """The cluster, until stdin ends."""
    with running_demo(()) as demo:

        def live() -> None:
            cluster = demo.cluster
            begin = cluster.clock.now() - AGE_SECONDS
            for number in range(pods):
                cluster.simulation.plan(begin + number / 100, [pod(number)], programs(number))
            cluster.simulation.catch_up()

        demo.call(live)
        demo.cluster.write_kubeconfig(kubeconfig)
        print("ready", flush=True)
        sys.stdin.read()


def run(kubeconfig: Path, *words: str) -> Run:
    """`kubectl-mc WORDS` to its end, its output read by nobody; 3 is a fault that was found."""
    start = time.perf_counter()
    environ = {**os.environ, "KUBECONFIG": str(kubeconfig)}
    process = subprocess.Popen([MC, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environ)
    assert process.stderr is not None
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):
        sys.exit(f"{' '.join(words)} ended with {process.returncode}: {complaint.decode()}")
    return Run(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def compare(title: str, kubeconfig: Path, target: Sequence[str], runs: int) -> None:
    """`doctor` and `status` in turn, after one of each that does not count; medians, and that of the ratios."""
    run(kubeconfig, "doctor", *target), run(kubeconfig, "status", *target)
    pairs = [(run(kubeconfig, "doctor", *target), run(kubeconfig, "status", *target)) for _ in range(runs)]
    own = statistics.median(doctor.seconds for doctor, _ in pairs)
    other = statistics.median(status.seconds for _, status in pairs)
    ratio = statistics.median(doctor.seconds / status.seconds for doctor, status in pairs)
    cpu = statistics.median(doctor.cpu for doctor, _ in pairs)
    cpu_ratio = statistics.median(doctor.cpu / status.cpu for doctor, status in pairs)
    memory = max(doctor.mebibytes for doctor, _ in pairs)
    print(
        f"{title:26} {own * 1000:6.0f} ms  status {other * 1000:6.0f} ms  x{ratio:4.1f}   "
        f"CPU {cpu * 1000:6.0f} ms  x{cpu_ratio:4.1f}   peak {memory:4.0f} MiB"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=9)
    arguments.add_argument("--pods", type=int, default=500)
    arguments.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.serve is not None:
        serve(given.pods, given.serve)
        return
    with tempfile.TemporaryDirectory() as folder:
        kubeconfig = Path(folder) / "kubeconfig"
        command = [sys.executable, __file__, "--pods", str(given.pods), "--serve", str(kubeconfig)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
            assert server.stdout is not None
            server.stdout.readline()
            compare("doctor POD, which is well", kubeconfig, ["web-0001"], given.runs)
            compare("doctor POD, which is not", kubeconfig, ["web-0003"], given.runs)
            compare(f"doctor of {given.pods} pods", kubeconfig, [], max(given.runs // 3, 1))
            server.communicate()


if __name__ == "__main__":
    main()
