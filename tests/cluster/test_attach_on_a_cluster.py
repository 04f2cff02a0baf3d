"""`kubectl mc attach` on a real cluster: a real main process, its terminal, and the keys that leave it."""

import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.processes import Running, on_a_terminal

pytestmark = pytest.mark.cluster

IMAGE = os.environ.get("KUBECTL_MC_TEST_IMAGE", "busybox:1.37")
DEADLINE = "--timeout=60s"
PROMPT = "/ # "
CTRL_C, CTRL_P, CTRL_Q = b"\x03", b"\x10", b"\x11"

Json = dict[str, Any]


def container(name: str, *command: str, **more: Any) -> Json:
    return {"name": name, "image": IMAGE, "command": list(command), **more}


POD: Json = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {
        "terminationGracePeriodSeconds": 0,
        "containers": [
            container("repl", "sh", stdin=True, tty=True),
            container("writer", "sh", "-c", "while :; do echo tick; sleep 0.2; done"),
        ],
    },
}


def kubectl(*words: str, given: Json | None = None) -> None:
    document = json.dumps(given) if given is not None else None
    subprocess.run(["kubectl", *words], input=document, capture_output=True, text=True, check=True, timeout=120)


@pytest.fixture(scope="module")
def namespace() -> Iterator[str]:
    name = f"kubectl-mc-{uuid.uuid4().hex[:8]}"
    kubectl("create", "namespace", name)
    try:
        kubectl("-n", name, "wait", "--for=create", "serviceaccount/default", DEADLINE)
        kubectl("-n", name, "apply", "-f", "-", given=POD)
        kubectl("-n", name, "wait", "--for=condition=Ready", "pod/web", DEADLINE)
        yield name
    finally:
        kubectl("delete", "namespace", name, "--wait=false")


def attached(namespace: str, name: str) -> AbstractContextManager[Running]:
    """`kubectl mc attach web -c NAME` on a terminal of 100 x 30."""
    words = ("attach", "-n", namespace, "web", "-c", name)
    return on_a_terminal(*words, environ={"KUBECONFIG": os.environ["KUBECONFIG"]}, controlling=True)


def test_the_detach_keys_leave_the_process_as_it_is_and_one_comes_back_to_it(namespace: str) -> None:
    with attached(namespace, "repl") as process:
        process.read_until(PROMPT)  # it draws again, for a terminal of another size
        assert "\r\n30 100\r\n" in process.press(b"stty size\r", until=f"100\r\n{PROMPT}")
        process.press(b"kept=here\r", until=PROMPT)
        os.write(process.descriptor, CTRL_P + CTRL_Q)
        assert process.wait() == 0
        assert process.stderr().endswith(f"Back to it: kubectl mc attach web -n {namespace} -c repl\n")
        assert process.restored()
    with attached(namespace, "repl") as process:
        process.press(b"\r", until=PROMPT)
        assert "[here]" in process.press(b"echo [$kept]\r", until=f"]\r\n{PROMPT}")
        os.write(process.descriptor, CTRL_P + CTRL_Q)
        assert process.wait() == 0


def test_a_process_without_stdin_is_watched_and_ctrl_c_leaves_it(namespace: str) -> None:
    with attached(namespace, "writer") as process:
        process.read_until("tick\r\n")
        os.write(process.descriptor, CTRL_C)
        assert process.wait() == 130
        assert process.restored()
    with attached(namespace, "writer") as process:
        process.read_until("tick\r\n")
