"""API JSON into the model. Total: whatever is missing, null or of the wrong type becomes a default, never an error."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from kubectl_mc.model.pod import (
    Condition,
    Container,
    ContainerSpec,
    ContainerState,
    ContainerStatus,
    Mount,
    Owner,
    Pod,
    Port,
    Probe,
    Role,
    StateKind,
)
from kubectl_mc.model.times import parse_time

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
"""The annotation that names the container which commands mean that name none."""

Json = Mapping[str, Any]
"""A decoded JSON object of the API; the only place of `Any` beyond the client."""


def parse_pod(document: Json) -> Pod:
    """A core/v1 Pod, as `get`, `list` or `watch` return it."""
    metadata, spec, status = (mapping(document, key) for key in ("metadata", "spec", "status"))
    phase = text(status, "phase")
    name = text(metadata, "name")
    init_statuses = tuple(_status(s) for s in objects(status, "initContainerStatuses"))
    app_statuses = tuple(_status(s) for s in objects(status, "containerStatuses"))
    ephemeral_statuses = tuple(_status(s) for s in objects(status, "ephemeralContainerStatuses"))
    containers = (
        *_containers(objects(spec, "initContainers"), init_statuses, Role.INIT, phase),
        *_containers(objects(spec, "containers"), app_statuses, Role.APP, phase),
        *_containers(objects(spec, "ephemeralContainers"), ephemeral_statuses, Role.EPHEMERAL, phase),
    )
    return Pod(
        namespace=text(metadata, "namespace"),
        name=name,
        uid=text(metadata, "uid"),
        node=text(spec, "nodeName"),
        phase=phase,
        reason=text(status, "reason"),
        message=text(status, "message"),
        default_container=text(mapping(metadata, "annotations"), DEFAULT_CONTAINER),
        created=parse_time(metadata.get("creationTimestamp")),
        deleted=parse_time(metadata.get("deletionTimestamp")),
        restart_policy=text(spec, "restartPolicy") or "Always",
        containers=tuple(sorted(containers, key=lambda container: not container.declared)),
        init_statuses=init_statuses,
        app_statuses=app_statuses,
        conditions=tuple(
            Condition(
                text(c, "type"),
                text(c, "status"),
                text(c, "reason"),
                text(c, "message"),
                parse_time(c.get("lastTransitionTime")),
            )
            for c in objects(status, "conditions")
        ),
        readiness_gates=tuple(text(gate, "conditionType") for gate in objects(spec, "readinessGates")),
        scheduling_gates=tuple(text(gate, "name") for gate in objects(spec, "schedulingGates")),
        scheduler=text(spec, "schedulerName"),
        finalizers=tuple(texts(metadata, "finalizers")),
        owners=parse_owners(metadata),
        claims=tuple(_claims(name, objects(spec, "volumes"))),
    )


def parse_owners(metadata: Json) -> tuple[Owner, ...]:
    """The ownerReferences of any object's metadata."""
    return tuple(
        Owner(text(o, "kind"), text(o, "name"), text(o, "uid"), o.get("controller") is True, text(o, "apiVersion"))
        for o in objects(metadata, "ownerReferences")
    )


def mapping(parent: Json, key: str) -> Json:
    """The object under `key`; empty when there is none."""
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def objects(parent: Json, key: str) -> list[Json]:
    """The objects in the list under `key`; anything else in it is passed over."""
    value = parent.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts(parent: Json, key: str) -> list[str]:
    """The texts in the list under `key`; anything else in it is passed over."""
    value = parent.get(key)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def text(parent: Json, key: str) -> str:
    """The text under `key`; empty when there is none."""
    value = parent.get(key)
    return value if isinstance(value, str) else ""


def number(parent: Json, key: str, default: int = 0) -> int:
    """The whole number under `key`."""
    value = parent.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def flag(parent: Json, key: str) -> bool | None:
    """The truth value under `key`; None when there is none."""
    value = parent.get(key)
    return value if isinstance(value, bool) else None


