"""A session that has the whole terminal: nothing of the dashboard is drawn meanwhile, and all of it comes back."""

from pathlib import Path

from kubectl_mc.demo.server import RunningDemo
from tests.log_pods import lived, pod, says
from tests.processes import on_a_terminal


def test_the_terminal_is_handed_over_and_comes_back(demo: RunningDemo, kubeconfig: Path) -> None:
    lived(demo, 60, pod("web", "app"), {"app": says("logged")})
    with on_a_terminal("ui", environ={"KUBECONFIG": str(kubeconfig)}, controlling=True, stderr=None) as dashboard:
        dashboard.read_until("web")
        dashboard.press(b"\r", until="all containers")
        before = len(dashboard.seen)
        dashboard.press(b"S", until="/ # ")
        handed_over = dashboard.seen[before:].rpartition("\x1b[?1049l")[2]
        assert "all containers" not in handed_over
        seen = dashboard.press(b"stty size; exit 7\r", until="exit code 7")
        theirs, _, _ = seen.partition("\x1b[?1049h")
        assert "30 100" in theirs
        assert "all containers" not in theirs
        dashboard.read_until("all containers", after=dashboard.seen.rindex("\x1b[?1049h"))
        dashboard.press(b"\x1b", until="order:")
        dashboard.press(b"q", until="\x1b[?1049l")
        assert dashboard.wait() == 0
        assert dashboard.restored()
