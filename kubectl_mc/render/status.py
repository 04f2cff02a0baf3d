"""`kubectl mc status` of named pods: a heading, the truth, the init sequence, a table of containers, what blocks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kubectl_mc.model.fact import NEVER_STARTED, Fact
from kubectl_mc.model.health import pod_severity, unset_gates
from kubectl_mc.model.metrics import Usage
from kubectl_mc.model.next_step import Step
from kubectl_mc.model.pod import Container, ContainerState, Pod
from kubectl_mc.model.progress import init_progress
from kubectl_mc.model.summary import summarize
from kubectl_mc.model.times import age
from kubectl_mc.model.truth import facts
from kubectl_mc.render.page import STYLE_OF_SEVERITY, Line, Page, Span, Style, Theme, clipped, flowed, line
from kubectl_mc.render.table import Column, LaidOut, laid_out
from kubectl_mc.render.text import fitted, fitted_end, lines_of, one_line, width_of, wrapped
from kubectl_mc.render.wide import wide_columns
from kubectl_mc.render.words import (
    glyph_span,
    health_span,
    last_words,
    ready_words,
    state_age,
    state_words,
    subject_style,
)

_INDENT = 2
_LABEL = len("next: ")
_BAR = 20
_PARAGRAPH_LEAST = 20
"""Columns for a text beside its label; with fewer it stands below."""
_MESSAGE_LINES = 6


@dataclass(frozen=True, slots=True)
class View:
    """How pods are to be shown."""

    now: datetime
    width: int
    theme: Theme
    wide: bool = False
    header: bool = True
    usage: Mapping[tuple[str, str, str], Usage] = field(default_factory=dict)
    """CPU and memory in use by (namespace, pod, container); empty where nothing measures it."""


def pods_page(pods: Sequence[Pod], view: View, steps: Mapping[str, Sequence[Step]]) -> Page:
    """The blocks of some pods, one after the other.

    Args:
        steps: for each pod's uid the commands to type next.
    """
    lines: list[Line] = []
    for number, pod in enumerate(pods):
        if number:
            lines.append(())
        lines += pod_block(pod, view, steps.get(pod.uid, ()))
    return Page(lines)


def pod_block(pod: Pod, view: View, steps: Sequence[Step] = ()) -> Iterator[Line]:
    """Everything about one pod."""
    yield from pod_head(pod, view)
    yield ()
    found = container_rows(pod, view)
    yield from [found.header] if view.header else ()
    yield from (line for row in found.rows for line in row)
    notes = list(pod_notes(pod, view))
    for step in steps:
        label = Span(f"{step.label}: ".ljust(_LABEL), Style.QUIET)
        notes.append(line(" " * _INDENT, label, Span(one_line(step.command), Style.STRONG)))
    if notes:
        yield ()
        yield from notes


def pod_head(pod: Pod, view: View) -> Iterator[Line]:
    """The pod as kubectl sees it, what is true, and the init sequence while it runs."""
    yield from _heading(pod, view)
    yield from _truth(pod, view)
    yield from _progress(pod, view)


def container_rows(pod: Pod, view: View) -> LaidOut:
    """The table of a pod's containers, row by row."""
    return laid_out(
        _columns(pod, view),
        pod.containers,
        view.width,
        header=view.header,
        indent=_INDENT,
        ellipsis=view.theme.ellipsis,
    )


def pod_notes(pod: Pod, view: View) -> Iterator[Line]:
    """What the containers' states say, and the conditions that are not True."""
    yield from _messages(pod, view)
    yield from _blocks(pod, view)


def _heading(pod: Pod, view: View) -> Iterator[Line]:
    """The pod as kubectl sees it, on one line where there is room."""
    summary = summarize(pod)
    fields = [
        ("READY", Span(summary.ready_text)),
        ("STATUS", Span(one_line(summary.status), STYLE_OF_SEVERITY[pod_severity(pod)])),
        ("RESTARTS", Span(summary.restarts_text(view.now))),
        ("AGE", Span(age(pod.created, view.now))),
        ("NODE", Span(one_line(pod.node) or "none")),
    ]
    name = Span(f"{one_line(pod.namespace)}/{one_line(pod.name)}", Style.STRONG)
    labelled = (clipped([Span(f"  {label} ", Style.QUIET), value], view.width) for label, value in fields)
    yield from flowed([[name], *labelled], view.width)


def _truth(pod: Pod, view: View) -> Iterator[Line]:
    style = subject_style(STYLE_OF_SEVERITY[pod_severity(pod)])
    for number, fact in enumerate(facts(pod, summarize(pod), view.now)):
        yield from _paragraph(fact_words(fact, pod, first=number == 0), view, style)


def fact_words(fact: Fact, pod: Pod, *, first: bool) -> str:
    """A fact as a sentence; where kubectl hides it, with what kubectl says instead."""
    sentence = one_line(fact.sentence)
    if fact.hidden and first:
        return f"kubectl says {one_line(summarize(pod).status)}; {sentence}"
    return sentence


