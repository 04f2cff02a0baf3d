"""What the program inside a container does: a small vocabulary of scripted behaviour, as values.

A program says lines, ends, fails its probes and uses memory as a function of time alone, so that a log can be written
when someone reads it and the nodes need to look at a container only when something happens to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from kubectl_mc.demo.clock import rfc3339
from kubectl_mc.demo.logs import LogLine, Stream

ProbeKind = Literal["startup", "readiness", "liveness"]


@dataclass(frozen=True)
class Run:
    """One instance of a container: what its program needs to know about where it is in time."""

    started: float
    """Epoch seconds."""
    pod_created: float
    demo_started: float
    attempt: int
    """How many instances there were before."""


@dataclass(frozen=True)
class Stretch:
    """A stretch of time in which something is so; with `every` it comes back."""

    start: float = 0.0
    end: float = math.inf
    since: Literal["run", "demo"] = "run"
    """What 0 is: the start of this instance, or the moment at which the demo began (the past is negative)."""
    every: float | None = None
    """Seconds from one beginning to the next."""

    def covers(self, now: float, run: Run) -> bool:
        """Whether `now` lies in it."""
        return self._begin(now, run) <= now < self._begin(now, run) + self.end - self.start

    def next_begin(self, now: float, run: Run) -> float:
        """The epoch second at which it begins next, or `inf`; `now` itself when it is on."""
        begin = self._begin(now, run)
        if self.covers(now, run):
            return now
        if begin > now:
            return begin
        return math.inf if self.every is None else begin + self.every

    def _begin(self, now: float, run: Run) -> float:
        """The latest beginning up to now, or the first one."""
        begin = (run.started if self.since == "run" else run.demo_started) + self.start
        if self.every is not None:
            begin += math.floor((now - begin) / self.every) * self.every
        return begin


ALWAYS = Stretch()


@dataclass(frozen=True)
class Failing:
    """A probe that does not pass for a while; outside of all of them it passes."""

    probe: ProbeKind
    output: str
    """What the kubelet quotes after `Readiness probe failed: `. `{ip}` is the pod's address."""
    during: Stretch = ALWAYS


@dataclass(frozen=True)
class Exit:
    """How and when the main process ends. With no condition set it ends at once."""

    after: float = 0.0
    """Seconds after the start."""
    code: int = 0
    oom_killed: bool = False
    message: str = ""
    """What it wrote to its terminationMessagePath."""
    once_service: str = ""
    """Ends only when this Service exists: it looks every two seconds."""
    evicts: str = ""
    """The kubelet evicts the whole pod for this reason instead."""
    only_attempt: int | None = None
    """Only this instance ends (0 is the first); the others run on."""


@dataclass(frozen=True)
class Stop:
    """How the process takes a SIGTERM."""

    after: float = 0.4
    """Seconds until it is gone; `inf` for a shell without a trap, which waits for its SIGKILL."""
    code: int = 0
    pre_stop: float = 0.0
    """Seconds that the preStop hook takes before the signal is sent."""


@dataclass(frozen=True)
class Usage:
    """What the container uses, for the metrics API: a level with a slow wave on it."""

    cpu_millis: float = 2.0
    memory_mib: float = 12.0
    growth_mib: float = 0.0
    """Memory added each second: a leak."""

    def at(self, now: float, run: Run) -> tuple[int, int]:
        """CPU in nanocores, memory in KiB."""
        wave = math.sin(now / 47.0 + self.memory_mib)
        memory = self.memory_mib * (1 + 0.03 * wave) + self.growth_mib * (now - run.started)
        return int(self.cpu_millis * (1 + 0.3 * wave) * 1e6), int(memory * 1024)


