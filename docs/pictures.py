"""Makes the pictures of the documents from what is shown of the demo: python docs/pictures.py."""

import asyncio
import io
import re
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from kubectl_mc import PROGRAM, cli
from kubectl_mc.demo.server import running_demo
from kubectl_mc.model.targets import Query
from kubectl_mc.session import Session
from kubectl_mc.tui.app import Dashboard
from kubectl_mc.tui.watching import PodWatch

HERE = Path(__file__).parent
COLUMNS = 132
PICTURES = {
    "status": (["status"], ["status", "sidecar-down"]),
    "progress": (["status", "webapp"], ["status", "sidecar-gate"]),
    "logs": (["logs", "sidecar-down", "--tail", "4", "--events"], ["logs", "memory-hog", "--tail", "3"]),
    "doctor": (["doctor", "readiness-failing"], ["doctor", "sidecar-gate"]),
    "events": (["events", "port-conflict"],),
    "timeline": (["timeline", "deploy/production-app"],),
    "map": (["map", "webapp-with-logging"], ["map", "app-with-cache"]),
}
SCREENS: dict[str, Sequence[str | Sequence[str]]] = {
    "ui-pods": (["finished-first"],),
    "ui-logs": (["finished-first"], "/", *"finished", "enter", ["“finished”"], "enter", ["upload failed"]),
    "ui-doctor": (
        ["finished-first"],
        "/",
        *"early-start",
        "enter",
        ["“early-start”"],
        "enter",
        ["all containers"],
        "3",
        ["next"],
    ),
    "ui-session": (
        *(
            ["finished-first"],
            "/",
            *"with-logging",
            "enter",
            ["“with-logging”"],
            "enter",
            ["all containers"],
            "down",
            "s",
        ),
        *(["#"], *"ps", "enter", ["PID"]),
    ),
}
"""Keys, and texts to wait for before the next one."""
SIZE = (150, 36)
"""So wide that a session stands beside the logs."""
PATIENCE_SECONDS = 30.0
LINES = 18
"""A picture shows the beginning of what a command prints."""


class _Screen(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def printed(words: list[str], kubeconfig: Path) -> str:
    """What a command prints on a terminal, after its prompt."""
    out = _Screen()
    environ = {"KUBECONFIG": str(kubeconfig), "TERM": "xterm-256color", "COLORTERM": "", "COLUMNS": str(COLUMNS)}
    cli.main([*words, "-n", "demo"], Session(stdout=out, environ=environ))
    lines = out.getvalue().splitlines()
    return "\n".join(
        [f"\x1b[1m$ {PROGRAM} {' '.join(words)}\x1b[0m", *lines[:LINES], *(["…"] if len(lines) > LINES else [])]
    )


async def photograph(keys: Sequence[str | Sequence[str]], kubeconfig: Path) -> str:
    """The dashboard after some keys, as SVG."""
    environ = {"KUBECONFIG": str(kubeconfig), "TERM": "xterm-256color", "HOME": str(kubeconfig.parent)}
    session = Session(stdout=_Screen(), stderr=_Screen(), environ=environ)
    watch = PodWatch(session, Query())
    await watch.begin()
    app = Dashboard(session, Query(), watch)
    async with app.run_test(size=SIZE) as pilot:
        for key in keys:
            if isinstance(key, str):
                await pilot.press(key)
                continue
            end = time.monotonic() + PATIENCE_SECONDS
            while not all(text in _text(app) for text in key):
                if time.monotonic() > end:
                    raise SystemExit(f"{key} is not shown: {_text(app)}")
                await pilot.pause(0.1)
        await pilot.pause(0.5)
        svg = app.export_screenshot(title="kubectl mc ui")
    await session.client().connection.close()
    return svg


def _text(app: Dashboard) -> str:
    strips = app.screen._compositor.render_strips(app.size)
    return "\n".join(strip.text for strip in strips)


def _save(name: str, svg: str) -> None:
    # The reader's browser would fetch a font from elsewhere; the fallback, monospace, will do.
    (HERE / f"{name}.svg").write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL), encoding="utf-8")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_demo() as demo:
        kubeconfig = demo.cluster.write_kubeconfig(Path(folder) / "kubeconfig")
        for name, commands in PICTURES.items():
            console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
            console.print(Text.from_ansi("\n\n".join(printed(words, kubeconfig) for words in commands)))
            _save(name, console.export_svg(title="kubectl-mc"))
        for name, keys in SCREENS.items():
            _save(name, asyncio.run(photograph(keys, kubeconfig)))


if __name__ == "__main__":
    main()
