"""`kubectl mc doctor`: pods with what was found about them, those with the same findings once."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from kubectl_mc.doctor.siblings import Diagnosis, alike, workload_of, worst_first
from kubectl_mc.doctor.verdict import Verdict, counted, sentence, verdict
from kubectl_mc.doctor.workloads import Unmade, shown
from kubectl_mc.model.health import pod_severity
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.summary import summarize
from kubectl_mc.render.doctor import Reach, finding_document, finding_lines
from kubectl_mc.render.page import STYLE_OF_SEVERITY, Line, Page, Span, Style, Theme, flowed, line
from kubectl_mc.render.text import one_line, wrapped

_NAMED = 8
"""Of so many pods with the same findings the names are given."""
_INDENT = 2


def diagnoses_document(diagnoses: Sequence[Diagnosis], reach: Reach, unmade: Sequence[Unmade] = ()) -> dict[str, Any]:
    """`doctor -o json`: a FINDING for each pod that has it, and how many pods were looked at.

    `kind` and `name` are those of the object that has it, as in a review: a workload without pods has no `pod` to name.
    """
    return {
        "findings": [
            *(
                {**finding_document(each.finding, reach), "kind": each.workload.kind, "name": each.workload.name}
                for each in unmade
            ),
            *(
                {**finding_document(finding, reach), "kind": "Pod", "name": diagnosis.pod.name}
                for diagnosis in worst_first(diagnoses)
                for finding in diagnosis.findings
            ),
        ],
        "pods": {
            "total": len(diagnoses),
            **{each.value: count for each, count in counted(diagnoses).items()},
        },
    }


def diagnoses_page(
    diagnoses: Sequence[Diagnosis],
    now: datetime,
    width: int,
    theme: Theme,
    reach: Reach,
    unmade: Sequence[Unmade] = (),
    *,
    well: bool,
) -> Page:
    """Pods with errors first; identical findings of a workload's pods once, with the names of the pods.

    Args:
        unmade: workloads without the pods that they are to have; they come before all pods.
        well: whether pods without findings get a line, too.
    """
    lines: list[Line] = []
    for each in unmade:
        lines += [()] if lines else []
        lines.append(line(Span(one_line(shown(each)), Style.STRONG)))
        lines += finding_lines(each.finding, width, theme, reach)
    for group in alike(worst_first(diagnoses)):
        first = group[0]
        if not first.findings and not well:
            continue
        lines += [()] if lines and (first.findings or lines[-1]) else []
        lines += _heading(first.pod, width)
        lines += _others(group, width)
        for finding in first.findings:
            lines += finding_lines(finding, width, theme, reach)
        if not first.findings:
            lines += _plain(first, now, width)
    return Page(lines)


def _heading(pod: Pod, width: int) -> Iterator[Line]:
    """The pod, and what kubectl says of it."""
    summary = summarize(pod)
    name = Span(f"{one_line(pod.namespace)}/{one_line(pod.name)}", Style.STRONG)
    words = [Span(f"  {summary.ready_text} "), Span(one_line(summary.status), STYLE_OF_SEVERITY[pod_severity(pod)])]
    yield from flowed([[name], words], width)


def _others(group: Sequence[Diagnosis], width: int) -> Iterator[Line]:
    """The siblings that have the same."""
    if len(group) == 1:
        return
    names = [one_line(diagnosis.pod.name) for diagnosis in group[1:]]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    workload = workload_of(group[0].pod)
    count = f"{len(names)} more {'pod' if len(names) == 1 else 'pods'}"
    text = f"the same in {count} of {one_line(str(workload))}: {', '.join(names[:_NAMED])}{more}"
    for piece in wrapped(text, max(width - _INDENT, 1)):
        yield line(" " * _INDENT, piece)


def _plain(diagnosis: Diagnosis, now: datetime, width: int) -> Iterator[Line]:
    found = verdict(diagnosis)
    style = Style.GOOD if found is Verdict.WELL else Style.PLAIN
    for piece in wrapped(one_line(sentence(diagnosis.pod, found, now)), max(width - _INDENT, 1)):
        yield line(" " * _INDENT, Span(piece, style))


def broken(diagnoses: Iterable[Diagnosis]) -> bool:
    """Whether an error was found, or a pod is not well for a reason that no rule knows."""
    return any(verdict(diagnosis) in (Verdict.ERROR, Verdict.UNEXPLAINED) for diagnosis in diagnoses)
