"""One pod: its containers, live, and below them logs, events, causes and the rest, of one container or of all."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import TabbedContent, Tabs

from kubectl_mc.model.event import Event
from kubectl_mc.model.pod import Pod
from kubectl_mc.render.doctor import Reach
from kubectl_mc.render.status import View
from kubectl_mc.tui import arrangement
from kubectl_mc.tui.farewell import once_sessions_may_end
from kubectl_mc.tui.judgement import Judgement, last_whole
from kubectl_mc.tui.log_source import LogSource
from kubectl_mc.tui.pod_pages import Known
from kubectl_mc.tui.pod_rows import container_list, head_lines
from kubectl_mc.tui.pod_sources import Judge, watch_events
from kubectl_mc.tui.removal import remove_pod
from kubectl_mc.tui.sessions import Kind, Sessions
from kubectl_mc.tui.snapshot import Snapshot
from kubectl_mc.tui.widgets.key_bar import KeyBar
from kubectl_mc.tui.widgets.logs_pane import LogsPane
from kubectl_mc.tui.widgets.page_view import PageView
from kubectl_mc.tui.widgets.pod_tabs import TABS, PodTabs
from kubectl_mc.tui.widgets.row_list import RowList
from kubectl_mc.tui.widgets.terminal_pane import LEAVE, TerminalPane
from kubectl_mc.tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from kubectl_mc.tui.app import Dashboard

_TAIL = 10_000
"""Lines of each container that are read at first."""
_CHANGING = frozenset({"session", "whole_terminal", "delete"})
_CHANGING_KEYS = frozenset({"s", "S", "a", "D", "ctrl+d"})


class PodScreen(Screen[None]):
    """A pod by its uid; when it is gone its last state stays."""

    CSS = f"""{arrangement.CSS}
    PodScreen #containers {{ height: auto; max-height: 45%; }}
    PodScreen #sessions {{ height: 1fr; width: 1fr; }}
    PodScreen #sessions TabPane {{ padding: 0; height: 1fr; }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Pods"),
        Binding("r", "successor", "The new one"),
        Binding("space", "hide_log", "Hide log", show=False),
        Binding("s", "session('shell')", "Shell"),
        Binding("S", "whole_terminal", "Shell, whole", show=False),
        Binding("a", "session('attach')", "Attach"),
        Binding("D", "session('debug')", "Debug"),
        Binding("x", "close_session", "Close tab", show=False),
        Binding(LEAVE, "enter_session", "Into the session", show=False),
        Binding("ctrl+d", "delete", "Delete", show=False),
        *(Binding(str(number), f"tab('{name}')", name, show=False) for number, name in enumerate(TABS, 1)),
    ]

    def __init__(self, uid: str) -> None:
        super().__init__()
        self.uid = uid
        self._events: Sequence[Event] | str = ()
        self._judgement: Judgement | None = None
        self._whole: Judgement | None = None
        """The last one before the pod was being deleted, if there was any."""
        self._judge: Judge | None = None
        self._sessions: Sessions | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._reading: asyncio.Task[None] | None = None
        self._fate: tuple[bool, str] = False, ""
        """Whether the pod is gone, and which one has its name now."""

    @property
    def dashboard(self) -> "Dashboard":
        return cast("Dashboard", self.app)

    @property
    def pod(self) -> Pod:
        return self.dashboard.snapshot.pods[self.uid]

    def compose(self) -> ComposeResult:
        yield TitleBar()
        yield PageView(id="head", classes="whole", focusable=False)
        yield RowList(id="containers", opens=False)
        with Container(id="work"):
            yield PodTabs(id="pages")
            yield TabbedContent(id="sessions")
        yield KeyBar()

    def on_mount(self) -> None:
        self.dashboard.keep(self.uid)
        for tabs in self.query(Tabs):
            tabs.can_focus = False  # Tab goes to what they show; digits and the mouse choose among them
        self._sessions = Sessions(self.dashboard, self.query_one("#sessions", TabbedContent))
        client = self.dashboard.cluster
        self._judge = Judge(client, self.dashboard.session.now, self._judged)
        works = [self._judge.run(), watch_events(client, self.pod, self._happened)]
        self._tasks = [asyncio.create_task(work) for work in works]
        self._read_logs(previous=False)
        self.query_one("#containers").focus()
        self.show(self.dashboard.snapshot)

    async def on_unmount(self) -> None:
        self.dashboard.keep("")
        await self.sessions.end()
        for task in [*self._tasks, *([self._reading] if self._reading else [])]:
            task.cancel()

    def on_resize(self) -> None:
        if self._sessions is not None:
            self._arrange(front=isinstance(self.focused, TerminalPane))
        self.show(self.dashboard.snapshot)

    def show(self, snapshot: Snapshot) -> None:
        """Draw what is known now."""
        pod = snapshot.pods.get(self.uid)
        if pod is None or not self.query(TitleBar):  # its parts come a moment later, and go a moment earlier
            return
        view, gone = self._view(self.size.width), self.uid in snapshot.gone
        if self._fate != (fate := (gone, snapshot.successor(self.uid))):
            self._fate = fate
            if gone:
                self.sessions.offer_nothing()
            self.refresh_bindings()
        self.query_one(TitleBar).tell(f"{self.dashboard.place}  ·  {pod.name}", snapshot, view.now)
        self.query_one("#head", PageView).show(head_lines(pod, view, snapshot))
        containers = self.query_one("#containers", RowList)
        containers.set_class(snapshot.trouble is not None or gone, "stale")
        containers.show(*container_list(pod, view, snapshot, self.query_one(LogsPane).hidden))
        self._show_pages()
        if self._judge is not None and not gone:
            self._judge.changed(pod)

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        if message.rows.id == "containers":
            self.query_one(LogsPane).only(message.key, frozenset(each.name for each in self.pod.containers))
            self._show_pages()

    def on_logs_pane_previous(self, message: LogsPane.Previous) -> None:
        self._read_logs(previous=message.previous)

    def on_logs_pane_save(self, message: LogsPane.Save) -> None:
        self.run_worker(self._save(message.path))

    def on_terminal_pane_typed(self, message: TerminalPane.Typed) -> None:
        self.sessions.typed(message)

    def on_terminal_pane_resized(self, message: TerminalPane.Resized) -> None:
        self.sessions.resized(message)

    async def on_terminal_pane_asked(self, message: TerminalPane.Asked) -> None:
        pane = message.pane
        match message.what:
            case "leave":
                self._arrange(front=False)
                self.query_one("#containers").focus()
            case "before" | "next":
                self.sessions.step(1 if message.what == "next" else -1)
            case "again":
                await self.sessions.again(pane, self.pod)
            case "debug":
                await self.sessions.open(Kind.DEBUG, self.pod, self.sessions.container_of(pane))
            case "close":
                await self._close(pane)

    def on_descendant_focus(self) -> None:
        self._arrange(front=isinstance(self.focused, TerminalPane))

    def action_back(self) -> None:
        once_sessions_may_end(self.app, self.dismiss)

    def action_successor(self) -> None:
        """From a pod that is gone to the one that has its name now."""
        if uid := self.dashboard.snapshot.successor(self.uid):
            once_sessions_may_end(self.app, lambda: self.app.switch_screen(PodScreen(uid)))

    def action_tab(self, name: str) -> None:
        self.query_one(PodTabs).choose(name)

    def action_hide_log(self) -> None:
        self.query_one(LogsPane).toggle(self._chosen)
        self.show(self.dashboard.snapshot)

    async def action_session(self, kind: str) -> None:
        """A shell, the main process, or a debug container, in a tab."""
        await self.sessions.open(Kind(kind), self.pod, self._chosen)
        self._arrange(front=True)

    def action_whole_terminal(self) -> None:
        self.run_worker(self.sessions.whole_terminal(self.pod, self._chosen))

    def action_enter_session(self) -> None:
        if (pane := self.sessions.front) is not None:
            self._arrange(front=True)
            self.sessions.show(pane)

    async def action_close_session(self) -> None:
        if (pane := self.sessions.front) is not None:
            await self._close(pane)

    def action_delete(self) -> None:
        remove_pod(self.dashboard, self.pod)

    def on_key(self, event: events.Key) -> None:
        if event.key in _CHANGING_KEYS and (why := self._untouchable):
            self.dashboard.say(why)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """What may not be done, and what a program would get the key of, is not offered."""
        if isinstance(self.focused, TerminalPane) and self.focused.captive:
            return False
        if action == "successor":
            return bool(self.dashboard.snapshot.successor(self.uid))
        return not (self._untouchable and action in _CHANGING)

    @property
    def _untouchable(self) -> str:
        """Why nothing can be entered or changed; empty where it can."""
        if self.dashboard.read_only:
            return "--read-only: nothing is entered or changed"
        return "this pod is gone: nothing can be entered or deleted" if self.uid in self.dashboard.snapshot.gone else ""

    async def _close(self, pane: TerminalPane) -> None:
        """A session's tab; the keyboard goes to the one that is then in front, if it was in this one."""
        inside = pane.has_focus
        await self.sessions.close(pane)
        left = self.sessions.front if inside else None
        self._arrange(front=left is not None)
        if left is not None:
            self.sessions.show(left)
        elif inside:
            self.query_one("#containers").focus()

    def _arrange(self, *, front: bool) -> None:
        arrangement.arrange(self, sessions=len(self.sessions) > 0, front=front)

    @property
    def sessions(self) -> Sessions:
        assert self._sessions is not None
        return self._sessions

    def _view(self, columns: int) -> View:
        return View(self.dashboard.session.now(), max(columns - 1, 40), self.dashboard.glyphs)

    @property
    def _chosen(self) -> str:
        return self.query_one("#containers", RowList).key

    def _read_logs(self, *, previous: bool) -> None:
        """Read the logs anew, the present instances' or those before them."""
        if self._reading is not None:
            self._reading.cancel()
        pane = self.query_one(LogsPane)
        pane.restart(previous=previous)
        source = LogSource(pane.store, pane.view.grew, pane.say, self.dashboard.attention)
        self._reading = asyncio.create_task(source.run(self.dashboard.cluster, self.pod, previous=previous, tail=_TAIL))

    async def _save(self, path: str) -> None:
        try:
            count = await asyncio.to_thread(self.query_one(LogsPane).store.write, path)
        except OSError as error:
            self.notify(f"{path}: {error.strerror}", severity="error", markup=False)
        else:
            self.notify(f"{count:,} lines in {path}", markup=False)

    def _happened(self, events: Sequence[Event] | str) -> None:
        self._events = events
        self._show_pages()

    def _judged(self, judgement: Judgement) -> None:
        self._judgement, self._whole = judgement, last_whole(self._whole, judgement)
        self._show_pages()

    def _show_pages(self) -> None:
        """Tell the tabs what is known."""
        snapshot = self.dashboard.snapshot
        if not self.query(TitleBar) or self.uid not in snapshot.pods:
            return
        session, view = self.dashboard.session, self._view(self.size.width)
        reach = Reach(session.program, tuple(session.flags.as_arguments()))
        judgement = self._whole if self.uid in snapshot.gone else self._judgement
        known = Known(self.pod, view, self._chosen, snapshot, self._events, judgement, reach)
        self.query_one(PodTabs).show(known, snapshot.documents[self.uid])
