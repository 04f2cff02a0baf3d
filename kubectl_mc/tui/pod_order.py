"""In which order pods stand, how bad they are, and which of them are meant by what was typed."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime

from kubectl_mc.model.health import Severity, pod_severity
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.summary import summarize
from kubectl_mc.render.listing import broken_first

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_SPARE = 1000
"""Severities that are kept of pods that are there no more."""


class Severities:
    """How bad pods are, found out once for each change of one: of 1,000 that takes 30 ms."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Pod, Severity]] = {}

    def of(self, pod: Pod) -> Severity:
        known = self._known.get(pod.uid)
        if known is None or known[0] is not pod:
            known = self._known[pod.uid] = pod, pod_severity(pod)
        return known[1]

    def count(self, pods: Collection[Pod]) -> Mapping[Severity, int]:
        """How many of all pods are how bad."""
        if len(self._known) > len(pods) + _SPARE:
            self._known = {}
        return Counter(map(self.of, pods))


ORDERS: Mapping[str, Callable[[Iterable[Pod], Severities], list[Pod]]] = {
    "broken first": lambda pods, severities: broken_first(pods, severities.of),
    "name": lambda pods, _: sorted(pods, key=lambda pod: (pod.namespace, pod.name)),
    "newest first": lambda pods, _: sorted(pods, key=lambda pod: pod.created or _LONG_AGO, reverse=True),
    "restarts": lambda pods, _: sorted(pods, key=lambda pod: (-summarize(pod).restarts, pod.namespace, pod.name)),
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
