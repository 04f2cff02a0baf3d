"""What exec, attach and debug have in common: the way into a container, and how a session in it ends."""

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_mc.errors import ApiError, ConnectionLost, McError, UsageError
from kubectl_mc.model.entry import Entry, gone_words, has_sandbox, has_written, why_not
from kubectl_mc.model.targets import Query, parse_query
from kubectl_mc.session import Session

if TYPE_CHECKING:
    from kubectl_mc.cluster.remote import RemoteRequest

SHELL = ("sh", "-c", 'for shell in bash ash zsh; do found=$(command -v $shell) && exec "$found"; done; exec sh')
"""The best shell there is: one request tells whether there is any, and is the session already."""


_KILLED = 137
_LOOKS, _PAUSE_SECONDS = 6, 0.3
"""How often a pod is looked at for why a session has ended: the kubelet itself looks only once a second."""


@dataclass(frozen=True)
class Streams:
    """What of this process a session gets."""

    stdin: int | None
    """A descriptor; None for none."""
    terminal: bool
    """Whether the session has one: stdin is it."""


def single(words: list[str], verb: str) -> Query:
    """The one pod or workload that is named.

    Raises:
        UsageError: it isn't one.
    """
    query = parse_query(words)
    if len(query.targets) != 1:
        first, second = words[:2]
        hint = f"a container: kubectl mc {verb} {first} -c {second}"
        if verb != "attach":
            hint += f"; a command: kubectl mc {verb} {first} -- {second}"
        raise UsageError(f"{' '.join(words)}: one pod or workload at a time", hint)
    return query


async def enter(session: Session, query: Query, container: str) -> Entry:
    """A container that runs.

    Raises:
        McError: there is no such container, or it doesn't run; the hint says what helps.
    """
    from kubectl_mc.cluster.entries import find_entry

    entry = await find_entry(session.client(), query, container, session.note, session.again)
    if why := why_not(entry, session.now()):
        raise McError(why, instead(session, entry))
    return entry


def streams(session: Session, *, stdin: bool, tty: bool | None) -> Streams:
    """A terminal on a terminal; in a pipe its bytes.

    Args:
        stdin: whether it is wanted even where it is a terminal and stdout is none.
        tty: whether a terminal is asked for, which stdout may then go through a pipe to, as with tee; None: where both
            are one.
    """
    from kubectl_mc.terminal import stdin_descriptor

    possible = session.typed_at and (bool(tty) or session.interactive)
    if tty and not possible:
        session.note("stdin is no terminal: the command gets none")
    terminal = possible and tty is not False
    return Streams(stdin_descriptor() if terminal or stdin or not session.typed_at else None, terminal)


async def converse(
    session: Session,
    entry: Entry,
    request: "RemoteRequest",
    given: Streams,
    *,
    detach: bytes = b"",
    redraw: bool = False,
) -> int:
    """A session in a container, to its end; the exit code.

    Args:
        detach: the keys that leave it.
        redraw: whether the program is to draw its screen anew.

    Raises:
        NotStarted: the command cannot be run.
        Detached: the keys were typed.
        McError: the server refuses, or the session was cut; the message says why, as far as the pod tells.
    """
    from kubectl_mc.cluster.remote import open_remote
    from kubectl_mc.relay import Relay

    relay = Relay(session, given.stdin, terminal=given.terminal, detach=detach, redraw=redraw)
    try:
        async with open_remote(session.client(), request) as remote:
            if given.stdin is not None and not given.terminal and not remote.closes_stdin:
                session.note("this server cannot be told the end of stdin: a command that reads up to it will go on")
            code = await relay.run(remote)
    except ConnectionLost as lost:
        raise await explained(session, entry, lost) from None
    if why := await killed_words(session, entry, code):
        session.note(why)
    return code


async def explained(session: Session, entry: Entry, lost: ConnectionLost) -> McError:
    """Why a session was cut off, as far as its pod tells; else that it was."""
    why, after = await _aftermath(session, entry)
    return McError(why, instead(session, after or entry)) if why else lost


async def killed_words(session: Session, entry: Entry, code: int) -> str:
    """Who has killed a command, as far as its pod tells; empty where nobody has."""
    if code != _KILLED:
        return ""
    why, _ = await _aftermath(session, entry)
    return f"killed (SIGKILL): {why or 'by the kernel for want of memory, or by another process'}"


async def goes_on(session: Session, entry: Entry, code: int) -> bool:
    """Whether a container runs on after a session in it that has ended with this code."""
    from kubectl_mc.cluster.entries import now_of

    if code != _KILLED:
        return True
    try:
        return not gone_words(entry, await now_of(session.client(), entry), session.now())
    except (ApiError, ConnectionLost):
        return False


async def confirmed(session: Session, question: str) -> bool:
    """Ask a person on the terminal; Enter means yes, the end of stdin no."""
    from kubectl_mc.relay import read_piece
    from kubectl_mc.terminal import stdin_descriptor

    descriptor = stdin_descriptor()
    if descriptor is None:
        return False
    session.ask(f"{question} [Y/n]")
    return (await read_piece(descriptor)).lower() in (b"\n", b"y\n", b"yes\n")


def where(session: Session, entry: Entry) -> str:
    """A container in the words of a command line: `web-7d4b9 -n shop -c app`, and how its cluster is reached."""
    pod, flags = entry.pod, session.flags.as_arguments()
    return shlex.join([pod.name, "-n", pod.namespace, "-c", entry.container.name, *flags])


def instead(session: Session, entry: Entry) -> str:
    """What helps with a container that cannot be entered."""
    pod, container = entry.pod, entry.container
    if has_written(container):
        more = f"what it wrote: {session.program} logs {where(session, entry)}"
        if container.state.waiting:
            more += " -p"
    else:
        more = f"what holds it up: {session.again('status', pod.name, namespace=pod.namespace)}"
    if pod.terminal or not has_sandbox(pod):
        return more
    running = [each.name for each in pod.containers if each.state.running and each is not container]
    others = f"; running: {', '.join(running)}" if running else ""
    return f"{more}; a shell beside it: {session.program} debug {where(session, entry)}{others}"


async def _aftermath(session: Session, entry: Entry) -> tuple[str, Entry | None]:
    """What has become of a container whose session has ended without its doing, and how it is now."""
    import asyncio

    from kubectl_mc.cluster.entries import now_of

    for look in range(_LOOKS):
        if look:
            await asyncio.sleep(_PAUSE_SECONDS)
        try:
            after = await now_of(session.client(), entry)
        except (ApiError, ConnectionLost):
            return "", None
        if why := gone_words(entry, after, session.now()):
            return why, after
    return "", None
