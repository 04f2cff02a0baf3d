"""`kubectl mc exec` on a real cluster: a real shell, a real terminal, real ends, and the server's own permissions."""

import hashlib
import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.cluster.place import IMAGE, SHELLLESS, Json, Place
from tests.processes import DEADLINE_SECONDS, Running, on_a_terminal

pytestmark = pytest.mark.cluster

VISITOR = "kubectl-mc-visitor"
"""A user who may see pods, and at first not enter them."""
WAITS = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"]
FOREVER = "while :; do sleep 1; done"
PROMPT = "/ # "


def container(name: str, **more: Any) -> Json:
    return {"name": name, "image": IMAGE, "command": WAITS, **more}


def pod(name: str, *containers: Json, default: str = "", **spec: Any) -> Json:
    annotations = {"kubectl.kubernetes.io/default-container": default} if default else {}
    body = {"terminationGracePeriodSeconds": 0, "containers": list(containers), **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "annotations": annotations}, "spec": body}


def deployment(name: str) -> Json:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": pod("", container("app"))["spec"]}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


CRASHING = container("app", command=["sh", "-c", "exit 7"])
ENDING = container("app", command=["sh", "-c", "exit 0"])
READY = [
    pod("web", container("app")),
    pod(
        "pair", container("app"), container("side"),
        initContainers=[ENDING | {"name": "setup"}, container("proxy", restartPolicy="Always")],
    ),
    pod("chosen", container("app"), container("side"), default="side"),
    pod("no-shell", {"name": "app", "image": SHELLLESS}),
    pod("strange", container("app", workingDir="/work", volumeMounts=[{"name": "work", "mountPath": "/work"}]),
        volumes=[{"name": "work", "emptyDir": {}}]),
    pod("killed", container("app")),
    pod("leaving", container("app")),
]  # fmt: skip
OTHERS = [
    pod("looping", CRASHING, container("side")),
    pod("over", ENDING, restartPolicy="Never"),
    pod("no-image", {"name": "app", "image": "example.invalid/none:1"}),
    pod("starting", container("app"), initContainers=[container("first")]),
    deployment("shop"),
]


