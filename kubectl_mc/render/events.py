"""`kubectl mc events`: a line an event, the newest last, as a log reads."""

from collections.abc import Sequence
from datetime import datetime

from kubectl_mc.model.event import Event
from kubectl_mc.model.times import age
from kubectl_mc.render.page import Line, Page, Span, Style, Theme, line, width_of_line
from kubectl_mc.render.table import Column, table
from kubectl_mc.render.text import one_line, wrapped

_MESSAGE_LEAST = 40
_BELOW = 4


def events_page(
    events: Sequence[Event],
    now: datetime,
    width: int,
    theme: Theme,
    *,
    namespaces: bool = False,
    header: bool = True,
    clock: bool = False,
    memory: dict[str, int] | None = None,
) -> Page:
    """The table. A message is never cut: it goes on below its beginning, or below its row where there is no room.

    Args:
        clock: show the local time instead of an age, for lines that stay while time goes on.
        memory: as `table` takes it, for lines that follow others.
    """

    def seen(event: Event) -> tuple[Span]:
        return (Span(_at(event) if clock else _seen(event, now)),)

    columns = [
        Column[Event]("LAST SEEN", seen),
        Column[Event]("TYPE", lambda event: (Span(one_line(event.type), _style(event)),)),
        Column[Event]("REASON", lambda event: (Span(one_line(event.reason), _style(event)),), least=10),
        Column[Event]("OBJECT", lambda event: (Span(one_line(event.object)),), least=12),
        Column[Event]("CONTAINER", lambda event: (Span(one_line(event.container), Style.STRONG),), least=9),
    ]
    if namespaces:
        columns.insert(0, Column[Event]("NAMESPACE", lambda event: (Span(one_line(event.namespace)),), least=10))
    if not events:
        return Page()
    memory = {} if memory is None else memory
    head = table(columns, events, width, header=header, ellipsis=theme.ellipsis, memory=memory)
    start = max(width_of_line(spans) for spans in head) + 2
    start = memory["MESSAGE"] = max(start, memory.get("MESSAGE", 0))
    below = start + _MESSAGE_LEAST > width
    lines: list[Line] = []
    if header:
        titles = head.pop(0)
        lines.append(titles if below else line(*_padded(titles, start), Span("MESSAGE", Style.HEADER)))
    indent = _BELOW if below else start
    for spans, event in zip(head, events, strict=True):
        style = Style.WARN if event.warning else Style.PLAIN
        pieces = wrapped(one_line(event.message), max(width - indent, _MESSAGE_LEAST))
        lines.append(spans if below else line(*_padded(spans, start), Span(pieces.pop(0), style)))
        lines += [line(" " * indent, Span(piece, style)) for piece in pieces]
    return Page(lines)


def _padded(spans: Line, width: int) -> Line:
    return (*spans, Span(" " * (width - width_of_line(spans))))


def _style(event: Event) -> Style:
    return Style.WARN if event.warning else Style.QUIET


def _seen(event: Event, now: datetime) -> str:
    """`2m`, or for repeats `2m (x5 over 10m)`, as `kubectl describe` has it."""
    last = age(event.last_seen, now)
    if event.count < 2:
        return last
    return f"{last} (x{event.count} over {age(event.first_seen, now)})"


def _at(event: Event) -> str:
    """`14:03:07`, or `14:03:07 (x5)`."""
    time = event.last_seen.astimezone().strftime("%H:%M:%S") if event.last_seen else "unknown"
    return time if event.count < 2 else f"{time} (x{event.count})"
