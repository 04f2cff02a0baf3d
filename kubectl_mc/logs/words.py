"""What is said in the stream of a container's life, in the fewest words."""

from kubectl_mc.model.event import Event
from kubectl_mc.model.pod import Container, ContainerState
from kubectl_mc.model.spec import Role
from kubectl_mc.model.times import human_duration, seconds_between

GAP = "lines are missing here: the kubelet no longer has them (rotated or truncated)"
PERHAPS = "the last lines before this may be missing: the kubelet removed the log before it was read to its end"
RESUMED = "a log stream broke off and was taken up again where it stopped; no line is lost"
NO_WATCHER = b"fsnotify watcher"
"""In the kubelet's words when it cannot follow: the node has no inotify instance left."""
NOT_KEPT = b"unable to retrieve container logs for "
"""In the kubelet's words when the runtime has removed an instance."""
POLLING = "the node is out of inotify instances (fs.inotify.max_user_instances); reading every second instead"


def ended(container: Container, state: ContainerState) -> str:
    """`init migrate exited 0 after 12s`, `app exited 137 (OOMKilled) after 2m`."""
    ran = seconds_between(state.started_at, state.finished_at)
    after = f" after {human_duration(ran)}" if ran is not None and ran >= 0 else ""
    said = f" ({_reason(state)})" if _reason(state) else ""
    return f"{_called(container)} {_exit(state)}{said}{after}"


def restarted(container: Container, last: ContainerState | None, missed: int) -> str:
    """`app restarted (exit 137, OOMKilled), restart 4`, and how many instances were never to be read."""
    code = f"exit {last.exit_code}" if last is not None and last.exit_code is not None else ""
    how = ", ".join(filter(None, (code, _reason(last) if last is not None else "")))
    lost = f"; {_instances(missed)} before it cannot be read any more" if missed > 0 else ""
    return f"{_called(container)} restarted{f' ({how})' if how else ''}, restart {container.status.restarts}{lost}"


def seen(event: Event) -> str:
    """`Warning BackOff: Back-off restarting failed container (x5)`."""
    times = f" (x{event.count})" if event.count > 1 else ""
    return f"{event.type} {event.reason}: {event.message.strip()}{times}"


def _called(container: Container) -> str:
    return container.name if container.role is Role.APP else f"{container.role.value} {container.name}"


def _exit(state: ContainerState) -> str:
    if state.signal:
        return f"ended by signal {state.signal}"
    return f"exited {state.exit_code}" if state.exit_code is not None else "ended"


def _reason(state: ContainerState) -> str:
    """The reason where it says more than the exit code."""
    return "" if state.reason in ("", "Completed", "Error") else state.reason


def _instances(count: int) -> str:
    return "1 instance" if count == 1 else f"{count} instances"
