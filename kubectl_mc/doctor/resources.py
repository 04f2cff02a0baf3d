"""Containers that have reached, or soon will, what they are given of CPU and memory. Only where something measures."""

from collections.abc import Iterator

from kubectl_mc.doctor.answers import Answer, failures
from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.evidence import event_line, probe_line
from kubectl_mc.doctor.finding import Finding, Grade, kubectl, mc
from kubectl_mc.doctor.source import edit
from kubectl_mc.model.health import Health, container_health
from kubectl_mc.model.pod import Container
from kubectl_mc.model.quantity import cores, mebibytes, parse_quantity
from kubectl_mc.model.times import seconds_between

_NEARLY = 0.9
"""Of a limit. What is measured lags by up to 15 s, and the peak is higher than what is measured."""
_FRESH_SECONDS = 330
"""How old a probe's late answer may be to have to do with the CPU that is used now."""
_HUNGRY = 2**29
"""Bytes from which on it matters that nothing bounds a container: half a GiB."""


def cpu_starved(case: Case, container: Container) -> Finding | None:
    """It uses all the CPU that its limit leaves it, and a probe gets no answer in time because of that.

    An error if it isn't ready or not started because of it. Full use of a limit alone is no fault.
    """
    used, limit = _use(case, container, "cpu")
    if used is None or limit is None or used < _NEARLY * limit or not container.state.running:
        return None
    for kind in ("startup", "readiness", "liveness"):
        failed = failures(case, container, kind, container.state.started_at)
        if failed is None or failed.answer is not Answer.LATE or failed.newest is None:
            continue
        ago = seconds_between(failed.newest.last_seen, case.now)
        if ago is not None and ago > _FRESH_SECONDS:
            continue
        bound = container.spec.limits["cpu"]
        well = container_health(container, case.pod) is Health.READY
        return Finding(
            "resource-starved",
            f"{container.name} uses all of its CPU limit of {bound} and is throttled, so it {failed.words}",
            Grade.WARNING if well else Grade.ERROR,
            evidence=(
                f"in use: {cores(used)} CPU of {bound}",
                event_line(failed.newest, case.now),
                probe_line(failed.probe),
            ),
            next=(kubectl("top", "pod", case.pod.name, "--containers"), *edit(case.pod)),
            at=f"{container.spec.at}.resources.limits.cpu",
        )
    return None


def memory_nearly_full(case: Case, container: Container) -> Finding | None:
    """It uses nearly all the memory that its limit leaves it: the kernel kills it when it wants more."""
    used, limit = _use(case, container, "memory")
    if used is None or limit is None or used < _NEARLY * limit or not container.state.running:
        return None
    bound = container.spec.limits["memory"]
    return Finding(
        "resource-starved",
        f"{container.name} uses {mebibytes(used)} of its memory limit of {bound} ({used / limit:.0%}): "
        f"the kernel kills it when it wants more",
        Grade.WARNING,
        evidence=(f"in use: {mebibytes(used)} memory of {bound}",),
        next=(
            kubectl("top", "pod", case.pod.name, "--containers"),
            mc("logs", case.pod.name, "-c", container.name, "--since", "10m"),
            *edit(case.pod),
        ),
        at=f"{container.spec.at}.resources.limits.memory",
    )


def memory_unbounded(case: Case) -> Iterator[Finding]:
    """A container without a memory limit uses much more than siblings that have one are given together.

    The node's memory is its only bound: it can take away what the others were promised, and is among the first to be
    evicted for it.
    """
    pod = case.pod
    if pod.terminal or pod.deleted is not None:
        return
    limits = [parse_quantity(c.spec.limits.get("memory", "")) for c in pod.containers if c.counts_as_ready]
    given = sum(limit for limit in limits if limit)
    for container in pod.containers:
        used, limit = _use(case, container, "memory")
        if not given or limit is not None or used is None or used < max(2 * given, _HUNGRY):
            continue
        yield Finding(
            "resource-starved",
            f"{container.name} has no memory limit and uses {mebibytes(used)}, while its siblings are held to "
            f"{mebibytes(given)} together: only the node's memory bounds it",
            Grade.WARNING,
            container=container.name,
            evidence=(f"in use: {mebibytes(used)} memory", f"{container.spec.at}.resources.limits.memory: not set"),
            next=(kubectl("top", "pod", pod.name, "--containers"), *edit(pod)),
            at=f"{container.spec.at}.resources.limits.memory",
        )


def _use(case: Case, container: Container, resource: str) -> tuple[float | None, float | None]:
    """What a container uses of a resource, and its limit; None for what isn't measured or set."""
    usage = case.usage.get(container.name)
    limit = parse_quantity(container.spec.limits.get(resource, ""))
    if usage is None:
        return None, limit or None
    return usage.cpu if resource == "cpu" else usage.memory, limit or None
