"""What a page's styles look like on the dashboard's light and dark grounds.

Blue and orange stand for good and warned, since red and green are one to many; a glyph or a word always says it too.
"""

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.strip import Strip

from kubectl_mc.render.page import Line, Style

_DARK = {
    Style.PLAIN: "",
    Style.STRONG: "bold",
    Style.QUIET: "#a3abb8",
    Style.HEADER: "bold #a3abb8",
    Style.GOOD: "#5fb3d9",
    Style.BUSY: "#b7a6f0",
    Style.WARN: "#e5b454",
    Style.BAD: "bold #ff9180",
}
_LIGHT = {
    Style.PLAIN: "",
    Style.STRONG: "bold",
    Style.QUIET: "#474d59",
    Style.HEADER: "bold #474d59",
    Style.GOOD: "#07516f",
    Style.BUSY: "#4a2fb0",
    Style.WARN: "#694400",
    Style.BAD: "bold #8f1a12",
}


@lru_cache(maxsize=32)
def style_of(style: Style, *, dark: bool) -> RichStyle:
    """A page's style as the dashboard draws it."""
    return RichStyle.parse((_DARK if dark else _LIGHT)[style])


def strip_of(line: Line, base: RichStyle, *, dark: bool) -> Strip:
    """A line of a page, drawn."""
    return Strip([Segment(span.text, base + style_of(span.style, dark=dark)) for span in line if span.text])
