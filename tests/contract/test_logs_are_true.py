"""`kubectl mc logs` gives what the containers wrote, all of it and in order, on the demo as on a real cluster."""

import json
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

from kubectl_mc.demo.programs import Program
from kubectl_mc.demo.server import RunningDemo
from tests.contract.conftest import Backend, eventually
from tests.contract.situations import Place
from tests.log_pods import lived, pod, says, wait_for
from tests.processes import on_a_pipe


def objects(backend: Backend, *words: str) -> list[dict[str, Any]]:
    result = backend.mc("logs", *words, "-o", "json")
    assert result.exit_code == 0, result.err
    return [json.loads(line) for line in result.lines]


def kubectl_logs(backend: Backend, *words: str) -> list[str]:
    command = ["kubectl", "--kubeconfig", str(backend.kubeconfig), "-n", backend.namespace, "logs", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def has_written(backend: Backend, place: Place, *containers: str) -> None:
    """Wait for the first lines of containers."""

    def check() -> None:
        lines = objects(backend, place.target, *(word for name in containers for word in ("-c", name)))
        assert {line["container"] for line in lines} == set(containers)

    eventually(check)


def test_all_containers_come_in_the_order_of_time(backend: Backend) -> None:
    place = backend.places["deployment"]
    has_written(backend, place, place.guilty, place.other)
    # Lines that continue a record stay with its beginning, whatever another container says meanwhile.
    # The kubelet tells ends in whole seconds: what happened in one stands behind what was written in it.
    logs = [line for line in objects(backend, place.target) if line["type"] == "log"]
    heads = [line for line in logs if not line["message"].startswith((" ", "\t"))]
    assert all(a["time"] <= b["time"] for a, b in pairwise(heads))


def test_a_containers_lines_are_kubectls(backend: Backend) -> None:
    place = backend.places["init in progress"]
    has_written(backend, place, place.guilty)
    theirs = kubectl_logs(backend, place.target, "-c", place.guilty, "--timestamps")
    ours = [f"{line['time']} {line['message']}" for line in objects(backend, place.target, "-c", place.guilty)]
    assert theirs
    assert ours[: len(theirs)] == theirs


def test_a_container_may_be_named_as_kubectl_does(backend: Backend) -> None:
    place = backend.places["init in progress"]
    has_written(backend, place, place.guilty)
    names = {line["container"] for line in objects(backend, place.target, place.guilty)}
    assert names == {place.guilty}


def test_one_container_that_cannot_be_read_costs_a_note_and_not_the_others(backend: Backend) -> None:
    place = backend.places["init in progress"]
    has_written(backend, place, place.guilty)
    result = backend.mc("logs", place.target)
    assert result.exit_code == 0
    assert f"{place.other} " in result.out or f"{place.guilty} " in result.out
    assert "is waiting to start: PodInitializing" in result.err


def test_an_unknown_container_names_those_there_are(backend: Backend) -> None:
    place = backend.places["init in progress"]
    result = backend.mc("logs", place.target, "-c", "nope")
    assert result.exit_code == 1
    assert f"{place.guilty} (init)" in result.err


def test_who_takes_a_pods_name_is_not_read_as_that_pod(demo: RunningDemo, kubeconfig: Path) -> None:
    def replace() -> None:
        demo.cluster.store.delete("pods", "demo", "web")
        demo.cluster.apply(pod("web", "app"), {"app": says("hello")})

    lived(demo, 60, pod("web", "app"), {"app": Program()})
    with on_a_pipe("logs", "-f", environ={"KUBECONFIG": str(kubeconfig)}) as process:
        wait_for(demo, lambda: demo.cluster.faults.open_streams == 2)  # the watch and the log
        demo.call(replace)
        process.read_until("| hello\n")
        assert process.interrupt() == 130
        assert process.stderr() == ""
    assert [line.split(" | ")[1] for line in process.seen.splitlines()] == ["── pod web is gone ──", "hello"]
