"""The kubelet's times as a person wants to read them."""

import re
from datetime import UTC, datetime, tzinfo
from typing import Literal

from kubectl_mc.logs.line import STAMP

Form = Literal["short", "full"]

_SECOND = len(b"2026-01-01T00:00:00")
_MILLISECONDS = slice(_SECOND, len(b"2026-01-01T00:00:00.123"))
_FRACTION = slice(_SECOND, STAMP - 1)
_well_formed = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z").fullmatch


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
