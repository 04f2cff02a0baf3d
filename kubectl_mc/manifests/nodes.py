"""YAML nodes into the values that kubectl would read from them, and paths into places.

kubectl's parser is sigs.k8s.io/yaml, whose scalars are those of go-yaml 2 (`resolve.go`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

_SCALARS = (
    ("bool", r"y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE|n|N|no|No|NO|off|Off|OFF|false|False|FALSE", "yYnNtTfFoO"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", "<"),
    ("int", r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|0|[1-9][0-9_]*)", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
)
_TAG = "tag:yaml.org,2002:"
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_SPARE = 100_000
_TIMES = 10
"""Aliases may repeat a document's nodes so many times over; what is beyond is meant to fill the memory."""

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times as fast


class Loader(_Base):  # type: ignore[misc]
    """Composes nodes, with scalars told apart as kubectl does it."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012


for _name, _form, _first in _SCALARS:
    Loader.add_implicit_resolver(_TAG + _name, re.compile(f"(?:{_form})$"), list(_first))


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in a file; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A key that a mapping has twice: only the last one counts."""

    path: str
    key: str
    place: Place
    """Of the last one."""
    before: Place


class Impossible(Exception):
    """A document that YAML allows and no object can be."""

    def __init__(self, problem: str, place: Place) -> None:
        super().__init__(problem)
        self.problem = problem
        self.place = place


class Tree:
    """A composed document: its value, and the place of each part of it."""

    def __init__(self, node: yaml.Node, line: int = 0) -> None:
        """`line` is how many lines of the file are before the document."""
        self._root = node
        self._line = line
        self._values: dict[int, Any] = {}
        self._sizes: dict[int, int] = {}
        self._open: set[int] = set()
        self.duplicates: list[Duplicate] = []
        self.value = self._value(node, "")

    def place(self, path: str) -> Place:
        """Where `spec.containers[1].ports` stands; for what isn't there, the nearest thing around it that is."""
        node, found = self._root, self._start(self._root)
        for step in _STEP.finditer(path):
            index, key = step.groups()
            child = self._item(node, int(index)) if index is not None else self._member(node, key)
            if child is None:
                break
            mark, node = child
            found = self._start(mark)
        return found

    def _start(self, node: yaml.Node) -> Place:
        return Place(node.start_mark.line + 1 + self._line, node.start_mark.column + 1)

    def _item(self, node: yaml.Node, index: int) -> tuple[yaml.Node, yaml.Node] | None:
        if not isinstance(node, yaml.SequenceNode) or index >= len(node.value):
            return None
        return node.value[index], node.value[index]

    def _member(self, node: yaml.Node, key: str) -> tuple[yaml.Node, yaml.Node] | None:
        """The key, which is what a person looks for, and its value."""
        if not isinstance(node, yaml.MappingNode):
            return None
        own = [pair for pair in node.value if isinstance(pair[0], yaml.ScalarNode) and pair[0].value == key]
        if own:
            return own[-1][0], own[-1][1]
        return next((found for part in self._merged(node) if (found := self._member(part, key)) is not None), None)

    def _merged(self, node: yaml.MappingNode) -> Iterator[yaml.Node]:
        for key, value in node.value:
            if key.tag == f"{_TAG}merge":
                yield from value.value if isinstance(value, yaml.SequenceNode) else [value]

    def _value(self, node: yaml.Node, path: str) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        mark = id(node)
        if mark in self._open:
            raise Impossible("an anchor contains itself", self._start(node))
        if mark in self._values:
            return self._values[mark]
        self._open.add(mark)
        if isinstance(node, yaml.SequenceNode):
            value: Any = [self._value(item, f"{path}[{index}]") for index, item in enumerate(node.value)]
            children = node.value
        else:
            assert isinstance(node, yaml.MappingNode)
            value = self._mapping(node, path)
            children = [part for pair in node.value for part in pair]
        self._sizes[mark] = 1 + sum(self._sizes.get(id(child), 1) for child in children)
        if self._sizes[mark] > _SPARE + _TIMES * len(self._sizes):
            raise Impossible("its aliases make it too large", self._start(node))
        self._open.remove(mark)
        self._values[mark] = value
        return value

    def _mapping(self, node: yaml.MappingNode, path: str) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for part in reversed(list(self._merged(node))):
            merged = self._value(part, path)
            if not isinstance(merged, dict):
                raise Impossible("only a mapping can be merged with <<", self._start(part))
            value.update(merged)
        seen: dict[str, yaml.Node] = {}
        for key, child in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise Impossible("a mapping or a list can be no key", self._start(key))
            if key.tag == f"{_TAG}merge":
                continue
            if key.value in seen:
                before = self._start(seen[key.value])
                self.duplicates.append(Duplicate(path, key.value, self._start(key), before))
            seen[key.value] = key
            value[key.value] = self._value(child, f"{path}.{key.value}" if path else key.value)
        return value


def _scalar(node: yaml.ScalarNode) -> Any:
    text = node.value
    match node.tag.removeprefix(_TAG):
        case "bool":
            return text[:1] in "yYtT" or text.lower() == "on"
        case "null":
            return None
        case "int":
            return _whole(text)
        case "float":
            try:
                return float(text)
            except ValueError:
                return text
    return text


def _whole(text: str) -> int | float | str:
    """An int as Go's `strconv.ParseInt` with base 0 reads it: a leading zero means octal."""
    plain = text.replace("_", "")
    sign, digits = (plain[0], plain[1:]) if plain[:1] in ("-", "+") else ("", plain)
    if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
        digits = f"0o{digits[1:]}"
    try:
        return int(f"{sign}{digits}", 0)
    except ValueError:  # also for a number of thousands of digits
        return text
