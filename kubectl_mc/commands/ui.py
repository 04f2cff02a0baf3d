"""`kubectl mc ui`, and `kubectl mc` alone on a terminal."""

from typing import TYPE_CHECKING, Annotated

import typer

from kubectl_mc.errors import ExitCode, McError
from kubectl_mc.model.targets import Query, parse_query
from kubectl_mc.options import AllNamespaces, FieldSelector, Selector, Targets
from kubectl_mc.session import Session

if TYPE_CHECKING:
    from kubectl_mc.tui.app import Dashboard

EXAMPLES = (
    ("kubectl mc ui", "the namespace's pods, live; so does kubectl mc alone"),
    ("kubectl mc ui deploy/web", "a workload's pods"),
    ("kubectl mc ui -A --read-only", "all pods; nothing can be entered or changed"),
)


def command(
    context: typer.Context,
    targets: Targets = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="No exec, attach, debug or delete.")] = False,
    selector: Selector = "",
    field_selector: FieldSelector = "",
    all_namespaces: AllNamespaces = False,
) -> int:
    """Open the dashboard: pods and their containers, live, with logs, events, causes and sessions inside it.

    Press ? in it for its keys.
    """
    session: Session = context.obj
    query = parse_query(targets or [], selector, field_selector, all_namespaces=all_namespaces)
    return session.run(dashboard(session, query, read_only=read_only))


def _load() -> "type[Dashboard]":
    """The imports that the first screen needs take longer than most clusters take to answer."""
    from kubectl_mc.tui.app import Dashboard

    return Dashboard


async def dashboard(session: Session, query: Query, *, read_only: bool) -> int:
    """Run it to its end; without a terminal what `status` shows, and exit code 1.

    Raises:
        McError: the pods cannot be watched, or no more.
    """
    if not (session.redraws and session.typed_at and session.stderr.isatty()):
        from kubectl_mc.commands.status import show_status

        await show_status(session, query)
        session.report(McError("the dashboard needs a terminal", f"{session.program} status shows this without one"))
        return ExitCode.ERROR
    import asyncio

    from kubectl_mc.tui.collecting import collect_at_rest
    from kubectl_mc.tui.watching import PodWatch

    watch = PodWatch(session, query)
    loading = asyncio.create_task(asyncio.to_thread(_load))  # the pods are on their way meanwhile
    try:
        await watch.begin()
        app = (await loading)(session, query, watch, read_only=read_only)
        collecting = asyncio.create_task(collect_at_rest(app.attention))
        try:
            code = await app.run_async()
        finally:
            collecting.cancel()
    finally:
        await watch.end()
    if app.failure is not None:
        raise app.failure
    return code or ExitCode.DONE
