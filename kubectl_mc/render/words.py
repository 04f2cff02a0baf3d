"""The words for states and ends that every view uses."""

from datetime import datetime

from kubectl_mc.model.health import Health, container_health
from kubectl_mc.model.pod import Container, ContainerState, Pod
from kubectl_mc.model.signals import signal_of_exit
from kubectl_mc.model.spec import Role
from kubectl_mc.model.times import age, human_duration, seconds_between
from kubectl_mc.render.page import Span, Style, Theme
from kubectl_mc.render.text import one_line

STYLE_OF_HEALTH = {
    Health.DONE: Style.QUIET,
    Health.READY: Style.GOOD,
    Health.WORKING: Style.BUSY,
    Health.WAITING: Style.QUIET,
    Health.UNREADY: Style.WARN,
    Health.FAILED: Style.BAD,
}


def health_span(container: Container, pod: Pod, text: str) -> Span:
    """`text` in the style of a container's health."""
    return Span(text, STYLE_OF_HEALTH[container_health(container, pod)])


def glyph_span(container: Container, pod: Pod, theme: Theme) -> Span:
    """A container's glyph."""
    return health_span(container, pod, theme.glyph(container_health(container, pod)))


def state_words(container: Container, pod: Pod) -> str:
    """A container's state with its reason: `Running`, `CrashLoopBackOff`, `Error (exit 1)`, `Running, starting`."""
    state = container.state
    if state.running:
        starting = container.role in (Role.APP, Role.SIDECAR) and container.status.started is False
        return "Running, starting" if starting else "Running"
    if state.terminated:
        return ended_words(state)
    if state.waiting:
        if pod.terminal:
            return "Never started"
        return one_line(state.reason) or ("Waiting" if pod.node else "Not scheduled")
    return "Unknown"


def ended_words(state: ContainerState) -> str:
    """`Completed`, `Error (exit 1)`, `OOMKilled (exit 137 SIGKILL)`."""
    reason = one_line(state.reason)
    if state.succeeded:
        return reason or "Completed"
    signal = signal_of_exit(state.exit_code, state.signal)
    return f"{reason or 'Terminated'} (exit {state.exit_code}{f' {signal}' if signal else ''})"


def last_words(last: ContainerState | None, now: datetime) -> str:
    """How the previous instance ended: `Error (exit 1), ran 3s, 2m ago`."""
    if last is None or not last.terminated:
        return ""
    ran = seconds_between(last.started_at, last.finished_at)
    return ", ".join(
        [
            ended_words(last),
            *([f"ran {human_duration(ran)}"] if ran is not None else []),
            *([f"{age(last.finished_at, now)} ago"] if last.finished_at else []),
        ]
    )


def state_age(container: Container, now: datetime) -> str:
    """How long a container has been in its state; empty where the API doesn't say."""
    state, last = container.state, container.status.last
    since = state.started_at if state.running else state.finished_at
    if state.waiting and last is not None:
        since = last.finished_at  # it has waited to start again since it ended
    return age(since, now) if since else ""


def ready_words(container: Container) -> str:
    """`yes` or `no` where readiness means something, empty elsewhere."""
    if container.role not in (Role.APP, Role.SIDECAR):
        return ""
    return "yes" if container.status.ready else "no"


def subject_style(style: Style) -> Style:
    """The style for a sentence about something of `style`: what is fine stays quiet."""
    return Style.PLAIN if style in (Style.GOOD, Style.QUIET) else style
