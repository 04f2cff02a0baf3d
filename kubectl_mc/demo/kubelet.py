"""The nodes of the cluster: run each pod that is bound to one when something of it is due, and answer the API server.

This is the node's side of `node.Node`. How a pod gets its node is in `binding`, the state of a pod in `pods`, of a
container in `containers`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from kubectl_mc.demo.agenda import Agenda
from kubectl_mc.demo.binding import Binding
from kubectl_mc.demo.clock import Clock
from kubectl_mc.demo.containers import ContainerRun
from kubectl_mc.demo.environment import resolved
from kubectl_mc.demo.errors import ApiError
from kubectl_mc.demo.images import Image
from kubectl_mc.demo.logs import LogFile
from kubectl_mc.demo.node import ContainerView
from kubectl_mc.demo.pods import PodRun
from kubectl_mc.demo.programs import Program
from kubectl_mc.demo.recorder import Recorder
from kubectl_mc.demo.store import Change, Store

Object = dict[str, Any]


@dataclass
class NodeState:
    """What one node has."""

    name: str
    ip: str
    subnet: str
    """The first three numbers of its pods' addresses."""
    images: set[str] = field(default_factory=set)
    pods: int = 1

    def next_pod_ip(self) -> str:
        """An address that no pod has had."""
        self.pods += 1
        return f"{self.subnet}.{self.pods}"


class Kubelet:
    """All nodes together."""

    def __init__(self, store: Store, clock: Clock, agenda: Agenda, recorder: Recorder, demo_started: float) -> None:
        self._store = store
        self._clock = clock
        self._agenda = agenda
        self._recorder = recorder
        self._demo_started = demo_started
        self._binding = Binding(store, agenda, recorder, self._adopt)
        self._nodes: dict[str, NodeState] = {}
        self._pods: dict[str, PodRun] = {}
        self._booked: dict[str, float] = {}
        self._seen = store.version
        self.program: Callable[[Object, Object], Program] = lambda _pod, _container: Program()
        """Which program a container of a pod runs, from the pod and the container's spec."""

    def observe(self, now: float) -> None:
        """Take in what has happened to pods since the last time."""
        while self._seen != self._store.version:
            try:
                changes = list(self._store.events_since("pods", self._seen))
            except ApiError:
                # The history is gone: look at everything, and take as new what has no phase yet.
                changes = [
                    Change(self._seen, "MODIFIED" if pod.get("status", {}).get("phase") else "ADDED", pod, None)
                    for pod in self._store.list("pods")
                ]
            self._seen = self._store.version
            for change in changes:
                self._take(change, now)

    def write_logs(self) -> None:
        """Write the logs that someone follows."""
        for pod in self._pods.values():
            for container in pod.containers:
                if container.instance is not None and container.instance.log.followers:
                    container.instance.log.fill()

    def log_file(self, container_id: str) -> LogFile | None:
        """The log of one instance; a container's current and previous ones are kept."""
        for pod in self._pods.values():
            for container in pod.containers:
                for instance in (container.instance, container.previous):
                    if instance is not None and instance.container_id == container_id:
                        return instance.log
        return None

    def rotate_logs(self) -> None:
        """Begin a new log file for every container that runs."""
        for pod in self._pods.values():
            for container in pod.containers:
                if container.running and container.instance is not None:
                    container.instance.log.rotate()

    def view(self, pod_uid: str, container: str) -> ContainerView | None:
        """The container now; None when the node does not know it."""
        found = self._find(pod_uid, container)
        if found is None:
            return None
        spec = found.spec
        command = " ".join([*spec.get("command", []), *spec.get("args", [])])
        image = Image(spec["image"])
        return ContainerView(
            running=found.running,
            env=resolved(self._store, self._pods[pod_uid].object, spec),
            files=self._files(found),
            command=command or image.command,
            shell=image.has_shell,
        )

    def _files(self, container: ContainerRun) -> dict[str, bytes]:
        """What the container's program has written up to now."""
        if container.instance is None:
            return {}
        run, now = container.instance.run, self._clock.now()
        return {path: container.program.content(path, run, now) for path in container.program.files}

    def end(self, pod_uid: str, container: str, code: int) -> None:
        """The container's main process ends now."""
        found = self._find(pod_uid, container)
        if found is not None:
            now = self._clock.now()
            run = self._pods[pod_uid]
            found.leave(now, code)
            run.step(now)
            self._book(run)

    def usage(self, pod_uid: str, now: float) -> list[Object]:
        """What the running containers of a pod use."""
        pod = self._pods.get(pod_uid)
        used = []
        for container in pod.containers if pod is not None else []:
            if container.running and container.instance is not None:
                cpu, memory = container.program.usage.at(now, container.instance.run)
                used.append({"name": container.name, "usage": {"cpu": f"{cpu}n", "memory": f"{memory}Ki"}})
        return used

    def _find(self, pod_uid: str, container: str) -> ContainerRun | None:
        pod = self._pods.get(pod_uid)
        found = (each for each in pod.containers if each.name == container) if pod is not None else iter(())
        return next(found, None)

    def _take(self, change: Change, now: float) -> None:
        """React to one change of one pod."""
        pod = change.object
        uid = pod["metadata"]["uid"]
        run = self._pods.get(uid)
        if change.type == "DELETED":
            if run is not None:
                run.leave()
                del self._pods[uid]
            self._binding.forget(uid)
        elif run is not None:
            if not _written_by(run, change):
                run.observe(pod, now)
                self._book(run)
        elif pod["metadata"].get("deletionTimestamp"):
            self._store.delete("pods", pod["metadata"]["namespace"], pod["metadata"]["name"])
        elif change.type == "ADDED":
            self._binding.admit(pod, now)
        else:
            self._binding.observe(pod, now)

    def _adopt(self, pod: Object, now: float) -> None:
        """The kubelet of the pod's node begins its work."""
        run = PodRun(
            pod,
            self._node(pod["spec"]["nodeName"]),
            self._store,
            self._recorder.record,
            partial(self.program, pod),
            self._demo_started,
            self._clock.now,
            now,
        )
        self._pods[run.uid] = run
        self._book(run)

    def _node(self, name: str) -> NodeState:
        """The state of a node, made when its first pod comes."""
        if name not in self._nodes:
            addresses = self._store.get("nodes", "", name)["status"]["addresses"]
            self._nodes[name] = NodeState(name, addresses[0]["address"], f"10.244.{len(self._nodes) + 1}")
        return self._nodes[name]

    def _book(self, run: PodRun) -> None:
        """Put the pod's next due time on the agenda; an earlier booking of a later time is void then."""
        due = run.due
        if self._booked.get(run.uid) != due and due < float("inf"):
            self._booked[run.uid] = due
            self._agenda.at(due, partial(self._step, run, due))

    def _step(self, run: PodRun, booked: float, now: float) -> None:
        if self._booked.get(run.uid) != booked:
            return
        del self._booked[run.uid]
        run.step(now)
        self._book(run)


def _written_by(run: PodRun, change: Change) -> bool:
    """Whether a change is the pod's own new status. The store keeps what it is given, so identity tells."""
    before, after = change.previous or {}, change.object
    deleted = [each.get("metadata", {}).get("deletionTimestamp") for each in (before, after)]
    same = before.get("spec") is after["spec"] and deleted[0] == deleted[1]
    return same and after.get("status") is run.written
