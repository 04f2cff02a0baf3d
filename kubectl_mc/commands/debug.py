"""`kubectl mc debug`."""

from typing import Annotated

import typer

from kubectl_mc.debugging import DEFAULT_IMAGE, IMAGE_VARIABLE, Wish, beside
from kubectl_mc.entering import single, streams
from kubectl_mc.errors import UsageError
from kubectl_mc.model.debugging import PROFILES
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

    entry = await find_entry(session.client(), query, container, session.note, session.again, beside=True)
    return await beside(session, entry, words, wish, streams(session, stdin=stdin, tty=tty))
