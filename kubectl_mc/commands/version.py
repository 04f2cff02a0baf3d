"""`kubectl mc version`."""

from typing import Annotated

import typer

from kubectl_mc import __version__
from kubectl_mc.errors import McError, UsageError
from kubectl_mc.session import Session

EXAMPLES = (
    ("kubectl mc version", "this tool's version"),
    ("kubectl mc version --with-server", "and the API server's"),
)


def command(
    context: typer.Context,
    with_server: Annotated[bool, typer.Option("--with-server", help="Ask the API server, too.")] = False,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="json|yaml", help="A document instead of words.")
    ] = "",
) -> None:
    """Show the version of kubectl-mc."""
    session: Session = context.obj
    document = {"version": __version__}
    if output not in ("", "json", "yaml"):
        raise UsageError(f"-o {output}: no such output", "json or yaml")
    if with_server:
        document["server"] = session.run(_server_version(session))
    if output:
        from kubectl_mc.render.document import as_json, as_yaml

        session.write(as_json(document) if output == "json" else as_yaml(document))
        return
    session.write(f"kubectl-mc {__version__}\n")
    if with_server:
        session.write(f"server {document['server']}\n")


async def _server_version(session: Session) -> str:
    from kubectl_mc.cluster.errors import Subject

    answer = await session.client().connection.get_json("/version", Subject("get the version"))
    version = answer.get("gitVersion")
    if not isinstance(version, str):
        raise McError(f"the server {session.client().connection.server} says no version")
    return version
