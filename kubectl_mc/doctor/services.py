"""Services whose selector no pod has: there is no pod to look at, and nobody writes an event about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from kubectl_mc.doctor.finding import Finding, Grade, kubectl, mc
from kubectl_mc.doctor.siblings import Workload
from kubectl_mc.doctor.workloads import Unmade

_NEAR = 0.6
"""How much alike two labels are of which one may be meant for the other."""


@dataclass(frozen=True, slots=True)
class ServiceCase:
    """A Service without pods."""

    namespace: str
    name: str
    selector: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]] | None
    """Of the pods of its namespace, by their names; None where they could not be read."""
    maker: Workload | None = None
    """What makes pods that it selects, once it makes any."""
    asleep: bool = False
    """Whether that is scaled to 0."""


def diagnose_service(case: ServiceCase) -> Unmade:
    """What it selects, and which pod comes nearest."""
    service = Workload(case.namespace, "Service", case.name)
    if case.maker is not None:
        return Unmade(service, _without_pods_yet(case, service, case.maker))
    evidence = [f"spec.selector of {service}: {_words(case.selector)}"]
    if case.labels is not None and not case.labels:
        evidence.append(f"pods in namespace {case.namespace}: none")
    elif (near := _nearest(case)) is not None:
        evidence.append(f"nearest labels, of pod {near}: {_words((case.labels or {})[near])}")
    finding = Finding(
        "service-selects-nothing",
        f"{service} selects {_words(case.selector)}, which no pod in its namespace has, so its traffic goes nowhere",
        evidence=tuple(evidence),
        next=(kubectl("get", "pods", "--show-labels"), kubectl("edit", f"service/{case.name}")),
        namespace=case.namespace,
        primary=True,
    )
    return Unmade(service, finding)


def _without_pods_yet(case: ServiceCase, service: Workload, maker: Workload) -> Finding:
    """Its selector is right, and what makes its pods has none."""
    named = f"{maker.kind.lower()}/{maker.name}"
    return Finding(
        "service-selects-nothing",
        f"{service} has no pods: {maker}, whose pods it selects, {'is scaled to 0' if case.asleep else 'has none'}",
        Grade.WARNING if case.asleep else Grade.ERROR,
        evidence=(
            f"spec.selector of {service}: {_words(case.selector)}",
            *([f"spec.replicas of {maker}: 0"] if case.asleep else []),
        ),
        next=(kubectl("get", named) if case.asleep else mc("doctor", named),),
        namespace=case.namespace,
        primary=True,
    )


def _nearest(case: ServiceCase) -> str | None:
    """The pod whose labels are most like the selector; None where none is like it."""
    likeness = {name: _likeness(case.selector, labels) for name, labels in (case.labels or {}).items()}
    name = max(sorted(likeness), key=lambda each: likeness[each], default=None)
    return name if name is not None and likeness[name] >= _NEAR else None


def _likeness(selector: Mapping[str, str], labels: Mapping[str, str]) -> float:
    """0 to 1, by the best match of each label that is selected."""
    pairs = [f"{key}={value}" for key, value in labels.items()]
    best = [
        max((SequenceMatcher(None, f"{key}={value}", pair).ratio() for pair in pairs), default=0.0)
        for key, value in selector.items()
    ]
    return sum(best) / len(best) if best else 0.0


def _words(labels: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in labels.items()) or "none"
