"""Pods in the API's own JSON, in as few words as a table of cases needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
"""When the pods below are looked at."""

Json = dict[str, Any]


def ago(seconds: float) -> str:
    """The API's text for so long before `NOW`; negative for what is still to come."""
    return (NOW - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def running(seconds: float = 60) -> Json:
    """The state of a container that started so long ago."""
    return {"running": {"startedAt": ago(seconds)}}


def waiting(reason: str = "", message: str = "") -> Json:
    """The state of a container that waits."""
    return {"waiting": {key: value for key, value in (("reason", reason), ("message", message)) if value}}


def ended(
    code: int, reason: str = "", *, signal: int = 0, seconds: float = 120, ran: float = 3, message: str = ""
) -> Json:
    """The state of a container that ended so long ago."""
    texts = {"reason": reason, "message": message}
    return {
        "terminated": {
            "exitCode": code,
            **{key: value for key, value in texts.items() if value},
            **({"signal": signal} if signal else {}),
            "startedAt": ago(seconds + ran),
            "finishedAt": ago(seconds),
        }
    }


@dataclass(frozen=True)
class Entry:
    """A container of a pod under construction: its spec and, once the kubelet has seen it, its status."""

    spec: Json
    status: Json | None


def container(
    name: str,
    state: Json | None = None,
    *,
    ready: bool = False,
    started: bool | None = None,
    restarts: int = 0,
    last: Json | None = None,
    **spec: Any,
) -> Entry:
    """A container; without a `state` the kubelet has reported nothing of it. `spec` is what its spec has besides."""
    status: Json | None = None
    if state is not None:
        status = {"name": name, "image": "app:1", "state": state, "lastState": last or {}, "ready": ready}
        status["restartCount"] = restarts
        if started is not None:
            status["started"] = started
    return Entry({"name": name, "image": "app:1", **spec}, status)


def sidecar(name: str, state: Json | None = None, **more: Any) -> Entry:
    """A native sidecar."""
    return container(name, state, restartPolicy="Always", **more)


def pod(
    *apps: Entry,
    init: Sequence[Entry] = (),
    ephemeral: Sequence[Entry] = (),
    phase: str = "Running",
    conditions: Mapping[str, str | Json] | None = None,
    deleted: str | None = None,
    restart_policy: str = "Always",
    node: str = "node-1",
    name: str = "web",
    gates: Sequence[str] = (),
    status: Json | None = None,
) -> Json:
    """A pod. `conditions` are a status by type, or a whole condition; `status` is what its status has besides."""
    spec: Json = {"restartPolicy": restart_policy, "nodeName": node}
    filled: Json = {"phase": phase, **(status or {})}
    for key, statuses, entries in (
        ("initContainers", "initContainerStatuses", init),
        ("containers", "containerStatuses", apps),
        ("ephemeralContainers", "ephemeralContainerStatuses", ephemeral),
    ):
        spec[key] = [entry.spec for entry in entries]
        filled[statuses] = [entry.status for entry in entries if entry.status is not None]
    filled["conditions"] = [
        {"type": type_, **({"status": value} if isinstance(value, str) else value)}
        for type_, value in (conditions or {}).items()
    ]
    spec["readinessGates"] = [{"conditionType": gate} for gate in gates]
    metadata = {"namespace": "shop", "name": name, "uid": f"uid-{name}", "creationTimestamp": ago(3600)}
    if deleted is not None:
        metadata["deletionTimestamp"] = deleted
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": filled}
