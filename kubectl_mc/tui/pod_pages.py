"""The pages below a pod's containers: each made of what is known, of one container or of all. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kubectl_mc.doctor.finding import Finding
from kubectl_mc.model.coupling.coupled import coupling
from kubectl_mc.model.event import Event
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.timeline.start import timeline
from kubectl_mc.render.doctor import Reach, finding_lines
from kubectl_mc.render.events import events_page
from kubectl_mc.render.map import Mapped, map_page
from kubectl_mc.render.page import Line, Span, Style, line
from kubectl_mc.render.status import View, pod_notes
from kubectl_mc.render.text import one_line
from kubectl_mc.render.timeline import timeline_page
from kubectl_mc.render.usage import usage_lines
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
    findings: Sequence[Finding] | str | None
    """Or why; None before the first."""
    reach: Reach


def _events(known: Known) -> Iterator[Line]:
    if isinstance(known.events, str):
        yield _refused(known.events)
        return
    view = known.view
    events = [event for event in known.events if not known.chosen or event.container == known.chosen]
    if events:
        yield from events_page(events, view.now, view.width, view.theme, namespaces=False).lines
    else:
        yield _quiet("no events; a cluster keeps them for an hour by default")


def _findings(known: Known) -> Iterator[Line]:
    if known.findings is None:
        yield _quiet("looking …")
    elif isinstance(known.findings, str):
        yield _refused(known.findings)
    elif found := [each for each in known.findings if not known.chosen or each.container in ("", known.chosen)]:
        for finding in found:
            yield from finding_lines(finding, known.view.width, known.view.theme, known.reach)
            yield ()
    else:
        yield _quiet("nothing is wrong, as far as can be seen")


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
        yield from [*found, _refused(snapshot.unmeasured)]
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


def _refused(why: str) -> Line:
    return line(Span(f"  {one_line(why)}", Style.WARN))
