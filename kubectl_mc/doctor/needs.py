"""What has to be read to judge a pod, beyond the pod and its events: as little as possible, so that many can be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kubectl_mc.doctor.end import end_of
from kubectl_mc.model.fact import NEVER_STARTED
from kubectl_mc.model.health import Health, container_health, unset_gates
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.spec import Role
from kubectl_mc.model.times import seconds_between

_LATE_SECONDS = 30
"""How long after its grace period a deleted pod may still be there."""
_FIRST_WORD_SECONDS = 10
"""How long a node may take until it says something of a pod that it was given."""


@dataclass(frozen=True, slots=True)
class LogNeed:
    """The log of one instance of a container."""

    container: str
    previous: bool


@dataclass(frozen=True, slots=True)
class Needs:
    """What the rules will look at."""

    logs: tuple[LogNeed, ...] = ()
    objects: tuple[tuple[str, str], ...] = ()
    """Kind and name, in the pod's namespace; its Node, where that is in doubt."""


def needs_of(pod: Pod, now: datetime) -> Needs:
    """What to read for a pod; nothing for one that is well."""
    logs = tuple(need for container in pod.containers if (need := _log(container, pod, now)) is not None)
    waits = any(container.state.waiting for container in pod.containers if container.role is not Role.EPHEMERAL)
    objects = tuple(dict.fromkeys(_objects(pod))) if waits and not pod.terminal else ()
    nodes = (("Node", pod.node),) if pod.node and _node_in_doubt(pod, now) else ()
    return Needs(logs, (*objects, *nodes))


def _node_in_doubt(pod: Pod, now: datetime) -> bool:
    """Whether a pod looks as one does whose node has stopped answering."""
    if pod.phase == "Unknown" or pod.reason == "NodeLost" or pod.condition("DisruptionTarget") is not None:
        return True
    if pod.terminal:
        return False
    late = seconds_between(pod.deleted, now)
    if late is not None and late > _LATE_SECONDS:
        return True
    # The node's controller marks the pods of a lost node so, and what the kubelet wrote before stays.
    if pod.condition_true("ContainersReady") and not pod.condition_true("Ready") and not unset_gates(pod):
        return True
    bound = seconds_between(pod.created, now)
    unseen = not pod.conditions or [condition.type for condition in pod.conditions] == ["PodScheduled"]
    return pod.phase == "Pending" and unseen and bound is not None and bound > _FIRST_WORD_SECONDS


def _log(container: Container, pod: Pod, now: datetime) -> LogNeed | None:
    if container.role is Role.EPHEMERAL:
        return None
    end = end_of(container, pod)
    if end is not None and end.explains(now) and end.state.reason not in NEVER_STARTED:
        return LogNeed(container.name, previous=container.state.running)
    if container.state.running and container_health(container, pod) in (Health.WORKING, Health.UNREADY):
        return LogNeed(container.name, previous=False)
    return None


def _objects(pod: Pod) -> Iterator[tuple[str, str]]:
    for container in pod.containers:
        yield from ((reference.kind, reference.name) for reference in container.spec.references)
    for volume in pod.shared.volumes:
        yield from ((reference.kind, reference.name) for reference in volume.references)
        if volume.claim:
            yield "PersistentVolumeClaim", volume.claim
    yield from (("Secret", name) for name in pod.shared.pull_secrets)
    if pod.shared.service_account:
        yield "ServiceAccount", pod.shared.service_account
