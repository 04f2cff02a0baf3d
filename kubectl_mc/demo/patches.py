"""Merge patch, strategic merge patch and JSON patch, as far as clients send them for these resources.

Of a strategic merge the lists that are merged by a key are known here by field name; every other list is replaced.
"""

import copy
from typing import Any

from kubectl_mc.demo import errors

Object = dict[str, Any]

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"

_MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "env": "name",
    "conditions": "type",
    "ownerReferences": "uid",
    "imagePullSecrets": "name",
    "ports": "containerPort",
    "schedulingGates": "name",
}
_DELETE_FROM = "$deleteFromPrimitiveList/"


def patched(obj: Object, patch: Any, kind: str) -> Object:
    """A new object with the patch applied. ApiError 415 for another kind of patch, 400 or 422 for a broken one."""
    if kind == JSON:
        return _json_patched(copy.deepcopy(obj), patch)
    if kind not in (MERGE, STRATEGIC):
        raise errors.ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
    if not isinstance(patch, dict):
        raise errors.bad_request("json: cannot unmarshal into Go value of type map[string]interface {}")
    merged = _merged(obj, patch, strategic=kind == STRATEGIC)
    return dict(merged)


def _merged(value: Any, patch: Any, *, strategic: bool) -> Any:
    if not isinstance(patch, dict):
        return patch
    new = dict(value) if isinstance(value, dict) else {}
    for key, change in patch.items():
        if strategic and key.startswith(_DELETE_FROM):
            field = key.removeprefix(_DELETE_FROM)
            new[field] = [item for item in new.get(field) or [] if item not in change]
        if key.startswith("$"):
            continue
        if change is None:
            new.pop(key, None)
        elif strategic and key in _MERGE_KEYS and isinstance(change, list):
            new[key] = _merged_list(new.get(key) or [], change, _MERGE_KEYS[key])
        elif strategic and key == "finalizers" and isinstance(change, list):
            # The one list of plain words here that is merged: each word is its own key.
            new[key] = list(dict.fromkeys([*(new.get(key) or []), *change]))
        else:
            new[key] = _merged(new.get(key), change, strategic=strategic)
    return new


def _merged_list(items: list[Any], changes: list[Any], key: str) -> list[Any]:
    """A keyed list: known keys are merged in place, new ones come to the end, `$patch: delete` removes."""
    new = {item.get(key): item for item in items}
    for change in changes:
        name = change.get(key)
        if change.get("$patch") == "delete":
            new.pop(name, None)
        else:
            new[name] = _merged(new.get(name), change, strategic=True)
    return list(new.values())


def _json_patched(obj: Object, patch: Any) -> Object:
    """`add`, `replace` and `remove`; a path that leads nowhere is the client's fault."""
    try:
        for step in patch:
            *parents, last = (part.replace("~1", "/").replace("~0", "~") for part in step["path"].split("/")[1:])
            at: Any = obj
            for part in parents:
                at = at[int(part)] if isinstance(at, list) else at[part]
            if step["op"] == "remove":
                del at[int(last) if isinstance(at, list) else last]
            elif not isinstance(at, list):
                at[last] = step["value"]
            elif last == "-":
                at.append(step["value"])
            elif step["op"] == "add":
                at.insert(int(last), step["value"])
            else:
                at[int(last)] = step["value"]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        message = "the server rejected our request due to an error in our request"
        raise errors.ApiError(422, "Invalid", message, {}) from error
    return obj
