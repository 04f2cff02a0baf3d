"""Sessions of a pod's screen: each in a tab of its own, or on the whole terminal for a while."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported
from textual.content import Content
from textual.widgets import TabbedContent, TabPane

from kubectl_mc.cluster.remote import RemoteRequest
from kubectl_mc.debugging import Wish, debugger_beside, way_back, with_way_back
from kubectl_mc.entering import SHELL, Streams, converse, explained, instead, killed_words
from kubectl_mc.errors import ConnectionLost, McError, NotStarted
from kubectl_mc.model.entry import Entry, choose_container, why_not
from kubectl_mc.model.pod import Pod
from kubectl_mc.relay import Detached
from kubectl_mc.render.text import one_line
from kubectl_mc.tui.pane_session import PaneSession
from kubectl_mc.tui.widgets.terminal_pane import TerminalPane

if TYPE_CHECKING:
    from kubectl_mc.tui.app import Dashboard

_NOT_FOUND = 127
_DETACH = b"\x10\x11"
"""ctrl-p ctrl-q, as `attach` has them."""
_STOPS_WAITING = (b"\x03", b"\x1b")
"""Ctrl-C and Escape: an image that can't be pulled may be waited for until patience ends."""
_TAB = "tab-"


class Kind(Enum):
    """What a session is."""

    SHELL = "shell"
    ATTACH = "attach"
    DEBUG = "debug"


_BESIDE = "D opens a debug container beside it"
_OFFERS: Mapping[Kind, Mapping[str, str]] = {
    Kind.SHELL: {"again": "Enter opens another", "debug": _BESIDE},
    Kind.ATTACH: {"again": "Enter attaches again", "debug": _BESIDE},
    Kind.DEBUG: {"again": "Enter goes back to it"},
}
"""What can be done when a session has ended: the pane's word for it, and a person's."""


@dataclass
class _Tab:
    """A tab and what runs in it."""

    kind: Kind
    pod: Pod
    container: str
    running: PaneSession | None = None
    early: bytearray = field(default_factory=bytearray)
    """What was typed before there was a session to take it."""
    work: asyncio.Task[None] | None = None
    given_up: bool = False
    """Whether somebody doesn't want to wait for it any more."""


