"""`kubectl mc exec`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from kubectl_mc.entering import SHELL, confirmed, converse, enter, single, streams, where
from kubectl_mc.errors import McError, NotStarted, UsageError
from kubectl_mc.logs.choice import Choice, parse_globs, parse_roles
from kubectl_mc.model.targets import Query, parse_query
from kubectl_mc.options import AllNamespaces, Selector
from kubectl_mc.session import Session

if TYPE_CHECKING:
    from kubectl_mc.cluster.fan_out import FanOut
    from kubectl_mc.cluster.remote import Channel
    from kubectl_mc.cluster.targets import Found
    from kubectl_mc.logs.show import Show
    from kubectl_mc.model.entry import Entry
    from kubectl_mc.model.pod import ContainerState
    from kubectl_mc.outlet import Outlet

EXAMPLES = (
    ("kubectl mc exec web-7d4b9", "a shell in its default container"),
    ("kubectl mc exec web-7d4b9 -c proxy", "in another one"),
    ("kubectl mc exec deploy/web -- env", "a command, in a workload's best pod"),
    ("kubectl mc exec web-7d4b9 -- tar c /data > data.tar", "bytes as they are"),
    ("kubectl mc exec db-0 -- psql < dump.sql", "stdin, up to its end"),
    ("kubectl mc exec --all deploy/web -- df -h /", "in every running container of its pods"),
)
TAKES_COMMAND = True
_NOT_FOUND = 127
_NAMED = 3
"""Containers that are named in a note; of more the number."""


def command(
    context: typer.Context,
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET]...",
            help="POD, TYPE/NAME or TYPE NAME; of a workload its best pod; several with --all.",
            show_default=False,
        ),
    ] = None,
    container: Annotated[
        list[str] | None,
        typer.Option("--container", "-c", metavar="NAME", help="The container; else the pod's default."),
    ] = None,
    stdin: Annotated[
        bool, typer.Option("--stdin", "-i", help="Keep stdin open on a terminal, too, where stdout is none.")
    ] = False,
    tty: Annotated[
        bool | None,
        typer.Option("--tty", "-t", help="A terminal for the command; the default on one.", show_default=False),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="In every running container at once; the highest exit code.")
    ] = False,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude-container", "-x", metavar="NAME", help="With --all: not these; -c and -x take globs."),
    ] = None,
    role: Annotated[
        str, typer.Option("--role", metavar="ROLES", help="With --all: only init, sidecar, app, ephemeral.")
    ] = "",
    selector: Selector = "",
    all_namespaces: AllNamespaces = False,
    no_prefix: Annotated[
        bool, typer.Option("--no-prefix", help="With --all: no container's name in front of a line.")
    ] = False,
) -> int:
    """Run a command in a container, or a shell: the best that its image has.

    On a terminal the command gets a terminal of its size; in a pipe it gets the bytes of stdin up to their end, and
    stdout is its own, byte for byte. The exit code is the command's.

    With --all it runs in every running container of the targets, or of the namespace, without a terminal and without
    stdin. Its lines are prefixed as by logs; which of them failed is told at the end.
    """
    session: Session = context.obj
    words: tuple[str, ...] = context.meta.get("command", ())
    if every:
        if stdin or tty:
            hint = "there is one stdin and one terminal; in one container: exec POD -c CONTAINER"
            raise UsageError(f"--all and {'-i' if stdin else '-t'} exclude each other", hint)
        if not words:
            raise UsageError("--all needs a command", "kubectl mc exec --all TARGET -- COMMAND")
        query = parse_query(targets or [], selector, all_namespaces=all_namespaces)
        choice = Choice(parse_globs("-c", container or []), parse_globs("-x", exclude or []), parse_roles(role))
        return session.run(_run_all(session, query, choice, words, prefix=not no_prefix))
    given = {"-x": exclude, "--role": role, "-l": selector, "-A": all_namespaces, "--no-prefix": no_prefix}
    for option in (name for name, value in given.items() if value):
        raise UsageError(f"{option} is for --all", "a command in several containers: exec --all ... -- COMMAND")
    if not targets:
        raise UsageError("Missing argument 'TARGET'", f"{context.command_path} --help")
    if len(container or []) > 1:
        raise UsageError(f"-c {' -c '.join(container or [])}: one container at a time", "in several at once: --all")
    query = single(targets, "exec")
    return session.run(_run(session, query, "".join(container or []), words, stdin=stdin, tty=tty))


async def _run(
    session: Session, query: Query, container: str, words: tuple[str, ...], *, stdin: bool, tty: bool | None
) -> int:
    from kubectl_mc.cluster.remote import RemoteRequest

    entry = await enter(session, query, container)
    given = streams(session, stdin=stdin, tty=tty)
    pod, name = entry.pod, entry.container.name
    request = RemoteRequest(
        pod.namespace, pod.name, name, words or SHELL, stdin=given.stdin is not None, tty=given.terminal
    )
    try:
        return await converse(session, entry, request, given)
    except NotStarted as error:
        if words or error.exit_code != _NOT_FOUND:
            raise
    why = f"{name} has no shell (image {entry.container.spec.image})"
    if not given.terminal:
        raise McError(why, f"{session.program} debug {where(session, entry)}")
    if not await confirmed(session, f"{why}. Open one beside it: {session.program} debug {where(session, entry)}?"):
        return _NOT_FOUND
    from kubectl_mc.debugging import Wish, beside

    return await beside(session, entry, (), Wish(), given)


async def _run_all(session: Session, query: Query, choice: Choice, words: tuple[str, ...], *, prefix: bool) -> int:
    import asyncio

    from kubectl_mc.cluster.fan_out import FanOut
    from kubectl_mc.cluster.targets import find_pods
    from kubectl_mc.model.resources import PODS

    found = await find_pods(session.client(), query)
    for error in found.errors:
        session.report(error)
    entries = _running(session, found, choice)
    pods = not query.targets or any(target.resource is not PODS for target in query.targets)
    fan_out = FanOut(session.client(), words, _Output(session, prefix=prefix, pods=pods))
    try:
        await fan_out.run(entries)
    except asyncio.CancelledError:
        _say_ends(session, entries, fan_out)
        raise
    _say_ends(session, entries, fan_out)
    return max([end.code for end in fan_out.ends.values()] + [error.exit_code for error in found.errors])


def _running(session: Session, found: "Found", choice: Choice) -> "list[Entry]":
    """The containers that are meant and run; what is left out is said.

    Raises:
        McError: there is none.
    """
    from kubectl_mc.model.entry import Entry
    from kubectl_mc.model.parsing import parse_pod

    pods = sorted(map(parse_pod, found.pods), key=lambda pod: (pod.namespace, pod.name))
    choice.require_any(pods)
    if not pods and not found.errors:
        [selection, *others] = found.selections
        if selection.target is None or others:
            where = "" if selection.scope.namespace is None else f" in {selection.scope.namespace} namespace"
            raise McError(f"no pods found{where}", f"those of all namespaces: {session.program} status -A")
        why = f", {selection.asleep}" if selection.asleep else ""
        raise McError(f"{selection.target} has no pods{why}", session.again(*selection.told_by))
    meant = [Entry(pod, container) for pod in pods for container in choice.of(pod)]
    running = [entry for entry in meant if entry.container.state.running]
    # What has ended well is as it should be: it comes last.
    idle = [entry for entry in meant if not entry.container.state.running]
    idle.sort(key=lambda entry: entry.container.state.succeeded)
    if idle:
        names = [f"{each.pod.name}/{each.container.name} ({_state(each.container.state)})" for each in idle]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        session.note(f"not running, left out: {', '.join(names[:_NAMED])}{more}")
    if not running and not found.errors:
        raise McError("none of the containers runs", f"see why: {session.program} status")
    return running


def _state(state: "ContainerState") -> str:
    return state.reason or state.kind.value


class _Output:
    """Lines of many containers on stdout and stderr, prefixed as logs."""

    def __init__(self, session: Session, *, prefix: bool, pods: bool) -> None:
        import asyncio

        from kubectl_mc.cluster.remote import Channel

        self._session = session
        self._streams = {
            Channel.STDOUT: _stream(session, prefix=prefix, pods=pods),
            Channel.STDERR: _stream(_aside(session), prefix=prefix, pods=pods),
        }
        # One for both, which may be the same terminal or pipe.
        self._writing = asyncio.Lock()
        self._torn = False
        """Whether a write was broken off, perhaps within a line."""
        self._notes: list[str] = []

    def joined(self, tag: bytes, entry: "Entry") -> None:
        from kubectl_mc.logs.machine import Name

        name = Name(entry.pod.namespace, entry.pod.name, entry.container.name)
        for show, _ in self._streams.values():
            show.joined(tag, name, entry.pod.containers.index(entry.container))

    async def emit(self, channel: "Channel", lines: list[bytes]) -> None:
        show, outlet = self._streams[channel]
        async with self._writing:
            if not self._torn:
                self._torn = True
                try:
                    await outlet.write(show.text(lines))
                    self._torn = False
                finally:
                    notes, self._notes = self._notes, []
                    for text in notes:
                        self._session.note(text)

    def note(self, text: str) -> None:
        if self._writing.locked():
            self._notes.append(text)  # it may be in the middle of a line
        else:
            self._session.note(text)


def _aside(session: Session) -> Session:
    """The same with stderr in place of stdout, for what goes there: colours and width are that stream's."""
    return replace(session, stdout=session.stderr)


