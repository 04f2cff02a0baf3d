"""`kubectl mc exec --all`: one command in many containers, its lines whole, its exit codes told."""

import fcntl
import gc
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

from kubectl_mc.cluster import fan_out
from kubectl_mc.demo.programs import Exit, Program
from kubectl_mc.demo.server import RunningDemo, running_demo
from tests.commands import Result, run
from tests.log_pods import end, lived, pod, says, wait_for
from tests.processes import DEADLINE_SECONDS, Running, on_a_pipe, on_a_terminal

Json = dict[str, Any]

EVERYWHERE = {"web/proxy", "web/app", "web/side", "db/app"}
MANY = 60
"""More containers than begin at a time."""


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """What a test leaves behind is its own, not that of whatever test comes next."""
    yield
    gc.collect()


def named(document: Json) -> Json:
    """A pod whose containers know their own names."""
    for container in [*document["spec"].get("initContainers", []), *document["spec"]["containers"]]:
        container["env"] = [{"name": "WHO", "value": container["name"]}]
    return document


def populate(demo: RunningDemo) -> None:
    """Two pods that run; in one of them an init container has ended."""
    over = {"setup": Program(exit=Exit(after=1))}
    web = pod("web", "app", "side", inits=["setup"], sidecars=["proxy"], labels={"tier": "front"})
    quiet = {name: says("here") for name in ("app", "side", "proxy")}
    lived(demo, 60, named(web), {**over, **quiet})
    lived(demo, 60, named(pod("db", "app", labels={"tier": "back"})), quiet)


@pytest.fixture(scope="module")
def crew() -> Iterator[RunningDemo]:
    """Pods that run; tests look at them and leave them as they are."""
    with running_demo(()) as demo:
        populate(demo)
        lived(demo, 60, pod("gone", "app", restart_policy="Never"), {"app": Program(exit=Exit(after=1))})
        lived(demo, 60, named(pod("far", "app", namespace="other")), {"app": says("here")})
        yield demo


