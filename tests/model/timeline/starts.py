"""Pods that started at known seconds, and their events."""

from collections.abc import Mapping, Sequence
from typing import Any

from kubectl_mc.model.event import Event, parse_event
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.timeline.start import timeline
from kubectl_mc.model.timeline.values import Stretch, Timeline
from tests.pods import NOW, Entry, Json, ago, container, pod, sidecar

BORN = 600
"""So many seconds before `NOW` the pods are created."""


def at(second: float) -> str:
    """The API's text for so many seconds after the creation."""
    return ago(BORN - second)


def up(second: float) -> Json:
    """The state of a container that started then and runs."""
    return {"running": {"startedAt": at(second)}}


def over(start: float, end: float, code: int = 0, reason: str = "Completed") -> Json:
    """The state of one that ran from a second to another."""
    ended = {"exitCode": code, "reason": reason, "startedAt": at(start), "finishedAt": at(end)}
    return {"terminated": ended}


def since(second: float, status: str = "True", reason: str = "") -> Json:
    """A condition that has been so from a second on."""
    return {"status": status, "lastTransitionTime": at(second), **({"reason": reason} if reason else {})}


def event(
    second: float, reason: str, container: str = "", message: str = "", *, last: float | None = None, count: int = 1
) -> Event:
    about: Json = {"kind": "Pod", "name": "web", "uid": "uid-web"}
    if container:
        about["fieldPath"] = f"spec.containers{{{container}}}"
    return parse_event(
        {
            "metadata": {"name": f"web.{reason}.{second}", "uid": f"{reason}-{container}-{second}"},
            "involvedObject": about,
            "type": "Normal",
            "reason": reason,
            "message": message,
            "count": count,
            "firstTimestamp": at(second),
            "lastTimestamp": at(second if last is None else last),
        }
    )


def began(container: str, pulled: float, started: float, *, present: bool = True) -> list[Event]:
    """A container's events: the image is there, it is created a moment later, it starts."""
    said = "Container image already present on machine" if present else "Successfully pulled image"
    return [
        event(pulled, "Pulled", container, said),
        event(pulled, "Created", container),
        event(started, "Started", container),
    ]


def told(document: Json, events: Sequence[Event] = ()) -> Timeline:
    """The timeline of a pod that was created `BORN` seconds before it is looked at."""
    document["metadata"]["creationTimestamp"] = at(0)
    return timeline(parse_pod(document), events, NOW)


def words(stretches: Sequence[Stretch]) -> list[str]:
    """`first run 4`, `~side gate 5`, `pull app 7...` for one that goes on."""
    return [
        f"{'~' if each.approximate else ''}{each.container + ' ' if each.container else ''}{each.kind} {each.seconds}"
        + ("..." if each.open else "")
        for each in stretches
    ]


CONDITIONS: Mapping[str, Json] = {
    "PodScheduled": since(1),
    "PodReadyToStartContainers": since(4),
    "Initialized": since(22),
    "ContainersReady": since(31),
    "Ready": since(31),
}


def staged(**changed: Any) -> Json:
    """Two init steps, a sidecar with a gate, two apps, one of which takes a while until it is ready."""
    probe = {"exec": {"command": ["true"]}, "periodSeconds": 1}
    steps: list[Entry] = [
        container("first", over(5, 9)),
        container("second", over(11, 14)),
        sidecar("side", up(16), ready=True, started=True, startupProbe=probe),
    ]
    apps = [
        container("app", up(24), ready=True, started=True, readinessProbe=probe),
        container("other", up(25), ready=True, started=True),
    ]
    return pod(*apps, init=steps, **{"conditions": CONDITIONS, **changed})


EVENTS = [
    event(1, "Scheduled"),
    *began("first", 3, 5),
    *began("second", 10, 11),
    *began("side", 14, 16),
    *began("app", 22, 24),
    *began("other", 24, 25),
    event(25, "Unhealthy", "app", "Readiness probe failed: ", last=30, count=6),
]
