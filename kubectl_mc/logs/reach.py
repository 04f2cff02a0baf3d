"""How much of the logs is asked for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kubectl_mc.logs.line import Bound


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of a log is wanted. `tail` concerns what is there at the beginning; what comes later comes whole."""

    follow: bool = False
    previous: bool = False
    since: Bound | None = None
    until: Bound | None = None
    tail: int | None = None

    @property
    def bounded(self) -> bool:
        """Whether older lines are left out because they were not asked for."""
        return self.since is not None or self.tail is not None

    def covers(self, second: datetime) -> bool:
        """Whether what happened in a second, at which part of it nobody knows, may lie in the span."""
        begun = self.since is None or second + timedelta(seconds=1) > self.since.time
        return begun and (self.until is None or second <= self.until.time)
