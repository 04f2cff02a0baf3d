"""The pages below a pod's containers: each made of what is known, of one container or of all. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kubectl_mc.model.coupling.coupled import coupling
from kubectl_mc.model.event import Event
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.timeline.start import timeline
from kubectl_mc.render.doctor import Reach, finding_lines
from kubectl_mc.render.events import events_page
from kubectl_mc.render.map import Mapped, map_page
from kubectl_mc.render.page import Line, Span, Style, line
from kubectl_mc.render.status import View, pod_notes
from kubectl_mc.render.text import one_line, wrapped
from kubectl_mc.render.timeline import timeline_page
from kubectl_mc.render.usage import usage_lines
from kubectl_mc.tui.judgement import Judgement
from kubectl_mc.tui.snapshot import Snapshot


@dataclass(frozen=True)
class Known:
    """What a page is made of."""

    pod: Pod
    view: View
    chosen: str
    """A container; empty for all."""
    snapshot: Snapshot
    events: Sequence[Event] | str
    """Or why there are none to be had."""
    judgement: Judgement | None
    """None before the first."""
    reach: Reach


def _events(known: Known) -> Iterator[Line]:
    if isinstance(known.events, str):
        yield from _warned(known.events, known.view)
        return
    view = known.view
    events = [event for event in known.events if not known.chosen or event.container == known.chosen]
    if events:
        yield from events_page(events, view.now, view.width, view.theme, namespaces=False).lines
    else:
        yield _quiet("no events; a cluster keeps them for an hour by default")


def _findings(known: Known) -> Iterator[Line]:
    judgement, gone = known.judgement, known.pod.uid in known.snapshot.gone
    if judgement is None:
        yield _quiet("this pod is gone, and was not judged before" if gone else "looking …")
        return
    if gone:
        yield from _warned("this pod is gone; what was wrong with it at last:", known.view)
        yield ()
    if isinstance(judgement.findings, str):
        yield from _warned(judgement.findings, known.view)
    elif found := [each for each in judgement.findings if not known.chosen or each.container in ("", known.chosen)]:
        for finding in found:
            yield from finding_lines(finding, known.view.width, known.view.theme, known.reach)
            yield ()
    else:
        yield _quiet("nothing, as far as could be seen" if gone else "nothing is wrong, as far as can be seen")
    for text in judgement.left_out:
        yield from _warned(text, known.view)


def _map(known: Known) -> Iterator[Line]:
    pod, view = known.pod, known.view
    yield from map_page([Mapped(pod, coupling(pod), f"pod/{pod.name}")], view.width, view.theme, drawn=True).lines


def _timeline(known: Known) -> Iterator[Line]:
    pod, view = known.pod, known.view
    heard = known.events
    own = None if isinstance(heard, str) else [event for event in heard if event.object_uid == pod.uid]
    yield from timeline_page(pod, timeline(pod, own, view.now), view.width, view.theme).lines


def _usage(known: Known) -> Iterator[Line]:
    snapshot = known.snapshot
    found = list(usage_lines(known.pod, snapshot.history, known.view.width, known.view.theme))
    if snapshot.unmeasured:
        yield from [*found, *_warned(snapshot.unmeasured, known.view)]
    else:
        yield from found or [_quiet("nothing measured yet; it takes a metrics-server, and up to a minute")]


def _conditions(known: Known) -> Iterator[Line]:
    yield from list(pod_notes(known.pod, known.view)) or [_quiet("all conditions are as they should be")]


PAGES: Mapping[str, Callable[[Known], Iterator[Line]]] = {
    "Events": _events,
    "Doctor": _findings,
    "Map": _map,
    "Timeline": _timeline,
    "Usage": _usage,
    "Conditions": _conditions,
}
"""In the order of their tabs. To add one: a function and a line here."""


def _quiet(text: str) -> Line:
    return line(Span(f"  {text}", Style.QUIET))


def _warned(text: str, view: View) -> Iterator[Line]:
    """All of it, in as many rows as it takes."""
    for row in wrapped(one_line(text), max(view.width - 2, 1)):
        yield line(Span(f"  {row}", Style.WARN))
