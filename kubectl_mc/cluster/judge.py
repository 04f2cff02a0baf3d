"""The doctor's word on what is waited for: read seldom, and only for pods that look broken or are not made."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kubectl_mc.cluster.cases import cases_of
from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.workload_cases import read_workload_case
from kubectl_mc.doctor.diagnosis import diagnose
from kubectl_mc.doctor.finding import Finding, Grade
from kubectl_mc.doctor.hope import hopeless, hopeless_to_make
from kubectl_mc.doctor.workloads import Unmade, diagnose_workload
from kubectl_mc.errors import McError
from kubectl_mc.model.health import Health, container_health, unschedulable
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.times import seconds_between
from kubectl_mc.model.workload import Workload

_EVERY_SECONDS = 2.0
"""Between two looks at whatever pods."""
_AGAIN_SECONDS = 10.0
"""Before a pod is looked at again that has not changed: what is around it may have."""
_AT_ONCE = 10
"""Pods a look: many that are broken have one cause."""
_USUAL_START_SECONDS = 8
"""How long a node may take to make the first container before something may be wrong with a volume or the sandbox."""


@dataclass(frozen=True, slots=True)
class _Refused:
    """What was found when something that makes too few pods was looked at."""

    maker: Workload
    time: float
    unmade: Unmade | None
    first: datetime | None
    """When the pods had been refused last at the first look that found them refused so."""


@dataclass
class Judge:
    """What the doctor found, by pod, and by what makes too few of them."""

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
    _short: dict[str, float] = field(default_factory=dict)
    """Since when something has made too few pods, by its uid."""
    _unmade: dict[str, _Refused] = field(default_factory=dict)

    async def look(self, pods: Sequence[Pod], short: Sequence[Workload] = (), *, last: bool = False) -> None:
        """Judge those that look broken, if it is time to.

        Args:
            short: what has made too few pods.
            last: now, and those that look as if they were only late as well.
        """
        time = asyncio.get_running_loop().time()
        self._short = {maker.uid: self._short.get(maker.uid, time) for maker in short}
        if not last and time - self._looked < _EVERY_SECONDS:
            return
        makers = [maker for maker in short if last or self._is_late(maker, time)]
        await asyncio.gather(self._look_at_pods(pods, time, last=last), self._look_at_makers(makers[:_AT_ONCE], time))

    async def _look_at_pods(self, pods: Sequence[Pod], time: float, *, last: bool) -> None:
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

    async def _look_at_makers(self, makers: Sequence[Workload], time: float) -> None:
        if not makers:
            return
        self._looked = time
        try:
            cases = await asyncio.gather(*(read_workload_case(self.client, maker, self.now()) for maker in makers))
        except McError:
            return
        for maker, case in zip(makers, cases, strict=True):
            unmade = diagnose_workload(case) if case is not None else None
            before = self._unmade.get(maker.uid)
            first = unmade.refused if unmade is not None else None
            if before is not None and before.unmade is not None and unmade is not None:
                first = before.first if before.unmade.refusal is unmade.refusal else first
            self._unmade[maker.uid] = _Refused(maker, time, unmade, first)

    def _is_late(self, maker: Workload, time: float) -> bool:
        """Whether it should have made its pods by now, and it is time to ask why it hasn't."""
        judged = self._unmade.get(maker.uid)
        if judged is not None and judged.maker == maker and time - judged.time < _AGAIN_SECONDS:
            return False
        return time - self._short[maker.uid] >= _EVERY_SECONDS

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

    def hopeless_to_make(self, maker: Workload) -> Finding | None:
        """What makes waiting for the pods useless that something is to make."""
        judged = self._unmade.get(maker.uid)
        if judged is None or judged.maker != maker or judged.unmade is None:
            return None
        seconds = seconds_between(judged.first, judged.unmade.refused) or 0.0
        return judged.unmade.finding if hopeless_to_make(judged.unmade, seconds) else None

    def causes(self, pods: Iterable[Pod], short: Iterable[Workload] = ()) -> list[Finding]:
        """The causes of the pods that have one, each id once, and why others are not made; errors first."""
        found: dict[str, Finding] = {}
        for finding in self._errors(pods):
            found.setdefault(finding.id, finding)
        for judged in (self._unmade.get(maker.uid) for maker in short):
            if judged is not None and judged.unmade is not None:
                found.setdefault(judged.unmade.finding.id, judged.unmade.finding)
        return sorted(found.values(), key=lambda finding: finding.grade is not Grade.ERROR)

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
    if pod.restart_policy != "Always" and _is_half_done(pod):
        return True
    scheduled = pod.condition("PodScheduled")
    waited = seconds_between(scheduled.since, now) if scheduled is not None else None
    made = any(not container.state.waiting for container in pod.containers)
    return bool(pod.node) and not made and (waited is None or waited > _USUAL_START_SECONDS)


def _is_half_done(pod: Pod) -> bool:
    """Whether some of its apps have done their work and others go on, perhaps for ever."""
    return any(app.state.succeeded for app in pod.apps) and any(app.state.running for app in pod.apps)
