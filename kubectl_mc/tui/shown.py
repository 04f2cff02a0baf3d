"""A pod's document as it may be shown: what people write plainly into it and is a secret is covered."""

from collections.abc import Mapping
from typing import Any

from kubectl_mc.model.secrecy import MASK, masked, masked_text, masked_words

_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_COMMANDS = frozenset({"command", "args"})


def shown_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with the secrets in variables, headers, commands, messages and annotations covered."""
    # The items of a list don't say what they are.
    return {"apiVersion": "v1", "kind": "Pod"} | {key: _shown(value, key) for key, value in document.items()}


def _shown(value: Any, key: str) -> Any:
    if isinstance(value, Mapping):
        if key == "annotations":
            return {name: _annotation(str(name), text) for name, text in value.items()}
        name = value.get("name")
        if isinstance(name, str) and isinstance(value.get("value"), str):
            return {**value, "value": _named(name, value["value"])}
        return {inner: _shown(item, inner) for inner, item in value.items()}
    if isinstance(value, list):
        if key in _COMMANDS and all(isinstance(word, str) for word in value):
            return list(masked_words(value))
        return [_shown(item, key) for item in value]
    return masked_text(value) if key == "message" and isinstance(value, str) else value


def _named(name: str, value: str) -> str:
    """The value of a variable or of a header."""
    return masked_text(f"{name}: {masked(name, value)}")[len(name) + 2 :]


def _annotation(name: str, text: Any) -> Any:
    # The whole pod once more, as text, in which nothing can be covered by its name.
    return MASK if name == _APPLIED else _named(name.rpartition("/")[2], text) if isinstance(text, str) else text
