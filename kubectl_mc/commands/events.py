"""`kubectl mc events`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from kubectl_mc.errors import ExitCode, UsageError
from kubectl_mc.model.event import Event, folded, parse_event
from kubectl_mc.model.resources import PODS
from kubectl_mc.model.targets import Query, parse_query
from kubectl_mc.options import AllNamespaces, FieldSelector, NoHeaders, Selector, Targets, Watch, seconds
from kubectl_mc.render.document import as_json, as_yaml, events_document
from kubectl_mc.render.events import events_page
from kubectl_mc.session import Session

EXAMPLES = (
    ("kubectl mc events web-7d4b9", "a pod's events, its owners' and its claims'"),
    ("kubectl mc events deploy/web --types Warning", "what went wrong with a workload"),
    ("kubectl mc events --since 10m -w", "the namespace's, from ten minutes ago on"),
    ("kubectl mc events web-7d4b9 -o json", "for a script"),
)
_FIRST_WIDTHS = {"LAST SEEN": 13, "TYPE": 7, "REASON": 17, "OBJECT": 24, "CONTAINER": 12}
"""Columns of a watch: wide enough from the first line on for most of what may come."""


def command(
    context: typer.Context,
    targets: Targets = None,
    watch: Watch = False,
    types: Annotated[
        str, typer.Option("--types", metavar="Normal|Warning", help="Only events of this type; both with a comma.")
    ] = "",
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="Only what was seen within this time: 10m, 1h.")
    ] = "",
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="json|yaml", help="A document instead of a table.")
    ] = "",
    selector: Selector = "",
    field_selector: FieldSelector = "",
    all_namespaces: AllNamespaces = False,
    no_headers: NoHeaders = False,
) -> int:
    """Show what happened to pods, to what owns them and to the claims that they mount; the newest last.

    The container is named where an event is about one. A predecessor of the same name stays out, and repeats are one
    line with their count.
    """
    session: Session = context.obj
    if output not in ("", "json", "yaml"):
        raise UsageError(f"-o {output}: no such output", "json or yaml")
    form = _Form(
        query=parse_query(targets or [], selector, field_selector, all_namespaces=all_namespaces),
        types=_types(types),
        since=timedelta(seconds=seconds(since)) if since else None,
        output=output,
        header=not no_headers,
    )
    return session.run(_watch(session, form) if watch else _once(session, form))


def _types(text: str) -> frozenset[str]:
    known = {"normal": "Normal", "warning": "Warning"}
    words = [word.strip() for word in text.split(",")] if text else []
    unknown = [word for word in words if word.lower() not in known]
    if unknown:
        raise UsageError(f"--types {text}: no such type", "Normal, Warning, or both with a comma")
    return frozenset(known[word.lower()] for word in words)


@dataclass(frozen=True)
class _Form:
    """Which events, and how they are to look."""

    query: Query
    types: frozenset[str]
    since: timedelta | None
    output: str
    header: bool

    def chosen(self, events: Iterable[Mapping[str, Any]], now: datetime) -> list[Event]:
        parsed = folded(parse_event(event) for event in events)
        return [event for event in parsed if self._lets_through(event, now)]

    def _lets_through(self, event: Event, now: datetime) -> bool:
        if self.types and event.type not in self.types:
            return False
        return self.since is None or event.last_seen is None or now - event.last_seen <= self.since

    def show(
        self,
        session: Session,
        events: list[Event],
        *,
        header: bool,
        clock: bool = False,
        memory: dict[str, int] | None = None,
    ) -> None:
        if self.output:
            document = events_document(events)
            session.write(as_json(document) if self.output == "json" else as_yaml(document))
            return
        page = events_page(
            events,
            session.now(),
            session.width,
            session.theme,
            namespaces=self.query.all_namespaces,
            header=header,
            clock=clock,
            memory=memory,
        )
        session.print(page)


async def _once(session: Session, form: _Form) -> int:
    from kubectl_mc.cluster.events import concerned_by, events_by_name, list_events
    from kubectl_mc.cluster.targets import Found, find_pods

    client = session.client()
    found = Found([], [], [])
    if form.query.whole:
        documents = await list_events(client, None, None if form.query.all_namespaces else client.namespace)
    else:
        found = await find_pods(client, form.query)
        concerned = await concerned_by(client, found.pods, found.selections, session.note)
        documents = await list_events(client, concerned, client.namespace)
        if len(found.errors) == len(form.query.targets) == 1 and form.query.targets[0].resource is PODS:
            # A pod that is gone leaves its events behind for an hour; they may be what is looked for.
            documents = await events_by_name(client, form.query.targets[0].name)
    events = form.chosen(documents, session.now())
    if events or form.output:
        form.show(session, events, header=form.header)
    elif not found.errors:
        session.note(_nothing(session, form))
    for error in found.errors:
        session.report(error)
    return ExitCode.ERROR if found.errors else ExitCode.DONE


def _nothing(session: Session, form: _Form) -> str:
    where = "" if form.query.all_namespaces else f" in {session.client().namespace} namespace"
    narrowed = " of that kind or time" if form.types or form.since else ""
    return f"No events{narrowed} found{where}; a cluster keeps them for an hour by default."


async def _watch(session: Session, form: _Form) -> int:
    """What there is, then a line for each event that is new or has been seen again."""
    from kubectl_mc.cluster.event_feed import event_changes
    from kubectl_mc.cluster.watch import Interrupted

    shown: dict[str, Event] = {}
    header = form.header
    memory = dict(_FIRST_WIDTHS)
    async for change in event_changes(session.client(), form.query, session.note):
        if isinstance(change, Interrupted):
            session.note(f"{change.error.message}; trying again")
            continue
        chosen = form.chosen(change, session.now())
        news = [event for event in chosen if shown.get(event.uid) != event]
        shown.update((event.uid, event) for event in news)
        if news:
            form.show(session, news, header=header, clock=True, memory=memory)
            header = False
    return ExitCode.DONE
