"""What is to be seen on a terminal that is too small for anything else."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static


class SmallScreen(Screen[None]):
    """One line; the screen below is as it was when the terminal grows back.

    It goes by itself: where something lies over it meanwhile, once that is gone.
    """

    COLUMNS: ClassVar[int] = 40
    LINES: ClassVar[int] = 10

    def compose(self) -> ComposeResult:
        yield Static(f"too small: {self.COLUMNS}x{self.LINES} at least; q quits", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        self.query_one(Static).visible = too_small(event.size)

    def on_screen_resume(self) -> None:
        if not too_small(self.app.size):
            self.dismiss()


def too_small(size: Size) -> bool:
    """Whether nothing can be read in a terminal of this size."""
    return size.width < SmallScreen.COLUMNS or size.height < SmallScreen.LINES
