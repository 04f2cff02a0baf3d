"""Tables of columns that know their own header and cells, laid out in a given width."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from kubectl_mc.render.page import Line, Span, Style, clipped, width_of_line
from kubectl_mc.render.text import fitted, width_of, wrapped

Row = TypeVar("Row")
GAP = 2


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column. `cell` gives a row's spans."""

    header: str
    cell: Callable[[Row], Sequence[Span]]
    least: int | None = None
    """How narrow it may get when the table is too wide; None: never cut."""
    spills: bool = False
    """Whether it leaves a table that is too wide, and its cells stand on lines of their own below their rows."""
    yields: bool = False
    """Whether it is cut to its `least` before another column spills."""
    cut: Callable[[str, int, str], str] = fitted
    """What a text that is too long loses: by default its end, as do cells of several spans always."""


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A table in a given width."""

    header: Line
    rows: list[list[Line]]
    """For each row its line, and below it those of cells that have spilled."""


def table(
    columns: Sequence[Column[Row]],
    rows: Sequence[Row],
    width: int,
    *,
    header: bool = True,
    indent: int = 0,
    ellipsis: str = "…",
    memory: dict[str, int] | None = None,
) -> list[Line]:
    """The table's lines; the arguments are those of `laid_out`."""
    found = laid_out(columns, rows, width, header=header, indent=indent, ellipsis=ellipsis, memory=memory)
    lines = [line for row in found.rows for line in row]
    return [found.header, *lines] if header else lines


def laid_out(
    columns: Sequence[Column[Row]],
    rows: Sequence[Row],
    width: int,
    *,
    header: bool = True,
    indent: int = 0,
    ellipsis: str = "…",
    memory: dict[str, int] | None = None,
) -> LaidOut:
    """The table row by row. Columns that are empty in every row are left out.

    Args:
        width: columns of the terminal; what is too wide spills first, from the right, then is cut, from the right.
        memory: widths by header of what was drawn before, so that rows which come later stand below the others;
            it is written, too.
    """
    memory = {} if memory is None else memory
    cells = [[tuple(column.cell(row)) for row in rows] for column in columns]
    filled = [any(any(span.text for span in cell) for cell in column) for column in cells]
    shown = [index for index, column in enumerate(columns) if filled[index] or column.header in memory]
    natural = {
        index: max(_natural(columns[index], cells[index], header=header), memory.get(columns[index].header, 0))
        for index in shown
    }
    memory.update((columns[index].header, natural[index]) for index in shown)
    spilled: list[int] = []
    for index in [index for index in reversed(shown) if columns[index].spills]:
        if indent + sum(_needed(columns[i], natural[i]) + GAP for i in shown) - GAP > width:
            shown.remove(index)
            spilled.insert(0, index)
    widths = _cut(columns, shown, {index: natural[index] for index in shown}, width - indent)
    pad = Span(" " * indent)
    titles = [(Span(fitted(columns[i].header, widths[i], ellipsis), Style.HEADER),) for i in shown]
    found: list[list[Line]] = []
    for number in range(len(rows)):
        fitted_cells = [_fitted(columns[i], cells[i][number], widths[i], ellipsis) for i in shown]
        lines: list[Line] = [(pad, *_joined(fitted_cells, [widths[i] for i in shown]))]
        for index in spilled:
            lines += _spilled(columns[index].header, cells[index][number], width, indent + 4)
        # Columns that are never cut may still be too much for a small terminal: the end of the line gives way.
        found.append([clipped(line, width, ellipsis) for line in lines])
    top = clipped((pad, *_joined(titles, [widths[i] for i in shown])), width, ellipsis)
    return LaidOut(top, found)


def _spilled(header: str, cell: Sequence[Span], width: int, indent: int) -> Iterator[Line]:
    """A cell on lines of its own, under its row."""
    label = f"{' ' * indent}{header.lower()}: "
    for span in cell:
        for number, piece in enumerate(wrapped(span.text, max(width - width_of(label), 20)) if span.text else ()):
            yield Span(" " * width_of(label) if number else label, Style.QUIET), Span(piece, span.style)


def _natural(column: Column[Row], cells: Sequence[Sequence[Span]], *, header: bool) -> int:
    return max([width_of_line(cell) for cell in cells] + ([width_of(column.header)] if header else []), default=0)


def _floor(column: Column[Row], natural: int) -> int:
    return natural if column.least is None else min(natural, column.least)


def _needed(column: Column[Row], natural: int) -> int:
    """The room that a column must have if no other is to spill."""
    return _floor(column, natural) if column.yields or column.spills else natural


def _cut(columns: Sequence[Column[Row]], shown: Sequence[int], widths: dict[int, int], room: int) -> dict[int, int]:
    """Widths that fit into `room` where they can: columns give way from the right."""
    excess = sum(widths.values()) + GAP * (len(shown) - 1) - room
    for index in reversed(shown):
        if excess <= 0:
            break
        given = min(excess, widths[index] - _floor(columns[index], widths[index]))
        widths[index] -= given
        excess -= given
    return widths


def _fitted(column: Column[Row], cell: Sequence[Span], width: int, ellipsis: str) -> Sequence[Span]:
    if width_of_line(cell) <= width:
        return cell
    if len(cell) > 1:
        return clipped(cell, width, ellipsis)
    return (Span(column.cut(cell[0].text, width, ellipsis), cell[0].style),)


def _joined(cells: Sequence[Sequence[Span]], widths: Sequence[int]) -> list[Span]:
    spans: list[Span] = []
    for number, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        spans += cell
        if number < len(widths) - 1:
            spans.append(Span(" " * (width - width_of_line(cell) + GAP)))
    return spans