class Sessions:
    """The sessions that were opened on one screen, with a tab each."""

    def __init__(self, dashboard: "Dashboard", tabs: TabbedContent) -> None:
        self._dashboard, self._tabs = dashboard, tabs
        self._count = 0
        self._by_pane: dict[TerminalPane, _Tab] = {}

    def __len__(self) -> int:
        return len(self._by_pane)

    @property
    def front(self) -> TerminalPane | None:
        """The pane of the tab that is in front."""
        return next((pane for pane in self._by_pane if _TAB + str(pane.id) == self._tabs.active), None)

    async def open(self, kind: Kind, pod: Pod, container: str) -> None:
        """A session in a container, or in the pod's default one, in a tab."""
        try:
            found = choose_container(pod, container).container
        except McError as error:
            self._dashboard.say(error.message)
            return
        self._count += 1
        no_terminal = kind is Kind.ATTACH and not found.spec.tty
        pane = TerminalPane(breaks_lines=no_terminal, id=f"session-{self._count}")
        self._by_pane[pane] = tab = _Tab(kind, pod, found.name)
        title = Content(f"{one_line(found.name)} {kind.value} {self._count}")
        await self._tabs.add_pane(TabPane(title, pane, id=_TAB + str(pane.id)))
        self.show(pane)
        self._begin(pane, tab)

    def show(self, pane: TerminalPane) -> None:
        """Bring a session's tab to the front, and the keyboard into it."""
        self._tabs.active = _TAB + str(pane.id)
        pane.screen.set_focus(pane)  # at once: what is typed next is the session's

    def step(self, by: int) -> None:
        """To the tab behind or before the one in front."""
        panes = list(self._by_pane)
        if self.front is not None:
            self.show(panes[(panes.index(self.front) + by) % len(panes)])

    async def close(self, pane: TerminalPane) -> None:
        """End a session and remove its tab."""
        tab = self._by_pane.pop(pane)
        await _ended([tab])
        await self._tabs.remove_pane(_TAB + str(pane.id))

    async def end(self) -> None:
        """End all of them."""
        await _ended(list(self._by_pane.values()))

    async def again(self, pane: TerminalPane, pod: Pod) -> None:
        """Begin a session that has ended anew, in the pod as it is now."""
        tab = self._by_pane[pane]
        tab.pod = pod
        self._begin(pane, tab)

    def offer_nothing(self) -> None:
        """The pod is gone: none that has ended can be begun again."""
        for pane in self._by_pane:
            pane.offer_nothing()

    def container_of(self, pane: TerminalPane) -> str:
        return self._by_pane[pane].container

    def typed(self, message: TerminalPane.Typed) -> None:
        """Bytes from a pane for its session."""
        if (tab := self._by_pane.get(message.pane)) is None:
            return
        if tab.running is not None:
            tab.running.typed(message.data, answer=message.answer)
        elif tab.kind is Kind.DEBUG and message.data in _STOPS_WAITING and tab.work is not None:
            tab.given_up = tab.work.cancel()
        elif not message.answer:
            tab.early += message.data

    def resized(self, message: TerminalPane.Resized) -> None:
        """A pane has another size."""
        if (tab := self._by_pane.get(message.pane)) is not None and tab.running is not None:
            tab.running.resized(message.columns, message.lines)

    async def whole_terminal(self, pod: Pod, container: str) -> None:
        """A shell that has the whole terminal until it ends."""
        session = self._dashboard.session
        note, session.note_sink = session.note_sink, None
        try:
            entry = self._entry(pod, container)
            request = RemoteRequest(pod.namespace, pod.name, entry.container.name, SHELL, stdin=True, tty=True)
            with self._dashboard.handed_over():
                session.note(f"a shell in {entry.container.name} of pod {pod.name}; exit leads back to the dashboard")
                code = await converse(session, entry, request, Streams(sys.stdin.fileno(), terminal=True))
            said = _code_words(entry.container.name, code)
        except McError as error:
            said = _words(error, container)[0]
        except SuspendNotSupported:
            said = "this terminal can't be handed over; s opens a tab"
        finally:
            session.note_sink = note
        self._dashboard.say(said)

    def _begin(self, pane: TerminalPane, tab: _Tab) -> None:
        pane.begin()
        tab.early.clear()
        tab.given_up = False
        tab.work = asyncio.create_task(self._live(pane, tab), name=f"session in {tab.container}")

    async def _live(self, pane: TerminalPane, tab: _Tab) -> None:
        """One session, from the way into the container to the words of its end."""
        try:
            lines = [await self._converse(pane, tab)]
        except Detached:
            lines = [f"detached; {tab.container} goes on"]
        except McError as error:
            lines = _words(error, tab.container)
        except asyncio.CancelledError:
            if not tab.given_up:
                raise
            lines = ["it is waited for no longer"]
        finally:
            tab.running = None
        offers: Mapping[str, str] = {} if self._gone(tab.pod) else _OFFERS[tab.kind]
        pane.end([*lines, ", ".join([*offers.values(), "x closes this tab"])], frozenset(offers))

    def _gone(self, pod: Pod) -> bool:
        """Whether nothing can be begun in a pod any more."""
        now = self._dashboard.snapshot.pods.get(pod.uid)
        return now is None or now.deleted is not None or now.terminal or pod.uid in self._dashboard.snapshot.gone

    async def _converse(self, pane: TerminalPane, tab: _Tab) -> str:
        """How it ended.

        Raises:
            McError: it could not begin, or was cut off.
            Detached: the keys were typed.
        """
        session, client = self._dashboard.session, self._dashboard.cluster
        entry, back = self._entry(tab.pod, tab.container, beside=tab.kind is Kind.DEBUG), ""
        if tab.kind is Kind.DEBUG:
            back = way_back(session, entry)
            pane.say("Ctrl-C or Escape stops waiting for the debug container")
            entry = await debugger_beside(session, entry, Wish(), pane.say)
        pod, spec = entry.pod, entry.container.spec
        if tab.kind is Kind.ATTACH:
            pane.say(_attached_words(tab.container, stdin=spec.stdin))
            request = RemoteRequest(pod.namespace, pod.name, spec.name, stdin=spec.stdin, tty=spec.tty)
            tab.running = PaneSession(client, request, pane, detach=_DETACH, redraw=True)
        else:
            request = RemoteRequest(pod.namespace, pod.name, entry.container.name, SHELL, stdin=True, tty=True)
            tab.running = PaneSession(client, request, pane)
        tab.running.typed(bytes(tab.early))
        with with_way_back(entry, back, own_shell=True) if back else nullcontext():
            try:
                code = await tab.running.run()
            except ConnectionLost as lost:
                raise await explained(session, entry, lost) from None
        killed = await killed_words(session, entry, code)
        goes_on = f"; {entry.container.name} goes on" if back else ""
        return f"{_code_words(entry.container.name, code)}{f'; {killed}' if killed else ''}{goes_on}"

    def _entry(self, pod: Pod, container: str, *, beside: bool = False) -> Entry:
        """The container to enter.

        Raises:
            McError: it can't be.
        """
        session = self._dashboard.session
        entry = choose_container(pod, container)
        if not beside and (why := why_not(entry, session.now())):
            raise McError(why, instead(session, entry))
        return entry


async def _ended(tabs: Sequence[_Tab]) -> None:
    await asyncio.gather(*(tab.running.hang_up() for tab in tabs if tab.running is not None))
    works = [tab.work for tab in tabs if tab.work is not None]
    for work in works:
        work.cancel()
    await asyncio.gather(*works, return_exceptions=True)


def _words(error: McError, container: str) -> list[str]:
    """Why there is no session, or none any more."""
    if isinstance(error, NotStarted) and error.exit_code == _NOT_FOUND:
        return [f"{container or 'the container'} has no shell; D opens a debug container beside it"]
    return [error.message, *([error.hint] if error.hint else [])]


def _code_words(name: str, code: int) -> str:
    return f"the session in {name} ended with exit code {code}"


def _attached_words(name: str, *, stdin: bool) -> str:
    if stdin:
        return f"what you type goes to {name}'s main process; ctrl-p ctrl-q leaves it running"
    return f"{name} takes no input (stdin is not set in its spec): its output from now on; Ctrl-C leaves it"
