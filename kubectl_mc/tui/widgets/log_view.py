"""Log lines on the screen: only those to be seen are made into text, so that a burst costs no more than a screen.

The view stands at a line, by its number, or follows the newest. It counts rows only of the lines that it draws, since
a wrapped line, or a JSON line with its stack, has several.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from kubectl_mc.logs.highlight import Highlight, Pattern
from kubectl_mc.logs.line import message_of
from kubectl_mc.logs.show import Look, Show
from kubectl_mc.logs.stamps import Stamps
from kubectl_mc.tui.ansi import strip_of_row
from kubectl_mc.tui.log_store import LogStore

_FRAME_SECONDS = 1 / 15
_SHIFT = 16
"""Columns by which the view moves to the side."""
_ROW_BYTES = 64 * 1024
"""Of a longer row only the beginning is drawn; it is copied and saved whole."""
_MARK = Style(reverse=True)


class LogView(Widget, can_focus=True):
    """The lines of a `LogStore`; somebody else fills it and calls `grew`."""

    DEFAULT_CSS = "LogView { height: 1fr; } LogView.stale { text-style: dim; }"
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
        """So many lines are on the clipboard."""

        lines: int

    def __init__(self, store: LogStore, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.store = store
        self.following = True
        self.wrap = False
        self.undrawn = 0
        """Lines that have passed while following without having been drawn: the screen is slower than they are."""
        self._look = Look(terminal=True, structured=True, colors=True)
        self._show: Show | None = None
        self._known = 0
        self._top = 0
        """The number of the first line to be seen, when not following."""
        self._skip = 0
        """Rows of that line that are above the edge."""
        self._left = 0
        self._cursor = 0
        self._marked: int | None = None
        self._search: Pattern | None = None
        self._drawn: list[tuple[int, Strip]] = []
        """The rows to be seen, with their lines' numbers."""
        self._seen = 0
        """The number behind the newest line that was drawn."""
        self._dirty = False

    def on_mount(self) -> None:
        self.set_interval(_FRAME_SECONDS, self._frame)

    def grew(self) -> None:
        """The store has changed."""
        self._dirty = True

    def restart(self) -> None:
        """The store shows other lines: go to the newest of them."""
        self.following, self._show, self._marked, self._skip = True, None, None, 0
        self._seen = self.store.end
        self._dirty = True

    def search(self, pattern: Pattern | None) -> bool:
        """Mark what matches and go to the nearest match before the cursor; whether there is one."""
        self._search = pattern
        self._restyle(highlight=Highlight(pattern) if pattern is not None else None)
        return pattern is None or self._find(-1, including=True)

    def go_to(self, stamp: bytes) -> None:
        """To the first line from a time on."""
        number = next((self.store.first + i for i, line in enumerate(self.store.shown) if line[:30] >= stamp), None)
        self._stand(self.store.end - 1 if number is None else number)

    @property
    def times(self) -> bool:
        """Whether each line's time is shown."""
        return self._look.stamps is not None

    def render_line(self, y: int) -> Strip:
        width, style = self.size.width, self.rich_style
        if y == 0:
            self._draw()
        if y >= len(self._drawn):
            return Strip.blank(width, style)
        number, strip = self._drawn[y]
        if self._is_marked(number):
            strip = strip.apply_style(_MARK)
        return strip.adjust_cell_length(width, style)

    def on_resize(self) -> None:
        self._dirty = True

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._scroll(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._scroll(-3)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if 0 <= event.y < len(self._drawn):
            self._pause()
            self._cursor = self._marked = self._drawn[event.y][0]
            self.capture_mouse()
            self.refresh()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._marked is not None and self.app.mouse_captured is self and self._drawn:
            self._cursor = self._drawn[max(0, min(event.y, len(self._drawn) - 1))][0]
            self.refresh()

    def on_mouse_up(self) -> None:
        if self.app.mouse_captured is self:
            self.release_mouse()
            if self._marked != self._cursor:
                self.action_copy()
            else:
                self._marked = None
            self.refresh()

    def action_move(self, rows: int) -> None:
        if self.following:
            self._pause()
        self._cursor = max(self.store.first, min(self._cursor + rows, self.store.end - 1))
        if self._cursor == self.store.end - 1 and rows > 0 and self._marked is None:
            self.action_follow()
            return
        self._reveal()

    def action_page(self, pages: int) -> None:
        self._scroll(pages * max(1, self.size.height - 1))

    def action_start(self) -> None:
        self._stand(self.store.first)

    def action_follow(self) -> None:
        self.following, self._marked, self._skip, self.undrawn = True, None, 0, 0
        self._changed()

    def action_toggle_follow(self) -> None:
        if self.following:
            self._pause()
            self._changed()
        else:
            self.action_follow()

    def action_toggle_wrap(self) -> None:
        self.wrap, self._left, self._skip = not self.wrap, 0, 0
        self._changed()

    def action_toggle_times(self) -> None:
        self._restyle(stamps=None if self.times else Stamps("short", None))

    def action_shift(self, columns: int) -> None:
        self._left = 0 if self.wrap else max(0, self._left + columns * _SHIFT)
        self.refresh()

    def action_find(self, step: int) -> None:
        if self._search is None or not self._find(step):
            self.app.bell()

    def action_mark(self) -> None:
        self._pause()
        self._marked = None if self._marked is not None else self._cursor
        self.refresh()

    def action_copy(self) -> None:
        """The marked lines, or the cursor's, as their containers wrote them."""
        if not self.store.shown:
            return
        self._pause()
        begin, end = sorted((self._cursor, self._marked if self._marked is not None else self._cursor))
        chosen = islice(self.store.shown, begin - self.store.first, end - self.store.first + 1)
        texts = [message_of(line).decode(errors="replace") for line in chosen]
        self.app.copy_to_clipboard("\n".join(texts))
        self._marked = None
        self.refresh()
        self.post_message(self.Copied(len(texts)))

    def _frame(self) -> None:
        if self._dirty:
            self._dirty = False
            self.refresh()

    def _changed(self) -> None:
        self.refresh()
        self.post_message(self.Moved(self))

    def _pause(self) -> None:
        """Stay where the view is."""
        if self.following:
            self.following = False
            self._top = self._drawn[0][0] if self._drawn else self.store.first
            self._skip = 0
            self._cursor = max(self.store.first, self.store.end - 1)
            self._changed()

    def _stand(self, number: int) -> None:
        self.following, self._skip = False, 0
        self._cursor = max(self.store.first, number)
        self._top = max(self.store.first, self._cursor - self.size.height // 2)
        self._changed()

    def _reveal(self) -> None:
        seen = [number for number, _ in self._drawn]
        if self._cursor < self._top or not seen:
            self._top, self._skip = self._cursor, 0
        elif self._cursor >= seen[-1]:
            self._top = max(self._top + 1, self._cursor - max(1, len(set(seen)) - 1))
            self._skip = 0
        self._changed()

    def _scroll(self, rows: int) -> None:
        self._pause()
        self._top = max(self.store.first, min(self._top + rows, self.store.end - 1))
        self._cursor = max(self._top, min(self._cursor, self._top + self.size.height - 1))
        self._skip = 0
        if rows > 0 and self._top + self.size.height >= self.store.end and self._marked is None:
            self.action_follow()
            return
        self._changed()

    def _find(self, step: int, *, including: bool = False) -> bool:
        assert self._search is not None
        first, shown = self.store.first, self.store.shown
        start = (self.store.end if self.following else self._cursor + including * (step < 0)) - first
        numbers = range(start + (step > 0), len(shown)) if step > 0 else range(start - 1, -1, -1)
        for number in numbers:
            if self._search.search(message_of(shown[number])):
                self._stand(first + number)
                return True
        return False

    def _is_marked(self, number: int) -> bool:
        if self.following:
            return False
        marked = self._marked if self._marked is not None else self._cursor
        return min(marked, self._cursor) <= number <= max(marked, self._cursor)

    def _restyle(self, **changes: object) -> None:
        self._look = replace(self._look, **changes)  # type: ignore[arg-type]
        self._show = None
        self._changed()

    def _shower(self) -> Show:
        """What makes text of lines; made anew when a container has joined, since prefixes are then wider."""
        if self._show is None or self._known != len(self.store.names):
            self._known = len(self.store.names)
            self._show = Show(self._look)
            for tag, name in self.store.names.items():
                self._show.joined(tag, name, self.store.places[tag])
        return self._show

    def _draw(self) -> None:
        """Make the rows that are to be seen."""
        height, store = self.size.height, self.store
        if self.following:
            rows: list[tuple[int, Strip]] = []
            for number in range(store.end - 1, store.first - 1, -1):
                rows[:0] = [(number, strip) for strip in self._rows(number)]
                if len(rows) >= height:
                    break
            self._drawn = rows[-height:] if height else []
            if rows and self._seen and rows[0][0] > self._seen:
                self.undrawn += rows[0][0] - self._seen
            self._seen = store.end
            return
        self._top = max(self._top, store.first)
        self._drawn = list(islice(self._below(), self._skip, self._skip + height))

    def _below(self) -> Iterator[tuple[int, Strip]]:
        for number in range(self._top, self.store.end):
            for strip in self._rows(number):
                yield number, strip

    def _rows(self, number: int) -> Iterator[Strip]:
        line = self.store.shown[number - self.store.first]
        width, style = self.size.width, self.rich_style
        for row in self._shower().text([line]).split(b"\n")[:-1]:
            strip = strip_of_row(row[:_ROW_BYTES], style)
            if not self.wrap:
                yield strip.crop(self._left, self._left + width)
                continue
            for start in range(0, max(strip.cell_length, 1), max(width, 1)):
                yield strip.crop(start, start + width)
