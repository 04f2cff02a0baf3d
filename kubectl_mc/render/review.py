"""`kubectl mc doctor -f`: what to change in manifests, as a page by file and workload, and as a document."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from kubectl_mc.doctor.catalogue import KINDS
from kubectl_mc.doctor.finding import Grade
from kubectl_mc.doctor.review.remark import Remark
from kubectl_mc.render.doctor import Reach, finding_document, finding_lines
from kubectl_mc.render.page import Line, Page, Span, Style, Theme, line
from kubectl_mc.render.text import one_line

_WORDS = {Grade.ERROR: "error", Grade.WARNING: "warning", Grade.INFO: "note"}


def review_document(remarks: Iterable[Remark], reach: Reach) -> dict[str, Any]:
    """`doctor -f FILE -o json`: FINDINGs with their places."""
    return {"findings": [_remark(remark, reach) for remark in remarks]}


def _remark(remark: Remark, reach: Reach) -> dict[str, Any]:
    return {
        **finding_document(remark.finding, reach),
        "file": remark.file,
        "line": remark.line,
        "column": remark.column,
        "path": remark.finding.at,
        "kind": remark.kind,
        "name": remark.name or None,
        "instead": remark.finding.instead or None,
    }


def review_page(remarks: Sequence[Remark], width: int, theme: Theme, reach: Reach) -> Page:
    """The remarks, in the order given; those of one object stand together under its name."""
    lines: list[Line] = []
    shown: tuple[str, str, str] | None = None
    told: set[tuple[str, str]] = set()
    for remark in remarks:
        if (remark.file, remark.kind, remark.name) != shown:
            shown = (remark.file, remark.kind, remark.name)
            lines += [()] if lines else []
            heading = f"{remark.file}: {remark.kind} {remark.name}".rstrip()
            lines.append(line(Span(one_line(heading), Style.STRONG)))
            told.clear()
        advice = remark.finding.id, remark.finding.instead
        # What five containers lack alike is written once.
        finding = replace(remark.finding, instead="") if advice in told else remark.finding
        told.add(advice)
        lines += finding_lines(finding, width, theme, reach, remark.place)
    return Page(lines)


def tally(remarks: Iterable[Remark], workloads: int) -> str:
    """`2 errors, 1 warning and 4 notes on 3 workloads`."""
    counts = Counter(remark.finding.grade for remark in remarks)
    of = _counted(workloads, "workload")
    parts = [_counted(counts[grade], word) for grade, word in _WORDS.items() if counts[grade]]
    return f"{', '.join(parts)} on {of}" if parts else f"nothing to change on {of}"


def rule_list() -> str:
    """Every id with what it means."""
    width = max(map(len, KINDS))
    return "".join(f"{kind.id:<{width}}  {kind.about}\n" for kind in KINDS.values())


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
