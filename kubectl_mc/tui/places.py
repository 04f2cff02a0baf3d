"""Where one can go from here: the namespaces of the cluster, the contexts of the kubeconfig."""

from collections.abc import Sequence

from kubectl_mc.cluster.client import Client, Scope
from kubectl_mc.cluster.kubeconfig import kubeconfig_paths, merged_config
from kubectl_mc.model.resources import NAMESPACES
from kubectl_mc.model.targets import Query
from kubectl_mc.session import Session

EVERYWHERE = "*"
"""Stands for all namespaces; no name of one can be so."""


async def namespaces(client: Client) -> Sequence[tuple[str, str]]:
    """All namespaces, and the choice of all of them.

    Raises:
        McError: they cannot be listed.
    """
    names = await client.names(Scope(NAMESPACES))
    return [(EVERYWHERE, "all namespaces"), *((name, name) for name in sorted(names))]


async def contexts(session: Session) -> Sequence[tuple[str, str]]:
    """The contexts of the kubeconfig with the namespace of each."""
    found = merged_config(kubeconfig_paths(session.flags, session.environ))["contexts"]
    return [
        (name, f"{name}  ({context.get('namespace') or 'default'})")
        for name, context in sorted(found.items())
        if isinstance(context, dict)
    ]


def current_context(session: Session) -> str:
    """The context in use; empty where there is none."""
    if session.flags.context:
        return session.flags.context
    return str(merged_config(kubeconfig_paths(session.flags, session.environ)).get("current-context") or "")


def words_of(session: Session, query: Query) -> str:
    """What is shown: context, namespace and what narrows it."""
    context = current_context(session) or "this cluster"
    where = "all namespaces" if query.all_namespaces else session.client().namespace
    narrowed = [*map(str, query.targets), query.labels, query.fields]
    return " / ".join([context, where, *filter(None, narrowed)])
