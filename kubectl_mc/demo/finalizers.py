"""Finalizers: who still holds an object that was deleted, and what may be done to them meanwhile.

From apiserver `pkg/registry/generic/registry/store.go` and apimachinery `pkg/api/validation/objectmeta.go`.
"""

from __future__ import annotations

from typing import Any

from kubectl_mc.demo import errors
from kubectl_mc.demo.clock import rfc3339

Object = dict[str, Any]


def is_held(obj: Object) -> bool:
    """Whether a deletion of the object has to wait for somebody."""
    return bool(obj["metadata"].get("finalizers"))


def is_released(current: Object, new: Object) -> bool:
    """Whether this change takes the last finalizer off an object for whose deletion nothing else has to happen."""
    metadata = new["metadata"]
    over = metadata.get("deletionTimestamp") and not metadata.get("deletionGracePeriodSeconds")
    return bool(over) and is_held(current) and not is_held(new)


def marked(obj: Object, now: float) -> Object:
    """The object as deleted but for its finalizers. Its grace period is over, as of now."""
    metadata = dict(obj["metadata"])
    if metadata.get("deletionTimestamp") and not metadata.get("deletionGracePeriodSeconds"):
        return obj
    if not metadata.get("deletionTimestamp") and "generation" in metadata:
        metadata["generation"] += 1
    return {**obj, "metadata": {**metadata, "deletionTimestamp": rfc3339(now), "deletionGracePeriodSeconds": 0}}


def check(kind: str, group: str, current: Object, new: Object) -> None:
    """ApiError 422 when an object that is being deleted gets a new finalizer."""
    if not current["metadata"].get("deletionTimestamp"):
        return
    known = current["metadata"].get("finalizers") or []
    added = [each for each in new["metadata"].get("finalizers") or [] if each not in known]
    if added:
        names = ", ".join(f'"{each}"' for each in added)
        why = (
            "Forbidden: no new finalizers can be added if the object is being deleted, "
            f"found new finalizers []string{{{names}}}"
        )
        flaw = errors.Flaw("metadata.finalizers", why, "FieldValueForbidden")
        raise errors.invalid(kind, current["metadata"]["name"], flaw, group=group)
