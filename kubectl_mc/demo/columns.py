"""The columns of what `kubectl get` prints, header and cell together (`pkg/printers/internalversion`)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kubectl_mc.demo.clock import epoch
from kubectl_mc.demo.durations import UNKNOWN, human, since
from kubectl_mc.demo.podrows import pod_row

Object = dict[str, Any]
Cell = Callable[[Object, float], Any]
"""From an object and now to what the cell shows."""

NONE = "<none>"


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


def _at(path: str, missing: Any = NONE) -> Cell:
    """A cell with the field at a dotted path."""
    parts = path.split(".")

    def cell(obj: Object, _now: float) -> Any:
        found: Any = obj
        for part in parts:
            found = found.get(part) if isinstance(found, dict) else None
        return missing if found in (None, "") else found

    return cell


def _number(path: str) -> Cell:
    return _at(path, 0)


def _age(path: str = "metadata.creationTimestamp", missing: str = UNKNOWN) -> Cell:
    field = _at(path, "")

    def cell(obj: Object, now: float) -> str:
        time = field(obj, now)
        return since(time, now) if time else missing

    return cell


def _ready_of(ready: str, wanted: str) -> Cell:
    """`2/3` from two numbers."""
    have, want = _number(ready), _at(wanted, 1)
    return lambda obj, now: f"{have(obj, now)}/{want(obj, now)}"


def _labels(pairs: Any) -> str:
    """A selector's equalities as text."""
    return ",".join(f"{key}={value}" for key, value in sorted((pairs or {}).items())) or NONE


def _match_labels(obj: Object, _now: float) -> str:
    selector = obj["spec"].get("selector") or {}
    return _labels(selector.get("matchLabels") if "matchLabels" in selector else None)


def _template(obj: Object) -> Object:
    """The pod template of a workload, also of a CronJob."""
    spec: Object = obj["spec"].get("jobTemplate", obj)["spec"]
    return spec.get("template") or {}


def _of_containers(field: str) -> Cell:
    return lambda obj, _now: ",".join(each[field] for each in _template(obj).get("spec", {}).get("containers", []))


NAME = Column("Name", _at("metadata.name"))
AGE = Column("Age", _age())
PLAIN = (NAME, Column("Created At", _at("metadata.creationTimestamp")))
_CONTAINERS = (
    Column("Containers", _of_containers("name"), wide=True),
    Column("Images", _of_containers("image"), wide=True),
)
_SELECTED = (*_CONTAINERS, Column("Selector", _match_labels, wide=True))


def _gates(pod: Object, _now: float) -> str:
    gates = [gate["conditionType"] for gate in pod["spec"].get("readinessGates") or []]
    if not gates:
        return NONE
    met = {each["type"] for each in pod.get("status", {}).get("conditions", []) if each["status"] == "True"}
    return f"{sum(gate in met for gate in gates)}/{len(gates)}"


def _last_seen(event: Object, now: float) -> str:
    series = (event.get("series") or {}).get("lastObservedTime")
    return since(series or event.get("lastTimestamp") or event.get("eventTime"), now)


def _first_seen(event: Object, now: float) -> str:
    return since(event.get("firstTimestamp") or event.get("eventTime"), now)


def _involved(event: Object, _now: float) -> str:
    involved = event["involvedObject"]
    return f"{involved['kind'].lower()}/{involved['name']}"


def _event_source(event: Object, _now: float) -> str:
    source = event.get("source") or {}
    component = source.get("component") or event.get("reportingComponent", "")
    host = source.get("host") or event.get("reportingInstance", "")
    return f"{component}, {host}" if host else str(component)


def _event_count(event: Object, _now: float) -> int:
    return int((event.get("series") or {}).get("count") or event.get("count") or 1)


def _job_status(job: Object, _now: float) -> str:
    for condition in job.get("status", {}).get("conditions", []):
        if condition["status"] == "True" and condition["type"] in ("Complete", "Failed"):
            return str(condition["type"])
    return "Suspended" if job["spec"].get("suspend") else "Running"


def _job_duration(job: Object, now: float) -> str:
    status = job.get("status", {})
    if not status.get("startTime"):
        return ""
    end = epoch(status["completionTime"]) if status.get("completionTime") else now
    return human(end - epoch(status["startTime"]))


def _node_status(node: Object, _now: float) -> str:
    ready = [each for each in node.get("status", {}).get("conditions", []) if each["type"] == "Ready"]
    word = "Unknown" if not ready else "Ready" if ready[0]["status"] == "True" else "NotReady"
    return word + (",SchedulingDisabled" if node.get("spec", {}).get("unschedulable") else "")


def _node_roles(node: Object, _now: float) -> str:
    prefix = "node-role.kubernetes.io/"
    labels = node["metadata"].get("labels") or {}
    return ",".join(sorted(label.removeprefix(prefix) for label in labels if label.startswith(prefix))) or NONE


def _node_address(kind: str) -> Cell:
    def cell(node: Object, _now: float) -> str:
        found = [each["address"] for each in node.get("status", {}).get("addresses", []) if each["type"] == kind]
        return str(found[0]) if found else NONE

    return cell


def _node_selector(obj: Object, _now: float) -> str:
    return _labels(_template(obj).get("spec", {}).get("nodeSelector"))


def _ports(service: Object, _now: float) -> str:
    ports = service["spec"].get("ports", [])
    return ",".join(f"{port['port']}/{port.get('protocol', 'TCP')}" for port in ports) or NONE


_ACCESS = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def _access_modes(claim: Object, _now: float) -> str:
    return ",".join(_ACCESS[mode] for mode in claim.get("status", {}).get("accessModes", []))


