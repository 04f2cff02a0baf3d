"""What one can do with log lines beside scrolling: search them, mark some, with the mouse as well, and copy those."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from kubectl_mc.logs.highlight import Pattern
from kubectl_mc.logs.line import message_of
from kubectl_mc.logs.terminal import harmless, plain
from kubectl_mc.tui.log_search import LogSearch
from kubectl_mc.tui.log_store import LogStore
from kubectl_mc.tui.slices import slices
from kubectl_mc.tui.widgets.log_lines import LogLines

CLIPBOARD = 1_000_000
"""Bytes; terminals drop what is much longer without a word."""


class LogView(LogLines):
    """Log lines with a search and with marks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "find(1)", "Next match", show=False),
        Binding("N", "find(-1)", "Match before", show=False),
        Binding("v", "mark", "Mark", show=False),
        Binding("y", "copy", "Copy", show=False),
    ]

    @dataclass
    class Copied(Message):
        """So many lines are on the clipboard, or they are too much for it."""

        lines: int
        too_much: bool = False

    @dataclass
    class Missed(Message):
        """Nothing matches what was searched for."""

    def __init__(self, store: LogStore, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(store, id=id)
        self.found: LogSearch | None = None
        """What was searched for."""
        self.turned = ""
        """Where the search went on, when it has just come around an end."""
        self._mark: int | None = None
        """The line from which on lines are marked, to the cursor."""

    @property
    def marked(self) -> int:
        """How many lines are marked."""
        return abs(self._mark - self.cursor) + 1 if self._mark is not None else 0

    @property
    def chosen(self) -> range:
        """The numbers of the lines that are marked, or the cursor's; none while following."""
        if self.following or self._mark is None:
            return super().chosen
        begin, end = sorted((self._mark, self.cursor))
        return range(begin, end + 1)

    def renumbered(self, held: bytes | None) -> None:
        """The store shows other lines: marks are gone, and what was searched for is looked for in them."""
        self._mark = None
        super().renumbered(held)
        if self.found is not None:
            self._look()

    def search(self, pattern: Pattern | None) -> None:
        """Mark what matches, and go to the nearest match before the cursor."""
        self._rows.set_search(pattern)
        self.found, self.turned = LogSearch(pattern, self.store) if pattern is not None else None, ""
        if self.found is not None:
            self._look(go=True)
        self._changed()

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

    def action_follow(self) -> None:
        self._mark = None
        super().action_follow()

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
        begin, end = self.chosen.start - store.first, self.chosen.stop - store.first
        chosen = store.shown[max(begin, 0) : end]
        text = b"\n".join(plain(harmless(message_of(line))) for line in chosen)
        self._mark = None
        if len(text) <= CLIPBOARD:
            self.app.copy_to_clipboard(text.decode(errors="replace"))
        self.post_message(self.Copied(len(chosen), too_much=len(text) > CLIPBOARD))
        self._changed()

    def _came_to_end(self) -> None:
        if self._mark is None:
            super()._came_to_end()
        else:
            self._changed()

    def _frame(self) -> None:
        if self._dirty and self.found is not None:
            self.found.advance()
        super()._frame()

    def _changed(self) -> None:
        self.turned = ""
        super()._changed()

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
