"""A pod's status as the kubelet writes it: phase, conditions and container statuses, from the state of its containers.

From `pkg/kubelet/status/generate.go` and `kubelet_pods.go::getPhase`; checked against a Kubernetes 1.34.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kubectl_mc.demo.clock import rfc3339
from kubectl_mc.demo.containers import ContainerRun
from kubectl_mc.demo.images import Image
from kubectl_mc.demo.instances import Running, State, Terminated, Waiting
from kubectl_mc.demo.scheduler import qos_class

Object = dict[str, Any]

OWN_CONDITIONS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


@dataclass(frozen=True)
class Snapshot:
    """What a status is made of."""

    pod: Object
    """The stored object, with the status that was written last."""
    containers: Sequence[ContainerRun]
    """Init containers and sidecars in spec order, then app containers, then ephemeral ones."""
    host_ip: str
    ip: str
    """"" before the sandbox exists, which it does until the pod has ended."""
    sandbox: bool
    initialized: bool
    """All init containers have ended and all sidecars have started, at least once."""
    started_at: float
    evicted: str


def pod_status(now: float, snapshot: Snapshot) -> Object:
    """The whole `status` of a pod that has a node."""
    phase = _phase(snapshot)
    status: Object = {
        "observedGeneration": snapshot.pod["metadata"].get("generation", 1),
        "phase": phase,
        "conditions": _conditions(now, snapshot, phase),
    }
    if snapshot.evicted:
        status |= {"message": snapshot.evicted, "reason": "Evicted"}
    status |= {"hostIP": snapshot.host_ip, "hostIPs": [{"ip": snapshot.host_ip}]}
    if snapshot.ip:
        status |= {"podIP": snapshot.ip, "podIPs": [{"ip": snapshot.ip}]}
    status["startTime"] = rfc3339(snapshot.started_at)
    roles = _by_role(snapshot.containers)
    for key, group in roles.items():
        if group:
            status[key] = [_container_status(container) for container in group]
    status["qosClass"] = qos_class(snapshot.pod["spec"])
    return status


def _by_role(containers: Iterable[ContainerRun]) -> dict[str, list[ContainerRun]]:
    """Init statuses stay in spec order, the others are sorted by name."""
    groups: dict[str, list[ContainerRun]] = {
        "initContainerStatuses": [],
        "containerStatuses": [],
        "ephemeralContainerStatuses": [],
    }
    keys = {"app": "containerStatuses", "ephemeral": "ephemeralContainerStatuses"}
    for container in containers:
        groups[keys.get(container.role, "initContainerStatuses")].append(container)
    groups["containerStatuses"].sort(key=lambda container: container.name)
    return groups


def _phase(snapshot: Snapshot) -> str:
    """`getPhase`: what the containers add up to."""
    policy = snapshot.pod["spec"]["restartPolicy"]
    if snapshot.evicted:
        return "Failed"
    inits = [each for each in snapshot.containers if each.role == "init"]
    if policy == "Never" and any(isinstance(each.state, Terminated) and each.state.exit_code for each in inits):
        return "Failed"
    apps = [each for each in snapshot.containers if each.role == "app"]
    if not snapshot.initialized or any(isinstance(each.state, Waiting) and each.last is None for each in apps):
        return "Pending"
    if not all(each.done for each in apps):
        return "Running"
    if any(each.running for each in snapshot.containers if each.role == "sidecar"):
        return "Running"
    codes = [each.state.exit_code for each in apps if isinstance(each.state, Terminated)]
    return "Failed" if any(codes) else "Succeeded"


def _conditions(now: float, snapshot: Snapshot, phase: str) -> list[Object]:
    """The five conditions of the kubelet, and those which others have set."""
    before = {each["type"]: each for each in snapshot.pod.get("status", {}).get("conditions", [])}
    others = [each for kind, each in before.items() if kind not in OWN_CONDITIONS]
    unready = [each.name for each in snapshot.containers if each.role in ("app", "sidecar") and not each.ready]
    if phase == "Succeeded":
        blocked = ready = ("PodCompleted", "")
    elif phase == "Failed":
        blocked = ready = ("PodFailed", "")
    elif unready:
        blocked = ready = ("ContainersNotReady", f"containers with unready status: [{' '.join(unready)}]")
    else:
        blocked = ("", "")
        gates = _unset_gates(snapshot.pod["spec"], others)
        ready = ("ReadinessGatesNotReady", gates) if gates else ("", "")
    generation = snapshot.pod["metadata"].get("generation", 1)

    def condition(kind: str, true: bool, reason: str = "", message: str = "") -> Object:
        status = "True" if true else "False"
        old = before.get(kind)
        same = old is not None and old["status"] == status
        return {
            "type": kind,
            "observedGeneration": generation,
            "status": status,
            "lastProbeTime": None,
            "lastTransitionTime": old["lastTransitionTime"] if old is not None and same else rfc3339(now),
            **({"reason": reason} if reason else {}),
            **({"message": message} if message else {}),
        }

    return [
        condition("PodReadyToStartContainers", snapshot.sandbox),
        condition("Initialized", *_initialized(snapshot, phase)),
        condition("Ready", not ready[0], *ready),
        condition("ContainersReady", not blocked[0], *blocked),
        condition("PodScheduled", True),
        *others,
    ]


def _initialized(snapshot: Snapshot, phase: str) -> tuple[bool, str, str]:
    if phase == "Succeeded":
        return True, "PodCompleted", ""
    if snapshot.initialized:
        return True, "", ""
    incomplete = [
        each.name
        for each in snapshot.containers
        if (each.role == "init" and not each.ready) or (each.role == "sidecar" and not each.started)
    ]
    message = f"containers with incomplete status: [{' '.join(incomplete)}]"
    return (False, "ContainersNotInitialized", message) if incomplete else (True, "", "")


def _unset_gates(spec: Object, conditions: Iterable[Object]) -> str:
    """What the kubelet says about readiness gates that are not True, or ""."""
    states = {each["type"]: each["status"] for each in conditions}
    texts = []
    for gate in spec.get("readinessGates", []):
        kind = gate["conditionType"]
        if kind not in states:
            texts.append(f'corresponding condition of pod readiness gate "{kind}" does not exist.')
        elif states[kind] != "True":
            texts.append(f'the status of pod readiness gate "{kind}" is not "True", but {states[kind]}')
    return ", ".join(texts)


def _container_status(container: ContainerRun) -> Object:
    """One entry of the container statuses."""
    spec = container.spec
    status: Object = {
        "name": container.name,
        "state": _state(container.state),
        "lastState": _state(container.last) if container.last is not None else {},
        "ready": container.ready,
        "restartCount": container.restart_count,
        "image": spec["image"],
        "imageID": "",
    }
    if container.role != "ephemeral":
        status["started"] = container.started
    if container.instance is not None:
        status["imageID"] = Image(spec["image"]).id
        status["containerID"] = container.instance.container_id
        status["resources"] = spec["resources"]
        if spec["resources"].get("requests"):
            status["allocatedResources"] = spec["resources"]["requests"]
    if spec.get("volumeMounts"):
        status["volumeMounts"] = [
            {**mount, "recursiveReadOnly": "Disabled"} if mount.get("readOnly") else mount
            for mount in spec["volumeMounts"]
        ]
    return status


def _state(state: State) -> Object:
    """A container state as JSON."""
    if isinstance(state, Waiting):
        return {"waiting": {"reason": state.reason, **({"message": state.message} if state.message else {})}}
    if isinstance(state, Running):
        return {"running": {"startedAt": rfc3339(state.started_at)}}
    return {
        "terminated": {
            "exitCode": state.exit_code,
            "reason": state.reason,
            **({"message": state.message} if state.message else {}),
            "startedAt": rfc3339(state.started_at),
            "finishedAt": rfc3339(state.finished_at),
            "containerID": state.container_id,
        }
    }
