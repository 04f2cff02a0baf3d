"""Which containers start after which."""

from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.spec import Role


def behind(pod: Pod, container: Container) -> list[str]:
    """The names of those that are started after a container: later init steps and all apps, or later apps."""
    order = [each for each in pod.containers if each.declared and each.role is not Role.EPHEMERAL]
    names = [each.name for each in order]
    return names[names.index(container.name) + 1 :] if container.name in names else []
