"""Objects of the API as JSON: get one, list many, page by page, change one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from kubectl_mc.cluster.connection import Connection
from kubectl_mc.cluster.errors import Subject, translated
from kubectl_mc.errors import ApiError, Gone, UsageError
from kubectl_mc.model.resources import Resource

PAGE = 500
"""Objects a page, as kubectl asks for them."""

NAMES_PAGE = 5000
"""Names a page: as large as a page of whole objects, in bytes, or smaller."""

OBJECTS = "application/json"
STRATEGIC_MERGE = "application/strategic-merge-patch+json"
METADATA_LIST_ONLY = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"

SELECTORS = (
    "-l takes app=web,tier!=db,env in (test,prod),!canary; --field-selector takes metadata.name, metadata.namespace, "
    "spec.nodeName, spec.restartPolicy, spec.schedulerName, spec.serviceAccountName, status.phase, status.podIP"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of a resource's objects, as list and watch can ask for it."""

    resource: Resource
    namespace: str | None = None
    """None: all namespaces, or a resource without any."""
    labels: str = ""
    fields: str = ""
    name: str = ""
    """Of the one object, in place of `fields`."""

    def params(self) -> dict[str, str]:
        """The selectors as query parameters."""
        fields = f"metadata.name={self.name}" if self.name else self.fields
        pairs = {"labelSelector": self.labels, "fieldSelector": fields}
        return {key: value for key, value in pairs.items() if value}

    @property
    def path(self) -> str:
        return self.resource.path(self.namespace)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list's objects and the resource version from which a watch goes on."""

    items: list[dict[str, Any]]
    resource_version: str


class Client:
    """Reads objects, and changes them, over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.namespace: str = connection.access.namespace
        """The namespace of commands that name none."""

    def within(self, namespace: str) -> Self:
        """The same connection, for commands that mean another namespace."""
        other = type(self)(self.connection)
        other.namespace = namespace
        return other

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.connection.close()

    async def get(self, resource: Resource, namespace: str | None, name: str) -> dict[str, Any]:
        """One object.

        Raises:
            NotFound: there is none of this name.
            McError: any other failure.
        """
        return await self.connection.get_json(
            resource.path(namespace, name), Subject("get", resource, namespace if resource.namespaced else None, name)
        )

    async def patch(
        self, resource: Resource, namespace: str, name: str, change: Mapping[str, Any], subresource: str
    ) -> None:
        """Merge a change into one object, lists by their keys (a strategic merge patch).

        Raises:
            NotFound: there is none of this name, or no such subresource.
            McError: any other failure.
        """
        path = resource.path(namespace, name, subresource)
        subject = Subject("patch", resource, namespace, name, subresource)
        headers = {"Content-Type": STRATEGIC_MERGE}
        async with self.connection.request("PATCH", path, subject, headers=headers, body=change) as response:
            with translated(self.connection.server):
                await response.read()  # else the connection could not be used again

    async def delete(self, resource: Resource, namespace: str, name: str, *, uid: str) -> None:
        """Delete one object, and no successor of its name.

        Raises:
            NotFound: there is none of this name.
            McError: any other failure.
        """
        subject = Subject("delete", resource, namespace, name)
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": uid}}
        headers = {"Content-Type": OBJECTS}
        async with self.connection.request(
            "DELETE", resource.path(namespace, name), subject, headers=headers, body=body
        ) as response:
            with translated(self.connection.server):
                await response.read()

    async def list_objects(self, scope: Scope) -> Listing:
        """All objects of a scope; a page whose token has expired makes the list start again, once.

        Raises:
            UsageError: the server cannot make sense of a selector.
            McError: any other failure.
        """
        return await self._list(scope, PAGE, OBJECTS)

    async def names(self, scope: Scope) -> list[str]:
        """The names of all objects of a scope, without the objects.

        Raises:
            McError: as `list_objects`.
        """
        listing = await self._list(scope, NAMES_PAGE, METADATA_LIST_ONLY)
        return [item["metadata"]["name"] for item in listing.items]

    async def _list(self, scope: Scope, limit: int, accept: str) -> Listing:
        try:
            try:
                return await self._pages(scope, limit, accept)
            except Gone:
                return await self._pages(scope, limit, accept)
        except ApiError as error:
            if error.code == 400 and (scope.labels or scope.fields):
                raise UsageError(error.message, SELECTORS) from None
            raise

    async def _pages(self, scope: Scope, limit: int, accept: str) -> Listing:
        items: list[dict[str, Any]] = []
        params = {**scope.params(), "limit": str(limit)}
        subject = Subject("list", scope.resource, scope.namespace)
        while True:
            page = await self.connection.get_json(scope.path, subject, params, accept=accept)
            items += page.get("items") or []
            metadata: Mapping[str, Any] = page.get("metadata") or {}
            if not metadata.get("continue"):
                return Listing(items, str(metadata.get("resourceVersion", "")))
            params["continue"] = metadata["continue"]
