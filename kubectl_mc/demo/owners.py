"""What the workload controllers have in common: pods made from a template, owned, counted, replaced and taken away."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

from kubectl_mc.demo.clock import Clock, rfc3339
from kubectl_mc.demo.recorder import Recorder
from kubectl_mc.demo.resources import BY_KIND
from kubectl_mc.demo.store import NAME_ALPHABET, Store

Object = dict[str, Any]


def owner_reference(owner: Object) -> Object:
    """The `ownerReferences` entry of what a controller makes."""
    return {
        "apiVersion": BY_KIND[owner["kind"]].api_version,
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def template_hash(template: Object) -> str:
    """The suffix of a ReplicaSet or of a revision."""
    return readable_digest(json.dumps(template, sort_keys=True).encode(), 10)


def readable_digest(content: bytes, length: int) -> str:
    """The digest of something in the characters of generated names."""
    digest = hashlib.sha256(content).digest()
    return "".join(NAME_ALPHABET[byte % len(NAME_ALPHABET)] for byte in digest[:length])


def is_ready(pod: Object) -> bool:
    """The condition that a Service looks at."""
    conditions = pod.get("status", {}).get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def is_over(pod: Object) -> bool:
    """Whether it has ended for good."""
    return pod.get("status", {}).get("phase") in ("Succeeded", "Failed")


class Owners:
    """The store, seen by a controller."""

    def __init__(self, store: Store, clock: Clock, recorder: Recorder) -> None:
        self.store = store
        self.clock = clock
        self._recorder = recorder
        self._made: Counter[str] = Counter()
        """How many pods each owner has named, by its uid."""

    def event(self, owner: Object, component: str, reason: str, message: str) -> None:
        """A Normal event about a workload."""
        self._recorder.record(self.clock.now(), owner, reason, message, component=component)

    def dependents(self, resource: str, owner: Object) -> list[Object]:
        """What the object owns, by name."""
        uid = owner["metadata"]["uid"]
        return [
            each
            for each in self.store.list(resource, owner["metadata"]["namespace"])
            if any(reference["uid"] == uid for reference in each["metadata"].get("ownerReferences", []))
        ]

    def active_pods(self, owner: Object) -> list[Object]:
        """Pods that count as replicas: not ended, not being deleted."""
        pods = self.dependents("pods", owner)
        return [pod for pod in pods if not is_over(pod) and not pod["metadata"].get("deletionTimestamp")]

    def make_pod(
        self, owner: Object, labels: dict[str, str] | None = None, spec: Object | None = None, name: str = ""
    ) -> Object:
        """Create a pod from the owner's template."""
        template = owner["spec"]["template"]
        metadata = {
            **template.get("metadata", {}),
            **({"name": name} if name else {}),
            "generateName": owner["metadata"]["name"] + "-",
            "namespace": owner["metadata"]["namespace"],
            "labels": {**template.get("metadata", {}).get("labels", {}), **(labels or {})},
            "ownerReferences": [owner_reference(owner)],
        }
        if not name:
            # Named here already: the name of the token's volume follows from it.
            metadata["name"] = self._new_name(owner)
        pod = {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": {**template["spec"], **(spec or {})}}
        return self.store.create("pods", pod)

    def _new_name(self, owner: Object) -> str:
        """A name that follows from the owner's and from how many pods it has made: the same in every demo.

        A CronJob's jobs hold the minute of their run in their names. The suffix comes from the CronJob's own name, so
        that the minute is all that differs, and a run has the same pod in every demo whose past reaches back to it.
        """
        meta = owner["metadata"]
        root = next((each["name"] for each in meta.get("ownerReferences", []) if each["kind"] == "CronJob"), "")
        while True:
            seed = f"{meta['namespace']}/{root or meta['name']}/{self._made[meta['uid']]}"
            self._made[meta["uid"]] += 1
            name = f"{meta['name']}-{readable_digest(seed.encode(), 5)}"
            if self.store.find("pods", meta["namespace"], name) is None:
                return name

    def remove_pod(self, pod: Object) -> None:
        """Begin the graceful deletion of a pod, as the API server does it."""
        if pod["metadata"].get("deletionTimestamp"):
            return
        grace = pod["spec"]["terminationGracePeriodSeconds"]
        deletion = {
            "deletionTimestamp": rfc3339(self.clock.now() + grace),
            "deletionGracePeriodSeconds": grace,
            # Since 1.34 a deletion is a new generation.
            "generation": pod["metadata"].get("generation", 1) + 1,
        }
        self.store.update("pods", {**pod, "metadata": {**pod["metadata"], **deletion}})

    def write_status(self, resource: str, owner: Object, status: Object) -> None:
        """Store a workload's status if it differs."""
        current = self.store.find(resource, owner["metadata"]["namespace"], owner["metadata"]["name"])
        if current is not None:
            self.store.update(resource, {**current, "status": status})
