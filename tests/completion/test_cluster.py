"""Names from a cluster over a real socket, and from clusters that don't answer."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from kubectl_mc.cluster.flags import ConnectionFlags
from kubectl_mc.completion.cluster_answers import candidates
from kubectl_mc.completion.cluster_names import Question
from kubectl_mc.completion.reply import Candidate
from kubectl_mc.demo.auth import VIEWER
from kubectl_mc.demo.server import RunningDemo, running_demo
from kubectl_mc.model.resources import NAMESPACES
from tests.completion.tab import NOTHING, Shell


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("status webapp", ["webapp", "webapp-with-logging"]),
        ("status webapp webapp", ["webapp-with-logging"]),
        ("-n staging status h", ["hello"]),
        ("status --namespace=staging pod/", ["pod/hello"]),
        ("status sts/", ["sts/ledger"]),
        ("events statefulset ", ["ledger"]),
        ("status -n st", ["staging"]),
    ],
)
def test_names_come_from_the_cluster(line: str, expected: list[str], shell: Shell) -> None:
    assert shell.tabs(*line.split(" ")) == expected


def test_the_kubeconfig_on_the_line_is_used(shell: Shell, tmp_path: Path) -> None:
    elsewhere = Shell(tmp_path / "other", tmp_path / "missing")
    assert elsewhere.tabs("status", "--kubeconfig", str(shell.kubeconfig), "image") == ["image-typo"]


def test_containers_are_asked_for_by_target(shell: Shell) -> None:
    question = Question(ConnectionFlags(), None, ("webapp",))
    assert candidates(question, shell.environ) == [
        Candidate("wait-for-db", "init, busybox:1.37"),
        Candidate("wait-for-cache", "init, busybox:1.37"),
        Candidate("webapp", "app, nginx:1.27"),
    ]


def test_of_very_many_names_none_is_missing(tmp_path: Path) -> None:
    with running_demo(()) as demo:
        file = demo.cluster.write_kubeconfig(tmp_path / "kubeconfig")
        names = [f"team-{number:03}" for number in range(600)]
        for name in names:
            demo.call(demo.cluster.apply, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        question = Question(ConnectionFlags(kubeconfig=str(file)), NAMESPACES)
        found = [candidate.value for candidate in candidates(question, {})]
    assert set(names) <= set(found)


def test_a_late_answer_is_there_for_the_next_tab(demo: RunningDemo, shell: Shell) -> None:
    demo.call(demo.cluster.faults.delay, 0.5)
    try:
        assert shell.tab("status", "image") == NOTHING
        assert shell.tabs("status", "image") == ["image-typo"]
    finally:
        demo.call(demo.cluster.faults.delay, 0.0)


def test_a_kept_answer_is_for_its_own_question_alone(shell: Shell) -> None:
    assert shell.tabs("status", "image") == ["image-typo"]
    assert shell.tabs("status", "-n", "staging", "h") == ["hello"]
    names = [file for file in shell.home.rglob("names-*") if file.stat().st_mode & 0o077 == 0]
    assert len(names) == 2


def test_who_may_not_list_namespaces_gets_those_of_the_kubeconfig(demo: RunningDemo, shell: Shell) -> None:
    demo.cluster.write_kubeconfig(shell.kubeconfig, VIEWER)
    assert shell.tabs("status", "-n", "") == ["demo"]


@contextmanager
def silent_server() -> Iterator[str]:
    """Accepts every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_server_that_never_answers_is_not_waited_for(shell: Shell) -> None:
    with silent_server() as url:
        assert shell.tab("status", "--server", url, "") == NOTHING


@pytest.mark.parametrize("content", ["{", "[]", "contexts: 3", "current-context: gone", "\x00", ""])
@pytest.mark.parametrize("line", ["status ", "--context ", "-n "])
def test_a_broken_kubeconfig_is_passed_over_in_silence(content: str, line: str, shell: Shell) -> None:
    shell.kubeconfig.write_text(content)
    out = shell.tab(*line.split(" "))
    assert out.endswith((":4\n", ":6\n"))
    assert all("/\t" in word for word in out.splitlines()[:-1])


def test_a_dependency_that_complains_is_not_heard(shell: Shell) -> None:
    (shell.home / "yaml.py").write_text("import sys\nsys.stderr.write('noise\\n')\nraise ImportError('broken')\n")
    assert shell.tab("--context", "") == NOTHING


def test_a_home_that_cannot_be_written_costs_only_the_memory(shell: Shell) -> None:
    (shell.home / ".cache").write_text("not a folder")
    assert shell.tabs("stat") == ["status"]


def test_a_credential_plugin_can_neither_ask_nor_print(shell: Shell) -> None:
    document = yaml.safe_load(shell.kubeconfig.read_text())
    token = document["users"][0]["user"]["token"]
    plugin = shell.home / "plugin"
    credential = f'{{"kind":"ExecCredential","status":{{"token":"{token}"}}}}'
    plugin.write_text(
        "#!/bin/sh\necho log in >&2\n{ echo log in >/dev/tty; } 2>/dev/null\n"
        f"read -r answer\ntouch {shell.home}/asked\necho '{credential}'\n"
    )
    plugin.chmod(0o755)
    exec_ = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(plugin), "interactiveMode": "IfAvailable"}
    document["users"][0]["user"] = {"exec": exec_}
    shell.kubeconfig.write_text(yaml.safe_dump(document))

    assert shell.tabs("status", "image") == ["image-typo"]
    seen = on_a_terminal(shell, "status", "-n", "demo", "image")
    assert "log in" not in seen
    assert (shell.home / "asked").exists()


def on_a_terminal(shell: Shell, *words: str) -> str:
    """All that a terminal shows when TAB is pressed there."""
    spawn = "import pty, sys; pty.spawn(sys.argv[1:])"
    run = subprocess.run(
        [sys.executable, "-c", spawn, sys.executable, "-m", "kubectl_mc.completion", *words],
        env=shell.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    return run.stdout.decode()
