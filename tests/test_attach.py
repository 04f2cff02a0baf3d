"""`kubectl mc attach`: the main process's own terminal, the keys that leave it, and the way back."""

import os
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from kubectl_mc.commands.attach import parse_keys
from kubectl_mc.demo.auth import VIEWER
from kubectl_mc.demo.programs import Exit, Program
from kubectl_mc.demo.server import RunningDemo
from kubectl_mc.demo.shell.terminal import Terminal
from tests.commands import run
from tests.log_pods import COUNTING, lived, pod, says, wait_for
from tests.processes import DEADLINE_SECONDS, Running, on_a_terminal

Json = dict[str, Any]

CTRL_C, CTRL_P, CTRL_Q = b"\x03", b"\x10", b"\x11"
PROMPT = "/ # "
SAYS = "what you type goes to repl's main process; ctrl-p,ctrl-q leaves it running"
BACK = "detached; it goes on. Back to it: kubectl mc attach web -n demo -c repl"


def document(**more: Any) -> Json:
    """A pod whose main process is a shell, with what the spec says of its streams."""
    repl = {"name": "repl", "image": "busybox:1.37", "command": ["sh"], **more}
    side = {"name": "side", "image": "busybox:1.37"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [repl, side]}}


@pytest.fixture
def shell(demo: RunningDemo) -> RunningDemo:
    """The pod `web` runs: `repl` is a shell on a terminal, `side` only writes."""
    lived(demo, 60, document(stdin=True, tty=True), {"repl": says(), "side": COUNTING})
    return demo


def typing(*words: str, config: Path) -> AbstractContextManager[Running]:
    return on_a_terminal("attach", "web", *words, environ={"KUBECONFIG": str(config)}, controlling=True)


def test_the_detach_keys_leave_it_running_and_the_way_back_is_said(shell: RunningDemo, kubeconfig: Path) -> None:
    for _ in range(2):  # the second time it is there as before
        with typing("-c", "repl", config=kubeconfig) as process:
            assert process.next_note() == SAYS
            process.read_until(PROMPT)
            assert "\r\n30 100\r\n" in process.press(b"stty size\r", until=f"100\r\n{PROMPT}")
            assert not process.restored()
            process.press(CTRL_C, until="^C")
            os.write(process.descriptor, CTRL_P + CTRL_Q)
            assert process.wait() == 0
            assert process.stderr() == f"{BACK}\n"
            assert process.restored()


def test_half_of_the_detach_keys_is_typed_like_others(shell: RunningDemo, kubeconfig: Path) -> None:
    with typing("-c", "repl", "--detach-keys", "a,b", config=kubeconfig) as process:
        process.read_until(PROMPT)
        process.press(b"echo [a", until="[")
        process.press(b"c]\r", until="\r\n[ac]\r\n")
        os.write(process.descriptor, b"ab")
        assert process.wait() == 0
        assert process.stderr().endswith(f"{BACK}\n")


def test_without_detach_keys_every_key_goes_through(shell: RunningDemo, kubeconfig: Path) -> None:
    with typing("-c", "repl", "--detach-keys", "", config=kubeconfig) as process:
        assert process.next_note() == "what you type goes to repl's main process, Ctrl-C too; no keys leave it"
        process.read_until(PROMPT)
        os.write(process.descriptor, CTRL_P + CTRL_Q + b"\x15exit\r")
        process.wait()
        assert process.restored()


def test_a_process_without_stdin_is_watched_from_now_on_and_ctrl_c_leaves_it(
    shell: RunningDemo, kubeconfig: Path
) -> None:
    with typing("-c", "side", config=kubeconfig) as process:
        assert process.next_note() == (
            "side takes no input (stdin is not set in its spec): its output from now on; Ctrl-C leaves it"
        )
        process.read_until("count ")
        assert "count 9\r\n" not in process.seen
        os.write(process.descriptor, CTRL_C)
        assert process.wait() == 130
        assert (process.stderr(), process.restored()) == ("", True)


def test_whether_there_is_a_terminal_the_spec_says(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 60, document(stdin=True), {"repl": says(), "side": says()})
    with typing("-c", "repl", "-it", config=kubeconfig) as process:
        assert process.next_note() == "what you type goes to repl's main process; Ctrl-C leaves it running"
        assert "not a tty" in process.press(b"tty; echo e >&2\r", until="not a tty\r\n")
        assert process.next_note() == "e"
        assert process.restored()
        os.write(process.descriptor, CTRL_C)
        assert process.wait() == 130


