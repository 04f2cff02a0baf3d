"""`kubectl mc debug`."""

import asyncio
import random
from dataclasses import dataclass, replace
from typing import Annotated

import typer

from kubectl_mc.entering import SHELL, Streams, converse, single, streams, where
from kubectl_mc.errors import ApiError, ConnectionLost, McError, NotStarted, UsageError
from kubectl_mc.model.debugging import (
    DEFAULT_PROFILE,
    PROFILES,
    Planned,
    ineffective,
    planned,
    reusable,
    shares_processes,
)
from kubectl_mc.model.entry import Entry, why_not
from kubectl_mc.model.fields import Json
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Container
from kubectl_mc.model.resources import PODS
from kubectl_mc.model.spec import Role
from kubectl_mc.model.targets import Query
from kubectl_mc.options import Target, seconds
from kubectl_mc.session import Session

EXAMPLES = (
    ("kubectl mc debug web-7d4b9", "a shell beside its default container"),
    ("kubectl mc debug web-7d4b9 -c proxy", "beside another one"),
    ("kubectl mc debug deploy/web -- ls /proc/1/root/etc", "a command; what it lists is web's"),
    ("kubectl mc debug web-7d4b9 --image nicolaka/netshoot --profile netadmin", "with other tools, and more rights"),
)
TAKES_COMMAND = True
IMAGE_VARIABLE = "KUBECTL_MC_DEBUG_IMAGE"
DEFAULT_IMAGE = "busybox:1.37"
_NOT_FOUND = 127
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""As in the names that Kubernetes makes: no vowels, so no words."""


_WITHOUT = "the debug container gets its volumes and environment, and not its processes"


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for; empty where nothing was."""

    image: str = ""
    profile: str = ""
    new: bool = False
    patience: float = 60.0
    """Seconds; 0 for ever."""


def command(
    context: typer.Context,
    target: Target,
    container: Annotated[
        str,
        typer.Option("--container", "-c", "--target", metavar="NAME", help="The container; else the pod's default."),
    ] = "",
    image: Annotated[
        str,
        typer.Option("--image", metavar="IMAGE", help=f"Its image; else ${IMAGE_VARIABLE}, else {DEFAULT_IMAGE}."),
    ] = "",
    profile: Annotated[
        str,
        typer.Option(
            "--profile", metavar="NAME", help="general (the default), baseline, restricted, netadmin or sysadmin."
        ),
    ] = "",
    new: Annotated[bool, typer.Option("--new", help="Another debug container, even where one runs.")] = False,
    timeout: Annotated[
        str, typer.Option("--timeout", metavar="TIME", help="How long it may take to start: 60s, 5m; 0 for ever.")
    ] = "60s",
    stdin: Annotated[
        bool, typer.Option("--stdin", "-i", help="Keep stdin open on a terminal, too, where stdout is none.")
    ] = False,
    tty: Annotated[
        bool | None,
        typer.Option("--tty", "-t", help="A terminal for the command; the default on one.", show_default=False),
    ] = None,
) -> int:
    """A shell or a command in a debug container beside a container: with its processes, volumes and environment.

    For containers without a shell. The debug container is an ephemeral one; the target's own files are below
    /proc/1/root. It is there as long as the pod, and the next `debug` enters it again, unless it asks for another
    image or profile. Exit codes: the command's; 4 when the debug container does not start in time.
    """
    session: Session = context.obj
    query = single(target, "debug")
    if profile and profile not in PROFILES:
        raise UsageError(f"--profile {profile}: no such profile", f"one of {', '.join(PROFILES)}")
    words: tuple[str, ...] = context.meta.get("command", ())
    wish = Wish(image, profile, new, seconds(timeout))
    return session.run(_run(session, query, container, words, wish, stdin=stdin, tty=tty))


async def _run(
    session: Session,
    query: Query,
    container: str,
    words: tuple[str, ...],
    wish: Wish,
    *,
    stdin: bool,
    tty: bool | None,
) -> int:
    from kubectl_mc.cluster.entries import find_entry

    entry = await find_entry(session.client(), query, container, session.note, beside=True)
    return await beside(session, entry, words, wish, streams(session, stdin=stdin, tty=tty))


