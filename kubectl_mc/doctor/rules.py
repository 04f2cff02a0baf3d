"""All rules, in the order in which a pod starts. To add one: a function beside its kind, and a line here."""

from collections.abc import Callable, Iterable

from kubectl_mc.doctor import crash, scheduling
from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.finding import Finding
from kubectl_mc.model.pod import Container

PodRule = Callable[[Case], Iterable[Finding]]
"""What it finds about the pod as a whole, or about several containers together."""

ContainerRule = Callable[[Case, Container], Finding | None]
"""What is wrong with one container. The first rule that has an answer gives it, so the more exact ones come first."""

POD_RULES: tuple[PodRule, ...] = (
    scheduling.not_scheduled,
    scheduling.unschedulable,
)

CONTAINER_RULES: tuple[ContainerRule, ...] = (
    crash.oom_killed,
    crash.crashloop,
    crash.restarted,
)