class ExecPlace(Place):
    """With the pods above, and exec into them."""

    def exec(self, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return self.run("exec", *words, input=given)

    def told(self, *words: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr."""
        done = self.exec(*words)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def typing(self, *words: str) -> AbstractContextManager[Running]:
        """`kubectl mc exec WORDS` on a terminal of its own of 100 x 30; stderr is a pipe."""
        return on_a_terminal("exec", "-n", self.namespace, *words, environ=self.environ, controlling=True)


@pytest.fixture(scope="module")
def place() -> Iterator[ExecPlace]:
    with ExecPlace.new(*READY, *OTHERS, ready=[each["metadata"]["name"] for each in READY]) as place:
        yield place


@pytest.mark.parametrize(
    ("words", "code", "out", "err"),
    [
        (["true"], 0, "", ""),
        (["sh", "-c", "exit 3"], 3, "", ""),
        (["sh", "-c", "echo to-out; echo to-err >&2"], 0, "to-out\n", "to-err\n"),
        (["nope"], 127, "", "error: nope: not found in the container\n"),
        (["/bin/nope"], 127, "", "error: /bin/nope: not found in the container\n"),
        (["/etc/passwd"], 126, "", "error: /etc/passwd: permission denied\n"),
        (["/etc"], 126, "", "error: /etc: permission denied\n"),
        (["sh", "-c", "kill -9 $$"], 137, "",
         "killed (SIGKILL): by the kernel for want of memory, or by another process\n"),
        (["sh", "-c", "kill -15 $$"], 143, "", ""),
        (["printf", "%s.", "--", "a  b", "*", "$HOME", ""], 0, "--.a  b.*.$HOME..", ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_a_command_gets_its_words_and_gives_its_code_and_its_streams(
    words: list[str], code: int, out: str, err: str, place: ExecPlace
) -> None:
    assert place.told("web", "--", *words) == (code, out, err)


def test_what_is_no_program_is_said(place: ExecPlace) -> None:
    for script in ("printf garbage >/work/x; chmod +x /work/x", "ls /work/x"):
        assert place.exec("strange", "--", "sh", "-c", script).returncode == 0
    code, out, err = place.told("strange", "--", "/work/x")
    assert code in (126, 1)  # some versions of runc count it as started, and write the words themselves
    assert (out, "exec format error" in err) == ("", True)


def test_a_container_that_ends_takes_the_session_with_it_and_is_the_reason(place: ExecPlace) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "kubectl_mc", "exec", "-n", place.namespace, "killed", "--", "sh", "-c",
         f"echo begun; {FOREVER}"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    assert place.exec("killed", "--", "kill", "1").returncode in (0, 137)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 137
    assert re.match(r"killed \(SIGKILL\): app (has )?ended|killed \(SIGKILL\): by the kernel", err.decode())


@pytest.mark.parametrize("given", [b"", b"one\ntwo", bytes(range(256))], ids=["nothing", "text", "every byte"])
def test_a_command_reads_stdin_up_to_its_end(given: bytes, place: ExecPlace) -> None:
    done = place.exec("web", "--", "cat", given=given)
    assert (done.returncode, done.stdout, done.stderr) == (0, given, b"")


def test_ten_megabytes_pass_unchanged_both_ways(place: ExecPlace) -> None:
    data = os.urandom(10 * 1024 * 1024)
    done = place.exec("web", "--", "sh", "-c", "tee /tmp/data | sha256sum >&2; cat /tmp/data", given=data)
    assert (done.returncode, done.stderr) == (0, f"{hashlib.sha256(data).hexdigest()}  -\n".encode())
    assert done.stdout == data


def test_a_character_cut_by_a_frame_arrives_whole(place: ExecPlace) -> None:
    data = ("a" + "é€😀" * 20_000).encode()
    assert place.exec("web", "--", "cat", given=data).stdout == data


def test_a_shell_on_a_terminal_has_its_size_at_first_and_after_a_change(place: ExecPlace) -> None:
    with place.typing("web") as process:
        process.read_until(PROMPT)
        assert "\r\n30 100\r\n" in process.press(b"stty size\r", until=f"100\r\n{PROMPT}")
        process.resize(132, 43)
        process.press(b"until [ \"$(stty size)\" = '43 132' ]; do :; done; echo is'now'so\r", until="isnowso")
        os.write(process.descriptor, b"exit 3\r")
        assert process.wait() == 3
        assert process.stderr() == ""
        assert process.restored()


def test_ctrl_c_and_ctrl_z_act_on_the_remote_command(place: ExecPlace) -> None:
    with place.typing("web") as process:
        process.read_until(PROMPT)
        process.press(b"echo go; sleep 1000\r", until="go\r\n")
        process.press(b"\x03", until=f"^C\r\n{PROMPT}")
        assert "\r\n130\r\n" in process.press(b"echo $?\r", until=f"130\r\n{PROMPT}")
        process.press(b"echo go; sleep 1000\r", until="go\r\n")
        assert "Stopped" in process.press(b"\x1a", until=PROMPT)
        process.press(b"fg\r", until="sleep 1000\r\n")
        process.press(b"\x03", until=PROMPT)
        os.write(process.descriptor, b"\x04")
        assert process.wait() == 130
        assert process.restored()


def test_a_character_typed_in_pieces_arrives_whole(place: ExecPlace) -> None:
    with place.typing("web", "--", "sh", "-c", 'read line; echo "$line" | hexdump -C') as process:
        os.write(process.descriptor, b"\xc3")
        os.write(process.descriptor, b"\xa9\r")
        process.read_until("c3 a9 0a")
        assert process.wait() == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["TERM", "HUP"])
def test_a_signal_leaves_the_terminal_as_it_was(number: int, code: int, place: ExecPlace) -> None:
    script = f"printf '\\033[?1049h\\033[?25lin the middle'; {FOREVER}"
    with place.typing("web", "--", "sh", "-c", script) as process:
        process.read_until("in the middle")
        assert process.interrupt(number) == code
        assert process.seen.endswith("\x1b[?25h\x1b[?1049l\x1b[0m\r\n")
        assert process.restored()


def test_a_pod_that_is_deleted_is_the_reason(place: ExecPlace) -> None:
    with place.typing("leaving") as process:
        process.read_until(PROMPT)
        place.kubectl("delete", "pod", "leaving", "--force", "--grace-period=0")
        code = process.wait()
        assert code in (1, 137)
        assert "pod leaving is gone" in process.stderr()
        assert process.restored()


def test_without_a_command_it_is_the_best_shell_of_the_image(place: ExecPlace) -> None:
    with place.typing("web") as process:
        process.read_until(PROMPT)
        process.press(b"echo [$0]\r", until="[ash]" if "busybox" in IMAGE else "]\r\n")
        os.write(process.descriptor, b"exit\r")
        assert process.wait() == 0
    assert place.exec("web", given=b"echo one\nexit 5\n").stdout == b"one\n"


def test_an_image_without_a_shell_is_said_with_what_helps(place: ExecPlace) -> None:
    code, out, err = place.told("no-shell")
    assert (code, out) == (1, "")
    assert err == (
        f"error: app has no shell (image {SHELLLESS})\nhint: kubectl mc debug no-shell -n {place.namespace} -c app\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["web"], ""),
        (["pair"], "container app; others, with -c: setup (init), proxy (sidecar), side (app)\n"),
        (["pair", "-c", "side"], ""),
        (["pair", "-c", "proxy"], ""),
        (["chosen"], ""),
        (["looping", "-c", "side"], ""),
        (["starting", "-c", "first"], ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_the_container_that_is_meant_is_entered(words: list[str], said: str, place: ExecPlace) -> None:
    place.wait("starting", ".status.initContainerStatuses[0].state.running")
    assert place.told(*words, "--", "hostname") == (0, f"{words[0]}\n", said)


def test_of_a_workload_a_pod_is_entered_and_said(place: ExecPlace) -> None:
    place.kubectl("rollout", "status", "deploy/shop", "--timeout=60s")
    code, out, err = place.told("deploy/shop", "--", "hostname")
    assert (code, err) == (0, f"pod {out.strip()}, one of 2\n")


@pytest.mark.parametrize(
    ("words", "field", "error", "help_"),
    [
        (["looping", "-c", "app"], ".status.containerStatuses[0].lastState.terminated",
         r"app .*exit 7.*", r"logs looping .*; a shell beside it: .* debug .*; running: side"),
        (["over"], ".status.containerStatuses[0].state.terminated",
         r"pod over has ended \(Succeeded\).*", "logs over .*"),
        (["pair", "-c", "setup"], ".status.initContainerStatuses[0].state.terminated",
         r"init container setup has ended \(exit 0\)", "logs pair .*; running: proxy, app, side"),
        (["starting"], ".status.initContainerStatuses[0].state.running",
         "app has not started: the init containers are not through", "status starting .*; running: first"),
        (["pair", "-c", "nope"], "", "no container nope in pod pair", r"it has: setup \(init\), proxy .*"),
        (["pear"], "", r'Error from server \(NotFound\): pods "pear" not found.*', ".*pair.*"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_what_cannot_be_entered_is_said_with_what_helps(
    words: list[str], field: str, error: str, help_: str, place: ExecPlace
) -> None:
    if field:
        place.wait(words[0], field)
    code, out, err = place.told(*words)
    assert (code, out) == (1, "")
    said, hint = err.splitlines()[-2:]
    assert re.fullmatch(error, said.removeprefix("error: "))
    assert re.search(help_, hint)


def test_who_may_not_is_refused_and_may_once_it_is_granted(place: ExecPlace) -> None:
    place.allow(VISITOR, "look", "pods", "get", "list")
    words = ("web", "--as", VISITOR, "--", "echo", "x")
    code, out, err = place.told(*words)
    assert (code, out) == (1, "")
    assert f'User "{VISITOR}" cannot get resource "pods/exec"' in err or "cannot create" in err
    assert re.search(rf"can-i (get|create) pods/exec -n {place.namespace} --as {VISITOR}\n$", err)
    place.allow(VISITOR, "enter", "pods/exec", "get", "create")
    deadline = 100
    while place.told(*words)[0] and deadline:  # the server learns of it by a watch
        deadline -= 1
    assert place.told(*words) == (0, "x\n", "")


def test_a_viewer_is_refused_with_the_permission_that_is_missing(place: ExecPlace) -> None:
    viewer = f"system:serviceaccount:{place.namespace}:viewer"
    place.kubectl("create", "serviceaccount", "viewer")
    place.kubectl("create", "rolebinding", "viewer", "--clusterrole=view", f"--serviceaccount={place.namespace}:viewer")
    words = ("web", "--token", place.kubectl("create", "token", "viewer").strip(), "--", "echo", "x")
    code, out, err = place.told(*words)
    while f'User "{viewer}" cannot get resource "pods"' in err:  # the server learns of the binding by a watch
        code, out, err = place.told(*words)
    assert (code, out) == (1, "")
    assert re.search(rf'User "{viewer}" cannot (get|create) resource "pods/exec"', err)
    assert "on pods/exec is missing; check: kubectl auth can-i " in err


def test_a_reader_that_does_not_read_stops_the_command_and_not_ctrl_c(place: ExecPlace) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "kubectl_mc", "exec", "-n", place.namespace, "web", "--", "yes"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        select.select([process.stdout], [], [], DEADLINE_SECONDS)
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE_SECONDS) == 130
    finally:
        process.kill()
        process.stdout.close()
        process.stderr.close()
