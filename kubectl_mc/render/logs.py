"""`kubectl mc logs --stats`: what came of each container's log."""

from collections.abc import Sequence
from dataclasses import dataclass

from kubectl_mc.logs.tally import Tally
from kubectl_mc.render.page import Page, Span, Style
from kubectl_mc.render.table import Column, table
from kubectl_mc.render.text import one_line


@dataclass(frozen=True)
class Read:
    """A container whose log was read."""

    namespace: str
    pod: str
    container: str
    tally: Tally


def stats_page(reads: Sequence[Read], width: int) -> Page:
    """A row a container; columns of what did not happen to any are left out."""
    columns = [
        Column[Read]("POD", lambda read: (Span(one_line(read.pod)),), least=12),
        Column[Read]("CONTAINER", lambda read: (Span(one_line(read.container), Style.STRONG),), least=9),
        Column[Read]("LINES", lambda read: (Span(str(read.tally.lines)),)),
        Column[Read]("FIRST", lambda read: (Span(_time(read.tally.first)),)),
        Column[Read]("LAST", lambda read: (Span(_time(read.tally.last)),)),
        Column[Read]("RESTARTS", lambda read: _count(read.tally.restarts)),
        Column[Read]("NOT READ", lambda read: _count(read.tally.missed, "instance")),
        Column[Read]("GAPS", lambda read: _count(read.tally.gaps)),
        Column[Read]("RESUMED", lambda read: _count(read.tally.resumed)),
        Column[Read]("EXIT", lambda read: (Span("" if read.tally.exit_code is None else str(read.tally.exit_code)),)),
    ]
    if len({read.namespace for read in reads}) > 1:
        columns.insert(0, Column[Read]("NAMESPACE", lambda read: (Span(one_line(read.namespace)),), least=10))
    return Page(table(columns, reads, width)) if reads else Page()


def _count(number: int, unit: str = "") -> tuple[Span]:
    words = f"{number} {unit}{'s' if number != 1 else ''}".rstrip() if unit else str(number)
    return (Span(words if number else "", Style.WARN),)


def _time(stamp: bytes) -> str:
    """UTC to the millisecond."""
    return stamp[:23].decode(errors="replace") + "Z" if stamp else "-"
