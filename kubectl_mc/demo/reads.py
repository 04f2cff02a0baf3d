"""GET of one object and of lists: selection, paging and the form that the client accepts."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kubectl_mc.demo import errors, selectors, tables
from kubectl_mc.demo.paths import Target
from kubectl_mc.demo.resources import BY_PLURAL
from kubectl_mc.demo.store import Object, Store

_TOO_OLD_TOKEN = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results."
)


@dataclass(frozen=True)
class Form:
    """How the client wants objects, from its Accept header."""

    kind: str = ""
    """`Table`, `PartialObjectMetadata`, `PartialObjectMetadataList`, or empty for the objects themselves."""
    include: str = "Metadata"
    """What a Table's rows carry of their objects."""

    @classmethod
    def of(cls, accept: str, query: Mapping[str, str]) -> "Form":
        """The first form in the header that is served here; protobuf and other groups are not."""
        for choice in accept.split(","):
            media, *parameters = (part.strip() for part in choice.split(";"))
            if media not in ("application/json", "*/*"):
                continue
            wanted = dict(parameter.split("=", 1) for parameter in parameters if "=" in parameter)
            if wanted.get("v", "v1") == "v1":
                return cls(wanted.get("as", ""), query.get("includeObject", "Metadata"))
        return cls()

    def one(self, resource: str, obj: Object, now: float, *, header: bool = True) -> Object:
        """One object in this form."""
        if self.kind == "Table":
            body = tables.table(resource, [obj], now, include=self.include, header=header)
            return {**body, "metadata": {"resourceVersion": obj["metadata"]["resourceVersion"]}}
        if self.kind.startswith("PartialObjectMetadata"):
            return tables.partial(obj)
        served = BY_PLURAL[resource]
        return {"kind": served.kind, "apiVersion": served.api_version, **obj}

    def many(self, resource: str, objects: list[Object], metadata: Object, now: float) -> Object:
        """A list in this form."""
        if self.kind == "Table":
            return {**tables.table(resource, objects, now, include=self.include), "metadata": metadata}
        if self.kind.startswith("PartialObjectMetadata"):
            kind, version, items = "PartialObjectMetadataList", "meta.k8s.io/v1", [tables.partial(o) for o in objects]
        else:
            served = BY_PLURAL[resource]
            # Items of a list carry no kind and apiVersion of their own on the wire.
            bare = ({key: obj[key] for key in obj if key not in ("kind", "apiVersion")} for obj in objects)
            kind, version, items = served.list_kind, served.api_version, list(bare)
        return {"kind": kind, "apiVersion": version, "metadata": metadata, "items": items}


@dataclass(frozen=True)
class Selection:
    """Which objects a request is about: namespace, name and both selectors."""

    namespace: str | None
    labels: selectors.Predicate
    fields: selectors.Predicate
    selective: bool
    """Whether any selector was given."""

    @classmethod
    def of(cls, target: Target, query: Mapping[str, str]) -> "Selection":
        """From the path and the query. ApiError 400."""
        labels, fields = query.get("labelSelector", ""), query.get("fieldSelector", "")
        if target.name and target.verb == "watch":
            fields = f"metadata.name={target.name}"
        return cls(
            target.namespace or None,
            selectors.labels(labels),
            selectors.fields(fields, target.plural),
            bool(labels or fields),
        )

    def takes(self, obj: Object | None) -> bool:
        """Whether the object belongs to it."""
        return (
            obj is not None
            and (self.namespace is None or obj["metadata"].get("namespace", "") == self.namespace)
            and self.labels(obj)
            and self.fields(obj)
        )


def page(store: Store, target: Target, query: Mapping[str, str]) -> tuple[list[Object], Object]:
    """The objects of a list and its metadata. ApiError 400, or 410 for an old `continue` token."""
    selection = Selection.of(target, query)
    limit = number(query, "limit") or 0
    version, start = store.version, ("", "")
    if token := query.get("continue"):
        version, start = _read_token(token)
        if version < store.forgotten(target.plural):
            raise errors.ApiError(410, "Expired", _TOO_OLD_TOKEN)
    elif (asked := resource_version(query, "invalid resource version: ", errors.bad_request)) > store.version:
        raise _too_large(asked, store.version)
    found = [
        obj for obj in store.list(target.plural, selection.namespace) if selection.takes(obj) and _key(obj) > start
    ]
    metadata: Object = {"resourceVersion": str(version)}
    if limit and len(found) > limit:
        metadata["continue"] = _write_token(version, _key(found[limit - 1]))
        if not selection.selective:
            metadata["remainingItemCount"] = len(found) - limit
        found = found[:limit]
    return found, metadata


def number(query: Mapping[str, str], name: str) -> int | None:
    """A whole number of the query, None when it is not there. ApiError 400 in Go's words."""
    text = query.get(name)
    if text is None:
        return None
    try:
        return int(text)
    except ValueError as error:
        raise errors.bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from error


def resource_version(query: Mapping[str, str], prefix: str, error: Callable[[str], errors.ApiError]) -> int:
    """The resourceVersion of the query, 0 when there is none; lists and watches complain differently."""
    text = query.get("resourceVersion", "")
    try:
        return int(text or 0)
    except ValueError as cause:
        why = f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax'
        raise error(prefix + why) from cause


def flag(query: Mapping[str, str], name: str) -> bool:
    """A bool of the query as apimachinery reads it: everything is true that is not `false` or `0`."""
    return query.get(name, "false").lower() not in ("false", "0")


def _key(obj: Object) -> tuple[str, str]:
    return obj["metadata"].get("namespace", ""), obj["metadata"]["name"]


def _write_token(version: int, key: tuple[str, str]) -> str:
    content = json.dumps({"v": "meta.k8s.io/v1", "rv": version, "start": "/".join(key) + "\0"})
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def _read_token(token: str) -> tuple[int, tuple[str, str]]:
    try:
        content: Any = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        namespace, _, name = content["start"].removesuffix("\0").partition("/")
        return int(content["rv"]), (namespace, name)
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise errors.bad_request("invalid continue token: continue key is not valid") from error


def _too_large(asked: int, current: int) -> errors.ApiError:
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    message = f"Timeout: Too large resource version: {asked}, current: {current}"
    return errors.ApiError(504, "Timeout", message, {"causes": causes, "retryAfterSeconds": 1})
