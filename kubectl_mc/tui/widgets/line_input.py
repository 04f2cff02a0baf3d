"""A line that is typed into, one row high."""

from textual import events
from textual.widgets import Input


class LineInput(Input):
    """An input whose Enter takes what was typed before it, and nothing of what comes in one go with it.

    Textual acts on Enter only when that has gone up to the app and come back as a message.
    """

    def __init__(self, placeholder: str = "") -> None:
        super().__init__(placeholder=placeholder, compact=True)
        self._entered = False

    async def on_key(self, event: events.Key) -> None:
        if event.key == "enter" or self._entered:
            event.stop()
            event.prevent_default()
        if event.key == "enter" and not self._entered:
            self._entered = True
            await self.action_submit()

    def on_input_submitted(self) -> None:
        self._entered = False
