"""Times as a person wants to read them: the kubelet's, and those that a container wrote itself."""

import re
from datetime import UTC, datetime, tzinfo
from typing import Literal

from kubectl_mc.logs.line import STAMP

Form = Literal["short", "full"]

_SECOND = len(b"2026-01-01T00:00:00")
_MILLISECONDS = slice(_SECOND, len(b"2026-01-01T00:00:00.123"))
_FRACTION = slice(_SECOND, STAMP - 1)
_well_formed = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z").fullmatch
_rfc_3339 = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:?\d\d)", re.ASCII).fullmatch
_epoch = re.compile(r"(\d{10})((?:\d{3}){0,3})(?:\.(\d+))?", re.ASCII).fullmatch
"""Seconds, milli-, micro- or nanoseconds: whatever lies between 2001 and 2286."""


class Stamps:
    """Shows times in a zone.

    Args:
        form: "full" for the date, nine digits and the offset (RFC 3339), "short" for 12:00:00.123.
        zone: None for the machine's own, with the offset that it had at each time.
    """

    def __init__(self, form: Form, zone: tzinfo | None) -> None:
        self._form = form
        self._zone = zone
        self._second = b""
        self._shown = b"", b""
        """What stands before and behind the fraction in the second of the last line: most lines share theirs."""

    def shown(self, stamp: bytes) -> bytes:
        """A time of the form 2026-01-01T00:00:00.123456789Z; anything else is given back as it is."""
        if not _well_formed(stamp):
            return stamp
        second = stamp[:_SECOND]
        if second != self._second:
            try:
                self._shown = self._around(second.decode())
            except (ValueError, OverflowError, OSError):  # a 61st second, or beyond the calendar
                return stamp
            self._second = second
        before, behind = self._shown
        return before + stamp[_MILLISECONDS] if self._form == "short" else before + stamp[_FRACTION] + behind

    def _around(self, second: str) -> tuple[bytes, bytes]:
        moment = datetime.fromisoformat(second).replace(tzinfo=UTC).astimezone(self._zone)
        if self._form == "short":
            return f"{moment:%H:%M:%S}".encode(), b""
        shown = moment.isoformat()
        return shown[:_SECOND].encode(), shown[_SECOND:].encode() if moment.utcoffset() else b"Z"


def rfc_3339_clock(written: str, zone: tzinfo | None) -> str | None:
    """12:00:00.123 in a zone, the machine's own for None; None for what is no time with an offset."""
    match = _rfc_3339(written)
    if match is None:
        return None
    date, clock, fraction, offset = match.groups("")
    try:
        moment = datetime.fromisoformat(f"{date}T{clock}{offset}").astimezone(zone)
    except (ValueError, OverflowError, OSError):
        return None
    return _clock(moment, fraction)


def epoch_clock(number: str, zone: tzinfo | None) -> str | None:
    """The same for a number since 1970; its size tells the unit, and one that is none of today's is no time."""
    match = _epoch(f"{float(number):.6f}" if "e" in number.lower() else number)
    if match is None:
        return None
    seconds, *fraction = match.groups("")
    return _clock(datetime.fromtimestamp(int(seconds), UTC).astimezone(zone), "".join(fraction))


def _clock(moment: datetime, fraction: str) -> str:
    return f"{moment:%H:%M:%S}.{fraction[:3]:0<3}"
