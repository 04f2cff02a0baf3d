"""One source's blocks of bytes made into lines that can be ordered."""

import re
from datetime import UTC, datetime, timedelta, timezone
from operator import itemgetter

from kubectl_mc.logs.line import MESSAGE, STAMP, STAMPED, Kind, Marked, told

_BLANKS = frozenset(b" \t")
_RECORD_PARTS = {b"C"[0]: b"Z Caused by: ", b"T"[0]: b"Z Traceback (", b"g"[0]: b"Z goroutine ", b"."[0]: b"Z ... "}
"""By its first byte what else may continue a record; looked for in a block only where a line begins so."""
_CONTINUES = re.compile(rb"[ \t]+\S|Caused by: |Traceback \(most recent call last\)|goroutine \d+ \[|\.\.\. \d+ more")
_CLOSES = re.compile(rb"[\w.]+(?:Error|Exception|Warning|Interrupt|Exit|Iteration)\b")
"""The last line of a Python traceback, the only one that is not indented."""
_BRACKETS = re.compile(rb"[}\])]+[,;]?\s*$")
"""What ends an indented JSON document or call, not indented itself."""
_first_byte = itemgetter(MESSAGE)
_RECORD_SECONDS = 1
"""Lines of one record are written in one go; what comes later only looks alike."""
_EARLIEST = b"0" * STAMP
_DAY = len("2026-01-01")
_SECOND = len("2026-01-01T00:00:00")


class Intake:
    """Reads one source. Lines of a source never change places among themselves."""

    def __init__(self, tag: bytes) -> None:
        self._tag = tag
        self._parts: list[bytes] = []
        self._last = _EARLIEST
        self._traceback = False
        self._indented = False
        """Whether the last line was the indented one of a record."""
        self.plain = True
        """Whether the lines that were taken last have nothing to be said about them: none is `Marked`."""

    def take(self, block: bytes) -> list[bytes]:
        """The lines that a block completes. What follows its last line break waits for the next one."""
        cut = block.rfind(b"\n") + 1
        if not cut:
            self._parts.append(block)
            return []
        whole = b"".join((*self._parts, block[:cut]))
        self._parts = [block[cut:]] if cut < len(block) else []
        return self._lines(whole)

    def drop(self) -> None:
        """The stream broke off: what has come of a line will come again, whole."""
        self._parts = []

    def end(self) -> list[bytes]:
        """The last line, where it had no line break."""
        rest = b"".join(self._parts)
        self._parts = []
        return self._lines(rest + b"\n") if rest else []

    def _lines(self, whole: bytes) -> list[bytes]:
        lines = whole.replace(b"\n", self._tag + b"\n").split(b"\n")
        lines.pop()
        # Times that rise from one good one to another leave no room for a line without a time between them. Lines
        # begin with their times, so if they are sorted as a whole, the times rise; to sort what is sorted is cheap.
        self.plain = (
            self._last <= lines[0][:STAMP]
            and not (self._indented or self._traceback)
            and _utc(lines[0])
            and _utc(lines[-1])
            and lines == sorted(lines)
            and not _has_records(whole, lines)
        )
        if self.plain:
            self._last = lines[-1][:STAMP]
            return lines
        return [self._placed(line) for line in lines]

    def _placed(self, line: bytes) -> bytes:
        """A line with the time that it sorts by."""
        match = STAMPED.match(line)
        stamp = None
        if match is not None:
            stamp = line[:STAMP] if match[3] == b"Z" else _in_utc(match)
        if match is None or stamp is None:
            words = line[: -len(self._tag)].decode(errors="replace")
            return told(Kind.ERROR, self._last, words, self._tag)
        continues = self._continues(line[match.end() : -len(self._tag)], stamp)
        key = self._last if continues else max(stamp, self._last)
        self._last = key
        if key == line[:STAMP] and not continues:
            return line
        moved = Marked(key + b" " + line[match.end() :])
        moved.stamp, moved.continues = stamp, continues
        return moved

    def _continues(self, message: bytes, stamp: bytes) -> bool:
        """Whether a line belongs to the record of the line before."""
        near = self._last != _EARLIEST and _is_near(self._last, stamp)
        closes = near and (
            (self._traceback and _CLOSES.match(message) is not None)
            or (self._indented and _BRACKETS.match(message) is not None)
        )
        goes_on = near and _CONTINUES.match(message) is not None
        # It may begin a record of its own, of which the rest has to be known as well.
        self._traceback = message.startswith(b"Traceback (most recent") or (goes_on and self._traceback)
        self._indented = goes_on and message[0] in _BLANKS
        return closes or goes_on


def _has_records(whole: bytes, lines: list[bytes]) -> bool:
    """Whether a block may have lines that continue others, by the bytes that its messages begin with."""
    try:
        firsts = set(map(_first_byte, lines))
    except IndexError:  # one is too short for a time
        return True
    return bool(firsts & _BLANKS) or any(_RECORD_PARTS[first] in whole for first in firsts & _RECORD_PARTS.keys())


def _utc(line: bytes) -> bool:
    match = STAMPED.match(line)
    return match is not None and match[3] == b"Z"


def _is_near(last: bytes, stamp: bytes) -> bool:
    """Whether a time is that of the same moment as the last one, or an earlier one."""
    if stamp[:_DAY] == last[:_DAY]:
        return _seconds(stamp) - _seconds(last) <= _RECORD_SECONDS
    return stamp < last or (last[_DAY:_SECOND] == b"T23:59:59" and stamp[_DAY:_SECOND] == b"T00:00:00")


def _seconds(stamp: bytes) -> int:
    """Seconds of the day."""
    return int(stamp[11:13]) * 3600 + int(stamp[14:16]) * 60 + int(stamp[17:19])


def _in_utc(match: re.Match[bytes]) -> bytes | None:
    """A time with a node's own offset, in UTC; None for one that no calendar has."""
    hours, minutes = int(match[3][:3]), int(match[3][:1] + match[3][4:])
    try:
        zone = timezone(timedelta(hours=hours, minutes=minutes))
        moment = datetime.fromisoformat(match[1].decode()).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{match[2].decode()}Z".encode()
