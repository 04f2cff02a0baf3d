"""However the dashboard ends, the terminal is as it was before, and nobody sees a traceback."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import DEADLINE_SECONDS, Running, on_a_terminal

LEFT = (
    "\x1b[?1049l",
    "\x1b[?25h",
    "\x1b[?1000l",
    "\x1b[?1003l",
    "\x1b[?1006l",
    "\x1b[?2004l",
    "\x1b[?1004l",
    "\x1b[?7h",
)
"""The main screen, the cursor, no mouse, no marked pastes, no word of the focus, lines that wrap."""


@contextlib.contextmanager
def _opened(
    kubeconfig: Path, *words: str, prelude: str = "", controlling: bool = True, **environ: str
) -> Iterator[Running]:
    with on_a_terminal(
        "ui",
        *words,
        environ={"KUBECONFIG": str(kubeconfig), **environ},
        controlling=controlling,
        stderr=None,
        prelude=prelude,
    ) as dashboard:
        dashboard.read_until("finished-first")
        yield dashboard


def _assert_left(dashboard: Running) -> str:
    """What stands on the main screen."""
    assert dashboard.restored()
    for sequence in LEFT:
        assert sequence in dashboard.seen
    rest = dashboard.seen.rpartition(LEFT[0])[2]
    assert "Traceback" not in dashboard.seen
    return rest


def test_by_its_key(shared_kubeconfig: Path) -> None:
    with _opened(shared_kubeconfig) as dashboard:
        os.write(dashboard.descriptor, b"q")
        assert dashboard.wait() == 0
        _assert_left(dashboard)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_by_a_signal(shared_kubeconfig: Path, number: signal.Signals) -> None:
    with _opened(shared_kubeconfig) as dashboard:
        assert dashboard.interrupt(number) == 128 + number
        _assert_left(dashboard)


def test_by_a_signal_while_a_pod_is_shown(shared_kubeconfig: Path) -> None:
    with _opened(shared_kubeconfig) as dashboard:
        dashboard.press(b"\r", until="all containers")
        assert dashboard.interrupt(signal.SIGTERM) == 128 + signal.SIGTERM
        _assert_left(dashboard)


def test_by_a_fault_of_its_own(shared_kubeconfig: Path) -> None:
    """One line says what it was, below the prompt of the shell."""
    broken = "import kubectl_mc.tui.screens.pods as pods\npods.next_order = None"
    with _opened(shared_kubeconfig, prelude=broken) as dashboard:
        os.write(dashboard.descriptor, b"o")
        assert dashboard.wait() == 1
        assert "kubectl-mc itself failed, which is a fault of its own: TypeError" in _assert_left(dashboard)


def test_suspended_and_brought_back(shared_kubeconfig: Path) -> None:
    with _opened(shared_kubeconfig) as dashboard:
        os.write(dashboard.descriptor, b"\x1a")
        dashboard.wait_until_stopped()
        dashboard.read_until("\x1b[?25h")
        _assert_left(dashboard)

        before = len(dashboard.seen)
        dashboard.process.send_signal(signal.SIGCONT)
        dashboard.read_until("finished-first", after=before)
        os.write(dashboard.descriptor, b"q")
        assert dashboard.wait() == 0
        _assert_left(dashboard)


def test_stopped_from_outside_and_continued(shared_kubeconfig: Path) -> None:
    """SIGSTOP cannot be caught, so the terminal is not given back, and must not be taken twice."""
    with _opened(shared_kubeconfig) as dashboard:
        dashboard.process.send_signal(signal.SIGSTOP)
        dashboard.wait_until_stopped()
        before = len(dashboard.seen)
        dashboard.process.send_signal(signal.SIGCONT)
        dashboard.read_until("finished-first", after=before)
        os.write(dashboard.descriptor, b"q")
        assert dashboard.wait() == 0
        _assert_left(dashboard)


@pytest.mark.parametrize("controlling", [True, False], ids=["of its session", "of another one"])
def test_a_terminal_that_is_closed_ends_it(shared_kubeconfig: Path, *, controlling: bool) -> None:
    with _opened(shared_kubeconfig, controlling=controlling) as dashboard:
        os.close(dashboard.descriptor)
        assert dashboard.process.wait(DEADLINE_SECONDS) != 0
