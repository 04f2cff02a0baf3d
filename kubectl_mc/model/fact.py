"""One thing that is so about a pod, and the sentences about a container that is not as it should be."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from kubectl_mc.model.pod import Container, ContainerState
from kubectl_mc.model.secrecy import masked_text
from kubectl_mc.model.signals import signal_of_exit
from kubectl_mc.model.times import age

IMAGE_REASONS = frozenset(
    {
        "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError",
        "RegistryUnavailable", "SignatureValidationFailed",
    }
)  # fmt: skip
"""Waiting reasons of a container without its image."""

NEVER_STARTED = frozenset({"StartError", "ContainerCannotRun"})
"""Reasons of an end that was none: the runtime could not start the command, and its message says why."""

_SENTENCE = 160
"""Characters of somebody's message that go into a sentence; the whole stands elsewhere."""


class Look(Enum):
    """What tells more about a fact."""

    EVENTS = "events"
    LOGS = "logs"
    PREVIOUS = "previous"
    """The logs of the instance that ended."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is so."""

    sentence: str
    container: Container | None = None
    look: Look = Look.EVENTS
    hidden: bool = False
    """Whether kubectl's READY and STATUS hide it, or say otherwise."""


def end_words(state: ContainerState) -> str:
    """How an instance ended: `exit 137, SIGKILL, OOMKilled`."""
    parts = [f"exit {state.exit_code}"]
    if name := signal_of_exit(state.exit_code, state.signal):
        parts.append(name)
    if state.reason not in ("", "Error", "Completed"):
        parts.append(state.reason)
    return ", ".join(parts)


def fault(subject: str, container: Container, now: datetime, *, hidden: bool) -> Fact:
    """A container that is down, and why, as far as its own status tells."""
    state, last = container.state, container.status.last
    if state.terminated:
        again = f", {_times(container.status.restarts)} so far" if container.status.restarts else ""
        return _ended(subject, container, state, again, hidden=hidden)
    if state.reason == "CrashLoopBackOff" and last is not None:
        when = f", {age(last.finished_at, now)} ago, {_times(container.status.restarts)}"
        return _ended(subject, container, last, when, hidden=hidden)
    if state.reason == "CrashLoopBackOff":
        return Fact(f"{subject} is crash-looping", container, hidden=hidden)
    if state.reason in IMAGE_REASONS:
        return Fact(f"{subject} has no image: {container.spec.image}", container, hidden=hidden)
    return Fact(f"{subject} cannot start: {first_line(state.message) or state.reason}", container, hidden=hidden)


def _ended(subject: str, container: Container, ended: ContainerState, rest: str, *, hidden: bool) -> Fact:
    """An end, of the instance there is or of the one before a back-off."""
    looping = ended is not container.state
    if ended.reason in NEVER_STARTED:
        return Fact(f"{subject} cannot start: {start_failure(ended)}{rest}", container, hidden=hidden)
    # One that ends by itself has nothing to complain of in its log; a failed hook, say, stands in the events.
    look = Look.EVENTS if ended.succeeded else Look.PREVIOUS if looping else Look.LOGS
    if looping:
        return Fact(f"{subject} is crash-looping ({end_words(ended)}{rest})", container, look, hidden)
    return Fact(f"{subject} ended with {end_words(ended)}{rest}", container, look, hidden)


def start_failure(ended: ContainerState) -> str:
    """What the runtime says of a command that it could not start, without the layers that handed the word on."""
    message = ended.message
    start = message.rfind("exec: ")
    return first_line(message[max(start, 0) :].removesuffix(": unknown")) or ended.reason


def unready_words(container: Container, now: datetime) -> str:
    """A container that runs and doesn't serve."""
    if not container.state.running:
        return f"nothing is known of {container.name}"
    probed = any(probe.kind == "readiness" for probe in container.spec.probes)
    why = "its readiness probe does not pass" if probed else "the kubelet has not reported it ready"
    return f"{container.name} has run for {age(container.state.started_at, now)} and is not ready: {why}"


def first_line(message: str) -> str:
    """The first line of a message, as far as a sentence bears it, with secrets covered."""
    first = masked_text(message.strip().partition("\n")[0])
    return first if len(first) <= _SENTENCE else first[:_SENTENCE] + "…"


def _times(restarts: int) -> str:
    return "1 restart" if restarts == 1 else f"{restarts} restarts"
