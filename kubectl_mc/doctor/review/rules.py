"""All rules of the review. To add one: a function beside its kind, a line here, and one in the catalogue."""

from collections.abc import Callable, Iterable

from kubectl_mc.doctor.finding import Finding
from kubectl_mc.doctor.review import resources
from kubectl_mc.doctor.review.workload import Workload

Rule = Callable[[Workload], Iterable[Finding]]

POD_RULES: tuple[Rule, ...] = (
    resources.no_requests,
    resources.no_limits,
)
"""Their findings' `at` is a path in the pod's own document."""

OBJECT_RULES: tuple[Rule, ...] = ()
"""Their findings' `at` is a path in the whole document."""
