"""`kubectl mc wait`: a page of what is missing with bars, a line for each change, and how it came out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kubectl_mc.doctor.finding import Certainty, Finding
from kubectl_mc.model.goal import Goal, Missing, Pulls, Standing, Step, pod_holds, pod_words, steps
from kubectl_mc.model.health import Health
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.times import human_duration
from kubectl_mc.model.workload import Workload
from kubectl_mc.render.doctor import Reach, finding_document
from kubectl_mc.render.page import Line, Page, Span, Style, Theme, clipped, line
from kubectl_mc.render.text import fitted_middle, one_line, width_of, wrapped
from kubectl_mc.render.words import STYLE_OF_HEALTH, glyph_span, health_span

_BAR = 12
_NAME = 30
"""Columns that a container's name may take."""

Told = dict[tuple[str, str], str]
"""A sentence each about objects and containers, by the object's name or uid and the container's name."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Everything that is waited for, at one moment."""

    goal: Goal
    standings: Mapping[str, Standing]
    """By the name of what was asked for."""
    pulls: Pulls
    elapsed: float
    timeout: float
    namespaces: bool = False
    """Whether pods of several namespaces may be among them."""

    @property
    def held(self) -> bool:
        return all(standing.held for standing in self.standings.values())

    @property
    def missing(self) -> list[Missing]:
        return list(dict.fromkeys(part for standing in self.standings.values() for part in standing.missing))

    @property
    def pods(self) -> list[Pod]:
        """All pods that count, each once."""
        return list({pod.uid: pod for standing in self.standings.values() for pod in standing.pods}.values())

    @property
    def short(self) -> list[Workload]:
        """What has made too few pods."""
        return [standing.short for standing in self.standings.values() if standing.short is not None]

    def name(self, pod: Pod) -> str:
        return one_line(f"{pod.namespace}/{pod.name}" if self.namespaces else pod.name)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it came out."""

    progress: Progress
    why: str = ""
    """Why it ended before it held; empty if it held."""
    timed_out: bool = False
    cause: Finding | None = None

    @property
    def held(self) -> bool:
        return not self.why


def told(progress: Progress) -> Told:
    """What is so, in a sentence for each object and container whose turn has come."""
    found: Told = {}
    for name, standing in progress.standings.items():
        if own := _own(name, standing):
            found[name, ""] = f"{one_line(name)} {one_line('; '.join(own))}"
        found |= {(name, note): one_line(note) for note in standing.notes}
    for pod in progress.pods:
        name = progress.name(pod)
        found[pod.uid, ""] = f"{name} {one_line(pod_words(pod))}"
        for step in steps(pod, progress.goal, progress.pulls):
            if step.stage:
                container = step.container
                found[pod.uid, container.name] = one_line(f"{name} {container.role} {container.name} {step.words}")
    return found


def changes(before: Told, after: Told, there: Mapping[str, Any]) -> Iterator[str]:
    """The sentences that are new.

    Args:
        there: the uids of pods that exist, whether they count or not.
    """
    for key, sentence in after.items():
        if before.get(key) != sentence:
            yield sentence
    for key, sentence in before.items():
        if key not in after and not key[1] and "/" not in key[0]:
            yield f"{sentence.partition(' ')[0]} {'no longer counts' if key[0] in there else 'is gone'}"


def timed(sentence: str, elapsed: float) -> str:
    """A sentence with the time that has passed: `12s  web init migrate exited 0`."""
    return f"{human_duration(elapsed):<6}{sentence}\n"


def progress_page(progress: Progress, width: int, theme: Theme, findings: Sequence[Finding] = ()) -> Page:
    """What is waited for, what holds already, and what is missing."""
    lines: list[Line] = []
    for name, standing in progress.standings.items():
        lines += [clipped(each, width, theme.ellipsis) for each in _standing(name, standing, progress, theme)]
    for finding in findings:
        doubt = "likely: " if finding.certainty is Certainty.LIKELY else ""
        said = f"so far: {doubt}{one_line(finding.summary)}"
        lines += [line("  ", Span(piece, Style.WARN)) for piece in wrapped(said, max(width - 2, 20))]
    return Page(lines)


def _standing(name: str, standing: Standing, progress: Progress, theme: Theme) -> Iterator[Line]:
    state = Span(f"  {progress.goal}" if standing.held else f"  not {progress.goal} yet", _style(held=standing.held))
    bound = f" of {human_duration(progress.timeout)}" if progress.timeout else ""
    yield line(
        Span(one_line(name), Style.STRONG), state, Span(f"  {human_duration(progress.elapsed)}{bound}", Style.QUIET)
    )
    for words in _own(name, standing):
        yield line("  ", one_line(words))
    for note in standing.notes:
        yield line("  ", Span(one_line(note), Style.QUIET))
    lacking = [pod for pod in standing.pods if not pod_holds(pod, progress.goal)]
    for pod in lacking:
        yield from _pod(pod, progress, theme)
    if holding := len(standing.pods) - len(lacking):
        glyph = Span(theme.glyph(Health.READY), STYLE_OF_HEALTH[Health.READY])
        names = ", ".join(progress.name(pod) for pod in standing.pods if pod not in lacking)
        yield line("  ", glyph, f" {holding} {progress.goal}: ", Span(names, Style.QUIET))


def _own(name: str, standing: Standing) -> list[str]:
    """What is missing of the very thing that was named; a pod that exists is told of in its own words."""
    if name.startswith("pod/") and standing.pods:
        return []
    return [part.words for part in standing.missing if part.object == name and not part.container]


def _pod(pod: Pod, progress: Progress, theme: Theme) -> Iterator[Line]:
    yield line("  ", Span(progress.name(pod), Style.STRONG), f"  {one_line(pod_words(pod))}")
    shown = steps(pod, progress.goal, progress.pulls)
    names = {step.container.name: fitted_middle(one_line(step.container.name), _NAME) for step in shown}
    room = max((width_of(name) for name in names.values()), default=0)
    for step in shown:
        yield _step(step, pod, names[step.container.name], room, theme)


def _step(step: Step, pod: Pod, name: str, room: int, theme: Theme) -> Line:
    full, empty = theme.bar(min(step.stage, step.stages), step.stages, _BAR)
    return line(
        "    ",
        glyph_span(step.container, pod, theme),
        Span(f" {step.container.role:<8}", Style.QUIET),
        f"{name}{' ' * (room - width_of(name))}  ",
        health_span(step.container, pod, full),
        Span(empty, Style.QUIET),
        f"  {one_line(step.words)}",
    )


def _style(*, held: bool) -> Style:
    return Style.GOOD if held else Style.BUSY


def missing_page(missing: Sequence[Missing], width: int) -> Page:
    """What is still missing, a line each."""
    lines: list[Line] = [line(Span("still missing", Style.STRONG))] if missing else []
    for part in missing:
        where = f"{part.object} {part.container}" if part.container else part.object
        for number, piece in enumerate(wrapped(f"{one_line(where)}: {one_line(part.words)}", max(width - 2, 20))):
            lines.append(line("  " if number == 0 else "    ", piece))
    return Page(lines)


def outcome_document(outcome: Outcome, reach: Reach) -> dict[str, Any]:
    """`wait -o json`."""
    progress = outcome.progress
    return {
        "held": outcome.held,
        "for": progress.goal.value,
        "timedOut": outcome.timed_out,
        "elapsedSeconds": round(progress.elapsed, 3),
        "why": outcome.why or None,
        "targets": [
            {"target": name, "held": standing.held, "notes": list(standing.notes), "pods": len(standing.pods)}
            for name, standing in progress.standings.items()
        ],
        "missing": [
            {"object": part.object, "container": part.container or None, "missing": part.words}
            for part in progress.missing
        ],
        "cause": finding_document(outcome.cause, reach) if outcome.cause is not None else None,
    }
