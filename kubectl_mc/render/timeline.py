"""`kubectl mc timeline`: a bar a container on one axis of time, and what the pod waited for, piece after piece."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from kubectl_mc.model.fact import end_words
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.spec import Role
from kubectl_mc.model.timeline.values import Kind, Outcome, Stretch, Timeline, Track
from kubectl_mc.model.times import age, human_duration
from kubectl_mc.render.page import Line, Page, Span, Style, Theme, clipped, line
from kubectl_mc.render.table import Column, table
from kubectl_mc.render.text import fitted, fitted_middle, one_line, width_of, wrapped

_INDENT = 2
_IN_A_PIPE = 60
"""Columns of the bars where there is no terminal."""
_LEAST = 16
_LABEL = 28
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
_WIDEST = 200

_BARS = {
    Kind.SCHEDULING: ("░", "."), Kind.SANDBOX: ("░", "."), Kind.PULL: ("▒", "~"), Kind.START: ("░", "."),
    Kind.RUN: ("█", "#"), Kind.GATE: ("▓", "*"), Kind.PROBES: ("▓", "*"), Kind.UP: ("━", "="),
    Kind.RESTARTS: ("▚", "%"), Kind.BACK_OFF: ("×", "x"), Kind.WAIT: ("?", "?"),
}  # fmt: skip
_STYLES = {
    Kind.SCHEDULING: Style.QUIET, Kind.SANDBOX: Style.QUIET, Kind.PULL: Style.BUSY, Kind.START: Style.QUIET,
    Kind.RUN: Style.BUSY, Kind.GATE: Style.WARN, Kind.PROBES: Style.WARN, Kind.UP: Style.GOOD,
    Kind.RESTARTS: Style.BAD, Kind.BACK_OFF: Style.BAD, Kind.WAIT: Style.BAD,
}  # fmt: skip
_OUTCOMES = {
    Outcome.READY: Style.GOOD,
    Outcome.READY_AGAIN: Style.GOOD,
    Outcome.SUCCEEDED: Style.GOOD,
    Outcome.FAILED: Style.BAD,
    Outcome.WAITING: Style.WARN,
}
_IN_SUMMARIES = {
    Kind.PULL: "pull", Kind.START: "start", Kind.RUN: "run", Kind.GATE: "gate", Kind.PROBES: "to ready",
    Kind.WAIT: "cannot start", Kind.RESTARTS: "run and down", Kind.BACK_OFF: "down",
    Kind.SCHEDULING: "scheduling", Kind.SANDBOX: "set-up",
}  # fmt: skip


def timeline_page(pod: Pod, told: Timeline, width: int, theme: Theme) -> Page:
    """One pod's start."""
    lines: list[Line] = [*_head(pod, told, width), (), *_chart(told, width, theme), (), *_path(told, width, theme)]
    notes = [*_restarts(told), *told.missing]
    if told.approximate or any(stretch.approximate for track in told.tracks for stretch in track.stretches):
        notes.append("~ is concluded from what came before and after, since the API keeps no time for it")
    if notes:
        lines.append(())
    for note in notes:
        for number, piece in enumerate(wrapped(one_line(note), max(width - _INDENT - 2, 20))):
            lines.append(line(" " * _INDENT, Span(f"{theme.dot} " if number == 0 else "  ", Style.QUIET), piece))
    return Page(clipped(spans, width, theme.ellipsis) for spans in lines)


def starts_page(starts: Sequence[tuple[Pod, Timeline]], width: int, theme: Theme) -> Page:
    """Several pods, a line each, in the order given."""
    row = tuple[Pod, Timeline]
    columns = [
        Column[row]("POD", lambda each: (Span(one_line(each[0].name), Style.STRONG),), least=19, cut=fitted_middle),
        Column[row]("START", lambda each: (Span(each[1].outcome.value, _OUTCOMES[each[1].outcome]),)),
        Column[row]("TOOK", lambda each: (Span(_took(each[1])),)),
        Column[row]("NODE", lambda each: (Span(one_line(each[0].node)),), least=8),
        Column[row]("WAITED LONGEST FOR", lambda each: (Span(_longest(each[1])),), least=20),
    ]
    return Page(table(columns, starts, width, ellipsis=theme.ellipsis))


def slowest_first(starts: Sequence[tuple[Pod, Timeline]]) -> list[tuple[Pod, Timeline]]:
    """What is not through comes first, then what took longest."""
    unfinished = (Outcome.WAITING, Outcome.FAILED)
    return sorted(starts, key=lambda each: (each[1].outcome not in unfinished, -each[1].seconds, each[0].name))


