"""Text that comes from a cluster, made safe to show and cut to size."""

import re

from rich.cells import cell_len, set_cell_size

# Controls, and what reorders or hides text without being seen: bidirectional marks and overrides, soft hyphens,
# zero-width characters, line and paragraph separators, the byte order mark, annotations, lone surrogates and tags.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def printable(text: str) -> str:
    """`text` with everything that could move a cursor, change a colour or deceive an eye written out as an escape."""
    return _UNPRINTABLE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def one_line(text: str) -> str:
    """`text` printable and on one line; line breaks and tabs become a space."""
    pieces = (piece.strip(" \t") for piece in re.split(r"[\r\n]+", text.strip()))
    return printable(" ".join(pieces).replace("\t", " "))


def lines_of(text: str) -> list[str]:
    """The lines of a message, each printable; empty ones at its ends are dropped."""
    return [printable(line.replace("\t", "    ").rstrip("\r")) for line in text.strip("\r\n").split("\n")]


def width_of(text: str) -> int:
    """How many columns of a terminal `text` takes."""
    return cell_len(text)


def fitted(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` cut to `width` columns, with an ellipsis in place of what is gone."""
    if cell_len(text) <= width:
        return text
    if width <= cell_len(ellipsis):
        return ellipsis[: max(width, 0)]
    return set_cell_size(text, width - cell_len(ellipsis)).rstrip() + ellipsis


def fitted_end(text: str, width: int, ellipsis: str = "…") -> str:
    """As `fitted`, but the end is kept: of an image's name that is what tells it apart."""
    if cell_len(text) <= width:
        return text
    room = width - cell_len(ellipsis)
    if room <= 0:
        return ellipsis[: max(width, 0)]
    kept = text[-4 * room :]  # hardly anything that is one column wide takes more characters
    while kept and (cell_len(kept) > room or not cell_len(kept[0])):  # no accent without its letter
        kept = kept[1:]
    return ellipsis + kept


def fitted_middle(text: str, width: int, ellipsis: str = "…") -> str:
    """As `fitted`, but both ends are kept: a pod's name begins with its workload and ends with what tells it apart."""
    room = width - cell_len(ellipsis)
    if cell_len(text) <= width or room < 2:
        return fitted(text, width, ellipsis)
    end = fitted_end(text, room // 2, "")
    return set_cell_size(text, room - cell_len(end)).rstrip() + ellipsis + end


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns, broken at spaces where there are any."""
    if cell_len(text) <= width:
        return [text]
    lines: list[str] = []
    line: str | None = None
    for word in text.split(" "):
        candidate = word if line is None else f"{line} {word}"  # an indented text keeps its blanks
        if cell_len(candidate) <= width:
            line = candidate
            continue
        if line is not None and not line.isspace():
            lines.append(line.rstrip())
        *full, line = _chopped(word, width)
        lines += full
    return [*lines, line or ""]


def _chopped(word: str, width: int) -> list[str]:
    """A word in pieces of at most `width` columns."""
    pieces = [""]
    for character in word:
        if pieces[-1] and cell_len(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
