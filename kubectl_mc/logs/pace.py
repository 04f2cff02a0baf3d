"""Whether a followed log still brings the past: what was written before it was asked for.

Lines of the present come as they are written, so that others need not wait for them long. The past comes as fast as it
can be read, of one container sooner than of another; until it is there, nothing is in order.
"""

from datetime import datetime

_ANSWER_SECONDS = 1.0
"""How long a log that has been asked for may be expected to begin; that of a silent container never does."""
_PAUSE_SECONDS = 0.5
_LOOKS = 10
"""A log that pauses so long, and so often looked at, has come to the present: a busy reader may look seldom."""
_SURE_SECONDS = 2.0
"""After this the past shows by its times, which go by faster than the clock."""
_FASTER = 2.0
_MICROSECOND = slice(len("2026-01-01T00:00:00.000000"))
NOTHING = b""
"""Before every time."""


class Pace:
    """How one source comes along. Times of the clock are seconds of any beginning, as `time.monotonic` has them."""

    def __init__(self, now: float, earliest: bytes = NOTHING) -> None:
        """It is asked for now.

        Args:
            earliest: the time before which it cannot have a line.
        """
        self._asked = now
        self.newest = earliest
        """Up to this time all has come."""
        self._began: tuple[float, datetime] | None = None
        """When it answered, and the time of its first line."""
        self._last = now
        self._looks = 0
        """Since then."""

    def took(self, newest: bytes, now: float) -> None:
        """Lines have come, the newest of them written then."""
        moment = _moment(newest)
        if self._began is None and moment is not None:
            self._began = now, moment
        self.newest, self._last, self._looks = newest, now, 0

    def reached(self, now: float) -> bytes | None:
        """The time up to which all of the past has come; None when the present has."""
        if self._began is None:
            return self.newest if now - self._asked < _ANSWER_SECONDS else None
        self._looks += 1
        if now - self._last > _PAUSE_SECONDS and self._looks > _LOOKS:
            return None
        since, first = self._began
        moment, passed = _moment(self.newest), now - since
        if moment is None or (passed > _SURE_SECONDS and (moment - first).total_seconds() < _FASTER * passed):
            return None
        return self.newest


def _moment(stamp: bytes) -> datetime | None:
    try:
        return datetime.fromisoformat(stamp[_MICROSECOND].decode())
    except ValueError:  # no calendar has it
        return None
