"""The machine output: documents whose fields are a contract. New fields may come; none is renamed or goes."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from kubectl_mc import PROGRAM
from kubectl_mc.model.event import Event
from kubectl_mc.model.health import Severity, pod_severity
from kubectl_mc.model.pod import Condition, Container, ContainerState, Pod
from kubectl_mc.model.progress import init_progress
from kubectl_mc.model.summary import summarize
from kubectl_mc.model.times import format_time
from kubectl_mc.model.truth import facts
from kubectl_mc.render.doctor import Reach, finding_document

Document = dict[str, Any]


def status_document(pods: Iterable[Pod], now: datetime, reach: Reach | None = None) -> Document:
    """`status -o json`.

    Args:
        reach: how the next commands of causes get to the cluster.
    """
    return {"pods": [_pod(pod, now, reach or Reach(PROGRAM)) for pod in pods]}


def events_document(events: Iterable[Event]) -> Document:
    """`events -o json`."""
    return {
        "events": [
            {
                "time": format_time(event.last_seen),
                "type": event.type,
                "reason": event.reason,
                "container": event.container or None,
                "object": event.object,
                "message": event.message,
                "count": event.count,
                "firstSeen": format_time(event.first_seen),
                "lastSeen": format_time(event.last_seen),
                "namespace": event.namespace,
            }
            for event in events
        ]
    }


def as_json(document: Document) -> str:
    """Text of a document; what is beyond ASCII is escaped, so that no terminal can be harmed by it."""
    return json.dumps(document, indent=2) + "\n"


def as_yaml(document: Document) -> str:
    """The same document as YAML."""
    import yaml

    return str(yaml.safe_dump(document, sort_keys=False))


def _pod(pod: Pod, now: datetime, reach: Reach) -> Document:
    summary = summarize(pod)
    progress = init_progress(pod)
    return {
        "namespace": pod.namespace,
        "name": pod.name,
        "uid": pod.uid,
        "node": pod.node or None,
        "phase": pod.phase,
        "ready": summary.ready_text,
        "status": summary.status,
        "restarts": summary.restarts,
        "initProgress": None
        if progress is None
        else {
            "done": progress.done,
            "total": progress.total,
            "current": progress.current.name if progress.current else None,
        },
        "containers": [_container(container) for container in pod.containers],
        "cause": _cause(pod, now, reach),
        "reason": pod.reason or None,
        "message": pod.message or None,
        "createdAt": format_time(pod.created),
        "deletedAt": format_time(pod.deleted),
        "finalizers": list(pod.finalizers),
        "owners": [{"kind": o.kind, "name": o.name, "controller": o.controller} for o in pod.owners],
        "conditions": [_condition(condition) for condition in pod.conditions],
        "facts": [
            {
                "sentence": fact.sentence,
                "container": fact.container.name if fact.container else None,
                "hidden": fact.hidden,
            }
            for fact in facts(pod, summary, now)
        ],
    }


def _cause(pod: Pod, now: datetime, reach: Reach) -> Document | None:
    """The primary cause as far as the pod itself shows it; `doctor` reads events and logs besides."""
    if pod_severity(pod) < Severity.WARNING:
        return None
    from kubectl_mc.doctor.case import Case
    from kubectl_mc.doctor.diagnosis import diagnose

    cause = next((finding for finding in diagnose(Case(pod, now)) if finding.primary), None)
    return finding_document(cause, reach) if cause is not None else None


def _condition(condition: Condition) -> Document:
    return {
        "type": condition.type,
        "status": condition.status,
        "reason": condition.reason or None,
        "message": condition.message or None,
        "since": format_time(condition.since),
    }


def _container(container: Container) -> Document:
    state, status = container.state, container.status
    return {
        "name": container.name,
        "role": container.role.value,
        "image": container.spec.image or status.image,
        "state": state.kind.value,
        "reason": state.reason or None,
        "message": state.message or None,
        "ready": status.ready,
        "started": status.started,
        "restarts": status.restarts,
        "exitCode": state.exit_code,
        "signal": state.signal,
        "startedAt": format_time(state.started_at),
        "finishedAt": format_time(state.finished_at),
        "last": _last(status.last),
    }


def _last(last: ContainerState | None) -> Document | None:
    if last is None or not last.terminated:
        return None
    return {
        "reason": last.reason or None,
        "exitCode": last.exit_code,
        "signal": last.signal,
        "startedAt": format_time(last.started_at),
        "finishedAt": format_time(last.finished_at),
        "message": last.message or None,
    }