async def beside(session: Session, entry: Entry, words: tuple[str, ...], wish: Wish, given: Streams) -> int:
    """A command, or a shell, in a debug container beside a container; its exit code.

    Raises:
        McError: there can be none, or the session was cut.
    """
    from kubectl_mc.cluster.ephemeral import TargetGone
    from kubectl_mc.cluster.remote import RemoteRequest

    document = await session.client().get(PODS, entry.pod.namespace, entry.pod.name)
    target = _target(session, replace(entry, pod=parse_pod(document)))
    pod = target.pod
    joins = target.container.state.running
    if not joins:
        session.note(f"{why_not(target, session.now())}: {_WITHOUT}")
    try:
        debugger = await _debugger(session, target, document, wish, joins=joins)
    except TargetGone:
        session.note(f"{target.container.name} has just ended: {_WITHOUT}")
        joins, debugger = False, await _debugger(session, target, document, wish, joins=False)
    if joins:
        session.note(await _root_words(session, target, document, debugger))
    request = RemoteRequest(
        pod.namespace, pod.name, debugger.name, words or SHELL, stdin=given.stdin is not None, tty=given.terminal
    )
    back = f"{session.program} debug {where(target)}"
    try:
        code = await converse(session, Entry(pod, debugger), request, given)
    except NotStarted as error:
        if words or error.exit_code != _NOT_FOUND:
            raise
        raise McError(f"{debugger.name} has no shell (image {debugger.spec.image})", f"{back} --new") from None
    except ConnectionLost as error:
        raise ConnectionLost(error.message, error.hint or f"{debugger.name} goes on; back to it: {back}") from None
    except ApiError:
        raise
    except McError as error:  # the debug container has ended, or its pod
        raise McError(error.message, f"another one: {back}") from None
    if given.terminal:
        session.note(f"{debugger.name} goes on; back to it: {back}")
    return code


def _target(session: Session, entry: Entry) -> Entry:
    """The target as its pod is now.

    Raises:
        McError: nothing can be put beside it.
    """
    pod = entry.pod
    found = next((each for each in pod.containers if each.name == entry.container.name), entry.container)
    entry = replace(entry, container=found)
    if pod.terminal:
        raise McError(why_not(entry, session.now()), f"what it wrote: {session.program} logs {where(entry)}")
    if found.role is Role.EPHEMERAL:
        raise McError(f"{found.name} is a debug container itself", f"{session.program} exec {where(entry)}")
    return entry


async def _debugger(session: Session, target: Entry, document: Json, wish: Wish, *, joins: bool) -> Container:
    """A debug container that runs, which may have run before."""
    image = wish.image or session.environ.get(IMAGE_VARIABLE) or DEFAULT_IMAGE
    name = f"debugger-{''.join(random.choices(_ALPHABET, k=5))}"
    profile = wish.profile or DEFAULT_PROFILE
    plan = planned(document, target.container.name, name, image, profile, joins=joins)
    found = None if wish.new else reusable(document, target.pod, plan, wish.image, wish.profile)
    if found is None:
        return await _added(session, target, document, plan, image, profile, wish.patience)
    lacks = f"; it lacks {', '.join(found.lacks)} (one that has it: --new)" if found.lacks else ""
    session.note(f"{found.container.name} runs already ({found.container.spec.image}){lacks}")
    return found.container


async def _added(
    session: Session, target: Entry, document: Json, plan: Planned, image: str, profile: str, patience: float
) -> Container:
    """A new debug container that runs."""
    from kubectl_mc.cluster.debug import add_container
    from kubectl_mc.cluster.ephemeral import until_running

    pod = target.pod
    if vain := ineffective(document, plan):
        session.note(f"pod {pod.name} runs as a plain user: {', '.join(vain)} of the profile {profile} has no effect")
    await add_container(session.client(), pod, plan)
    session.note(
        f"{plan.name} ({image}, profile {profile}) is in pod {pod.name} now, and stays until that is gone; it starts …"
    )
    for what in plan.left_out:
        session.note(f"left out: {what}")
    try:
        return await until_running(session.client(), pod, plan.name, image, patience, session.note)
    except asyncio.CancelledError:
        later = f"{session.program} debug {where(target)}"
        session.note(f"{plan.name} stays in pod {pod.name}; enter it when it runs: {later}")
        raise


async def _root_words(session: Session, target: Entry, document: Json, debugger: Container) -> str:
    """Where the target's own files are, as seen from the debug container."""
    name = target.container.name
    if not shares_processes(document):
        return f"{name}'s own files: /proc/1/root"
    from kubectl_mc.cluster.debug import main_process

    process = await main_process(session.client(), target.pod, debugger.name, target.container)
    if process is None:
        return f"{name}'s own files: /proc/PID/root, with the PID that ps shows for it: the containers share processes"
    return f"{name}'s own files: /proc/{process}/root"
