"""Which containers start after which."""

from collections.abc import Sequence

from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.spec import Role


def behind(pod: Pod, container: Container) -> list[str]:
    """The names of those that are started after a container: later init steps and all apps, or later apps."""
    order = [each for each in pod.containers if each.declared and each.role is not Role.EPHEMERAL]
    names = [each.name for each in order]
    return names[names.index(container.name) + 1 :] if container.name in names else []


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them: `a`, `a and b`, `a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
