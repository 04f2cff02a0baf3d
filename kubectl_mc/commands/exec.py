"""`kubectl mc exec`."""

from typing import TYPE_CHECKING, Annotated

import typer

from kubectl_mc.errors import ApiError, ConnectionLost, McError, NotStarted, UsageError
from kubectl_mc.model.targets import Query, parse_query
from kubectl_mc.options import Target
from kubectl_mc.session import Session

if TYPE_CHECKING:
    from kubectl_mc.model.entry import Entry

EXAMPLES = (
    ("kubectl mc exec web-7d4b9", "a shell in its default container"),
    ("kubectl mc exec web-7d4b9 -c proxy", "in another one"),
    ("kubectl mc exec deploy/web -- env", "a command, in a workload's best pod"),
    ("kubectl mc exec web-7d4b9 -- tar c /data > data.tar", "bytes as they are"),
    ("kubectl mc exec db-0 -- psql < dump.sql", "stdin, up to its end"),
)
TAKES_COMMAND = True
_SHELL = ("sh", "-c", 'for shell in bash ash zsh; do found=$(command -v $shell) && exec "$found"; done; exec sh')
"""The best shell there is: one request tells whether there is any, and is the session already."""
_KILLED = 137


def command(
    context: typer.Context,
    target: Target,
    container: Annotated[
        str, typer.Option("--container", "-c", metavar="NAME", help="The container; else the pod's default.")
    ] = "",
    stdin: Annotated[
        bool, typer.Option("--stdin", "-i", help="Keep stdin open on a terminal, too, where stdout is none.")
    ] = False,
    tty: Annotated[
        bool | None,
        typer.Option(
            "--tty", "-t", help="A terminal for the command; the default, where this is one.", show_default=False
        ),
    ] = None,
) -> int:
    """Run a command in a container, or a shell: the best that its image has.

    On a terminal the command gets a terminal of its size; in a pipe it gets the bytes of stdin up to their end, and
    stdout is its own, byte for byte. The exit code is the command's.
    """
    session: Session = context.obj
    query = single(target, "exec")
    words: tuple[str, ...] = context.meta.get("command", ())
    return session.run(_run(session, query, container, words, stdin=stdin, tty=tty))


def single(words: list[str], verb: str) -> Query:
    """The one pod or workload that is named.

    Raises:
        UsageError: it isn't one.
    """
    query = parse_query(words)
    if len(query.targets) != 1:
        first, second = words[0], words[1]
        raise UsageError(
            f"{' '.join(words)}: one pod or workload at a time",
            f"a container: {verb} {first} -c {second}"
            + (f"; a command: {verb} {first} -- {second}" if verb == "exec" else ""),
        )
    return query


async def _run(
    session: Session, query: Query, container: str, words: tuple[str, ...], *, stdin: bool, tty: bool | None
) -> int:
    from kubectl_mc.cluster.entries import find_entry
    from kubectl_mc.cluster.remote import RemoteRequest, open_remote
    from kubectl_mc.model.entry import why_not
    from kubectl_mc.relay import Relay
    from kubectl_mc.terminal import stdin_descriptor

    client = session.client()
    entry = await find_entry(client, query, container, session.note)
    if why := why_not(entry, session.now()):
        raise McError(why, _instead(session, entry))
    terminal = _terminal(session, tty)
    source = stdin_descriptor() if terminal or stdin or not session.typed_at else None
    pod, name = entry.pod, entry.container.name
    request = RemoteRequest(pod.namespace, pod.name, name, words or _SHELL, stdin=source is not None, tty=terminal)
    try:
        async with open_remote(client, request) as remote:
            if source is not None and not terminal and not remote.closes_stdin:
                session.note("this server cannot be told the end of stdin: a command that reads up to it will go on")
            code = await Relay(session, source, terminal=terminal).run(remote)
    except NotStarted as error:
        if words or error.exit_code != 127:
            raise
        raise McError(f"{name} has no shell (image {entry.container.spec.image})", _debug(session, entry)) from None
    except ConnectionLost as error:
        raise await _aftermath(session, entry, error) from None
    if code == _KILLED:
        session.note("the command was killed (SIGKILL): out of memory, or its container has ended")
    return code


def _terminal(session: Session, tty: bool | None) -> bool:
    """Whether the command gets a terminal."""
    possible = session.interactive and session.typed_at
    if tty and not possible:
        session.note("stdin or stdout is no terminal: the command gets none")
    return possible and tty is not False


def _instead(session: Session, entry: "Entry") -> str:
    """What helps with a container that cannot be entered."""
    pod, container = entry.pod, entry.container
    where = f"{pod.name} -n {pod.namespace} -c {container.name}"
    looks = f"{session.program} logs {where}"
    if container.state.waiting and container.status.last is not None:
        looks += " -p"
    running = [each.name for each in pod.containers if each.state.running and each is not container]
    other = f"; running: {', '.join(running)} (-c)" if running else ""
    return f"what it wrote: {looks}; beside it: {_debug(session, entry)}{other}"


def _debug(session: Session, entry: "Entry") -> str:
    pod, container = entry.pod, entry.container
    return f"{session.program} debug {pod.name} -n {pod.namespace} -c {container.name}"


async def _aftermath(session: Session, entry: "Entry", error: ConnectionLost) -> McError:
    """Why a session was cut, as far as the pod tells."""
    from kubectl_mc.cluster.entries import now_of
    from kubectl_mc.model.entry import gone_words

    try:
        why = gone_words(entry, await now_of(session.client(), entry), session.now())
    except (ApiError, ConnectionLost):
        why = ""
    return McError(why, _instead(session, entry)) if why else error
