"""The dashboard itself: which cluster and which pods, and the screens over them."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, Protocol, runtime_checkable

import textual.screen
from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.filter import LineFilter, NoColor
from textual.geometry import Size
from textual.message import Message
from textual.screen import Screen

from kubectl_mc.cluster.client import Client
from kubectl_mc.errors import McError
from kubectl_mc.model.targets import Query
from kubectl_mc.render.page import Theme
from kubectl_mc.render.text import one_line
from kubectl_mc.session import Session, Terminated
from kubectl_mc.tui import places
from kubectl_mc.tui.attention import Attention
from kubectl_mc.tui.driver import TerminalDriver
from kubectl_mc.tui.farewell import once_sessions_may_end
from kubectl_mc.tui.keys_in_turn import KeysInTurn
from kubectl_mc.tui.plain import AsciiOnly, has_colors
from kubectl_mc.tui.screens.pods import PodsScreen
from kubectl_mc.tui.screens.small import SmallScreen, too_small
from kubectl_mc.tui.snapshot import Snapshot
from kubectl_mc.tui.watching import PodWatch, begun_elsewhere

_KEYED = frozenset({"namespace", "context", "theme", "help", "quit", "suspend_process", "command_palette", "help_quit"})
"""What keys of the dashboard's own do."""
_ASKING = frozenset({"namespace", "context", "help", "command_palette"})
"""What needs room."""
# Textual draws 60 times a second at most. A key that shows in two places, the list and a line that tells of it, often
# takes two of them: 33 ms.
textual.screen.UPDATE_PERIOD = 1 / 120  # type: ignore[misc]
THEMES = _DARK, _LIGHT = "textual-dark", "textual-light"


@dataclass
class SnapshotTaken(Message):
    """There is news of the pods."""

    snapshot: Snapshot

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, SnapshotTaken)


@runtime_checkable
class Shows(Protocol):
    """A screen that draws snapshots."""

    is_mounted: bool
    is_attached: bool

    def show(self, snapshot: Snapshot) -> None:
        """Draw what is known now."""


