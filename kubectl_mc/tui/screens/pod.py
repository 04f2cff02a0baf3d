"""One pod: its containers, live, and below them logs, events, causes and the rest, of one container or of all."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Footer, TabbedContent, TabPane

from kubectl_mc.cluster.remote import RemoteRequest
from kubectl_mc.doctor.finding import Finding
from kubectl_mc.entering import SHELL
from kubectl_mc.errors import McError
from kubectl_mc.model.entry import choose_container, why_not
from kubectl_mc.model.event import Event
from kubectl_mc.model.pod import Pod
from kubectl_mc.render.doctor import Reach, doctor_page
from kubectl_mc.render.events import events_page
from kubectl_mc.render.page import Line, Span, Style, Theme, line
from kubectl_mc.render.status import View, container_rows, pod_head
from kubectl_mc.tui.pane_session import PaneSession, ended_words
from kubectl_mc.tui.pod_sources import Judge, watch_events
from kubectl_mc.tui.snapshot import Snapshot
from kubectl_mc.tui.widgets.logs_pane import LogsPane
from kubectl_mc.tui.widgets.page_view import PageView
from kubectl_mc.tui.widgets.row_list import Row, RowList
from kubectl_mc.tui.widgets.terminal_pane import TerminalPane

if TYPE_CHECKING:
    from kubectl_mc.tui.app import Dashboard

_TABS = ("Logs", "Events", "Doctor", "YAML")
_ALL = ""


class PodScreen(Screen[None]):
    """A pod by its uid; when it is gone its last state stays."""

    CSS = """
    PodScreen #containers { height: auto; max-height: 45%; }
    PodScreen TabbedContent { height: 1fr; }
    PodScreen TabPane { padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Pods"),
        Binding("s", "shell", "Shell"),
        *(Binding(str(number), f"tab('{name}')", name, show=False) for number, name in enumerate(_TABS, 1)),
    ]

    def __init__(self, uid: str) -> None:
        super().__init__()
        self.uid = uid
        self._events: list[Event] = []
        self._findings: Sequence[Finding] = ()
        self._judge: Judge | None = None
        self._sessions = 0
        self._by_pane: dict[TerminalPane, PaneSession] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def dashboard(self) -> "Dashboard":
        return cast("Dashboard", self.app)

    @property
    def pod(self) -> Pod:
        return self.dashboard.snapshot.pods[self.uid]

    def compose(self) -> ComposeResult:
        yield PageView(id="head", classes="whole", focusable=False)
        yield RowList(id="containers")
        with TabbedContent():
            with TabPane("Logs", id="Logs"):
                yield LogsPane(self.pod)
            for name in _TABS[1:]:
                with TabPane(name, id=name):
                    yield PageView(id=f"page-{name}")
        yield Footer()

    def on_mount(self) -> None:
        client = self.dashboard.cluster
        self._judge = Judge(client, self._judged, lambda why: self._page("Doctor", [_refused(why)]))
        logs = self.query_one(LogsPane)
        works = [
            logs.read(client),
            self._judge.run(),
            watch_events(client, self.pod, self._happened, lambda why: self._page("Events", [_refused(why)])),
        ]
        self._tasks = [asyncio.create_task(work) for work in works]
        self.show(self.dashboard.snapshot)

    def action_shell(self) -> None:
        """A shell in the chosen container, in a tab of its own."""
        entry = choose_container(self.pod, self._chosen)
        if why := why_not(entry, datetime.now(UTC)):
            self.notify(why, severity="warning", markup=False)
            return
        self._sessions += 1
        pane = TerminalPane(id=f"session-{self._sessions}")
        request = RemoteRequest(entry.pod.namespace, entry.pod.name, entry.container.name, SHELL)
        self.run_worker(self._converse(PaneSession(self.dashboard.cluster, request, pane), pane, entry.container.name))

    async def _converse(self, session: PaneSession, pane: TerminalPane, name: str) -> None:
        tabs = self.query_one(TabbedContent)
        self._by_pane[pane] = session
        await tabs.add_pane(TabPane(f"{name} {self._sessions}", pane, id=f"tab-{pane.id}"))
        tabs.active = f"tab-{pane.id}"
        self.call_after_refresh(pane.focus)
        error, code = None, 0
        try:
            code = await session.run()
        except McError as failure:
            error = failure
        pane.ended = True
        pane.say(ended_words(error, code))

    def on_terminal_pane_typed(self, message: TerminalPane.Typed) -> None:
        self._by_pane[message.pane].typed(message.data)

    def on_terminal_pane_resized(self, message: TerminalPane.Resized) -> None:
        if (session := self._by_pane.get(message.pane)) is not None:
            session.resized(message.columns, message.lines)

    def on_terminal_pane_left(self) -> None:
        self.query_one("#containers").focus()

    def on_unmount(self) -> None:
        for task in self._tasks:
            task.cancel()

    def on_resize(self) -> None:
        self.show(self.dashboard.snapshot)

    def show(self, snapshot: Snapshot) -> None:
        """Draw what is known now."""
        if self.uid not in snapshot.pods or not self.is_mounted:
            return
        pod, view = snapshot.pods[self.uid], self._view()
        self.query_one("#head", PageView).show(list(pod_head(pod, view)))
        found = container_rows(pod, view)
        everything = Row(_ALL, [line(Span("  all containers", Style.QUIET))])
        rows = [Row(each.name, lines) for each, lines in zip(pod.containers, found.rows, strict=True)]
        self.query_one("#containers", RowList).show([everything, *rows], found.header)
        if self._judge is not None:
            self._judge.changed(pod)

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        self.query_one(LogsPane).follow_container(message.key)
        self._draw_events()
        self._draw_findings()

    def action_back(self) -> None:
        self.dismiss()

    def action_tab(self, name: str) -> None:
        self.query_one(TabbedContent).active = name

    def _view(self) -> View:
        return View(datetime.now(UTC), max(self.size.width - 1, 40), Theme(colors=True))

    @property
    def _chosen(self) -> str:
        return self.query_one("#containers", RowList).key

    def _happened(self, events: list[Event]) -> None:
        self._events = events
        self._draw_events()

    def _judged(self, findings: Sequence[Finding]) -> None:
        self._findings = findings
        self._draw_findings()

    def _draw_events(self) -> None:
        chosen, view = self._chosen, self._view()
        events = [event for event in self._events if not chosen or event.container == chosen]
        lines = events_page(events, view.now, view.width, view.theme, namespaces=False).lines
        self._page("Events", lines if events else [_quiet("no events; a cluster keeps them for an hour by default")])

    def _draw_findings(self) -> None:
        chosen, view = self._chosen, self._view()
        findings = [finding for finding in self._findings if not chosen or finding.container in ("", chosen)]
        session = self.dashboard.session
        reach = Reach(session.program, tuple(session.flags.as_arguments()))
        lines = doctor_page(findings, view.width, view.theme, reach).lines
        self._page("Doctor", lines if findings else [_quiet("nothing is wrong, as far as can be seen")])

    def _page(self, name: str, lines: Sequence[Line]) -> None:
        if self.is_mounted:
            self.query_one(f"#page-{name}", PageView).show(lines)


def _quiet(text: str) -> Line:
    return line(Span(f"  {text}", Style.QUIET))


def _refused(why: str) -> Line:
    return line(Span(f"  {why}", Style.WARN))
