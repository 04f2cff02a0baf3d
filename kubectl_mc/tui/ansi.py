"""Rows of text with colours (SGR), made into strips."""

from itertools import pairwise

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip


def strip_of_row(row: bytes, base: Style) -> Strip:
    """A row whose only control sequences are colours, on a ground."""
    text = Text.from_ansi(row.decode(errors="replace").expandtabs(8), no_wrap=True)
    if not text.spans:
        return Strip([Segment(text.plain, base)])
    plain = text.plain
    ends = {min(at, len(plain)) for span in text.spans for at in (span.start, span.end)}
    cuts = sorted({0, len(plain), *ends})
    segments = []
    for start, end in pairwise(cuts):
        style = base
        for span in text.spans:
            if span.start <= start and end <= span.end and isinstance(span.style, Style):
                style += span.style
        segments.append(Segment(plain[start:end], style))
    return Strip(segments)
