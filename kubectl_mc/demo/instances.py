"""The states that a container can be in, and one instance of it: a run from start to end, with its log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kubectl_mc.demo.logs import LogFile, LogLine
from kubectl_mc.demo.programs import Program, Run


@dataclass(frozen=True)
class Waiting:
    """Not running, and not at its end."""

    reason: str
    message: str = ""


@dataclass(frozen=True)
class Running:
    """Since when."""

    started_at: float


@dataclass(frozen=True)
class Terminated:
    """How an instance ended."""

    exit_code: int
    reason: str
    message: str
    started_at: float
    finished_at: float
    container_id: str


State = Waiting | Running | Terminated


class Instance:
    """One run of a container."""

    def __init__(self, program: Program, run: Run, container_id: str, current_time: Callable[[], float]) -> None:
        self.run = run
        self.container_id = container_id
        self.ended_at: float | None = None
        self._program = program
        self._current_time = current_time
        self._written = run.started - 1
        self.log = LogFile(self._write)

    def end(self, now: float) -> None:
        """Nothing is written any more."""
        self.ended_at = now
        self.log.end()

    def _write(self) -> list[LogLine]:
        """The lines since the last time that someone asked."""
        until = self.ended_at or self._current_time()
        since, self._written = self._written, max(until, self._written)
        return self._program.lines(self.run, since, until, self.ended_at)
