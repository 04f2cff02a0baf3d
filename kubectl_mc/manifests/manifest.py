"""The objects of manifests, those in lists too, each with its way to lines and columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kubectl_mc.manifests.nodes import Duplicate, Place, Tree
from kubectl_mc.model.fields import Json, mapping, objects, text


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object of a file."""

    file: str
    value: Json
    kind: str
    tree: Tree
    at: str = ""
    """Its path in its document: `items[3].` for what a List has, else empty."""

    @property
    def name(self) -> str:
        metadata = mapping(self.value, "metadata")
        return text(metadata, "name") or (f"{text(metadata, 'generateName')}…" if "generateName" in metadata else "")

    @property
    def namespace(self) -> str:
        return text(mapping(self.value, "metadata"), "namespace")

    def place(self, path: str = "") -> Place:
        """Where a part of it stands; for one that is missing, what would be around it."""
        return self.tree.place(self.at + path)

    @property
    def duplicates(self) -> tuple[Duplicate, ...]:
        """Keys that stand twice in it; their paths are the document's."""
        return tuple(item for item in self.tree.duplicates if f"{item.path}.".startswith(self.at))


def manifests(file: str, tree: Tree) -> Iterator[Manifest]:
    """The objects of a document; a value that is no object at all gives one without a kind."""
    yield from _unfolded(file, tree, tree.value, "", "")


def _unfolded(file: str, tree: Tree, value: Any, at: str, kind: str) -> Iterator[Manifest]:
    if not isinstance(value, dict):
        yield Manifest(file, {}, "", tree, at)
        return
    kind = text(value, "kind") or kind
    if kind.endswith("List") and isinstance(value.get("items"), list):
        # A typed list (PodList) need not name the kind of its items.
        for index, item in enumerate(objects(value, "items")):
            yield from _unfolded(file, tree, item, f"{at}items[{index}].", kind.removesuffix("List"))
        return
    yield Manifest(file, value, kind, tree, at)
