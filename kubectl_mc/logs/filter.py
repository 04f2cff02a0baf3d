"""Which lines are let through: records that match, and the lines around them."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from kubectl_mc.logs.level import Level, level_of
from kubectl_mc.logs.line import Kind, Marked, any_marked, continues, kind_of, message_of, source_tag

BREAK = Marked(b"")
"""Stands among the lines where a filter has left some out between two that are shown with what surrounds them."""

ALWAYS = frozenset({Kind.GAP, Kind.ERROR})
"""What a filter must not hide: that there is less to be seen than there was."""


class Pattern(Protocol):
    """What is looked for in a message."""

    def search(self, message: bytes, /) -> object | None:
        """Something where it is found; None where it isn't."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a filter has found in a record, as far as the record has come."""

    matches: bool = False
    unwanted: bool = False
    level: Level | None = None
    """The highest of its lines'."""


class Hit(IntEnum):
    """Whether a line passes, and whether what surrounds it does."""

    NONE = 0
    ALONE = 1
    WITH_SURROUNDINGS = 2


_NOTHING = Found()
_KEPT_LINES = 5000
"""Lines among which the beginning of a record is looked for; the rest of one comes within a moment."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a filter lets through; what is not given asks for nothing.

    A record, a line and those that continue it, passes or not as a whole. Of the levels of its lines the highest
    counts; where none has a level, nobody knows that it is unimportant, and it passes.
    """

    match: Pattern | None = None
    unmatch: Pattern | None = None
    level: Level | None = None
    before: int = 0
    after: int = 0

    @property
    def everything(self) -> bool:
        return self.match is None and self.unmatch is None and self.level is None

    def passes(self, record: list[bytes]) -> bool:
        """Whether a record matches and has the level, and nothing unwanted in it."""
        return self.lets_through(self.found(record))

    def found(self, lines: list[bytes], earlier: Found = _NOTHING) -> Found:
        """What is found in lines of a record, added to what was found in those that came earlier."""
        messages = [message_of(line) for line in lines]
        unwanted = earlier.unwanted or (self.unmatch is not None and any(map(self.unmatch.search, messages)))
        if unwanted:
            return Found(unwanted=True)
        matches = earlier.matches or self.match is None or any(map(self.match.search, messages))
        levels = [earlier.level, *map(level_of, messages)] if self.level is not None else []
        return Found(matches, level=max((level for level in levels if level is not None), default=None))

    def lets_through(self, found: Found) -> bool:
        """Whether a record passes, by what has been found in it."""
        important = self.level is None or found.level is None or found.level >= self.level
        return found.matches and important and not found.unwanted


