"""Log lines on the screen, to be scrolled: only those to be seen are made into text, so that a burst costs no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from kubectl_mc.tui.contrast import Grounds
from kubectl_mc.tui.log_notes import filled
from kubectl_mc.tui.log_place import LogPlace
from kubectl_mc.tui.log_rows import LogRows
from kubectl_mc.tui.log_store import LogStore
from kubectl_mc.tui.widgets.ground import OnGround

_FRAME_SECONDS = 1 / 15
_SHIFT = 16
"""Columns by which the view moves to the side."""
_WHEEL = 3
_BEGINNING_FRAMES = 45
"""Three seconds: what there is of a log comes faster than it can be drawn, and is no burst."""
_STILL_FRAMES = 8
"""Half a second in which nothing comes: what comes then is new."""


class LogLines(OnGround, can_focus=True):
    """The lines of a `LogStore`; somebody else fills it and calls `grew`."""

    ALLOW_SELECT = False  # lines are marked as a whole, and copied as they are
    COMPONENT_CLASSES: ClassVar[set[str]] = {"log-lines--marked"}
    DEFAULT_CSS = """
    LogLines { height: 1fr; }
    LogLines.stale { text-style: dim; }
    LogLines > .log-lines--marked { background: $primary 25%; }
    LogLines:focus > .log-lines--marked { background: $primary 45%; }
    LogLines:light > .log-lines--marked { background: $primary 10%; }
    LogLines:light:focus > .log-lines--marked { background: $primary 20%; }
    LogLines:nocolor > .log-lines--marked { text-style: underline; }
    LogLines:nocolor:focus > .log-lines--marked { text-style: reverse; }
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
    ]

    @dataclass
    class Moved(Message):
        """The view has moved, or begun or ceased to follow."""

        view: "LogLines"

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LogLines.Moved)

    def __init__(self, store: LogStore, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.store = store
        self.undrawn = 0
        """Lines that have passed while following without having been drawn: the screen is slower than they are."""
        self._instead: Sequence[str] = ()
        """What stands there while there are no lines to be shown."""
        self._rows = LogRows(store)
        self._place = LogPlace(store, lambda number: len(self._rows.of(number)))
        self._drawn: list[tuple[int, Strip]] = []
        """The rows to be seen, with their lines' numbers."""
        self._seen = 0
        """The number behind the newest line that was drawn."""
        self._beginning = _BEGINNING_FRAMES
        self._still = 0
        """Frames in which nothing has come, one after another."""
        self._dirty = False
        self._empty = True
        """Whether there has been nothing to be seen so far."""

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
    def chosen(self) -> range:
        """The numbers of the lines that stand out: the cursor's; none while following."""
        return range(0) if self.following else range(self.cursor, self.cursor + 1)

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

    def tell_instead(self, texts: Sequence[str]) -> None:
        """What to say while there are no lines to be shown."""
        if texts != self._instead:
            self._instead = texts
            if not self.store.shown:
                self.refresh()

    def restart(self) -> None:
        """The store is filled anew: go to the newest lines."""
        self._beginning, self._empty = _BEGINNING_FRAMES, True
        self.action_follow()

    def renumbered(self, held: bytes | None) -> None:
        """The store shows other lines: stay at the one on which one stood, or where it was."""
        self._seen = self.store.end
        self._fit()
        if held is not None and self.store.shown:
            self._place.stand(self.store.nearest(held))
        self._changed()

    def go_to(self, stamp: bytes) -> None:
        """To the first line from a time on."""
        if self.store.shown:
            self._stand(self.store.since(stamp))

    def render_line(self, y: int) -> Strip:
        width, style = self.size.width, self.ground
        if y == 0:
            self._draw()
        if y >= len(self._drawn):
            rows = () if self._drawn else filled(self._instead, width - 4)
            text = f"  {rows[y]}" if y < len(rows) else ""
            return Strip([Segment(text, style)]).adjust_cell_length(width, style)
        number, strip = self._drawn[y]
        if number in self.chosen:
            mark = self.get_component_rich_style("log-lines--marked")
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

    def action_move(self, lines: int) -> None:
        self._fit()
        if self.following and lines > 0:
            return
        if self._place.move(lines):
            self._came_to_end()
        else:
            self._changed()

    def action_page(self, pages: int) -> None:
        self._scroll(pages * max(1, self.size.height - 1))

    def action_start(self) -> None:
        self._stand(self.store.first)

    def action_follow(self) -> None:
        self.undrawn, self._seen = 0, self.store.end
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

    def _came_to_end(self) -> None:
        """One has gone down as far as there is anything: follow from now on."""
        self.action_follow()

    def _frame(self) -> None:
        self._still = 0 if self._dirty else self._still + 1
        if self._dirty:
            self._beginning = max(0, self._beginning - 1)
        elif self.store.shown and self._still >= _STILL_FRAMES:
            self._beginning = 0
        if self._dirty:
            self._dirty = False
            self.refresh()
        if self._empty and self.store.shown:
            self._empty = False
            self.post_message(self.Moved(self))

    def _changed(self) -> None:
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
        if self._place.scroll(rows) and rows > 0:
            self._came_to_end()
        else:
            self._changed()

    def _fit(self) -> None:
        base, mark = self.rich_style, self.get_component_rich_style("log-lines--marked")
        colors = tuple(style.bgcolor.get_truecolor() for style in (base, mark) if style.bgcolor is not None)
        self._rows.fit(self.size.width, base, Grounds(colors, self.app.current_theme.dark, self.app.ansi_theme))

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
