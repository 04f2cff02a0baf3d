"""READY, STATUS and RESTARTS exactly as `kubectl get pod` shows them.

Source: kubernetes `pkg/printers/internalversion/printers.go` printPod, which the API server runs.
It misleads in places; `truth` says where. Nothing is put right here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kubectl_mc.model.pod import ContainerState, ContainerStatus, Pod
from kubectl_mc.model.spec import Role
from kubectl_mc.model.times import age


@dataclass(frozen=True, slots=True)
class Summary:
    """The three columns. `last_restart` is the newest end of a previous instance among those counted."""

    ready: int
    total: int
    status: str
    restarts: int
    last_restart: datetime | None

    @property
    def ready_text(self) -> str:
        return f"{self.ready}/{self.total}"

    def restarts_text(self, now: datetime) -> str:
        """`0`, or `4 (2m ago)`."""
        if not self.restarts or self.last_restart is None:
            return str(self.restarts)
        return f"{self.restarts} ({age(self.last_restart, now)} ago)"


def summarize(pod: Pod) -> Summary:
    """kubectl's view of a pod."""
    roles = {container.name: container.role for container in pod.containers if container.declared}
    total = sum(container.declared and container.counts_as_ready for container in pod.containers)
    status = pod.reason or pod.phase
    scheduled = pod.condition("PodScheduled")
    if scheduled is not None and scheduled.reason == "SchedulingGated":
        status = "SchedulingGated"

    ready = 0
    counted: list[ContainerStatus] = []
    init_fault: str | None = None
    for index, container in enumerate(pod.init_statuses):
        counted.append(container)
        sidecar = roles.get(container.name) is Role.SIDECAR
        if container.state.succeeded:
            continue
        if sidecar and container.started:
            ready += container.ready
            continue
        # The first that is not through ends the walk: later ones count neither as ready nor with their restarts.
        init_fault = _init_fault(
            container.state, index, sum(role in (Role.INIT, Role.SIDECAR) for role in roles.values())
        )
        break
    if init_fault is not None:
        status = init_fault

    if init_fault is None or pod.condition_true("Initialized"):
        counted = [container for container in counted if roles.get(container.name) is Role.SIDECAR]
        running = False
        for container in reversed(pod.app_statuses):  # so that the first container has the last word
            counted.append(container)
            state = container.state
            if state.waiting and state.reason:
                status = state.reason
            elif state.terminated:
                status = state.reason or _code(state)
            elif state.running and container.ready:
                running = True
                ready += 1
        if status == "Completed" and running:
            status = "Running" if pod.condition_true("Ready") else "NotReady"

    if pod.deleted is not None and pod.reason == "NodeLost":
        status = "Unknown"
    elif pod.deleted is not None and not pod.terminal:
        status = "Terminating"
    return Summary(ready, total, status, sum(container.restarts for container in counted), _last_restart(counted))


def _init_fault(state: ContainerState, index: int, total: int) -> str:
    if state.terminated:
        return f"Init:{state.reason or _code(state)}"
    if state.waiting and state.reason not in ("", "PodInitializing"):
        return f"Init:{state.reason}"
    return f"Init:{index}/{total}"


def _code(state: ContainerState) -> str:
    return f"Signal:{state.signal}" if state.signal else f"ExitCode:{state.exit_code}"


def _last_restart(statuses: Iterable[ContainerStatus]) -> datetime | None:
    ends = (status.last.finished_at for status in statuses if status.last is not None and status.last.terminated)
    return max((end for end in ends if end is not None), default=None)