def test_in_a_pipe_bytes_go_to_the_process_and_the_container_ends_with_it(shell: RunningDemo, kubeconfig: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kubectl_mc", "attach", "web", "-c", "repl"],
        input=b"echo [$0]\nexit 3\n",
        env={"KUBECONFIG": str(kubeconfig), "HOME": "/nonexistent"},
        capture_output=True,
        check=False,
        timeout=DEADLINE_SECONDS,
    )
    assert (done.returncode, done.stderr) == (3, b"")
    assert b"[sh]" in done.stdout


def test_a_program_on_the_screen_is_made_to_draw_it_again(shell: RunningDemo, kubeconfig: Path) -> None:
    sizes: list[tuple[int, int]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Terminal, "resize", lambda _, columns, rows: sizes.append((columns, rows)))
        with typing("-c", "repl", config=kubeconfig) as process:
            process.read_until(PROMPT)
            wait_for(shell, lambda: len(sizes) > 1)
    assert sizes == [(101, 31), (100, 30)]


def test_a_cut_connection_is_said_on_a_terminal_as_it_was(shell: RunningDemo, kubeconfig: Path) -> None:
    with typing("-c", "repl", config=kubeconfig) as process:
        assert process.next_note() == SAYS
        process.read_until(PROMPT)
        shell.call(shell.cluster.faults.drop_connections)
        assert process.wait() == 1
        assert process.restored()
        assert process.stderr().splitlines() == [
            "error: the connection was cut before the command had ended",
            "hint: back to it: kubectl mc attach web -n demo -c repl",
        ]


@pytest.mark.parametrize(
    ("words", "error", "hint"),
    [
        (["over"], "pod over has ended (Failed): nothing runs in it any more",
         "what it wrote: kubectl mc logs over -n demo -c app"),
        (["web", "-c", "nope"], "no container nope in pod web", "it has: repl (app), side (app)"),
        (["wev"], 'Error from server (NotFound): pods "wev" not found', "web"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_what_cannot_be_attached_is_said_with_what_helps(
    words: list[str], error: str, hint: str, shell: RunningDemo, kubeconfig: Path
) -> None:
    lived(shell, 60, pod("over", "app", restart_policy="Never"), {"app": Program(exit=Exit(after=1, code=7))})
    result = run("attach", *words, kubeconfig=kubeconfig)
    assert (result.exit_code, result.out) == (1, "")
    said, help_ = result.err.splitlines()
    assert said.removeprefix("error: ").startswith(error)
    assert hint in help_


def test_who_may_not_is_told_which_permission_is_missing(shell: RunningDemo, kubeconfig: Path) -> None:
    shell.call(shell.cluster.auth.grant, VIEWER, ["get", "list"], ["pods"], "demo")
    result = run("attach", "web", "-c", "repl", "--as", VIEWER, kubeconfig=kubeconfig)
    assert (result.exit_code, result.out) == (1, "")
    assert 'User "demo-viewer" cannot get resource "pods/attach"' in result.err
    assert result.err.endswith("check: kubectl auth can-i get pods/attach -n demo --as demo-viewer\n")


@pytest.mark.parametrize(
    ("text", "keys"),
    [("ctrl-p,ctrl-q", CTRL_P + CTRL_Q), ("ctrl-x", b"\x18"), ("ctrl-X", b"\x18"), ("a", b"a"), ("ctrl-@", b"\0"),
     ("ctrl-[", b"\x1b"), ("ctrl-],q", b"\x1dq"), ("", b"")],
)  # fmt: skip
def test_keys_are_written_as_docker_and_kubectl_write_them(text: str, keys: bytes) -> None:
    assert parse_keys(text) == keys


@pytest.mark.parametrize("text", ["ctrl-", "ctrl-pq", "ab", "ctrl-1", "é", ",", "a,,b"])
def test_what_is_no_key_is_2_with_an_example(text: str, kubeconfig: Path) -> None:
    result = run("attach", "web", "--detach-keys", text, kubeconfig=kubeconfig)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith(f"error: --detach-keys {text}: ")
    assert "hint: " in result.err
