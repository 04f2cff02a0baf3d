"""API JSON into the model. Total: whatever is missing, null or of the wrong type becomes a default, never an error."""

from collections.abc import Iterator
from datetime import datetime

from kubectl_mc.model.fields import Json, flag, labels, mapping, number, objects, text, texts
from kubectl_mc.model.pod import Condition, Container, ContainerState, ContainerStatus, Owner, Pod, StateKind
from kubectl_mc.model.spec import ContainerSpec, Role
from kubectl_mc.model.spec_parsing import parse_container, parse_shared
from kubectl_mc.model.times import parse_time

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
"""The annotation that names the container which commands mean that name none."""


def parse_pod(document: Json) -> Pod:
    """A core/v1 Pod, as `get`, `list` or `watch` return it."""
    metadata, spec, status = (mapping(document, key) for key in ("metadata", "spec", "status"))
    phase = text(status, "phase")
    name = text(metadata, "name")
    init_statuses = tuple(_status(s) for s in objects(status, "initContainerStatuses"))
    app_statuses = tuple(_status(s) for s in objects(status, "containerStatuses"))
    ephemeral_statuses = tuple(_status(s) for s in objects(status, "ephemeralContainerStatuses"))
    containers = (
        *_containers(spec, "initContainers", init_statuses, Role.INIT, phase),
        *_containers(spec, "containers", app_statuses, Role.APP, phase),
        *_containers(spec, "ephemeralContainers", ephemeral_statuses, Role.EPHEMERAL, phase),
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
        deletion_grace=number(metadata, "deletionGracePeriodSeconds"),
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
        labels=labels(metadata, "labels"),
        shared=parse_shared(spec, name),
    )


def parse_owners(metadata: Json) -> tuple[Owner, ...]:
    """The ownerReferences of any object's metadata."""
    return tuple(
        Owner(text(o, "kind"), text(o, "name"), text(o, "uid"), o.get("controller") is True, text(o, "apiVersion"))
        for o in objects(metadata, "ownerReferences")
    )


def _containers(
    spec: Json, field: str, statuses: tuple[ContainerStatus, ...], role: Role, phase: str
) -> Iterator[Container]:
    """Spec and status joined by name: the kubelet sorts the app containers' statuses by name, unlike the spec."""
    left = {status.name: status for status in statuses}
    # A pod that no node has taken yet has no statuses at all: its containers wait. Core/v1 ContainerState
    # says of an empty state that it is waiting, too.
    missing = StateKind.WAITING if phase in ("", "Pending") else StateKind.UNKNOWN
    for index, document in enumerate(objects(spec, field)):
        parsed = parse_container(document, role, f"spec.{field}[{index}]")
        status = left.pop(parsed.name, None)
        if status is None:
            # An ephemeral container is added to a running pod, so it waits until the kubelet has seen it.
            kind = StateKind.WAITING if role is Role.EPHEMERAL else missing
            status = ContainerStatus(parsed.name, ContainerState(kind))
        yield Container(parsed, status)
    for status in left.values():
        yield Container(ContainerSpec(status.name, role, status.image), status, declared=False)


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