@pytest.fixture(scope="module")
def config(crew: RunningDemo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return crew.cluster.write_kubeconfig(tmp_path_factory.mktemp("crew") / "kubeconfig")


def everywhere(config: Path, script: str, *words: str, **more: Any) -> Result:
    """`kubectl mc exec --all WORDS -- sh -c SCRIPT`; the pods web and db without WORDS."""
    return run("exec", "--all", *(words or ("web", "db")), "--", "sh", "-c", script, kubeconfig=config, **more)


def running(config: Path, script: str, *words: str) -> AbstractContextManager[Running]:
    """The same as a process of its own, on a pipe."""
    words = words or ("web", "db")
    return on_a_pipe("exec", "--all", *words, "--", "sh", "-c", script, environ={"KUBECONFIG": str(config)})


def raw(config: Path, script: str, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The same with its bytes; `given` on stdin."""
    return subprocess.run(
        [sys.executable, "-m", "kubectl_mc", "exec", "--all", *words, "--", "sh", "-c", script],
        env={"KUBECONFIG": str(config), "PATH": os.environ["PATH"], "HOME": "/nonexistent"},
        input=given,
        capture_output=True,
        check=False,
        timeout=DEADLINE_SECONDS,
    )


def told(text: str) -> list[str]:
    """What is said on stderr beside what was left out."""
    return [line for line in text.splitlines() if not line.startswith("not running, left out")]


def rows(text: str) -> list[list[str]]:
    """The cells of the table below its header."""
    lines = text.splitlines()
    header = next(place for place, line in enumerate(lines) if line.startswith(("POD", "NAMESPACE")))
    return [re.split(r" {2,}", line) for line in lines[header + 1 :] if re.search(r" {2,}", line)]


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (["web", "db"], EVERYWHERE),
        (["web"], {"web/proxy", "web/app", "web/side"}),
        ([], EVERYWHERE),
        (["-l", "tier=front"], {"web/proxy", "web/app", "web/side"}),
        (["-A"], {*EVERYWHERE, "far/app"}),
        (["-n", "other"], {"far/app"}),
        (["web", "-c", "app"], {"web/app"}),
        (["-c", "app"], {"web/app", "db/app"}),
        (["-c", "s*,p*"], {"web/side", "web/proxy"}),
        (["-c", "side", "-c", "proxy"], {"web/side", "web/proxy"}),
        (["-x", "a*"], {"web/side", "web/proxy"}),
        (["--role", "sidecar"], {"web/proxy"}),
        (["--role", "app", "-x", "app"], {"web/side"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_the_command_runs_in_every_running_container_that_is_meant(
    words: list[str], where: set[str], config: Path
) -> None:
    result = run("exec", "--all", *words, "--", "sh", "-c", "echo at $HOSTNAME/$WHO", kubeconfig=config)
    assert (result.exit_code, told(result.err)) == (0, [])
    assert sorted(line.rpartition(" at ")[2] for line in result.lines) == sorted(where)


def test_an_ephemeral_container_is_one_of_them(shared_kubeconfig: Path) -> None:
    result = run(
        "exec", "--all", "distroless-app", "--role", "ephemeral", "--", "echo", "x", kubeconfig=shared_kubeconfig
    )
    assert (result.exit_code, result.lines) == (0, ["debugger | x"])


@pytest.mark.parametrize(
    "words",
    [["web"], ["pod/web", "pod/db"], ["-l", "tier=front"], ["-A"], ["web", "--color=always"], ["web", "--no-prefix"]],
    ids=" ".join,
)
def test_the_prefixes_are_those_of_logs(words: list[str], config: Path) -> None:
    logs = run("logs", *words, "-x", "setup", "-g", "^here$", kubeconfig=config)
    ours = run("exec", "--all", *words, "-x", "setup", "--", "echo", "here", kubeconfig=config)
    assert sorted(ours.lines) == sorted(logs.lines)
    assert len(ours.lines) > 1


def test_stdout_and_stderr_stay_apart(config: Path) -> None:
    result = everywhere(config, "echo out; echo err >&2", "web", "-c", "app")
    assert (result.out, told(result.err)) == ("app | out\n", ["app | err"])


@pytest.mark.parametrize(
    ("script", "lines"),
    [
        ("printf half", ["half"]),
        ("printf 'one\\ntwo'", ["one", "two"]),
        ("printf '\\n\\n'", ["", ""]),
        ("true", []),
        ("printf a; sleep 0.05; printf b; sleep 0.05; echo c", ["abc"]),
        ("printf 'a\\nb'; sleep 0.05; printf 'c\\nd'", ["a", "bc", "d"]),
    ],
    ids=str,
)
def test_lines_of_several_containers_are_whole(script: str, lines: list[str], config: Path) -> None:
    result = everywhere(config, script)
    found: dict[str, list[str]] = {}
    for line in result.lines:
        prefix, _, message = line.partition("| ")
        found.setdefault(prefix, []).append(message)
    assert list(found.values()) == [lines] * (len(EVERYWHERE) if lines else 0)
    assert result.out == "" or result.out.endswith("\n")


def test_long_lines_stay_whole_when_their_reader_is_slow_and_both_streams_are_one_pipe(config: Path) -> None:
    ten = "X=$X$X$X$X$X$X$X$X$X$X"
    script = f"X=$WHO-; {ten}; {ten}; {ten}; for n in 1 2 3 4; do echo $X; echo $X >&2; done"
    command = [sys.executable, "-m", "kubectl_mc", "exec", "--all", "web", "-x", "setup", "--", "sh", "-c", script]
    environ = {"KUBECONFIG": str(config), "PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environ) as process:
        assert process.stdout is not None
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)  # as good as a reader that takes little at a time
        seen = process.stdout.read().decode()
    found = sorted(seen.splitlines())
    assert found == sorted(f"{name:5} | {f'{name}-' * 1000}" for name in ("app", "proxy", "side") for _ in range(8))


def test_a_line_that_does_not_end_is_broken_and_that_is_said(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan_out, "LONGEST_LINE", 4)
    result = everywhere(config, "printf 123456; sleep 0.1; echo 78", "web", "-c", "app")
    assert result.lines == ["app | 123456", "app | 78"]
    assert "are broken" in result.err


def test_a_pipe_gets_the_bytes_as_they_are(config: Path) -> None:
    result = raw(config, "printf '\\033[2J\\001\\n'", "web", "-c", "app")
    assert result.stdout == b"app | \x1b[2J\x01\n"


def test_a_terminal_gets_nothing_that_acts_on_it(config: Path) -> None:
    environ = {"KUBECONFIG": str(config), "NO_COLOR": "1"}
    script = "printf '\\033[2J\\001x\\n'"
    with on_a_terminal("exec", "--all", "web", "-c", "app", "--", "sh", "-c", script, environ=environ) as process:
        assert process.wait() == 0
    assert process.seen == "app | \\x01x\r\n"


def test_a_terminal_gets_colours_and_a_pipe_for_errors_none(config: Path) -> None:
    script = "echo out; echo err >&2"
    environ = {"KUBECONFIG": str(config)}
    with on_a_terminal("exec", "--all", "web", "-x", "setup", "--", "sh", "-c", script, environ=environ) as process:
        assert process.wait() == 0
        assert sorted(process.stderr().splitlines()) == ["app   | err", "proxy | err", "side  | err"]
    assert len(set(re.findall(r"(\x1b\[[0-9;]+m)\w+ +\|", process.seen))) == 3


def test_the_command_gets_no_stdin_and_no_terminal(config: Path) -> None:
    result = raw(config, "cat; tty", "web", "-c", "app", given=b"typed\n")
    assert result.stdout == b"app | not a tty\n"


@pytest.mark.parametrize(
    ("script", "code", "table"),
    [
        ("exit 0", 0, []),
        ("[ $WHO != side ] || exit 3", 3, [["web", "side", "3"]]),
        (
            "[ $WHO != app ] || exit 1; [ $WHO != side ] || exit 200",
            200,
            [["web", "side", "200"], ["db", "app", "1"], ["web", "app", "1"]],
        ),
        ("[ $WHO != proxy ] || kill -9 $$", 137, [["web", "proxy", "137", "SIGKILL"]]),
    ],
    ids=str,
)
def test_the_highest_exit_code_is_the_result_and_failures_are_a_table(
    script: str, code: int, table: list[list[str]], config: Path
) -> None:
    result = everywhere(config, script)
    assert result.exit_code == code
    if not table:
        assert told(result.err) == []
        return
    assert told(result.err)[0] == f"{len(table)} of 4 failed"
    assert told(result.err)[1].split() == ["POD", "CONTAINER", "EXIT", "REASON"][: max(map(len, table))]
    assert rows(result.err) == table


def test_a_command_that_cannot_be_started_says_so_in_the_table(config: Path) -> None:
    result = run("exec", "--all", "web", "-x", "setup", "--", "nope", kubeconfig=config)
    why = "nope: not found in the container"
    assert result.exit_code == 127
    assert rows(result.err) == [["web", name, "127", why] for name in ("proxy", "app", "side")]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["sh", "-c", "exit 3"], 3, []),
        (["nope"], 127, ["error: nope: not found in the container"]),
    ],
    ids=["ran", "not started"],
)
def test_a_single_container_has_no_table(words: list[str], code: int, said: list[str], config: Path) -> None:
    result = run("exec", "--all", "web", "-c", "app", "--", *words, kubeconfig=config)
    assert (result.exit_code, result.err.splitlines()) == (code, said)


def test_namespaces_stand_in_the_table_where_there_are_several(config: Path) -> None:
    result = everywhere(config, "exit 5", "-A", "-c", "app")
    assert rows(result.err) == [["demo", "db", "app", "5"], ["demo", "web", "app", "5"], ["other", "far", "app", "5"]]


def test_what_does_not_run_is_left_out_and_said_once(config: Path) -> None:
    result = run("exec", "--all", "--", "true", kubeconfig=config)
    left_out = [line for line in result.err.splitlines() if "left out" in line]
    assert left_out == ["not running, left out: gone/app (Completed), web/setup (Completed)"]


def test_what_fails_goes_before_what_has_done_its_work(demo: RunningDemo, kubeconfig: Path) -> None:
    steps = [f"step-{number}" for number in range(4)]
    fails = {"broken": Program(exit=Exit(after=1, code=1))}
    lived(
        demo, 60, pod("web", "app", "broken", inits=steps), {**{step: Program(exit=Exit(1)) for step in steps}, **fails}
    )
    result = run("exec", "--all", "web", "--", "true", kubeconfig=kubeconfig)
    assert re.search(r"left out: web/broken \(\w+\), web/step-0 \(Completed\), .* and 2 more$", result.err)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["web"], 2, "--all needs a command"),
        (["web", "true"], 2, "--all needs a command"),
        (["web", "--"], 2, "no command behind --"),
        (["web", "-i", "--", "true"], 2, "--all and -i exclude each other"),
        (["web", "-t", "--", "true"], 2, "--all and -t exclude each other"),
        (["web", "-it", "--", "true"], 2, "--all and -i exclude each other"),
        (["web", "-l", "tier=front", "--", "true"], 2, "a target and a selector exclude each other"),
        (["web", "-A", "--", "true"], 2, "cannot go with -A"),
        (
            ["web", "-c", "nope", "--", "true"],
            1,
            "no container nope in pod web\nhint: it has: setup (init), proxy (sidecar)",
        ),
        (["web", "-c", "", "--", "true"], 2, "-c: an empty name"),
        (["web", "--role", "nope", "--", "true"], 2, "--role nope: no such role"),
        (["web", "-c", "setup", "--", "true"], 1, "none of the containers runs"),
        (["gone", "--", "true"], 1, "none of the containers runs"),
        (["-l", "tier=none", "--", "true"], 1, "no pods found in demo namespace"),
        (["-n", "empty", "--", "true"], 1, "no pods found in empty namespace"),
        (["wbe", "--", "true"], 1, 'pods "wbe" not found'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_right_is_refused(words: list[str], code: int, said: str, config: Path) -> None:
    result = run("exec", "--all", *words, kubeconfig=config)
    assert (result.exit_code, result.out) == (code, "")
    assert said in result.err


@pytest.mark.parametrize(
    "words", [["-l", "a=b"], ["-A"], ["-x", "side"], ["--role", "app"], ["--no-prefix"]], ids=lambda words: words[0]
)
def test_options_for_several_containers_need_all(words: list[str], config: Path) -> None:
    result = run("exec", "web", *words, "--", "echo", "x", kubeconfig=config)
    assert (result.exit_code, result.out) == (2, "")
    assert f"{words[0]} is for --all" in result.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Missing argument 'TARGET'"),
        (["web", "-c", "app", "-c", "side"], "-c app -c side: one container at a time"),
    ],
    ids=["no target", "two containers"],
)
def test_without_all_there_is_one_target_and_one_container(words: list[str], said: str, config: Path) -> None:
    result = run("exec", *words, "--", "true", kubeconfig=config)
    assert (result.exit_code, said in result.err) == (2, True)


def test_a_target_that_is_missing_is_said_and_the_others_are_served(config: Path) -> None:
    result = run("exec", "--all", "db", "wbe", "--", "echo", "x", kubeconfig=config)
    assert (result.exit_code, result.out) == (1, "app | x\n")
    assert 'pods "wbe" not found' in result.err


def test_a_workload_without_pods_says_why(demo: RunningDemo, kubeconfig: Path) -> None:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod("web", "app")["spec"]}
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    document = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}
    demo.call(demo.cluster.apply, document)
    result = run("exec", "--all", "deploy/web", "--", "true", kubeconfig=kubeconfig)
    assert (result.exit_code, "deployment/web has no pods, it is scaled to 0" in result.err) == (1, True)


def test_a_missing_permission_is_said_once(demo: RunningDemo, kubeconfig: Path) -> None:
    populate(demo)
    demo.call(demo.cluster.auth.grant, "demo-viewer", ["get", "list"], ["pods"], "demo")
    result = run("exec", "--all", "--as", "demo-viewer", "--", "echo", "x", kubeconfig=kubeconfig)
    assert (result.exit_code, result.out) == (1, "")
    refusal, hint = told(result.err)
    assert re.match(r"\S+, \S+, \S+ and 1 more: Error from server \(Forbidden\)", refusal)
    assert "pods/exec" in hint


def test_what_is_permitted_runs_where_the_rest_is_refused(demo: RunningDemo, kubeconfig: Path) -> None:
    populate(demo)
    lived(demo, 60, named(pod("far", "app", namespace="other")), {})
    demo.call(demo.cluster.auth.grant, "demo-viewer", ["get", "list"], ["pods"])
    demo.call(demo.cluster.auth.grant, "demo-viewer", ["get", "create"], ["pods/exec"], "other")
    result = run("exec", "--all", "-A", "--as", "demo-viewer", "--", "echo", "x", kubeconfig=kubeconfig)
    assert (result.exit_code, result.out.split()) == (1, ["other", "far", "app", "|", "x"])
    assert result.err.count("Error from server (Forbidden)") == 1
    assert "4 of 5 failed" in result.err
    assert {row[-1] for row in rows(result.err)} == {"not permitted"}


def begun(process: Running, count: int) -> None:
    """Wait until so many containers have said so."""
    at = 0
    for _ in range(count):
        at = process.read_until("begun\n", after=at).index("begun\n", at) + 1


def test_a_lost_connection_fails_in_the_table_and_ends_no_other_command(demo: RunningDemo, kubeconfig: Path) -> None:
    populate(demo)
    with running(kubeconfig, "printf half; [ $WHO = side ] && exit 0; echo; echo begun; sleep 100") as process:
        begun(process, 3)
        process.read_until("side  | half\n")
        demo.call(demo.cluster.faults.drop_connections)
        assert process.wait() == 1
        err = process.stderr()
    assert "3 of 4 failed" in err
    cut = "the connection was cut before the command had ended"
    assert rows(err) == [["db", "app", "1", cut], ["web", "proxy", "1", cut], ["web", "app", "1", cut]]


def test_what_has_become_of_a_container_is_the_reason(demo: RunningDemo, kubeconfig: Path) -> None:
    populate(demo)
    with running(kubeconfig, "echo begun; [ $WHO = side ] || exit 0; sleep 100") as process:
        begun(process, 4)
        end(demo, "web", "side", 9)
        demo.call(demo.cluster.faults.drop_connections)
        process.wait()
        [row] = rows(process.stderr())
    assert row[:2] == ["web", "side"]
    assert "exit 9" in row[3]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"])
def test_an_interruption_says_what_had_not_ended(number: int, code: int, demo: RunningDemo, kubeconfig: Path) -> None:
    populate(demo)
    with running(kubeconfig, "echo begun; [ $WHO = side ] && exit 3; printf half; sleep 100") as process:
        begun(process, 4)
        wait_for(demo, lambda: demo.cluster.faults.open_streams == 3)
        assert process.interrupt(number) == code
        err = process.stderr()
    assert process.seen.count("| half\n") == 3
    assert "1 of 4 failed, 3 of 4 had not ended\n" in err
    open_ones = [["db", "app"], ["web", "proxy"], ["web", "app"]]
    assert rows(err) == [["web", "side", "3"], *([*where, "-", "had not ended"] for where in open_ones)]
    assert "go on in their containers" in err


def test_where_nothing_had_ended_there_is_no_table(config: Path) -> None:
    with running(config, "echo begun; sleep 100") as process:
        begun(process, 4)
        assert process.interrupt() == 130
        said = told(process.stderr())
    assert said[0] == "4 of 4 had not ended"
    assert len(said) == 2


def test_a_reader_that_does_not_read_does_not_hold_up_ctrl_c(config: Path) -> None:
    with running(config, "echo begun; while true; do echo 0123456789012345678901234567890123456789; done") as process:
        begun(process, 4)
        process.process.send_signal(signal.SIGINT)
        assert process.process.wait(DEADLINE_SECONDS) == 130


def test_a_reader_that_has_gone_ends_it_quietly(config: Path) -> None:
    with running(config, "echo begun; while true; do echo more; done") as process:
        begun(process, 1)
        assert process.process.stdout is not None
        process.process.stdout.close()
        assert process.process.wait(DEADLINE_SECONDS) == 0
        assert told(process.stderr()) == []


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with running_demo(()) as demo:
        names = [f"c{number}" for number in range(4)]
        for number in range(MANY // len(names)):
            lived(demo, 60, named(pod(f"web-{number}", *names)), {name: says("here") for name in names})
        yield demo.cluster.write_kubeconfig(tmp_path_factory.mktemp("crowd") / "kubeconfig")


def test_commands_that_take_long_run_in_all_containers_at_once(crowd: Path) -> None:
    with running(crowd, "echo begun; sleep 100", "-c", "*") as process:
        begun(process, MANY)
        assert process.interrupt() == 130
        assert f"{MANY} of {MANY} had not ended" in process.stderr()


def limited(limit: str, kubeconfig: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`kubectl-mc exec --all` in a shell that allows so many open files."""
    command = f'ulimit {limit}; exec "$0" -m kubectl_mc exec --all "$@"'
    return subprocess.run(
        ["sh", "-c", command, sys.executable, *words],
        env={"KUBECONFIG": str(kubeconfig), "PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_SECONDS,
    )


def test_a_low_limit_of_open_files_is_raised_as_far_as_it_may_be(crowd: Path) -> None:
    result = limited("-Sn 30", crowd, "--", "echo", "x")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.count("| x\n") == MANY


def test_a_limit_that_may_not_be_raised_is_said(crowd: Path) -> None:
    result = limited("-n 80", crowd, "--", "echo", "x")
    assert "more containers than this process may open files (80)" in result.stderr
    assert result.stdout.count("| x\n") == MANY
