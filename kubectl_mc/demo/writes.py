"""Create, update, patch and delete: what the API server checks and does before the nodes and controllers see it."""

import re
from collections.abc import Mapping
from typing import Any

from kubectl_mc.demo import defaults, errors, finalizers
from kubectl_mc.demo.clock import Clock, rfc3339
from kubectl_mc.demo.finalizers import is_held
from kubectl_mc.demo.patches import APPLY, patched
from kubectl_mc.demo.paths import Target
from kubectl_mc.demo.reads import Selection
from kubectl_mc.demo.resources import BY_PLURAL
from kubectl_mc.demo.scales import scale_of, scaled
from kubectl_mc.demo.store import Object, Store

_DELETION = ("deletionTimestamp", "deletionGracePeriodSeconds")
"""What no client writes: a DELETE does."""
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_BAD_NAME = (
    "Invalid value: \"{}\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_POD_IS_FIXED = (
    "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
    "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


class Writes:
    """The writing half of the API server."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def create(self, target: Target, body: Any) -> Object:
        """A new object in the request's namespace. ApiError 400, 404 for the namespace, 409, 422."""
        served = BY_PLURAL[target.plural]
        if not isinstance(body, dict):
            raise errors.bad_request(f"the object provided is unrecognized (must be of type {served.kind})")
        body = {"kind": served.kind, "apiVersion": served.api_version, **body}
        if (kind := body["kind"]) != served.kind:
            version = body["apiVersion"]
            raise errors.bad_request(
                f'{kind} in version "{version}" cannot be handled as a {served.kind}: '
                f'no kind "{kind}" is registered for version "{version}" in scheme "pkg/runtime/scheme.go:110"'
            )
        metadata = dict(body.get("metadata") or {})
        if served.namespaced:
            self._store.get("namespaces", "", target.namespace)
            if metadata.setdefault("namespace", target.namespace) != target.namespace:
                why = "the namespace of the provided object does not match the namespace sent on the request"
                raise errors.bad_request(why)
        _check_new(target.plural, {**body, "metadata": metadata})
        for given in ("uid", "resourceVersion", "creationTimestamp", "generation", "deletionTimestamp"):
            metadata.pop(given, None)
        return self._store.create(target.plural, {**body, "metadata": metadata})

    def update(self, target: Target, body: Any) -> Object:
        """Replaces the object. ApiError 409 when the client has seen an older one."""
        current = self._store.get(target.plural, *self._key(target))
        metadata = body.get("metadata", {})
        if (name := metadata.get("name", target.name)) != target.name:
            raise errors.bad_request(
                f"the name of the object ({name}) does not match the name on the URL ({target.name})"
            )
        _check_version(target, current, metadata)
        return self._replace(target, current, body)

    def patch(self, target: Target, body: Any, kind: str) -> Object:
        """Applies a patch of the given content type. ApiError 400, 404, 415, 422."""
        if kind == APPLY:
            raise errors.bad_request("the simulated cluster knows no server-side apply")
        current = self._store.get(target.plural, *self._key(target))
        return self._replace(target, current, patched(current, body, kind))

    def scale(self, target: Target, body: Any, kind: str) -> Object:
        """Changes the number of replicas by a Scale, or by a patch of the given content type; returns the Scale.

        ApiError 400, 404, 409, 415, 422.
        """
        current = self._store.get(target.plural, *self._key(target))
        scale = patched(scale_of(current), body, kind) if kind else body
        changed = scaled(current, scale)
        _check_version(target, current, scale.get("metadata") or {})
        return scale_of(self._store.update(target.plural, changed))

    def delete(self, target: Target, query: Mapping[str, str], options: Any) -> Object:
        """Removes an object, a pod gracefully; answers with a Status, or with what stays for now. ApiError 404, 409."""
        current = self._store.get(target.plural, *self._key(target))
        options = options if isinstance(options, dict) else {}
        uid = current["metadata"]["uid"]
        wanted = (options.get("preconditions") or {}).get("uid", uid)
        if wanted != uid:
            why = (
                f"the UID in the precondition ({wanted}) does not match the UID in record ({uid}). "
                "The object might have been deleted and then recreated"
            )
            raise errors.conflict(BY_PLURAL[target.plural].kind, target.name, why)
        if target.plural == "pods":
            grace = options.get("gracePeriodSeconds", query.get("gracePeriodSeconds"))
            return self._delete_pod(current, None if grace is None else int(grace))
        left = self._store.delete(target.plural, *self._key(target))
        if is_held(left):
            return left
        details: Object = {"name": target.name, "group": target.group, "kind": target.plural, "uid": uid}
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Success",
            "details": {key: value for key, value in details.items() if value},
        }

    def delete_all(self, target: Target, query: Mapping[str, str]) -> list[Object]:
        """Removes every selected object and returns what they were."""
        selection = Selection.of(target, query)
        found = [obj for obj in self._store.list(target.plural, selection.namespace) if selection.takes(obj)]
        for obj in found:
            if target.plural == "pods":
                self._delete_pod(obj, None)
            else:
                self._store.delete(target.plural, obj["metadata"].get("namespace", ""), obj["metadata"]["name"])
        return found

    def _delete_pod(self, pod: Object, grace: int | None) -> Object:
        """Marks the pod for its node; without a node, ended or with grace 0 it goes at once."""
        metadata, spec = pod["metadata"], pod["spec"]
        if grace is None:
            grace = metadata.get("deletionGracePeriodSeconds", spec.get("terminationGracePeriodSeconds", 30))
        if pod.get("status", {}).get("phase") in ("Succeeded", "Failed") or not spec.get("nodeName"):
            grace = 0
        if grace == 0:
            return self._store.delete("pods", metadata["namespace"], metadata["name"])
        if metadata.get("deletionTimestamp") and metadata["deletionGracePeriodSeconds"] <= grace:
            return pod
        marks = {
            "generation": metadata.get("generation", 1) + 1,
            "deletionTimestamp": rfc3339(self._clock.now() + grace),
            "deletionGracePeriodSeconds": grace,
        }
        return self._store.update("pods", {**pod, "metadata": {**metadata, **marks}})

    def _replace(self, target: Target, current: Object, new: Object) -> Object:
        """Stores a changed object with those parts of it that this (sub)resource may change."""
        kept = {
            key: current["metadata"][key]
            for key in ("name", "namespace", "uid", "creationTimestamp", "generation", *_DELETION)
            if key in current["metadata"]
        }
        given = {key: value for key, value in (new.get("metadata") or {}).items() if key not in _DELETION}
        metadata = {**given, **kept}
        if target.subresource == "status":
            changed = {**current, "status": new.get("status", {})}
        elif target.subresource == "ephemeralcontainers":
            changed = {**current, "spec": _with_ephemeral(current, new)}
        else:
            changed = {**new, "metadata": metadata, "kind": BY_PLURAL[target.plural].kind}
            if "status" in current:
                changed["status"] = current["status"]
            finalizers.check(changed["kind"], target.group, current, changed)
            if target.plural == "pods":
                _check_gates(current, changed)
                if not _same_but_images(current["spec"], changed["spec"]):
                    flaw = errors.Flaw("spec", _POD_IS_FIXED, "FieldValueForbidden")
                    raise errors.invalid("Pod", target.name, flaw)
            elif "template" in (changed.get("spec") or {}):
                changed = defaults.filled(target.plural, changed)
        return self._store.update(target.plural, changed)

    def _key(self, target: Target) -> tuple[str, str]:
        return (target.namespace if BY_PLURAL[target.plural].namespaced else ""), target.name


