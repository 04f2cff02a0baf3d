"""READY, STATUS and RESTARTS of a pod as the API server prints them (`printPod` in `pkg/printers/internalversion`).

Where that misleads, it misleads here too: clients are judged by it.
"""

from dataclasses import dataclass
from typing import Any

from kubectl_mc.demo.clock import epoch
from kubectl_mc.demo.durations import human

Object = dict[str, Any]


@dataclass(frozen=True)
class PodRow:
    """The three computed cells."""

    ready: str
    status: str
    restarts: str


class _Tally:
    """Counts while the containers are walked."""

    def __init__(self) -> None:
        self.ready = 0
        self.restarts = 0
        self.last_end: float | None = None

    def add_restarts(self, status: Object) -> None:
        """Counts a container's restarts and remembers the newest end."""
        self.restarts += status.get("restartCount", 0)
        finished = status.get("lastState", {}).get("terminated", {}).get("finishedAt")
        if finished:
            self.last_end = max(epoch(finished), self.last_end or 0.0)


def pod_row(pod: Object, now: float) -> PodRow:
    """The row of one pod."""
    spec, status = pod["spec"], pod.get("status", {})
    sidecars = {each["name"] for each in spec.get("initContainers", []) if each.get("restartPolicy") == "Always"}
    conditions = {each["type"]: each for each in status.get("conditions", [])}
    reason = status.get("reason") or status.get("phase", "")
    if conditions.get("PodScheduled", {}).get("reason") == "SchedulingGated":
        reason = "SchedulingGated"

    every, of_sidecars = _Tally(), _Tally()
    initializing = False
    for index, each in enumerate(status.get("initContainerStatuses", [])):
        every.add_restarts(each)
        if each["name"] in sidecars:
            of_sidecars.add_restarts(each)
        ended = each.get("state", {}).get("terminated")
        if ended and ended.get("exitCode") == 0:
            continue
        if each["name"] in sidecars and each.get("started"):
            every.ready += bool(each.get("ready"))
            continue
        initializing = True
        reason = _init_reason(each, f"{index}/{len(spec.get('initContainers', []))}")
        break

    if not initializing or conditions.get("Initialized", {}).get("status") == "True":
        of_sidecars.ready = every.ready
        every = of_sidecars
        reason = _app_reason(status, conditions, every, reason)

    if pod["metadata"].get("deletionTimestamp"):
        if status.get("reason") == "NodeLost":
            reason = "Unknown"
        elif status.get("phase") not in ("Succeeded", "Failed"):
            reason = "Terminating"
    total = len(spec.get("containers", [])) + len(sidecars)
    restarts = str(every.restarts)
    if every.restarts and every.last_end is not None:
        restarts += f" ({human(now - every.last_end)} ago)"
    return PodRow(f"{every.ready}/{total}", reason, restarts)


def _init_reason(status: Object, progress: str) -> str:
    """STATUS while an init container has not ended well."""
    state = status.get("state", {})
    if ended := state.get("terminated"):
        return "Init:" + (ended.get("reason") or _ending(ended))
    waiting = state.get("waiting", {}).get("reason", "")
    return "Init:" + (waiting if waiting not in ("", "PodInitializing") else progress)


def _app_reason(status: Object, conditions: dict[str, Object], tally: _Tally, reason: str) -> str:
    """STATUS from the app containers: the first one that waits or has ended decides."""
    has_running = False
    for each in reversed(status.get("containerStatuses", [])):
        tally.add_restarts(each)
        state = each.get("state", {})
        ended = state.get("terminated")
        if waiting := state.get("waiting", {}).get("reason"):
            reason = waiting
        elif ended:
            reason = ended.get("reason") or _ending(ended)
        elif each.get("ready") and "running" in state:
            has_running = True
            tally.ready += 1
    if reason == "Completed" and has_running:
        return "Running" if conditions.get("Ready", {}).get("status") == "True" else "NotReady"
    return reason


def _ending(ended: Object) -> str:
    """What stands in for a missing reason."""
    return f"Signal:{ended['signal']}" if ended.get("signal") else f"ExitCode:{ended.get('exitCode', 0)}"
