"""Containers that no scenario knows do what their command says."""

from __future__ import annotations

import pytest

from kubectl_mc.demo.binaries import start_error
from kubectl_mc.demo.clock import epoch
from kubectl_mc.demo.commands import program_of
from kubectl_mc.demo.programs import Exit
from kubectl_mc.demo.scenarios import SCENARIOS
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


NOT_IN_PATH = "executable file not found in $PATH"


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (container("c", command=["slep", "5"]), f'"slep": {NOT_IN_PATH}'),
        (container("c", args=["slep"]), f'"slep": {NOT_IN_PATH}'),
        (container("c", command=["/bin/slep"]), '"/bin/slep": stat /bin/slep: no such file or directory'),
        (container("c", command=["/opt/sleep"]), '"/opt/sleep": stat /opt/sleep: no such file or directory'),
        (container("c", command=["/etc"]), '"/etc": permission denied'),
        (container("c", command=["nginx"]), f'"nginx": {NOT_IN_PATH}'),
        ({"name": "c", "image": "nginx:1.27", "command": ["ngnix"]}, f'"ngnix": {NOT_IN_PATH}'),
        ({"name": "c", "image": "distroless/base:nonroot", "command": ["sh", "-c", "date"]}, f'"sh": {NOT_IN_PATH}'),
    ],
)
def test_a_command_that_is_not_in_the_image_cannot_be_started(spec: Object, why: str) -> None:
    assert start_error(spec) == (
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
        f"unable to start container process: exec: {why}: unknown"
    )


@pytest.mark.parametrize(
    "spec",
    [
        container("c"),
        container("c", command=["/bin/sh", "-c", "true"]),
        container("c", command=["/usr/bin/env", "sleep", "1"]),
        container("c", command=["awk", "1"]),
        container("c", command=["./run"]),
        container("c", command=["$(PROGRAM)"]),
        container("c", command=["/scripts/run"], volumeMounts=[{"name": "v", "mountPath": "/scripts"}]),
        {"name": "c", "image": "nginx:1.27", "command": ["/usr/sbin/nginx", "-g", "daemon off;"]},
        {"name": "c", "image": "nginx:1.27", "args": ["anything"]},
        {"name": "c", "image": "fluent/fluent-bit:3.2", "command": ["/fluent-bit/bin/fluent-bit"]},
        {"name": "c", "image": "distroless/base:nonroot", "command": ["/app/server"]},
        {"name": "c", "image": "example.com/unknown:1", "command": ["server"]},
    ],
)
def test_what_may_be_in_the_image_is_started(spec: Object) -> None:
    assert start_error(spec) == ""


MANIFESTS = [each for scenario in SCENARIOS for each in scenario.objects()]


@pytest.mark.parametrize("spec", MANIFESTS, ids=lambda obj: obj["metadata"]["name"])
def test_the_scenarios_misspell_one_command_and_no_other(spec: Object) -> None:
    body = spec.get("spec", {})
    body = body.get("jobTemplate", {}).get("spec", body)
    body = body.get("template", {}).get("spec", body)
    wrong = [
        each["name"] for kind in ("initContainers", "containers") for each in body.get(kind, []) if start_error(each)
    ]
    assert wrong == (["heartbeat"] if spec["metadata"]["name"] == "command-typo" else [])


def test_a_container_that_cannot_be_started_ends_as_the_real_kubelet_says() -> None:
    cluster = Staged()
    cluster.apply(pod(container("c", command=["slep", "5"]), container("side"), restartPolicy="Never"))
    cluster.to(10)
    assert cluster.row() == ("1/2", "StartError")
    status = cluster.status("c")
    ended = status["state"]["terminated"]
    assert (ended["exitCode"], ended["reason"]) == (128, "StartError")
    assert (ended["startedAt"], ended["containerID"]) == ("1970-01-01T00:00:00Z", status["containerID"])
    assert epoch(ended["finishedAt"]) >= int(cluster.start)
    assert ended["message"] == start_error(container("c", command=["slep"]))
    assert (status["started"], status["ready"], status["restartCount"]) == (False, False, 0)
    path = "spec.containers{c}"
    told = [each for each in cluster.store.list("events") if each["involvedObject"].get("fieldPath") == path]
    assert {each["reason"] for each in told} == {"Pulling", "Pulled", "Created", "Failed"}
    assert f"Error: {ended['message']}" in {each["message"] for each in told}


def test_a_container_that_cannot_be_started_backs_off_like_any_other() -> None:
    cluster = Staged()
    cluster.apply(pod(container("c", command=["slep", "5"]), container("side")))
    cluster.to(20)
    assert cluster.row() == ("1/2", "CrashLoopBackOff")
    status = cluster.status("c")
    assert status["lastState"]["terminated"]["reason"] == "StartError"
    assert status["restartCount"] == 2
    log = cluster.simulation.node.log_file(status["containerID"])
    assert log is not None
    assert log.ended
    assert not log.lines
