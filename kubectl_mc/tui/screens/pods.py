"""The pods: what is broken first, STATUS as kubectl has it with the truth beside it."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Footer

from kubectl_mc.model.health import Severity, pod_severity
from kubectl_mc.model.pod import Pod
from kubectl_mc.render.listing import listing_rows
from kubectl_mc.render.page import Span, Style, line
from kubectl_mc.render.status import View
from kubectl_mc.tui.pod_order import ORDERS, matching, next_order
from kubectl_mc.tui.screens.pod import PodScreen
from kubectl_mc.tui.snapshot import Snapshot
from kubectl_mc.tui.widgets.prompt import Prompt
from kubectl_mc.tui.widgets.row_list import Row, RowList
from kubectl_mc.tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from kubectl_mc.tui.app import Dashboard

_FILTER = "filter"


class PodsScreen(Screen[None]):
    """All pods of the question."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", key_display="/"),
        Binding("o", "order", "Order"),
        Binding("escape", "clear", "All", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._order = next(iter(ORDERS))
        self._text = ""

    @property
    def dashboard(self) -> "Dashboard":
        return cast("Dashboard", self.app)

    def compose(self) -> ComposeResult:
        yield TitleBar()
        yield RowList(id="pods")
        yield Prompt()
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(RowList).focus()
        self.show(self.dashboard.snapshot)

    def on_resize(self) -> None:
        self.show(self.dashboard.snapshot)

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        if message.key in self.dashboard.snapshot.pods:
            self.app.push_screen(PodScreen(message.key))

    def on_prompt_changed(self, message: Prompt.Changed) -> None:
        self._text = message.text
        self.show(self.dashboard.snapshot)

    def on_prompt_answered(self, message: Prompt.Answered) -> None:
        self._text = message.text or ""
        self.query_one(RowList).focus()
        self.show(self.dashboard.snapshot)

    def action_filter(self) -> None:
        self.query_one(Prompt).ask(_FILTER, "show only", self._text)

    def action_clear(self) -> None:
        self._text = ""
        self.show(self.dashboard.snapshot)

    def action_order(self) -> None:
        self._order = next_order(self._order)
        self.show(self.dashboard.snapshot)

    def show(self, snapshot: Snapshot) -> None:
        """Draw what is known now."""
        if not self.query(TitleBar):  # its parts come a moment later, and go a moment earlier
            return
        rows = self.query_one(RowList)
        rows.set_class(snapshot.trouble is not None, "stale")
        pods = ORDERS[self._order](matching(snapshot.pods.values(), self._text))
        self.query_one(TitleBar).tell(self._title(snapshot, pods), snapshot)
        if not pods:
            rows.show([Row("", [line(Span(f"  {self._nothing(snapshot)}", Style.QUIET))])])
            return
        view = View(datetime.now(UTC), max(self.size.width - 1, 40), self.dashboard.glyphs)
        found = listing_rows(pods, view, namespaces=self.dashboard.everywhere)
        rows.show([Row(pod.uid, lines) for pod, lines in zip(pods, found.rows, strict=True)], found.header)

    def _title(self, snapshot: Snapshot, pods: Sequence[Pod]) -> str:
        counts = Counter(pod_severity(pod) for pod in snapshot.pods.values())
        parts = [self.dashboard.place, f"{len(snapshot.pods)} pods"]
        parts += [f"{counts[Severity.ERROR]} with errors"] if counts[Severity.ERROR] else []
        parts += [f"{counts[Severity.WARNING]} not ready"] if counts[Severity.WARNING] else []
        parts += [f"showing {len(pods)} with “{self._text}”"] if self._text else []
        return "  ·  ".join([*parts, f"order: {self._order}"])

    def _nothing(self, snapshot: Snapshot) -> str:
        if not snapshot.answered:
            return "asking the cluster …"
        if snapshot.forbidden:
            return f"{snapshot.forbidden}; n chooses another namespace"
        return "no pod has all that in it; Escape shows all" if self._text else "no pods here; n, another namespace"
