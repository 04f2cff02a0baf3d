"""This tool as a process of its own, on a pipe or on a pseudo-terminal."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

DEADLINE_SECONDS = 40.0
_CONTROLLED = """
import fcntl, runpy, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
runpy.run_module("kubectl_mc", run_name="__main__", alter_sys=True)
"""
"""This tool in a session of its own whose terminal is stdin."""


@dataclass
class Running:
    """A process whose stdout is read as it comes."""

    process: subprocess.Popen[bytes]
    descriptor: int
    seen: str = ""
    _rest: bytes = field(default=b"", repr=False)

    def read_until(self, text: str, *, after: int = 0) -> str:
        """Wait until `text` stands in the output behind position `after`; the whole output so far.

        Raises:
            AssertionError: it doesn't come in time, or the process ends before.
        """
        deadline = time.monotonic() + DEADLINE_SECONDS
        while text not in self.seen[after:]:
            assert time.monotonic() < deadline, f"{text!r} did not come; seen: {self.seen[after:]!r}"
            ready, _, _ = select.select([self.descriptor], [], [], 0.5)
            if ready and not self._read():
                raise AssertionError(f"ended without {text!r}: {self.seen[after:]!r}; stderr: {self.stderr()!r}")
        return self.seen

    def press(self, keys: bytes, *, until: str) -> str:
        """Type keys and wait for what comes of them; what has come since."""
        before = len(self.seen)
        os.write(self.descriptor, keys)
        return self.read_until(until, after=before)[before:]

    def restored(self) -> bool:
        """Whether the terminal has the settings of every new one."""
        outer, inner = pty.openpty()
        fresh = termios.tcgetattr(inner)
        os.close(inner)
        os.close(outer)
        return termios.tcgetattr(self.descriptor) == fresh

    def interrupt(self, number: int = signal.SIGINT) -> int:
        """Send a signal and wait for the end; the exit code."""
        self.process.send_signal(number)
        return self.wait()

    def resize(self, columns: int, lines: int) -> None:
        """Change the terminal's size; the next page is drawn for it."""
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def wait_until_stopped(self) -> None:
        """Wait for the process to be suspended, and read meanwhile: it may have more to write than a terminal holds."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while os.waitpid(self.process.pid, os.WUNTRACED | os.WNOHANG) == (0, 0):
            assert time.monotonic() < deadline, "the process was not suspended"
            if select.select([self.descriptor], [], [], 0.01)[0]:
                self._read()

    def wait(self) -> int:
        """The exit code, with the rest of the output read."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while (left := deadline - time.monotonic()) > 0 and select.select([self.descriptor], [], [], left)[0]:
            if not self._read():
                break
        else:
            raise AssertionError(f"it did not end; seen: {self.seen!r}")
        return self.process.wait(DEADLINE_SECONDS)

    def next_note(self) -> str:
        """The next line on stderr, once it has come."""
        assert self.process.stderr is not None
        return self.process.stderr.readline().decode().rstrip("\n")

    def stderr(self) -> str:
        """Everything else on stderr, once the process has ended."""
        return self.process.stderr.read().decode() if self.process.stderr is not None else ""

    def _read(self) -> bool:
        try:
            block = os.read(self.descriptor, 65536)
        except OSError:  # how Linux says that the other end of a pty is closed
            return False
        self._rest += block
        text = self._rest.decode(errors="ignore")
        self._rest = self._rest[len(text.encode()) :]
        self.seen += text
        return bool(block)


@contextlib.contextmanager
def on_a_pipe(*words: str, environ: Mapping[str, str]) -> Iterator[Running]:
    """`kubectl-mc WORDS` with stdout and stderr on pipes."""
    process = subprocess.Popen(_command(words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_variables(environ))
    assert process.stdout is not None
    with _ended(process):
        yield Running(process, process.stdout.fileno())


@contextlib.contextmanager
def on_a_terminal(
    *words: str,
    environ: Mapping[str, str],
    columns: int = 100,
    lines: int = 30,
    controlling: bool = False,
    stdout: int | None = None,
    stderr: int | None = subprocess.PIPE,
    prelude: str = "",
) -> Iterator[Running]:
    """`kubectl-mc WORDS` on a pseudo-terminal of its own; stderr stays a pipe, to be looked at.

    Args:
        controlling: whether keys and a hang-up of the terminal become signals.
        stdout: where it goes instead.
        stderr: where it goes; None for the terminal.
        prelude: Python that runs before it, to break something in it.
    """
    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", f"{prelude}\n{_CONTROLLED}", *words] if controlling else _command(words),
        stdin=inner,
        stdout=inner if stdout is None else stdout,
        stderr=inner if stderr is None else stderr,
        env=_variables({"TERM": "xterm-256color", **environ}),
        start_new_session=True,
    )
    os.close(inner)
    try:
        with _ended(process):
            yield Running(process, outer)
    finally:
        with contextlib.suppress(OSError):  # a test may have hung up
            os.close(outer)


def _command(words: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "kubectl_mc", *words]


def _variables(environ: Mapping[str, str]) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONUTF8": "1", **environ}


@contextlib.contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
