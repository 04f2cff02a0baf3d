"""What commands say where there are no pods."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kubectl_mc.model.targets import Query
from kubectl_mc.session import Session

if TYPE_CHECKING:
    from kubectl_mc.cluster.targets import Selection


def nothing_found(
    session: Session, query: Query, selections: Iterable["Selection"], *, judged: bool = False
) -> Iterator[str]:
    """What to say instead of pods: kubectl's sentence, and for a workload why it has none, or who knows.

    Args:
        judged: whether the doctor has looked already, and found nothing.
    """
    namespace = session.client().namespace
    if not query.targets:
        yield "No resources found." if query.all_namespaces else f"No resources found in {namespace} namespace."
    for selection in selections:
        if selection.target is None:
            continue
        nothing = f"No pods found for {selection.target} in {namespace} namespace"
        if selection.asleep:
            yield f"{nothing}: {selection.asleep}."
        else:
            verb, name = selection.told_by
            yield f"{nothing}; what happened: {session.again('events' if judged else verb, name)}"