def _check_version(target: Target, current: Object, metadata: Object) -> None:
    """ApiError 409 when the client has seen an older object."""
    seen = metadata.get("resourceVersion")
    if seen and seen != current["metadata"]["resourceVersion"]:
        why = "the object has been modified; please apply your changes to the latest version and try again"
        raise errors.conflict(target.plural, target.name, why, target.group)


def _check_new(plural: str, obj: Object) -> None:
    """The few rules that a person runs into. ApiError 422."""
    name = obj["metadata"].get("name", "")
    flaws: list[errors.Flaw] = []
    if not name and not obj["metadata"].get("generateName"):
        why = "Required value: name or generateName is required"
        flaws.append(errors.Flaw("metadata.name", why, "FieldValueRequired"))
    elif name and not _SUBDOMAIN.fullmatch(name):
        flaws.append(errors.Flaw("metadata.name", _BAD_NAME.format(name)))
    if plural == "pods" and not obj.get("spec", {}).get("containers"):
        flaws.append(errors.Flaw("spec.containers", "Required value", "FieldValueRequired"))
    if flaws:
        raise errors.invalid(BY_PLURAL[plural].kind, name, *flaws, group=BY_PLURAL[plural].group)


def _check_gates(current: Object, new: Object) -> None:
    """ApiError 422 for a scheduling gate that was not there: they can only be removed."""
    known = [gate["name"] for gate in current["spec"].get("schedulingGates") or []]
    for index, gate in enumerate(new["spec"].get("schedulingGates") or []):
        if gate["name"] not in known:
            why = f"Forbidden: only deletion is allowed, but found new scheduling gate '{gate['name']}'"
            flaw = errors.Flaw(f"spec.schedulingGates[{index}].name", why, "FieldValueForbidden")
            raise errors.invalid("Pod", current["metadata"]["name"], flaw)


def _with_ephemeral(current: Object, new: Object) -> Object:
    """The pod's spec with the new ephemeral containers. ApiError 422 for a taken name or a changed container."""
    spec: Object = current["spec"]
    name = current["metadata"]["name"]
    existing = {each["name"]: each for each in spec.get("ephemeralContainers", [])}
    taken = {each["name"] for kind in ("containers", "initContainers") for each in spec.get(kind, [])}
    wanted = [defaults.container(each) for each in new["spec"].get("ephemeralContainers") or []]
    for index, each in enumerate(wanted):
        field = f"spec.ephemeralContainers[{index}]"
        if each["name"] in taken:
            why = f'Duplicate value: "{each["name"]}"'
            raise errors.invalid("Pod", name, errors.Flaw(f"{field}.name", why, "FieldValueDuplicate"))
        if each["name"] in existing and each != existing[each["name"]]:
            why = "Forbidden: existing ephemeral containers may not be changed"
            raise errors.invalid("Pod", name, errors.Flaw("spec.ephemeralContainers", why, "FieldValueForbidden"))
        taken.add(each["name"])
    if missing := set(existing) - {each["name"] for each in wanted}:
        why = f'Forbidden: existing ephemeral containers "{min(missing)}" may not be removed'
        raise errors.invalid("Pod", name, errors.Flaw("spec.ephemeralContainers", why, "FieldValueForbidden"))
    return {**spec, "ephemeralContainers": wanted}


def _same_but_images(old: Object, new: Object) -> bool:
    """Whether only those fields of a pod's spec differ that may be changed."""

    def fixed(spec: Object) -> Object:
        changeable = ("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates")
        rest = {key: value for key, value in spec.items() if key not in changeable}
        for kind in ("containers", "initContainers"):
            rest[kind] = [{**each, "image": ""} for each in spec.get(kind, [])]
        return rest

    return fixed(old) == fixed(new)
