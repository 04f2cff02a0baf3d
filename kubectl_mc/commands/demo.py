"""`kubectl mc demo`: any command on the built-in simulated cluster."""

import signal
import tempfile
import threading
from pathlib import Path
from typing import Annotated

import typer

from kubectl_mc.cluster.flags import ConnectionFlags
from kubectl_mc.errors import ExitCode, UsageError
from kubectl_mc.render.page import Page, Span, Style, line
from kubectl_mc.render.table import Column, table
from kubectl_mc.session import Session

EXAMPLES = (
    ("kubectl mc demo", "what there is to see"),
    ("kubectl mc demo status", "all of its pods"),
    ("kubectl mc demo status webapp -w", "one whose init steps advance, live"),
    ("kubectl mc demo events port-conflict", "what happened to another"),
    ("kubectl mc demo serve", "keep it up, for plain kubectl in another window"),
)
# What follows belongs to the command that is run.
CONTEXT_SETTINGS = {"ignore_unknown_options": True, "allow_interspersed_args": False}


def command(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[COMMAND]...", help="A command and its options; or serve.", show_default=False),
    ] = None,
) -> int:
    """Run a command on a simulated cluster that is built in: nothing to install, nothing to break.

    It begins anew at each call, with pods that are minutes old: a chapter's worth of multi-container pods, healthy,
    starting, broken. They live: init steps advance, crash loops back off, probes fail and recover.
    """
    session: Session = context.obj
    if not words:
        session.print(_overview(session))
        return ExitCode.DONE
    if words[0] == "demo":
        raise UsageError("the demo has no demo inside", "kubectl mc demo status")
    if words[0] == "serve":
        return _serve(session, words[1:])
    from kubectl_mc import cli
    from kubectl_mc.demo.server import running_demo

    with tempfile.TemporaryDirectory(prefix="kubectl-mc-demo-") as folder, running_demo() as demo:
        kubeconfig = demo.cluster.write_kubeconfig(Path(folder) / "kubeconfig")
        given = session.flags
        session.flags = ConnectionFlags(namespace=given.namespace, as_=given.as_, as_group=given.as_group)
        session.environ = {**session.environ, "KUBECONFIG": str(kubeconfig)}
        session.program = f"{session.program} demo"
        return cli.main(words, session)


def _serve(session: Session, words: list[str]) -> int:
    """Keep one cluster up until Ctrl-C, and say how to reach it."""
    if words:
        raise UsageError(f"serve takes no arguments: {' '.join(words)}", "kubectl mc demo serve")
    from kubectl_mc.demo.server import running_demo

    ended = threading.Event()
    # A closed window or a `kill` ends it as Ctrl-C does, so that its kubeconfig is removed.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: ended.set())
    with tempfile.TemporaryDirectory(prefix="kubectl-mc-demo-") as folder, running_demo() as demo:
        kubeconfig = demo.cluster.write_kubeconfig(Path(folder) / "kubeconfig")
        session.write(f"export KUBECONFIG={kubeconfig}\n")
        session.note(f"The cluster is at {demo.cluster.url} until Ctrl-C; plain kubectl works with it, too.")
        while not ended.wait(timeout=1.0):
            pass
    return ExitCode.DONE


def _overview(session: Session) -> Page:
    from kubectl_mc.demo.scenarios import SCENARIOS

    columns = [
        Column[tuple[str, str]]("SCENARIO", lambda row: (Span(row[0], Style.STRONG),)),
        Column[tuple[str, str]]("WHAT IT SHOWS", lambda row: (Span(row[1]),), least=20),
    ]
    rows = [(scenario.name, scenario.about) for scenario in SCENARIOS]
    return Page(
        [
            *table(columns, rows, session.width, ellipsis=session.theme.ellipsis),
            (),
            line("Try: ", Span("kubectl mc demo status", Style.STRONG)),
            line("     ", Span("kubectl mc demo status webapp -w", Style.STRONG)),
            line("     ", Span("kubectl mc demo events port-conflict", Style.STRONG)),
        ]
    )
