"""The line on top: where one is, and what is wrong with the connection."""

from datetime import datetime

from textual.widgets import Static

from kubectl_mc.model.times import human_duration
from kubectl_mc.render.text import one_line
from kubectl_mc.tui.snapshot import Snapshot, Trouble


class TitleBar(Static):
    """Says what is shown; turns into a banner while the server doesn't answer."""

    DEFAULT_CSS = """
    TitleBar { height: 1; background: $panel; color: $text; padding: 0 1; text-style: bold;
        text-wrap: nowrap; text-overflow: ellipsis; }
    TitleBar.trouble { background: $warning; color: $background; }
    TitleBar:nocolor { text-style: reverse; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._text = ""

    def tell(self, text: str, snapshot: Snapshot, now: datetime) -> None:
        """What is shown, or why it may be old."""
        self.set_class(snapshot.trouble is not None, "trouble")
        text = one_line(text) if snapshot.trouble is None else trouble_words(snapshot.trouble, now)
        if text != self._text:
            self._text = text
            self.update(text, layout=False)


def trouble_words(trouble: Trouble, now: datetime) -> str:
    """What is to be known first comes first: where there are 80 columns the end is cut."""
    left = (trouble.retry_at - now).total_seconds()
    when = f"next try in {human_duration(left)}" if left >= 1 else "trying again"
    return f"connection lost, {when} · what is shown is old · {_reason_first(one_line(trouble.reason))}"


def _reason_first(reason: str) -> str:
    """`no connection to the server URL: why` as `why · no connection to the server URL`."""
    what, found, why = reason.partition(": ")
    return f"{why} · {what}" if found and "://" in what else reason
