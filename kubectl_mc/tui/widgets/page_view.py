"""A page of a command, drawn and scrolled: the same lines that the command prints."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from kubectl_mc.render.page import Line, width_of_line
from kubectl_mc.tui.palette import strip_of
from kubectl_mc.tui.widgets.ground import OnGround


class PageView(ScrollView, OnGround, can_focus=True):
    """Lines, as wide as they come; what is beyond the edge can be scrolled to.

    Args:
        newest_last: what comes is at the end: who stands there stays there.
    """

    DEFAULT_CSS = """
    PageView { height: 1fr; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1; }
    PageView.whole { height: auto; max-height: 60%; }
    PageView.stale { text-style: dim; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "Up", show=False),
        Binding("down,j", "scroll_down", "Down", show=False),
        Binding("pageup,ctrl+b", "page_up", "Page up", show=False),
        Binding("pagedown,ctrl+f", "page_down", "Page down", show=False),
        Binding("home,g", "scroll_home", "Start", show=False),
        Binding("end,G", "scroll_end", "End", show=False),
    ]

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
        focusable: bool = True,
        newest_last: bool = False,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._newest_last = newest_last
        self.can_focus = focusable
        self._lines: Sequence[Line] = ()
        self._width = 0

    def show(self, lines: Sequence[Line]) -> None:
        """Draw these lines from now on; where one has scrolled to stays."""
        if lines == self._lines:
            return
        grown = len(lines) != len(self._lines)
        at_end = self._newest_last and self.scroll_offset.y >= self.max_scroll_y
        self._lines = lines
        self._width = max((width_of_line(line) for line in lines), default=0)
        self.virtual_size = Size(self._width, len(lines))
        self.refresh(layout=grown and self.has_class("whole"))
        if at_end:
            self.call_after_refresh(self.scroll_end, animate=False)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        style, width = self.ground, self.size.width
        number = y + self.scroll_offset.y
        if number >= len(self._lines):
            return Strip.blank(width, style)
        left = self.scroll_offset.x
        strip = strip_of(self._lines[number], style, dark=self.dark)
        return strip.crop(left, left + width).adjust_cell_length(width, style)
