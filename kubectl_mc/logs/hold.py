"""How long lines of followed logs are held back for others that may belong before them."""

from collections import deque
from collections.abc import Iterator

from kubectl_mc.logs.pace import NOTHING, Pace

_HOLD_SECONDS = 0.2
"""For a line that may be written this moment. For the past that is still being read, as long as that takes."""


class Hold:
    """Tells up to which time lines may go out. Sources are the merge's numbers, times of the clock are in seconds."""

    def __init__(self) -> None:
        self._held: deque[tuple[float, bytes]] = deque()
        """Since when the newest line that waited has been this one."""
        self._paces: dict[int, Pace] = {}
        """Of the sources that may still bring the past."""
        self._full: set[int] = set()
        self._due = self._let_go = NOTHING

    def asked(self, source: int, now: float, earliest: bytes = NOTHING) -> None:
        """A log is being opened, which has no line from before `earliest`."""
        self._paces[source] = Pace(now, earliest)

    def took(self, source: int, newest: bytes, now: float) -> None:
        """Lines of a source have come, or there is room for more."""
        self._full.discard(source)
        if source in self._paces:
            self._paces[source].took(newest, now)

    def full(self, source: int) -> None:
        """There is no room for more of a source, until `took` says so: that it pauses tells nothing."""
        self._full.add(source)

    def ended(self, source: int) -> None:
        """Nothing more comes of it."""
        self._full.discard(source)
        self._paces.pop(source, None)

    def due(self, newest: bytes, now: float) -> bytes | None:
        """The time up to which lines may go out; None if that is nothing new.

        Args:
            newest: of all lines, if any wait.
        """
        if newest and (not self._held or self._held[-1][1] != newest):
            self._held.append((now, newest))
        more = False
        while self._held and now - self._held[0][0] >= _HOLD_SECONDS:
            self._due, more = max(self._due, self._held.popleft()[1]), True
        key = min((self._due, *self._reached(now)))
        if not more and key <= self._let_go:
            return None
        self._let_go = key
        return key

    def _reached(self, now: float) -> Iterator[bytes]:
        for source, pace in list(self._paces.items()):
            reached = pace.reached(now) if source not in self._full else pace.newest
            if reached is None:
                del self._paces[source]
            else:
                yield reached
