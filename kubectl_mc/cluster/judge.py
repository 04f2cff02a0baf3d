"""The doctor's word on pods that are waited for: read seldom, and only for pods that look broken."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kubectl_mc.cluster.cases import cases_of
from kubectl_mc.cluster.client import Client
from kubectl_mc.doctor.diagnosis import diagnose
from kubectl_mc.doctor.finding import Finding, Grade
from kubectl_mc.doctor.hope import hopeless
from kubectl_mc.errors import McError
from kubectl_mc.model.health import Health, container_health, unschedulable
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.times import seconds_between

_EVERY_SECONDS = 2.0
"""Between two looks at whatever pods."""
_AGAIN_SECONDS = 10.0
"""Before a pod is looked at again that has not changed: what is around it may have."""
_AT_ONCE = 10
"""Pods a look: many that are broken have one cause."""
_USUAL_START_SECONDS = 8
"""How long a node may take to make the first container before something may be wrong with a volume or the sandbox."""


@dataclass
class Judge:
    """What the doctor found, by pod."""

    client: Client
    now: Callable[[], datetime]
    note: Callable[[str], None]
    patience: int
    _looked: float = float("-inf")
    _pods: dict[str, tuple[float, Pod]] = field(default_factory=dict)
    """When a pod was judged last, and how it was then."""
    _findings: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    _since: dict[tuple[str, str], float] = field(default_factory=dict)
    """Since when a pod has been found to have a fault, by its uid and the finding's id."""

    async def look(self, pods: Sequence[Pod], *, last: bool = False) -> None:
        """Judge those that look broken, if it is time to.

        Args:
            last: now, and those that look as if they were only late as well.
        """
        time = asyncio.get_running_loop().time()
        if not last and time - self._looked < _EVERY_SECONDS:
            return
        due = [pod for pod in pods if last or (self._is_due(pod, time) and looks_broken(pod, self.now()))]
        due = sorted(due, key=lambda pod: not looks_broken(pod, self.now()))[:_AT_ONCE]
        if not due:
            return
        self._looked = time
        try:
            cases = await cases_of(self.client, due, self.now, self.note)
        except McError:
            return  # the watches tell of what is wrong with the connection
        for pod, case in zip(due, cases, strict=True):
            self._pods[pod.uid] = (time, pod)
            self._findings[pod.uid] = findings = diagnose(case)
            before = {key: since for key, since in self._since.items() if key[0] == pod.uid}
            self._since = {key: since for key, since in self._since.items() if key[0] != pod.uid}
            self._since |= {key: before.get(key, time) for key in ((pod.uid, finding.id) for finding in findings)}

    def _is_due(self, pod: Pod, time: float) -> bool:
        judged = self._pods.get(pod.uid)
        return judged is None or judged[1] != pod or time - judged[0] >= _AGAIN_SECONDS

    def hopeless(self, pod: Pod, *, retried: bool) -> Finding | None:
        """What makes waiting for a pod useless; nothing unless it was found in the pod as it is now."""
        judged = self._pods.get(pod.uid)
        if judged is None or judged[1] != pod:
            return None
        for finding in self._findings[pod.uid]:
            seconds = judged[0] - self._since[pod.uid, finding.id]
            if hopeless(finding, pod, self.patience, seconds, retried=retried):
                return finding
        return None

    def causes(self, pods: Iterable[Pod]) -> list[Finding]:
        """The causes of the pods that have one, each id once."""
        found: dict[str, Finding] = {}
        for finding in self._errors(pods):
            found.setdefault(finding.id, finding)
        return list(found.values())

    def _errors(self, pods: Iterable[Pod]) -> Iterator[Finding]:
        for pod in pods:
            yield from (f for f in self._findings.get(pod.uid, ())[:1] if f.grade is not Grade.INFO)


def looks_broken(pod: Pod, now: datetime) -> bool:
    """Whether the doctor may have something to say about it that time alone won't mend."""
    if pod.deleted is not None:
        return False
    if pod.phase == "Failed" or unschedulable(pod):
        return True
    if any(container_health(container, pod) is Health.FAILED for container in pod.containers):
        return True
    scheduled = pod.condition("PodScheduled")
    waited = seconds_between(scheduled.since, now) if scheduled is not None else None
    made = any(not container.state.waiting for container in pod.containers)
    return bool(pod.node) and not made and (waited is None or waited > _USUAL_START_SECONDS)
