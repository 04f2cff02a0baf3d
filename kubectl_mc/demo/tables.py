"""The other forms in which the API server answers: Table (what `kubectl get` prints) and PartialObjectMetadata.

Refuses to choose objects; it only shows those it is given.
"""

from typing import Any

from kubectl_mc.demo.columns import COLUMNS, PLAIN

Object = dict[str, Any]


def table(
    resource: str, objects: list[Object], now: float, *, include: str = "Metadata", header: bool = True
) -> Object:
    """A Table without `metadata`. `include` is the request's includeObject: Metadata, Object or None."""
    columns = COLUMNS.get(resource, PLAIN)
    rows = [
        {"cells": [column.cell(obj, now) for column in columns], "object": _included(obj, include)} for obj in objects
    ]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {},
        "columnDefinitions": [column.definition() for column in columns] if header else None,
        "rows": rows,
    }


def partial(obj: Object) -> Object:
    """The metadata alone."""
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}


def _included(obj: Object, include: str) -> Object | None:
    if include == "None":
        return None
    return obj if include == "Object" else partial(obj)
