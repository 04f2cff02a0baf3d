"""A list of rows of which one is chosen: it draws only what is to be seen, however long it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from kubectl_mc.render.page import Line, Span, Style, clipped, width_of_line
from kubectl_mc.render.text import width_of
from kubectl_mc.tui.palette import strip_of
from kubectl_mc.tui.widgets.ground import OnGround


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what it stands for, and its lines."""

    key: str
    lines: Sequence[Line]


def with_mark(lines: Sequence[Line], mark: str, width: int) -> Sequence[Line]:
    """A row's lines with a word at the end of the first one, which gives way where there is no room."""
    first, *others = lines
    room = width - width_of(mark) - 2
    blanks = " " * max(2, room + 2 - width_of_line(clipped(first, room)))
    return [(*clipped(first, room), Span(blanks + mark, Style.WARN)), *others]


class RowList(ScrollView, OnGround, can_focus=True):
    """Rows, a heading that stays, and a cursor that stays on its key when rows come, go and change places."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--cursor", "row-list--header"}
    DEFAULT_CSS = """
    RowList { height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; }
    RowList > .row-list--cursor { background: $primary 25%; }
    RowList:focus > .row-list--cursor { background: $primary 45%; }
    RowList:light > .row-list--cursor { background: $primary 10%; }
    RowList:light:focus > .row-list--cursor { background: $primary 20%; }
    RowList:nocolor > .row-list--cursor { text-style: underline; }
    RowList:nocolor:focus > .row-list--cursor { text-style: reverse; }
    RowList.stale { text-style: dim; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("home,g", "edge(0)", "First", show=False),
        Binding("end,G", "edge(-1)", "Last", show=False),
        Binding("enter", "choose", "Open", key_display="Enter"),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)

    @dataclass
    class Chosen(Message):
        """Enter, or a second click on a row."""

        rows: "RowList"
        key: str

        @property
        def control(self) -> "RowList":
            return self.rows

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another row."""

        rows: "RowList"
        key: str

        @property
        def control(self) -> "RowList":
            return self.rows

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, RowList.Highlighted) and message.rows is self.rows

    def __init__(self, *, opens: bool = True, id: str | None = None) -> None:  # noqa: A002
        """Rows of which one can be chosen by Enter, unless `opens` is false: then standing on it is all there is."""
        super().__init__(id=id)
        self._opens = opens
        self._rows: Sequence[Row] = ()
        self._header: Line | None = None
        self._starts: list[int] = [0]
        self._at: list[int] = []
        """For each line the number of its row."""

    @property
    def key(self) -> str:
        """What the cursor stands on; empty in an empty list."""
        return self._rows[self.cursor].key if self._rows else ""

    @property
    def seen(self) -> range:
        """The numbers of the rows that are to be seen."""
        if not self._at:
            return range(0)
        top = min(self.scroll_offset.y, len(self._at) - 1)
        return range(self._at[top], self._at[min(top + self._room, len(self._at)) - 1] + 1)

    def show(self, rows: Sequence[Row], header: Line | None = None) -> None:
        """Draw these rows from now on; the cursor stays on its key, or in its place if that is gone."""
        before, old = self.key, self._rows
        same = header == self._header and [len(row.lines) for row in rows] == [len(row.lines) for row in old]
        self._rows, self._header = rows, header
        if same:
            # Most of the time a few ages have changed: to draw only those keeps an idle screen idle.
            for number, (row, former) in enumerate(zip(rows, old, strict=True)):
                if row is not former and row != former:
                    self._refresh_row(number)
        else:
            self._starts = [0, *accumulate(len(row.lines) for row in rows)]
            self._at = [index for index, row in enumerate(rows) for _ in row.lines]
            self.virtual_size = Size(self.size.width, len(self._at) + (header is not None))
            self.refresh()
        keys = {row.key: index for index, row in enumerate(rows)}
        at = keys.get(before, max(0, min(self.cursor, len(rows) - 1)))
        if at != self.cursor:
            former_at = self.cursor
            self.set_reactive(RowList.cursor, at)
            self._refresh_row(former_at)
            self._refresh_row(at)
            self._reveal()
        if self.key != before:
            self.post_message(self.Highlighted(self, self.key))

    def choose(self, key: str) -> None:
        """Put the cursor on a key, if it is there."""
        for index, row in enumerate(self._rows):
            if row.key == key:
                self.cursor = index

    def watch_cursor(self, before: int, after: int) -> None:
        if before == after or not self._rows:
            return
        self._refresh_row(before)
        self._refresh_row(after)
        self._reveal()
        self.post_message(self.Highlighted(self, self.key))

    def validate_cursor(self, value: int) -> int:
        return max(0, min(value, len(self._rows) - 1))

    def render_line(self, y: int) -> Strip:
        width, dark, plain = self.size.width, self.dark, self.ground
        if self._header is not None:
            if y == 0:
                return strip_of(self._header, plain, dark=dark).adjust_cell_length(width, plain)
            y -= 1
        line = y + self.scroll_offset.y
        if line >= len(self._at):
            return Strip.blank(width, plain)
        number = self._at[line]
        style = self.get_component_rich_style("row-list--cursor") if number == self.cursor else plain
        drawn = strip_of(self._rows[number].lines[line - self._starts[number]], style, dark=dark)
        return drawn.adjust_cell_length(width, style)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Enter is not offered where it does nothing."""
        return action != "choose" or self._opens

    def action_move(self, rows: int) -> None:
        self.cursor += rows

    def action_page(self, pages: int) -> None:
        self.cursor += pages * max(1, self._room - 1)

    def action_edge(self, end: int) -> None:
        self.cursor = 0 if end == 0 else len(self._rows) - 1

    def action_choose(self) -> None:
        if self._rows and self._opens:
            self.post_message(self.Chosen(self, self.key))

    def on_click(self, event: events.Click) -> None:
        line = event.y - (self._header is not None) + self.scroll_offset.y
        if not 0 <= line < len(self._at) or (self._header is not None and event.y == 0):
            return
        again = self._at[line] == self.cursor and event.chain > 1
        self.cursor = self._at[line]
        if again:
            self.action_choose()

    @property
    def _room(self) -> int:
        return max(1, self.size.height - (self._header is not None))

    def _reveal(self) -> None:
        if not self._rows:
            return
        top, bottom = self._starts[self.cursor], self._starts[self.cursor + 1]
        offset = self.scroll_offset.y
        if top < offset:
            self.scroll_to(y=top, animate=False, immediate=True)
        elif bottom > offset + self._room:
            self.scroll_to(y=bottom - self._room, animate=False, immediate=True)

    def _refresh_row(self, number: int) -> None:
        if number >= len(self._rows):
            return
        top = self._starts[number] - self.scroll_offset.y + (self._header is not None)
        self.refresh(Region(0, top, self.size.width, len(self._rows[number].lines)))
