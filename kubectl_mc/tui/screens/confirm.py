"""What cannot be undone is asked for by its name."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from kubectl_mc.render.text import one_line
from kubectl_mc.tui.widgets.line_input import LineInput


class ConfirmScreen(ModalScreen[bool]):
    """Asks for a word to be typed; true only if it was."""

    DEFAULT_CSS = """
    ConfirmScreen { align: center middle; }
    ConfirmScreen > Vertical { width: 64; max-width: 90%; height: auto; background: $surface; border: round $error;
        padding: 0 1; }
    ConfirmScreen Label { width: 100%; }
    ConfirmScreen Input { background: $panel; }
    ConfirmScreen Label.wrong { color: $text-error; display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel")]

    def __init__(self, question: str, word: str) -> None:
        super().__init__()
        self._question, self._word = question, word

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Label(self._question, markup=False)
            yield Label(f"Type {self._word} to do it, Escape not to.", markup=False)
            yield LineInput()
            yield Label("", classes="wrong", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.value == self._word:
            self.dismiss(True)
        else:
            wrong = self.query_one("Label.wrong", Label)
            wrong.update(f"“{one_line(event.value)}” is not its name: {self._word}")
            wrong.display = True
            self.query_one(Input).value = ""
            self.app.bell()

    def action_cancel(self) -> None:
        self.dismiss(False)
