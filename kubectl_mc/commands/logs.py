"""`kubectl mc logs`."""

import fnmatch
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from kubectl_mc.errors import ExitCode, McError, UsageError
from kubectl_mc.logs.filter import Filter
from kubectl_mc.logs.show import Name, Show, as_json
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Container, Pod, Role
from kubectl_mc.model.resources import target_resource
from kubectl_mc.model.targets import Query, parse_query
from kubectl_mc.model.times import format_time, parse_time
from kubectl_mc.options import AllNamespaces, FieldSelector, Selector, Targets, seconds
from kubectl_mc.session import Session

if TYPE_CHECKING:
    from kubectl_mc.cluster.log_hub import LogHub, Member
    from kubectl_mc.cluster.tail import Reach, Source

EXAMPLES = (
    ("kubectl mc logs web-7d4b9", "all its containers, in the order of time"),
    ("kubectl mc logs deploy/web -f --tail 20", "a workload's pods, as they go on"),
    ("kubectl mc logs web-7d4b9 -c app -p", "what a container's last instance wrote"),
    ("kubectl mc logs web-7d4b9 -x 'istio-*' -g error", "without the proxies; lines that match"),
)
_COLORS = (36, 32, 33, 34, 35, 96, 92, 93, 94, 95)
"""SGR foregrounds of the prefixes, by the container's place in its pod. No red, which means trouble."""


