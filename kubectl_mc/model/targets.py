"""What a person names on the command line: TARGET words and selectors, made into one question to the cluster."""

from dataclasses import dataclass, field, replace

from kubectl_mc.errors import UsageError
from kubectl_mc.model.resources import PODS, TARGETS, Resource, can_be_a_name, target_resource

ACCEPTED = "a target is POD, TYPE/NAME or TYPE NAME; or choose with -l SELECTOR, --field-selector or -A"


@dataclass(frozen=True, slots=True)
class Target:
    """One named object; a workload means all its pods."""

    resource: Resource
    name: str
    behind: "Target | None" = field(default=None, compare=False)
    """The first of a row of names, of which this one may be meant to be a container: `deploy web app`."""

    def __str__(self) -> str:
        return f"{self.resource.singular}/{self.name}"


class UnknownType(UsageError):
    """A word with a slash whose first half is no type that has pods."""

    def __init__(self, type_: str, name: str, hint: str) -> None:
        super().__init__(f"{type_}/{name}: {type_!r} is no type that has pods", hint)
        self.type = type_
        self.name = name


@dataclass(frozen=True, slots=True)
class Query:
    """Which pods are meant: those of the targets, or, without any, all that the selectors let through."""

    targets: tuple[Target, ...] = ()
    labels: str = ""
    fields: str = ""
    all_namespaces: bool = False

    @property
    def whole(self) -> bool:
        """Whether nothing narrows it: a namespace, or all of them."""
        return not (self.targets or self.labels or self.fields)


def parse_query(words: list[str], labels: str = "", fields: str = "", *, all_namespaces: bool = False) -> Query:
    """The question that the words of a command line ask.

    Raises:
        UsageError: forms are mixed, a type is unknown, or a name is asked for where a selector chooses.
    """
    if words and (labels or fields):
        raise UsageError("a target and a selector exclude each other", ACCEPTED)
    if words and all_namespaces:
        raise UsageError("a name needs one namespace, so it cannot go with -A", ACCEPTED)
    return Query(tuple(_targets(words)), labels, fields, all_namespaces)


def _targets(words: list[str]) -> list[Target]:
    with_slash = [word for word in words if "/" in word]
    if with_slash and len(with_slash) < len(words):
        raise UsageError(f"{' '.join(words)}: TYPE/NAME and plain names don't mix", ACCEPTED)
    if with_slash:
        return [_typed(word) for word in words]
    if any(not word for word in words):
        raise UsageError("a name is empty", ACCEPTED)
    # As kubectl: `deploy web` is a type and a name. One word alone is a pod, whatever it is called.
    resource = target_resource(words[0]) if len(words) > 1 else None
    targets = [_named(resource or PODS, name) for name in (words[1:] if resource is not None else words)]
    return targets[:1] + [replace(target, behind=targets[0]) for target in targets[1:]]


def _typed(word: str) -> Target:
    type_, _, name = word.partition("/")
    if not type_ or not name or "/" in name:
        raise UsageError(f"{word}: one type, one slash, one name", ACCEPTED)
    resource = target_resource(type_)
    if resource is None:
        known = ", ".join(
            resource.short_names[0] if resource.short_names else resource.singular for resource in TARGETS
        )
        raise UnknownType(type_, name, f"types: {known}")
    return _named(resource, name)


def _named(resource: Resource, name: str) -> Target:
    if not can_be_a_name(name):
        raise UsageError(f"{name!r} is no name that a {resource.singular} can have", ACCEPTED)
    return Target(resource, name)
