"""The API objects of the simulated cluster, with one increasing resourceVersion and a bounded history for watches.

Objects are plain JSON dicts and immutable: what the store hands out is shared with everyone, so make a new dict (or a
deep copy) and give that to `update`. Everything runs in one thread, the one of the event loop. Refuses HTTP, selectors
and validation.
"""

import random
import uuid
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from kubectl_mc.demo import defaults, errors
from kubectl_mc.demo.clock import Clock, rfc3339
from kubectl_mc.demo.finalizers import is_held, is_released, marked
from kubectl_mc.demo.resources import BY_PLURAL
from kubectl_mc.demo.wakeup import WakeUp

Object = dict[str, Any]

HISTORY = 1000
"""Changes kept for each resource: enough for a client that reconnects, not for one which slept: 410 Gone."""

NAME_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""The characters of generated names: no vowels, so that no words come out (apimachinery `util/rand`)."""


@dataclass(frozen=True)
class Change:
    """One step of a resource's history."""

    version: int
    type: Literal["ADDED", "MODIFIED", "DELETED"]
    object: Object
    previous: Object | None
    """The object before the change, since a watch with a selector must tell who left the selection."""


class Store:
    """Objects by resource (plural), namespace ("" for those without one) and name."""

    def __init__(self, clock: Clock, seed: int = 7) -> None:
        self._clock = clock
        self._objects: dict[str, dict[tuple[str, str], Object]] = {plural: {} for plural in BY_PLURAL}
        self._history: dict[str, deque[Change]] = defaultdict(lambda: deque(maxlen=HISTORY))
        self._forgotten: dict[str, int] = defaultdict(int)
        # Seeded, so that two clusters to which the same happens are equal. What the time of the start decides shifts
        # the stream: names that have to be the same in every demo are made without it (`owners.Owners.make_pod`).
        self._random = random.Random(seed)
        self.version = 1000
        """The newest resourceVersion; it begins where a young cluster's would be."""
        self.changed = WakeUp()
        """Rings after every change."""

    def create(self, resource: str, obj: Object) -> Object:
        """Stores a new object, returns it with uid, creationTimestamp, resourceVersion and, for generateName, a name.

        The API server's defaults are filled in as well. A uid or creationTimestamp that is there already is kept.
        Raises ApiError 409 when the name is taken.
        """
        metadata = dict(obj.get("metadata") or {})
        if not metadata.get("name") and metadata.get("generateName"):
            metadata["name"] = metadata["generateName"] + self.suffix(5)
        key = (metadata.get("namespace", ""), metadata["name"])
        if key in self._objects[resource]:
            raise errors.already_exists(resource, metadata["name"], BY_PLURAL[resource].group)
        metadata.setdefault("uid", self.uid())
        metadata.setdefault("creationTimestamp", rfc3339(self._clock.now()))
        if "spec" in obj:
            metadata.setdefault("generation", 1)
        return self._record("ADDED", resource, key, defaults.filled(resource, {**obj, "metadata": metadata}), None)

    def update(self, resource: str, obj: Object, *, same_generation: bool = False) -> Object:
        """Replaces an object; without a difference nothing happens and the resourceVersion stays.

        A change of the spec makes a new generation, unless `same_generation` says that it is none (a pod's binding).
        An object that is being deleted goes with its last finalizer.

        Raises ApiError 404, and 409 when the object carries another uid than the stored one.
        """
        current = self.get(resource, obj["metadata"].get("namespace", ""), obj["metadata"]["name"])
        metadata = {**obj["metadata"], "resourceVersion": current["metadata"]["resourceVersion"]}
        uid = current["metadata"]["uid"]
        if metadata.setdefault("uid", uid) != uid:
            why = f"the UID in the precondition ({metadata['uid']}) does not match the UID in record ({uid})"
            raise errors.conflict(resource, metadata["name"], why, BY_PLURAL[resource].group)
        new = {**obj, "metadata": metadata}
        if new == current:
            return current
        if new.get("spec") != current.get("spec") and not same_generation:
            metadata["generation"] = current["metadata"].get("generation", 1) + 1
        key = (metadata.get("namespace", ""), metadata["name"])
        return self._record("DELETED" if is_released(current, new) else "MODIFIED", resource, key, new, current)

    def delete(self, resource: str, namespace: str, name: str) -> Object:
        """Removes an object at once, as graceful deletion is the node's business, and returns it. ApiError 404.

        One that has finalizers is marked as deleted, and goes with the last of them.
        """
        current = self.get(resource, namespace, name)
        if is_held(current):
            return self.update(resource, marked(current, self._clock.now()), same_generation=True)
        return self._record("DELETED", resource, (namespace, name), current, current)

    def get(self, resource: str, namespace: str, name: str) -> Object:
        """One object. ApiError 404."""
        found = self._objects[resource].get((namespace, name))
        if found is None:
            raise errors.not_found(resource, name, BY_PLURAL[resource].group)
        return found

    def find(self, resource: str, namespace: str, name: str) -> Object | None:
        """One object, or None."""
        return self._objects[resource].get((namespace, name))

    def list(self, resource: str, namespace: str | None = None) -> list[Object]:
        """The objects of a namespace (None: of all) by namespace and name, which is the order of the real server."""
        held = self._objects[resource]
        return [held[key] for key in sorted(held) if namespace is None or key[0] == namespace]

    def events_since(self, resource: str, version: int) -> Iterator[Change]:
        """The changes after a resourceVersion, oldest first. ApiError 410 when some of them are forgotten."""
        if version < self._forgotten[resource]:
            raise errors.too_old(version, self._forgotten[resource])
        # A watch asks after each change: backwards from the newest, so it costs what is new, not the whole history.
        newer: list[Change] = []
        for change in reversed(self._history[resource]):
            if change.version <= version:
                break
            newer.append(change)
        return reversed(newer)

    def forgotten(self, resource: str) -> int:
        """The newest resourceVersion of the resource whose change is out of the history."""
        return self._forgotten[resource]

    def forget(self) -> None:
        """Drops the history, so that a watch from any earlier resourceVersion gets 410."""
        self.version += 1
        for resource in self._objects:
            self._history[resource].clear()
            self._forgotten[resource] = self.version

    def uid(self) -> str:
        """A new uid."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def suffix(self, length: int) -> str:
        """A new random end of a name, such as the `x7b2k` of a ReplicaSet's pod."""
        return "".join(self._random.choices(NAME_ALPHABET, k=length))

    def _record(
        self,
        kind: Literal["ADDED", "MODIFIED", "DELETED"],
        resource: str,
        key: tuple[str, str],
        obj: Object,
        previous: Object | None,
    ) -> Object:
        """Gives the object the next resourceVersion, stores or removes it, and writes the history."""
        self.version += 1
        obj = {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(self.version)}}
        if kind == "DELETED":
            del self._objects[resource][key]
        else:
            self._objects[resource][key] = obj
        history = self._history[resource]
        if len(history) == HISTORY:
            self._forgotten[resource] = history[0].version
        history.append(Change(self.version, kind, obj, previous))
        self.changed.ring()
        return obj
