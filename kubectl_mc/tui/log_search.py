"""Where a search has found something among the shown lines; it is looked for in steps, so that keys are heard."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from kubectl_mc.logs.highlight import Pattern
from kubectl_mc.logs.line import message_of
from kubectl_mc.logs.terminal import plain
from kubectl_mc.tui.log_store import LogStore

_SLICE = 10_000
"""Lines that are looked at in one step: some 5 ms."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that matches, and whether the search went on from the other end to come there."""

    number: int
    around: bool


class LogSearch:
    """The numbers of the lines of a store that match, and which is the next of them."""

    def __init__(self, pattern: Pattern, store: LogStore) -> None:
        self.pattern = pattern
        self._store = store
        self._hits: list[int] = []
        self._at = store.first
        self._generation = store.generation

    def advance(self) -> bool:
        """Look at the next lines; whether there are more."""
        store, search = self._store, self.pattern.search
        if self._generation != store.generation:
            self._hits, self._at, self._generation = [], store.first, store.generation
        self._at = max(self._at, store.first)
        if self._hits and self._hits[0] < store.first:
            del self._hits[: bisect_left(self._hits, store.first)]
        begin = self._at - store.first
        lines = store.shown[begin : begin + _SLICE]
        self._hits += [
            number
            for number, line in enumerate(lines, self._at)
            if search(plain(message_of(line)) if b"\x1b" in line else message_of(line))
        ]
        self._at += len(lines)
        return self._at < store.end

    @property
    def count(self) -> int:
        """Lines that match, of those that were looked at."""
        return len(self._hits)

    def place(self, number: int) -> int:
        """Which of the matches a line is, from 1 on; 0 for none of them."""
        at = bisect_left(self._hits, number)
        return at + 1 if at < len(self._hits) and self._hits[at] == number else 0

    def next(self, number: int, step: int) -> Hit | None:
        """The match behind a line (1) or before it (-1), around the ends; None where nothing matches."""
        hits = self._hits
        if not hits:
            return None
        if step > 0:
            at = bisect_right(hits, number)
            return Hit(hits[at % len(hits)], at == len(hits))
        at = bisect_left(hits, number) - 1
        return Hit(hits[at], at < 0)
