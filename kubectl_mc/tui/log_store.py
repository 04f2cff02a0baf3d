"""The log lines that a pane keeps: the newest of them, and which of those are shown."""

from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path

from kubectl_mc.logs.filter import Filter, Wanted
from kubectl_mc.logs.line import MESSAGE, STAMP, TAG, Kind, any_marked, kind_of, message_of, sort_key, source_tag
from kubectl_mc.logs.machine import Name

LIMIT = 100_000
"""Lines that are kept; older ones are counted."""
_SLACK = 10_000
"""Old lines leave so many at a time: to shorten a list costs as much as it has lines."""
_SLICE = 4_000
"""Kept lines that are looked at in one step: some 10 ms with a level."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What lines are shown."""

    hidden: Set[str] = frozenset()
    """Containers whose lines are not."""
    wanted: Wanted = field(default_factory=Wanted)
    events: bool = False
    """Whether the cluster's events stand among them."""


class Sieve:
    """Lines that pass what hides some of them; of those that repeat each other the first is shown, with a count.

    A shown line has a number that stays its own when older ones leave: the first that is kept is `first`.
    """

    def __init__(self, narrowed: Narrowed = Narrowed()) -> None:
        self.passed: list[bytes] = []
        self.shown: list[bytes] = []
        self.counts: dict[int, int] = {}
        """How often a shown line stands there, by its number, where that is more than once."""
        self.first = 0
        self.marked_tags: set[bytes] = set()
        """The sources of lines that no container has written, among others."""
        self._narrowed = narrowed
        self._filter = Filter(narrowed.wanted)
        self._last = b""

    def add(self, lines: list[bytes], hidden_tags: Set[bytes]) -> None:
        """Lines that come after all others."""
        if hidden_tags:
            lines = [line for line in lines if source_tag(line) not in hidden_tags]
        if not self._narrowed.events and any_marked(lines):
            lines = [line for line in lines if kind_of(line) is not Kind.EVENT]
        passed = self._filter.passed(lines)
        self.passed += passed
        self._fold(passed)
        if len(self.passed) > LIMIT + _SLACK:
            self._drop(len(self.passed) - LIMIT)

    def _fold(self, lines: list[bytes]) -> None:
        shown, last = self.shown, self._last
        for line in lines:
            said = b""
            if type(line) is bytes:
                said = line[MESSAGE:] if len(line) > MESSAGE + TAG else b""
            else:  # a `Marked` line is more than its bytes say
                self.marked_tags.add(source_tag(line))
            if said and said == last:
                number = self.first + len(shown) - 1
                self.counts[number] = self.counts.get(number, 1) + 1
                continue
            last = said
            shown.append(line)
        self._last = last

    def _drop(self, gone: int) -> None:
        """Forget the oldest lines."""
        del self.passed[:gone]
        entries = 0
        while gone:
            number = self.first + entries
            count = self.counts.pop(number, 1)
            if count > gone:
                self.counts[number] = count - gone
                break
            gone -= count
            entries += 1
        self.first += entries
        del self.shown[:entries]


class LogStore:
    """Lines in their order, and those of them that are shown."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.left = 0
        """Lines that were read and are kept no more."""
        self.names: dict[bytes, Name] = {}
        self.places: dict[bytes, int] = {}
        self.generation = 0
        """Another one when the numbers of the shown lines mean others."""
        self._narrowed = self._shown_as = Narrowed()
        """What is to be shown, and what is while that is being found out."""
        self._sieve = Sieve()
        self._next: Sieve | None = None
        self._at = 0
        """How many of the kept lines the next sieve has seen."""

    @property
    def shown(self) -> list[bytes]:
        return self._sieve.shown

    @property
    def first(self) -> int:
        """The number of the first shown line."""
        return self._sieve.first

    @property
    def end(self) -> int:
        """The number that the next shown line gets."""
        return self._sieve.first + len(self._sieve.shown)

    @property
    def passed(self) -> int:
        """How many lines those are that are shown, each repetition counted."""
        return len(self._sieve.passed)

    @property
    def sources(self) -> dict[bytes, tuple[Name, int]]:
        """The containers and their places; a pod as a whole only once something is said of it."""
        said = self._sieve.marked_tags
        return {tag: (name, self.places[tag]) for tag, name in self.names.items() if name.container or tag in said}

    def count(self, number: int) -> int:
        """How often a shown line stands there one after another."""
        return self._sieve.counts.get(number, 1)

    def line(self, number: int) -> bytes:
        """A shown line."""
        return self._sieve.shown[number - self._sieve.first]

    def joined(self, tag: bytes, name: Name, place: int) -> None:
        """Another container, before its first line."""
        self.names[tag], self.places[tag] = name, place

    def add(self, lines: list[bytes]) -> None:
        """Lines that come after all others."""
        self.lines += lines
        self._sieve.add(lines, self._hidden_tags(self._shown_as))
        self._trim()

    def narrow(self, narrowed: Narrowed) -> None:
        """Show what passes, of the lines that are kept as well, once `advance` has seen them all."""
        self._narrowed = narrowed
        self._next, self._at = Sieve(narrowed), 0

    def advance(self) -> bool:
        """One step of narrowing; whether there are more. What was shown before is shown until then."""
        if self._next is None:
            return False
        batch = self.lines[self._at : self._at + _SLICE]
        self._next.add(batch, self._hidden_tags(self._narrowed))
        self._at += len(batch)
        if self._at < len(self.lines):
            return True
        self._sieve, self._next, self._shown_as = self._next, None, self._narrowed
        self.generation += 1
        return False

    def clear(self) -> None:
        """Forget all lines, and whose they were."""
        self.lines, self.left = [], 0
        self.names, self.places = {}, {}
        self.narrow(self._narrowed)
        self.advance()

    def nearest(self, line: bytes) -> int:
        """The number of a line, or, if it is not shown, of the first one behind its time."""
        first, shown, stamp = self.first, self.shown, sort_key(line)
        same = next((number for number, other in enumerate(shown) if other is line), None)
        if same is not None:
            return first + same
        return self.since(stamp)

    def since(self, stamp: bytes) -> int:
        """The number of the first line from a time on; of the last one if there is none."""
        found = next((number for number, line in enumerate(self.shown) if sort_key(line) >= stamp), None)
        return max(self.first, self.end - 1) if found is None else self.first + found

    def write(self, path: str) -> int:
        """Write the shown lines to a new file, as their containers wrote them, each with its container; their number.

        Raises:
            OSError: it cannot be written, or is there already.
        """
        lines = list(self._sieve.passed)
        target = Path(path).expanduser()
        with target.open("xb") as file:
            try:
                file.writelines(self._written(lines))
            except OSError:
                target.unlink(missing_ok=True)
                raise
        return len(lines)

    def _written(self, lines: list[bytes]) -> Iterator[bytes]:
        for line in lines:
            name = self.names.get(source_tag(line))
            container = f"{name.container} ".encode() if name is not None and name.container else b""
            yield container + line[:STAMP] + b" " + message_of(line) + b"\n"

    def _hidden_tags(self, narrowed: Narrowed) -> frozenset[bytes]:
        """Of the containers whose lines are not shown; what is said of a pod as a whole is."""
        return frozenset(tag for tag, name in self.names.items() if name.container in narrowed.hidden)

    def _trim(self) -> None:
        if len(self.lines) > LIMIT + _SLACK:
            gone = len(self.lines) - LIMIT
            self.left += gone
            self._at = max(0, self._at - gone)
            del self.lines[:gone]
