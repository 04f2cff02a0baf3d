"""Asks whether sessions that run may end, before something that would end them."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label


class EndingScreen(ModalScreen[bool]):
    """True if they may.

    Args:
        count: how many run.
    """

    DEFAULT_CSS = """
    EndingScreen { align: center middle; }
    EndingScreen > Vertical { width: 52; max-width: 90%; height: auto; background: $surface; border: round $warning;
        padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer(True)", "End"),
        Binding("escape", "answer(False)", "Stay"),
        Binding("ctrl+c", "answer(True)", show=False),
    ]

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count

    def compose(self) -> ComposeResult:
        with Vertical():
            one = self._count == 1
            yield Label("A session is open here." if one else f"{self._count} sessions are open here.")
            yield Label(f"Enter ends what runs in {'it' if one else 'them'}, Escape stays.")

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)
