"""`kubectl mc timeline -o json`: fields are a contract, as everywhere in the machine output."""

from collections.abc import Iterable
from typing import Any

from kubectl_mc.model.pod import Pod
from kubectl_mc.model.timeline.values import Outcome, Restarts, Stretch, Timeline, Track
from kubectl_mc.model.times import format_time

Document = dict[str, Any]


def timeline_document(starts: Iterable[tuple[Pod, Timeline]]) -> Document:
    """All pods, in the order given."""
    return {"pods": [_pod(pod, told) for pod, told in starts]}


def _pod(pod: Pod, told: Timeline) -> Document:
    return {
        "namespace": pod.namespace,
        "name": pod.name,
        "uid": pod.uid,
        "node": pod.node or None,
        "outcome": told.outcome.value,
        "createdAt": format_time(told.created),
        "endedAt": None if told.outcome is Outcome.WAITING else format_time(told.end),
        "seconds": told.seconds,
        "approximate": told.approximate,
        "idleSeconds": told.idle,
        "path": [_stretch(stretch) for stretch in told.path],
        "containers": [_track(track) for track in told.tracks],
        "restarts": [_restarts(restarts) for restarts in told.restarts],
        "missing": list(told.missing),
    }


def _stretch(stretch: Stretch) -> Document:
    return {
        "kind": stretch.kind.value,
        "container": stretch.container or None,
        "start": format_time(stretch.start),
        "end": None if stretch.open else format_time(stretch.end),
        "seconds": stretch.seconds,
        "approximate": stretch.approximate,
        "note": stretch.note or None,
    }


def _track(track: Track) -> Document:
    return {
        "name": track.container,
        "role": track.role.value,
        "place": track.place or None,
        "steps": [_stretch(stretch) for stretch in track.stretches],
    }


def _restarts(restarts: Restarts) -> Document:
    last = restarts.last
    return {
        "container": restarts.container,
        "count": restarts.count,
        "forgotten": restarts.forgotten,
        "downSeconds": restarts.down,
        "lastExitCode": last.exit_code if last is not None else None,
        "lastReason": (last.reason or None) if last is not None else None,
        "lastStartedAt": format_time(last.started_at) if last is not None else None,
        "lastFinishedAt": format_time(last.finished_at) if last is not None else None,
    }
