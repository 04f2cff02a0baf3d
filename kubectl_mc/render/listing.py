"""`kubectl mc status` of many pods: a row a pod with a strip of its containers, what is broken first."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from kubectl_mc.model.health import Severity, pod_severity
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.summary import Summary, summarize
from kubectl_mc.model.times import age
from kubectl_mc.model.truth import facts
from kubectl_mc.render.page import STYLE_OF_SEVERITY, Page, Span, Style
from kubectl_mc.render.status import View, fact_words
from kubectl_mc.render.table import Column, LaidOut, laid_out, table
from kubectl_mc.render.text import fitted_middle, one_line
from kubectl_mc.render.words import glyph_span, health_span, last_words, ready_words, state_age, state_words

_STRIP = 12
"""Containers that are drawn one by one; more of them are counted by glyph."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A pod, or one of its containers."""

    pod: Pod
    summary: Summary
    container: Container | None = None


def broken_first(pods: Iterable[Pod], severity: Callable[[Pod], Severity] = pod_severity) -> list[Pod]:
    """Pods in the order in which a person looks at them: by severity, then by namespace and name."""
    return sorted(pods, key=lambda pod: (-severity(pod), pod.namespace, pod.name))


def listing_page(
    pods: Sequence[Pod],
    view: View,
    *,
    namespaces: bool = False,
    containers: bool = False,
    memory: dict[str, int] | None = None,
) -> Page:
    """The table of pods, in the order given.

    Args:
        containers: give each container a row of its own.
        memory: as `table` takes it, for rows that follow others.
    """
    rows = list(_rows(pods, containers=containers))
    columns = _columns(view, namespaces=namespaces, strip=not containers)
    return Page(table(columns, rows, view.width, header=view.header, ellipsis=view.theme.ellipsis, memory=memory))


def listing_rows(pods: Sequence[Pod], view: View, *, namespaces: bool, memory: dict[str, int] | None = None) -> LaidOut:
    """The same table row by row, for a screen on which a pod can be chosen."""
    columns = _columns(view, namespaces=namespaces, strip=True)
    rows = list(_rows(pods, containers=False))
    return laid_out(columns, rows, view.width, ellipsis=view.theme.ellipsis, memory=memory)


def _rows(pods: Iterable[Pod], *, containers: bool) -> Iterator[_Row]:
    for pod in pods:
        summary = summarize(pod)
        yield _Row(pod, summary)
        if containers:
            for container in pod.containers:
                yield _Row(pod, summary, container)


def _columns(view: View, *, namespaces: bool, strip: bool) -> list[Column[_Row]]:
    columns = [
        Column[_Row]("NAME", lambda row: _name(row, view), least=19, cut=fitted_middle),
        Column[_Row](
            "READY", lambda row: (Span(ready_words(row.container) if row.container else row.summary.ready_text),)
        ),
        Column[_Row]("STATUS", _status, least=21),
        Column[_Row]("RESTARTS", lambda row: (Span(_restarts(row, view)),)),
        Column[_Row]("AGE", lambda row: (Span(_age(row, view)),)),
    ]
    if namespaces:
        columns.insert(0, Column[_Row]("NAMESPACE", lambda row: (Span(one_line(row.pod.namespace)),), least=10))
    if view.wide:
        columns.append(Column[_Row]("NODE", lambda row: (Span("" if row.container else one_line(row.pod.node)),)))
    if strip:
        columns.append(Column[_Row]("CONTAINERS", lambda row: _strip(row, view), least=6))
    return [*columns, Column[_Row]("NOTE", lambda row: _note(row, view), least=32, spills=True)]


def _name(row: _Row, view: View) -> Sequence[Span]:
    if row.container is None:
        return (Span(one_line(row.pod.name), Style.STRONG),)
    glyph = glyph_span(row.container, row.pod, view.theme)
    return (Span(f"  {glyph.text} {one_line(row.container.name)} ({row.container.role.value})", glyph.style),)


def _status(row: _Row) -> Sequence[Span]:
    if row.container is None:
        return (Span(one_line(row.summary.status), STYLE_OF_SEVERITY[pod_severity(row.pod)]),)
    return (health_span(row.container, row.pod, state_words(row.container, row.pod)),)


def _restarts(row: _Row, view: View) -> str:
    return str(row.container.status.restarts) if row.container else row.summary.restarts_text(view.now)


def _age(row: _Row, view: View) -> str:
    return state_age(row.container, view.now) if row.container else age(row.pod.created, view.now)


def _strip(row: _Row, view: View) -> Sequence[Span]:
    glyphs = [glyph_span(container, row.pod, view.theme) for container in row.pod.containers]
    if len(glyphs) <= _STRIP:
        return glyphs
    counts = sorted(Counter(glyphs).items(), key=lambda item: item[1])  # what is rare is what differs
    return [Span(f"{glyph.text}{count}", glyph.style) for glyph, count in counts]


def _note(row: _Row, view: View) -> Sequence[Span]:
    """The first fact of a pod, or how a container's last instance ended."""
    if row.container is not None:
        return (Span(last_words(row.container.status.last, view.now)),)
    found = facts(row.pod, row.summary, view.now)
    if not found:
        return (Span(""),)
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return (Span(fact_words(found[0], row.pod, first=False) + more),)
