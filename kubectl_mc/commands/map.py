"""`kubectl mc map`."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from kubectl_mc.errors import ExitCode, McError, UsageError
from kubectl_mc.model.coupling.coupled import coupling
from kubectl_mc.model.fields import Json
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.targets import Query, Target, parse_query
from kubectl_mc.render.document import as_json, as_yaml
from kubectl_mc.render.map import Mapped, map_page
from kubectl_mc.session import Session

if TYPE_CHECKING:
    from kubectl_mc.cluster.client import Client

EXAMPLES = (
    ("kubectl mc map web-7d4b9", "who listens where, who writes what, and what each container is there for"),
    ("kubectl mc map deploy/web", "a workload's best pod; without one, its template"),
    ("kubectl mc map -f deploy.yaml", "a manifest, without a cluster"),
    ("kubectl mc map web-7d4b9 -o mermaid", "a graph for a document; also dot, json and yaml"),
)
_OUTPUTS = ("", "json", "yaml", "mermaid", "dot")
_NEEDED = "kubectl mc map POD, kubectl mc map deploy/NAME, or kubectl mc map -f FILE"


def command(
    context: typer.Context,
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET]...", help="POD, TYPE/NAME or TYPE NAME; of a workload its best pod.", show_default=False
        ),
    ] = None,
    filename: Annotated[
        list[str] | None,
        typer.Option("--filename", "-f", metavar="FILE", help="Manifests instead: a file, a directory, or -."),
    ] = None,
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="json|yaml|mermaid|dot", help="A document or a graph instead."),
    ] = "",
) -> int:
    """Show how the containers of a pod are coupled: who listens on which port of their one network and who speaks to
    whom at localhost, who writes and who reads each volume, whether they share processes, and which pattern each
    container follows, with the reason.

    All of it is read from the spec: what a program does beyond its command line, its environment and its probes is
    not known.
    """
    session: Session = context.obj
    if output not in _OUTPUTS:
        raise UsageError(f"-o {output}: no such output", "json, yaml, mermaid or dot")
    if filename and targets:
        raise UsageError("-f maps files, so it goes with no target", "-f alone, or without -f")
    if filename:
        return _map_files(session, filename, output)
    if not targets:
        raise UsageError("which pod?", _NEEDED)
    return session.run(_map_pods(session, parse_query(targets), output))


def _map_files(session: Session, files: Sequence[str], output: str) -> int:
    from kubectl_mc.doctor.review.workload import Around, workload
    from kubectl_mc.manifests.reading import read_manifests

    read = read_manifests(files, sys.stdin.buffer)
    maps: list[Mapped] = []
    for manifest in read.manifests:
        work = workload(manifest.value, manifest.kind, manifest.name, Around())
        if work is not None and work.pod.containers:
            pod = replace(work.pod, name=manifest.name, namespace=work.namespace)
            place = f"{manifest.file}:{manifest.place().line}"
            maps.append(Mapped(pod, coupling(pod), f"{manifest.kind.lower()}/{manifest.name}", place))
    if maps or output:
        _show(session, maps, output)
    for error in read.errors:
        session.report(error)
    if not maps and not read.errors:
        raise McError(f"{', '.join(files)}: nothing with containers in it", _NEEDED)
    return ExitCode.ERROR if read.errors else ExitCode.DONE


async def _map_pods(session: Session, query: Query, output: str) -> int:
    client = session.client()
    maps: list[Mapped] = []
    errors: list[McError] = []
    for target in query.targets:
        try:
            pod, object_ = await _pod_of(client, target, session)
        except McError as error:
            errors.append(error)
        else:
            maps.append(Mapped(pod, coupling(pod), object_))
    if maps or output:
        _show(session, maps, output)
    for failed in errors:
        session.report(failed)
    return ExitCode.ERROR if errors else ExitCode.DONE


async def _pod_of(client: "Client", target: Target, session: Session) -> tuple[Pod, str]:
    """The pod that stands for a target: itself, a workload's best one, or one that its template would make."""
    from kubectl_mc.cluster.targets import find_pods, read_target
    from kubectl_mc.model.entry import best_pod
    from kubectl_mc.model.parsing import parse_pod
    from kubectl_mc.model.resources import PODS

    found = await find_pods(client, Query((target,)))
    if found.errors:
        raise found.errors[0]
    pod = best_pod([parse_pod(document) for document in found.pods])
    if pod is not None:
        if target.resource is not PODS:
            count = len(found.pods)
            session.note(f"pod {pod.name}{f', one of {count}' if count > 1 else ''}")
        return pod, f"pod/{pod.name}"
    template = _template(await read_target(client, target), target)
    if template is None:
        raise McError(f"{target} has no pods", session.again(*found.selections[0].told_by))
    session.note(f"{target} has no pods: this is what its template asks for")
    return template, str(target)


def _template(document: Json, target: Target) -> Pod | None:
    from kubectl_mc.doctor.review.workload import Around, workload

    work = workload(document, target.resource.kind, target.name, Around())
    if work is None or not work.pod.containers:
        return None
    return replace(work.pod, name=target.name, namespace=work.namespace)


def _show(session: Session, maps: Sequence[Mapped], output: str) -> None:
    if output in ("mermaid", "dot"):
        from kubectl_mc.render.map_graph import dot, mermaid

        session.write(mermaid(maps) if output == "mermaid" else dot(maps))
    elif output:
        from kubectl_mc.render.map_document import map_document

        document = map_document(maps)
        session.write(as_json(document) if output == "json" else as_yaml(document))
    else:
        session.print(map_page(maps, session.width, session.theme, drawn=session.interactive))
