"""Cases for rules, in as few words as a table needs."""

from collections.abc import Mapping, Sequence

from kubectl_mc.doctor.case import Case, Known, Presence, Tail
from kubectl_mc.doctor.diagnosis import diagnose
from kubectl_mc.doctor.finding import Finding
from kubectl_mc.doctor.needs import needs_of
from kubectl_mc.model.event import Event, folded, parse_event
from kubectl_mc.model.metrics import Usage
from kubectl_mc.model.parsing import parse_pod
from tests.pods import NOW, Json, ago

THERE = Known(Presence.THERE)
MISSING = Known(Presence.MISSING)


def event(
    reason: str, message: str, container: str = "", *, seconds: float = 30, count: int = 1, type_: str = "Warning"
) -> Event:
    """An event of the pod, or of one of its containers, seen last so long ago."""
    about = {"kind": "Pod", "name": "web", "uid": "uid-web"}
    if container:
        about["fieldPath"] = f"spec.containers{{{container}}}"
    return parse_event(
        {
            "metadata": {"name": f"web.{reason}", "namespace": "shop", "uid": f"{reason}-{container}-{message}"},
            "involvedObject": about,
            "type": type_,
            "reason": reason,
            "message": message,
            "count": count,
            "firstTimestamp": ago(seconds + 60 * (count - 1)),
            "lastTimestamp": ago(seconds),
        }
    )


def case(
    pod: Json,
    *events: Event,
    logs: Mapping[str, Sequence[str]] | None = None,
    objects: Mapping[tuple[str, str], Known] | None = None,
    usage: Mapping[str, Usage] | None = None,
) -> Case:
    """A pod and what is known around it, at `NOW`. `logs` are the last lines of containers."""
    parsed = parse_pod(pod)
    previous = {need.container: need.previous for need in needs_of(parsed, NOW).logs}
    tails = {name: Tail(tuple(lines), previous.get(name, False), complete=True) for name, lines in (logs or {}).items()}
    return Case(parsed, NOW, tuple(folded(events)), objects or {}, tails, usage or {})


def found(judged: Case) -> dict[str, Finding]:
    """The findings of a case by their ids."""
    return {finding.id: finding for finding in diagnose(judged)}


def primary(judged: Case) -> Finding | None:
    """The primary cause."""
    return next((finding for finding in diagnose(judged) if finding.primary), None)
