"""The tabs below a pod's containers: its logs, the pages of `pod_pages`, its YAML. Only what is to be seen is drawn."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import TabbedContent, TabPane

from kubectl_mc.tui.pod_pages import PAGES, Known
from kubectl_mc.tui.shown import shown_document
from kubectl_mc.tui.widgets.logs_pane import LogsPane
from kubectl_mc.tui.widgets.page_view import PageView
from kubectl_mc.tui.widgets.yaml_view import YamlView

_LEAST = 40
"""Columns for which a page is made; where there are fewer, it can be scrolled."""
TABS = ("Logs", *PAGES, "YAML")


class PodTabs(Container):
    """One tab in front; `show` tells it what is known."""

    DEFAULT_CSS = """
    PodTabs { height: 1fr; width: 1fr; }
    PodTabs TabbedContent { height: 1fr; width: 1fr; }
    PodTabs Tab { color: $foreground 80%; }
    PodTabs Tab.-active { color: $foreground; }
    PodTabs TabPane { padding: 0; height: 1fr; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._known: Known | None = None
        self._document: Mapping[str, Any] = {}
        self._drawn: Mapping[str, Any] | None = None
        """The document that the YAML tab shows."""

    def compose(self) -> ComposeResult:
        with TabbedContent():
            with TabPane("Logs", id="Logs"):
                yield LogsPane()
            for name in PAGES:
                with TabPane(name, id=name):
                    yield PageView(id=f"page-{name}", newest_last=name == "Events")
            with TabPane("YAML", id="YAML"):
                yield YamlView(id="yaml")

    def choose(self, name: str) -> None:
        """Bring a tab to the front."""
        self.query_one(TabbedContent).active = name

    def show(self, known: Known, document: Mapping[str, Any]) -> None:
        """Draw this from now on; the tabs behind do when they come to the front."""
        self._known, self._document = known, document
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def on_tabbed_content_tab_activated(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._known is None:
            return
        active = self.query_one(TabbedContent).active
        if active == "YAML" and self._document is not self._drawn:
            self._drawn = self._document
            self.query_one(YamlView).show_document(shown_document(self._document))
        elif active in PAGES:
            known = replace(self._known, view=replace(self._known.view, width=max(self.size.width - 1, _LEAST)))
            self.query_one(f"#page-{active}", PageView).show(list(PAGES[active](known)))
