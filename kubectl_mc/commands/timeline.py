"""`kubectl mc timeline`."""

from collections.abc import Sequence
from typing import Annotated

import typer

from kubectl_mc.errors import ExitCode, McError, UsageError
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.resources import PODS
from kubectl_mc.model.targets import Query, parse_query
from kubectl_mc.model.timeline.start import timeline
from kubectl_mc.model.timeline.values import Timeline
from kubectl_mc.options import AllNamespaces, FieldSelector, Selector, Targets
from kubectl_mc.render.document import as_json, as_yaml
from kubectl_mc.render.timeline import slowest_first, starts_page, timeline_page
from kubectl_mc.session import Session

EXAMPLES = (
    ("kubectl mc timeline web-7d4b9", "what it waited for until it was ready, and for how long"),
    ("kubectl mc timeline deploy/web", "a workload's pods, and the slowest in full"),
    ("kubectl mc timeline job/report --each", "every pod in full"),
    ("kubectl mc timeline web-7d4b9 -o json", "for a script"),
)


def command(
    context: typer.Context,
    targets: Targets = None,
    each: Annotated[
        bool, typer.Option("--each", help="Of several pods every one in full, not only the slowest.")
    ] = False,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="json|yaml", help="A document instead of a page.")
    ] = "",
    selector: Selector = "",
    field_selector: FieldSelector = "",
    all_namespaces: AllNamespaces = False,
) -> int:
    """Show how a pod started: scheduling, volumes and network, image pulls, init containers, the gates of sidecars, the
    apps until they are ready; as bars on one axis, and as a list of what the pod waited for, which adds up.

    Told from the pod and its events. A cluster keeps events for an hour and of restarts only the last; what is missing
    is said, and ~ marks what is concluded. Times have whole seconds, as in the API.
    """
    session: Session = context.obj
    if output not in ("", "json", "yaml"):
        raise UsageError(f"-o {output}: no such output", "json or yaml")
    query = parse_query(targets or [], selector, field_selector, all_namespaces=all_namespaces)
    if query.whole and not all_namespaces:
        raise UsageError("which pod?", "kubectl mc timeline POD, kubectl mc timeline deploy/NAME, or -l SELECTOR")
    return session.run(_tell(session, query, output, each=each))


async def _tell(session: Session, query: Query, output: str, *, each: bool) -> int:
    from kubectl_mc.cluster.pod_events import events_of_pods
    from kubectl_mc.cluster.targets import find_pods
    from kubectl_mc.model.parsing import parse_pod

    client = session.client()
    found = await find_pods(client, query)
    pods = [parse_pod(document) for document in found.pods]
    events = await events_of_pods(client, pods, session.note)
    now = session.now()
    own = [None if events is None else events.get(pod.uid, ()) for pod in pods]
    starts = slowest_first([(pod, timeline(pod, heard, now)) for pod, heard in zip(pods, own, strict=True)])
    if starts or output:
        _show(session, starts, output, each=each)
    without = [each for each in found.selections if each.target and not starts]
    errors = [
        *found.errors,
        *(McError(f"{each.target} has no pods", session.again(*each.told_by)) for each in without),
    ]
    if not starts and not errors:
        errors = [McError("no pods", f"what there is: {session.again('status')}")]
    for error in errors:
        session.report(await _gone(session, query, error))
    return ExitCode.ERROR if errors else ExitCode.DONE


async def _gone(session: Session, query: Query, error: McError) -> McError:
    """An error about a pod that is not there any more, with where the rest of it is."""
    from kubectl_mc.cluster.events import events_by_name
    from kubectl_mc.errors import NotFound

    if not isinstance(error, NotFound) or len(query.targets) != 1 or query.targets[0].resource is not PODS:
        return error
    name = query.targets[0].name
    try:
        left = await events_by_name(session.client(), name)
    except McError:
        return error
    if not left:
        return error
    return McError(f"pod {name} is gone, and its times with it", f"what is left: {session.again('events', name)}")


def _show(session: Session, starts: Sequence[tuple[Pod, Timeline]], output: str, *, each: bool) -> None:
    if output:
        from kubectl_mc.render.timeline_document import timeline_document

        document = timeline_document(starts)
        session.write(as_json(document) if output == "json" else as_yaml(document))
        return
    width, theme = session.width, session.theme
    if len(starts) > 1:
        session.print(starts_page(starts, width, theme))
    for pod, told in starts if each else starts[:1]:
        if len(starts) > 1:
            session.write("\n")
        session.print(timeline_page(pod, told, width, theme))
