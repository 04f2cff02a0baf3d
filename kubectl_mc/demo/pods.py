"""One pod on its node: its sandbox and volumes, the order in which its containers start, its end and its deletion."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol

from kubectl_mc.demo.clock import epoch
from kubectl_mc.demo.containers import ContainerRun
from kubectl_mc.demo.environment import missing_reference, missing_volume
from kubectl_mc.demo.host import Contained, Role
from kubectl_mc.demo.order import apps_done, init_failed, next_to_begin
from kubectl_mc.demo.programs import Program
from kubectl_mc.demo.status import Snapshot, pod_status
from kubectl_mc.demo.store import Store

Object = dict[str, Any]

SANDBOX_SECONDS = 1.1
RELIST_SECONDS = 1.0
"""How long the kubelet takes to notice that a container has ended."""


class NodeHost(Protocol):
    """What a pod needs of the node that it runs on."""

    name: str
    ip: str
    images: set[str]

    def next_pod_ip(self) -> str:
        """An address that no pod has had."""


class PodRun:
    """A pod that is bound to a node, with everything that the API object does not say."""

    def __init__(
        self,
        pod: Object,
        node: NodeHost,
        store: Store,
        record: Callable[..., None],
        program: Callable[[Object], Program],
        demo_started: float,
        current_time: Callable[[], float],
        now: float,
    ) -> None:
        metadata = pod["metadata"]
        self.name: str = metadata["name"]
        self.namespace: str = metadata["namespace"]
        self.uid: str = metadata["uid"]
        self.created = epoch(metadata["creationTimestamp"])
        self.demo_started = demo_started
        self.current_time = current_time
        self.ip = ""
        self.gone = False
        """The object has left the API."""
        self.written: Object = {}
        """The status that was written last."""
        self._spec: Object = pod["spec"]
        self._node = node
        self._store = store
        self._record = record
        self._program = program
        self._started_at = now
        self._sandbox_at = now + SANDBOX_SECONDS
        self._mount_retry = 0.5
        self._initialized = not self._spec.get("initContainers")
        self._next_start = self._looked_at = now
        self._finished = False
        self._deleted = False
        self._evicted = ""
        waits = "PodInitializing" if self._spec.get("initContainers") else "ContainerCreating"
        self.containers: list[ContainerRun] = []
        for spec in self._spec.get("initContainers", []):
            self._add(spec, "sidecar" if spec.get("restartPolicy") == "Always" else "init", waits)
        for spec in self._spec["containers"]:
            self._add(spec, "app", waits)
        self.write_status(now)

    @property
    def grace_seconds(self) -> float:
        """The time between SIGTERM and SIGKILL: of the deletion when there is one."""
        asked = self.object["metadata"].get("deletionGracePeriodSeconds")
        return float(self._spec["terminationGracePeriodSeconds"] if asked is None else asked)

    @property
    def object(self) -> Object:
        """The pod as it is stored now."""
        return self._store.get("pods", self.namespace, self.name)

    @property
    def due(self) -> float:
        """When something happens to it next."""
        if self.gone:
            return math.inf
        own = math.inf if self.ip or self._deleted or self._evicted else self._sandbox_at
        if (
            self.ip
            and not self._deleted
            and not self._finished
            and next_to_begin(self.containers, self._initialized) is not None
        ):
            own = max(self._next_start, self._looked_at)
        return min([own, *(container.due for container in self.containers)])

    def step(self, now: float) -> None:
        """Do everything that is due."""
        if self.gone:
            return
        self._looked_at = now
        if not self.ip and not self._deleted and now >= self._sandbox_at:
            self._make_sandbox(now)
        before = [container.done for container in self.containers]
        for container in self.containers:
            container.step(now)
        if before != [container.done for container in self.containers]:
            self._next_start = now + RELIST_SECONDS
        if self._deleted:
            self._finish_deletion(now)
        elif self.ip and not self._finished:
            self._start_next(now)
            self._finish(now)
        if not self.gone and any(container.touched for container in self.containers):
            self.write_status(now)

    def observe(self, pod: Object, now: float) -> None:
        """Take in what others have changed: a deletion, a debug container, a readiness gate's condition."""
        self._looked_at = now
        known = {container.name for container in self.containers}
        for spec in pod["spec"].get("ephemeralContainers", []):
            if spec["name"] not in known:
                self._add(spec, "ephemeral", "ContainerCreating").begin(now)
        if pod["metadata"].get("deletionTimestamp") and not self._deleted:
            self.write_status(now)
            self._deleted = True
            for container in self.containers:
                container.stop(now)
            self._finish_deletion(now)
        if not self.gone:
            self.write_status(now)

    def write_status(self, now: float) -> None:
        """Store the status if it differs from the stored one. While the pod is being deleted it stays as it was."""
        if self._deleted and not self._finished and any(container.running for container in self.containers):
            return
        for container in self.containers:
            container.touched = False
        pod = self.object
        snapshot = Snapshot(
            pod=pod,
            containers=self.containers,
            host_ip=self._node.ip,
            ip=self.ip,
            sandbox=bool(self.ip) and not self._finished,
            initialized=self._initialized,
            started_at=self._started_at,
            evicted=self._evicted,
        )
        self.written = pod_status(now, snapshot)
        self._store.update("pods", {**pod, "status": self.written})

    def leave(self) -> None:
        """The object was taken away: nothing of it runs any more."""
        self.gone = True
        for container in self.containers:
            if container.instance is not None:
                container.instance.log.end()

    def event(self, now: float, container: Contained | None, reason: str, message: str, warning: bool = False) -> None:
        """Record an event of this node's kubelet about the pod or one of its containers."""
        path = container.field_path if container is not None else ""
        self._record(
            now,
            self.object,
            reason,
            message,
            component="kubelet",
            warning=warning,
            host=self._node.name,
            field_path=path,
        )

    def pull_needed(self, image: str, policy: str) -> bool:
        """Whether the node has to pull the image first; it has it afterwards."""
        needed = policy == "Always" or image not in self._node.images
        self._node.images.add(image)
        return needed

    def missing_reference(self, container: Contained) -> str:
        """What the environment refers to that does not exist, in the kubelet's words, or ""."""
        return missing_reference(self._store, self.namespace, container.spec)

    def service_exists(self, name: str) -> bool:
        """Whether the pod's namespace has a Service of that name."""
        return self._store.find("services", self.namespace, name) is not None

    def restarts(self, container: Contained, exit_code: int) -> bool:
        """Whether the container is started again after this end."""
        if self._deleted or self._evicted or container.role == "ephemeral":
            return False
        if container.role == "sidecar":
            return not apps_done(self.containers)
        policy = self._spec["restartPolicy"]
        if container.role == "init":
            return exit_code != 0 and policy != "Never"
        return policy == "Always" or (policy == "OnFailure" and exit_code != 0)

    def evict(self, now: float, message: str) -> None:
        """End the whole pod because it uses more than it may."""
        self._evicted = message
        self.event(now, None, "Evicted", message, warning=True)
        for container in self.containers:
            if container.running:
                self.event(now, container, "Killing", f"Stopping container {container.name}")
            container.kill(now)
        self._finished = True

    def _add(self, spec: Object, role: Role, waits: str) -> ContainerRun:
        container = ContainerRun(spec, role, self._program(spec), self, waits)
        self.containers.append(container)
        return container

    def _make_sandbox(self, now: float) -> None:
        """Mount the volumes and set up the network, or try again later."""
        missing = missing_volume(self._store, self.namespace, self._spec)
        if missing:
            self.event(now, None, "FailedMount", missing, warning=True)
            # volumemanager: 0.5 s, doubled up to about two minutes.
            self._sandbox_at = now + self._mount_retry
            self._mount_retry = min(122.0, self._mount_retry * 2)
            return
        self.ip = self._node.next_pod_ip()

    def _start_next(self, now: float) -> None:
        """Start what may start now."""
        while now >= self._next_start and (container := next_to_begin(self.containers, self._initialized)) is not None:
            if container.role == "app":
                self._initialized = True
            container.begin(now)
            if container.role in ("init", "sidecar"):
                return

    def _finish(self, now: float) -> None:
        """A pod whose app containers have ended stops its sidecars, and is over when they are."""
        if not (apps_done(self.containers) or init_failed(self.containers)):
            return
        sidecars = [container for container in reversed(self.containers) if container.role == "sidecar"]
        for sidecar in sidecars:
            if sidecar.begun and not sidecar.done and not sidecar.stopping:
                sidecar.stop(now)
        if any(container.running for container in sidecars):
            return
        self._finished = True
        self.write_status(now)

    def _finish_deletion(self, now: float) -> None:
        """Once nothing runs any more the object goes."""
        if any(container.running for container in self.containers):
            return
        self.write_status(now)
        self.leave()
        if self._store.find("pods", self.namespace, self.name) is not None:
            self._store.delete("pods", self.namespace, self.name)
