"""`kubectl mc logs --stats`: what came of each container's log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from kubectl_mc.logs.stamps import Stamps
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


def stats_page(reads: Sequence[Read], width: int, now: datetime, zone: tzinfo | None) -> Page:
    """A row a container; columns of what did not happen to any are left out.

    Args:
        zone: of the times, as of those in the lines; None for the machine's own. The date is shown where it isn't
            that of `now`.
    """
    stamps, today = Stamps("full", zone), now.astimezone(zone).date().isoformat()

    def time(stamp: bytes) -> tuple[Span]:
        date, _, clock = stamps.shown(stamp).decode(errors="replace").partition("T")
        seconds = clock.partition(".")[0]
        return (Span("-" if not stamp else seconds if date == today else f"{date} {seconds}"),)

    columns = [
        Column[Read]("POD", lambda read: (Span(one_line(read.pod)),), least=12),
        Column[Read]("CONTAINER", lambda read: (Span(one_line(read.container), Style.STRONG),), least=9),
        Column[Read]("LINES", lambda read: (Span(str(read.tally.lines)),)),
        Column[Read]("FIRST", lambda read: time(read.tally.first), spills=True),
        Column[Read]("LAST", lambda read: time(read.tally.last), spills=True),
        Column[Read]("RESTARTS", lambda read: _count(read.tally.restarts), spills=True),
        Column[Read]("NOT READ", lambda read: _count(read.tally.missed, "instance"), spills=True),
        Column[Read]("GAPS", lambda read: _count(read.tally.gaps), spills=True),
        Column[Read]("RESUMED", lambda read: _count(read.tally.resumed), spills=True),
        Column[Read]("EXIT", lambda read: _code(read.tally.exit_code), spills=True),
    ]
    if len({read.namespace for read in reads}) > 1:
        columns.insert(0, Column[Read]("NAMESPACE", lambda read: (Span(one_line(read.namespace)),), least=10))
    return Page(table(columns, reads, width)) if reads else Page()


def _count(number: int, unit: str = "") -> tuple[Span]:
    words = f"{number} {unit}{'s' if number != 1 else ''}".rstrip() if unit else str(number)
    return (Span(words if number else "", Style.WARN),)


def _code(code: int | None) -> tuple[Span]:
    return (Span("" if code is None else str(code)),)
