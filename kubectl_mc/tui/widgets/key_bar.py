"""The line at the bottom: the keys that do something now. The way to all others is always to be seen."""

from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey


class KeyBar(Footer):
    """Keys from the left, as far as there is room, and the help on the right."""

    DEFAULT_CSS = """
    KeyBar:light FooterKey .footer-key--key { color: $primary; }
    KeyBar FooterKey.-help { dock: right; padding-right: 1; border-left: vkey $foreground 20%; }
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)

    def compose(self) -> ComposeResult:
        for key in super().compose():
            if isinstance(key, FooterKey):
                key.set_class(key.action == "help", "-help")
            yield key
