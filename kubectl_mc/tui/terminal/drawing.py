"""A row of a terminal's cells, drawn."""

import re
from collections.abc import Iterator, Sequence

from pyte.screens import Char
from rich.cells import cell_len
from rich.color import ANSI_COLOR_NAMES
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

_BLANK = Char(" ")
_STYLES: dict[Char, Style] = {}
_HEX = re.compile(r"[0-9a-f]{6}")
_MOST_STYLES = 4096
_NAMED = {"brown": "yellow", "brightbrown": "bright_yellow", "bfightmagenta": "bright_magenta"}
"""pyte's own words for some of the sixteen colours."""


def drawn(
    cells: Sequence[Char | None], columns: int, base: Style, *, cursor: int | None, marked: range = range(0)
) -> Strip:
    """A row on a ground.

    Args:
        cursor: the column that it stands on, if it is in this row and to be seen.
        marked: the columns that somebody has chosen to copy.
    """
    segments: list[Segment] = []
    run, style_of_run = "", base
    x = 0
    for char, width in whole(cells, columns):
        style = base if char is _BLANK else base + _style(char)
        at_cursor = cursor is not None and x <= cursor < x + width
        if at_cursor or x in marked:
            style += Style(reverse=not char.reverse)
        if style is not style_of_run and style != style_of_run:
            if run:
                segments.append(Segment(run, style_of_run))
            run, style_of_run = "", style
        run += char.data
        x += width
    segments.append(Segment(run, style_of_run))
    return Strip(segments, columns)


def whole(cells: Sequence[Char | None], columns: int) -> Iterator[tuple[Char, int]]:
    """The characters with their widths, `columns` in all: of a wide one that was half overwritten nothing is left."""
    x = 0
    while x < columns:
        char = (cells[x] if x < len(cells) else None) or _BLANK
        if char.data.isascii():
            if len(char.data) != 1:  # the second half of a wide one that is gone
                char = char._replace(data=" ")
            width = 1
        else:
            width = cell_len(char.data)
            after = cells[x + 1] if x + 1 < min(columns, len(cells)) else _BLANK
            if width != 1 and not (width == 2 and after is not None and not after.data):
                char, width = char._replace(data=" "), 1
        yield char, width
        x += width


def _style(char: Char) -> Style:
    """How a character looks, by all of it but its letter."""
    key = char._replace(data="")
    style = _STYLES.get(key)
    if style is None:
        style = Style(
            color=_color(char.fg),
            bgcolor=_color(char.bg),
            bold=char.bold or None,
            italic=char.italics or None,
            underline=char.underscore or None,
            strike=char.strikethrough or None,
            reverse=char.reverse or None,
            blink=char.blink or None,
        )
        if len(_STYLES) > _MOST_STYLES:
            _STYLES.clear()
        _STYLES[key] = style
    return style


def _color(name: str) -> str | None:
    """pyte's name of a colour as Rich's: six hexadecimal digits, or one of sixteen words."""
    if name == "default":
        return None
    if name in _NAMED:
        return _NAMED[name]
    if _HEX.fullmatch(name):
        return f"#{name}"
    word = name.replace("bright", "bright_")
    return word if word in ANSI_COLOR_NAMES else None  # a component above 255 makes no colour
