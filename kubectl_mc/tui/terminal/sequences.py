"""A program's bytes, brought into the form that pyte knows: it draws parts of what it doesn't know as text."""

import re

_SEQUENCE = re.compile(
    rb"\x1b\[(?P<marker>[<=>?]?)(?P<parameters>[0-9;:]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    rb"|\x1b[P^_X][^\x1b\x07]*(?:\x1b\\|\x07)"  # device controls and other strings: answers to nobody
    rb"|\x1b\][^\x1b\x07]*(?:\x1b\\|\x07)"
    rb"|\x1b[ -/]+[0-~]"
)
_UNFINISHED = re.compile(rb"\x1b(?:\[[<=>?]?[0-9;:]*[ -/]*|[P^_X\]][^\x1b\x07]*(?:\x1b)?|[ -/]*)?\Z")
_LONGEST = 4096
"""Bytes of a sequence that may be waited for; more is no sequence."""
_KNOWN = frozenset(b"@ABCDEFGHJKLMPXacdefghlmnr`bSTsu")


class Sequences:
    """Takes bytes as they come; what may be the beginning of a sequence waits for its end."""

    def __init__(self) -> None:
        self._waiting = b""

    def passed(self, data: bytes) -> bytes:
        """The bytes for pyte."""
        data = self._waiting + data
        unfinished = _UNFINISHED.search(data)
        at = unfinished.start() if unfinished is not None and len(data) - unfinished.start() < _LONGEST else len(data)
        self._waiting = data[at:]
        return _SEQUENCE.sub(_translated, data[:at])


def _translated(match: re.Match[bytes]) -> bytes:
    sequence = match.group()
    if sequence[:2] == b"\x1b]":
        return sequence if sequence[2:4] in (b"0;", b"2;") else b""
    if sequence[:2] != b"\x1b[":
        return sequence if sequence[1:2] in b"()" and len(sequence) == 3 else b""
    marker, final = match["marker"], match["final"]
    if marker not in (b"", b"?") or match["between"] or final[0] not in _KNOWN:
        return b""
    if marker == b"?" and final not in b"hlJKn":
        return b""
    if final == b"m" and b":" in match["parameters"]:
        return b"\x1b[" + b";".join(_colour(part) for part in match["parameters"].split(b";")) + b"m"
    return sequence


def _colour(parameter: bytes) -> bytes:
    """A parameter with sub-parameters (ITU T.416) as xterm's older form: `38:2::1:2:3` is `38;2;1;2;3`."""
    parts = parameter.split(b":")
    if parts[0] in (b"38", b"48") and len(parts) > 2:
        kind, values = parts[1], [part for part in parts[2:] if part]
        return b";".join([parts[0], kind, *values[-3 if kind == b"2" else -1 :]])
    return b"24" if parameter == b"4:0" else parts[0]
