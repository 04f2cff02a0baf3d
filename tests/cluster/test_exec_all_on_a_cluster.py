"""`kubectl mc exec --all` on a real cluster: real processes, their bytes and their exit codes."""

import re
import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.cluster.place import IMAGE, Json, Place
from tests.processes import on_a_pipe

pytestmark = pytest.mark.cluster

LINES = 20_000
RUNNING = ["proxy", "app", "side"]


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


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with Place.new(POD, ready=["web"]) as place:
        yield place


def everywhere(place: Place, *command: str) -> subprocess.CompletedProcess[bytes]:
    """`kubectl mc exec --all web -- COMMAND`."""
    return place.run("exec", "--all", "web", "--", *command, input=b"typed\n")


def test_every_line_of_every_container_comes_once_whole_and_in_order(place: Place) -> None:
    script = f"seq 1 {LINES}; cat; printf '\\001\\303\\033[2J'; tty >&2; [ $WHO != side ] || exit 3"
    result = everywhere(place, "sh", "-c", script)

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


def test_what_cannot_be_started_and_what_is_killed_is_told_of_each(place: Place) -> None:
    result = everywhere(place, "nope")
    assert (result.returncode, result.stdout) == (127, b"")
    said = result.stderr.decode().splitlines()
    why = "nope: not found in the container"
    assert [re.split(" {2,}", line) for line in said[3:]] == [["web", name, "127", why] for name in RUNNING]

    killed = everywhere(place, "sh", "-c", "[ $WHO != app ] || kill -9 $$")
    assert killed.returncode == 137
    assert killed.stderr.decode().splitlines()[-1].split() == ["web", "app", "137", "SIGKILL"]


def test_ctrl_c_leaves_the_commands_and_says_that_they_go_on(place: Place) -> None:
    script = "echo $$ >/tmp/left; echo begun; sleep 3600"
    words = ("-n", place.namespace, "exec", "--all", "web", "-x", "setup", "--", "sh", "-c", script)
    with on_a_pipe(*words, environ=place.environ) as process:
        at = 0
        for _ in RUNNING:
            at = process.read_until("begun\n", after=at).index("begun\n", at) + 1
        assert process.interrupt(signal.SIGINT) == 130
        said = process.stderr()
    assert "3 of 3 had not ended\ncommands that had not ended go on in their containers" in said
    for name in RUNNING:
        place.kubectl("exec", "web", "-c", name, "--", "sh", "-c", "kill -0 $(cat /tmp/left)")
