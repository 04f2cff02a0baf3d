"""`kubectl mc doctor`: for each pod that is not well its causes, as a page; all findings, as a document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kubectl_mc.doctor.finding import Certainty, Finding, Grade
from kubectl_mc.render.page import Line, Page, Span, Style, Theme, line
from kubectl_mc.render.text import lines_of, one_line, width_of, wrapped

_INDENT = 2
_LABEL = 10
"""Columns of the words in front: `evidence`, `so`, `next`."""
_LEAST = 20
_CHARACTERS = 480
_LINES = 6
"""Of one line of evidence."""
_STYLES = {Grade.ERROR: Style.BAD, Grade.WARNING: Style.WARN, Grade.INFO: Style.QUIET}
_GLYPHS = {Grade.ERROR: ("✗", "x"), Grade.WARNING: ("!", "!"), Grade.INFO: ("·", "-")}


@dataclass(frozen=True, slots=True)
class Reach:
    """How a command gets to the cluster that was looked at."""

    program: str
    connection: tuple[str, ...] = ()

    def lines(self, finding: Finding) -> list[str]:
        """The commands of a finding, ready to paste."""
        return [step.line(self.program, finding.namespace, self.connection) for step in finding.next]


def finding_document(finding: Finding, reach: Reach) -> dict[str, Any]:
    """One FINDING; the same in `doctor` and as the `cause` of `status`."""
    return {
        "id": finding.id,
        "severity": finding.grade.value,
        "certainty": finding.certainty.value,
        "namespace": finding.namespace,
        "pod": finding.pod or None,
        "container": finding.container or None,
        "summary": finding.summary,
        "evidence": list(finding.evidence),
        "next": reach.lines(finding),
        "consequences": list(finding.consequences),
        "primary": finding.primary,
        "spread": finding.spread or None,
        "at": finding.at or None,
    }


def doctor_page(findings: Sequence[Finding], width: int, theme: Theme, reach: Reach) -> Page:
    """The findings, in the order given; those of one pod stand together under its name."""
    lines: list[Line] = []
    pod: tuple[str, str] | None = None
    for finding in findings:
        if (finding.namespace, finding.pod) != pod:
            pod = (finding.namespace, finding.pod)
            lines += [()] if lines else []
            lines.append(line(Span(f"{one_line(finding.namespace)}/{one_line(finding.pod)}", Style.STRONG)))
        lines += finding_lines(finding, width, theme, reach)
    return Page(lines)


def finding_lines(finding: Finding, width: int, theme: Theme, reach: Reach, place: str = "") -> Iterator[Line]:
    """One finding: its sentence, its id with the place in a file if it has one, and what belongs to it."""
    glyph = _GLYPHS[finding.grade][0 if theme.unicode else 1]
    style = _STYLES[finding.grade]
    doubt = "likely: " if finding.certainty is Certainty.LIKELY else ""
    head = f"{' ' * _INDENT}{glyph} "
    room = max(width - width_of(head), _LEAST)
    for number, piece in enumerate(wrapped(f"{doubt}{one_line(_bounded(finding.summary, theme))}", room)):
        yield line(Span(head if number == 0 else " " * width_of(head), style), Span(piece, style))
    yield line(" " * width_of(head), Span(f"{finding.id}  {one_line(place)}" if place else finding.id, Style.QUIET))
    yield from _labelled("evidence", [_bounded(text, theme) for text in finding.evidence], width)
    yield from _labelled("so", [_bounded(text, theme) for text in finding.consequences], width)
    yield from _labelled("where", [finding.spread] if finding.spread else [], width)
    yield from _labelled("instead", [finding.instead] if finding.instead else [], width)
    for number, command in enumerate(reach.lines(finding)):
        label = "next" if number == 0 else ""
        yield line(" " * (_INDENT + 2), Span(f"{label:<{_LABEL}}", Style.QUIET), Span(one_line(command), Style.STRONG))


def _bounded(text: str, theme: Theme) -> str:
    """A text as far as a page bears it: a message may have kilobytes."""
    lines = text.strip().split("\n")
    kept = "\n".join(lines[:_LINES])
    if len(lines) <= _LINES and len(kept) <= _CHARACTERS:
        return text
    return f"{kept[:_CHARACTERS].rstrip()} {theme.ellipsis} (-o json has all of it)"


def _labelled(label: str, texts: Sequence[str], width: int) -> Iterator[Line]:
    room = max(width - _INDENT - 2 - _LABEL, _LEAST)
    pieces = [piece for text in texts for shown in lines_of(text) for piece in wrapped(shown, room)]
    for number, piece in enumerate(pieces):
        yield line(" " * (_INDENT + 2), Span(f"{label if number == 0 else '':<{_LABEL}}", Style.QUIET), piece)