class When:
    """The time of one log line, in the ways in which programs write it."""

    def __init__(self, time: float, n: int, run: Run) -> None:
        self.time = time
        self.n = n
        """Which line of its voice this is; voices of one pod with the same period count alike."""
        self.run = run

    def strftime(self, pattern: str) -> str:
        """In UTC."""
        return datetime.fromtimestamp(self.time, UTC).strftime(pattern)

    @property
    def iso(self) -> str:
        """`2026-01-01T00:00:00Z`."""
        return rfc3339(self.time)

    @property
    def iso_ms(self) -> str:
        """`2026-01-01T00:00:00.000Z`."""
        return f"{self.strftime('%Y-%m-%dT%H:%M:%S')}.{int(self.time % 1 * 1000):03d}Z"

    @property
    def clf(self) -> str:
        """The common log format of web servers."""
        return self.strftime("%d/%b/%Y:%H:%M:%S +0000")


Text = str | Callable[[When], str]


@dataclass(frozen=True)
class Line:
    """Said once, `after` seconds after the start, or before the end when negative."""

    after: float
    text: Text
    stream: Stream = "stdout"


@dataclass(frozen=True)
class Every:
    """Said again and again. Anchored to the clock and not to the start, so siblings can speak of the same thing."""

    period: float
    text: Text
    offset: float = 0.0
    """Seconds after the full period."""
    stream: Stream = "stdout"
    during: Stretch = ALWAYS


@dataclass(frozen=True)
class Program:
    """Everything about one container's process."""

    says: tuple[Line | Every, ...] = ()
    exit: Exit | None = None
    failing: tuple[Failing, ...] = ()
    stop: Stop = Stop()
    usage: Usage = Usage()
    files: Mapping[str, str | Every] = field(default_factory=dict)
    """What it has written, by path: a text, or everything that a voice has said since the pod was created."""
    start_error: str = ""
    """Why the runtime cannot start it: it ends before it begins."""

    def lines(self, run: Run, since: float, until: float, ended: float | None) -> list[LogLine]:
        """The log lines in (since, until], in order; `ended` is when the instance ended, or None."""
        found: list[LogLine] = []
        for voice in self.says:
            if isinstance(voice, Every):
                found += _repeated(voice, run, since, until)
                continue
            if voice.after >= 0:
                time = run.started + voice.after
            elif ended is None:
                continue
            else:
                time = ended + voice.after
            if since < time <= until:
                found.append(_line(voice.text, voice.stream, When(time, 0, run)))
        found.sort(key=lambda line: line.time)
        return found

    def content(self, path: str, run: Run, now: float) -> bytes:
        """One of its files at this moment."""
        written = self.files[path]
        if isinstance(written, str):
            return written.encode()
        return b"".join(line.data + b"\n" for line in _repeated(written, run, run.pod_created, now))


def _repeated(voice: Every, run: Run, since: float, until: float) -> list[LogLine]:
    """The lines of a voice that speaks periodically."""
    first = math.floor((since - voice.offset) / voice.period) - 1
    last = math.floor((until - voice.offset) / voice.period)
    born = math.floor(run.pod_created / voice.period)
    moments = (When(_moment(n, voice.period) + voice.offset, n - born, run) for n in range(first, last + 1))
    return [
        _line(voice.text, voice.stream, when)
        for when in moments
        if since < when.time <= until and voice.during.covers(when.time, run)
    ]


def _moment(n: int, period: float) -> float:
    """The nth full period, and a little later: nothing in a real log comes at full seconds."""
    return n * period + min(0.6, period / 5) * (n * 2_654_435_761 % 1000 / 1000)


def _line(text: Text, stream: Stream, when: When) -> LogLine:
    """A line with a plausible fraction below the millisecond, the same each time it is asked for."""
    nanoseconds = int(when.time * 1000) * 1_000_000 + (when.n * 7_919 + len(stream) * 104_729 + 12_553) % 999_983
    return LogLine(nanoseconds, stream, (text if isinstance(text, str) else text(when)).encode())


RUNS = Program()
"""Runs for ever without a word: what a container does that no scenario knows."""
