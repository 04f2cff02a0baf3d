"""The line discipline of a simulated TTY: echo, line editing, Ctrl-C, Ctrl-D and the window's size."""

import asyncio
from collections.abc import Awaitable, Callable

from kubectl_mc.demo.shell.pipes import Pipe

_INTERRUPT, _END, _KILL_LINE, _ESCAPE = 0x03, 0x04, 0x15, 0x1B
_ERASE = (0x7F, 0x08)


class Terminal:
    """Stands between a client in raw mode and a program that reads lines."""

    def __init__(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        self._send = send
        self._line = bytearray()
        self._escape = False
        self.rows = 0
        self.columns = 0
        self.stdin = Pipe()
        """What the program reads."""
        self.foreground: asyncio.Task[int] | None = None
        """The task that Ctrl-C interrupts; without one, the shell is asked for a new prompt."""
        self.interrupted: Callable[[], Awaitable[None]] | None = None

    def resize(self, columns: int, rows: int) -> None:
        """The client's window has this size now."""
        self.columns, self.rows = columns, rows

    async def write(self, data: bytes) -> None:
        """Output of the program, with carriage returns as a TTY adds them."""
        await self._send(data.replace(b"\n", b"\r\n"))

    async def type(self, data: bytes) -> None:
        """Input of the client: keys."""
        echo = bytearray()
        for key in data:
            if self._escape:
                # Arrow keys and their like: swallowed up to the letter that ends the sequence.
                self._escape = not (chr(key).isalpha() or key == 0x7E)
            elif key == _ESCAPE:
                self._escape = True
            elif key in _ERASE:
                if self._line:
                    del self._line[-1]
                    echo += b"\b \b"
            elif key == _KILL_LINE:
                echo += b"\b \b" * len(self._line)
                self._line.clear()
            elif key in b"\r\n":
                echo += b"\r\n"
                self.stdin.feed(bytes(self._line) + b"\n")
                self._line.clear()
            elif key == _END:
                self._end_of_input()
            elif key == _INTERRUPT:
                await self._send(bytes(echo) + b"^C")
                echo.clear()
                await self._interrupt()
            else:
                self._line.append(key)
                echo.append(key)
        if echo:
            await self._send(bytes(echo))

    def _end_of_input(self) -> None:
        """Ctrl-D: what was typed without a newline, or the end when there is nothing."""
        if self._line:
            self.stdin.feed(bytes(self._line))
            self._line.clear()
        else:
            self.stdin.end()

    async def _interrupt(self) -> None:
        """Ctrl-C also drops what was typed ahead, as the kernel does."""
        self._line.clear()
        self.stdin.discard()
        if self.foreground is not None:
            self.foreground.cancel()
        elif self.interrupted is not None:
            await self.interrupted()
