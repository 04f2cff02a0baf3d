"""When a container was ready, of which the API keeps no time: concluded from its probes and their failures."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kubectl_mc.model.pod import Container
from kubectl_mc.model.timeline.marks import Marks


@dataclass(frozen=True, slots=True)
class Ready:
    """When a container was ready first."""

    container: Container
    at: datetime
    exact: bool


def ready_of(container: Container, started: datetime, marked: Marks, inner: datetime) -> Ready:
    """When a container was ready: at its start without probes, else after the last failure that is known.

    Args:
        inner: when all containers were, by the pod's condition.
    """
    probes = [probe for kind in ("startup", "readiness") if (probe := container.spec.probe(kind)) is not None]
    if not probes:
        return Ready(container, started, exact=True)
    if marked.failed_probe is not None and marked.failed_probe <= inner:
        at = marked.failed_probe + timedelta(seconds=probes[-1].period)
    else:
        at = started + timedelta(seconds=max(probe.initial_delay for probe in probes))
    return Ready(container, max(min(at, inner), started), exact=False)


def probe_words(container: Container) -> str:
    """`readiness probe`, `startup and readiness probes`; empty for a container without them."""
    kinds = [kind for kind in ("startup", "readiness") if container.spec.probe(kind) is not None]
    return f"{' and '.join(kinds)} probe{'s' if len(kinds) > 1 else ''}" if kinds else ""