def _paragraph(text: str, view: View, style: Style, label: str = "") -> Iterator[Line]:
    room = view.width - _INDENT - width_of(label)
    if room < _PARAGRAPH_LEAST and label:
        for piece in wrapped(label, max(view.width - _INDENT, _PARAGRAPH_LEAST)):
            yield line(" " * _INDENT, Span(piece, Style.QUIET))
        label, room = "  ", view.width - 2 * _INDENT
    room = max(room, _PARAGRAPH_LEAST)
    for number, piece in enumerate(wrapped(text, room)):
        head = Span(label, Style.QUIET) if number == 0 else Span(" " * width_of(label))
        yield line(" " * _INDENT, head, Span(piece, style))


def _progress(pod: Pod, view: View) -> Iterator[Line]:
    """The init sequence while it runs; afterwards the table says enough."""
    progress = init_progress(pod)
    if progress is None or progress.current is None:
        return
    full, empty = view.theme.bar(progress.done, progress.total, _BAR)
    groups = [
        [
            Span(f"{' ' * _INDENT}init {progress.done}/{progress.total} ", Style.QUIET),
            Span(full, Style.BUSY),
            Span(empty, Style.QUIET),
        ]
    ]
    for step in pod.init_sequence:
        name = fitted(one_line(step.name), max(view.width - _BAR, _PARAGRAPH_LEAST), view.theme.ellipsis)
        groups.append([Span("  "), glyph_span(step, pod, view.theme), Span(f" {name}")])
        if step is progress.current and (since := state_age(step, view.now)):
            groups[-1].append(Span(f" {since}", Style.BUSY))
    yield from flowed(groups, view.width)


def _columns(pod: Pod, view: View) -> list[Column[Container]]:
    def name(container: Container) -> tuple[Span]:
        return (Span(one_line(container.name) + ("" if container.declared else " (not in spec)")),)

    def state(container: Container) -> tuple[Span]:
        glyph = glyph_span(container, pod, view.theme).text
        return (health_span(container, pod, f"{glyph} {state_words(container, pod)}"),)

    def image(container: Container) -> tuple[Span]:
        return (Span(one_line(container.spec.image or container.status.image), Style.QUIET),)

    return [
        Column("ROLE", lambda c: (Span(c.role.value, Style.QUIET),)),
        Column("NAME", name, least=12),
        Column("STATE", state, least=16),
        Column("READY", lambda c: (Span(ready_words(c)),)),
        Column("RESTARTS", lambda c: (Span(str(c.status.restarts)),)),
        Column("LAST", lambda c: (Span(last_words(c.status.last, view.now)),), spills=True),
        Column("AGE", lambda c: (Span(state_age(c, view.now)),)),
        *(wide_columns(pod, view.usage) if view.wide else ()),
        Column("IMAGE", image, least=12, yields=True, cut=fitted_end),
    ]


def _messages(pod: Pod, view: View) -> Iterator[Line]:
    """What the containers' states say beyond what has been said: why one waits, and its last words."""
    said = " ".join(fact.sentence for fact in facts(pod, summarize(pod), view.now))
    for container in pod.containers:
        state, last = container.state, container.status.last
        if state.message and state.message not in said:
            yield from _message(f"{container.name} {_verb(state, 'said at its end')}: ", state.message, view)
        if last is not None and last.message and last.message != state.message:
            yield from _message(f"{container.name} {_verb(last, 'said at its last end')}: ", last.message, view)


def _verb(state: ContainerState, ended: str) -> str:
    """Whose word a message is: the kubelet's, the runtime's or the container's."""
    if state.waiting:
        return "waits"
    return "could not be started" if state.reason in NEVER_STARTED else ended


def _message(label: str, message: str, view: View) -> Iterator[Line]:
    room = max(view.width - 2 * _INDENT, _PARAGRAPH_LEAST)
    pieces = [piece for text in lines_of(message) for piece in wrapped(text, room)]
    label = one_line(label) + " "
    if len(pieces) == 1 and _INDENT + width_of(label + pieces[0]) <= view.width:
        yield line(" " * _INDENT, Span(label, Style.QUIET), pieces[0])
        return
    for piece in wrapped(label.rstrip(), room):
        yield line(" " * _INDENT, Span(piece, Style.QUIET))
    for piece in pieces[:_MESSAGE_LINES]:
        yield line(" " * (_INDENT + 2), piece)
    if len(pieces) > _MESSAGE_LINES:
        rest = f"{view.theme.ellipsis} {len(pieces) - _MESSAGE_LINES} more lines: -o json has them"
        yield line(" " * (_INDENT + 2), Span(rest, Style.QUIET))


def _blocks(pod: Pod, view: View) -> Iterator[Line]:
    """Conditions that are not True, with their reasons, and the readiness gates by name."""
    if pod.terminal:
        return
    said: set[str] = set()
    for condition in pod.conditions:
        told = f"{condition.reason}: {condition.message}" if condition.message else condition.reason
        if condition.status == "True" or not told or told in said or condition.type == "PodReadyToStartContainers":
            continue
        said.add(told)  # ContainersReady and Ready have the same words
        label = f"condition {one_line(condition.type)} {one_line(condition.status)} "
        yield from _paragraph(one_line(told), view, Style.PLAIN, label)
    missing = unset_gates(pod)
    for gate in pod.readiness_gates:
        condition_of_gate = pod.condition(gate)
        told = (
            "True"
            if gate not in missing
            else (condition_of_gate.status if condition_of_gate else "not set by anything yet")
        )
        style = Style.GOOD if gate not in missing else Style.WARN
        yield from _paragraph(one_line(told), view, style, f"readiness gate {one_line(gate)} ")
