"""A session that has the whole terminal: nothing of the dashboard is drawn meanwhile, and all of it comes back."""

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubectl_mc.demo.server import RunningDemo
from tests.log_pods import end, lived, pod, says
from tests.processes import Running, on_a_terminal

BACK = "\x1b[?1049h"
"""The dashboard takes the terminal."""
LEFT = "\x1b[?1049l"
"""It gives it away."""


@contextlib.contextmanager
def handed_over(demo: RunningDemo, kubeconfig: Path) -> Iterator[Running]:
    """The dashboard, in which a shell has the whole terminal."""
    lived(demo, 60, pod("web", "app"), {"app": says("logged")})
    with on_a_terminal("ui", environ={"KUBECONFIG": str(kubeconfig)}, controlling=True, stderr=None) as dashboard:
        dashboard.read_until("web")
        dashboard.press(b"\r", until="all containers")
        before = len(dashboard.seen)
        dashboard.press(b"S", until="/ # ")
        shown = dashboard.seen[before:].rpartition(LEFT)[2]
        assert "a shell in app of pod web; exit leads back to the dashboard" in shown
        assert "all containers" not in shown
        yield dashboard


def comes_back(dashboard: Running, keys: bytes, said: str) -> str:
    """The dashboard says something once it has its terminal back; what was written before that."""
    seen = dashboard.press(keys, until=said)
    theirs, _, _ = seen.partition(BACK)
    assert "all containers" not in theirs
    dashboard.read_until("all containers", after=dashboard.seen.rindex(BACK))
    dashboard.press(b"\x1b", until="order:")
    dashboard.press(b"q", until=LEFT)
    assert dashboard.wait() == 0
    assert dashboard.restored()
    assert "Traceback" not in dashboard.seen
    return theirs


def test_the_terminal_is_handed_over_and_comes_back(demo: RunningDemo, kubeconfig: Path) -> None:
    with handed_over(demo, kubeconfig) as dashboard:
        assert "30 100" in comes_back(dashboard, b"stty size; exit 7\r", "exit code 7")


def test_what_a_program_has_left_switched_on_is_switched_back(demo: RunningDemo, kubeconfig: Path) -> None:
    with handed_over(demo, kubeconfig) as dashboard:
        theirs = comes_back(dashboard, b"printf '\\033[?1000h\\033[?25l'; exit 7\r", "exit code 7")
        assert theirs.rindex("\x1b[?1000l") > theirs.rindex("\x1b[?1000h")
        assert theirs.rindex("\x1b[?25h") > theirs.rindex("\x1b[?25l")


def test_ctrl_z_and_ctrl_c_are_the_programs(demo: RunningDemo, kubeconfig: Path) -> None:
    with handed_over(demo, kubeconfig) as dashboard:
        dashboard.press(b"cat\r\x1a\rsti''ll\r", until="\x1a\r\nsti''ll\r\n\x1a")
        dashboard.press(b"\x03", until="/ # ")
        dashboard.press(b"echo he''re\r", until="here")
        comes_back(dashboard, b"exit 7\r", "exit code 7")


def test_a_connection_that_is_cut_gives_it_back(demo: RunningDemo, kubeconfig: Path) -> None:
    with handed_over(demo, kubeconfig) as dashboard:
        dashboard.press(b"printf '\\033[?1000h'; echo switc''hed; sleep 1000\r", until="switched")
        demo.call(demo.cluster.faults.drop_connections)
        assert "\x1b[?1000l" in comes_back(dashboard, b"", "the connection was cut")


def test_a_container_that_ends_gives_it_back_and_is_said(demo: RunningDemo, kubeconfig: Path) -> None:
    with handed_over(demo, kubeconfig) as dashboard:
        dashboard.press(b"echo star''ted; sleep 1000\r", until="started")
        end(demo, "web", "app", 7)
        comes_back(dashboard, b"", "exit code 137")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_it_all_and_leaves_the_terminal_as_it_was(
    demo: RunningDemo, kubeconfig: Path, number: signal.Signals, code: int
) -> None:
    with handed_over(demo, kubeconfig) as dashboard:
        dashboard.press(b"printf '\\033[?1000h'; echo switc''hed; sleep 1000\r", until="switched")
        assert dashboard.interrupt(number) == code
        assert dashboard.restored()
        assert dashboard.seen.rindex("\x1b[?1000l") > dashboard.seen.rindex("\x1b[?1000h")
        assert dashboard.seen.rindex(LEFT) > dashboard.seen.rindex(BACK)
        assert "Traceback" not in dashboard.seen
