"""Terminals that can show less, and what stands in for a terminal."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import run
from tests.processes import Running, on_a_terminal

COLOURED = ("\x1b[38;", "\x1b[48;", ";38;5", ";48;5", "\x1b[31m")


def _screen(kubeconfig: Path, *words: str, **environ: str) -> str:
    """All that is written to the terminal until a pod is shown."""
    with on_a_terminal("ui", *words, environ={"KUBECONFIG": str(kubeconfig), **environ}, stderr=None) as dashboard:
        dashboard.read_until("finished-first")
        dashboard.press(b"\r", until="all containers")
        dashboard.press(b"?", until="the command palette")
        os.write(dashboard.descriptor, b"\x1bq")
        return dashboard.seen


def _leave(dashboard: Running) -> int:
    os.write(dashboard.descriptor, b"q")
    return dashboard.wait()


def test_a_colourful_terminal_gets_colours_and_frames(shared_kubeconfig: Path) -> None:
    seen = _screen(shared_kubeconfig)

    assert any(sequence in seen for sequence in COLOURED)
    assert "━" in seen
    assert "✗" in seen


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "vt100"}], ids=str)
def test_without_colours_the_cursor_is_still_to_be_seen(shared_kubeconfig: Path, environ: dict[str, str]) -> None:
    seen = _screen(shared_kubeconfig, **environ)

    assert not any(sequence in seen for sequence in COLOURED)
    assert "\x1b[7" in seen or ";7m" in seen  # reversed
    assert re.search(r"\x1b\[7[;\d]*mLogs", seen), "the tab in front is marked"


def test_colours_may_be_refused_by_a_flag(shared_kubeconfig: Path) -> None:
    assert not any(sequence in _screen(shared_kubeconfig, "--color", "never") for sequence in COLOURED)


@pytest.mark.parametrize(
    "environ", [{"LC_ALL": "C"}, {"LANG": "C"}, {"TERM": "linux"}, {"PYTHONIOENCODING": "ascii"}], ids=str
)
def test_without_utf8_all_is_ascii(shared_kubeconfig: Path, environ: dict[str, str]) -> None:
    seen = _screen(shared_kubeconfig, **environ)

    assert seen.isascii()
    assert "\\u" not in seen
    assert "---" in seen  # below the tabs


def test_a_dumb_terminal_gets_the_status(shared_kubeconfig: Path) -> None:
    with on_a_terminal("ui", environ={"KUBECONFIG": str(shared_kubeconfig), "TERM": "dumb"}) as dashboard:
        assert dashboard.wait() == 1
        assert "finished-first" in dashboard.seen
        assert "\x1b[?1049h" not in dashboard.seen
        assert "the dashboard needs a terminal" in dashboard.stderr()


def test_a_pipe_gets_the_status_and_a_word(shared_kubeconfig: Path) -> None:
    result = run("ui", kubeconfig=shared_kubeconfig)

    assert result.exit_code == 1
    assert "finished-first" in result.out
    assert result.err.splitlines() == [
        "error: the dashboard needs a terminal",
        "hint: kubectl mc status shows this without one",
    ]


def test_without_a_command_a_terminal_gets_the_dashboard(shared_kubeconfig: Path) -> None:
    with on_a_terminal(environ={"KUBECONFIG": str(shared_kubeconfig)}, stderr=None) as dashboard:
        dashboard.read_until("finished-first")
        assert "\x1b[?1049h" in dashboard.seen
        assert _leave(dashboard) == 0


def test_without_a_command_a_pipe_gets_the_help(shared_kubeconfig: Path) -> None:
    result = run(kubeconfig=shared_kubeconfig)

    assert result.exit_code == 0
    assert "Usage: kubectl mc" in result.out
    assert "finished-first" not in result.out
    assert "\x1b" not in result.out


def test_nobody_types_and_nothing_is_drawn(shared_kubeconfig: Path) -> None:
    """A terminal only for the output: the keys would never come."""
    outer, inner = os.openpty()
    words = ["-m", "kubectl_mc", "ui", "--kubeconfig", str(shared_kubeconfig)]
    process = subprocess.run(
        [sys.executable, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=inner,
        check=False,
        timeout=60,
    )
    os.close(inner)
    os.close(outer)
    assert process.returncode == 1
    assert b"finished-first" in process.stdout


def test_stderr_elsewhere_means_that_nothing_can_be_drawn(shared_kubeconfig: Path) -> None:
    with on_a_terminal("ui", environ={"KUBECONFIG": str(shared_kubeconfig)}) as dashboard:
        assert dashboard.wait() == 1
        assert "\x1b[?1049h" not in dashboard.seen
        assert "the dashboard needs a terminal" in dashboard.stderr()


def test_a_terminal_that_is_too_small_says_so_until_it_grows(shared_kubeconfig: Path) -> None:
    environ = {"KUBECONFIG": str(shared_kubeconfig)}
    with on_a_terminal("ui", environ=environ, columns=30, lines=8, controlling=True, stderr=None) as dashboard:
        dashboard.read_until("too small: 40x10")
        before = len(dashboard.seen)
        dashboard.resize(100, 30)
        dashboard.read_until("finished-first", after=before)
        before = len(dashboard.seen)
        dashboard.resize(39, 30)
        dashboard.read_until("too small: 40x10", after=before)
        assert _leave(dashboard) == 0
