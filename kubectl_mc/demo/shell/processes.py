"""A simulated process: its arguments, streams and environment, and the container around it."""

import posixpath
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from kubectl_mc.demo.clock import Clock
from kubectl_mc.demo.shell.files import FileTree
from kubectl_mc.demo.shell.terminal import Terminal
from kubectl_mc.demo.store import Object, Store

Sink = Callable[[bytes], Awaitable[None]]
SHELL_PID = 37
"""The process id of every exec's command; 1 is the container's own."""


class Source(Protocol):
    """Where a process reads."""

    async def read(self) -> bytes:
        """The next bytes, b"" at the end."""

    async def read_line(self) -> bytes:
        """The next line, b"" at the end."""


@dataclass(frozen=True)
class Surroundings:
    """The container, and of its pod what a process inside can see."""

    files: FileTree
    hostname: str
    user: int
    pod: Object
    container: Object
    processes: tuple[tuple[int, str], ...]
    """Process ids and command lines that run already."""
    ports: frozenset[int]
    """What is listened on, by any container of the pod: they share one network."""
    commands: frozenset[str]
    """The names of what can be executed."""
    store: Store
    clock: Clock


@dataclass(frozen=True)
class Process:
    """One running command."""

    argv: tuple[str, ...]
    stdin: Source
    out: Sink
    err: Sink
    env: dict[str, str]
    around: Surroundings
    cwd: str = "/"
    terminal: Terminal | None = None

    @property
    def name(self) -> str:
        """How it calls itself in its messages."""
        return posixpath.basename(self.argv[0])

    @property
    def arguments(self) -> tuple[str, ...]:
        """Without the name."""
        return self.argv[1:]

    def path(self, name: str) -> str:
        """An absolute path of a name."""
        return posixpath.normpath(posixpath.join(self.cwd, name))

    def spawn(self, argv: tuple[str, ...]) -> "Process":
        """The same with another command."""
        return replace(self, argv=argv)

    async def say(self, text: str) -> None:
        """A line on stdout."""
        await self.out(text.encode() + b"\n")

    async def fail(self, text: str, code: int = 1) -> int:
        """A line on stderr with the name in front, and the exit code."""
        await self.err(f"{self.name}: {text}\n".encode())
        return code


def reason(error: OSError) -> str:
    """An OSError in the C library's words."""
    words = {
        FileNotFoundError: "No such file or directory",
        IsADirectoryError: "Is a directory",
        NotADirectoryError: "Not a directory",
        PermissionError: "Permission denied",
    }
    return words.get(type(error), "Read-only file system")


def now(process: Process, pattern: str) -> str:
    """The cluster's time."""
    return datetime.fromtimestamp(process.around.clock.now(), UTC).strftime(pattern)
