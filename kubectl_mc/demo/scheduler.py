"""The scheduler: finds a node for a pod, or says in the real one's words why there is none.

It compares a pod's request with the size of the nodes, not with what is left on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kubectl_mc.demo.store import Store

Object = dict[str, Any]

_SUFFIXES = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def quantity(text: str) -> float:
    """A resource quantity as a number: `250m` is 0.25, `64Mi` is 67108864."""
    for suffix, factor in _SUFFIXES.items():
        if text.endswith(suffix):
            return float(text.removesuffix(suffix)) * factor
    return float(text[:-1]) / 1000 if text.endswith("m") else float(text)


def effective_request(spec: Object, resource: str) -> float:
    """What a pod asks for: all app containers and sidecars, or a larger init container with the sidecars before it."""

    def of(container: Object) -> float:
        return quantity(str(container.get("resources", {}).get("requests", {}).get(resource, "0")))

    sidecars = largest_init = 0.0
    for container in spec.get("initContainers", []):
        if container.get("restartPolicy") == "Always":
            sidecars += of(container)
        else:
            largest_init = max(largest_init, sidecars + of(container))
    return max(largest_init, sidecars + sum(of(container) for container in spec["containers"]))


def qos_class(spec: Object) -> str:
    """Guaranteed, Burstable or BestEffort (`pkg/apis/core/helper/qos`)."""
    resources = [each.get("resources", {}) for each in (*spec.get("initContainers", []), *spec["containers"])]
    kinds = ("requests", "limits")
    if not any(each.get(kind, {}).get(name) for each in resources for kind in kinds for name in ("cpu", "memory")):
        return "BestEffort"
    for each in resources:
        limits, requests = each.get("limits", {}), each.get("requests", {})
        for name in ("cpu", "memory"):
            if not limits.get(name) or quantity(str(limits[name])) != quantity(str(requests.get(name, limits[name]))):
                return "Burstable"
    return "Guaranteed"


class Scheduler:
    """Binds pods to the nodes in turn."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = 0

    def place(self, pod: Object) -> tuple[str, str]:
        """A node's name and "", or "" and the message of the condition `PodScheduled`."""
        nodes = self._store.list("nodes")
        spec = pod["spec"]
        if claim := self._blocking_claim(pod):
            return "", f"0/{len(nodes)} nodes are available: {claim}. not found"
        wanted = _wanted_node(spec)
        named = [node for node in nodes if wanted in ("", node["metadata"]["name"])]
        for name in ("cpu", "memory"):
            request = effective_request(spec, name)
            if all(request > quantity(node["status"]["allocatable"][name]) for node in named):
                return "", _insufficient(len(nodes), name)
        self._turn += 1
        return str(named[self._turn % len(named)]["metadata"]["name"]), ""

    def _blocking_claim(self, pod: Object) -> str:
        """What is wrong with a claim that the pod mounts, or ""."""
        for name in _claims(pod["spec"]):
            claim = self._store.find("persistentvolumeclaims", pod["metadata"]["namespace"], name)
            if claim is None:
                return f'persistentvolumeclaim "{name}" not found'
            if claim.get("status", {}).get("phase") != "Bound":
                return "pod has unbound immediate PersistentVolumeClaims"
        return ""


def _claims(spec: Object) -> Iterable[str]:
    """The names of the claims that a pod mounts."""
    for volume in spec.get("volumes", []):
        if "persistentVolumeClaim" in volume:
            yield volume["persistentVolumeClaim"]["claimName"]


def _wanted_node(spec: Object) -> str:
    """The node that a DaemonSet's pod names in its affinity, or ""."""
    required = (
        spec.get("affinity", {}).get("nodeAffinity", {}).get("requiredDuringSchedulingIgnoredDuringExecution", {})
    )
    for term in required.get("nodeSelectorTerms", []):
        for field in term.get("matchFields", []):
            return str(field["values"][0])
    return ""


def _insufficient(count: int, resource: str) -> str:
    """The scheduler's own sentence."""
    preemption = f"preemption: 0/{count} nodes are available: {count} Preemption is not helpful for scheduling."
    return f"0/{count} nodes are available: {count} Insufficient {resource}. no new claims to deallocate, {preemption}"
