"""Log lines on the screen: only those to be seen are made into text, so that a burst costs no more than a screen."""

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from kubectl_mc.logs.highlight import Pattern
from kubectl_mc.logs.line import message_of
from kubectl_mc.logs.terminal import harmless, plain
from kubectl_mc.tui.log_place import LogPlace
from kubectl_mc.tui.log_rows import LogRows
from kubectl_mc.tui.log_search import LogSearch
from kubectl_mc.tui.log_store import LogStore
from kubectl_mc.tui.slices import slices

_FRAME_SECONDS = 1 / 15
_SHIFT = 16
"""Columns by which the view moves to the side."""
_WHEEL = 3
_BEGINNING_FRAMES = 45
"""Three seconds: what there is of a log comes faster than it can be drawn, and is no burst."""
CLIPBOARD = 1_000_000
"""Bytes; terminals drop what is much longer without a word."""


class LogView(Widget, can_focus=True):
    """The lines of a `LogStore`; somebody else fills it and calls `grew`."""

    ALLOW_SELECT = False  # lines are marked as a whole, and copied as they are
    COMPONENT_CLASSES: ClassVar[set[str]] = {"log-view--marked"}
    DEFAULT_CSS = """
    LogView { height: 1fr; }
    LogView.stale { text-style: dim; }
    LogView > .log-view--marked { background: $primary 25%; }
    LogView:focus > .log-view--marked { background: $primary 45%; }
    LogView:nocolor > .log-view--marked { text-style: underline; }
    LogView:nocolor:focus > .log-view--marked { text-style: reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("home,g", "start", "Oldest", show=False),
        Binding("end,G", "follow", "Newest", show=False),
        Binding("left", "shift(-1)", "Left", show=False),
        Binding("right", "shift(1)", "Right", show=False),
        Binding("f", "toggle_follow", "Follow"),
        Binding("w", "toggle_wrap", "Wrap"),
        Binding("t", "toggle_times", "Times", show=False),
        Binding("n", "find(1)", "Next match", show=False),
        Binding("N", "find(-1)", "Match before", show=False),
        Binding("v", "mark", "Mark", show=False),
        Binding("y", "copy", "Copy", show=False),
    ]

    @dataclass
    class Moved(Message):
        """The view has moved, or begun or ceased to follow."""

        view: "LogView"

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LogView.Moved)

    @dataclass
    class Copied(Message):
        """So many lines are on the clipboard, or they are too much for it."""

        lines: int
        too_much: bool = False

    @dataclass
    class Missed(Message):
        """Nothing matches what was searched for."""

    def __init__(self, store: LogStore, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.store = store
        self.undrawn = 0
        """Lines that have passed while following without having been drawn: the screen is slower than they are."""
        self.found: LogSearch | None = None
        """What was searched for."""
        self.turned = ""
        """Where the search went on, when it has just come around an end."""
        self._rows = LogRows(store)
        self._place = LogPlace(store, lambda number: len(self._rows.of(number)))
        self._mark: int | None = None
        """The line from which on lines are marked, to the cursor."""
        self._drawn: list[tuple[int, Strip]] = []
        """The rows to be seen, with their lines' numbers."""
        self._seen = 0
        """The number behind the newest line that was drawn."""
        self._beginning = _BEGINNING_FRAMES
        self._dirty = False

    @property
    def following(self) -> bool:
        return self._place.following

    @property
    def wrap(self) -> bool:
        return self._rows.wrap

    @property
    def times(self) -> bool:
        """Whether each line's time is shown."""
        return self._rows.times

    @property
    def cursor(self) -> int:
        """The number of the line on which one stands."""
        return self._place.cursor

    @property
    def marked(self) -> int:
        """How many lines are marked."""
        return abs(self._mark - self.cursor) + 1 if self._mark is not None else 0

    @property
    def held(self) -> bytes | None:
        """The line on which one stands; None while following, when it is always the newest."""
        store = self.store
        return store.line(self.cursor) if not self.following and store.first <= self.cursor < store.end else None

    def on_mount(self) -> None:
        self.set_interval(_FRAME_SECONDS, self._frame)

    def on_show(self) -> None:
        self._seen = self.store.end

    def grew(self) -> None:
        """The store has changed."""
        self._dirty = True

    def restart(self) -> None:
        """The store is filled anew: go to the newest lines."""
        self._mark, self._beginning, self.undrawn = None, _BEGINNING_FRAMES, 0
        self._fit()
        self._place.follow()
        self._seen = self.store.end
        self._changed()

    def renumbered(self, held: bytes | None) -> None:
        """The store shows other lines: stay at the one on which one stood, or where it was."""
        self._mark, self._seen = None, self.store.end
        self._fit()
        if held is not None and self.store.shown:
            self._place.stand(self.store.nearest(held))
        if self.found is not None:
            self._look()
        self._changed()

    def search(self, pattern: Pattern | None) -> None:
        """Mark what matches, and go to the nearest match before the cursor."""
        self._rows.set_search(pattern)
        self.found, self.turned = LogSearch(pattern, self.store) if pattern is not None else None, ""
        if self.found is not None:
            self._look(go=True)
        self._changed()

    def go_to(self, stamp: bytes) -> None:
        """To the first line from a time on."""
        if self.store.shown:
            self._stand(self.store.since(stamp))

    def render_line(self, y: int) -> Strip:
        width, style = self.size.width, self.rich_style
        if y == 0:
            self._draw()
        if y >= len(self._drawn):
            return Strip.blank(width, style)
        number, strip = self._drawn[y]
        if self._is_marked(number):
            mark = self.get_component_rich_style("log-view--marked")
            above = Style(bgcolor=mark.bgcolor, underline=mark.underline, reverse=mark.reverse)
            whole = strip.adjust_cell_length(width, style)
            return Strip(Segment.apply_style(whole, post_style=above), width)
        return strip.adjust_cell_length(width, style)

    def on_resize(self) -> None:
        self._fit()
        self._place.height = self.size.height
        if not self.following:
            self._place.settle()
            self._place.reveal()
        self.refresh()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._scroll(_WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._scroll(-_WHEEL)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.button == 1 and 0 <= event.y < len(self._drawn):
            self._place.pause()
            self._place.cursor = self._mark = self._drawn[event.y][0]
            self.capture_mouse()
            self._changed()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._mark is None or self.app.mouse_captured is not self or not self._drawn:
            return
        if not 0 <= event.y < self.size.height:  # beyond an edge there is more to be marked
            self._place.scroll(-1 if event.y < 0 else 1)
            self._draw()
        if self._drawn:
            self._place.cursor = self._drawn[max(0, min(event.y, len(self._drawn) - 1))][0]
        self.refresh()

    def on_mouse_up(self) -> None:
        if self.app.mouse_captured is self:
            self.release_mouse()
            if self._mark != self.cursor:
                self.action_copy()
            self._mark = None
            self._changed()

    def action_move(self, lines: int) -> None:
        self._fit()
        if self.following and lines > 0:
            return
        if self._place.move(lines) and self._mark is None:
            self.action_follow()
            return
        self._changed()

    def action_page(self, pages: int) -> None:
        self._scroll(pages * max(1, self.size.height - 1))

    def action_start(self) -> None:
        self._stand(self.store.first)

    def action_follow(self) -> None:
        self._mark, self.undrawn, self._seen = None, 0, self.store.end
        self._fit()
        self._place.follow()
        self._changed()

    def action_toggle_follow(self) -> None:
        if self.following:
            self._place.pause()
            self._changed()
        else:
            self.action_follow()

    def action_toggle_wrap(self) -> None:
        self._rows.wrap, self._rows.left = not self.wrap, 0
        self._refit()

    def action_toggle_times(self) -> None:
        self._rows.set_times(shown=not self.times)
        self._refit()

    def action_shift(self, columns: int) -> None:
        self._rows.left = 0 if self.wrap else max(0, self._rows.left + columns * _SHIFT)
        self.refresh()

    def action_find(self, step: int) -> None:
        """To the next match below (1) or above (-1), and at an end on from the other one."""
        self._fit()
        if self.found is None:
            self.app.bell()
            return
        hit = self.found.next(self.cursor, step)
        if hit is None:
            self.post_message(self.Missed())
            return
        self._stand(hit.number)
        self.turned = ("on from the oldest" if step > 0 else "on from the newest") if hit.around else ""

    def action_mark(self) -> None:
        """Mark lines from the cursor on, or no more."""
        self._place.pause()
        self._mark = None if self._mark is not None else self.cursor
        self._changed()

    def action_copy(self) -> None:
        """The marked lines, or the cursor's, as they can be read: nothing in them acts on where they are pasted."""
        store = self.store
        if not store.shown:
            return
        self._place.pause()
        begin, end = sorted((self.cursor, self._mark if self._mark is not None else self.cursor))
        chosen = store.shown[max(begin - store.first, 0) : end - store.first + 1]
        text = b"\n".join(plain(harmless(message_of(line))) for line in chosen)
        self._mark = None
        if len(text) <= CLIPBOARD:
            self.app.copy_to_clipboard(text.decode(errors="replace"))
        self.post_message(self.Copied(len(chosen), too_much=len(text) > CLIPBOARD))
        self._changed()

    def _frame(self) -> None:
        self._beginning = max(0, self._beginning - 1) if self._dirty else 0 if self.store.shown else self._beginning
        if self._dirty:
            self._dirty = False
            if self.found is not None:
                self.found.advance()
            self.refresh()

    def _changed(self) -> None:
        self.turned = ""
        self.refresh()
        self.post_message(self.Moved(self))

    def _stand(self, number: int) -> None:
        self._fit()
        self._place.stand(number)
        self._changed()

    def _scroll(self, rows: int) -> None:
        self._fit()
        if self.following and rows > 0:
            return
        if self._place.scroll(rows) and rows > 0 and self._mark is None:
            self.action_follow()
            return
        self._changed()

    def _look(self, *, go: bool = False) -> None:
        """Look for matches; then go to the nearest one, if that is wanted."""
        found = self.found
        assert found is not None

        def done() -> None:
            if go and found is self.found:
                hit = found.next(self.cursor + 1, -1)
                if hit is None:
                    self.post_message(self.Missed())
                else:
                    self._stand(hit.number)
            self.post_message(self.Moved(self))

        self.run_worker(slices(found.advance, done), group="search", exclusive=True)

    def _is_marked(self, number: int) -> bool:
        if self.following:
            return False
        mark = self._mark if self._mark is not None else self.cursor
        return min(mark, self.cursor) <= number <= max(mark, self.cursor)

    def _fit(self) -> None:
        self._rows.fit(self.size.width, self.rich_style)

    def _refit(self) -> None:
        """Lines have other rows than before."""
        self._fit()
        self._place.skip = 0
        self._place.settle()
        if not self.following:
            self._place.reveal()
        self._changed()

    def _draw(self) -> None:
        """Make the rows that are to be seen."""
        self._fit()
        self._place.height = self.size.height
        self._place.settle()
        self._drawn = [(number, self._rows.of(number)[row]) for number, row in self._place.seen()]
        if not self.following:
            return
        if self._drawn and self._drawn[0][0] > self._seen and not self._beginning:
            self.undrawn += self._drawn[0][0] - self._seen
        self._seen = self.store.end
