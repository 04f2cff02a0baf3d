"""One probe of one instance of a container: when it is due, what it found, and when its threshold is crossed."""

from __future__ import annotations

import math
from typing import Any

from kubectl_mc.demo.programs import Failing, ProbeKind, Run

FIELDS: dict[ProbeKind, str] = {
    "startup": "startupProbe",
    "readiness": "readinessProbe",
    "liveness": "livenessProbe",
}


class ProbeRun:
    """A probe worker. While it passes it sleeps until its program says that it will fail."""

    def __init__(self, kind: ProbeKind, spec: dict[str, Any], failing: tuple[Failing, ...], run: Run) -> None:
        self.kind = kind
        self._failing = tuple(each for each in failing if each.probe == kind)
        self._run = run
        self._period = float(spec["periodSeconds"])
        self._failure_threshold = int(spec["failureThreshold"])
        self._success_threshold = int(spec["successThreshold"])
        self._first = run.started + float(spec.get("initialDelaySeconds", 0)) + 0.6
        self._successes = self._failures = 0
        self.passed = kind == "liveness"
        """What counts now: a container is alive until the opposite is shown, and ready only when it is shown."""
        self.due = self._first if kind == "startup" else math.inf

    def begin(self, now: float) -> None:
        """The container counts as started from now: readiness and liveness are looked at."""
        if self.kind != "startup":
            self.due = max(self._first, now + 0.1)

    def check(self, now: float) -> str | None:
        """Looks once and returns the output of a failure, or None; `passed` and `due` are up to date after it."""
        found = next((each for each in self._failing if each.during.covers(now, self._run)), None)
        self.due = now + self._period
        if found is None:
            self._failures = 0
            self._successes += 1
            if self._successes >= self._success_threshold:
                self.passed = True
                self.due = self._next_failure(now)
            return None
        self._successes = 0
        self._failures += 1
        if self._failures >= self._failure_threshold:
            self.passed = False
        return found.output

    @property
    def given_up(self) -> bool:
        """Whether it failed as often in a row as is allowed: for startup and liveness the end of the instance."""
        return self._failures >= self._failure_threshold

    def _next_failure(self, now: float) -> float:
        """The first period's end at which it will fail, or `inf`; a passed startup probe is over."""
        if self.kind == "startup":
            return math.inf
        begin = min((each.during.next_begin(now + self._period, self._run) for each in self._failing), default=math.inf)
        return begin if begin == math.inf else now + math.ceil((begin - now) / self._period) * self._period
