"""What `kubectl mc status` costs, as a ratio to kubectl: wall time and peak memory of whole processes, in turn."""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.connect import connect
from kubectl_mc.cluster.errors import Subject
from kubectl_mc.cluster.flags import ConnectionFlags
from kubectl_mc.model.resources import NAMESPACES, PODS

NAMESPACE = "kubectl-mc-benchmark"
MC = [str(Path(sys.executable).parent / "kubectl-mc")]
CONTAINERS = ("app", "proxy", "log-shipper", "metrics")
AT_ONCE = 20


@dataclass(frozen=True)
class Run:
    """One process: seconds of wall time and peak resident memory in MiB."""

    seconds: float
    mebibytes: float


def run(command: Sequence[str]) -> Run:
    """Run a command to its end, its output read by nobody."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}: {complaint.decode()}")
    return Run(seconds, usage.ru_maxrss / 1024)


def compare(title: str, ours: Sequence[str], theirs: Sequence[str], runs: int) -> None:
    """Both in turn, after one of each that does not count; medians, and the median of the ratios pair by pair."""
    run(ours), run(theirs)
    pairs = [(run(ours), run(theirs)) for _ in range(runs)]
    own = statistics.median(pair[0].seconds for pair in pairs)
    other = statistics.median(pair[1].seconds for pair in pairs)
    ratio = statistics.median(pair[0].seconds / pair[1].seconds for pair in pairs)
    memory = max(pair[0].mebibytes for pair in pairs)
    print(f"{title:34} {own * 1000:7.0f} ms  kubectl {other * 1000:6.0f} ms  x{ratio:4.1f}  peak {memory:4.0f} MiB")


def pod(number: int) -> dict[str, Any]:
    """A pod that no scheduler takes."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"web-{number:04}", "namespace": NAMESPACE, "labels": {"app": "web"}},
        "spec": {
            "schedulerName": "benchmark",
            "containers": [
                {
                    "name": name,
                    "image": f"example.invalid/{name}:1.27",
                    "env": [{"name": f"SETTING_{index}", "value": "x" * 40} for index in range(5)],
                    "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080 + index}},
                    "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
                }
                for index, name in enumerate(CONTAINERS)
            ],
        },
    }


def status() -> dict[str, Any]:
    """The status of a pod whose second container crash-loops."""
    running = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}}
    times = {"startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:03Z"}
    ended = {"exitCode": 1, "reason": "Error", **times}
    return {
        "status": {
            "phase": "Running",
            "containerStatuses": [
                {
                    "name": name,
                    "image": f"example.invalid/{name}:1.27",
                    "imageID": "",
                    "ready": name != "proxy",
                    "started": name != "proxy",
                    "restartCount": 7 if name == "proxy" else 0,
                    "state": waiting if name == "proxy" else running,
                    "lastState": {"terminated": ended} if name == "proxy" else {},
                }
                for name in CONTAINERS
            ],
        }
    }


async def stage(pods: int) -> None:
    """The namespace and its pods, made anew."""
    async with connect(ConnectionFlags(), os.environ, may_ask=lambda: False, notify=print) as client:
        await send(client, "POST", NAMESPACES.path(), {"metadata": {"name": NAMESPACE}})
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> None:
            async with gate:
                await send(client, "POST", PODS.path(NAMESPACE), pod(number))
                path = PODS.path(NAMESPACE, f"web-{number:04}", "status")
                await send(client, "PATCH", path, status())

        await asyncio.gather(*(one(number) for number in range(pods)))


async def send(client: Client, method: str, path: str, body: object) -> None:
    headers = {"Content-Type": "application/strategic-merge-patch+json"} if method == "PATCH" else {}
    request = client.connection.request(method, path, Subject(f"{method} {path}"), body=body, headers=headers)
    async with request as answer:
        await answer.read()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=9)
    arguments.add_argument("--pods", type=int, default=1000)
    given = arguments.parse_args()
    asyncio.run(stage(given.pods))
    try:
        in_namespace = ["-n", NAMESPACE]
        get = ["kubectl", "get", "pod", *in_namespace]
        compare("status POD", [*MC, "status", "web-0001", *in_namespace], [*get, "web-0001"], given.runs)
        compare("--help, to get pod POD", [*MC, "--help"], [*get, "web-0001"], given.runs)
        compare("version, to get pod POD", [*MC, "version"], [*get, "web-0001"], given.runs)
        compare(f"status of {given.pods} pods", [*MC, "status", *in_namespace], get, given.runs)
        compare("  the same, -o json", [*MC, "status", "-o", "json", *in_namespace], [*get, "-o", "json"], given.runs)
    finally:
        subprocess.run(["kubectl", "delete", "namespace", NAMESPACE, "--wait=false"], check=True, capture_output=True)


if __name__ == "__main__":
    main()
