"""A pod's way to its node: admitted as Pending, held back by its gates, placed, or told why not and tried again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from kubectl_mc.demo.agenda import Agenda
from kubectl_mc.demo.clock import rfc3339
from kubectl_mc.demo.recorder import Recorder
from kubectl_mc.demo.scheduler import Scheduler, qos_class
from kubectl_mc.demo.store import Store

Object = dict[str, Any]

SCHEDULER = "default-scheduler"
"""The one that there is. Pods that ask for another are left alone by it."""
RESCHEDULE_SECONDS = 300.0


class Binding:
    """The pods that have no node yet; `adopt(pod, now)` gets each one that has been given one."""

    def __init__(
        self, store: Store, agenda: Agenda, recorder: Recorder, adopt: Callable[[Object, float], None]
    ) -> None:
        self._store = store
        self._agenda = agenda
        self._recorder = recorder
        self._adopt = adopt
        self._scheduler = Scheduler(store)
        self._gated: set[str] = set()
        """The pods, by uid, that their scheduling gates hold back."""

    def admit(self, pod: Object, now: float) -> None:
        """Give a new pod its first status."""
        pending: Object = {"phase": "Pending", "qosClass": qos_class(pod["spec"])}
        if _is_gated(pod):
            pending["conditions"] = [_held_back(now)]
            self._gated.add(pod["metadata"]["uid"])
        self._store.update("pods", {**pod, "status": {**pending, **pod.get("status", {})}})
        self._book(pod, now)

    def observe(self, pod: Object, now: float) -> None:
        """Take in that a pod has changed: its last gate may have gone."""
        uid = pod["metadata"]["uid"]
        if uid in self._gated and not _is_gated(pod):
            self._gated.remove(uid)
            self._book(pod, now)

    def forget(self, uid: str) -> None:
        """The pod is gone."""
        self._gated.discard(uid)

    def _book(self, pod: Object, now: float) -> None:
        """Let the scheduler look at a pod that it may look at."""
        metadata = pod["metadata"]
        if not _is_gated(pod) and pod["spec"]["schedulerName"] == SCHEDULER:
            look = partial(self._schedule, metadata["uid"], metadata["namespace"], metadata["name"])
            self._agenda.at(now + 0.05, look)

    def _schedule(self, uid: str, namespace: str, name: str, now: float) -> None:
        """Bind a pod to a node, or say why not and try again later."""
        pod = self._store.find("pods", namespace, name)
        if pod is None or pod["metadata"]["uid"] != uid or pod["metadata"].get("deletionTimestamp"):
            return
        node, message = self._scheduler.place(pod)
        if not node:
            self._recorder.schedule(now, pod, "FailedScheduling", message, action="Scheduling")
            status = {**pod["status"], "conditions": [_unschedulable(now, message, pod)]}
            self._store.update("pods", {**pod, "status": status})
            self._agenda.at(now + RESCHEDULE_SECONDS, partial(self._schedule, uid, namespace, name))
            return
        said = f"Successfully assigned {namespace}/{name} to {node}"
        self._recorder.schedule(now, pod, "Scheduled", said, action="Binding")
        bound = {**pod, "spec": {**pod["spec"], "nodeName": node}}
        self._adopt(self._store.update("pods", bound, same_generation=True), now)


def _is_gated(pod: Object) -> bool:
    """Whether scheduling gates keep the scheduler from looking at the pod."""
    return bool(pod["spec"].get("schedulingGates"))


def _held_back(now: float) -> Object:
    """The condition with which the API server stores a pod that has scheduling gates."""
    return {
        "type": "PodScheduled",
        "status": "False",
        "lastProbeTime": None,
        "lastTransitionTime": rfc3339(now),
        "reason": "SchedulingGated",
        "message": "Scheduling is blocked due to non-empty scheduling gates",
    }


def _unschedulable(now: float, message: str, pod: Object) -> Object:
    """The condition of a pod that fits nowhere."""
    before = next(iter(pod.get("status", {}).get("conditions", [])), None)
    return {
        "type": "PodScheduled",
        "observedGeneration": pod["metadata"].get("generation", 1),
        "status": "False",
        "lastProbeTime": None,
        "lastTransitionTime": before["lastTransitionTime"] if before else rfc3339(now),
        "reason": "Unschedulable",
        "message": message,
    }