def _stream(session: Session, *, prefix: bool, pods: bool) -> "tuple[Show, Outlet]":
    from kubectl_mc.logs.show import Look, Show

    look = Look(prefix=prefix, pods=pods, colors=session.colors, terminal=session.interactive)
    return Show(look), session.outlet()


def _say_ends(session: Session, entries: "Sequence[Entry]", fan_out: "FanOut") -> None:
    """How it went, on stderr: nothing where all is well."""
    from kubectl_mc.cluster.fan_out import source_of

    ends = [fan_out.ends[source] for entry in entries if (source := source_of(entry)) in fan_out.ends]
    failed = sorted((end for end in ends if end.code), key=lambda end: -end.code)
    cut = [entry for entry in entries if source_of(entry) not in fan_out.ends]
    going = [entry for entry in cut if source_of(entry) in fan_out.begun]
    if len(entries) == 1:
        for end in (end for end in failed if end.why and not end.forbidden):
            session.report(McError(end.why, end.error.hint if end.error is not None else None))
    elif cut or not all(end.forbidden for end in ends):
        counts = {"failed": len(failed), "had not ended": len(cut)}
        words = [f"{count} of {len(entries)} {how}" for how, count in counts.items() if count]
        if words:
            session.note(", ".join(words))
        rows = [_Row(end.entry, str(end.code), "not permitted" if end.forbidden else end.why) for end in failed]
        rows += [_Row(entry, "-", "had not ended" if entry in going else "had not begun") for entry in cut]
        if len(going) < len(entries):  # else that is all there is to say
            _print_rows(_aside(session), rows)
    if going:
        session.note("commands that had not ended go on in their containers: to close a session ends no process")


@dataclass(frozen=True)
class _Row:
    """A container in which the command has failed or not ended."""

    entry: "Entry"
    exit: str
    why: str


def _print_rows(session: Session, rows: list[_Row]) -> None:
    from kubectl_mc.render.page import Page, Span, Style
    from kubectl_mc.render.table import Column, table
    from kubectl_mc.render.text import fitted_middle, one_line

    columns = [
        Column[_Row]("POD", lambda row: (Span(one_line(row.entry.pod.name)),), least=12, cut=fitted_middle),
        Column[_Row]("CONTAINER", lambda row: (Span(one_line(row.entry.container.name), Style.STRONG),), least=9),
        Column[_Row]("EXIT", lambda row: (Span(row.exit, Style.BAD),)),
        Column[_Row]("REASON", lambda row: (Span(one_line(row.why)),), least=20, spills=True),
    ]
    if len({row.entry.pod.namespace for row in rows}) > 1:
        namespace = Column[_Row]("NAMESPACE", lambda row: (Span(one_line(row.entry.pod.namespace)),), least=10)
        columns.insert(0, namespace)
    session.print(Page(table(columns, rows, session.width, ellipsis=session.theme.ellipsis) if rows else ()))
