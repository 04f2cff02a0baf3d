"""What every view is made of: lines of styled spans, plain in a pipe and drawn by Rich on a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from kubectl_mc.model.health import Health, Severity
from kubectl_mc.render.text import fitted, width_of

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.segment import Segment


class Style(StrEnum):
    """What a span means to the eye; the value is Rich's style."""

    PLAIN = ""
    STRONG = "bold"
    QUIET = "dim"
    HEADER = "bold dim"
    GOOD = "green"
    BUSY = "cyan"
    WARN = "yellow"
    BAD = "bold red"


STYLE_OF_SEVERITY = {
    Severity.DONE: Style.QUIET,
    Severity.OK: Style.GOOD,
    Severity.PROGRESS: Style.BUSY,
    Severity.WARNING: Style.WARN,
    Severity.ERROR: Style.BAD,
}


@dataclass(frozen=True, slots=True)
class Theme:
    """What can be drawn where a page goes."""

    colors: bool = False
    unicode: bool = True

    def glyph(self, health: Health) -> str:
        """One column that tells a container's health without colour."""
        return (_GLYPHS if self.unicode else _ASCII_GLYPHS)[health]

    @property
    def ellipsis(self) -> str:
        return "…" if self.unicode else "..."

    @property
    def dot(self) -> str:
        return "·" if self.unicode else "-"

    def bar(self, done: int, total: int, width: int) -> tuple[str, str]:
        """The full and the empty part of a progress bar."""
        full = width * done // total if total else width
        filled, empty = ("█", "░") if self.unicode else ("#", ".")
        return filled * full, empty * (width - full)


_GLYPHS = {
    Health.DONE: "✓",
    Health.READY: "●",
    Health.WORKING: "◐",
    Health.WAITING: "○",
    Health.UNREADY: "!",
    Health.FAILED: "✗",
}
_ASCII_GLYPHS = {
    Health.DONE: "+",
    Health.READY: "*",
    Health.WORKING: ">",
    Health.WAITING: ".",
    Health.UNREADY: "!",
    Health.FAILED: "x",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line; the text is printable already."""

    text: str
    style: Style = Style.PLAIN


Line = tuple[Span, ...]


def line(*parts: str | Span) -> Line:
    """A line of spans and plain texts."""
    return tuple(part if isinstance(part, Span) else Span(part) for part in parts)


def width_of_line(spans: Iterable[Span]) -> int:
    """Columns that a line takes."""
    return sum(width_of(span.text) for span in spans)


def clipped(spans: Sequence[Span], width: int, ellipsis: str = "…") -> Line:
    """A line cut to `width` columns, with an ellipsis in place of what is gone."""
    shown = list(spans)
    while shown and not shown[-1].text.strip() and width_of_line(shown) > width:
        shown.pop()  # blanks at the end are nothing to tell of
    if width_of_line(shown) <= width:
        return tuple(shown)
    kept: list[Span] = []
    room = width
    for span in shown:
        taken = width_of(span.text)
        # The ellipsis is due in the span where the room ends, or before it when that leaves no column for it.
        if taken + width_of(ellipsis) > room:
            kept.append(Span(fitted(span.text + ellipsis, room, ellipsis), span.style))
            break
        kept.append(span)
        room -= taken
    return tuple(kept)


def flowed(groups: Iterable[Sequence[Span]], width: int) -> Iterator[Line]:
    """Groups of spans side by side, as many on a line as there is room for; a group is never broken."""
    current: list[Span] = []
    for group in groups:
        if current and width_of_line([*current, *group]) > width:
            yield tuple(current)
            current = []
        current += group
    yield tuple(current)


class Page:
    """Lines from top to bottom. A Rich renderable, so that live displays and the dashboard can show it as it is."""

    def __init__(self, lines: Iterable[Line] = ()) -> None:
        self.lines = list(lines)

    def text(self) -> str:
        """The page without styles, without blanks at line ends, each line with its newline."""
        return "".join("".join(span.text for span in spans).rstrip() + "\n" for spans in self.lines)

    def cropped(self, height: int, more: str) -> "Page":
        """The page in at most `height` lines; the last one then says `more` with the number of those left out."""
        if len(self.lines) <= height:
            return self
        kept = max(height - 1, 0)
        return Page([*self.lines[:kept], line(Span(more.format(len(self.lines) - kept), Style.QUIET))])

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "Iterator[Segment]":
        from rich.segment import Segment

        styles = {style: console.get_style(style.value) for style in Style if style}
        newline = Segment.line()
        for spans in self.lines:
            for span in spans:
                yield Segment(span.text, styles.get(span.style))
            yield newline
