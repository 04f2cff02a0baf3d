"""`kubectl mc ui`, and `kubectl mc` alone on a terminal."""

from typing import Annotated

import typer

from kubectl_mc.model.targets import Query, parse_query
from kubectl_mc.options import AllNamespaces, FieldSelector, Selector, Targets
from kubectl_mc.session import Session

EXAMPLES = (
    ("kubectl mc ui", "the namespace's pods, live"),
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
    """Open the dashboard: pods and their containers live, with logs, events, causes and sessions inside it."""
    session: Session = context.obj
    query = parse_query(targets or [], selector, field_selector, all_namespaces=all_namespaces)
    return session.run(_open(session, query, read_only=read_only))


async def _open(session: Session, query: Query, *, read_only: bool) -> int:
    from kubectl_mc.tui.app import Dashboard

    dashboard = Dashboard(session, query, read_only=read_only)
    await dashboard.begin()
    code = await dashboard.run_async()
    if dashboard.failure is not None:
        raise dashboard.failure
    return code or 0
