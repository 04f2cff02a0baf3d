"""Makes the pictures of the documents from what the commands print on the demo: python docs/pictures.py."""

import io
import re
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from kubectl_mc import PROGRAM, cli
from kubectl_mc.demo.server import running_demo
from kubectl_mc.session import Session

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


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_demo() as demo:
        kubeconfig = demo.cluster.write_kubeconfig(Path(folder) / "kubeconfig")
        for name, commands in PICTURES.items():
            console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
            console.print(Text.from_ansi("\n\n".join(printed(words, kubeconfig) for words in commands)))
            svg = console.export_svg(title="kubectl-mc")
            # Rich would have the reader's browser fetch a font from elsewhere; the fallback, monospace, will do.
            (HERE / f"{name}.svg").write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL))


if __name__ == "__main__":
    main()
