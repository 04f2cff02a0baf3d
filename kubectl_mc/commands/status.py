"""`kubectl mc status`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kubectl_mc.commands.absence import nothing_found
from kubectl_mc.errors import ExitCode, McError, UsageError
from kubectl_mc.model.metrics import Usage
from kubectl_mc.model.next_step import next_steps
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.summary import summarize
from kubectl_mc.model.targets import Query, parse_query
from kubectl_mc.model.truth import facts
from kubectl_mc.options import AllNamespaces, FieldSelector, NoHeaders, Selector, Targets, Watch
from kubectl_mc.render.doctor import Reach
from kubectl_mc.render.document import as_json, as_yaml, status_document
from kubectl_mc.render.listing import broken_first, listing_page
from kubectl_mc.render.page import Page
from kubectl_mc.render.status import View, pods_page
from kubectl_mc.session import Session

if TYPE_CHECKING:
    from kubectl_mc.cluster.feed import PodFeed, Update
    from kubectl_mc.cluster.targets import Selection

EXAMPLES = (
    ("kubectl mc status", "every pod of the namespace, what is broken first"),
    ("kubectl mc status web-7d4b9", "every container of one pod"),
    ("kubectl mc status deploy/web -o wide", "a workload's pods, with ports, probes and use"),
    ("kubectl mc status -A -l app=web -w", "all pods with a label, live"),
    ("kubectl mc status web-7d4b9 -o json", "for a script"),
)
_OUTPUTS = ("", "wide", "json", "yaml", "name")
_REDRAW_SECONDS = 1.0
"""Ages change once a second."""
_USAGE_SECONDS = 15
"""metrics-server measures as often by default."""


def command(
    context: typer.Context,
    targets: Targets = None,
    watch: Watch = False,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="wide|json|yaml|name", help="More columns, or a document.")
    ] = "",
    containers: Annotated[
        bool, typer.Option("--containers", help="In a list of pods, a line for each container.")
    ] = False,
    selector: Selector = "",
    field_selector: FieldSelector = "",
    all_namespaces: AllNamespaces = False,
    no_headers: NoHeaders = False,
) -> int:
    """Show how every container of pods is: its role, state, readiness and restarts, how its last instance ended, and
    what the pod waits for.

    READY, STATUS and RESTARTS are as kubectl shows them; where they mislead, what is true stands below.

    Glyphs: ✓ done, ● ready, ◐ working, ○ waiting for its turn, ! not ready, ✗ failed.
    """
    session: Session = context.obj
    if output not in _OUTPUTS:
        raise UsageError(f"-o {output}: no such output", "wide, json, yaml or name")
    query = parse_query(targets or [], selector, field_selector, all_namespaces=all_namespaces)
    form = _Form(output, query, containers=containers, header=not no_headers)
    return session.run(_watch(session, form) if watch else _once(session, form))


@dataclass(frozen=True)
class _Form:
    """How the answer is to look."""

    output: str
    query: Query
    containers: bool
    header: bool
    memory: dict[str, int] = field(default_factory=dict)
    """Widths of the table's columns so far, for rows that come one by one."""

    @property
    def listing(self) -> bool:
        """Whether pods are rows; those that were named get a block each."""
        return not self.query.targets

    def page(self, session: Session, pods: Sequence[Pod], usage: Mapping[tuple[str, str, str], Usage]) -> Page:
        view = View(session.now(), session.width, session.theme, self.output == "wide", self.header, usage)
        if self.listing:
            return listing_page(
                pods,
                view,
                namespaces=self.query.all_namespaces,
                containers=self.containers,
                memory=None if session.redraws else self.memory,
            )
        reach = (session.program, session.flags.as_arguments())
        steps = {pod.uid: next_steps(pod, facts(pod, summarize(pod), view.now), *reach) for pod in pods}
        return pods_page(pods, view, steps)

    def text(self, session: Session, pods: Sequence[Pod]) -> str | None:
        """The machine's form; None where a page is asked for."""
        if self.output == "name":
            return "".join(f"pod/{pod.name}\n" for pod in pods)
        if self.output not in ("json", "yaml"):
            return None
        reach = Reach(session.program, tuple(session.flags.as_arguments()))
        document = status_document(pods, session.now(), reach)
        return as_json(document) if self.output == "json" else as_yaml(document)

    def show(self, session: Session, pods: Sequence[Pod], usage: Mapping[tuple[str, str, str], Usage]) -> None:
        text = self.text(session, pods)
        if text is not None:
            session.write(text)
        else:
            session.print(self.page(session, pods, usage))


