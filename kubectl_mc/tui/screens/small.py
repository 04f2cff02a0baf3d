"""What is to be seen on a terminal that is too small for anything else."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static


class SmallScreen(Screen[None]):
    """One line; the screen below is as it was when the terminal grows back."""

    COLUMNS: ClassVar[int] = 40
    LINES: ClassVar[int] = 10

    def compose(self) -> ComposeResult:
        yield Static(f"too small: {self.COLUMNS}x{self.LINES} at least; q quits", markup=False)
