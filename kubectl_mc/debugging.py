"""A debug container beside a container: one that runs is entered again, else one is added, and awaited."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from kubectl_mc.entering import SHELL, Streams, converse, goes_on, where
from kubectl_mc.errors import ApiError, ConnectionLost, McError, NotStarted
from kubectl_mc.model.debugging import DEFAULT_PROFILE, Planned, ineffective, planned, reusable, shares_processes
from kubectl_mc.model.entry import Entry, why_not
from kubectl_mc.model.fields import Json
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Container
from kubectl_mc.model.resources import PODS
from kubectl_mc.model.spec import Role
from kubectl_mc.session import Session

IMAGE_VARIABLE = "KUBECTL_MC_DEBUG_IMAGE"
DEFAULT_IMAGE = "busybox:1.37"
_NOT_FOUND = 127
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""As in the names that Kubernetes makes: no vowels, so no words."""
_WITHOUT = "the debug container gets its volumes and environment, and not its processes"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for; empty where nothing was."""

    image: str = ""
    profile: str = ""
    new: bool = False
    patience: float = 60.0
    """Seconds; 0 for ever."""


async def beside(session: Session, entry: Entry, words: tuple[str, ...], wish: Wish, given: Streams) -> int:
    """A command, or a shell, in a debug container beside a container; its exit code.

    Raises:
        McError: there can be none, or the session was cut.
    """
    from kubectl_mc.cluster.remote import RemoteRequest

    inside = await debugger_beside(session, entry, wish, session.note)
    pod, debugger = inside.pod, inside.container
    request = RemoteRequest(
        pod.namespace, pod.name, debugger.name, words or SHELL, stdin=given.stdin is not None, tty=given.terminal
    )
    back = way_back(session, entry)
    with with_way_back(inside, back, own_shell=not words):
        code = await converse(session, inside, request, given)
    if given.terminal:
        on = await goes_on(session, inside, code)
        session.note(f"{debugger.name} goes on; back to it: {back}" if on else f"another one: {back}")
    return code


async def debugger_beside(session: Session, entry: Entry, wish: Wish, say: Say) -> Entry:
    """A debug container that runs beside a container.

    Args:
        say: told what happens meanwhile.

    Raises:
        McError: there can be none.
    """
    from kubectl_mc.cluster.ephemeral import TargetGone

    document = await session.client().get(PODS, entry.pod.namespace, entry.pod.name)
    target = _target(session, replace(entry, pod=parse_pod(document)))
    joins = target.container.state.running
    if not joins:
        say(f"{why_not(target, session.now())}: {_WITHOUT}")
    try:
        debugger = await _debugger(session, target, document, wish, say, joins=joins)
    except TargetGone:
        say(f"{target.container.name} has just ended: {_WITHOUT}")
        joins, debugger = False, await _debugger(session, target, document, wish, say, joins=False)
    if joins:
        say(await _root_words(session, target, document, debugger))
    return Entry(target.pod, debugger)


def way_back(session: Session, target: Entry) -> str:
    """The command that enters the debug container of a target again."""
    return f"{session.program} debug {where(session, target)}"


@contextmanager
def with_way_back(inside: Entry, back: str, *, own_shell: bool) -> Iterator[None]:
    """Errors of a session in a debug container, with what leads to it again.

    Args:
        own_shell: whether the command is the shell that this tool has chosen.
    """
    debugger = inside.container
    try:
        yield
    except NotStarted as error:
        if not own_shell or error.exit_code != _NOT_FOUND:
            raise
        raise McError(f"{debugger.name} has no shell (image {debugger.spec.image})", f"{back} --new") from None
    except ConnectionLost as error:
        raise ConnectionLost(error.message, error.hint or f"{debugger.name} goes on; back to it: {back}") from None
    except ApiError:
        raise
    except McError as error:  # the debug container has ended, or its pod
        raise McError(error.message, f"another one: {back}") from None


def _target(session: Session, entry: Entry) -> Entry:
    """The target as its pod is now.

    Raises:
        McError: nothing can be put beside it.
    """
    pod = entry.pod
    found = next((each for each in pod.containers if each.name == entry.container.name), entry.container)
    entry = replace(entry, container=found)
    if pod.terminal:
        raise McError(why_not(entry, session.now()), f"what it wrote: {session.program} logs {where(session, entry)}")
    if found.role is Role.EPHEMERAL:
        raise McError(f"{found.name} is a debug container itself", f"{session.program} exec {where(session, entry)}")
    return entry


async def _debugger(session: Session, target: Entry, document: Json, wish: Wish, say: Say, *, joins: bool) -> Container:
    """A debug container that runs, which may have run before."""
    image = wish.image or session.environ.get(IMAGE_VARIABLE) or DEFAULT_IMAGE
    name = f"debugger-{''.join(random.choices(_ALPHABET, k=5))}"
    profile = wish.profile or DEFAULT_PROFILE
    plan = planned(document, target.container.name, name, image, profile, joins=joins)
    found = None if wish.new else reusable(document, target.pod, plan, wish.image, wish.profile)
    if found is None:
        return await _added(session, target, document, plan, image, profile, wish.patience, say)
    lacks = f"; it lacks {', '.join(found.lacks)} (one that has it: --new)" if found.lacks else ""
    say(f"{found.container.name} runs already ({found.container.spec.image}){lacks}")
    return found.container


async def _added(
    session: Session, target: Entry, document: Json, plan: Planned, image: str, profile: str, patience: float, say: Say
) -> Container:
    """A new debug container that runs."""
    from kubectl_mc.cluster.debug import add_container
    from kubectl_mc.cluster.ephemeral import until_running

    pod = target.pod
    if vain := ineffective(document, plan):
        say(f"pod {pod.name} runs as a plain user: {', '.join(vain)} of the profile {profile} has no effect")
    await add_container(session.client(), pod, plan)
    say(f"{plan.name} ({image}, profile {profile}) is in pod {pod.name} now, and stays until that is gone; it starts …")
    for what in plan.left_out:
        say(f"left out: {what}")
    try:
        return await until_running(session.client(), pod, plan.name, image, patience, say)
    except asyncio.CancelledError:
        later = f"{session.program} debug {where(session, target)}"
        say(f"{plan.name} stays in pod {pod.name}; enter it when it runs: {later}")
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
