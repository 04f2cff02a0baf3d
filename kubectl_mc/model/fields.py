"""Fields of the API's JSON, read totally: whatever is missing, null or of the wrong type becomes a default."""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]
"""A decoded JSON object of the API; the only place of `Any` beyond the client."""


def mapping(parent: Json, key: str) -> Json:
    """The object under `key`; empty when there is none."""
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def objects(parent: Json, key: str) -> list[Json]:
    """The objects in the list under `key`; anything else in it is passed over."""
    value = parent.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts(parent: Json, key: str) -> list[str]:
    """The texts in the list under `key`; anything else in it is passed over."""
    value = parent.get(key)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def text(parent: Json, key: str) -> str:
    """The text under `key`; empty when there is none."""
    value = parent.get(key)
    return value if isinstance(value, str) else ""


def number(parent: Json, key: str, default: int = 0) -> int:
    """The whole number under `key`."""
    value = parent.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def optional_number(parent: Json, key: str) -> int | None:
    """The whole number under `key`; None when there is none."""
    value = parent.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def flag(parent: Json, key: str) -> bool | None:
    """The truth value under `key`; None when there is none."""
    value = parent.get(key)
    return value if isinstance(value, bool) else None


def labels(parent: Json, key: str) -> dict[str, str]:
    """The texts by name under `key`: labels, a selector, quantities."""
    return {name: str(value) for name, value in mapping(parent, key).items()}
