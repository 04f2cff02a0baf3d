"""`kubectl mc exec`: the right container, the bytes as they are, the exit code, and the terminal as it was."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubectl_mc.demo.auth import VIEWER
from kubectl_mc.demo.programs import Exit, Program
from kubectl_mc.demo.server import RunningDemo, running_demo
from tests.commands import run
from tests.log_pods import delete, end, job, lived, pod, says, wait_for
from tests.processes import DEADLINE_SECONDS, Running, on_a_terminal

Json = dict[str, Any]

PROMPT = "/ # "
QUIET = {name: says("here") for name in ("app", "side", "proxy", "setup")}
OTHERS = "container app; others, with -c: "


def document(name: str, *images: str, **spec: Any) -> Json:
    """A pod with a container of each image: c0, c1, …"""
    containers = [{"name": f"c{place}", "image": image} for place, image in enumerate(images)]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": containers, **spec}}


def annotated(name: str, default: str) -> Json:
    """A pod that says which of its containers is meant."""
    return pod(name, "app", "side", annotations={"kubectl.kubernetes.io/default-container": default})


def populate(demo: RunningDemo) -> None:
    """Pods in which all can be entered, some, or none."""
    over, broken = Program(exit=Exit(after=1)), Program(exit=Exit(after=0.1, code=7))
    lived(demo, 60, pod("web", "app"), QUIET)
    lived(demo, 60, pod("pair", "app", "side", inits=["setup"], sidecars=["proxy"]), {**QUIET, "setup": over})
    lived(demo, 60, annotated("chosen", "side"), QUIET)
    lived(demo, 60, annotated("mischosen", "sid"), QUIET)
    lived(demo, 60, pod("starting", "app", inits=["setup"]), QUIET)
    lived(demo, 100, pod("looping", "app", "side"), {**QUIET, "app": broken})
    lived(demo, 60, pod("over", "app", restart_policy="Never"), {"app": broken})
    lived(demo, 60, pod("half-over", "app", "side", restart_policy="Never"), {**QUIET, "app": broken})
    lived(demo, 60, document("bash", "python:3.12"), {})
    lived(demo, 60, document("no-shell", "distroless/app:1"), {})
    lived(demo, 60, document("no-image", "ngnix:1", "busybox:1.37"), {})
    lived(demo, 60, pod("far", "app", namespace="other"), QUIET)
    template = {"metadata": {"labels": {"app": "shop"}}, "spec": pod("", "app", "side")["spec"]}
    selector = {"matchLabels": {"app": "shop"}}
    for name, replicas in (("shop", 2), ("asleep", 0)):
        spec = {"replicas": replicas, "selector": selector, "template": template}
        workload = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}
        lived(demo, 60, workload, QUIET)
    lived(demo, 60, job("once", "app"), QUIET)


@pytest.fixture(scope="module")
def crew() -> Iterator[RunningDemo]:
    """A cluster in which commands are run; what may be entered stays as it is."""
    with running_demo(("distroless-app",)) as demo:
        populate(demo)
        yield demo


@pytest.fixture(scope="module")
def config(crew: RunningDemo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return crew.cluster.write_kubeconfig(tmp_path_factory.mktemp("crew") / "kubeconfig")


def mc(*words: str, config: Path, given: bytes = b"", **more: Any) -> subprocess.CompletedProcess[bytes]:
    """`kubectl mc exec WORDS` on pipes, with `given` on stdin."""
    return subprocess.run(
        [sys.executable, "-m", "kubectl_mc", "exec", *words],
        env=variables(config),
        check=False,
        timeout=DEADLINE_SECONDS * 2,
        **{"input": given, "capture_output": True, **more},
    )


def variables(config: Path) -> dict[str, str]:
    paths = {"KUBECONFIG": str(config), "PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    return {**paths, "PYTHONUTF8": "1", "TERM": "xterm-256color"}


def typing(*words: str, config: Path, stdout: int | None = None) -> AbstractContextManager[Running]:
    """`kubectl mc exec WORDS` on a terminal of its own of 100 x 30; stderr is a pipe, and stdout may be one."""
    return on_a_terminal("exec", *words, environ={"KUBECONFIG": str(config)}, controlling=True, stdout=stdout)


# How a command ends, and what goes through.


@pytest.mark.parametrize(
    ("words", "code", "out", "err"),
    [
        (["true"], 0, "", ""),
        (["sh", "-c", "exit 3"], 3, "", ""),
        (["sh", "-c", "exit 255"], 255, "", ""),
        (["sh", "-c", "echo to-out; echo to-err >&2"], 0, "to-out\n", "to-err\n"),
        (["nope", "--help"], 127, "", "error: nope: not found in the container\n"),
        (["/bin/nope"], 127, "", "error: /bin/nope: not found in the container\n"),
        ([""], 127, "", "error: '': not found in the container\n"),
        (["sh", "-c", "nope"], 127, "", "sh: nope: not found\n"),
        (["echo", "--", "-n", "a  b", "ü", "*", "$HOME"], 0, "-- -n a  b ü * $HOME\n", ""),
        (["echo", ""], 0, "\n", ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_gets_its_words_and_gives_its_code_and_its_streams(
    words: list[str], code: int, out: str, err: str, config: Path
) -> None:
    done = mc("web", "--", *words, config=config)
    assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (code, out, err)


def test_a_kill_is_137_and_said(config: Path) -> None:
    result = run("exec", "web", "--", "sh", "-c", "kill -9 $$", kubeconfig=config)
    assert (result.exit_code, result.out) == (137, "")
    assert result.err == "killed (SIGKILL): by the kernel for want of memory, or by another process\n"


def test_a_kill_with_its_container_says_what_became_of_that(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 60, pod("web", "app", restart_policy="Never"), QUIET)
    reading, writing = os.pipe()
    with open(writing, "wb", buffering=0) as keys, open(reading, "rb") as stdin:
        process = subprocess.Popen(
            [sys.executable, "-m", "kubectl_mc", "exec", "web", "--", "sh", "-c", "echo begun; read; kill -9 $$"],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=variables(kubeconfig),
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        end(demo, "web", "app", 137)
        keys.write(b"\n")
        _, err = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 137
    assert err.decode() == "killed (SIGKILL): pod web has ended (Failed): nothing runs in it any more\n"


@pytest.mark.parametrize(
    ("given", "out"),
    [(b"", b"0\n"), (b"one\ntwo", b"7\n"), (bytes(range(256)), b"256\n")],
    ids=["nothing", "text", "every byte"],
)
def test_a_command_reads_stdin_up_to_its_end(given: bytes, out: bytes, config: Path) -> None:
    done = mc("web", "--", "wc", "-c", config=config, given=given)
    assert (done.returncode, done.stdout, done.stderr) == (0, out, b"")


def test_stdin_may_be_a_file_or_nothing_at_all(config: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"from a file")
    with (tmp_path / "file").open("rb") as file:
        done = mc("web", "--", "cat", config=config, stdin=file, input=None)
    assert (done.returncode, done.stdout) == (0, b"from a file")
    done = mc("web", "--", "cat", config=config, stdin=subprocess.DEVNULL, input=None)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize(
    ("closed", "out", "err"),
    [("<&-", b"x\n", b"y\n"), (">&-", b"", b"y\n"), ("2>&-", b"x\n", b""), ("<&- >&- 2>&-", b"", b"")],
)
def test_without_any_of_its_streams_a_command_runs(closed: str, out: bytes, err: bytes, config: Path) -> None:
    words = ["exec", "web", "--", "sh", "-c", "echo x; echo y >&2; exit 3"]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-m", "kubectl_mc", *words],
        env=variables(config),
        capture_output=True,
        check=False,
        timeout=DEADLINE_SECONDS,
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, out, err)


def test_ten_megabytes_pass_unchanged_both_ways(config: Path) -> None:
    data = os.urandom(10 * 1024 * 1024)
    done = mc("web", "--", "cat", config=config, given=data)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == data


def test_a_character_cut_by_a_frame_arrives_whole(config: Path) -> None:
    text = ("a" + "é€😀" * 20_000).encode()
    done = mc("web", "--", "sh", "-c", "cat; printf '\\xc3'; printf '\\xa9'", config=config, given=text)
    assert done.stdout == text + "é".encode()


def test_a_character_typed_or_printed_in_pieces_arrives_whole_on_a_terminal(config: Path) -> None:
    with typing("web", config=config) as process:
        process.read_until(PROMPT)
        os.write(process.descriptor, b"echo [\xc3")
        os.write(process.descriptor, b"\xa9]; printf '[\\xe2\\x82'; printf '\\xac]'\r")
        assert "\r\n[é]\r\n[€]" in process.press(b"", until="[€]")
        os.write(process.descriptor, b"exit\r")
        assert process.wait() == 0


def test_a_command_that_ends_before_its_stdin_says_so(config: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(50 * 1024 * 1024))
    with (tmp_path / "file").open("rb") as file:
        done = mc("web", "--", "true", config=config, stdin=file, input=None)
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr == b"the command ended before it had been given all of stdin\n"


def test_a_command_that_leaves_stdin_open_and_silent_says_nothing(config: Path) -> None:
    reading, writing = os.pipe()
    with open(reading, "rb") as stdin, open(writing, "wb"):
        done = mc("web", "--", "echo", "x", config=config, stdin=stdin, input=None)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"x\n", b"")


def test_a_reader_that_has_gone_ends_it_quietly(config: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as out:
        done = mc("web", "--", "echo", "x", config=config, capture_output=False, stdout=out, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_server_without_v5_is_said_where_the_end_of_stdin_matters(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 60, pod("web", "app"), QUIET)
    demo.call(demo.cluster.faults.v4_only)
    done = mc("web", "--", "sh", "-c", "read a; echo $a; exit 4", config=kubeconfig, given=b"line\n")
    assert (done.returncode, done.stdout) == (4, b"line\n")
    said = b"this server cannot be told the end of stdin: a command that reads up to it will go on\n"
    assert done.stderr == said
    silent = mc("web", "--", "echo", "x", config=kubeconfig, input=None, stdin=subprocess.DEVNULL)
    assert (silent.returncode, silent.stdout) == (0, b"x\n")
    with typing("web", config=kubeconfig) as process:
        process.read_until(PROMPT)
        os.write(process.descriptor, b"exit 5\r")
        assert process.wait() == 5
        assert process.stderr() == ""


# The terminal.


def test_a_shell_on_a_terminal_has_its_size_at_first_and_after_each_change(config: Path) -> None:
    with typing("web", config=config) as process:
        process.read_until(PROMPT)
        assert "\r\n30 100\r\n" in process.press(b"stty size\r", until=f"100\r\n{PROMPT}")
        for columns, lines in ((132, 43), (20, 5)):
            process.resize(columns, lines)
            wanted = f"\r\n{lines} {columns}\r\n"
            script = f'until [ "$(stty size)" = "{lines} {columns}" ]; do true; done; stty size\r'
            assert wanted in process.press(script.encode(), until=wanted + PROMPT)
        os.write(process.descriptor, b"exit 3\r")
        assert process.wait() == 3
        assert process.stderr() == ""
        assert process.restored()


def test_keys_that_are_signals_elsewhere_go_to_the_remote_side(config: Path) -> None:
    with typing("web", config=config) as process:
        process.read_until(PROMPT)
        process.press(b"echo go; sleep 1000\r", until="go\r\n")
        process.press(b"\x03", until=f"^C\r\n{PROMPT}")
        assert "\r\n130\r\n" in process.press(b"echo $?\r", until=f"0\r\n{PROMPT}")
        for key in (b"\x1a", b"\x1c", b"\x13", b"\x11"):  # Ctrl-Z, Ctrl-\, Ctrl-S, Ctrl-Q
            process.press(key, until=key.decode())
        os.write(process.descriptor, b"\x15\x04")
        assert process.wait() == 0
        assert process.restored()


def test_a_command_on_a_terminal_has_one_as_well(config: Path) -> None:
    with typing("web", "--", "sh", "-c", "tty; echo to-err >&2; exit 6", config=config) as process:
        assert process.wait() == 6
        assert process.seen.splitlines() == ["/dev/pts/0", "to-err"]
        assert process.stderr() == ""


def test_stdout_in_a_file_gets_the_commands_own_bytes(config: Path, tmp_path: Path) -> None:
    target = tmp_path / "file"
    with target.open("wb") as file:
        words = ("web", "--", "sh", "-c", "printf 'a\\nb\\x00\\xff'; tty")
        with typing(*words, config=config, stdout=file.fileno()) as process:
            assert process.wait() == 1
            assert (process.stderr(), process.seen) == ("", "")
            assert process.restored()
    assert target.read_bytes() == b"a\nb\x00\xffnot a tty\n"


@pytest.mark.parametrize(("words", "out"), [([], b"0\n"), (["-i"], b"5\n")], ids=["else not", "with -i"])
def test_keys_are_read_without_a_terminal_on_both_sides_where_asked_for(
    words: list[str], out: bytes, config: Path, tmp_path: Path
) -> None:
    target = tmp_path / "file"
    with (
        target.open("wb") as file,
        typing("web", *words, "--", "wc", "-c", config=config, stdout=file.fileno()) as process,
    ):
        os.write(process.descriptor, b"keys\n\x04")
        assert process.wait() == 0
    assert target.read_bytes() == out


@pytest.mark.parametrize("option", ["-t", "-it", "--tty"])
def test_t_without_a_terminal_is_said_and_the_command_runs(option: str, config: Path) -> None:
    done = mc(option, "web", "--", "sh", "-c", "cat; tty", config=config, given=b"in\n")
    assert (done.returncode, done.stdout) == (1, b"in\nnot a tty\n")
    assert done.stderr == b"stdin is no terminal: the command gets none\n"


def test_t_gives_a_terminal_where_stdout_goes_through_a_pipe_as_to_tee(config: Path) -> None:
    reading, writing = os.pipe()
    words = ("web", "-t", "--", "sh", "-c", "tty; read a; stty size; exit 3")
    with open(reading, "rb") as out, typing(*words, config=config, stdout=writing) as process:
        os.close(writing)
        assert out.readline() == b"/dev/pts/0\r\n"
        os.write(process.descriptor, b"typed\r")
        assert out.read() == b"typed\r\n30 100\r\n"
        assert (process.wait(), process.stderr(), process.restored()) == (3, "", True)


SWITCHES = "printf '\\x1b[?1049h\\x1b[?25l\\x1b[?2004h\\x1b[31min the middle'; sleep 1000"
"""What an editor does: the alternate screen, no cursor, pasting in brackets, a colour."""
UNDO = "\x1b[?25h\x1b[?2004l\x1b[?1049l\x1b[0m\r\n"


@contextlib.contextmanager
def editing(demo: RunningDemo, kubeconfig: Path) -> Iterator[Running]:
    """A program on a terminal that has switched it."""
    lived(demo, 60, pod("web", "app"), QUIET)
    with typing("web", "--", "sh", "-c", SWITCHES, config=kubeconfig) as process:
        process.read_until("in the middle")
        assert not process.restored()
        yield process


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGQUIT, 131), (signal.SIGINT, 130)],
    ids=lambda value: value.name if isinstance(value, signal.Signals) else "",
)
def test_a_signal_leaves_the_terminal_as_it_was(number: int, code: int, demo: RunningDemo, kubeconfig: Path) -> None:
    with editing(demo, kubeconfig) as process:
        assert process.interrupt(number) == code
        assert process.seen.endswith(UNDO)
        assert process.restored()
        assert process.stderr() == ""


def test_a_cut_connection_is_said_on_a_terminal_as_it_was(demo: RunningDemo, kubeconfig: Path) -> None:
    with editing(demo, kubeconfig) as process:
        demo.call(demo.cluster.faults.drop_connections)
        assert process.wait() == 1
        assert process.seen.endswith(UNDO)
        assert process.restored()
        assert process.stderr() == "error: the connection was cut before the command had ended\n"


def test_a_server_that_goes_down_is_said_on_a_terminal_as_it_was(demo: RunningDemo, kubeconfig: Path) -> None:
    with editing(demo, kubeconfig) as process:
        demo.wait(demo.cluster.faults.stop())
        assert process.wait() == 1
        assert process.seen.endswith(UNDO)
        assert process.restored()
        assert process.stderr() == "error: the connection was cut before the command had ended\n"


def test_a_pod_that_goes_while_someone_is_in_it_is_the_reason(demo: RunningDemo, kubeconfig: Path) -> None:
    with editing(demo, kubeconfig) as process:
        delete(demo, "web")
        assert process.wait() == 137
        assert process.restored()
        assert process.stderr().splitlines()[0] == "killed (SIGKILL): pod web is gone"


def test_a_terminal_that_is_closed_ends_the_session(demo: RunningDemo, kubeconfig: Path) -> None:
    with editing(demo, kubeconfig) as process:
        os.close(process.descriptor)
        assert (process.process.wait(DEADLINE_SECONDS), process.stderr()) == (129, "")
    wait_for(demo, lambda: demo.cluster.faults.open_streams == 0)


@pytest.mark.parametrize(
    ("words", "code", "err"),
    [
        (["web", "--", "nope"], 127, "error: nope: not found in the container\n"),
        (["over"], 1, "error: pod over has ended (Failed)"),
        (["web", "--", "sh", "-c", "kill -9 $$"], 137, "killed (SIGKILL): "),
    ],
    ids=["not found", "ended", "killed"],
)
def test_a_failure_leaves_the_terminal_as_it_was(words: list[str], code: int, err: str, config: Path) -> None:
    with typing(*words, config=config) as process:
        assert process.wait() == code
        assert process.stderr().startswith(err)
        assert process.restored()


def test_what_a_program_has_left_switched_on_is_switched_back(config: Path) -> None:
    with typing("web", "--", "sh", "-c", "printf '\\x1b[?1049h\\x1b[?25l'; exit 9", config=config) as process:
        assert process.wait() == 9
        assert process.seen == "\x1b[?1049h\x1b[?25l" + "\x1b[?25h\x1b[?1049l\x1b[0m"


def test_what_is_said_of_a_kill_begins_a_line(config: Path) -> None:
    with typing("web", "--", "sh", "-c", "printf 'half a line'; kill -9 $$", config=config) as process:
        assert process.wait() == 137
        assert process.seen == "half a line\r\n"


def test_a_program_that_leaves_all_as_it_was_gets_nothing_added(config: Path) -> None:
    with typing("web", "--", "printf", "\\x1b[?1049hx\\x1b[?1049l\\x1b[?25l\\x1b[?25hend", config=config) as process:
        assert process.wait() == 0
        assert process.seen == "\x1b[?1049hx\x1b[?1049l\x1b[?25l\x1b[?25hend"


# Without a command: a shell.


@pytest.mark.parametrize(
    ("words", "shell"), [(["web"], "/bin/ash"), (["bash"], "/bin/bash")], ids=["a small image", "an image with bash"]
)
def test_without_a_command_it_is_the_best_shell_of_the_image(words: list[str], shell: str, config: Path) -> None:
    with typing(*words, config=config) as process:
        process.read_until(PROMPT)
        assert f"\r\n{shell}\r\n" in process.press(b"echo $0\r", until=f"{shell}\r\n{PROMPT}")
        os.write(process.descriptor, b"exit 3\r")
        assert process.wait() == 3


def test_without_a_command_a_pipe_is_a_script(config: Path) -> None:
    done = mc("web", config=config, given=b"echo one\nexit 5\necho two\n")
    assert (done.returncode, done.stdout, done.stderr) == (5, b"one\n", b"")


def test_an_image_without_a_shell_is_said_with_what_helps(config: Path) -> None:
    result = run("exec", "no-shell", kubeconfig=config)
    assert (result.exit_code, result.out) == (1, "")
    assert result.err == (
        "error: c0 has no shell (image distroless/app:1)\nhint: kubectl mc debug no-shell -n demo -c c0\n"
    )


OFFER = "c0 has no shell (image distroless/app:1). Open one beside it: kubectl mc debug no-shell -n demo -c c0? [Y/n]"


def told(process: Running, text: str) -> bool:
    """Wait until so much stands on stderr; whether it is this text."""
    assert process.process.stderr is not None
    return process.process.stderr.read(len(text)).decode() == text


@pytest.mark.parametrize(("keys", "code"), [(b"n\r", 127), (b"\x04", 127), (b"\x03", 130)], ids=["n", "^D", "^C"])
def test_on_a_terminal_a_shell_beside_it_is_offered_and_may_be_refused(keys: bytes, code: int, config: Path) -> None:
    with typing("no-shell", config=config) as process:
        assert told(process, OFFER)
        os.write(process.descriptor, keys)
        assert process.wait() == code
        assert process.restored()


def test_the_shell_that_is_offered_is_opened(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 60, document("no-shell", "distroless/app:1"), {})
    with typing("no-shell", config=kubeconfig) as process:
        assert told(process, OFFER)
        os.write(process.descriptor, b"\r")
        process.read_until(PROMPT)
        os.write(process.descriptor, b"exit 4\r")
        assert process.wait() == 4
        assert process.restored()


# Which pod, which container.


def where_am_i(*words: str, config: Path) -> tuple[int, str, str]:
    """Exit code, the pod that was entered, and what was said."""
    result = run("exec", *words, "--", "hostname", kubeconfig=config)
    return result.exit_code, result.out.strip(), result.err


@pytest.mark.parametrize(
    ("words", "entered", "said"),
    [
        (["web"], "web", ""),
        (["pod/web"], "web", ""),
        (["po", "web"], "web", ""),
        (["pair"], "pair", f"{OTHERS}setup (init), proxy (sidecar), side (app)\n"),
        (["pair", "-c", "app"], "pair", ""),
        (["pair", "-c", "side"], "pair", ""),
        (["pair", "-c", "proxy"], "pair", ""),
        (["starting", "-c", "setup"], "starting", ""),
        (["distroless-app", "-c", "debugger"], "distroless-app", ""),
        (["chosen"], "chosen", ""),
        (["mischosen", "-c", "app"], "mischosen", ""),
        (["looping", "-c", "side"], "looping", ""),
        (["half-over", "-c", "side"], "half-over", ""),
        (["far", "-n", "other"], "far", ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_the_container_that_is_meant_is_entered(words: list[str], entered: str, said: str, config: Path) -> None:
    assert where_am_i(*words, config=config) == (0, entered, said)


def test_the_annotation_chooses_the_container(demo: RunningDemo, kubeconfig: Path) -> None:
    document = annotated("web", "side")
    for container in document["spec"]["containers"]:
        container["env"] = [{"name": "WHO", "value": container["name"]}]
    lived(demo, 60, document, QUIET)
    for words, name in (([], "side"), (["-c", "app"], "app")):
        result = run("exec", "web", *words, "--", "printenv", "WHO", kubeconfig=kubeconfig)
        assert (result.out, result.err) == (f"{name}\n", "")


def test_of_a_workload_its_best_pod_is_entered_and_said(config: Path) -> None:
    for words in (["deploy/shop"], ["deployment", "shop"]):
        code, entered, said = where_am_i(*words, "-c", "app", config=config)
        assert code == 0
        assert re.fullmatch(r"shop-\w+-\w+", entered)
        assert said == f"pod {entered}, one of 2\n"
    code, entered, said = where_am_i("job/once", config=config)
    assert (code, said) == (0, f"pod {entered}\n")


def test_of_two_choices_both_are_said(config: Path) -> None:
    _, entered, said = where_am_i("deploy/shop", config=config)
    assert said == f"pod {entered}, one of 2\n{OTHERS}side (app)\n"


@pytest.mark.parametrize(
    ("words", "error", "hint"),
    [
        (["mischosen"], r"no container sid in pod mischosen, which its annotation \S+/default-container names",
         r"it has: app \(app\), side \(app\)"),
        (["pair", "-c", "ap"], "no container ap in pod pair",
         r"it has: setup \(init\), proxy \(sidecar\), app \(app\), side \(app\)"),
        (["pair", "-c", "setup"], r"init container setup has ended \(exit 0\)",
         "what it wrote: kubectl mc logs pair -n demo -c setup; a shell beside it: "
         "kubectl mc debug pair -n demo -c setup; running: proxy, app, side"),
        (["starting"], "app has not started: the init containers are not through",
         "what holds it up: kubectl mc status starting -n demo; a shell beside it: .*; running: setup"),
        (["looping", "-c", "app"], r"app is crash-looping \(exit 7, .*\)",
         "what it wrote: kubectl mc logs looping -n demo -c app -p; a shell beside it: "
         "kubectl mc debug looping -n demo -c app; running: side"),
        (["over"], r"pod over has ended \(Failed\): nothing runs in it any more",
         "what it wrote: kubectl mc logs over -n demo -c app"),
        (["half-over", "-c", "app"], "app .*exit 7.*", ".*; running: side"),
        (["no-image", "-c", "c0"], "c0 .*ngnix.*", ".*; running: c1"),
        (["deploy/asleep"], "deployment/asleep has no pods, it is scaled to 0",
         "kubectl mc events deployment/asleep -n demo"),
        (["wev"], r'Error from server \(NotFound\): pods "wev" not found.*', ".*web.*"),
        (["deploy/none"], r'Error from server \(NotFound\): deployments.apps "none" not found.*', ".*"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_what_cannot_be_entered_is_said_with_what_helps(words: list[str], error: str, hint: str, config: Path) -> None:
    for command in ([], ["--", "true"]):
        result = run("exec", *words, *command, kubeconfig=config)
        assert (result.exit_code, result.out) == (1, "")
        *_, failure, help_ = result.err.splitlines()
        assert re.fullmatch(error, failure.removeprefix("error: "))
        assert re.fullmatch(hint, help_.removeprefix("hint: "))


# Who asks, and how.


@pytest.fixture
def web(demo: RunningDemo) -> RunningDemo:
    lived(demo, 60, pod("web", "app"), QUIET)
    lived(demo, 60, pod("web", "app", namespace="other"), QUIET)
    return demo


def test_who_may_not_is_told_which_permission_is_missing(web: RunningDemo, tmp_path: Path) -> None:
    config = web.cluster.write_kubeconfig(tmp_path / "viewer", VIEWER)
    web.call(web.cluster.auth.grant, VIEWER, ["get", "list"], ["pods"], "demo")
    result = run("exec", "web", "--", "echo", "x", kubeconfig=config)
    assert (result.exit_code, result.out) == (1, "")
    assert result.err.splitlines() == [
        'Error from server (Forbidden): pods "web" is forbidden: User "demo-viewer" cannot get resource "pods/exec" '
        'in API group "" in the namespace "demo"',
        'hint: the verb "get" on pods/exec is missing; check: kubectl auth can-i get pods/exec -n demo',
    ]


@pytest.mark.parametrize(("flag", "shown"), [("--as", VIEWER), ("--token", "TOKEN")])
def test_a_session_is_opened_as_whom_the_flags_say(flag: str, shown: str, web: RunningDemo, kubeconfig: Path) -> None:
    words = [flag, VIEWER]
    web.call(web.cluster.auth.grant, VIEWER, ["get", "list"], ["pods"], "demo")
    refused = run("exec", "web", *words, "--", "echo", "x", kubeconfig=kubeconfig)
    assert (refused.exit_code, refused.out) == (1, "")
    assert 'User "demo-viewer" cannot get resource "pods/exec"' in refused.err
    assert refused.err.endswith(f"check: kubectl auth can-i get pods/exec -n demo {flag} {shown}\n")
    web.call(web.cluster.auth.grant, VIEWER, ["get"], ["pods/exec"], "demo")
    allowed = run("exec", "web", *words, "--", "echo", "x", kubeconfig=kubeconfig)
    assert (allowed.exit_code, allowed.out, allowed.err) == (0, "x\n", "")
    elsewhere = run("exec", "web", *words, "-n", "other", "--", "echo", "x", kubeconfig=kubeconfig)
    assert (elsewhere.exit_code, "Forbidden" in elsewhere.err) == (1, True)


def test_a_session_is_opened_in_the_context_that_the_flag_names(web: RunningDemo, tmp_path: Path) -> None:
    document = web.cluster.kubeconfig()
    document["clusters"].append({"name": "dead", "cluster": {"server": "https://127.0.0.1:1"}})
    document["contexts"].append({"name": "dead", "context": {"cluster": "dead", "user": "demo-admin"}})
    document["current-context"] = "dead"
    config = tmp_path / "config"
    config.write_text(yaml.safe_dump(document))
    dead = run("exec", "web", "--", "echo", "x", kubeconfig=config)
    assert dead.exit_code == 1
    assert dead.err.splitlines()[0] == "error: no connection to the server https://127.0.0.1:1: Connection refused"
    assert len(dead.err.splitlines()) == 2
    live = run("exec", "web", "--context", "kubectl-mc-demo", "--", "echo", "x", kubeconfig=config)
    assert (live.exit_code, live.out) == (0, "x\n")


def test_a_busy_server_is_waited_for(web: RunningDemo, kubeconfig: Path) -> None:
    web.call(web.cluster.faults.throttle, 2, 0)
    result = run("exec", "web", "--", "echo", "x", kubeconfig=kubeconfig)
    assert (result.exit_code, result.out) == (0, "x\n")


@pytest.mark.parametrize(
    ("words", "error", "hint"),
    [
        (["web", "--"], "no command behind --", "leave -- out for a shell"),
        (["web", "ls"], "web ls: one pod or workload at a time",
         "a container: kubectl mc exec web -c ls; a command: kubectl mc exec web -- ls"),
        (["web", "ls", "-l"], "Option '-l' requires an argument", "kubectl mc exec --help"),
        (["web", "pair", "--", "ls"], "web pair: one pod or workload at a time", "a container: .*"),
        (["deploy/a", "deploy/b", "--", "ls"], "deploy/a deploy/b: one pod or workload at a time", ".*"),
        ([], "Missing argument 'TARGET'", "kubectl mc exec --help"),
        (["--", "ls"], "Missing argument 'TARGET'", "kubectl mc exec --help"),
        (["web", "-c", "a", "-c", "b"], "-c a -c b: one container at a time", "in several at once: --all"),
        (["", "--", "ls"], "a name is empty", ".*"),
        (["we/b/c"], "we/b/c: one type, one slash, one name", ".*"),
        (["web", "-x", "a"], "-x is for --all", ".*"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_words_that_cannot_be_right_are_2_with_a_hint(words: list[str], error: str, hint: str, config: Path) -> None:
    result = run("exec", *words, kubeconfig=config)
    assert (result.exit_code, result.out) == (2, "")
    failure, help_ = result.err.splitlines()
    assert failure == f"error: {error}"
    assert re.fullmatch(hint, help_.removeprefix("hint: "))
