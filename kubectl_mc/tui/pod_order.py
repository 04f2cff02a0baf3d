"""In which order pods stand, and which of them are meant by what was typed."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from kubectl_mc.model.pod import Pod
from kubectl_mc.model.summary import summarize
from kubectl_mc.render.listing import broken_first

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

ORDERS: Mapping[str, Callable[[Iterable[Pod]], list[Pod]]] = {
    "broken first": broken_first,
    "name": lambda pods: sorted(pods, key=lambda pod: (pod.namespace, pod.name)),
    "newest first": lambda pods: sorted(pods, key=lambda pod: pod.created or _LONG_AGO, reverse=True),
    "restarts": lambda pods: sorted(pods, key=lambda pod: (-summarize(pod).restarts, pod.namespace, pod.name)),
}


def next_order(order: str) -> str:
    """The order behind one, and behind the last the first."""
    names = list(ORDERS)
    return names[(names.index(order) + 1) % len(names)]


def matching(pods: Iterable[Pod], text: str) -> list[Pod]:
    """The pods of which every word of a text is somewhere in a name, the status, the node or a label."""
    words = text.lower().split()
    return [pod for pod in pods if all(word in _about(pod) for word in words)] if words else list(pods)


def _about(pod: Pod) -> str:
    labels = (f"{name}={value}" for name, value in pod.labels.items())
    names = (container.name for container in pod.containers)
    return " ".join((pod.namespace, pod.name, pod.node, summarize(pod).status, *names, *labels)).lower()
