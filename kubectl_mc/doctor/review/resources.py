"""Requests and limits: what each container is given, and what they come to together."""

from collections.abc import Iterator

from kubectl_mc.doctor.finding import Finding, Grade
from kubectl_mc.doctor.review.workload import Workload
from kubectl_mc.model.fields import labels, mapping
from kubectl_mc.model.quantity import parse_quantity
from kubectl_mc.model.requests import pod_request

_USUAL = {"cpu": "100m", "memory": "128Mi"}


def no_requests(work: Workload) -> Iterator[Finding]:
    """A container that asks for nothing is placed as if it took nothing, and is the first to be evicted.

    Init containers are passed over: they run before the others, and so on their share.
    """
    whole = work.pod.shared.requests  # of the pod as a whole
    for spec in work.running:
        missing = [name for name in _USUAL if not (name in spec.requests or name in spec.limits or name in whole)]
        if missing:
            yield Finding(
                "no-requests",
                f"{spec.name} requests no {' and no '.join(missing)}: the scheduler counts it as nothing, and it gets "
                "what others leave",
                grade=Grade.WARNING,
                container=spec.name,
                at=f"{spec.at}.resources.requests",
                instead="resources:\n  requests:\n" + "\n".join(f"    {name}: {_USUAL[name]}" for name in missing),
            )


def no_limits(work: Workload) -> Iterator[Finding]:
    """Without a memory limit a leak in one container takes the memory of the whole node."""
    if "memory" in labels(mapping(work.spec, "resources"), "limits"):
        return
    for spec in work.running:
        if "memory" not in spec.limits:
            yield Finding(
                "no-limits",
                f"{spec.name} has no memory limit: if it leaks, its siblings and the node's other pods pay for it",
                grade=Grade.WARNING,
                container=spec.name,
                at=f"{spec.at}.resources.limits",
                instead=f"resources:\n  limits:\n    memory: {spec.requests.get('memory', '256Mi')}",
            )


def request_above_limit(work: Workload) -> Iterator[Finding]:
    """Nobody can be given more than they may have."""
    for spec in work.specs:
        for name, limit in spec.limits.items():
            asked, most = parse_quantity(spec.requests.get(name, "")), parse_quantity(limit)
            if asked is not None and most is not None and asked > most:
                yield Finding(
                    "request-above-limit",
                    f"{spec.name} requests {name} {spec.requests[name]}, more than its limit of {limit}, which the API "
                    "refuses",
                    container=spec.name,
                    at=f"{spec.at}.resources.requests.{name}",
                    instead=f"{name}: {limit}",
                )


def init_asks_most(work: Workload) -> Iterator[Finding]:
    """An init container that needs more than all that run later, for whose sake the pod reserves so much for life."""
    for resource in _USUAL:
        request = pod_request(work.pod, resource)
        if request.step:
            spec = work.spec_of(request.step)
            yield Finding(
                "init-asks-most",
                f"the pod reserves {request.words}, and keeps that for its whole life",
                grade=Grade.INFO,
                container=spec.name,
                evidence=(f"{spec.at}.resources.requests.{resource}: {spec.requests.get(resource, 'its limit')}",),
                at=f"{spec.at}.resources.requests.{resource}",
                instead="a smaller request here, or a Job of its own for this step",
            )
