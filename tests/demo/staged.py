"""A cluster without a server for the tests of nodes and controllers: objects are applied, time is moved by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubectl_mc.demo import foundation
from kubectl_mc.demo.clock import Clock
from kubectl_mc.demo.podrows import pod_row
from kubectl_mc.demo.programs import Program
from kubectl_mc.demo.simulation import Simulation
from kubectl_mc.demo.store import Store

Object = dict[str, Any]

NAMESPACE = "demo"


class Staged:
    """Nodes and controllers on a clock that only the test moves."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.start = self.clock.now()
        self.clock.freeze(self.start)
        self.store = Store(self.clock)
        foundation.lay(self.store, self.clock)
        self.simulation = Simulation(self.store, self.clock)

    def apply(self, obj: Object, programs: Mapping[str, Program] | None = None) -> Object:
        """Create an object and let the cluster react to it."""
        found = self.simulation.apply({**obj, "metadata": {"namespace": NAMESPACE, **obj["metadata"]}}, programs)
        self.react()
        return found

    def react(self) -> None:
        """Let nodes and controllers see what the test has changed."""
        self.simulation.catch_up()

    def delete(self, name: str = "p") -> None:
        """Begin the graceful deletion of a pod."""
        self.simulation.owners.remove_pod(self.pod(name))
        self.react()

    def to(self, seconds: float) -> None:
        """Live until so many seconds after the beginning."""
        self.clock.freeze(self.start + seconds)
        self.simulation.catch_up()

    def pod(self, name: str = "p") -> Object:
        """A pod as it is stored now."""
        return self.store.get("pods", NAMESPACE, name)

    def row(self, name: str = "p") -> tuple[str, str]:
        """READY and STATUS as the API server prints them."""
        row = pod_row(self.pod(name), self.clock.now())
        return row.ready, row.status

    def status(self, container: str, name: str = "p") -> Object:
        """One container's status, of whichever kind it is."""
        status = self.pod(name)["status"]
        kinds = ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses")
        found: Object = next(each for kind in kinds for each in status.get(kind, []) if each["name"] == container)
        return found

    def condition(self, kind: str, name: str = "p") -> Object:
        """One of the pod's conditions."""
        found: Object = next(each for each in self.pod(name)["status"]["conditions"] if each["type"] == kind)
        return found

    def events(self, reason: str, name: str = "p") -> list[Object]:
        """The events of an object with this reason."""
        events = self.store.list("events", NAMESPACE)
        return [each for each in events if each["involvedObject"]["name"] == name and each["reason"] == reason]


def pod(*containers: Object, inits: tuple[Object, ...] = (), name: str = "p", **spec: Any) -> Object:
    """A Pod object."""
    body = {"containers": list(containers), **({"initContainers": list(inits)} if inits else {}), **spec}
    return {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": name}, "spec": body}


def container(name: str, **fields: Any) -> Object:
    """A container of an image that the nodes know."""
    return {"name": name, "image": "busybox:1.37", **fields}
