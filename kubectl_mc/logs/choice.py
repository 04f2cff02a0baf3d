"""Which containers are meant, by names, globs and roles."""

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass, field

from kubectl_mc.errors import McError, UsageError
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.spec import Role


class NoContainer(McError):
    """Pods have containers, but none that is meant."""


@dataclass(frozen=True)
class Choice:
    """Containers of any pods; as it stands, all of them.

    Args:
        names: names or globs; any of them, where there are some.
        excluded: names or globs; none of them.
    """

    names: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    roles: frozenset[Role] = field(default_factory=lambda: frozenset(Role))

    def of(self, pod: Pod) -> list[Container]:
        """The containers of a pod that are meant, in spec order."""
        return [container for container in pod.containers if self._has(container)]

    def require_any(self, pods: Sequence[Pod]) -> None:
        """A container that no pod has is a mistake worth a list of those there are.

        Raises:
            NoContainer: the pods have containers, but none that is meant.
        """
        having = [pod for pod in pods if pod.containers]
        if not having or any(self.of(pod) for pod in having):
            return
        there = [container for pod in having for container in pod.containers]
        if self.names and not any(_any(container.name, self.names) for container in there):
            none = f"no container {' or '.join(self.names)}"
        else:
            none = f"{self} leaves no container"
        known = ", ".join(f"{c.name} ({c.role.value})" for c in having[0].containers)
        others = len(having) - 1
        more = f" and {others} other pod{'s' if others > 1 else ''}" if others else ""
        raise NoContainer(f"{none} in pod {having[0].name}{more}", f"it has: {known}")

    def __str__(self) -> str:
        """As the options that make it."""
        parts = [f"-c {name}" for name in self.names] + [f"-x {name}" for name in self.excluded]
        if self.roles != frozenset(Role):
            parts.append(f"--role {','.join(role.value for role in Role if role in self.roles)}")
        return " ".join(parts)

    def _has(self, container: Container) -> bool:
        if container.role not in self.roles or _any(container.name, self.excluded):
            return False
        return not self.names or _any(container.name, self.names)


def _any(name: str, globs: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(name, glob) for glob in globs)


def parse_globs(option: str, texts: Sequence[str]) -> tuple[str, ...]:
    """Names or globs; several may stand in one text, with commas.

    Raises:
        UsageError: one that could match no name.
    """
    globs = [glob.strip() for text in texts for glob in text.split(",")]
    for glob in globs:
        if not glob:
            raise UsageError(f"{option}: an empty name", "a container's name, or a glob: 'istio-*'")
        if glob.count("[") != glob.count("]"):
            raise UsageError(f"{option} {glob}: a bracket without its other half", "for example 'web-[ab]*'")
    return tuple(globs)


def parse_roles(text: str) -> frozenset[Role]:
    """Roles with commas between them; all for an empty text.

    Raises:
        UsageError: one of them is none.
    """
    if not text:
        return frozenset(Role)
    known = {role.value: role for role in Role}
    words = [word.strip() for word in text.split(",")]
    unknown = [word for word in words if word not in known]
    if unknown:
        raise UsageError(f"--role {text}: no such role: {', '.join(unknown)}", ", ".join(known))
    return frozenset(known[word] for word in words)
