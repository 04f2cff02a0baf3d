"""What a command runs in: its streams, whether they are a terminal, the clock, the cluster, connected on first use."""

import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from kubectl_mc import PROGRAM
from kubectl_mc.cluster.flags import ConnectionFlags
from kubectl_mc.errors import McError

if TYPE_CHECKING:
    from rich.console import Console

    from kubectl_mc.cluster.client import Client
    from kubectl_mc.outlet import Outlet
    from kubectl_mc.render.page import Page, Theme

_T = TypeVar("_T")

UNBOUNDED = 1_000_000
"""The width of what is no terminal: nothing is wrapped or cut there."""


class Terminated(BaseException):
    """A signal that asks this process to end; no error, and nothing to go on after."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


@dataclass
class Session:
    """One run of one command. Commands print through it and nowhere else."""

    stdout: TextIO = field(default_factory=lambda: sys.stdout)
    stderr: TextIO = field(default_factory=lambda: sys.stderr)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    flags: ConnectionFlags = field(default_factory=ConnectionFlags)
    program: str = PROGRAM
    """How this tool is called, for commands that a person is to type next."""
    color: str = "auto"
    """`auto`, `always` or `never`."""
    note_sink: Callable[[str], None] | None = None
    """Where notes go instead of stderr while a live display has the terminal."""
    _client: "Client | None" = None
    _noted: set[str] = field(default_factory=set)

    @property
    def interactive(self) -> bool:
        """Whether a person looks at stdout: only then are there live displays and cut lines."""
        return self.stdout.isatty()

    @property
    def typed_at(self) -> bool:
        """Whether a person types at stdin."""
        return sys.stdin is not None and sys.stdin.isatty()

    @property
    def redraws(self) -> bool:
        """Whether stdout is a terminal on which a page can be drawn over itself."""
        return self.interactive and self.environ.get("TERM") != "dumb"

    @property
    def width(self) -> int:
        """Columns to draw in."""
        return self._size().columns if self.interactive else UNBOUNDED

    @property
    def height(self) -> int:
        """Lines of the terminal."""
        return self._size().lines

    @property
    def theme(self) -> "Theme":
        """How to draw on stdout."""
        from kubectl_mc.render.page import Theme

        return Theme(colors=self.colors, unicode=_draws_unicode(self.stdout, self.environ))

    def now(self) -> datetime:
        return datetime.now(UTC)

    def again(self, *words: str, namespace: str = "") -> str:
        """A command line of this tool, ready to paste: it asks the same cluster as the same user.

        Args:
            namespace: where; this session's own if empty.
        """
        where = namespace or self.client().namespace
        return f"{self.program} {shlex.join([*words, *self.flags.as_arguments(), '-n', where])}"

    def client(self) -> "Client":
        """The cluster's client, made on first use.

        Raises:
            ConfigurationError: the kubeconfig cannot be used.
        """
        if self._client is None:
            self._client = self.connected()
        return self._client

    def connected(self, **given: object) -> "Client":
        """A client for other flags, beside the one in use.

        Raises:
            ConfigurationError: the kubeconfig cannot be used.
        """
        from kubectl_mc.cluster.connect import connect

        flags = replace(self.flags, **given)  # type: ignore[arg-type]
        return connect(flags, self.environ, may_ask=self._may_ask, notify=self.note)

    def move(self, client: "Client", **given: object) -> "Client":
        """Take over a client that was `connected` with these flags; the one before, which is to be closed."""
        before, self._client = self.client(), client
        self.with_flags(**given)
        return before

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run a command's coroutine and close the connection after it, however it ends.

        Raises:
            Terminated: SIGTERM, SIGHUP or SIGQUIT came; what was open, a live display above all, has been left
                properly.
        """
        import asyncio

        async def whole() -> _T:
            task, loop = asyncio.current_task(), asyncio.get_running_loop()
            received: list[int] = []

            def end(number: int) -> None:
                received.append(number)
                if task is not None:
                    task.cancel()

            if threading.current_thread() is threading.main_thread():
                for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
                    loop.add_signal_handler(number, end, number)
            try:
                result = await work
            except asyncio.CancelledError:
                if received:
                    raise Terminated(received[0]) from None
                raise
            else:
                if received:  # Textual ends an app properly and keeps quiet about why
                    raise Terminated(received[0])
                return result
            finally:
                if self._client is not None:
                    await self._client.connection.close()
                    self._client = None

        return asyncio.run(whole())

    def print(self, page: "Page") -> None:
        """A page on stdout: through Rich where it has colours, as plain text elsewhere, which spares Rich's import."""
        if self.theme.colors:
            self.console().print(page, end="")
        else:
            self.write(page.text())

    def console(self) -> "Console":
        """Rich's console on stdout; pages are laid out already, so it neither wraps nor interprets."""
        from rich.console import Console

        return Console(
            file=self.stdout,
            force_terminal=True,
            no_color=not self.theme.colors,
            width=self.width,
            soft_wrap=True,
            markup=False,
            emoji=False,
            highlight=False,
            _environ=dict(self.environ),
        )

    def write(self, text: str) -> None:
        """Text on stdout as it is, at once."""
        self.stdout.write(text)
        self.stdout.flush()

    def outlet(self) -> "Outlet":
        """Stdout for bytes as they are: a container's log has the container's encoding, not this process's."""
        from kubectl_mc.outlet import Outlet

        return Outlet(self.stdout)

    def note(self, text: str) -> None:
        """One line for a person, on stderr; the same one is said once."""
        if self.note_sink is not None:
            self.note_sink(text)
        elif text not in self._noted:
            self._noted.add(text)
            self._say(text)

    def ask(self, question: str) -> None:
        """A question on stderr, the answer to which is typed behind it."""
        from kubectl_mc.render.text import one_line

        self.stderr.write(f"{one_line(question)} ")
        self.stderr.flush()

    def report(self, error: McError) -> None:
        """An error and its hint, on stderr."""
        self._say(error.message if error.message.startswith("Error from server") else f"error: {error.message}")
        if error.hint:
            self._say(f"hint: {error.hint}")

    def abandon_stdout(self) -> None:
        """Send whatever is still buffered nowhere: its reader has gone, which is no error of anybody's."""
        if self.stdout is sys.stdout:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def with_flags(self, **given: object) -> None:
        """Take over connection flags that were given."""
        self.flags = replace(self.flags, **given)  # type: ignore[arg-type]

    def _size(self) -> os.terminal_size:
        """The terminal's size as it is now; COLUMNS and LINES come first, as everywhere."""
        try:
            columns, lines = os.get_terminal_size(self.stdout.fileno())
        except (OSError, ValueError):
            columns, lines = 80, 24
        return os.terminal_size(
            (
                _positive(self.environ.get("COLUMNS")) or columns or 80,
                _positive(self.environ.get("LINES")) or lines or 24,
            )
        )

    def _may_ask(self) -> bool:
        """Whether somebody sees a question and can answer it: not while a live display has the terminal."""
        return self.note_sink is None and self.stderr.isatty() and self.typed_at

    def _say(self, text: str) -> None:
        from kubectl_mc.render.text import one_line

        self.stderr.write(f"{one_line(text)}\n")
        self.stderr.flush()

    @property
    def colors(self) -> bool:
        """Whether stdout takes colours: asked for, or a terminal that can and may."""
        if self.color != "auto":
            return self.color == "always"
        if self.environ.get("NO_COLOR"):
            return False
        if self.environ.get("FORCE_COLOR") or self.environ.get("CLICOLOR_FORCE"):
            return True
        return self.redraws


def _positive(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _draws_unicode(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether glyphs beyond ASCII arrive: by the stream's encoding, and not on the Linux console's small font."""
    encoded = "utf" in (getattr(stream, "encoding", "") or "").lower()
    return encoded and environ.get("TERM") not in ("linux", "dumb") and not _plain_locale(environ)


def _plain_locale(environ: Mapping[str, str]) -> bool:
    """Whether the C locale was asked for, in which Python writes UTF-8 all the same.

    Python then sets LC_CTYPE to C.UTF-8 by itself (PEP 538), so that value says nothing.
    """
    ctype = environ.get("LC_CTYPE", "").replace("C.UTF-8", "")
    return (environ.get("LC_ALL") or ctype or environ.get("LANG")) in ("C", "POSIX")
