"""Ordered lines as bytes to write: prefixed and, on a terminal, harmless; or a JSON object each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii

from kubectl_mc.logs.line import MESSAGE, TAG, Kind, Told, kind_of, message_of, source_tag, stamp_of

_UNSAFE = re.compile(
    rb"\x1b\[[0-9;:]*m"  # a colour: it stays
    rb"|\x1b\[[0-?]*[ -/]*[@-~]"  # any other control sequence
    rb"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # a title, a link, the clipboard
    rb"|\x1b.?"
    rb"|[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]"
)
"""Colours, then what does more to a terminal than colour."""
_RESET = b"\x1b[0m"


@dataclass(frozen=True, slots=True)
class Name:
    """Whose line it is."""

    namespace: str
    pod: str
    container: str


@dataclass(frozen=True)
class Show:
    """How lines are to look.

    Args:
        prefixes: by tag what stands in front of a source's lines.
        stamps: whether the time stands between the prefix and the message.
        terminal: whether a person's terminal has to be kept safe.
    """

    prefixes: Mapping[bytes, bytes]
    stamps: bool = False
    terminal: bool = False

    def text(self, lines: list[bytes]) -> bytes:
        """The lines with their prefixes and line breaks."""
        prefixes = self.prefixes
        if self.stamps or self.terminal or Told in set(map(type, lines)):
            shown = [prefixes[source_tag(line)] + self._one(line) for line in lines]
        else:
            shown = [prefixes[line[-TAG:]] + line[MESSAGE:-TAG] for line in lines]
        shown.append(b"")
        return b"\n".join(shown)

    def _one(self, line: bytes) -> bytes:
        message = message_of(line)
        if kind_of(line) is not Kind.LOG:
            message = "── ".encode() + message + " ──".encode()
        if self.terminal:
            message = harmless(message)
        return stamp_of(line) + b" " + message if self.stamps else message


def harmless(message: bytes) -> bytes:
    """A message that can only colour its own line on a terminal; of `\\r` progress the last state is left."""
    if b"\r" in message:
        message = message.rstrip(b"\r").rpartition(b"\r")[2]
    coloured = False

    def safe(match: re.Match[bytes]) -> bytes:
        nonlocal coloured
        found = match.group()
        if found.endswith(b"m") and found.startswith(b"\x1b["):
            coloured = True
            return found
        return b"" if found.startswith(b"\x1b") else b"\\x%02x" % found[-1]

    message = _UNSAFE.sub(safe, message)
    return message + _RESET if coloured else message


def as_json(lines: list[bytes], names: Mapping[bytes, Name]) -> bytes:
    """An object a line, as the contract of `logs -o json` has it."""
    ends = {tag: _json_end(name) for tag, name in names.items()}
    found = []
    for line in lines:
        # The whole object by json.dumps takes five times as long.
        message = encode_basestring_ascii(line[MESSAGE:-TAG].decode(errors="replace"))
        head = f'{{"type": "{kind_of(line).value}", "time": "{stamp_of(line).decode()}", '
        found.append(f"{head}{ends[line[-TAG:]]}{message}}}\n")
    return "".join(found).encode()


def _json_end(name: Name) -> str:
    words = {"namespace": name.namespace, "pod": name.pod, "container": name.container}
    return "".join(f'"{key}": {encode_basestring_ascii(value)}, ' for key, value in words.items()) + '"message": '
