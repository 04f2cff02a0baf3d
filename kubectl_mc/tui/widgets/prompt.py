"""A line that asks for a text: what to search, what to filter by."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label

from kubectl_mc.tui.widgets.line_input import LineInput


class Prompt(Horizontal):
    """Hidden until it is asked for; Enter hands the text on, Escape leaves all as it was."""

    DEFAULT_CSS = """
    Prompt { height: 1; display: none; background: $panel; }
    Prompt.open { display: block; }
    Prompt Label { width: auto; color: $text-muted; }
    Prompt Label.wrong { color: $error; }
    Prompt Input { width: 1fr; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel", priority=True)]

    @dataclass
    class Changed(Message):
        """The text is another one, and not yet final."""

        prompt: "Prompt"
        purpose: str
        text: str

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Prompt.Changed)

    @dataclass
    class Answered(Message):
        """Enter, or Escape: then the text is None."""

        prompt: "Prompt"
        purpose: str
        text: str | None

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._purpose = ""
        self._label = Label("", markup=False)
        self._input = LineInput()
        self._check: Callable[[str], str] | None = None

    def compose(self) -> ComposeResult:
        yield self._label
        yield self._input

    @property
    def opened(self) -> bool:
        return self.has_class("open")

    def ask(self, purpose: str, label: str, text: str = "", check: Callable[[str], str] | None = None) -> None:
        """Open the line.

        Args:
            purpose: handed on with the answer.
            check: says what is wrong with a text; empty for nothing. A wrong one is not handed on.
        """
        self._purpose, self._check = purpose, check
        self._label.update(f" {label}: ")
        self._label.remove_class("wrong")
        with self._input.prevent(Input.Changed):
            self._input.value = text
        self.add_class("open")
        self._input.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.opened:
            self.post_message(self.Changed(self, self._purpose, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._check is not None and (wrong := self._check(event.value)):
            self._label.update(f" {wrong} ")
            self._label.add_class("wrong")
            return
        self._close(event.value)

    def on_key(self, event: events.Key) -> None:
        if event.key in ("up", "down"):  # of no use in one line; the list below takes them
            self._close(self._input.value)

    def action_cancel(self) -> None:
        self._close(None)

    def _close(self, text: str | None) -> None:
        if not self.opened:  # keys that came in one go with Enter
            return
        self.remove_class("open")
        self.post_message(self.Answered(self, self._purpose, text))