def stretch_words(stretch: Stretch) -> str:
    """What went on, in words: `app becomes ready (readiness probe)`."""
    name, note = one_line(stretch.container), one_line(stretch.note)
    words = {
        Kind.SCHEDULING: "scheduling",
        Kind.SANDBOX: "volumes and network",
        Kind.PULL: f"the image of {name} is pulled",
        Kind.START: f"{name} is started",
        Kind.RUN: f"{name} runs",
        Kind.GATE: f"{name} holds the next one back",
        Kind.PROBES: f"{name} becomes ready" if not stretch.open else f"{name} is not ready",
        Kind.UP: f"{name} is ready",
        Kind.RESTARTS: f"{name} runs and is down by turns",
        Kind.BACK_OFF: f"{name} is down",
        Kind.WAIT: f"{name} cannot start",
        Kind.IDLE: f"idle, until the kubelet goes on to {name}" if name else "idle, until the kubelet reports it",
        Kind.GATES: "readiness gates",
        Kind.END: f"{name} ends",
    }[stretch.kind]
    return f"{words} ({note})" if note else words


def _head(pod: Pod, told: Timeline, width: int) -> Iterator[Line]:
    name = f"{one_line(pod.namespace)}/{one_line(pod.name)}" if pod.namespace else one_line(pod.name)
    took = _took(told)
    words = {
        Outcome.READY: f"ready {took} after it was created",
        Outcome.SUCCEEDED: f"succeeded {took} after it was created",
        Outcome.FAILED: f"failed {took} after it was created",
        Outcome.READY_AGAIN: f"ready again {took} after it was created",
        Outcome.WAITING: f"not ready, {took} after it was created",
    }[told.outcome]
    if width_of(name) + 2 + width_of(words) <= width:
        yield line(Span(name, Style.STRONG), "  ", Span(words, _OUTCOMES[told.outcome]))
    else:
        yield line(Span(name, Style.STRONG))
        yield line(" " * _INDENT, Span(words, _OUTCOMES[told.outcome]))
    if told.path:
        for piece in wrapped(f"it waited longest for: {_longest(told)}", max(width - _INDENT, 20)):
            yield line(" " * _INDENT, piece)


def _took(told: Timeline) -> str:
    doubt = "~" if told.outcome is Outcome.READY and _end_is_vague(told) else ""
    return f"{doubt}{human_duration(told.seconds)}"


def _end_is_vague(told: Timeline) -> bool:
    """Whether the end itself is in doubt; what is between may be, without changing the sum."""
    return bool(told.path) and told.path[-1].approximate


def _longest(told: Timeline) -> str:
    longest = told.longest
    if longest is None:
        return ""
    share = f", {100 * longest.seconds // told.seconds}%" if told.seconds else ""
    return f"{stretch_words(longest)}, {_seconds(longest)}{share}"


def _seconds(stretch: Stretch) -> str:
    return f"{'~' if stretch.approximate else ''}{human_duration(stretch.seconds)}"


def _chart(told: Timeline, width: int, theme: Theme) -> Iterator[Line]:
    """The axis, a line for what comes before all containers, and one a container."""
    rows = [("scheduled, set up", told.scheduling, _summary(told.scheduling, told))]
    rows += [(_label(track), track.stretches, _summary(track.stretches, told)) for track in told.tracks]
    label = min(max(width_of(text) for text, _, _ in rows), _LABEL)
    words = max((width_of(text) for _, _, text in rows), default=0)
    room = (_IN_A_PIPE + words if width >= _WIDEST * 10 else min(width, _WIDEST)) - _INDENT - label - 4
    bars = max(room - words, min(_LEAST, room))
    words = max(room - bars, 0)
    if bars < 4:
        return
    whole = max(told.seconds, 1)
    yield _axis(label, bars, whole)
    for name, stretches, text in rows:
        yield (
            Span(" " * _INDENT),
            Span(_padded(fitted_middle(name, label, theme.ellipsis), label + 2), Style.STRONG),
            *_bar(stretches, told, bars, whole, theme),
            Span("  "),
            Span(fitted(text, words, theme.ellipsis), Style.QUIET),
        )
    if any(_legend_words(told, theme)):
        yield line(" " * (_INDENT + label + 2), Span("  ".join(_legend_words(told, theme)), Style.QUIET))


def _label(track: Track) -> str:
    name = one_line(track.container)
    if track.role is Role.INIT:
        return f"init {track.place} {name}"
    return f"sidecar {name}" if track.role is Role.SIDECAR else name


