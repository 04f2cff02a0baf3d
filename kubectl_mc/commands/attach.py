"""`kubectl mc attach`."""

from typing import Annotated

import typer

from kubectl_mc.entering import Streams, converse, enter, single, streams, where
from kubectl_mc.errors import ConnectionLost, ExitCode, UsageError
from kubectl_mc.model.targets import Query
from kubectl_mc.options import Target
from kubectl_mc.session import Session

EXAMPLES = (
    ("kubectl mc attach web-7d4b9", "the main process of its default container"),
    ("kubectl mc attach web-7d4b9 -c repl", "of another one"),
    ("kubectl mc attach web-7d4b9 --detach-keys ctrl-x", "left by Ctrl-X"),
)
_DETACH = "ctrl-p,ctrl-q"


def command(
    context: typer.Context,
    target: Target,
    container: Annotated[
        str, typer.Option("--container", "-c", metavar="NAME", help="The container; else the pod's default.")
    ] = "",
    detach_keys: Annotated[
        str, typer.Option("--detach-keys", metavar="KEYS", help="The keys that leave it running.")
    ] = _DETACH,
    stdin: Annotated[bool, typer.Option("--stdin", "-i", hidden=True)] = False,  # noqa: ARG001
    tty: Annotated[bool, typer.Option("--tty", "-t", hidden=True)] = False,  # noqa: ARG001
) -> int:
    """The terminal of a container's main process: what it writes from now on, and, where its spec opens stdin, what is
    typed to it.

    Whether it has a terminal its spec says (stdin, tty), whatever -i and -t say. What is typed goes to the process
    itself: Ctrl-C may end it, and with it the container. The detach keys leave it running; so does Ctrl-C where the
    container takes no input.
    """
    session: Session = context.obj
    query = single(target, "attach")
    return session.run(_run(session, query, container, detach_keys, parse_keys(detach_keys)))


def parse_keys(text: str) -> bytes:
    """Keys as docker and kubectl write them: `ctrl-p,ctrl-q`, `a`; empty for none.

    Raises:
        UsageError: one of them is no key.
    """
    keys = b""
    for word in text.split(",") if text else ():
        letter = word.removeprefix("ctrl-")
        if len(letter) != 1 or not letter.isascii():
            raise UsageError(f"--detach-keys {text}: {word!r} is no key", "a letter or ctrl-LETTER: ctrl-p,ctrl-q")
        control = ord(letter.upper()) ^ 0x40
        if letter != word and not 0 <= control < 0x20:
            raise UsageError(f"--detach-keys {text}: there is no {word}", "ctrl- with a letter, or one of @ [ \\ ] ^ _")
        keys += bytes([control if letter != word else ord(letter)])
    return keys


async def _run(session: Session, query: Query, container: str, keys: str, detach: bytes) -> int:
    from kubectl_mc.cluster.remote import RemoteRequest
    from kubectl_mc.relay import Detached

    entry = await enter(session, query, container)
    spec, pod = entry.container.spec, entry.pod
    given = streams(session, stdin=True, tty=None if spec.tty else False)
    if not spec.stdin:
        given = Streams(None, terminal=False)
    request = RemoteRequest(pod.namespace, pod.name, spec.name, stdin=spec.stdin, tty=spec.tty)
    back = f"{session.program} attach {where(session, entry)}"
    if session.interactive:
        session.note(_words(entry.container.name, keys, stdin=spec.stdin, terminal=given.terminal))
    try:
        return await converse(session, entry, request, given, detach=detach, redraw=True)
    except Detached:
        session.note(f"detached; it goes on. Back to it: {back}")
        return ExitCode.DONE
    except ConnectionLost as error:
        raise ConnectionLost(error.message, error.hint or f"back to it: {back}") from None


def _words(name: str, keys: str, *, stdin: bool, terminal: bool) -> str:
    """What a person should know before the first key."""
    if not stdin:
        return f"{name} takes no input (stdin is not set in its spec): its output from now on; Ctrl-C leaves it"
    if terminal and not keys:
        return f"what you type goes to {name}'s main process, Ctrl-C too; no keys leave it"
    way_out = f"{keys} leaves it" if terminal else "Ctrl-C leaves it"
    return f"what you type goes to {name}'s main process; {way_out} running"
