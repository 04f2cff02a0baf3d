"""Rows of text with colours (SGR), made into strips, and broken at a width.

Whatever else a row may hold is text: line separators, zero-width and bidirectional characters are written out.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest

from rich.ansi import SGR_STYLE_MAP
from rich.cells import cell_len, split_graphemes
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from kubectl_mc.render.text import printable
from kubectl_mc.tui.contrast import Grounds, readable

_SGR = re.compile(r"\x1b\[([0-9;:]*)m")
_TAB = 8
_COLOURS = {38: "color", 48: "bgcolor"}
_CONCEAL = 8
"""Text that is there and is not to be seen: it is shown."""


def strip_of_row(row: bytes, base: Style, grounds: Grounds | None = None) -> Strip:
    """A row whose only control sequences are colours, on a ground; with `grounds` they can be read on all of these."""
    segments: list[Segment] = []
    own, column = Style.null(), 0
    shown_as = own
    pieces = _SGR.split(row.decode(errors="replace"))
    for text, codes in zip_longest(pieces[::2], pieces[1::2]):
        if text:
            shown, column = _spread(text, column)
            segments.append(Segment(shown, base + shown_as))
        if codes is not None:
            own = _after(own, codes)
            shown_as = readable(own, grounds) if grounds is not None else own
    return Strip(segments, column)


def wrapped(strip: Strip, width: int) -> Sequence[Strip]:
    """A strip in rows of a width; a character of two columns is never cut."""
    if strip.cell_length <= width:
        return [strip]
    text = strip.text
    cuts = list(range(width, strip.cell_length, width)) if text.isascii() else list(_cuts(text, width))
    return strip.divide([*cuts, strip.cell_length])


def _cuts(text: str, width: int) -> Iterator[int]:
    """The columns at which rows end."""
    column = start = 0
    for _, _, cells in split_graphemes(text)[0]:
        if column + cells - start > width and column > start:
            yield column
            start = column
        column += cells


def _spread(text: str, column: int) -> tuple[str, int]:
    """A text with blanks for its tabs, that begins in a column; and the column behind it."""
    if text.isascii() and text.isprintable():
        return text, column + len(text)
    shown = []
    for number, piece in enumerate(text.split("\t")):
        if number:
            blanks = _TAB - column % _TAB
            shown.append(" " * blanks)
            column += blanks
        safe = printable(piece)
        shown.append(safe)
        column += cell_len(safe)
    return "".join(shown), column


@lru_cache(maxsize=1024)
def _after(own: Style, codes: str) -> Style:
    """A style after a colour sequence (ECMA-48, SGR); what is not known in it changes nothing."""
    given = iter(codes.split(";"))
    for code in given:
        head, *rest = code.split(":")
        number = _number(head)
        if number in _COLOURS:
            colour = _colour(iter([part for part in rest if part]) if rest else given)
            if colour is not None:
                own += Style(**{_COLOURS[number]: colour})  # type: ignore[arg-type]
        elif number == 0:
            own = Style.null()
        elif number != _CONCEAL and (known := SGR_STYLE_MAP.get(number)) is not None:
            own += Style.parse(known)
    return own


def _colour(numbers: Iterator[str]) -> Color | None:
    """The colour of `5;N` or `2;R;G;B`; None if it is none."""
    form = next(numbers, "")
    parts = [_number(next(numbers, "")) for _ in range({"5": 1, "2": 3}.get(form, 0))]
    if not parts or not all(0 <= part <= 255 for part in parts):
        return None
    return Color.from_ansi(parts[0]) if form == "5" else Color.from_rgb(*parts)


def _number(code: str) -> int:
    """A code's number, 0 for an empty one, -1 for what is none."""
    return int(code or 0) if len(code) <= 3 and (not code or code.isdigit()) else -1
