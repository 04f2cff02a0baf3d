"""A program's bytes, of which only those sequences go on that pyte knows, in the form that it takes them.

It draws parts of the others as text, waits for the end of some for ever, and raises at too many parameters.
"""

import re

_ENDS = rb"\x07\x18\x1a\x1b"
"""What ends a string: the bell, a cancellation, or the beginning of something else (of which `ESC \\` is usual)."""
_SEQUENCE = re.compile(
    rb"\x1b(?:"
    rb"\[(?P<marker>[<=>?]?)(?P<parameters>[0-9;:]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    rb"|(?P<string>[P^_X\]])(?P<text>[^%b]*)(?:\x07|\x1b\\|\x18|\x1a|(?=\x1b))"
    rb"|(?P<known>[78DEHMc]|[()][0AB])"
    rb"|[ -/]+[0-~]"  # other character sets, among others
    rb"|\[[0-9:;<=>? -/]*"  # broken
    rb"|[0-~]?)" % _ENDS
)
_UNFINISHED = re.compile(rb"\x1b(?:\[[<=>?]?[0-9;:]*[ -/]*|(?P<string>[P^_X\]])[^%b]*\x1b?|[ -/]*)?\Z" % _ENDS)
_STRING_END = re.compile(rb"[%b]" % _ENDS)
_LONGEST = 4096
"""Bytes of a sequence that are waited for. A longer string is passed over, however long it is."""
_MOST: dict[bytes, int] = {
    **{bytes([final]): 1 for final in b"@ABCDEFGJKLMPSTXabcdegn`"},
    **{bytes([final]): 2 for final in b"Hfr"},
    **{bytes([final]): 0 for final in b"su"},
    **{bytes([final]): 32 for final in b"hlm"},
}
"""The sequences that go on, by their last byte, and how many parameters each may have."""
_PRIVATE = b"hlJKn"
_DIGITS = 5
_CONTROLS = bytes(number for number in (*range(0x20), 0x7F) if number not in b"\b\t\n\v\f\r\x0e\x0f\x1b")


class Sequences:
    """Takes bytes as they come; what may be the beginning of a sequence waits for its end."""

    def __init__(self) -> None:
        self._waiting = b""
        self._inside = False
        """Whether a string is being passed over."""

    def passed(self, data: bytes) -> bytes:
        """The bytes for pyte."""
        data = self._waiting + data
        self._waiting = b""
        if self._inside:
            end = _STRING_END.search(data)
            if end is None:
                return b""
            self._inside = False
            data = data[end.start() :]
        if b"\x1b" in data:
            if (unfinished := _UNFINISHED.search(data)) is not None:
                at = unfinished.start()
                if len(data) - at < _LONGEST:
                    self._waiting = data[at:]
                else:
                    self._inside = unfinished["string"] is not None
                data = data[:at] + b"\x1b"  # which may be all that ends what is before it, and is nothing by itself
            data = _SEQUENCE.sub(_translated, data)
        return data.translate(None, _CONTROLS)


def _translated(match: re.Match[bytes]) -> bytes:
    if match["known"]:
        return match.group()
    if match["string"]:
        return b"\x1b]" + match["text"] + b"\x1b\\" if match["string"] == b"]" and _is_title(match["text"]) else b""
    marker, parameters, final = match["marker"], match["parameters"], match["final"]
    most = _MOST.get(final) if final is not None else None
    if most is None or marker not in (b"", b"?") or match["between"] or (marker and final not in _PRIVATE):
        return b""
    if b":" in parameters:
        if final != b"m":
            return b""
        parameters = b";".join(filter(None, map(_colour, parameters.split(b";"))))
    values = [value[-_DIGITS:] if len(value) <= _DIGITS else b"9999" for value in parameters.split(b";")[:most]]
    return b"\x1b[" + marker + b";".join(values) + final


def _is_title(text: bytes) -> bool:
    return text[:2] in (b"0;", b"2;")


def _colour(parameter: bytes) -> bytes:
    """A parameter with sub-parameters (ITU T.416) as xterm's older form: `38:2::1:2:3` is `38;2;1;2;3`."""
    parts = parameter.split(b":")
    if len(parts) == 1:
        return parameter or b"0"
    if parts[0] in (b"38", b"48") and len(parts) > 2:
        kind, values = parts[1], [part for part in parts[2:] if part]
        return b";".join([parts[0], kind, *values[-3 if kind == b"2" else -1 :]])
    if parts[0] == b"4":  # an underline's kind; 0 is none
        return b"24" if parts[1] == b"0" else b"4"
    return b""  # its colour (58), and what is unknown
