"""The logs of a pod with what one can do to them: follow, search, filter, hide containers, go to a time, save."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from kubectl_mc.errors import UsageError
from kubectl_mc.logs.asked import parse_pattern
from kubectl_mc.logs.filter import Wanted
from kubectl_mc.logs.level import Level
from kubectl_mc.logs.line import stamp_at
from kubectl_mc.model.times import parse_duration
from kubectl_mc.render.text import one_line
from kubectl_mc.tui.log_store import LIMIT, LogStore
from kubectl_mc.tui.widgets.log_view import LogView
from kubectl_mc.tui.widgets.prompt import Prompt

_LEVELS = (None, *(level for level in Level if level >= Level.INFO))


class LogsPane(Vertical):
    """All containers' lines, or one's; somebody else fills the store and calls `view.grew`."""

    DEFAULT_CSS = """
    LogsPane { height: 1fr; }
    LogsPane > .state { height: 1; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "ask('search')", "Search", key_display="/"),
        Binding("ampersand", "ask('filter')", "Filter", key_display="&"),
        Binding("l", "level", "Level"),
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
        self.said = ""
        """Why some of it is missing."""
        self._state = Static("", classes="state", markup=False)
        self._told = ""
        self._level = 0
        self._patterns = {"search": "", "filter": ""}
        self._hidden: frozenset[str] = frozenset()
        self._others: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        yield self.view
        yield Prompt()
        yield self._state

    def on_mount(self) -> None:
        self.set_interval(0.5, self._tell)

    @property
    def hidden(self) -> frozenset[str]:
        """Containers whose lines one doesn't want to see."""
        return self._hidden

    def toggle(self, container: str) -> None:
        """Hide a container's lines, or show them again."""
        self._hidden ^= {container}
        self._narrow()

    def only(self, container: str, all_containers: frozenset[str]) -> None:
        """Show one container's lines, hidden or not; all that are not hidden for an empty name."""
        self._others = all_containers - {container} if container else frozenset()
        self._narrow()

    def restart(self, *, previous: bool) -> None:
        """Begin anew: other instances are read."""
        self.previous, self.said = previous, ""
        self.store.clear()
        self.view.restart()

    def on_prompt_answered(self, message: Prompt.Answered) -> None:
        message.stop()
        self.view.focus()
        if message.text is None:
            return
        match message.purpose:
            case "search":
                self._patterns["search"] = message.text
                if not self.view.search(_pattern(message.text)):
                    self.notify(f"nothing matches {one_line(message.text)}", severity="warning", markup=False)
            case "filter":
                self._patterns["filter"] = message.text
                self._narrow()
            case "time":
                if (moment := _moment(message.text)) is not None:
                    self.view.go_to(stamp_at(moment))
            case "save":
                self.post_message(self.Save(message.text))

    def action_ask(self, purpose: str) -> None:
        labels = {
            "search": "search",
            "filter": "only lines with",
            "time": "go to (12:30, or 5m ago)",
            "save": "save as",
        }
        checks: dict[str, Callable[[str], str]] = {"search": _wrong, "filter": _wrong, "time": _no_time}
        self.query_one(Prompt).ask(purpose, labels[purpose], self._patterns.get(purpose, ""), checks.get(purpose))

    def action_level(self) -> None:
        self._level = (self._level + 1) % len(_LEVELS)
        self._narrow()

    def action_previous(self) -> None:
        self.post_message(self.Previous(not self.previous))

    def _narrow(self) -> None:
        match = _pattern(self._patterns["filter"])
        wanted = replace(Wanted(), match=match, level=_LEVELS[self._level])
        self.store.narrow(self._others or self._hidden, wanted)
        self.view.restart()
        self._tell()

    def _tell(self) -> None:
        store, view = self.store, self.view
        level = _LEVELS[self._level]
        parts = [
            f"{len(store.shown):,} lines",
            "following" if view.following else "paused, f follows",
            *(["previous instances"] if self.previous else []),
            *([f"with {self._patterns['filter']}"] if self._patterns["filter"] else []),
            *([f"level {level.word} and above"] if level is not None else []),
            *([f"hidden: {', '.join(sorted(self._hidden))}"] if self._hidden and not self._others else []),
            *([f"{store.left:,} older ones dropped ({LIMIT:,} are kept)"] if store.left else []),
            *([f"{view.undrawn:,} passed undrawn"] if view.undrawn else []),
            *([self.said] if self.said else []),
        ]
        text = one_line(" · ".join(parts))
        if text != self._told:
            self._told = text
            self._state.update(text, layout=False)


def _pattern(text: str):  # type: ignore[no-untyped-def]
    return parse_pattern("a pattern", [text] if text else [], ignore_case=text == text.lower())


def _wrong(text: str) -> str:
    try:
        _pattern(text)
    except UsageError as error:
        return error.message.partition("\n")[0]
    return ""


def _no_time(text: str) -> str:
    return "" if _moment(text) is not None else "12:30, 12:30:05, or 5m for five minutes ago"


def _no_check(text: str) -> str:  # noqa: ARG001
    return ""


def _moment(text: str) -> datetime | None:
    """A time of today in the local zone, or so long ago."""
    for form in ("%H:%M", "%H:%M:%S"):
        try:
            clock = datetime.strptime(text.strip(), form).time()  # noqa: DTZ007
        except ValueError:
            continue
        now = datetime.now().astimezone()
        moment = now.replace(hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=0)
        return moment if moment <= now else moment - timedelta(days=1)
    ago = parse_duration(text.strip())
    return datetime.now(UTC) - timedelta(seconds=ago) if ago is not None else None


_PURPOSES: dict[str, tuple[str, Callable[[str], str]]] = {
    "search": ("search", _wrong),
    "filter": ("only lines with", _wrong),
    "time": ("go to (12:30, or 5m ago)", _no_time),
    "save": ("save as", _no_check),
}
