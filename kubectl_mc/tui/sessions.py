"""Sessions of a pod's screen: each in a tab of its own, or on the whole terminal for a while."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported
from textual.widgets import TabbedContent, TabPane

from kubectl_mc.cluster.remote import RemoteRequest
from kubectl_mc.entering import SHELL, Streams, converse
from kubectl_mc.errors import McError, NotStarted
from kubectl_mc.model.entry import Entry, choose_container, why_not
from kubectl_mc.model.pod import Pod
from kubectl_mc.render.text import one_line
from kubectl_mc.tui.pane_session import PaneSession, ended_words
from kubectl_mc.tui.widgets.terminal_pane import TerminalPane

if TYPE_CHECKING:
    from kubectl_mc.tui.app import Dashboard

_NOT_FOUND = 127


class Sessions:
    """The sessions that were opened on one screen, with a tab each."""

    def __init__(self, dashboard: "Dashboard", tabs: TabbedContent) -> None:
        self._dashboard, self._tabs = dashboard, tabs
        self._count = 0
        self._by_pane: dict[TerminalPane, PaneSession] = {}

    async def shell(self, pod: Pod, container: str) -> None:
        """A shell in a container, in a tab, to its end."""
        if (entry := self._entry(pod, container)) is not None:
            await self._in_tab(entry, _shell_of(entry), "sh")

    async def attach(self, pod: Pod, container: str) -> None:
        """The main process's terminal, in a tab, to its end."""
        if (entry := self._entry(pod, container)) is not None:
            request = RemoteRequest(pod.namespace, pod.name, entry.container.name, stdin=entry.container.spec.stdin)
            await self._in_tab(entry, request, "attach")

    async def whole_terminal(self, pod: Pod, container: str) -> None:
        """A shell that has the whole terminal until it ends."""
        entry = self._entry(pod, container)
        if entry is None:
            return
        session = self._dashboard.session
        note, session.note_sink = session.note_sink, None
        error, code = None, 0
        try:
            with self._dashboard.handed_over():
                try:
                    request = RemoteRequest(
                        entry.pod.namespace, entry.pod.name, entry.container.name, SHELL, stdin=True, tty=True
                    )
                    code = await converse(session, entry, request, Streams(sys.stdin.fileno(), terminal=True))
                except McError as failure:
                    error = failure
        except SuspendNotSupported:
            self._dashboard.say("this terminal can't be handed over; s opens a tab")
        finally:
            session.note_sink = note
        self._dashboard.say(_told(error, code, entry))

    def typed(self, message: TerminalPane.Typed) -> None:
        """Bytes from a pane for its session."""
        if (session := self._by_pane.get(message.pane)) is not None:
            session.typed(message.data)

    def resized(self, message: TerminalPane.Resized) -> None:
        """A pane has another size."""
        if (session := self._by_pane.get(message.pane)) is not None:
            session.resized(message.columns, message.lines)

    async def close(self) -> None:
        """Close the tab of the session that is to be seen, and the session with it."""
        if self._tabs.active.startswith("tab-session-"):
            await self._tabs.remove_pane(self._tabs.active)

    def _entry(self, pod: Pod, container: str) -> Entry | None:
        """The chosen container, or the pod's default; None, with a word, where none can be entered."""
        try:
            entry = choose_container(pod, container)
        except McError as error:
            self._dashboard.say(error.message)
            return None
        if why := why_not(entry, datetime.now(UTC)):
            self._dashboard.notify(one_line(f"{why}; its log tells more, D opens a container beside it"), markup=False)
            return None
        return entry

    async def _in_tab(self, entry: Entry, request: RemoteRequest, what: str) -> None:
        self._count += 1
        pane = TerminalPane(id=f"session-{self._count}")
        session = self._by_pane[pane] = PaneSession(self._dashboard.cluster, request, pane)
        name = one_line(f"{entry.container.name} {what} {self._count}").replace("[", "(")
        await self._tabs.add_pane(TabPane(name, pane, id=f"tab-{pane.id}"))
        self._tabs.active = f"tab-{pane.id}"
        self._dashboard.call_after_refresh(pane.focus)
        error, code = None, 0
        try:
            code = await session.run()
        except McError as failure:
            error = failure
        self._by_pane.pop(pane, None)
        pane.end(_told(error, code, entry))


def _shell_of(entry: Entry) -> RemoteRequest:
    return RemoteRequest(entry.pod.namespace, entry.pod.name, entry.container.name, SHELL)


def _told(error: McError | None, code: int, entry: Entry) -> str:
    if isinstance(error, NotStarted) and error.exit_code == _NOT_FOUND:
        return f"{entry.container.name} has no shell; D opens a debug container beside it"
    return ended_words(error, code)
