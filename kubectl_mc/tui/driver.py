"""The terminal under the dashboard, also one that is stopped from outside or hung up."""

import os
import select
import signal
from collections.abc import Callable
from io import TextIOWrapper
from types import FrameType
from typing import TextIO, cast

from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message


class TerminalDriver(LinuxDriver):
    """Textual's driver for a terminal, with two of its gaps closed."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = cast(TextIOWrapper, _Lasting(cast(TextIO, self._file)))
        self._stopped = False
        self.heard: Callable[[], None] = lambda: None
        """Called in the thread that reads keys and the mouse, before anybody else knows of them."""

    @property
    def hung_up(self) -> bool:
        """Whether the terminal is gone; a process that is not of its session gets no signal then."""
        poll = select.poll()
        poll.register(self.fileno, 0)
        return bool(poll.poll(0))

    def process_message(self, message: Message) -> None:
        if isinstance(message, events.InputEvent):
            self.heard()
        super().process_message(message)

    def _sigtstp_application(self, *_: int | FrameType | None) -> None:
        if self._auto_restart:
            self._stopped = True
            self.suspend_application_mode()
            self._must_signal_resume = True
        os.kill(os.getpid(), signal.SIGSTOP)

    def _sigcont_application(self, *_: int | FrameType | None) -> None:
        """Take the terminal again, if it was given back: SIGSTOP comes without a word, and its settings stayed."""
        if self._stopped:
            self._stopped = False
            self.resume_application_mode()
        elif self._auto_restart:
            self._app.call_later(self._app.refresh, layout=True)


class _Lasting:
    """A terminal that may be gone: then nothing is written, where an error would end the thread that writes."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        try:
            self._file.write(text)
        except OSError:
            return

    def flush(self) -> None:
        try:
            self._file.flush()
        except OSError:
            return

    def fileno(self) -> int:
        return self._file.fileno()
