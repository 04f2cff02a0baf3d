"""The pods: what is broken first, STATUS as kubectl has it with the truth beside it."""

from datetime import UTC, datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Footer

from kubectl_mc.render.listing import broken_first, listing_rows
from kubectl_mc.render.page import Theme
from kubectl_mc.render.status import View
from kubectl_mc.tui.screens.pod import PodScreen
from kubectl_mc.tui.snapshot import Snapshot
from kubectl_mc.tui.widgets.row_list import Row, RowList


class PodsScreen(Screen[None]):
    """All pods of the question."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("slash", "filter", "Filter")]

    def compose(self) -> ComposeResult:
        yield RowList(id="pods")
        yield Footer()

    def on_mount(self) -> None:
        self.show(self.app.snapshot)  # type: ignore[attr-defined]

    def on_resize(self) -> None:
        self.show(self.app.snapshot)  # type: ignore[attr-defined]

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        self.app.push_screen(PodScreen(message.key))

    def show(self, snapshot: Snapshot) -> None:
        """Draw what is known now."""
        rows = self.query_one("#pods", RowList)
        view = View(datetime.now(UTC), max(self.size.width - 1, 40), Theme(colors=True))
        pods = broken_first(snapshot.pods.values())
        found = listing_rows(pods, view, namespaces=False)
        rows.show([Row(pod.uid, lines) for pod, lines in zip(pods, found.rows, strict=True)], found.header)