def _containers(
    specs: list[Json], statuses: tuple[ContainerStatus, ...], role: Role, phase: str
) -> Iterator[Container]:
    """Spec and status joined by name: the kubelet sorts the app containers' statuses by name, unlike the spec."""
    left = {status.name: status for status in statuses}
    # A pod that no node has taken yet has no statuses at all: its containers wait. Core/v1 ContainerState
    # says of an empty state that it is waiting, too.
    missing = StateKind.WAITING if phase in ("", "Pending") else StateKind.UNKNOWN
    for spec in specs:
        parsed = _spec(spec, role)
        status = left.pop(parsed.name, None)
        if status is None:
            # An ephemeral container is added to a running pod, so it waits until the kubelet has seen it.
            kind = StateKind.WAITING if role is Role.EPHEMERAL else missing
            status = ContainerStatus(parsed.name, ContainerState(kind))
        yield Container(parsed, status)
    for status in left.values():
        yield Container(ContainerSpec(status.name, role, status.image), status, declared=False)


def _spec(spec: Json, role: Role) -> ContainerSpec:
    resources = mapping(spec, "resources")
    if role is Role.INIT and text(spec, "restartPolicy") == "Always":
        role = Role.SIDECAR
    return ContainerSpec(
        name=text(spec, "name"),
        role=role,
        image=text(spec, "image"),
        ports=tuple(
            Port(number(p, "containerPort"), text(p, "protocol") or "TCP", text(p, "name"))
            for p in objects(spec, "ports")
        ),
        probes=tuple(
            _probe(kind, spec[f"{kind}Probe"])
            for kind in ("startup", "readiness", "liveness")
            if mapping(spec, f"{kind}Probe")
        ),
        requests={key: str(value) for key, value in mapping(resources, "requests").items()},
        limits={key: str(value) for key, value in mapping(resources, "limits").items()},
        mounts=tuple(
            Mount(
                text(m, "name"),
                text(m, "mountPath"),
                flag(m, "readOnly") is True,
                text(m, "subPath") or text(m, "subPathExpr"),
            )
            for m in objects(spec, "volumeMounts")
        ),
        stdin=flag(spec, "stdin") is True,
        tty=flag(spec, "tty") is True,
        target=text(spec, "targetContainerName"),
    )


def _probe(kind: str, probe: Json) -> Probe:
    return Probe(kind, _action(probe), number(probe, "periodSeconds", 10), number(probe, "failureThreshold", 3))


def _action(probe: Json) -> str:
    """Worded as `kubectl describe` does (kubectl `pkg/describe` DescribeProbe)."""
    if http := mapping(probe, "httpGet"):
        scheme = (text(http, "scheme") or "HTTP").lower()
        return f"http-get {scheme}://{text(http, 'host')}:{http.get('port', '')}{text(http, 'path') or '/'}"
    if tcp := mapping(probe, "tcpSocket"):
        return f"tcp-socket {text(tcp, 'host')}:{tcp.get('port', '')}"
    if grpc := mapping(probe, "grpc"):
        return f"grpc :{grpc.get('port', '')} {text(grpc, 'service')}".rstrip()
    command = mapping(probe, "exec").get("command")
    return f"exec [{' '.join(map(str, command))}]" if isinstance(command, list) else "unknown"


def _status(status: Json) -> ContainerStatus:
    last = _state(mapping(status, "lastState"))
    return ContainerStatus(
        name=text(status, "name"),
        state=_state(mapping(status, "state")),
        last=last if last.terminated else None,
        ready=flag(status, "ready") is True,
        started=flag(status, "started"),
        restarts=number(status, "restartCount"),
        image=text(status, "image"),
        container_id=text(status, "containerID"),
    )


def _state(state: Json) -> ContainerState:
    if isinstance(state.get("running"), dict):
        return ContainerState(StateKind.RUNNING, started_at=parse_time(mapping(state, "running").get("startedAt")))
    if isinstance(ended := state.get("terminated"), dict):
        return ContainerState(
            StateKind.TERMINATED,
            reason=text(ended, "reason"),
            message=text(ended, "message"),
            exit_code=number(ended, "exitCode"),
            signal=number(ended, "signal") or None,
            started_at=_start(ended),
            finished_at=parse_time(ended.get("finishedAt")),
        )
    waiting = mapping(state, "waiting")
    return ContainerState(StateKind.WAITING, reason=text(waiting, "reason"), message=text(waiting, "message"))


def _start(ended: Json) -> datetime | None:
    """When an ended instance began; the kubelet writes the year 1970 for one that never did."""
    time = parse_time(ended.get("startedAt"))
    return time if time is None or time.year > 1970 else None


def _claims(pod: str, volumes: list[Json]) -> Iterator[str]:
    for volume in volumes:
        if name := text(mapping(volume, "persistentVolumeClaim"), "claimName"):
            yield name
        elif mapping(volume, "ephemeral"):
            yield f"{pod}-{text(volume, 'name')}"