class Dashboard(App[int]):
    """Everything about a pod's containers on one screen, live.

    Args:
        session: where it runs; its client is the cluster that is shown.
        query: which pods.
        watch: of these pods, and begun.
        read_only: nothing in the cluster is entered or changed.
    """

    TITLE = "kubectl mc"
    # Above the last row of a log, which tells of it, and the keys.
    CSS = """
    ToastRack { margin-bottom: 2; }
    Tab.-active:nocolor { text-style: reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "namespace", "Namespace"),
        Binding("c", "context", "Context", show=False),
        Binding("T", "theme", "Theme", show=False),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+c", "quit", "Quit", show=False),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False),
    ]

    def __init__(self, session: Session, query: Query, watch: PodWatch, *, read_only: bool = False) -> None:
        super().__init__(driver_class=TerminalDriver)
        self.session = session
        self.question = query
        self.read_only = read_only
        self.place = places.words_of(self.session, self.question)
        """What is shown, in words: context, namespace and what narrows it."""
        self.snapshot = watch.snapshot
        self.attention = Attention()
        self.failure: BaseException | None = None
        """Why the dashboard ended, if it was an error."""
        self.glyphs = Theme(colors=True, unicode=session.theme.unicode)
        self.theme = _DARK
        self.animation_level = "none"  # a terminal may be far away, and what moves costs an idle one its rest
        self.no_color = not session.colors or (session.color == "auto" and not has_colors(session.environ))
        self._plain = [*([NoColor()] if self.no_color else []), *([] if session.theme.unicode else [AsciiOnly()])]
        self._watch = watch
        self._keys = KeysInTurn(self, super().on_event)

    @property
    def cluster(self) -> Client:
        return self.session.client()

    @property
    def everywhere(self) -> bool:
        """Whether pods of several namespaces are shown."""
        return self.question.all_namespaces

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What makes of each line on the screen one that the terminal can show."""
        return [*super().get_line_filters(), *self._plain]

    def get_system_commands(self, screen: Screen[object]) -> Iterator[SystemCommand]:
        """What the palette offers: what the keys of the screen, and those that work everywhere, can do now."""
        seen = set()
        # A key that the footer shows first: to leave has several.
        for active in sorted(screen.active_bindings.values(), key=lambda each: not each.binding.show):
            binding = active.binding
            own = active.node in (self, screen) and "." not in binding.action.partition("(")[0]
            if own and active.enabled and binding.description and binding.action not in seen:
                seen.add(binding.action)
                key = self.get_key_display(binding)
                yield SystemCommand(binding.description, f"key: {key}", partial(self._act, binding.action, active.node))

    async def _act(self, action: str, node: DOMNode) -> None:
        await self.run_action(action, default_namespace=node)

    def keep(self, uid: str) -> None:
        """Somebody looks at this pod: its last state stays when it is gone."""
        self._watch.keep(uid)

    def on_mount(self) -> None:
        self.session.note_sink = self.say
        if isinstance(self._driver, TerminalDriver):
            self._driver.heard = self.attention.heard
        self._follow(self._watch)
        self.push_screen(PodsScreen())
        self._fit(self.size)
        self.set_interval(1.0, self._tick)

    async def on_unmount(self) -> None:
        self.session.note_sink = None
        self._keys.end()
        await self._watch.end()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._keys.take(event)
        else:
            await super().on_event(event)

    def on_resize(self, event: events.Resize) -> None:
        self._fit(event.size)

    def _fit(self, size: Size) -> None:
        """A terminal in which nothing can be read says so, until it grows."""
        shown = isinstance(self.screen, SmallScreen)
        if shown and not too_small(size):
            self.pop_screen()
        elif not shown and too_small(size) and len(self.screen_stack) > 1:
            self.push_screen(SmallScreen())

    def on_snapshot_taken(self, message: SnapshotTaken) -> None:
        self.snapshot = message.snapshot
        self._redraw()

    def say(self, text: str) -> None:
        """One line for a person, for a moment."""
        self.notify(one_line(text), markup=False)

    @contextmanager
    def handed_over(self) -> Iterator[None]:
        """The terminal is somebody else's for as long as this lasts; nothing is drawn on it.

        Raises:
            SuspendNotSupported: where the dashboard runs it cannot be.
        """
        failure: McError | None = None
        with self.batch_update(), self.suspend():
            try:
                yield
            except McError as error:  # Textual takes the terminal back only if nothing is raised meanwhile
                failure = error
        if failure is not None:
            raise failure

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A program in a session gets every key, ctrl-p and ctrl-q too."""
        captive = action in _KEYED and getattr(self.focused, "captive", False)
        if captive or (action in _ASKING and isinstance(self.screen, SmallScreen)):
            return False
        return super().check_action(action, parameters)

    async def action_quit(self) -> None:
        once_sessions_may_end(self, self.exit)

    def action_help(self) -> None:
        from kubectl_mc.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(read_only=self.read_only))

    def action_theme(self) -> None:
        self.theme = _LIGHT if self.theme == _DARK else _DARK

    def action_namespace(self) -> None:
        from kubectl_mc.tui.screens.choice import ChoiceScreen

        current = places.EVERYWHERE if self.everywhere else self.cluster.namespace

        def chosen(name: str | None) -> None:
            if name is not None:
                query = replace(self.question, targets=(), all_namespaces=name == places.EVERYWHERE)
                given = {} if name == places.EVERYWHERE else {"namespace": name}
                self.run_worker(self._go(query, **given), group="place", exclusive=True)

        offer = ChoiceScreen("Namespace", lambda: places.namespaces(self.cluster), current=current, free=True)
        once_sessions_may_end(self, lambda: self.push_screen(offer, chosen))

    def action_context(self) -> None:
        from kubectl_mc.tui.screens.choice import ChoiceScreen

        current = places.current_context(self.session)

        def chosen(name: str | None) -> None:
            if name not in (None, current):
                self.say(f"asking {name} …")
                self.run_worker(self._go(Query(), context=name, namespace=None), group="place", exclusive=True)

        offer = ChoiceScreen("Context", lambda: places.contexts(self.session), current=current)
        once_sessions_may_end(self, lambda: self.push_screen(offer, chosen))

    async def _go(self, query: Query, **given: object) -> None:
        """Show the pods of another question, with other flags, once they are known; till then what is shown goes on."""
        try:
            watch = await begun_elsewhere(self.session, query, **given)
        except McError as error:
            said = one_line(f"{error.message}; {error.hint or 'try another'}")
            self.notify(said, severity="error", timeout=15, markup=False)
            return
        while not isinstance(self.screen, PodsScreen):
            await self.pop_screen()
        before, self._watch, self.question = self._watch, watch, query
        left = self.session.move(watch.client, **given)
        self.place = places.words_of(self.session, self.question)
        self._follow(watch)
        self._fit(self.size)
        self._redraw()
        await before.end()
        await left.connection.close()

    def _follow(self, watch: PodWatch) -> None:
        """Show what a watch that has begun knows, and what it will."""
        self.snapshot = watch.snapshot
        watch.follow(self._show_soon, self._failed)

    def _show_soon(self, snapshot: Snapshot) -> None:
        self.post_message(SnapshotTaken(snapshot))

    def _tick(self) -> None:
        """Ages go on by themselves; a terminal may go without a word."""
        if isinstance(self._driver, TerminalDriver) and self._driver.hung_up:
            self.failure = Terminated(signal.SIGHUP)
            self.exit(1)
        self._redraw()

    def _redraw(self) -> None:
        for screen in reversed(self.screen_stack):
            if isinstance(screen, Shows):
                if screen.is_attached and screen.is_mounted:
                    screen.show(self.snapshot)
                return

    def _failed(self, error: BaseException) -> None:
        """The watch has ended with what won't pass by itself, and the dashboard does so with its message."""
        self.failure = error
        self.exit(1)

    def _fatal_error(self) -> None:
        """A fault of this tool's own: Textual would print a traceback, the command line says it in a line.

        One that comes of leaving, in the middle of the first screen for instance, is not why it is left.
        """
        self.failure = self.failure or self._exception
        self.exit(1)
