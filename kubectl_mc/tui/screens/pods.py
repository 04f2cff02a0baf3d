"""The pods: what is broken first, STATUS as kubectl has it with the truth beside it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from kubectl_mc.model.health import Severity
from kubectl_mc.model.pod import Pod
from kubectl_mc.render.page import Span, Style, line
from kubectl_mc.render.status import View
from kubectl_mc.render.text import one_line, wrapped
from kubectl_mc.tui.pod_listing import PodListing
from kubectl_mc.tui.pod_order import ORDERS, Severities, matching, next_order
from kubectl_mc.tui.snapshot import Snapshot
from kubectl_mc.tui.widgets.key_bar import KeyBar
from kubectl_mc.tui.widgets.prompt import Prompt
from kubectl_mc.tui.widgets.row_list import Row, RowList
from kubectl_mc.tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from kubectl_mc.tui.app import Dashboard
    from kubectl_mc.tui.screens.pod import PodScreen

_FILTER = "filter"


def _pod_screen() -> "type[PodScreen]":
    """A screen of so many parts that their imports take as long as the first paint."""
    from kubectl_mc.tui.screens.pod import PodScreen

    return PodScreen


@dataclass(frozen=True)
class _Listed:
    """The pods in their order, and what they were chosen by."""

    snapshot: Snapshot | None = None
    order: str = ""
    text: str = ""
    pods: Sequence[Pod] = ()
    counts: Mapping[Severity, int] = field(default_factory=dict)
    """Of all pods, by severity."""


class PodsScreen(Screen[None]):
    """All pods of the question."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", key_display="/"),
        Binding("o", "order", "Order"),
        Binding("escape", "clear", "Show all pods again", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._order = next(iter(ORDERS))
        self._text = ""
        self._severities = Severities()
        self._listing = PodListing()
        self._listed = _Listed()
        self._preparing: asyncio.Task[type[PodScreen]] | None = None

    @property
    def dashboard(self) -> "Dashboard":
        return cast("Dashboard", self.app)

    def compose(self) -> ComposeResult:
        yield TitleBar()
        yield RowList(id="pods")
        yield Prompt()
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(RowList).focus()
        self.call_after_refresh(self._prepare)

    def on_resize(self) -> None:
        self.show(self.dashboard.snapshot)

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        if message.key in self.dashboard.snapshot.pods:
            self.app.push_screen(_pod_screen()(message.key))

    def on_row_list_highlighted(self) -> None:
        self.show(self.dashboard.snapshot)  # the ages in rows that were not to be seen are old

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
        listed = self._list(snapshot)
        pods = listed.pods
        self.query_one(TitleBar).tell(self._title(snapshot, listed), snapshot, self.dashboard.session.now())
        if not pods:
            said = wrapped(one_line(self._nothing(snapshot)), max(self.size.width - 4, 1))
            rows.show([Row("", [line(Span(f"  {text}", Style.QUIET)) for text in said])])
            return
        view = View(self.dashboard.session.now(), max(self.size.width - 1, 40), self.dashboard.glyphs)
        dashboard = self.dashboard
        rows.show(*self._listing.rows(pods, view, dashboard.place, rows.seen, namespaces=dashboard.everywhere))

    def _prepare(self) -> None:
        """Load what Enter opens while somebody still looks at the pods."""
        self._preparing = asyncio.create_task(asyncio.to_thread(_pod_screen))

    def _list(self, snapshot: Snapshot) -> _Listed:
        """The pods that are meant; found out once for each snapshot, since ages go on by themselves."""
        known = self._listed
        if known.snapshot is not snapshot or (known.order, known.text) != (self._order, self._text):
            counts = self._severities.count(snapshot.pods.values())
            pods = ORDERS[self._order](matching(snapshot.pods.values(), self._text), self._severities)
            self._listed = _Listed(snapshot, self._order, self._text, pods, counts)
        return self._listed

    def _title(self, snapshot: Snapshot, listed: _Listed) -> str:
        counts = listed.counts
        pods = f"{len(snapshot.pods):,} {'pod' if len(snapshot.pods) == 1 else 'pods'}"
        narrowed = f"{len(listed.pods):,} of {pods} with “{self._text}”" if self._text else pods
        parts = [self.dashboard.place, narrowed]
        parts += [f"{counts[Severity.ERROR]} with errors"] if counts[Severity.ERROR] else []
        parts += [f"{counts[Severity.WARNING]} not ready"] if counts[Severity.WARNING] else []
        return "  ·  ".join([*parts, f"order: {self._order}"])

    def _nothing(self, snapshot: Snapshot) -> str:
        if not snapshot.answered:
            return "asking the cluster …"
        if snapshot.forbidden:
            return f"{snapshot.forbidden}; n chooses another namespace"
        return "no pod has all that in it; Escape shows all" if self._text else "no pods here; n, another namespace"
