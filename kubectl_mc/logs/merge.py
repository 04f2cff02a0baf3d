"""Lines of many sources in the order of their times.

A line may go out when no source can still bring one that belongs before it: when it is older than the newest line of
every open source. What that rule would hold up for long, because a source is silent, `release` lets go.
"""

from bisect import bisect_left, bisect_right, insort

from kubectl_mc.logs.line import STAMP, Kind, Plain, kind_of, marked, size_of, sort_key

_NOTHING = b""
_ALL = b"\xff" * STAMP


class Merge:
    """Takes lines by source, in the sources' order of precedence, and gives them back ordered.

    Lines with equal times come in the order of their sources; a source's own never change places.
    """

    def __init__(self) -> None:
        self._pending: list[list[bytes]] = []
        self._bytes: list[int] = []
        self._newest: list[bytes] = []
        """By source the key of its newest line; the lowest one for a source that has brought none."""
        self._open: set[int] = set()
        self._filled: set[int] = set()
        """The sources of which lines wait: of many, most are silent."""
        self._marked: set[int] = set()
        """Those of them of which some may be `Marked`."""
        self._free: list[int] = []
        """Numbers that another source may have, ascending."""
        self._released = _NOTHING

    def add(self) -> int:
        """A new source, behind those that were added just before; its number."""
        for index, number in enumerate(self._free):
            if number not in self._filled:
                del self._free[index]
                self._newest[number] = _NOTHING
                break
        else:
            number = len(self._pending)
            self._pending.append([])
            self._bytes.append(0)
            self._newest.append(_NOTHING)
        self._open.add(number)
        return number

    def free(self, source: int) -> None:
        """A closed source is done with: once its last line has gone out, another one may have its number."""
        insort(self._free, source)

    def feed(self, source: int, lines: list[bytes]) -> None:
        """Lines of a source, in its order."""
        if lines:
            self._pending[source] += lines
            self._bytes[source] += size_of(lines)
            self._newest[source] = lines[-1][:STAMP]
            self._filled.add(source)
            if not isinstance(lines, Plain):
                self._marked.add(source)

    def close(self, source: int) -> None:
        """A source holds up no others any more."""
        self._open.discard(source)

    def bytes_of(self, source: int) -> int:
        """How much of a source waits."""
        return self._bytes[source]

    def ahead(self, source: int) -> bool:
        """Whether a source has lines that wait for another's; the one that all wait for is never ahead."""
        return source in self._filled and any(
            self._newest[other] < self._newest[source] for other in self._open if other != source
        )

    def newest_of(self, source: int) -> bytes:
        """The key of a source's newest line; empty while it has brought none."""
        return self._newest[source]

    @property
    def waits(self) -> bool:
        """Whether any line is held."""
        return bool(self._filled)

    @property
    def newest(self) -> bytes:
        """The key of the newest line of all; what `release` takes to let go of everything there is now."""
        return max(self._newest, default=_NOTHING)

    def ready(self) -> list[bytes]:
        """The lines that nothing can come before any more."""
        if not self._filled:
            return []
        limit, last = min(((self._newest[source], source) for source in self._open), default=(_ALL, 0))
        # A source may go on with lines of the time that it has reached: before those of the sources behind it.
        return self._taken(limit, last)

    def release(self, key: bytes) -> list[bytes]:
        """The lines up to a key, whatever may still come."""
        return self._taken(key, len(self._pending))

    def _taken(self, key: bytes, last: int) -> list[bytes]:
        """Each source's lines up to a key, in order; up to the source `last` those of that key as well."""
        taken: list[bytes] = [] if self._marked else Plain()
        sources = sorted(self._filled)
        for source in sources:
            lines = self._pending[source]
            bisect = bisect_right if source <= last else bisect_left
            count = bisect(lines, key, key=sort_key)
            if count == len(lines):
                taken += lines
                lines.clear()
                self._bytes[source] = 0
                self._filled.discard(source)
                self._marked.discard(source)
            elif count:
                self._bytes[source] -= self._bytes[source] * count // len(lines)
                taken += lines[:count]
                del lines[:count]
        # Stable: equal times stay in the order of the sources. Runs that are ordered in themselves merge at C speed.
        if len(sources) > 1:
            taken.sort(key=sort_key)
        if taken:
            if taken[0][:STAMP] < self._released:
                count = bisect_left(taken, self._released, key=sort_key)
                taken = [*map(_late, taken[:count]), *taken[count:]]
            self._released = max(self._released, taken[-1][:STAMP])
        return taken


class Arrivals(Merge):
    """The same without an order: lines come out as they came in, and none waits."""

    def __init__(self) -> None:
        super().__init__()
        self._arrived: list[bytes] = []

    def feed(self, source: int, lines: list[bytes]) -> None:
        if lines:
            self._arrived += lines
            self._newest[source] = lines[-1][:STAMP]
            self._filled.add(source)

    def ahead(self, source: int) -> bool:  # noqa: ARG002
        return False

    def ready(self) -> list[bytes]:
        arrived, self._arrived = self._arrived, []
        self._filled.clear()
        return arrived

    def release(self, key: bytes) -> list[bytes]:  # noqa: ARG002
        return self.ready()


def _late(line: bytes) -> bytes:
    """The line marked as late. Words of this tool's own know their time in whole seconds only: they are never late."""
    if kind_of(line) is not Kind.LOG:
        return line
    late = marked(line)
    late.late = True
    return late