class Filter:
    """Lets through what is wanted of lines that come in their order.

    `before` and `after` count lines of the whole stream: what other containers said around a match is what they are
    for. Lines that `unmatch` keeps out are not among them, nor those that `level` does, unless there is nothing to
    match: then they surround the lines that have the level.
    """

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._found: dict[bytes, Found] = {}
        """By source what was found in its last record: a part of it may come later."""
        self._batches: deque[tuple[list[bytes], bool]] = deque()
        """What came last, and whether `_found` knows of it; most lines are records of their own, and it needn't."""
        self._kept_lines = 0
        self._surrounds = Surroundings(wanted.before, wanted.after) if wanted.before or wanted.after else None
        without = Wanted(unmatch=wanted.unmatch, level=wanted.level if wanted.match is not None else None)
        self._kept = Filter(without) if self._surrounds and not without.everything else None

    def passed(self, lines: list[bytes]) -> list[bytes]:
        """The lines that are let through, and `BREAK` where some are left out between surroundings."""
        if self._wanted.everything:
            return lines
        if self._surrounds is not None:
            candidates = self._kept.passed(lines) if self._kept else lines
            return self._surrounds.of(candidates, self._hits(candidates))
        if not any_marked(lines):
            self._keep(lines, known=False)
            return self._plain(lines)
        return [line for line, hit in zip(lines, self._hits(lines), strict=True) if hit]

    def _plain(self, lines: list[bytes]) -> list[bytes]:
        """Lines of which each is a record of its own."""
        wanted = self._wanted
        if wanted.unmatch is not None:
            unmatched = wanted.unmatch.search
            lines = [line for line in lines if not unmatched(message_of(line))]
        if wanted.match is not None:
            matched = wanted.match.search
            lines = [line for line in lines if matched(message_of(line))]
        if wanted.level is not None:
            lines = [line for line in lines if wanted.passes([line])]
        return lines

    def _hits(self, lines: list[bytes]) -> Iterator[Hit]:
        """Of each line whether it passes."""
        sources: set[bytes] = set()
        for record in records(lines):
            if kind_of(record[0]) in ALWAYS:
                yield Hit.WITH_SURROUNDINGS
                continue
            if kind_of(record[0]) is not Kind.LOG:
                yield self._hit(self._wanted.found(record))
                continue
            tag = source_tag(record[0])
            earlier = _NOTHING
            if continues(record[0]):
                earlier = self._found[tag] if tag in sources else self._earlier(tag)
            sources.add(tag)
            self._found[tag] = found = self._wanted.found(record, earlier)
            hit = self._hit(found)
            yield from (hit for _ in record)
        self._keep(lines, known=True)

    def _keep(self, lines: list[bytes], *, known: bool) -> None:
        self._batches.append((lines, known))
        self._kept_lines += len(lines)
        while len(self._batches) > 1 and self._kept_lines > _KEPT_LINES:
            self._kept_lines -= len(self._batches.popleft()[0])

    def _hit(self, found: Found) -> Hit:
        if not self._wanted.lets_through(found):
            return Hit.NONE
        # What has no level is shown, but is no reason to show more.
        return Hit.WITH_SURROUNDINGS if self._wanted.match is not None or found.level is not None else Hit.ALONE

    def _earlier(self, tag: bytes) -> Found:
        """What was found in the beginning of a record that goes on."""
        for lines, known in reversed(self._batches):
            last = next((line for line in reversed(lines) if source_tag(line) == tag), None)
            if last is not None:
                return self._found.get(tag, _NOTHING) if known else self._wanted.found([last])
        return self._found.get(tag, _NOTHING)


def records(lines: list[bytes]) -> Iterator[list[bytes]]:
    """Lines in groups: a container's line with those that continue it, which stand right behind it."""
    record: list[bytes] = []
    for line in lines:
        if record and not (continues(line) and _is_of(record[0], line)):
            yield record
            record = []
        record.append(line)
    if record:
        yield record


def _is_of(first: bytes, line: bytes) -> bool:
    """Whether a container wrote the first line, and a line is from the same source."""
    return kind_of(first) is Kind.LOG and source_tag(line) == source_tag(first)


class Surroundings:
    """The lines before and after those that hit, as grep's -B and -A. What must not be hidden has none after it."""

    def __init__(self, before: int, after: int) -> None:
        self._after = after
        self._earlier: deque[bytes] = deque(maxlen=before)
        self._left = 0
        """How many lines after a hit are still to be shown."""
        self._skipped = False
        self._shown = False

    def of(self, lines: list[bytes], hits: Iterator[Hit]) -> list[bytes]:
        """The lines that hit or surround one that does."""
        out: list[bytes] = []
        append: Callable[[bytes], None] = out.append
        for line, hit in zip(lines, hits, strict=True):
            if hit:
                if hit is Hit.ALONE:
                    self._skipped = self._skipped or bool(self._earlier)
                    self._earlier.clear()
                if self._skipped and self._shown:
                    append(BREAK)
                out += self._earlier
                self._earlier.clear()
                append(line)
                self._skipped, self._shown = False, True
                if hit is Hit.WITH_SURROUNDINGS and kind_of(line) not in ALWAYS:
                    self._left = self._after
            elif self._left:
                append(line)
                self._left -= 1
            else:
                self._skipped = self._skipped or len(self._earlier) == self._earlier.maxlen
                self._earlier.append(line)
        return out
