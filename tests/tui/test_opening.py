"""From the command line to the first screen: the pods are asked for while the dashboard's own parts are loaded."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubectl_mc.demo.auth import VIEWER
from kubectl_mc.demo.server import RunningDemo
from tests.processes import DEADLINE_SECONDS, Running, on_a_terminal

ALTERNATE = "\x1b[?1049h"
ASKED_ONCE_LOADED = """
import asyncio, sys
from kubectl_mc.tui.watching import PodWatch

begin = PodWatch.begin
async def begin_once_loaded(self):
    while "kubectl_mc.tui.app" not in sys.modules:
        await asyncio.sleep(0.01)
    await begin(self)
PodWatch.begin = begin_once_loaded
"""
FAILS_AT_ONCE = """
from kubectl_mc.cluster.feed import PodFeed
from kubectl_mc.errors import ApiError

async def updates(self, timeout):
    raise ApiError("the server has had enough")
PodFeed.updates = updates
"""


@pytest.fixture
def silent_server() -> Iterator[socket.socket]:
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(DEADLINE_SECONDS)
        yield server


def _assert_never_taken(dashboard: Running) -> None:
    assert ALTERNATE not in dashboard.seen
    assert "Traceback" not in dashboard.seen
    assert "never retrieved" not in dashboard.seen
    assert dashboard.restored()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=str
)
def test_a_server_that_says_nothing_is_left_with_one_key_or_signal(
    silent_server: socket.socket, number: signal.Signals, code: int
) -> None:
    server = f"http://127.0.0.1:{silent_server.getsockname()[1]}"
    with on_a_terminal("ui", "-s", server, environ={}, controlling=True, stderr=None) as dashboard:
        connection, _ = silent_server.accept()
        with connection:
            if number == signal.SIGINT:
                os.write(dashboard.descriptor, b"\x03")
            else:
                dashboard.process.send_signal(number)
            assert dashboard.wait() == code
        _assert_never_taken(dashboard)
        assert "error" not in dashboard.seen


def test_the_screen_is_loaded_while_the_cluster_is_asked(shared_kubeconfig: Path) -> None:
    environ = {"KUBECONFIG": str(shared_kubeconfig)}
    with on_a_terminal("ui", environ=environ, controlling=True, stderr=None, prelude=ASKED_ONCE_LOADED) as dashboard:
        dashboard.read_until("finished-first")
        os.write(dashboard.descriptor, b"q")
        assert dashboard.wait() == 0


def test_a_watch_that_fails_before_the_first_screen_is_said_in_a_line(shared_kubeconfig: Path) -> None:
    environ = {"KUBECONFIG": str(shared_kubeconfig)}
    with on_a_terminal("ui", environ=environ, controlling=True, stderr=None, prelude=FAILS_AT_ONCE) as dashboard:
        assert dashboard.wait() == 1
        assert "the server has had enough" in dashboard.seen
        assert "Traceback" not in dashboard.seen
        assert dashboard.restored()


def test_pods_that_may_not_be_listed_open_the_dashboard_all_the_same(shared_demo: RunningDemo, tmp_path: Path) -> None:
    viewer = shared_demo.cluster.write_kubeconfig(tmp_path / "viewer", VIEWER)
    with on_a_terminal("ui", environ={"KUBECONFIG": str(viewer)}, controlling=True, stderr=None) as dashboard:
        dashboard.read_until('cannot list resource "pods"')
        os.write(dashboard.descriptor, b"q")
        assert dashboard.wait() == 0
        assert dashboard.restored()


def test_the_first_screen_loads_nothing_that_only_others_need() -> None:
    """Emulator, rules and logs take as long to import as all that the list of pods needs."""
    code = "import json, sys, kubectl_mc.tui.app; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(json.loads(run.stdout))

    assert "textual" in modules
    assert not {"pyte", "markdown_it", "kubectl_mc.doctor", "kubectl_mc.logs", "kubectl_mc.tui.screens.pod"} & modules
