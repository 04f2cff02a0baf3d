"""Pods that say things: applied to a demo cluster, now or in its past."""

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

from kubectl_mc.demo.logs import LogFile
from kubectl_mc.demo.programs import Every, Line, Program
from kubectl_mc.demo.server import RunningDemo
from tests.processes import DEADLINE_SECONDS

Json = dict[str, Any]

COUNTING = Program(says=(Every(0.01, lambda when: f"count {when.n}"),))


def pod(
    name: str,
    *containers: str,
    inits: Sequence[str] = (),
    sidecars: Sequence[str] = (),
    restart_policy: str = "Always",
    **metadata: Any,
) -> Json:
    """A pod; its init containers run before its sidecars."""
    spec: Json = {"containers": list(map(_container, containers)), "restartPolicy": restart_policy}
    first = [_container(each) for each in inits] + [_container(each, restartPolicy="Always") for each in sidecars]
    if first:
        spec["initContainers"] = first
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, **metadata}, "spec": spec}


def job(name: str, *containers: str, backoff_limit: int = 0) -> Json:
    """A Job whose pods are never restarted."""
    template = {"spec": pod("", *containers, restart_policy="Never")["spec"]}
    spec = {"backoffLimit": backoff_limit, "template": template}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": spec}


def _container(name: str, **more: str) -> Json:
    return {"name": name, "image": "busybox:1.37", **more}


def says(*texts: str, at: float = 0.1) -> Program:
    """A program that says some lines soon after its start, a hundredth of a second apart, and runs on."""
    return Program(says=tuple(Line(at + place / 100, text) for place, text in enumerate(texts)))


def started(demo: RunningDemo, document: Json, programs: dict[str, Program]) -> None:
    """Apply it and let the time pass that containers take to start."""
    demo.call(demo.cluster.apply, document, programs)
    demo.call(demo.cluster.advance, 10)


def lived(demo: RunningDemo, seconds: float, document: Json, programs: dict[str, Program]) -> None:
    """Apply it so long ago; its time up to now has passed when this returns."""
    document = {**document, "metadata": {"namespace": "demo", **document["metadata"]}}

    def live() -> None:
        cluster = demo.cluster
        cluster.simulation.plan(cluster.clock.now() - seconds, [document], programs)
        cluster.simulation.catch_up()

    demo.call(live)


def log_of(demo: RunningDemo, name: str, container: str = "app") -> LogFile:
    """The log of a container's present instance."""
    statuses = demo.call(demo.cluster.store.get, "pods", "demo", name)["status"]["containerStatuses"]
    container_id = next(each["containerID"] for each in statuses if each["name"] == container)
    log = demo.call(demo.cluster.simulation.node.log_file, container_id)
    assert log is not None
    return log


def end(demo: RunningDemo, name: str, container: str, code: int) -> None:
    """A container's main process ends now, and the cluster has seen it when this returns."""
    uid = demo.call(demo.cluster.store.get, "pods", "demo", name)["metadata"]["uid"]

    def leave() -> None:
        demo.cluster.simulation.node.end(uid, container, code)
        demo.cluster.simulation.catch_up()

    demo.call(leave)


def delete(demo: RunningDemo, name: str) -> None:
    """A pod is deleted as `kubectl delete` does it, and its grace period passes."""

    def begin() -> None:
        simulation = demo.cluster.simulation
        simulation.owners.remove_pod(demo.cluster.store.get("pods", "demo", name))
        simulation.catch_up()

    demo.call(begin)
    demo.call(demo.cluster.advance, 40)


def write(demo: RunningDemo, name: str, line: str, *, container: str = "app", ago: float = 0) -> None:
    """A container writes a line, or wrote it so many seconds ago and only now it is to be seen."""
    log = log_of(demo, name, container)
    demo.call(log.append, int((demo.cluster.clock.now() - ago) * 1e9), line)


def wait_for(demo: RunningDemo, condition: Callable[[], bool]) -> None:
    """Wait until something is so in the cluster."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        demo.call(os.sched_yield)
        assert time.monotonic() < deadline, "it did not become so"