def _summary(stretches: Sequence[Stretch], told: Timeline) -> str:
    """The durations of a row, the latest four: `2s start, 4s run`."""
    within = [each for each in stretches if each.kind in _IN_SUMMARIES and each.start < told.end and each.seconds]
    return ", ".join(f"{_seconds(each)} {_IN_SUMMARIES[each.kind]}" for each in within[-4:])


def _axis(label: int, bars: int, whole: int) -> Line:
    step = next((each for each in _STEPS if each * bars / whole >= 8), max(whole, 1))
    text = ""
    for offset in range(0, whole + 1, step):
        column = offset * bars // whole
        mark = human_duration(offset)
        if column >= len(text) and column + len(mark) <= bars + 4:
            text += " " * (column - len(text)) + mark + " "
    return line(" " * (_INDENT + label + 2), Span(text.rstrip(), Style.QUIET))


def _bar(stretches: Sequence[Stretch], told: Timeline, bars: int, whole: int, theme: Theme) -> Iterator[Span]:
    """A row's columns; what is shorter than one column still has one."""
    kinds: list[Kind | None] = [None] * bars
    for stretch in stretches:
        if stretch.kind not in _BARS or (stretch.start >= told.end and stretch.seconds):
            continue
        first = _column(stretch.start, told, bars, whole)
        last = max(_column(min(stretch.end, told.end), told, bars, whole), first + (1 if stretch.seconds else 0))
        for column in range(first, min(last, bars)):
            kinds[column] = stretch.kind
    begin = 0
    for column in range(1, bars + 1):
        if column == bars or kinds[column] is not kinds[begin]:
            kind = kinds[begin]
            glyph = " " if kind is None else _BARS[kind][0 if theme.unicode else 1]
            yield Span(glyph * (column - begin), Style.PLAIN if kind is None else _STYLES[kind])
            begin = column


def _column(time: datetime, told: Timeline, bars: int, whole: int) -> int:
    return max(int((time - told.created).total_seconds()), 0) * bars // whole


def _legend_words(told: Timeline, theme: Theme) -> list[str]:
    """What the characters mean, of those that are used."""
    used = {stretch.kind for track in told.tracks for stretch in track.stretches}
    words = [
        (Kind.PULL, "image pull"),
        (Kind.START, "start"),
        (Kind.RUN, "runs"),
        (Kind.GATE, "not ready yet"),
        (Kind.PROBES, "not ready yet"),
        (Kind.UP, "ready"),
        (Kind.RESTARTS, "runs and is down by turns"),
        (Kind.BACK_OFF, "down"),
        (Kind.WAIT, "cannot start"),
    ]
    told_words: list[str] = []
    for kind, text in words:
        entry = f"{_BARS[kind][0 if theme.unicode else 1]} {text}"
        if kind in used and entry not in told_words:
            told_words.append(entry)
    return told_words


def _path(told: Timeline, width: int, theme: Theme) -> Iterator[Line]:
    def offset(stretch: Stretch) -> str:
        return f"+{human_duration(int((stretch.start - told.created).total_seconds()))}"

    def share(stretch: Stretch) -> str:
        return f"{100 * stretch.seconds // told.seconds}%" if told.seconds else ""

    def style(stretch: Stretch) -> Style:
        if stretch.open:
            return Style.WARN
        return Style.STRONG if stretch is told.longest else Style.QUIET if stretch.kind is Kind.IDLE else Style.PLAIN

    columns = [
        Column[Stretch]("AT", lambda each: (Span(offset(each)),)),
        Column[Stretch]("TOOK", lambda each: (Span(_seconds(each)),)),
        Column[Stretch]("SHARE", lambda each: (Span(share(each)),)),
        Column[Stretch](
            "IT WAITED FOR",
            lambda each: (Span(stretch_words(each) + (" and goes on" if each.open else ""), style(each)),),
            least=20,
        ),
    ]
    yield from table(columns, told.path, width, indent=_INDENT, ellipsis=theme.ellipsis)
    idle = f", {human_duration(told.idle)} of it idle" if told.idle else ""
    yield line(" " * _INDENT, Span(f"in all {human_duration(told.seconds)}{idle}", Style.QUIET))


def _restarts(told: Timeline) -> Iterator[str]:
    """How each container that restarted ended last; that it did so more than once is among what is missing."""
    for each in told.restarts:
        last = each.last
        begin = f"{each.container} restarted once" if each.count == 1 else each.container
        if last is not None:
            when = f" {age(last.finished_at, told.now)} ago" if last.finished_at is not None else ""
            down = "" if each.down is None else f", and was down for {human_duration(each.down)}"
            yield f"{begin}: the instance before ended{when} ({end_words(last)}){down}"


def _padded(text: str, room: int) -> str:
    return text + " " * max(room - width_of(text), 0)
