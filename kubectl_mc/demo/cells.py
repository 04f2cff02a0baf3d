"""What the cells of the server's tables say, as functions of an object and of now (`pkg/printers/internalversion`)."""

from collections.abc import Callable
from typing import Any

from kubectl_mc.demo.clock import epoch
from kubectl_mc.demo.durations import UNKNOWN, human, since

Object = dict[str, Any]
Cell = Callable[[Object, float], Any]
"""From an object and now to what the cell shows."""

NONE = "<none>"


def at(path: str, missing: Any = NONE) -> Cell:
    """A cell with the field at a dotted path."""
    parts = path.split(".")

    def cell(obj: Object, _now: float) -> Any:
        found: Any = obj
        for part in parts:
            found = found.get(part) if isinstance(found, dict) else None
        return missing if found in (None, "") else found

    return cell


def number(path: str) -> Cell:
    """A count at a dotted path; missing is 0."""
    return at(path, 0)


def age(path: str = "metadata.creationTimestamp", missing: str = UNKNOWN) -> Cell:
    """The age of a time at a dotted path."""
    field = at(path, "")

    def cell(obj: Object, now: float) -> str:
        time = field(obj, now)
        return since(time, now) if time else missing

    return cell


def ready_of(ready: str, wanted: str) -> Cell:
    """`2/3` from two numbers."""
    have, want = number(ready), at(wanted, 1)
    return lambda obj, now: f"{have(obj, now)}/{want(obj, now)}"


def labels(pairs: Any) -> str:
    """A selector's equalities as text."""
    return ",".join(f"{key}={value}" for key, value in sorted((pairs or {}).items())) or NONE


def match_labels(obj: Object, _now: float) -> str:
    """The equalities of a workload's selector."""
    selector = obj["spec"].get("selector") or {}
    return labels(selector.get("matchLabels") if "matchLabels" in selector else None)


def template(obj: Object) -> Object:
    """The pod template of a workload, also of a CronJob."""
    spec: Object = obj["spec"].get("jobTemplate", obj)["spec"]
    return spec.get("template") or {}


def of_containers(field: str) -> Cell:
    """A field of every container of the template."""
    return lambda obj, _now: ",".join(each[field] for each in template(obj).get("spec", {}).get("containers", []))


def gates(pod: Object, _now: float) -> str:
    """How many readiness gates are met."""
    wanted = [gate["conditionType"] for gate in pod["spec"].get("readinessGates") or []]
    if not wanted:
        return NONE
    met = {each["type"] for each in pod.get("status", {}).get("conditions", []) if each["status"] == "True"}
    return f"{sum(gate in met for gate in wanted)}/{len(wanted)}"


def last_seen(event: Object, now: float) -> str:
    """The age of the newest occurrence."""
    series = (event.get("series") or {}).get("lastObservedTime")
    return since(series or event.get("lastTimestamp") or event.get("eventTime"), now)


def first_seen(event: Object, now: float) -> str:
    """The age of the first occurrence."""
    return since(event.get("firstTimestamp") or event.get("eventTime"), now)


def involved(event: Object, _now: float) -> str:
    """The object that an event is about."""
    involved = event["involvedObject"]
    return f"{involved['kind'].lower()}/{involved['name']}"


def event_source(event: Object, _now: float) -> str:
    """Who reports, and where it runs."""
    source = event.get("source") or {}
    component = source.get("component") or event.get("reportingComponent", "")
    host = source.get("host") or event.get("reportingInstance", "")
    return f"{component}, {host}" if host else str(component)


def event_count(event: Object, _now: float) -> int:
    """How often it has occurred."""
    return int((event.get("series") or {}).get("count") or event.get("count") or 1)


def job_status(job: Object, _now: float) -> str:
    """The word for the state of a Job."""
    for condition in job.get("status", {}).get("conditions", []):
        if condition["status"] == "True" and condition["type"] in ("Complete", "Failed"):
            return str(condition["type"])
    return "Suspended" if job["spec"].get("suspend") else "Running"


def job_duration(job: Object, now: float) -> str:
    """From start to completion, or to now."""
    status = job.get("status", {})
    if not status.get("startTime"):
        return ""
    end = epoch(status["completionTime"]) if status.get("completionTime") else now
    return human(end - epoch(status["startTime"]))


def node_status(node: Object, _now: float) -> str:
    """Whether a node is ready, and open for pods."""
    ready = [each for each in node.get("status", {}).get("conditions", []) if each["type"] == "Ready"]
    word = "Unknown" if not ready else "Ready" if ready[0]["status"] == "True" else "NotReady"
    return word + (",SchedulingDisabled" if node.get("spec", {}).get("unschedulable") else "")


def node_roles(node: Object, _now: float) -> str:
    """The roles in a node's labels."""
    prefix = "node-role.kubernetes.io/"
    held = node["metadata"].get("labels") or {}
    return ",".join(sorted(label.removeprefix(prefix) for label in held if label.startswith(prefix))) or NONE


def node_address(kind: str) -> Cell:
    """The first address of a kind."""

    def cell(node: Object, _now: float) -> str:
        found = [each["address"] for each in node.get("status", {}).get("addresses", []) if each["type"] == kind]
        return str(found[0]) if found else NONE

    return cell


def node_selector(obj: Object, _now: float) -> str:
    """The nodes that a workload's pods may run on."""
    return labels(template(obj).get("spec", {}).get("nodeSelector"))


def ports(service: Object, _now: float) -> str:
    """A Service's ports."""
    served = service["spec"].get("ports", [])
    return ",".join(f"{port['port']}/{port.get('protocol', 'TCP')}" for port in served) or NONE


_ACCESS = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def access_modes(claim: Object, _now: float) -> str:
    """The short words for how a claim may be mounted."""
    return ",".join(_ACCESS[mode] for mode in claim.get("status", {}).get("accessModes", []))