def command(
    context: typer.Context,
    targets: Targets = None,
    container: Annotated[
        list[str] | None, typer.Option("--container", "-c", metavar="NAME", help="Only these; a name or a glob.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude-container", "-x", metavar="NAME", help="Not these; a name or a glob.")
    ] = None,
    role: Annotated[
        str, typer.Option("--role", metavar="ROLES", help="Only these roles: init, sidecar, app, ephemeral.")
    ] = "",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")] = False,
    previous: Annotated[bool, typer.Option("--previous", "-p", help="The instance before the present one.")] = False,
    since: Annotated[str, typer.Option("--since", metavar="TIME", help="Only what is younger: 10m, 1h, 500ms.")] = "",
    since_time: Annotated[
        str, typer.Option("--since-time", metavar="TIME", help="Only what came after: 2026-01-01T00:00:00Z.")
    ] = "",
    tail: Annotated[int | None, typer.Option("--tail", metavar="N", help="The last N lines of each container.")] = None,
    grep: Annotated[
        list[str] | None, typer.Option("--grep", "-g", metavar="REGEX", help="Only lines that match any of these.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option("--not", metavar="REGEX", help="No lines that match any of these.")
    ] = None,
    ignore_case: Annotated[bool, typer.Option("--ignore-case", help="For --grep and --not.")] = False,
    timestamps: Annotated[bool, typer.Option("--timestamps", help="The kubelet's time in each line.")] = False,
    no_prefix: Annotated[bool, typer.Option("--no-prefix", help="No container's name in front.")] = False,
    output: Annotated[str, typer.Option("--output", "-o", metavar="raw|json", help="Bytes, or an object a line.")] = "",
    selector: Selector = "",
    field_selector: FieldSelector = "",
    all_namespaces: AllNamespaces = False,
) -> int:
    """Show the logs of all containers of pods as one stream, in the order in which things happened.

    Lines are ordered by the kubelet's nanosecond times; a container's own never change places. When following, new
    pods and containers join, restarts are stitched together and broken connections mended without a lost line.
    """
    session: Session = context.obj
    words, containers = _words(targets or [], container or [])
    choice = _Choice(
        query=parse_query(words, selector, field_selector, all_namespaces=all_namespaces),
        containers=tuple(containers),
        excluded=tuple(exclude or ()),
        roles=_roles(role),
        filter=_filter(grep or [], without or [], ignore_case=ignore_case),
        since=_since(since, since_time, session.now()),
        tail=_tail(tail),
        follow=follow,
        previous=previous,
        prefix=not no_prefix and output == "",
        timestamps=timestamps,
        output=_output(output),
    )
    if follow and previous:
        raise UsageError("-f and -p exclude each other", "a previous instance writes no more")
    return session.run(_run(session, choice))


@dataclass(frozen=True)
class _Choice:
    """What was asked for."""

    query: Query
    containers: tuple[str, ...]
    excluded: tuple[str, ...]
    roles: frozenset[Role]
    filter: Filter
    since: datetime | None
    tail: int | None
    follow: bool
    previous: bool
    prefix: bool
    timestamps: bool
    output: str

    def of(self, pod: Pod) -> list[Container]:
        """The containers of a pod that are meant, in spec order."""
        return [c for c in pod.containers if c.role in self.roles and self._named(c.name)]

    def _named(self, name: str) -> bool:
        included = not self.containers or any(fnmatch.fnmatchcase(name, pattern) for pattern in self.containers)
        return included and not any(fnmatch.fnmatchcase(name, pattern) for pattern in self.excluded)

    def reach(self) -> "Reach":
        from kubectl_mc.cluster.tail import Reach

        # The kubelet knows whole seconds only; the rest is sifted here.
        since = format_time(self.since.replace(microsecond=0)) if self.since else None
        return Reach(self.follow, self.previous, since, self.tail)


def _words(words: list[str], containers: list[str]) -> tuple[list[str], list[str]]:
    """As kubectl, `POD CONTAINER` names one container."""
    if len(words) == 2 and not any("/" in word for word in words) and target_resource(words[0]) is None:
        if containers:
            raise UsageError(f"{words[1]}: a container is named already, by -c", "POD CONTAINER, or POD -c CONTAINER")
        return words[:1], words[1:]
    return words, containers


def _roles(text: str) -> frozenset[Role]:
    if not text:
        return frozenset(Role)
    known = {role.value: role for role in Role}
    words = [word.strip() for word in text.split(",")]
    if not all(word in known for word in words):
        raise UsageError(f"--role {text}: no such role", ", ".join(known))
    return frozenset(known[word] for word in words)


def _filter(grep: list[str], without: list[str], *, ignore_case: bool) -> Filter:
    wanted, unwanted = (_regex(texts, ignore_case=ignore_case) for texts in (grep, without))
    return Filter(wanted, unwanted)


def _regex(texts: list[str], *, ignore_case: bool) -> re.Pattern[bytes] | None:
    """One expression that any of the texts matches; None without any."""
    for text in texts:
        _checked(text)
    joined = "|".join(f"(?:{text})" for text in texts)
    return re.compile(joined.encode(), re.IGNORECASE if ignore_case else 0) if texts else None


def _checked(text: str) -> None:
    try:
        re.compile(text.encode())
    except re.error as error:
        caret = " " * (error.pos or 0) + "^"
        raise UsageError(f"{text!r} is no regular expression: {error.msg}", f"at the caret: {text}  {caret}") from None


def _since(since: str, since_time: str, now: datetime) -> datetime | None:
    if since and since_time:
        raise UsageError("--since and --since-time exclude each other", "give one of them")
    if since:
        return now - timedelta(seconds=seconds(since))
    if not since_time:
        return None
    time = parse_time(since_time)
    if time is None:
        raise UsageError(f"--since-time {since_time}: no time", "for example 2026-01-01T00:00:00Z")
    return time.astimezone(UTC)


def _tail(tail: int | None) -> int | None:
    if tail is not None and tail < -1:
        raise UsageError(f"--tail {tail}: no number of lines", "0 or more; -1 for all")
    return None if tail == -1 else tail


def _output(output: str) -> str:
    if output not in ("", "raw", "json"):
        raise UsageError(f"-o {output}: no such output", "raw or json")
    return output


class _Printer:
    """Writes what the hub emits."""

    def __init__(self, session: Session, choice: _Choice) -> None:
        self._session, self._choice = session, choice
        self._names: dict[bytes, Name] = {}
        self._places: dict[bytes, int] = {}
        self._show = Show({}, choice.timestamps, session.interactive)
        self._since = _stamp(choice.since) if choice.since else b""

    def joined(self, member: "Member") -> None:
        """Another container: prefixes are padded to the longest."""
        source = member.source
        self._names[member.tag] = Name(source.namespace, source.pod, source.container)
        self._places[member.tag] = next(
            index for index, container in enumerate(member.pod.containers) if container.name == source.container
        )
        several = len({name.pod for name in self._names.values()}) > 1
        labels = {
            tag: f"{name.pod} {name.container}" if several else name.container for tag, name in self._names.items()
        }
        width = max(map(len, labels.values()))
        prefixes = {tag: self._prefix(label.ljust(width), tag) for tag, label in labels.items()}
        self._show = replace(self._show, prefixes=prefixes)

    def emit(self, lines: list[bytes]) -> None:
        """Lines in their order."""
        if self._since:
            lines = [line for line in lines if line >= self._since]
        lines = self._choice.filter.passed(lines)
        if lines:
            shown = as_json(lines, self._names) if self._choice.output == "json" else self._show.text(lines)
            self._session.write_bytes(shown)

    def _prefix(self, label: str, tag: bytes) -> bytes:
        if not self._choice.prefix:
            return b""
        if not self._session.colors:
            return f"{label} | ".encode()
        return f"\x1b[{_COLORS[self._places[tag] % len(_COLORS)]}m{label} |\x1b[0m ".encode()


def _stamp(time: datetime) -> bytes:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}000Z".encode()


