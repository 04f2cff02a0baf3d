"""The log lines that a pane keeps: the newest of them, and which of those are shown."""

from collections.abc import Iterable, Set
from pathlib import Path

from kubectl_mc.logs.filter import Filter, Wanted
from kubectl_mc.logs.line import STAMP, kind_of, message_of, source_tag
from kubectl_mc.logs.line import Kind as LineKind
from kubectl_mc.logs.machine import Name

LIMIT = 100_000
"""Lines that are kept; older ones are counted."""
_SLACK = 10_000
"""Old lines leave so many at a time: to shorten a list costs as much as it has lines."""


class LogStore:
    """Lines in their order, and those that pass what hides some of them.

    A shown line has a number that stays its own when older ones leave: the first that is kept is `first`.
    """

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.shown: list[bytes] = []
        self.first = 0
        self.left = 0
        """Lines that were read and are kept no more."""
        self.names: dict[bytes, Name] = {}
        self.places: dict[bytes, int] = {}
        self.hidden: Set[str] = frozenset()
        """Containers whose lines are not shown."""
        self.wanted = Wanted()
        self._filter = Filter(self.wanted)

    @property
    def end(self) -> int:
        """The number that the next shown line gets."""
        return self.first + len(self.shown)

    def joined(self, tag: bytes, name: Name, place: int) -> None:
        """Another container, before its first line."""
        self.names[tag], self.places[tag] = name, place

    def add(self, lines: list[bytes]) -> None:
        """Lines that come after all others."""
        self.lines += lines
        if self.shown is not self.lines:
            self.shown += self._passed(lines)
        self._trim()

    def narrow(self, hidden: Set[str], wanted: Wanted) -> None:
        """Show what passes from now on, of the lines that are kept as well."""
        self.hidden, self.wanted = hidden, wanted
        self._filter = Filter(wanted)
        self.first = 0
        self.shown = self.lines if not hidden and wanted.everything else list(self._passed(self.lines))

    def clear(self) -> None:
        """Forget all lines."""
        self.lines, self.left = [], 0
        self.narrow(self.hidden, self.wanted)

    def write(self, path: str) -> int:
        """Write the shown lines to a new file, as their containers wrote them, each with its container; their number.

        Raises:
            OSError: it cannot be written, or is there already.
        """
        lines = list(self.shown)
        with Path(path).expanduser().open("xb") as file:
            for line in lines:
                name = self.names.get(source_tag(line))
                file.write(
                    f"{name.container if name else ''} ".encode() + line[:STAMP] + b" " + message_of(line) + b"\n"
                )
        return len(lines)

    def _passed(self, lines: list[bytes]) -> Iterable[bytes]:
        if self.hidden:
            # What is said of a pod as a whole, and of holes in a log, stays.
            tags = {tag for tag, name in self.names.items() if name.container in self.hidden}
            lines = [line for line in lines if source_tag(line) not in tags or kind_of(line) is LineKind.GAP]
        return self._filter.passed(lines)

    def _trim(self) -> None:
        if len(self.lines) > LIMIT + _SLACK:
            gone = len(self.lines) - LIMIT
            self.left += gone
            if self.shown is self.lines:
                self.first += gone
            del self.lines[:gone]
        if len(self.shown) > LIMIT + _SLACK:
            gone = len(self.shown) - LIMIT
            self.first += gone
            del self.shown[:gone]
