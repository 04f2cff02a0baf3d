"""A session in a tab, on a real terminal: what gets out to that, and what doesn't."""

import base64
from pathlib import Path

from kubectl_mc.demo.server import RunningDemo
from tests.log_pods import lived, pod, says
from tests.processes import on_a_terminal


def test_a_program_reaches_neither_title_nor_clipboard_and_marking_with_the_mouse_does(
    demo: RunningDemo, kubeconfig: Path
) -> None:
    lived(demo, 60, pod("web", "app"), {"app": says("logged")})
    with on_a_terminal("ui", environ={"KUBECONFIG": str(kubeconfig)}, controlling=True, stderr=None) as dashboard:
        dashboard.read_until("web")
        dashboard.press(b"\r", until="all containers")
        dashboard.press(b"s", until="/ # ")
        program = (
            b"printf '\\033]0;tit''le\\007\\033]52;c;c3Rv''bGVu\\007\\033[?1049h\\033[2J\\033[Hmark''ed'; sleep 1000\r"
        )
        dashboard.press(program, until="marked")
        assert "title" not in dashboard.seen
        assert "c3RvbGVu" not in dashboard.seen
        assert "\x1b]52" not in dashboard.seen
        copied = base64.b64encode(b"marked").decode()
        row = b"4"  # below the title and the tabs
        drag = b"\x1b[<0;1;%bM\x1b[<32;1;%bM\x1b[<32;6;%bM\x1b[<0;6;%bm" % (row, row, row, row)
        dashboard.press(drag, until=f"\x1b]52;c;{copied}\x07")
        dashboard.press(b"\x1d", until="all containers")
        dashboard.press(b"q", until="session is open")
        dashboard.press(b"\r", until="\x1b[?1049l")
        assert dashboard.wait() == 0
        assert dashboard.restored()
