"""Which words may stand where: by the parameter's name, or by the choices and kinds that its declaration spells out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kubectl_mc.completion.line import Line
from kubectl_mc.completion.reply import FILES, NOTHING, Candidate, Directive, Reply, reply
from kubectl_mc.completion.world import World
from kubectl_mc.model.resources import NAMESPACES, PODS, TARGETS, Resource, target_resource


@dataclass(frozen=True)
class Blank:
    """A value that is being typed, with what is known of the line and of the world."""

    line: Line
    world: World

    @property
    def targets(self) -> list[str]:
        """The TARGET words before the cursor, whatever the command calls them."""
        return [word for name in TARGET_PARAMETERS for word in self.line.values.get(name, ())]


def flag_names(line: Line) -> Reply:
    """The flags that may still come. A short one only once it is typed: its long form says more."""
    return reply(
        Candidate(word, flag.about)
        for flag in line.open_flags()
        for word in (*flag.long, *(short for short in flag.short if short == line.word))
    )


def value(blank: Blank) -> Reply:
    """The values of the flag or the argument at the cursor."""
    flag, argument = blank.line.flag, blank.line.argument
    parameter = flag or argument
    if parameter is None:
        return NOTHING
    if parameter.name in _VALUES:
        return _VALUES[parameter.name](blank)
    if flag is not None and "|" in flag.metavar:
        return reply(Candidate(choice) for choice in flag.metavar.split("|"))
    return FILES if flag is not None and flag.metavar in ("FILE", "DIR") else NOTHING


def _namespaces(blank: Blank) -> Reply:
    """The cluster's; for a user who may not list them, those of the kubeconfig's contexts."""
    if there := blank.world.names.of(NAMESPACES):
        return reply(there)
    contexts = blank.world.kubeconfig["contexts"].values()
    return reply(map(Candidate, sorted({str(item["namespace"]) for item in contexts if item.get("namespace")})))


def _entries(section: str) -> Callable[[Blank], Reply]:
    return lambda blank: reply(Candidate(name) for name in sorted(blank.world.kubeconfig[section]))


def _containers(blank: Blank) -> Reply:
    return reply(blank.world.names.containers(blank.targets)) if blank.targets else NOTHING


def _targets(blank: Blank) -> Reply:
    """POD, TYPE/NAME or TYPE NAME, in the form with which the line has begun."""
    word, given = blank.line.word, blank.targets
    type_, slash, _ = word.partition("/")
    if slash:
        resource = target_resource(type_)
        return reply(_named(blank, resource, f"{type_}/")) if resource is not None else NOTHING
    if given and "/" in given[0]:
        return reply(_types(word), Directive.NO_FILES | Directive.NO_SPACE)
    if given and (resource := target_resource(given[0])) is not None:
        return reply(_named(blank, resource))
    pods = [pod for pod in _named(blank, PODS) if pod.value.startswith(word)]
    if given or (pods and word):
        return reply(pods)
    return reply([*pods, *_types(word)], Directive.NO_FILES | (Directive(0) if pods else Directive.NO_SPACE))


def _named(blank: Blank, resource: Resource, prefix: str = "") -> list[Candidate]:
    """The objects of a resource that the line doesn't name yet."""
    words = [Candidate(prefix + item.value, item.about) for item in blank.world.names.of(resource)]
    return [item for item in words if item.value not in blank.targets]


def _types(word: str) -> list[Candidate]:
    """The TYPE of TYPE/NAME, in its shortest form that begins as the word does."""
    found = []
    for resource in TARGETS:
        forms = [*resource.short_names, resource.singular, resource.plural]
        found += [Candidate(f"{form}/", resource.kind) for form in forms if form.startswith(word)][:1]
    return found


def _finding_ids(_: Blank) -> Reply:
    from kubectl_mc.doctor.catalogue import KINDS

    return reply(Candidate(kind.id, kind.about) for kind in KINDS.values())


TARGET_PARAMETERS = ("targets", "target", "pod")
_VALUES: Mapping[str, Callable[[Blank], Reply]] = {
    "namespace": _namespaces,
    "context": _entries("contexts"),
    "cluster": _entries("clusters"),
    "user": _entries("users"),
    "container": _containers,
    "exclude": _containers,
    "ignore": _finding_ids,
    **dict.fromkeys(TARGET_PARAMETERS, _targets),
}
"""By parameter name: the values that depend on the world."""
