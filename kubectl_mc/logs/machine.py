"""Ordered lines for programs: an object a line, as the contract of `logs -o json` has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring

from kubectl_mc.logs.line import MESSAGE, STAMP, TAG, any_marked, kind_of, late, message_of, source_tag, stamp_of

_BETWEEN = "\ue000"
"""Stands between messages while they are made into JSON strings all at once; JSON leaves it as it is."""


@dataclass(frozen=True, slots=True)
class Name:
    """Whose line it is."""

    namespace: str
    pod: str
    container: str
    """Empty for a pod as a whole."""


def as_json(lines: list[bytes], names: Mapping[bytes, Name]) -> bytes:
    """The lines as objects, each on a line of its own."""
    if any_marked(lines):
        ends = {tag: _end(name) for tag, name in names.items()}
        return "".join(_one(line, ends[source_tag(line)]) for line in lines if line).encode()
    messages = _BETWEEN.join([line[MESSAGE:-TAG].decode(errors="replace") for line in lines])
    # A string is encoded in C; thousands at once cost less than each alone.
    strings = encode_basestring(messages)[1:-1].split(_BETWEEN)
    if len(strings) != len(lines):  # a message has that very character
        strings = [_string(line[MESSAGE:-TAG])[1:-1] for line in lines]
    ends = {tag: f'Z", {_end(name)}"' for tag, name in names.items()}
    times = b"".join([line[: STAMP - 1] for line in lines]).decode(errors="replace")
    width = STAMP - 1
    return "".join(
        [
            f'{{"type": "log", "time": "{times[at : at + width]}{ends[line[-TAG:]]}{string}"}}\n'
            for at, line, string in zip(range(0, len(times), width), lines, strings, strict=True)
        ]
    ).encode()


def _one(line: bytes, end: str) -> str:
    head = f'{{"type": "{kind_of(line).value}", "time": "{stamp_of(line).decode(errors="replace")}", '
    more = ', "late": true' if late(line) else ""
    return f"{head}{end}{_string(message_of(line))}{more}}}\n"


def _end(name: Name) -> str:
    container = encode_basestring(name.container) if name.container else "null"
    whose = f'"namespace": {encode_basestring(name.namespace)}, "pod": {encode_basestring(name.pod)}'
    return f'{whose}, "container": {container}, "message": '


def _string(message: bytes) -> str:
    return encode_basestring(message.decode(errors="replace"))
