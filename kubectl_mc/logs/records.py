"""Which lines of a container belong together: one and those that continue it, by how they begin and when they came."""

import re
from operator import itemgetter

from kubectl_mc.logs.line import MESSAGE

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
_DAY = len("2026-01-01")
_SECOND = len("2026-01-01T00:00:00")


class Records:
    """Tells of one source's lines, one after the other, whether they continue the one before."""

    def __init__(self) -> None:
        self._traceback = False
        self._indented = False
        """Whether the last line was the indented one of a record."""

    @property
    def open(self) -> bool:
        """Whether the next line may continue a record that only what came before tells of."""
        return self._indented or self._traceback

    def continues(self, message: bytes, stamp: bytes, last: bytes | None) -> bool:
        """Whether a line belongs to the record of the line before, whose time is `last`; None where there is none."""
        near = last is not None and _is_near(last, stamp)
        closes = near and (
            (self._traceback and _CLOSES.match(message) is not None)
            or (self._indented and _BRACKETS.match(message) is not None)
        )
        goes_on = near and _CONTINUES.match(message) is not None
        # It may begin a record of its own, of which the rest has to be known as well.
        self._traceback = message.startswith(b"Traceback (most recent") or (goes_on and self._traceback)
        self._indented = goes_on and message[0] in _BLANKS
        return closes or goes_on


def may_have_records(whole: bytes, lines: list[bytes]) -> bool:
    """Whether a block may have lines that continue others, by the bytes that its messages begin with."""
    try:
        firsts = set(map(_first_byte, lines))
    except IndexError:  # one is too short for a time
        return True
    return bool(firsts & _BLANKS) or any(_RECORD_PARTS[first] in whole for first in firsts & _RECORD_PARTS.keys())


def _is_near(last: bytes, stamp: bytes) -> bool:
    """Whether a time is that of the same moment as the last one, or an earlier one."""
    if stamp[:_DAY] == last[:_DAY]:
        return _seconds(stamp) - _seconds(last) <= _RECORD_SECONDS
    return stamp < last or (last[_DAY:_SECOND] == b"T23:59:59" and stamp[_DAY:_SECOND] == b"T00:00:00")


def _seconds(stamp: bytes) -> int:
    """Seconds of the day."""
    return int(stamp[11:13]) * 3600 + int(stamp[14:16]) * 60 + int(stamp[17:19])
