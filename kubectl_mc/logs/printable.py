"""Decoded text made safe to show: JSON may hold a terminal's commands, written out."""

import re

HIDDEN = (
    "\x00-\x08\x0a-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
"""Controls, and what reorders or hides text without being seen, as `render.text` has it; but a log's tabs stay."""
_UNPRINTABLE = re.compile(f"[{HIDDEN}]")


def printable(text: str) -> str:
    """`text` with everything that could move a cursor, change a colour or deceive an eye written out as an escape."""
    return _UNPRINTABLE.sub(_escape, text)


def lines_of(text: str) -> list[str]:
    """The lines of a text, each printable; line breaks at its ends are dropped."""
    return [printable(line.rstrip("\r")) for line in text.strip("\r\n").split("\n")]


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
