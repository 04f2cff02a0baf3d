"""Label and field selectors: what a list, a watch or a deletecollection picks, with the API server's 400 texts.

The grammar of labels is that of apimachinery `pkg/labels/selector.go`; which fields may be asked for differs from
resource to resource and is a table here. Pure.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kubectl_mc.demo import errors

Object = dict[str, Any]
Predicate = Callable[[Object], bool]

_TOKEN = re.compile(r"\s*(?:(?P<symbol>!=|==|=|!|\(|\)|,|<|>)|(?P<word>[^\s!=(),<>]+))")
_NAME = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_KEY = re.compile(rf"([a-z0-9.-]+/)?{_NAME}")
_VALUE = re.compile(f"({_NAME})?")
_BAD_KEY = (
    'unable to parse requirement: <nil>: Invalid value: "{}": name part must consist of alphanumeric characters, '
    "'-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or "
    "'123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_BAD_QUALIFIED = _BAD_KEY.replace("name part", "a qualified name") + (
    " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
)
_BAD_VALUE = (
    'unable to parse requirement: values[{}][{}]: Invalid value: "{}": a valid label must be an empty string or '
    "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. "
    "'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_END = ""


@dataclass(frozen=True)
class Requirement:
    """One condition on a label; every requirement of a selector must hold."""

    key: str
    operator: str
    """`exists`, `!`, `in`, `notin`, `<` or `>`; `=` and `!=` are sets of one."""
    values: frozenset[str] = frozenset()

    def holds(self, labels: dict[str, str]) -> bool:
        """As Kubernetes decides: `!=` and `notin` hold for objects without the label."""
        if self.operator == "exists":
            return self.key in labels
        if self.operator == "!":
            return self.key not in labels
        if self.operator in ("<", ">"):
            held, (limit,) = labels.get(self.key, ""), self.values
            if not (held.isdecimal() and limit.isdecimal()):
                return False
            return int(held) < int(limit) if self.operator == "<" else int(held) > int(limit)
        if self.operator == "in":
            return labels.get(self.key) in self.values
        return self.key not in labels or labels[self.key] not in self.values


class _LabelParser:
    """Recursive descent over the tokens of one selector."""

    def __init__(self, text: str) -> None:
        self._tokens = [match.group("symbol") or match.group("word") for match in _TOKEN.finditer(text)]
        self._next = 0

    def parse(self) -> tuple[Requirement, ...]:
        """All requirements. ApiError 400."""
        found: list[Requirement] = []
        if self._peek() == _END:
            return ()
        if not self._is_word() and self._peek() != "!":
            raise errors.bad_request(f"found '{self._peek()}', expected: !, identifier, or 'end of string'")
        while True:
            found.append(self._requirement())
            token = self._take()
            if token == _END:
                return tuple(found)
            if token != ",":
                raise errors.bad_request(f"found '{token}', expected: ',' or 'end of string'")
            if not self._is_word() and self._peek() != "!":
                raise errors.bad_request(f"found '{self._peek()}', expected: identifier after ','")

    def _requirement(self) -> Requirement:
        absent = self._peek() == "!"
        if absent:
            self._take()
        key = self._word("identifier")
        if not _KEY.fullmatch(key):
            raise errors.bad_request((_BAD_QUALIFIED if key.count("/") > 1 else _BAD_KEY).format(key))
        if absent:
            return Requirement(key, "!")
        if self._peek() in (_END, ","):
            return Requirement(key, "exists")
        operator = self._take()
        if operator in ("=", "==", "!="):
            empty = self._peek() in (_END, ",")
            value = "" if empty else self._word("identifier")
            return Requirement(key, "notin" if operator == "!=" else "in", _checked(key, [value]))
        if operator in ("in", "notin"):
            return Requirement(key, operator, _checked(key, self._values()))
        if operator in ("<", ">"):
            return Requirement(key, operator, frozenset([self._word("identifier")]))
        raise self._unexpected(operator, "in, notin, =, ==, !=, gt, lt")

    def _values(self) -> list[str]:
        if (opening := self._take()) != "(":
            raise errors.bad_request(f"unable to parse requirement: found '{opening}' expected: '('")
        values: list[str] = []
        while True:
            values.append(self._take() if self._is_word() else "")
            token = self._take()
            if token == ")":
                return values
            if token != ",":
                raise self._unexpected(token, "',' or ')'")

    def _word(self, expected: str) -> str:
        if not self._is_word():
            raise self._unexpected(self._peek(), expected)
        return self._take()

    def _unexpected(self, token: str, expected: str) -> errors.ApiError:
        return errors.bad_request(f"unable to parse requirement: found '{token}', expected: {expected}")

    def _is_word(self) -> bool:
        return self._peek() not in (_END, "=", "==", "!=", "!", "(", ")", ",", "<", ">")

    def _peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else _END

    def _take(self) -> str:
        token = self._peek()
        self._next += 1
        return token


def _checked(key: str, values: list[str]) -> frozenset[str]:
    """The values as a set, if each may be the value of a label."""
    for index, value in enumerate(values):
        if not _VALUE.fullmatch(value):
            raise errors.bad_request(_BAD_VALUE.format(index, key, value))
    return frozenset(values)


def labels(text: str) -> Predicate:
    """A predicate for `a=b,c!=d,e in (x,y),!f`. ApiError 400."""
    requirements = _LabelParser(text).parse()

    def matches(obj: Object) -> bool:
        held = obj["metadata"].get("labels") or {}
        return all(requirement.holds(held) for requirement in requirements)

    return matches


_INVOLVED = tuple(
    f"involvedObject.{field}"
    for field in ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
)
FIELDS: dict[str, tuple[str, ...]] = {
    "pods": (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
    ),
    "events": (*_INVOLVED, "reason", "reportingComponent", "source", "type"),
    "namespaces": ("status.phase",),
    "nodes": ("spec.unschedulable",),
    "secrets": ("type",),
    "replicasets": ("status.replicas",),
    "replicationcontrollers": ("status.replicas",),
    "jobs": ("status.successful",),
    "services": ("spec.clusterIP", "spec.type"),
}
"""The fields that can be selected beside metadata.name and metadata.namespace."""


def _unknown_field(field: str, resource: str) -> str:
    """Resources with their own conversion of field labels complain with fewer words than the general one."""
    if resource == "jobs":
        return f'field label "{field}" not supported for Job'
    if resource in FIELDS:
        return f"field label not supported: {field}"
    return f'"{field}" is not a known field selector: only "metadata.name", "metadata.namespace"'


def fields(text: str, resource: str) -> Predicate:
    """A predicate for `status.phase!=Running,metadata.name=x`. ApiError 400."""
    terms: list[tuple[tuple[str, ...], bool, str]] = []
    for term in filter(None, text.split(",")):
        match = re.fullmatch(r"(.*?)(!=|==|=)(.*)", term)
        if match is None:
            raise errors.bad_request(f"invalid selector: '{text}'; can't understand '{term}'")
        field, operator, value = match.groups()
        if field not in ("metadata.name", "metadata.namespace", *FIELDS.get(resource, ())):
            raise errors.bad_request(_unknown_field(field, resource))
        terms.append((tuple(field.split(".")), operator != "!=", value))

    def matches(obj: Object) -> bool:
        return all((_text(obj, path) == value) is wanted for path, wanted, value in terms)

    return matches


def _text(obj: Object, path: tuple[str, ...]) -> str:
    """A field as the API server compares it: missing is empty, a bool is a word, an event's source its component."""
    found: Any = obj
    for part in path:
        found = found.get(part) if isinstance(found, dict) else None
    if isinstance(found, dict):
        return str(found.get("component", ""))
    if path in (("spec", "hostNetwork"), ("spec", "unschedulable")):
        return str(bool(found)).lower()
    return "" if found is None else str(found)