COLUMNS: dict[str, tuple[Column, ...]] = {
    "pods": (
        NAME,
        Column("Ready", lambda pod, now: pod_row(pod, now).ready),
        Column("Status", lambda pod, now: pod_row(pod, now).status),
        Column("Restarts", lambda pod, now: pod_row(pod, now).restarts),
        AGE,
        Column("IP", _at("status.podIP"), wide=True),
        Column("Node", _at("spec.nodeName"), wide=True),
        Column("Nominated Node", _at("status.nominatedNodeName"), wide=True),
        Column("Readiness Gates", _gates, wide=True),
    ),
    "events": (
        Column("Last Seen", _last_seen),
        Column("Type", _at("type", "")),
        Column("Reason", _at("reason", "")),
        Column("Object", _involved),
        Column("Subobject", _at("involvedObject.fieldPath", ""), wide=True),
        Column("Source", _event_source, wide=True),
        Column("Message", lambda event, _now: event.get("message", "").strip()),
        Column("First Seen", _first_seen, wide=True),
        Column("Count", _event_count, wide=True),
        Column("Name", _at("metadata.name"), wide=True),
    ),
    "namespaces": (NAME, Column("Status", _at("status.phase", "")), AGE),
    "nodes": (
        NAME,
        Column("Status", _node_status),
        Column("Roles", _node_roles),
        AGE,
        Column("Version", _at("status.nodeInfo.kubeletVersion", "")),
        Column("Internal-IP", _node_address("InternalIP"), wide=True),
        Column("External-IP", _node_address("ExternalIP"), wide=True),
        Column("OS-Image", _at("status.nodeInfo.osImage", UNKNOWN), wide=True),
        Column("Kernel-Version", _at("status.nodeInfo.kernelVersion", UNKNOWN), wide=True),
        Column("Container-Runtime", _at("status.nodeInfo.containerRuntimeVersion", UNKNOWN), wide=True),
    ),
    "configmaps": (NAME, Column("Data", lambda obj, _now: len(obj.get("data") or {})), AGE),
    "secrets": (
        NAME,
        Column("Type", _at("type", "Opaque")),
        Column("Data", lambda obj, _now: len(obj.get("data") or {})),
        AGE,
    ),
    "services": (
        NAME,
        Column("Type", _at("spec.type", "ClusterIP")),
        Column("Cluster-IP", _at("spec.clusterIP")),
        Column("External-IP", lambda _obj, _now: NONE),
        Column("Port(s)", _ports),
        AGE,
        Column("Selector", lambda obj, _now: _labels(obj["spec"].get("selector")), wide=True),
    ),
    "serviceaccounts": (NAME, Column("Secrets", lambda obj, _now: len(obj.get("secrets") or [])), AGE),
    "persistentvolumeclaims": (
        NAME,
        Column("Status", _at("status.phase", "Pending")),
        Column("Volume", _at("spec.volumeName", "")),
        Column("Capacity", _at("status.capacity.storage", "")),
        Column("Access Modes", _access_modes),
        Column("StorageClass", _at("spec.storageClassName", "")),
        Column("VolumeAttributesClass", _at("spec.volumeAttributesClassName", "<unset>")),
        AGE,
        Column("VolumeMode", _at("spec.volumeMode", "Filesystem"), wide=True),
    ),
    "replicationcontrollers": (
        NAME,
        Column("Desired", _number("spec.replicas"), "integer"),
        Column("Current", _number("status.replicas"), "integer"),
        Column("Ready", _number("status.readyReplicas"), "integer"),
        AGE,
        *_CONTAINERS,
        Column("Selector", lambda obj, _now: _labels(obj["spec"].get("selector")), wide=True),
    ),
    "deployments": (
        NAME,
        Column("Ready", _ready_of("status.readyReplicas", "spec.replicas")),
        Column("Up-to-date", _number("status.updatedReplicas")),
        Column("Available", _number("status.availableReplicas")),
        AGE,
        *_SELECTED,
    ),
    "replicasets": (
        NAME,
        Column("Desired", _at("spec.replicas", 1), "integer"),
        Column("Current", _number("status.replicas"), "integer"),
        Column("Ready", _number("status.readyReplicas"), "integer"),
        AGE,
        *_SELECTED,
    ),
    "statefulsets": (NAME, Column("Ready", _ready_of("status.readyReplicas", "spec.replicas")), AGE, *_CONTAINERS),
    "daemonsets": (
        NAME,
        Column("Desired", _number("status.desiredNumberScheduled"), "integer"),
        Column("Current", _number("status.currentNumberScheduled"), "integer"),
        Column("Ready", _number("status.numberReady"), "integer"),
        Column("Up-to-date", _number("status.updatedNumberScheduled"), "integer"),
        Column("Available", _number("status.numberAvailable"), "integer"),
        Column("Node Selector", _node_selector),
        AGE,
        *_SELECTED,
    ),
    "jobs": (
        NAME,
        Column("Status", _job_status),
        Column("Completions", _ready_of("status.succeeded", "spec.completions")),
        Column("Duration", _job_duration),
        AGE,
        *_SELECTED,
    ),
    "cronjobs": (
        NAME,
        Column("Schedule", _at("spec.schedule")),
        Column("Timezone", _at("spec.timeZone")),
        Column("Suspend", lambda obj, _now: str(bool(obj["spec"].get("suspend"))), "boolean"),
        Column("Active", lambda obj, _now: len(obj.get("status", {}).get("active") or []), "integer"),
        Column("Last Schedule", _age("status.lastScheduleTime", NONE)),
        AGE,
        *_CONTAINERS,
        Column("Selector", lambda _obj, _now: NONE, wide=True),
    ),
}
"""What the server prints of each resource; others show name and creation time."""
