"""One of several things to be chosen: a namespace, a context."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from kubectl_mc.errors import McError
from kubectl_mc.render.page import Span, Style, line
from kubectl_mc.render.text import one_line
from kubectl_mc.tui.widgets.line_input import LineInput
from kubectl_mc.tui.widgets.row_list import Row, RowList

Offer = Callable[[], Awaitable[Sequence[tuple[str, str]]]]
"""What there is to choose from: a value and how it is called."""


class ChoiceScreen(ModalScreen[str | None]):
    """A list that shrinks as one types; its value, or what was typed where nothing can be offered.

    Args:
        title: what is asked.
        offer: read when the screen opens; whatever refuses it is said, and a name can be typed.
        current: where the cursor stands at first.
        free: whether any text may be taken where it isn't known what there is.
    """

    DEFAULT_CSS = """
    ChoiceScreen { align: center middle; }
    ChoiceScreen > Vertical { width: 60; max-width: 90%; height: 20; max-height: 80%; background: $surface;
        border: round $primary; padding: 0 1; }
    ChoiceScreen Input { background: $panel; }
    ChoiceScreen Label.why { width: 100%; color: $warning; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel"),
        Binding("down", "to_list", show=False),
    ]

    def __init__(self, title: str, offer: Offer, *, current: str = "", free: bool = False) -> None:
        super().__init__()
        self._title, self._offer, self._current, self._free = title, offer, current, free
        self._offered: Sequence[tuple[str, str]] = ()
        self._reading: asyncio.Task[None] | None = None
        self._read_all = self._submitted = False
        self._unknown = ""
        """Why it isn't known what there is."""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Label(self._title, markup=False)
            yield LineInput("type to narrow the list")
            yield RowList(id="choices")
            yield Label("", classes="why", markup=False)

    def on_mount(self) -> None:
        self._reading = asyncio.create_task(self._read())

    def on_unmount(self) -> None:
        if self._reading is not None:
            self._reading.cancel()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._why(self._unknown)
        self._show(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._submitted = not self._read_all  # typed ahead: what it means is known once it is known what there is
        if self._read_all:
            self._take(event.value)

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        self.dismiss(message.key)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_to_list(self) -> None:
        self.query_one("#choices", RowList).focus()

    async def _read(self) -> None:
        try:
            self._offered = await self._offer()
        except McError as error:
            more = "; type a name" if self._free else ""
            self._unknown = f"{error.message}{more}"
            self._why(self._unknown)
        self._read_all = True
        typed = self.query_one(Input).value
        self._show(typed)
        if not typed:
            self.query_one("#choices", RowList).choose(self._current)
        if self._submitted:
            self._take(typed)

    def _take(self, text: str) -> None:
        if self._matching(text):
            self.dismiss(self.query_one("#choices", RowList).key)
        elif self._free and text and self._unknown:
            self.dismiss(text)
        elif text:
            self._why(f"there is no {self._title.lower()} like that")

    def _why(self, text: str) -> None:
        self.query_one("Label.why", Label).update(one_line(text))

    def _matching(self, text: str) -> list[tuple[str, str]]:
        return [offered for offered in self._offered if text.lower() in offered[1].lower()]

    def _show(self, text: str) -> None:
        rows = [
            Row(value, [line(Span(one_line(name), Style.STRONG if value == self._current else Style.PLAIN))])
            for value, name in self._matching(text)
        ]
        self.query_one("#choices", RowList).show(rows)
