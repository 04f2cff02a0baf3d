"""GET /log: which instance of which container, which of its lines, and following it, as API server and kubelet do.

Rules and texts: `registry/core/pod/strategy.go` (LogLocation), `kubelet_pods.go` (validateContainerLogStatus) and
`cri-client/pkg/logs` (tail first, then since; since counts whole seconds and includes its own).
"""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from kubectl_mc.demo import errors
from kubectl_mc.demo.clock import rfc3339_nano
from kubectl_mc.demo.faults import Faults
from kubectl_mc.demo.logs import LogFile, LogLine
from kubectl_mc.demo.node import Node
from kubectl_mc.demo.reads import flag, number
from kubectl_mc.demo.store import Object

SECOND = 1_000_000_000
_BLOCK = 2_000
"""Lines that are sent at once: so much that a long log is quick, so little that others get their turn."""
_NO_WATCHER = b"failed to create fsnotify watcher: too many open files"


@dataclass(frozen=True)
class LogOptions:
    """What the query asks for."""

    container: str = ""
    follow: bool = False
    previous: bool = False
    timestamps: bool = False
    since: int = 0
    """Nanoseconds since the epoch; earlier lines are left out."""
    tail: int | None = None
    limit: int | None = None
    """Bytes."""

    @classmethod
    def of(cls, pod: str, query: Mapping[str, str], now: float) -> "LogOptions":
        """From the query. ApiError 400 for what cannot be read, 422 for what makes no sense."""
        tail, limit, seconds = (number(query, name) for name in ("tailLines", "limitBytes", "sinceSeconds"))
        since = _since_time(query.get("sinceTime", ""))
        flaws: list[errors.Flaw] = []
        if tail is not None and tail < 0:
            flaws.append(errors.Flaw("tailLines", f"Invalid value: {tail}: must be greater than or equal to 0"))
        for name, value in (("limitBytes", limit), ("sinceSeconds", seconds)):
            if value is not None and value < 1:
                flaws.append(errors.Flaw(name, f"Invalid value: {value}: must be greater than 0"))
        if since is not None and seconds is not None:
            why = "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified"
            flaws.append(errors.Flaw("[]", why, "FieldValueForbidden"))
        if "stream" in query:
            flaws.append(errors.Flaw("stream", "Forbidden: may not be specified", "FieldValueForbidden"))
        if flaws:
            raise errors.invalid("PodLogOptions", pod, *flaws)
        if seconds is not None:
            since = int((now - seconds) * SECOND)
        return cls(
            container=query.get("container", ""),
            follow=flag(query, "follow"),
            previous=flag(query, "previous"),
            timestamps=flag(query, "timestamps"),
            since=since or 0,
            tail=tail,
            limit=limit,
        )


def container_of(pod: Object, wanted: str) -> str:
    """The container that a log, an exec or an attach is about. ApiError 400 when it is unclear or unknown."""
    spec = pod["spec"]
    names = [
        each["name"]
        for kind in ("initContainers", "containers", "ephemeralContainers")
        for each in spec.get(kind) or []
    ]
    pod_name = pod["metadata"]["name"]
    if wanted:
        if wanted not in names:
            raise errors.bad_request(f"container {wanted} is not valid for pod {pod_name}")
        return wanted
    if len(spec["containers"]) == 1:
        return str(spec["containers"][0]["name"])
    choices = " ".join(names)
    raise errors.bad_request(f"a container name must be specified for pod {pod_name}, choose one of: [{choices}]")


def status_of(pod: Object, container: str) -> Object | None:
    """The status of a container of any kind."""
    status = pod.get("status", {})
    for kind in ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"):
        for each in status.get(kind) or []:
            if each["name"] == container:
                found: Object = each
                return found
    return None


def instance(pod: Object, container: str, *, previous: bool) -> str:
    """The containerID whose log is meant. ApiError 400 in the kubelet's words when there is none."""
    subject = f'container "{container}" in pod "{pod["metadata"]["name"]}"'
    status = status_of(pod, container)
    if status is None:
        raise errors.bad_request(f"{subject} is not available")
    state = status.get("state", {})
    last = status.get("lastState", {}).get("terminated", {}).get("containerID", "")
    if previous:
        if not last:
            raise errors.bad_request(f"previous terminated {subject} not found")
        return str(last)
    if "running" in state:
        return str(status.get("containerID", ""))
    if "terminated" in state:
        found = state["terminated"].get("containerID") or last
        if not found:
            raise errors.bad_request(f"{subject} is terminated")
        return str(found)
    if last:
        return str(last)
    reason = state.get("waiting", {}).get("reason")
    words = {
        None: "no logs yet",
        "ErrImagePull": "image can't be pulled",
        "ImagePullBackOff": "trying and failing to pull image",
    }
    joint = " -" if reason is None else ":"
    raise errors.bad_request(f"{subject} is waiting to start{joint} {words.get(reason, reason)}")


async def body(node: Node, faults: Faults, options: LogOptions, container_id: str) -> AsyncIterator[bytes]:
    """The log in pieces; with `follow` it goes on until the instance ends."""
    log = None if faults.no_logs else node.log_file(container_id)
    if log is None:
        # The kubelet has answered 200 by then, so its error is the text of the log.
        yield f"unable to retrieve container logs for {container_id}".encode()
        return
    await asyncio.sleep(faults.slow_logs.get(options.container, 0))
    left = options.limit
    watches = not faults.no_watchers
    async for lines in _blocks(log, options, watches=watches):
        piece = _text(lines, timestamps=options.timestamps)
        if left is not None:
            piece = piece[:left]
            left -= len(piece)
        if piece:
            yield piece
        if left == 0:
            return
    if options.follow and not watches and not log.ended:
        yield _NO_WATCHER


async def _blocks(log: LogFile, options: LogOptions, *, watches: bool) -> AsyncIterator[list[LogLine]]:
    """The lines that are there, then those that come."""
    lines = log.lines
    seen = len(lines)
    first = log.first if options.tail is None else max(seen - options.tail, log.first)
    if options.since:
        first = max(first, bisect_left(lines, options.since, key=lambda line: line.time))
    for at in range(first, seen, _BLOCK):
        yield lines[at : min(at + _BLOCK, seen)]
    while options.follow and watches and not (log.ended and len(log.lines) == seen):
        await log.changed(seen)
        new = log.lines[seen:]
        seen += len(new)
        yield new


def _text(lines: list[LogLine], *, timestamps: bool) -> bytes:
    if timestamps:
        return b"".join(_stamped(lines))
    return b"".join([line.data + b"\n" for line in lines])


def _stamped(lines: list[LogLine]) -> Iterator[bytes]:
    """Lines with their time. The second is written once for all of its lines: it is most of the work."""
    second, prefix = -1, b""
    for line in lines:
        whole, fraction = divmod(line.time, SECOND)
        if whole != second:
            second, prefix = whole, rfc3339_nano(line.time).partition(".")[0].encode()
        yield b"%b.%09dZ %b\n" % (prefix, fraction, line.data)


def _since_time(text: str) -> int | None:
    """Nanoseconds of an RFC 3339 time, cut to the second as on its way from API server to kubelet."""
    if not text:
        return None
    try:
        return int(datetime.fromisoformat(text).timestamp()) * SECOND
    except ValueError as error:
        layout = "2006-01-02T15:04:05Z07:00"
        why = f'parsing time "{text}" as "{layout}": cannot parse "{text}" as "2006"'
        raise errors.bad_request(why) from error


def unassigned(pod: Object) -> bool:
    """Whether no node has the pod yet: the API server answers 204 then, without a word."""
    return not pod["spec"].get("nodeName")
