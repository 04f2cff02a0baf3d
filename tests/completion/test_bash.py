"""completions/kubectl-mc.bash in a real, interactive bash on a terminal."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.completion.tab import PATIENCE_SECONDS, Shell

SCRIPT = Path(__file__).parents[2] / "completions" / "kubectl-mc.bash"


class Terminal:
    """A bash that keys are typed into."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def type(self, keys: str, until: str) -> None:
        """Type keys, and read until the screen has shown what is awaited."""
        os.write(self._descriptor, keys.encode())
        seen = ""
        end = time.monotonic() + PATIENCE_SECONDS
        while until not in seen:
            ready, _, _ = select.select([self._descriptor], [], [], max(end - time.monotonic(), 0))
            assert ready, f"{until!r} is not in {seen!r}"
            seen += os.read(self._descriptor, 65536).decode()


@pytest.fixture
def bash(shell: Shell) -> Iterator[Terminal]:
    command = shell.home / "kubectl_complete-mc"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kubectl_mc.completion "$@"\n')
    command.chmod(0o755)
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        ["bash", "--norc", "--noprofile", "-i"],
        env={**shell.environ, "PS1": "ready> ", "TERM": "dumb"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    terminal = Terminal(ours)
    terminal.type("bind 'set enable-bracketed-paste off'\n", until="ready> ")
    terminal.type(f". '{SCRIPT}'; echo loa''ded\n", until="loaded\r\nready> ")
    try:
        yield terminal
    finally:
        process.kill()
        process.wait()
        os.close(ours)


@pytest.mark.parametrize(
    ("typed", "rest"),
    [
        ("stat", "us "),
        ("status --output=j", "son "),
        ("status --no-h", "eaders "),
        ("demo status -n stag", "ing "),
        ("demo status dep", "loy/"),
        ("demo status sts/led", "ger "),
        ("--context us:ea", "st "),
    ],
)
def test_tab_writes_the_rest_of_the_word(typed: str, rest: str, bash: Terminal, shell: Shell) -> None:
    shell.kubeconfig.write_text("contexts: [{name: 'us:east', context: {}}]")
    shell.tabs(*typed.split(" "))  # so that the first TAB of the terminal is not the one that reads declarations
    bash.type(f"kubectl-mc {typed}\t!", until=f"kubectl-mc {typed}{rest}!")


def test_a_file_is_completed_where_a_flag_takes_one(bash: Terminal, shell: Shell) -> None:
    shell.tab("status", "--kubeconfig", "")
    bash.type(f"kubectl-mc status --kubeconfig {shell.home}/kubeconf\t!", until="/kubeconfig !")
