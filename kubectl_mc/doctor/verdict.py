"""How a pod is on the whole, once its findings are known: what a line about it says, and what a summary counts."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from enum import Enum

from kubectl_mc.doctor.finding import Grade
from kubectl_mc.doctor.siblings import Diagnosis
from kubectl_mc.doctor.wording import listed
from kubectl_mc.model.health import Severity, pod_severity
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.summary import summarize
from kubectl_mc.model.truth import facts


class Verdict(Enum):
    """A word for a pod, the worst first; the value is its key in documents."""

    ERROR = "errors"
    WARNING = "warnings"
    NOTE = "notes"
    UNEXPLAINED = "unexplained"
    """It isn't as it should be, and no rule knows why."""
    ON_ITS_WAY = "onTheirWay"
    """Not there yet, and nothing says that it won't be."""
    WELL = "well"
    FINISHED = "finished"


_OF_GRADE = {Grade.ERROR: Verdict.ERROR, Grade.WARNING: Verdict.WARNING, Grade.INFO: Verdict.NOTE}
_OF_SEVERITY = {
    Severity.DONE: Verdict.FINISHED,
    Severity.OK: Verdict.WELL,
    Severity.PROGRESS: Verdict.ON_ITS_WAY,
    Severity.WARNING: Verdict.ON_ITS_WAY,
    Severity.ERROR: Verdict.UNEXPLAINED,
}
_SUMMARY = {
    Verdict.ERROR: "{} with errors",
    Verdict.WARNING: "{} with warnings",
    Verdict.NOTE: "{} with notes",
    Verdict.UNEXPLAINED: "{} not well without a known cause",
    Verdict.ON_ITS_WAY: "{} on the way",
    Verdict.WELL: "{} well",
    Verdict.FINISHED: "{} finished",
}


def verdict(diagnosis: Diagnosis) -> Verdict:
    """The verdict on a pod: its worst finding's, else what its own state says."""
    worst = diagnosis.worst
    return _OF_GRADE[worst] if worst is not None else _OF_SEVERITY[pod_severity(diagnosis.pod)]


def sentence(pod: Pod, found: Verdict, now: datetime) -> str:
    """What is to be said of a pod without findings."""
    said = next((fact.sentence for fact in facts(pod, summarize(pod), now)), "")
    if found is Verdict.WELL:
        return f"well: {_well(pod)}"
    if found is Verdict.FINISHED:
        return f"finished: {said}" if said else "finished without an error"
    if found is Verdict.ON_ITS_WAY:
        return f"on its way: {said}" if said else "on its way: it is being started"
    return f"not well, and no rule knows why: {said or summarize(pod).status}"


def _well(pod: Pod) -> str:
    own = [container for container in pod.containers if container.counts_as_ready]
    ready = [container.name for container in own if container.status.ready]
    done = [container.name for container in own if container.state.succeeded]
    if done and ready:
        have = "has done its" if len(done) == 1 else "have done their"
        return f"{listed(ready)} {'is' if len(ready) == 1 else 'are'} ready, and {listed(done)} {have} work"
    return "its container is ready" if len(own) == 1 else f"all {len(own)} containers are ready"


def counted(diagnoses: Iterable[Diagnosis]) -> dict[Verdict, int]:
    """How many pods there are of each verdict, all of them named."""
    counts = Counter(verdict(diagnosis) for diagnosis in diagnoses)
    return {each: counts[each] for each in Verdict}


def tally(diagnoses: Iterable[Diagnosis]) -> str:
    """`12 pods: 3 with errors, 1 with warnings, 8 well`."""
    counts = counted(diagnoses)
    total = sum(counts.values())
    parts = [_SUMMARY[each].format(count) for each, count in counts.items() if count]
    if counts[Verdict.WELL] == total:
        return f"{total} pods: all well" if total != 1 else "1 pod: well"
    return f"{total} pods: {', '.join(parts)}" if total != 1 else f"1 pod: {parts[0]}"