async def show_status(session: Session, query: Query) -> int:
    """What the command shows without options."""
    return await _once(session, _Form("", query, containers=False, header=True))


async def _once(session: Session, form: _Form) -> int:
    from kubectl_mc.cluster.targets import find_pods

    client = session.client()
    found = await find_pods(client, form.query)
    pods = _in_order(found.pods, form)
    if pods or form.output in ("json", "yaml"):
        form.show(session, pods, await _usage(session, form, pods))
    elif not found.errors:
        for said in nothing_found(session, form.query, found.selections):
            session.note(said)
    for error in found.errors:
        session.report(error)
    return ExitCode.ERROR if found.errors else ExitCode.DONE


def _in_order(documents: Sequence[Mapping[str, Any]], form: _Form) -> list[Pod]:
    pods = [parse_pod(document) for document in documents]
    return broken_first(pods) if form.listing else pods


async def _usage(session: Session, form: _Form, pods: Sequence[Pod]) -> dict[tuple[str, str, str], Usage]:
    """What the pods use, for the wide form of named pods."""
    if form.output != "wide" or form.listing or not pods:
        return {}
    from kubectl_mc.cluster.metrics import read_usage

    return await read_usage(session.client(), session.client().namespace, "", session.note)


async def _watch(session: Session, form: _Form) -> int:
    from kubectl_mc.cluster.feed import open_feed
    from kubectl_mc.cluster.targets import select

    client = session.client()
    selections = await select(client, form.query)
    async with open_feed(client, selections) as feed:
        await feed.require_named()
        if session.redraws and form.output in ("", "wide"):
            await _live(session, form, feed)
        else:
            await _stream(session, form, feed, selections)
    return ExitCode.DONE


async def _live(session: Session, form: _Form, feed: "PodFeed") -> None:
    """One page, drawn anew for each change and each second."""
    from kubectl_mc.live import live_page

    usage: dict[tuple[str, str, str], Usage] = {}
    measured_at = None
    with live_page(session) as display:
        while True:
            pods = _in_order(list(feed.pods.values()), form)
            now = session.now()
            if measured_at is None or (now - measured_at).total_seconds() > _USAGE_SECONDS:
                usage, measured_at = await _usage(session, form, pods), now
            display.show(form.page(session, pods, usage) if pods else Page())
            for update in await feed.updates(_REDRAW_SECONDS):
                display.trouble = ""
                if said := _said(update):
                    display.note(said)
                if trouble := _trouble(update):
                    display.trouble = trouble


async def _stream(session: Session, form: _Form, feed: "PodFeed", selections: Iterable["Selection"]) -> None:
    """What there is, then a block, a row or a document for each pod that has visibly changed."""
    from kubectl_mc.cluster.watch import Changed

    known = {pod.uid: pod for pod in _in_order(list(feed.pods.values()), form)}
    if known:
        form.show(session, list(known.values()), await _usage(session, form, list(known.values())))
    else:
        for said in nothing_found(session, form.query, selections):
            session.note(said)
    rows = replace(form, header=form.header and not form.listing)
    while True:
        for update in await feed.updates(60.0):
            if said := (_said(update) or _trouble(update)):
                session.note(said)
            if not isinstance(update, Changed):
                continue
            pod = parse_pod(update.item)
            if known.get(pod.uid) != pod:
                known[pod.uid] = pod
                if form.output in ("", "wide") and not form.listing:
                    session.write("\n")
                rows.show(session, [pod], await _usage(session, form, [pod]))


def _said(update: "Update") -> str:
    """What has to be said in words: a pod that is gone."""
    from kubectl_mc.cluster.watch import Deleted

    if not isinstance(update, Deleted):
        return ""
    metadata = update.item["metadata"]
    return (
        f"pod {metadata.get('namespace')}/{metadata['name']} is gone; a new one of that name or workload will be shown"
    )


def _trouble(update: "Update") -> str:
    from kubectl_mc.cluster.watch import Interrupted

    if not isinstance(update, Interrupted):
        return ""
    error: McError = update.error
    return f"{error.message}; what is shown may be old; trying again"
