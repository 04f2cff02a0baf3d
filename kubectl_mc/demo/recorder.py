"""Writes events as the components of a cluster do: repeats folded into a count, and a burst limit for each object.

From client-go `tools/record/events_cache.go`: an object may have 25 events at once from one source and one more every
five minutes; what is held back still counts. The scheduler writes the newer form: eventTime, and series for repeats.
"""

from __future__ import annotations

from typing import Any

from kubectl_mc.demo.clock import rfc3339, rfc3339_micro
from kubectl_mc.demo.resources import BY_KIND
from kubectl_mc.demo.store import Store

Object = dict[str, Any]

BURST = 25
REFILL_SECONDS = 300.0


class _Budget:
    """How many events a source may still write about an object."""

    def __init__(self, now: float) -> None:
        self.tokens = float(BURST)
        self.updated = now

    def take(self, now: float) -> bool:
        """Whether one may be written now."""
        self.tokens = min(BURST, self.tokens + (now - self.updated) / REFILL_SECONDS)
        self.updated = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class _Folded:
    """An event that was seen at least once."""

    def __init__(self, name: str, now: float) -> None:
        self.name = name
        self.count = 0
        self.first = now


class Recorder:
    """The event recorder of all components of the cluster."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._folded: dict[tuple[str, ...], _Folded] = {}
        self._budgets: dict[tuple[str, str], _Budget] = {}
        self._newest: dict[str, int] = {}
        """By object the nanosecond after which its newest event is named."""

    def record(
        self,
        now: float,
        about: Object,
        reason: str,
        message: str,
        *,
        component: str,
        warning: bool = False,
        host: str = "",
        field_path: str = "",
    ) -> None:
        """Write an event about an object, or count it as a repeat of an earlier one."""
        uid = about["metadata"]["uid"]
        key = (uid, field_path, component, reason, message)
        folded = self._fold(key, about, now)
        budget = self._budgets.setdefault((uid, component), _Budget(now))
        if not budget.take(now):
            return
        source = {"component": component, **({"host": host} if host else {})}
        self._write(
            about,
            folded,
            {
                "involvedObject": self._reference(about, field_path),
                "reason": reason,
                "message": message,
                "source": source,
                "firstTimestamp": rfc3339(folded.first),
                "lastTimestamp": rfc3339(now),
                "count": folded.count,
                "type": "Warning" if warning else "Normal",
                "eventTime": None,
                "reportingComponent": component,
                "reportingInstance": host,
            },
        )

    def schedule(self, now: float, pod: Object, reason: str, message: str, *, action: str) -> None:
        """Write an event of the scheduler, which has neither count nor timestamps; repeats make a series."""
        folded = self._fold((pod["metadata"]["uid"], "", "default-scheduler", reason, message), pod, now)
        event: Object = {
            "involvedObject": self._reference(pod, ""),
            "reason": reason,
            "message": message,
            "source": {},
            "firstTimestamp": None,
            "lastTimestamp": None,
            "type": "Normal" if reason == "Scheduled" else "Warning",
            "eventTime": rfc3339_micro(folded.first),
            "action": action,
            "reportingComponent": "default-scheduler",
            "reportingInstance": "default-scheduler-demo",
        }
        if folded.count > 1:
            event["series"] = {"count": folded.count, "lastObservedTime": rfc3339_micro(now)}
        self._write(pod, folded, event)

    def _fold(self, key: tuple[str, ...], about: Object, now: float) -> _Folded:
        folded = self._folded.get(key)
        if folded is None:
            # client-go names events after the object and the time of the first one, in hexadecimal nanoseconds. Here
            # no time passes between two of one moment, in a cluster a few microseconds do.
            uid = about["metadata"]["uid"]
            nanoseconds = max(int(now * 1e6) * 1000, self._newest.get(uid, 0) + 1_009)
            self._newest[uid] = nanoseconds
            folded = self._folded[key] = _Folded(f"{about['metadata']['name']}.{nanoseconds:x}", now)
        folded.count += 1
        return folded

    def _write(self, about: Object, folded: _Folded, event: Object) -> None:
        namespace = about["metadata"].get("namespace", "default")
        current = self._store.find("events", namespace, folded.name)
        if current is not None:
            reference = current["involvedObject"]
            self._store.update("events", {**current, **event, "involvedObject": reference})
            return
        metadata = {"name": folded.name, "namespace": namespace}
        self._store.create("events", {"kind": "Event", "apiVersion": "v1", "metadata": metadata, **event})

    def _reference(self, about: Object, field_path: str) -> Object:
        """The `involvedObject`; for a container with its place in the pod's spec."""
        metadata = about["metadata"]
        reference = {
            "kind": about["kind"],
            "name": metadata["name"],
            "uid": metadata["uid"],
            "apiVersion": BY_KIND[about["kind"]].api_version,
            "resourceVersion": metadata["resourceVersion"],
        }
        if metadata.get("namespace"):
            reference["namespace"] = metadata["namespace"]
        return {**reference, "fieldPath": field_path} if field_path else reference
