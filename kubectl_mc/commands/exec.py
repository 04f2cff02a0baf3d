"""`kubectl mc exec`."""

from typing import Annotated

import typer

from kubectl_mc.entering import SHELL, converse, enter, single, streams, where
from kubectl_mc.errors import McError, NotStarted
from kubectl_mc.model.targets import Query
from kubectl_mc.options import Target
from kubectl_mc.session import Session

EXAMPLES = (
    ("kubectl mc exec web-7d4b9", "a shell in its default container"),
    ("kubectl mc exec web-7d4b9 -c proxy", "in another one"),
    ("kubectl mc exec deploy/web -- env", "a command, in a workload's best pod"),
    ("kubectl mc exec web-7d4b9 -- tar c /data > data.tar", "bytes as they are"),
    ("kubectl mc exec db-0 -- psql < dump.sql", "stdin, up to its end"),
)
TAKES_COMMAND = True
_NOT_FOUND = 127


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
        typer.Option("--tty", "-t", help="A terminal for the command; the default on one.", show_default=False),
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
        hint = f"{session.program} debug {where(entry)}"
        raise McError(f"{name} has no shell (image {entry.container.spec.image})", hint) from None
