"""A pod's document as it may be shown: what people write plainly into it and is a secret is covered."""

from collections.abc import Mapping
from typing import Any

from kubectl_mc.model.secrecy import MASK, masked

_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def shown_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with the secrets in variables, arguments and annotations covered."""
    # The items of a list don't say what they are.
    return {"apiVersion": "v1", "kind": "Pod"} | {key: _shown(value, key) for key, value in document.items()}


def _shown(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        name = value.get("name")
        if isinstance(name, str) and isinstance(value.get("value"), str):
            return {**value, "value": masked(name, value["value"])}
        return {inner: _shown(item, inner) for inner, item in value.items()}
    if isinstance(value, list):
        return [_shown(item, key) for item in value]
    if isinstance(value, str):
        # The whole pod once more, as text, in which nothing can be covered by its name.
        return MASK if key == _APPLIED else masked(key, value) if key in ("command", "args") else value
    return value
