"""What a probe got for an answer, as the kubelet quotes it in its events, in a few plain words.

The kubelet sends 25 events of a pod and then one in five minutes, with the right count (client-go `tools/record`
EventSourceObjectSpamFilter): the newest event may be as old, and that of a later instance may be missing.

The texts are those of the kubelet's prober (`pkg/probe/http`, `tcp`, `grpc`, `exec`), of Go's net package, and of the
runtimes' exec. OpenShift's kubelet tells of the same with the reason ProbeError, and quotes the body.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from kubectl_mc.doctor.case import Case
from kubectl_mc.model.event import Event
from kubectl_mc.model.fact import first_line
from kubectl_mc.model.pod import Container
from kubectl_mc.model.spec import Probe
from kubectl_mc.model.times import human_duration, seconds_between

_REASONS = ("Unhealthy", "ProbeError")
_HEAD = re.compile(
    r"^(?:\(combined from similar events\): )?\w+ probe (?:failed|errored(?: and resulted in \w+ state)?|error):\s*"
)
_STATUS = re.compile(r"HTTP probe failed with statuscode: (\d+)")
_NOT_SERVING = re.compile(r'service unhealthy \(responded with "(\w+)"\)')
_PORT_NAME = re.compile(r'strconv\.Atoi: parsing "(.*)": invalid syntax|couldn\'t find port')
_NO_PROGRAM = re.compile(r'exec: "(.+?)": (?:executable file not found|stat .*no such file)|(?<=exec: )"(.+?)": stat')
_TIMEOUTS = ("Client.Timeout exceeded", "context deadline exceeded", "i/o timeout", "timed out", "DeadlineExceeded")
_UNREACHABLE = ("no route to host", "network is unreachable", "no such host")


class Answer(Enum):
    """The kinds of answers that are no success."""

    STATUS = "status"
    """An HTTP status of 400 or more, or a gRPC service that says that it doesn't serve."""
    REFUSED = "refused"
    """Nothing listens on the port."""
    LATE = "late"
    """No answer within the probe's timeout."""
    COMMAND = "command"
    """The command ended with an error."""
    NO_PROGRAM = "no program"
    """The image doesn't have the command."""
    NO_PORT = "no port"
    """The container declares no port of the probe's name."""
    OTHER = "other"
    """Something else: TLS, a protocol, a network."""
    UNKNOWN = "unknown"
    """No event tells, because it has expired or events may not be read."""


@dataclass(frozen=True, slots=True)
class Failures:
    """What the events say of one probe of the instance that there is."""

    probe: Probe
    answer: Answer
    words: str
    """What happens when it asks, as the rest of a sentence about the container: `answers 503 on :8080/ready`."""
    detail: str = ""
    """Of a status its number; of a program that is missing its name."""
    newest: Event | None = None
    count: int = 0
    """How often it failed; 0 where no event tells."""
    seconds: float = 0.0
    """Between the first and the last of them."""
    earlier: bool = False
    """Whether the event is about an earlier instance, because the kubelet keeps the later ones to itself."""

    @property
    def often(self) -> str:
        """`, 37 times in 5m`; empty for fewer than two."""
        return f", {self.count} times in {human_duration(self.seconds)}" if self.count > 1 else ""


def failures(case: Case, container: Container, kind: str, since: datetime | None) -> Failures | None:
    """How a probe failed; None for a container without such a probe.

    Args:
        kind: `startup`, `readiness` or `liveness`.
        since: when the instance started; an event whose last time is before it tells only what was so earlier.
    """
    probe = container.spec.probe(kind)
    if probe is None:
        return None
    events = list(case.events_of(*_REASONS, container=container, saying=f"{kind} probe "))
    if not events:
        return Failures(probe, Answer.UNKNOWN, f"does not pass its {kind} probe")
    newest = events[0]
    answer, words, detail = _read(probe, container, _HEAD.sub("", newest.message.strip()))
    if since is not None and newest.last_seen is not None and newest.last_seen < since:
        return Failures(probe, answer, words, detail, newest, earlier=True)
    first = min((event.first_seen for event in events if event.first_seen), default=None)
    if first is not None and since is not None:
        first = max(first, since)
    seconds = seconds_between(first, newest.last_seen) or 0.0
    return Failures(probe, answer, words, detail, newest, sum(event.count for event in events), seconds)


def place(probe: Probe, container: Container) -> str:
    """What a probe asks, short: `:8080/ready`, with the number of a port that it names; `its command` for one."""
    if probe.command or not probe.port:
        return "its command"
    port = container.spec.port(probe.port)
    number = str(port.number) if port is not None else probe.port
    path = re.sub(r"^http-get \w+://[^/]*", "", probe.action) if probe.action.startswith("http-get") else ""
    return f"{probe.host}:{number}{path if path != '/' else ''}"


def _read(probe: Probe, container: Container, message: str) -> tuple[Answer, str, str]:
    """The kind of an answer, the words for it, and its detail."""
    where = place(probe, container)
    if found := _STATUS.search(message) or _NOT_SERVING.search(message):
        return Answer.STATUS, f"answers {found[1]} on {where}", found[1]
    if found := _PORT_NAME.search(message):
        return Answer.NO_PORT, f"declares no port named {probe.port}, which its {probe.kind} probe asks", ""
    if found := _NO_PROGRAM.search(message):
        program = found[1] or found[2]
        return Answer.NO_PROGRAM, f"has no {program} in its image, which its {probe.kind} probe runs", program
    if "connection refused" in message and probe.host in ("localhost", "127.0.0.1", "::1"):
        return (
            Answer.REFUSED,
            f"has a {probe.kind} probe that asks {where}, which is the node itself and not the pod",
            "",
        )
    if "connection refused" in message:
        return Answer.REFUSED, f"refuses connections on {where}, where nothing listens", ""
    if any(text in message for text in _TIMEOUTS):
        return Answer.LATE, f"does not answer on {where} within {probe.timeout}s" if probe.port else _slow(probe), ""
    if probe.command:
        said = f' ("{first_line(message)}")' if message else ""
        return Answer.COMMAND, f"fails its {probe.kind} probe's command{said}", ""
    if "server gave HTTP response to HTTPS client" in message:
        return Answer.OTHER, f"speaks HTTP on {where}, and its {probe.kind} probe HTTPS", ""
    if any(text in message for text in _UNREACHABLE):
        return Answer.OTHER, f"cannot be reached on {where} ({first_line(message)})", ""
    return Answer.OTHER, f"fails its {probe.kind} probe on {where} ({first_line(message) or 'no reason given'})", ""


def _slow(probe: Probe) -> str:
    return f"takes longer than {probe.timeout}s for its {probe.kind} probe's command"
