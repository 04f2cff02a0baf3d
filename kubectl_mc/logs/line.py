"""The form in which a line travels: its time, a space, its bytes, and two bytes that name its source.

    2026-01-01T00:00:00.123456789Z GET /ready 200\\x01\\x02

Lines sort by their first 30 bytes, which are always UTC with nine digits. The time is the kubelet's; a line that was
moved, to keep its source's order or its record together, sorts by another one and is `Marked` with its own.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from operator import itemgetter

STAMP = 30
"""Bytes of a time."""
MESSAGE = STAMP + 1
"""Where a message begins."""
TAG = 2
"""Bytes at the end that name the source."""
TAGS = 254 * 254
"""So many sources can be told apart."""

sort_key = itemgetter(slice(None, STAMP))
"""What lines are ordered by."""
source_tag = itemgetter(slice(-TAG, None))
"""Which source a line is from."""


def stamp_at(time: datetime, nanoseconds: int = 0) -> bytes:
    """A time in the form that lines sort by; `nanoseconds` are those beyond its microsecond."""
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}{nanoseconds:03d}Z".encode()


@dataclass(frozen=True, slots=True)
class Bound:
    """The first or the last moment that is asked for, as exact as lines are."""

    time: datetime
    stamp: bytes


STAMPED = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{9})(Z|[+-]\d\d:\d\d) ")
"""The beginning of a line as the kubelet writes it (`cri-client/pkg/logs/logs.go`: RFC 3339, nine digits)."""


class Kind(StrEnum):
    """What a line is; the words are those of the machine output."""

    LOG = "log"
    EVENT = "event"
    LIFECYCLE = "lifecycle"
    GAP = "gap"
    ERROR = "error"


class Marked(bytes):
    """A line of which more is to be said than its bytes do; most lines are bytes alone."""

    kind = Kind.LOG
    """Other than `LOG`: no container wrote it. It says what happened to one, or what the kubelet says in its place."""
    stamp: bytes | None = None
    """The line's own time, where it sorts by another one."""
    continues = False
    """Whether it belongs to the record of its source's line before."""
    late = False
    """Whether later lines of other sources have gone out before it."""
    unbroken = False
    """Whether the container wrote no line break behind it: its log ends in the middle of a line."""


class Plain(list[bytes]):
    """Lines of which none is `Marked`.

    Who cuts or merges lines knows that at once, and `size` as well: their bytes, 0 where nobody has counted. To look
    at every line for either is a twentieth of all that is done to it.
    """

    def __init__(self, lines: Iterable[bytes] = (), size: int = 0) -> None:
        super().__init__(lines)
        self.size = size


def any_marked(lines: list[bytes]) -> bool:
    """Whether any of the lines has to be looked at alone."""
    return not isinstance(lines, Plain) and Marked in set(map(type, lines))


def size_of(lines: list[bytes]) -> int:
    """How many bytes they are."""
    return (lines.size if isinstance(lines, Plain) else 0) or sum(map(len, lines))


def batches(lines: list[bytes], count: int) -> Iterator[list[bytes]]:
    """The lines, so many at a time."""
    for start in range(0, len(lines), count):
        batch = lines[start : start + count]
        yield Plain(batch) if isinstance(lines, Plain) else batch


def told(kind: Kind, key: bytes, message: str, tag: bytes) -> Marked:
    """A line of this tool's own, sorted at `key`."""
    line = Marked(key + b" " + message.encode(errors="replace").replace(b"\n", b" ") + tag)
    line.kind = kind
    return line


def kind_of(line: bytes) -> Kind:
    """What a line is."""
    return line.kind if isinstance(line, Marked) else Kind.LOG


def continues(line: bytes) -> bool:
    """Whether a line belongs to the record of its source's line before."""
    return isinstance(line, Marked) and line.continues


def late(line: bytes) -> bool:
    """Whether a line came after later ones had gone out."""
    return isinstance(line, Marked) and line.late


def unbroken(line: bytes) -> bool:
    """Whether a line ends without a line break."""
    return isinstance(line, Marked) and line.unbroken


def marked(line: bytes) -> Marked:
    """The line as one of which more can be said; what is said of it already stays."""
    more = Marked(line)
    if isinstance(line, Marked):
        more.kind, more.stamp = line.kind, line.stamp
        more.continues, more.late, more.unbroken = line.continues, line.late, line.unbroken
    return more


def stamp_of(line: bytes) -> bytes:
    """A line's own time."""
    return (line.stamp if isinstance(line, Marked) else None) or line[:STAMP]


def message_of(line: bytes) -> bytes:
    """What the container wrote."""
    return line[MESSAGE:-TAG]


def tag_of(number: int) -> bytes:
    """The two bytes of a source, by its number below `TAGS`: no two are alike, and none is a line break."""
    high, low = divmod(number, 254)
    return bytes((_no_break(high), _no_break(low)))


def _no_break(digit: int) -> int:
    return digit + 1 if digit < 9 else digit + 2  # 1 to 9, then from 11 on: 10 is the line break
