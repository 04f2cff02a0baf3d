"""The logs of a pod with what one can do to them: follow, search, filter, hide containers, go to a time, save."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from kubectl_mc.logs.filter import Wanted
from kubectl_mc.logs.level import Level
from kubectl_mc.logs.line import stamp_at
from kubectl_mc.render.text import one_line
from kubectl_mc.tui.log_asked import moment_of, pattern_of, wrong_moment, wrong_path, wrong_pattern
from kubectl_mc.tui.log_notes import LogNotes
from kubectl_mc.tui.log_store import LIMIT, LogStore, Narrowed
from kubectl_mc.tui.slices import slices
from kubectl_mc.tui.widgets.log_view import LogView
from kubectl_mc.tui.widgets.prompt import Prompt

_LEVELS = (None, *(level for level in Level if level >= Level.INFO))


@dataclass(frozen=True, slots=True)
class _Purpose:
    """What a text is asked for."""

    label: str
    wrong: Callable[[str], str]


_PURPOSES: Mapping[str, _Purpose] = {
    "search": _Purpose("search", wrong_pattern),
    "filter": _Purpose("only lines with", wrong_pattern),
    "time": _Purpose("go to (12:30, or 5m ago)", wrong_moment),
    "save": _Purpose("save as (a new file; bytes as they were written)", wrong_path),
}


class LogsPane(Vertical):
    """All containers' lines, or one's; somebody else fills the store and calls `view.grew`."""

    DEFAULT_CSS = """
    LogsPane { height: 1fr; }
    LogsPane > .state { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    LogsPane > .note { height: auto; max-height: 2; color: $text-warning; display: none; }
    LogsPane > .note.said { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "ask('search')", "Search", key_display="/"),
        Binding("ampersand", "ask('filter')", "Filter", key_display="&"),
        Binding("l", "level", "Level"),
        Binding("e", "events", "Events", show=False),
        Binding("p", "previous", "Previous", show=False),
        Binding("at", "ask('time')", "Time", show=False),
        Binding("ctrl+s", "ask('save')", "Save", show=False),
    ]

    @dataclass
    class Previous(Message):
        """The instances before the present ones are to be read, or the present ones again."""

        previous: bool

    @dataclass
    class Save(Message):
        """What is shown is to be written to a file."""

        path: str

    def __init__(self) -> None:
        super().__init__()
        self.store = LogStore()
        self.view = LogView(self.store)
        self.previous = False
        self._notes = LogNotes()
        self._note = Static("", classes="note", markup=False)
        self._state = Static("", classes="state", markup=False)
        self._told = self._noted = ""
        self._level = 0
        self._patterns = {"search": "", "filter": ""}
        self._events = False
        self._hidden: frozenset[str] = frozenset()
        self._others: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        yield self.view
        yield Prompt()
        yield self._note
        yield self._state

    def on_mount(self) -> None:
        self.set_interval(0.5, self._tell)

    @property
    def said(self) -> str:
        """The last that was said of what is missing; empty for nothing."""
        return self._notes.last

    @property
    def hidden(self) -> frozenset[str]:
        """Containers whose lines one doesn't want to see among all."""
        return self._hidden

    def toggle(self, container: str) -> None:
        """Hide a container's lines among all, or show them again; all containers' for an empty name."""
        self._hidden = self._hidden ^ {container} if container else frozenset()
        self._narrow()

    def only(self, container: str, all_containers: frozenset[str]) -> None:
        """Show one container's lines, hidden or not; all that are not hidden for an empty name."""
        others = all_containers - {container} if container else frozenset()
        if others != self._others:
            self._others = others
            self._narrow()

    def restart(self, *, previous: bool) -> None:
        """Begin anew: other instances are read."""
        self.previous, self._notes = previous, LogNotes()
        self.store.clear()
        self.view.restart()
        self._tell()

    def say(self, why: str) -> None:
        """Some of it is missing; nothing is any more for an empty text."""
        if why:
            self._notes.add(why)
        else:
            self._notes = LogNotes()
        self._tell()

    def on_log_lines_moved(self) -> None:
        self._tell()

    def on_log_view_missed(self) -> None:
        self.notify(f"nothing matches {one_line(self._patterns['search'])}", severity="warning", markup=False)

    def on_log_view_copied(self, message: LogView.Copied) -> None:
        lines = _counted(message.lines, "line")
        if message.too_much:
            self.notify(f"{lines} are too much for a clipboard; ctrl+s saves to a file", severity="warning")
        else:
            self.notify(f"{lines} sent to the terminal's clipboard", timeout=3)

    def on_prompt_answered(self, message: Prompt.Answered) -> None:
        message.stop()
        self.view.focus()
        if message.text is None:
            return
        match message.purpose:
            case "search":
                self._patterns["search"] = message.text
                self.view.search(pattern_of(message.text))
            case "filter":
                self._patterns["filter"] = message.text
                self._narrow()
            case "time":
                if (moment := moment_of(message.text, datetime.now().astimezone())) is not None:
                    self.view.go_to(stamp_at(moment))
            case "save":
                self.post_message(self.Save(message.text.strip()))

    def action_ask(self, purpose: str) -> None:
        asked = _PURPOSES[purpose]
        text = self._file if purpose == "save" else self._patterns.get(purpose, "")
        self.query_one(Prompt).ask(purpose, asked.label, text, asked.wrong)

    def action_level(self) -> None:
        self._level = (self._level + 1) % len(_LEVELS)
        self._narrow()

    def action_events(self) -> None:
        self._events = not self._events
        self._narrow()

    def action_previous(self) -> None:
        self.post_message(self.Previous(not self.previous))

    @property
    def _file(self) -> str:
        """A name to be offered for what is saved."""
        pod = next((name.pod for name in self.store.names.values()), "")
        return f"{pod}.log" if pod else ""

    def _narrow(self) -> None:
        """Show what passes, in slices: what is shown now stays until that is found out."""
        wanted = Wanted(match=pattern_of(self._patterns["filter"]), level=_LEVELS[self._level])
        self.store.narrow(Narrowed(self._others or self._hidden, wanted, self._events))
        held: bytes | None = None

        def step() -> bool:
            nonlocal held
            held = self.view.held
            return self.store.advance()

        def done() -> None:
            self.view.renumbered(held)
            self._tell()

        self.run_worker(slices(step, done), group="narrow", exclusive=True)

    def _tell(self) -> None:
        self.view.tell_instead(self._instead())
        note = self._notes.last if self.store.shown else ""
        if self._note.has_class("said") != bool(note) or (note and note != self._noted):
            self._noted = note
            self._note.update(note)
            self._note.set_class(bool(note), "said")
        text = one_line(" · ".join(self._state_words()))
        if text != self._told:
            self._told = text
            self._state.update(text, layout=False)

    def _instead(self) -> Sequence[str]:
        """What stands where there are no lines."""
        store = self.store
        level = _LEVELS[self._level]
        if store.lines and (self._patterns["filter"] or level is not None or (self._hidden and not self._others)):
            return ["no line of those that were read is to be shown now: &, l and Space change that", *self._notes.all]
        if self._notes:
            return self._notes.all
        return ["no lines yet"] if store.names else ["asking for the logs …"]

    def _state_words(self) -> list[str]:
        """What is to be seen, and what is not."""
        store, view, level = self.store, self.view, _LEVELS[self._level]
        count = _counted(store.passed, "line") if store.lines else "no lines" if self._notes else "no lines yet"
        words = [count, "following" if view.following else "paused, f follows"]
        if view.marked:
            words.append(f"{view.marked:,} marked, y copies")
        if (found := view.found) is not None:
            place = found.place(view.cursor) if not view.following else 0
            matches = f"{_counted(found.count, 'line')} match “{self._patterns['search']}”"
            words.append(f"match {place:,} of {found.count:,}" if place else matches)
            words[-1] += f", {view.turned}" if view.turned else ""
        if self.previous:
            words.append("previous instances")
        if self._patterns["filter"]:
            words.append(f"with {self._patterns['filter']}")
        if level is not None:
            words.append(f"level {level.word} and above")
        if self._hidden and not self._others:
            words.append(f"hidden: {', '.join(sorted(self._hidden))}")
        if self._events:
            words.append("with events")
        if store.left:
            words.append(f"{store.left:,} older ones dropped ({LIMIT:,} are kept)")
        if view.undrawn:
            words.append(f"{view.undrawn:,} passed undrawn")
        return words


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
