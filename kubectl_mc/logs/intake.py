"""One source's blocks of bytes made into lines that can be ordered."""

import re
from datetime import UTC, datetime, timedelta, timezone
from itertools import zip_longest

from kubectl_mc.logs.line import STAMP, STAMPED, Kind, Marked, Plain, marked, told
from kubectl_mc.logs.records import Records, may_have_records

_EARLIEST = b"0" * STAMP


class Intake:
    """Reads one source. Lines of a source never change places among themselves."""

    def __init__(self, tag: bytes) -> None:
        self._tag = tag
        self._parts: list[bytes] = []
        self._last = _EARLIEST
        self._records = Records()

    def take(self, block: bytes) -> list[bytes]:
        """The lines that a block completes, `Plain` if none is `Marked`. What follows its last line break waits."""
        if b"\n" not in block:
            self._parts.append(block)
            return []
        tagged = b"".join((*self._parts, block)).replace(b"\n", self._tag + b"\n")
        lines = tagged.split(b"\n")
        rest = lines.pop()
        self._parts = [rest] if rest else []
        return self._lines(lines, tagged, len(tagged) - len(rest) - len(lines))

    def drop(self) -> None:
        """The stream broke off: what has come of a line will come again, whole."""
        self._parts = []

    def end(self) -> list[bytes]:
        """The last line, where it had no line break."""
        rest = b"".join(self._parts)
        self._parts = []
        if not rest:
            return []
        last = marked(self._lines([rest + self._tag], rest, len(rest) + len(self._tag))[0])
        last.unbroken = last.kind is Kind.LOG
        return [last]

    def _lines(self, lines: list[bytes], whole: bytes, size: int) -> list[bytes]:
        # Times that rise from one good one to another leave no room for a line without a time between them. Lines
        # begin with their times, so if they are sorted as a whole, the times rise; to sort what is sorted is cheap.
        if (
            self._last <= lines[0][:STAMP]
            and not self._records.open
            and _utc(lines[0])
            and _utc(lines[-1])
            and lines == sorted(lines)
            and not may_have_records(whole, lines)
        ):
            self._last = lines[-1][:STAMP]
            self._records.pass_by(lines[-1])
            return Plain(lines, size)
        return [self._placed(line, behind) for line, behind in zip_longest(lines, lines[1:])]

    def _placed(self, line: bytes, behind: bytes | None) -> bytes:
        """A line with the time that it sorts by; `behind` is the next one of its block."""
        match = STAMPED.match(line)
        stamp = None
        if match is not None:
            stamp = line[:STAMP] if match[3] == b"Z" else _in_utc(match)
        if match is None or stamp is None:
            words = line[: -len(self._tag)].decode(errors="replace")
            return told(Kind.ERROR, self._last, words, self._tag)
        continues = self._records.continues(line[match.end() : -len(self._tag)], stamp, behind)
        key = self._last if continues else max(stamp, self._last)
        self._last = key
        if key == line[:STAMP] and not continues:
            return line
        moved = Marked(key + b" " + line[match.end() :])
        moved.stamp, moved.continues = stamp, continues
        return moved


def _utc(line: bytes) -> bool:
    match = STAMPED.match(line)
    return match is not None and match[3] == b"Z"


def _in_utc(match: re.Match[bytes]) -> bytes | None:
    """A time with a node's own offset, in UTC; None for one that no calendar has."""
    hours, minutes = int(match[3][:3]), int(match[3][:1] + match[3][4:])
    try:
        zone = timezone(timedelta(hours=hours, minutes=minutes))
        moment = datetime.fromisoformat(match[1].decode()).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{match[2].decode()}Z".encode()
