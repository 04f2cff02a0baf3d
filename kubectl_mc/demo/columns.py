"""The columns of what `kubectl get` prints, for each resource: header and cell together."""

from dataclasses import dataclass
from typing import Any

from kubectl_mc.demo.cells import (
    NONE,
    Cell,
    access_modes,
    age,
    at,
    event_count,
    event_source,
    first_seen,
    gates,
    involved,
    job_duration,
    job_status,
    labels,
    last_seen,
    match_labels,
    node_address,
    node_roles,
    node_selector,
    node_status,
    number,
    of_containers,
    ports,
    ready_of,
)
from kubectl_mc.demo.durations import UNKNOWN
from kubectl_mc.demo.podrows import pod_row

Object = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A column; those that are `wide` show with `-o wide` only."""

    name: str
    cell: Cell
    type: str = "string"
    wide: bool = False

    def definition(self) -> Object:
        """As the Table describes it."""
        return {
            "name": self.name,
            "type": self.type,
            "format": "name" if self.name == "Name" else "",
            "description": f"{self.name} of the object.",
            "priority": int(self.wide),
        }


NAME = Column("Name", at("metadata.name"))
AGE = Column("Age", age())
PLAIN = (NAME, Column("Created At", at("metadata.creationTimestamp")))
_CONTAINERS = (
    Column("Containers", of_containers("name"), wide=True),
    Column("Images", of_containers("image"), wide=True),
)
_SELECTED = (*_CONTAINERS, Column("Selector", match_labels, wide=True))

COLUMNS: dict[str, tuple[Column, ...]] = {
    "pods": (
        NAME,
        Column("Ready", lambda pod, now: pod_row(pod, now).ready),
        Column("Status", lambda pod, now: pod_row(pod, now).status),
        Column("Restarts", lambda pod, now: pod_row(pod, now).restarts),
        AGE,
        Column("IP", at("status.podIP"), wide=True),
        Column("Node", at("spec.nodeName"), wide=True),
        Column("Nominated Node", at("status.nominatedNodeName"), wide=True),
        Column("Readiness Gates", gates, wide=True),
    ),
    "events": (
        Column("Last Seen", last_seen),
        Column("Type", at("type", "")),
        Column("Reason", at("reason", "")),
        Column("Object", involved),
        Column("Subobject", at("involvedObject.fieldPath", ""), wide=True),
        Column("Source", event_source, wide=True),
        Column("Message", lambda event, _now: event.get("message", "").strip()),
        Column("First Seen", first_seen, wide=True),
        Column("Count", event_count, wide=True),
        Column("Name", at("metadata.name"), wide=True),
    ),
    "namespaces": (NAME, Column("Status", at("status.phase", "")), AGE),
    "nodes": (
        NAME,
        Column("Status", node_status),
        Column("Roles", node_roles),
        AGE,
        Column("Version", at("status.nodeInfo.kubeletVersion", "")),
        Column("Internal-IP", node_address("InternalIP"), wide=True),
        Column("External-IP", node_address("ExternalIP"), wide=True),
        Column("OS-Image", at("status.nodeInfo.osImage", UNKNOWN), wide=True),
        Column("Kernel-Version", at("status.nodeInfo.kernelVersion", UNKNOWN), wide=True),
        Column("Container-Runtime", at("status.nodeInfo.containerRuntimeVersion", UNKNOWN), wide=True),
    ),
    "configmaps": (NAME, Column("Data", lambda obj, _now: len(obj.get("data") or {})), AGE),
    "secrets": (
        NAME,
        Column("Type", at("type", "Opaque")),
        Column("Data", lambda obj, _now: len(obj.get("data") or {})),
        AGE,
    ),
    "services": (
        NAME,
        Column("Type", at("spec.type", "ClusterIP")),
        Column("Cluster-IP", at("spec.clusterIP")),
        Column("External-IP", lambda _obj, _now: NONE),
        Column("Port(s)", ports),
        AGE,
        Column("Selector", lambda obj, _now: labels(obj["spec"].get("selector")), wide=True),
    ),
    "serviceaccounts": (NAME, Column("Secrets", lambda obj, _now: len(obj.get("secrets") or [])), AGE),
    "persistentvolumeclaims": (
        NAME,
        Column("Status", at("status.phase", "Pending")),
        Column("Volume", at("spec.volumeName", "")),
        Column("Capacity", at("status.capacity.storage", "")),
        Column("Access Modes", access_modes),
        Column("StorageClass", at("spec.storageClassName", "")),
        Column("VolumeAttributesClass", at("spec.volumeAttributesClassName", "<unset>")),
        AGE,
        Column("VolumeMode", at("spec.volumeMode", "Filesystem"), wide=True),
    ),
    "replicationcontrollers": (
        NAME,
        Column("Desired", number("spec.replicas"), "integer"),
        Column("Current", number("status.replicas"), "integer"),
        Column("Ready", number("status.readyReplicas"), "integer"),
        AGE,
        *_CONTAINERS,
        Column("Selector", lambda obj, _now: labels(obj["spec"].get("selector")), wide=True),
    ),
    "deployments": (
        NAME,
        Column("Ready", ready_of("status.readyReplicas", "spec.replicas")),
        Column("Up-to-date", number("status.updatedReplicas")),
        Column("Available", number("status.availableReplicas")),
        AGE,
        *_SELECTED,
    ),
    "replicasets": (
        NAME,
        Column("Desired", at("spec.replicas", 1), "integer"),
        Column("Current", number("status.replicas"), "integer"),
        Column("Ready", number("status.readyReplicas"), "integer"),
        AGE,
        *_SELECTED,
    ),
    "statefulsets": (NAME, Column("Ready", ready_of("status.readyReplicas", "spec.replicas")), AGE, *_CONTAINERS),
    "daemonsets": (
        NAME,
        Column("Desired", number("status.desiredNumberScheduled"), "integer"),
        Column("Current", number("status.currentNumberScheduled"), "integer"),
        Column("Ready", number("status.numberReady"), "integer"),
        Column("Up-to-date", number("status.updatedNumberScheduled"), "integer"),
        Column("Available", number("status.numberAvailable"), "integer"),
        Column("Node Selector", node_selector),
        AGE,
        *_SELECTED,
    ),
    "jobs": (
        NAME,
        Column("Status", job_status),
        Column("Completions", ready_of("status.succeeded", "spec.completions")),
        Column("Duration", job_duration),
        AGE,
        *_SELECTED,
    ),
    "cronjobs": (
        NAME,
        Column("Schedule", at("spec.schedule")),
        Column("Timezone", at("spec.timeZone")),
        Column("Suspend", lambda obj, _now: str(bool(obj["spec"].get("suspend"))), "boolean"),
        Column("Active", lambda obj, _now: len(obj.get("status", {}).get("active") or []), "integer"),
        Column("Last Schedule", age("status.lastScheduleTime", NONE)),
        AGE,
        *_CONTAINERS,
        Column("Selector", lambda _obj, _now: NONE, wide=True),
    ),
}
"""What the server prints of each resource; others show name and creation time."""