async def _run(session: Session, choice: _Choice) -> int:
    from kubectl_mc.cluster.log_hub import LogHub
    from kubectl_mc.cluster.targets import find_pods

    client = session.client()
    printer = _Printer(session, choice)

    def troubled(source: "Source", error: McError) -> None:
        session.note(f"{source.pod}/{source.container}: {error.message}")

    hub = LogHub(client, choice.reach(), printer.emit, printer.joined, troubled)
    try:
        if choice.follow:
            return await _follow(session, choice, hub)
        found = await find_pods(client, choice.query)
        pods = sorted((parse_pod(pod) for pod in found.pods), key=lambda pod: (pod.namespace, pod.name))
        _check(pods, choice)
        for pod in pods:
            hub.add(pod, choice.of(pod))
        await hub.run()
    finally:
        await hub.close()
    for error in found.errors:
        session.report(error)
    if not pods and not found.errors:
        session.note(
            "No pods found." if choice.query.all_namespaces else f"No pods found in {client.namespace} namespace."
        )
    return ExitCode.ERROR if found.errors or hub.hopeless else ExitCode.DONE


async def _follow(session: Session, choice: _Choice, hub: "LogHub") -> int:
    import asyncio

    from kubectl_mc.cluster.feed import open_feed
    from kubectl_mc.cluster.targets import select
    from kubectl_mc.cluster.watch import Changed, Deleted

    client = session.client()
    selections = await select(client, choice.query)
    async with open_feed(client, selections) as feed:
        await feed.require_named()
        pods = [parse_pod(pod) for pod in feed.pods.values()]
        _check(pods, choice)
        for pod in sorted(pods, key=lambda pod: (pod.namespace, pod.name)):
            hub.add(pod, choice.of(pod))
        running = asyncio.create_task(hub.run_for_ever())
        try:
            while not running.done():
                if hub.hopeless:
                    return ExitCode.ERROR
                for update in await feed.updates(1.0):
                    if isinstance(update, Changed | Deleted):
                        pod = parse_pod(update.item)
                        if isinstance(update, Changed):
                            hub.add(pod, choice.of(pod))
                        hub.changed(pod.uid)
            await running
        finally:
            running.cancel()
    return ExitCode.DONE


def _check(pods: Sequence[Pod], choice: _Choice) -> None:
    """A container that no pod has is a mistake worth a list of those there are."""
    if not pods or not choice.containers or any(choice.of(pod) for pod in pods):
        return
    known = ", ".join(f"{c.name} ({c.role.value})" for c in pods[0].containers)
    raise McError(f"no container {' or '.join(choice.containers)} in pod {pods[0].name}", f"it has: {known}")
