"""`kubectl mc exec --all` on a real cluster: real processes, their bytes and their exit codes."""

import json
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.processes import on_a_pipe

pytestmark = pytest.mark.cluster

IMAGE = os.environ.get("KUBECTL_MC_TEST_IMAGE", "busybox:1.37")
DEADLINE_SECONDS = 60
LINES = 20_000
RUNNING = ["proxy", "app", "side"]

Json = dict[str, Any]


def container(name: str, script: str, **more: object) -> Json:
    env = [{"name": "WHO", "value": name}]
    return {"name": name, "image": IMAGE, "command": ["sh", "-c", script], "env": env, **more}


POD: Json = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {
        "terminationGracePeriodSeconds": 0,
        "initContainers": [container("setup", "true"), container("proxy", "sleep 3600", restartPolicy="Always")],
        "containers": [container("app", "sleep 3600"), container("side", "sleep 3600")],
    },
}


def kubectl(*words: str, given: Json | None = None) -> str:
    document = json.dumps(given) if given is not None else None
    done = subprocess.run(
        ["kubectl", *words], input=document, capture_output=True, text=True, check=True, timeout=2 * DEADLINE_SECONDS
    )
    return done.stdout


@pytest.fixture(scope="module")
def namespace() -> Iterator[str]:
    name = f"kubectl-mc-{uuid.uuid4().hex[:8]}"
    kubectl("create", "namespace", name)
    try:
        kubectl("-n", name, "wait", "--for=create", "serviceaccount/default", f"--timeout={DEADLINE_SECONDS}s")
        kubectl("-n", name, "apply", "-f", "-", given=POD)
        kubectl("-n", name, "wait", "--for=condition=Ready", "pod/web", f"--timeout={DEADLINE_SECONDS}s")
        yield name
    finally:
        kubectl("delete", "namespace", name, "--wait=false")


def everywhere(namespace: str, *command: str) -> subprocess.CompletedProcess[bytes]:
    """`kubectl mc exec --all web -- COMMAND`."""
    words = [sys.executable, "-m", "kubectl_mc", "-n", namespace, "exec", "--all", "web", "--", *command]
    return subprocess.run(words, input=b"typed\n", capture_output=True, check=False, timeout=DEADLINE_SECONDS)


def test_every_line_of_every_container_comes_once_whole_and_in_order(namespace: str) -> None:
    script = f"seq 1 {LINES}; cat; printf '\\001\\303\\033[2J'; tty >&2; [ $WHO != side ] || exit 3"
    result = everywhere(namespace, "sh", "-c", script)

    own: dict[bytes, list[bytes]] = {}
    for line in result.stdout.removesuffix(b"\n").split(b"\n"):
        prefix, _, message = line.partition(b" | ")
        own.setdefault(prefix.strip(), []).append(message)
    written = [*(b"%d" % number for number in range(1, LINES + 1)), b"\x01\xc3\x1b[2J"]
    assert own == {name.encode(): written for name in RUNNING}
    assert result.returncode == 3
    left_out, *errors, count, header, row = result.stderr.decode().splitlines()
    assert left_out == "not running, left out: web/setup (Completed)"
    assert sorted(errors) == ["app   | not a tty", "proxy | not a tty", "side  | not a tty"]
    assert (count, header.split(), row.split()) == ("1 of 3 failed", ["POD", "CONTAINER", "EXIT"], ["web", "side", "3"])


def test_what_cannot_be_started_and_what_is_killed_is_told_of_each(namespace: str) -> None:
    result = everywhere(namespace, "nope")
    assert (result.returncode, result.stdout) == (127, b"")
    said = result.stderr.decode().splitlines()
    why = "nope: not found in the container"
    assert [re.split(" {2,}", line) for line in said[3:]] == [["web", name, "127", why] for name in RUNNING]

    killed = everywhere(namespace, "sh", "-c", "[ $WHO != app ] || kill -9 $$")
    assert killed.returncode == 137
    assert killed.stderr.decode().splitlines()[-1].split() == ["web", "app", "137", "SIGKILL"]


def test_ctrl_c_leaves_the_commands_and_says_that_they_go_on(namespace: str) -> None:
    environ = {"KUBECONFIG": os.environ["KUBECONFIG"]}
    script = "echo $$ >/tmp/left; echo begun; sleep 3600"
    words = ("-n", namespace, "exec", "--all", "web", "-x", "setup", "--", "sh", "-c", script)
    with on_a_pipe(*words, environ=environ) as process:
        at = 0
        for _ in RUNNING:
            at = process.read_until("begun\n", after=at).index("begun\n", at) + 1
        assert process.interrupt(signal.SIGINT) == 130
        said = process.stderr()
    assert "3 of 3 had not ended\ncommands that had not ended go on in their containers" in said
    for name in RUNNING:
        kubectl("-n", namespace, "exec", "web", "-c", name, "--", "sh", "-c", "kill -0 $(cat /tmp/left)")
