"""A document as rows of YAML, of which each knows what stands below it. Pure."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_PLAIN = re.compile(r"[A-Za-z/](?:[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff:#]|:(?=\S)|(?<=\S)#)*(?<!\s)")
"""Texts that need no quotes, wherever they stand; what begins with a digit may be a number or a time."""
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_BLOCK = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\ufeff][^\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\u2028\u2029\ud800-\udfff]*")
"""Texts of several lines that can be written as they are."""
_ODD = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
"""What JSON leaves as it is, and YAML takes for the end of a line or for no text."""
_STEP = "  "


@dataclass(frozen=True, slots=True)
class YamlRow:
    """A line of the text."""

    path: tuple[str, ...]
    """The keys and the numbers that lead to it."""
    head: str
    """Its indentation, its dashes and its key with the colon."""
    value: str
    below: int = 0
    """How many lines below it are not shown."""


def yaml_rows(document: Mapping[str, Any], is_folded: Callable[[tuple[str, ...]], bool]) -> Iterator[YamlRow]:
    """The rows of a document of mappings, lists and scalars; of what is folded the first row alone."""
    return _mapping(document, (), "", is_folded)


def _mapping(
    value: Mapping[str, Any], path: tuple[str, ...], indent: str, is_folded: Callable[[tuple[str, ...]], bool]
) -> Iterator[YamlRow]:
    for key, item in value.items():
        at = (*path, str(key))
        yield from _folded(_entry(f"{indent}{_scalar(str(key))}:", item, at, indent, is_folded), at, is_folded)


def _entry(
    head: str, item: Any, at: tuple[str, ...], indent: str, is_folded: Callable[[tuple[str, ...]], bool]
) -> Iterator[YamlRow]:
    """A key with what belongs to it."""
    if isinstance(item, Mapping) and item:
        yield YamlRow(at, head, "")
        yield from _mapping(item, at, indent + _STEP, is_folded)
    elif isinstance(item, list) and item:
        yield YamlRow(at, head, "")
        yield from _list(item, at, indent, is_folded)  # a list's items stand at their key's depth
    else:
        yield from _value(head, item, at, indent + _STEP)


def _list(
    items: list[Any], path: tuple[str, ...], indent: str, is_folded: Callable[[tuple[str, ...]], bool]
) -> Iterator[YamlRow]:
    for number, item in enumerate(items):
        at = (*path, str(number))
        if isinstance(item, Mapping) and item:
            rows = _mapping(item, at, indent + _STEP, is_folded)
        elif isinstance(item, list) and item:
            rows = _list(item, at, indent + _STEP, is_folded)
        else:
            rows = _value(f"{indent}-", item, at, indent + _STEP)
            yield from _folded(rows, at, is_folded)
            continue
        yield from _folded(_dashed(rows, at, indent), at, is_folded)


def _dashed(rows: Iterator[YamlRow], at: tuple[str, ...], indent: str) -> Iterator[YamlRow]:
    """Rows of a list's item: the first one stands for the whole."""
    first = next(rows)
    yield YamlRow(at, f"{indent}- {first.head[len(indent) + 2 :]}", first.value, first.below)
    yield from rows


def _value(head: str, value: Any, at: tuple[str, ...], indent: str) -> Iterator[YamlRow]:
    """A scalar; one of several lines as a block, as far as that can be read."""
    if not (isinstance(value, str) and "\n" in value.rstrip("\n") and _BLOCK.fullmatch(value)):
        yield YamlRow(at, head, _scalar(value))
        return
    body = value.rstrip("\n")
    ends = len(value) - len(body)
    yield YamlRow(at, head, "|" + ("-" if ends == 0 else "" if ends == 1 else "+"))
    lines = value.split("\n")[: -1 if ends else None]
    for number, text in enumerate(lines):
        yield YamlRow((*at, f"line {number}"), "", indent + text if text else "")


def _folded(
    rows: Iterator[YamlRow], at: tuple[str, ...], is_folded: Callable[[tuple[str, ...]], bool]
) -> Iterator[YamlRow]:
    first = next(rows)
    if not is_folded(at):
        yield first
        yield from rows
        return
    hidden = first.below + sum(1 + row.below for row in rows)
    yield YamlRow(at, first.head, first.value, hidden)


def _scalar(value: Any) -> str:
    """A scalar as YAML has it; what may be taken for something else stands in quotes."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return _ODD.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False, default=str))
