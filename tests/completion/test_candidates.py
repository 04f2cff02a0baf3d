"""What a line without a cluster completes to, asked in this process."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kubectl_mc import cli
from kubectl_mc.completion.command_line import complete
from kubectl_mc.completion.line import Line
from kubectl_mc.completion.reply import Candidate, Directive, reply
from kubectl_mc.completion.syntax import Argument, Flag, Syntax
from kubectl_mc.completion.values import Blank, value
from kubectl_mc.completion.world import World, connection_flags

TYPES = ("po/", "deploy/", "rs/", "sts/", "ds/", "job/", "cj/", "svc/", "rc/")
KUBECONFIG = """
contexts:
- {name: prod, context: {cluster: far, user: admin, namespace: shop}}
- {name: test, context: {cluster: near, user: viewer}}
clusters:
- {name: far, cluster: {server: "http://127.0.0.1:9"}}
- {name: near, cluster: {server: "http://127.0.0.1:9"}}
users:
- {name: admin, user: {}}
- {name: viewer, user: {}}
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)
    return {"HOME": str(tmp_path), "KUBECONFIG": str(tmp_path / "kubeconfig")}


def values(line: str, environ: dict[str, str]) -> list[str]:
    return [candidate.value for candidate in complete(line.split(" "), environ).candidates]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("st", ["status"]),
        ("-n shop ev", ["events"]),
        ("status --wat", ["--watch"]),
        ("status -w", ["-w"]),
        ("status -o ", ["wide", "json", "yaml", "name"]),
        ("doc", ["doctor"]),
        ("doctor -o ", ["json", "yaml", "sarif"]),
        ("doctor --ignore oom", ["oom-killed"]),
        ("status --output=j", ["json"]),
        ("--color ", ["auto", "always", "never"]),
        ("events --types W", ["Warning"]),
        ("--context ", ["prod", "test"]),
        ("status --cluster f", ["far"]),
        ("--user=v", ["viewer"]),
        ("nonsense --", []),
        ("status --watch --wat", []),
        ("demo sta", ["status"]),
        ("demo se", ["serve"]),
        ("logs --timestamps=", ["full", "short"]),
        ("logs --order ", ["time", "arrival"]),
        ("demo logs port-conflict -x ", ["webapp", "admin"]),
        ("demo dem", []),
        ("demo deb", ["debug"]),
        ("demo demo ", []),
        ("demo status --no-h", ["--no-headers"]),
        ("demo status mem", ["memory-hog"]),
        ("demo status memory-hog mem", []),
        ("demo status ledger-", ["ledger-0", "ledger-1"]),
        (
            "demo status -n staging ",
            ["hello", *(f"{word}/" for word in ["po", "deploy", "rs", "sts", "ds", "job", "cj", "svc", "rc"])],
        ),
        ("demo -n staging events po/", ["po/hello"]),
        ("demo status sts/", ["sts/ledger"]),
        ("demo status sts ", ["ledger"]),
        ("demo status deployment", ["deployment/"]),
        ("demo status nonsense/", []),
        ("demo events -n ", ["demo", "staging"]),
    ],
)
def test_a_line_completes(line: str, expected: list[str], environ: dict[str, str]) -> None:
    assert values(line, environ) == expected


@pytest.mark.parametrize("name", [None, *cli.COMMANDS])
def test_flags_and_their_help_are_the_declared_ones(name: str | None, environ: dict[str, str]) -> None:
    group = cli.group()
    command: Any = group if name is None else group.get_command(None, name)
    declared = [
        Candidate(word, parameter.help)
        for parameter in command.params
        if parameter.param_type_name == "option"
        for word in parameter.opts
        if word.startswith("--")
    ]
    offered = complete([*([name] if name else []), "--"], environ).candidates
    assert [item for item in offered if item.value != "--help"] == declared


def test_commands_come_with_their_line_of_help(environ: dict[str, str]) -> None:
    assert complete([""], environ) == reply(Candidate(name, about) for name, about in cli.COMMANDS.items())


@pytest.mark.parametrize(
    ("line", "directive"),
    [
        ("--kubeconfig ", 0),
        ("--token ", Directive.NO_FILES),
        ("demo status depl", Directive.NO_FILES | Directive.NO_SPACE),
        ("demo status ", Directive.NO_FILES),
        ("demo status sts/led", Directive.NO_FILES),
    ],
)
def test_the_shell_is_told_whether_files_or_a_space_come_next(
    line: str, directive: int, environ: dict[str, str]
) -> None:
    assert complete(line.split(" "), environ).directive == directive


@pytest.mark.parametrize("kept", [b"", b"{", b"[]", b'{"stamp": [], "syntax": {}}'])
def test_kept_declarations_that_are_old_or_broken_are_read_anew(kept: bytes, environ: dict[str, str]) -> None:
    expected = values("status --", environ)
    [file] = Path(environ["HOME"]).rglob("syntax-status.json")
    whole = file.read_bytes()
    file.write_bytes(kept)
    assert values("status --", environ) == expected
    assert file.read_bytes() == whole


def test_kept_declarations_spare_typer(environ: dict[str, str]) -> None:
    line = "import os, sys\nfrom kubectl_mc.completion.command_line import complete\n"
    line += "print(len(complete(['status', '--'], os.environ).candidates) > 9, 'typer' in sys.modules)"
    runs = [
        subprocess.run(
            [sys.executable, "-c", line],
            env={**environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        for _ in range(2)
    ]
    assert [run.stdout for run in runs] == ["True True\n", "True False\n"]


@pytest.mark.parametrize(
    ("pod", "expected"),
    [
        ("webapp", ["wait-for-db", "wait-for-cache", "webapp"]),
        ("pod/webapp", ["wait-for-db", "wait-for-cache", "webapp"]),
        ("job/report", ["proxy", "report"]),
        ("a/b/c", []),
    ],
)
def test_containers_are_those_of_the_pod_on_the_line(pod: str, expected: list[str], environ: dict[str, str]) -> None:
    container = Flag("container", ("--container",), ("-c",), True, False, "NAME", "")
    line = Line(Syntax((container,), (Argument("pod", False),)), flag=container, values={"pod": [pod]})
    answer = value(Blank(line, World(connection_flags({}), environ, demo=True)))
    assert [candidate.value for candidate in answer.candidates] == expected


def test_connection_flags_are_taken_from_the_line() -> None:
    flags = connection_flags(
        {"namespace": ["a", "b"], "as_group": ["x", "y"], "insecure_skip_tls_verify": [""], "request_timeout": ["1s"]}
    )
    assert (flags.namespace, flags.as_group) == ("b", ("x", "y"))
    assert (flags.insecure_skip_tls_verify, flags.request_timeout) == (True, None)


def test_nothing_in_a_description_breaks_the_protocol() -> None:
    text = reply([Candidate("web", "a\nb\tc\x1b[31m"), Candidate("we\nird", "")]).text()
    assert text == "web\ta b c [31m\n:4\n"
