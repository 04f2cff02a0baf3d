"""A page that stays current on a terminal, with what has to be said about it below."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kubectl_mc.model.times import age
from kubectl_mc.render.page import Line, Page, Span, Style, line
from kubectl_mc.render.text import fitted, one_line, wrapped
from kubectl_mc.session import Session

if TYPE_CHECKING:
    from rich.live import Live

_NOTE_SECONDS = 60
_NOTES = 5


@dataclass
class LivePage:
    """The display. Notes of the session come here while it is open, and leave after a minute."""

    session: Session
    live: "Live"
    notes: list[tuple[datetime, str]] = field(default_factory=list)
    trouble: str = ""
    """Why what is shown may be old; empty while it is not."""

    def note(self, text: str) -> None:
        """Say something below the page."""
        self.notes.append((self.session.now(), text))

    def show(self, page: Page) -> None:
        """Draw a page, cut to the terminal's size as it is now."""
        below = list(self._below())
        room = self.session.height - len(below) - 1
        cropped = page.cropped(room, self.session.theme.ellipsis + " {} more lines than this terminal has")
        # Rich would go on with the width that the terminal had at the start.
        self.live.console.width = self.session.width
        self.live.update(Page([*cropped.lines, *below]), refresh=True)

    def _below(self) -> Iterator[Line]:
        now, width = self.session.now(), self.session.width
        self.notes = [(time, text) for time, text in self.notes if now - time < timedelta(seconds=_NOTE_SECONDS)]
        if self.trouble or self.notes:
            yield ()
        for piece in wrapped(one_line(self.trouble), width) if self.trouble else ():
            yield line(Span(piece, Style.WARN))
        for time, text in self.notes[-_NOTES:]:
            yield line(Span(fitted(f"{age(time, now)} ago: {one_line(text)}", width), Style.QUIET))


@contextmanager
def live_page(session: Session) -> Iterator[LivePage]:
    """Open the display; its last state stays on the terminal when the block ends."""
    from rich.live import Live

    with Live(console=session.console(), auto_refresh=False, redirect_stdout=False, redirect_stderr=False) as live:
        page = LivePage(session, live)
        session.note_sink = page.note
        with _suspendable(live):
            try:
                yield page
            finally:
                session.note_sink = None


@contextmanager
def _suspendable(live: "Live") -> Iterator[None]:
    """Ctrl-Z leaves the shell a cursor, and `fg` takes it away again."""

    def suspend() -> None:
        live.console.show_cursor(True)
        os.kill(os.getpid(), signal.SIGSTOP)  # stops here, until the shell says to go on
        live.console.show_cursor(False)

    # In the loop's own time: a signal may come in the middle of a write to the terminal, which allows no other.
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTSTP, suspend)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTSTP)
