"""`kubectl mc attach` on a real cluster: a real main process, its terminal, and the keys that leave it."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.cluster.place import IMAGE, Json, Place
from tests.processes import Running, on_a_terminal

pytestmark = pytest.mark.cluster

PROMPT = "/ # "
CTRL_C, CTRL_P, CTRL_Q = b"\x03", b"\x10", b"\x11"


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


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with Place.new(POD, ready=["web"]) as place:
        yield place


def attached(place: Place, name: str) -> AbstractContextManager[Running]:
    """`kubectl mc attach web -c NAME` on a terminal of 100 x 30."""
    words = ("attach", "-n", place.namespace, "web", "-c", name)
    return on_a_terminal(*words, environ=place.environ, controlling=True)


def test_the_detach_keys_leave_the_process_as_it_is_and_one_comes_back_to_it(place: Place) -> None:
    with attached(place, "repl") as process:
        process.read_until(PROMPT)  # it draws again, for a terminal of another size
        assert "\r\n30 100\r\n" in process.press(b"stty size\r", until=f"100\r\n{PROMPT}")
        process.press(b"kept=here\r", until=PROMPT)
        os.write(process.descriptor, CTRL_P + CTRL_Q)
        assert process.wait() == 0
        assert process.stderr().endswith(f"Back to it: kubectl mc attach web -n {place.namespace} -c repl\n")
        assert process.restored()
    with attached(place, "repl") as process:
        process.press(b"\r", until=PROMPT)
        assert "[here]" in process.press(b"echo [$kept]\r", until=f"]\r\n{PROMPT}")
        os.write(process.descriptor, CTRL_P + CTRL_Q)
        assert process.wait() == 0


def test_a_process_without_stdin_is_watched_and_ctrl_c_leaves_it(place: Place) -> None:
    with attached(place, "writer") as process:
        process.read_until("tick\r\n")
        os.write(process.descriptor, CTRL_C)
        assert process.wait() == 130
        assert process.restored()
    with attached(place, "writer") as process:
        process.read_until("tick\r\n")
