"""How far a workload is from a goal: for rollouts the conditions of `kubectl rollout status`, for Jobs their own.

Source: kubectl `pkg/polymorphichelpers/rollout_status.go`. Beyond it, what a status cannot know yet is never taken for
the present: nothing holds before the controller has seen the last change of the spec.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from kubectl_mc.model.goal import Goal, Missing, Pulls, Standing, pod_holds, pod_missing
from kubectl_mc.model.pod import Condition, Pod
from kubectl_mc.model.workload import Workload, current_pods, current_set

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def standing_of_workload(
    workload: Workload, pods: Sequence[Pod], parts: Sequence[Workload] | None, goal: Goal, pulls: Pulls
) -> Standing:
    """How a workload that was named stands.

    Args:
        pods: all of them, of every revision.
        parts: a Deployment's ReplicaSets or a CronJob's Jobs; None if they may not be read.
    """
    if workload.kind == "CronJob":
        return _cron_job(workload, pods, parts or (), goal, pulls)
    if workload.kind == "Job":
        return _job(workload, pods, goal, pulls)
    maker = workload if workload.kind != "Deployment" else current_set(workload, parts or ())
    return _rollout(workload, current_pods(workload, pods, parts), goal, pulls, maker)


def _rollout(workload: Workload, pods: Sequence[Pod], goal: Goal, pulls: Pulls, maker: Workload | None) -> Standing:
    name = str(workload)
    if not workload.seen:
        return Standing((Missing(name, "its last change has not been taken up by its controller yet"),))
    lacking = tuple(Missing(name, words) for words in _lacking(workload, pods, goal))
    if not lacking and goal is Goal.INITIALIZED:
        lacking = tuple(part for pod in pods for part in pod_missing(pod, goal, pulls))
    elif lacking:
        lacking += tuple(part for pod in pods for part in pod_missing(pod, goal, pulls))
    over = _over(workload) if lacking else ""
    short = maker if maker is not None and lacking and _is_short(maker, pods) else None
    return Standing(lacking, tuple(pods), over, tuple(_notes(workload)), short)


def _is_short(maker: Workload, pods: Sequence[Pod]) -> bool:
    """Whether it lacks pods that it should have made by now; a StatefulSet may wait for one before the next."""
    ordered = maker.kind == "StatefulSet" and not all(pod.condition_true("Ready") for pod in pods)
    return maker.total < maker.wanted and not ordered


def _lacking(workload: Workload, pods: Sequence[Pod], goal: Goal) -> Iterator[str]:
    """What is missing by the workload's own status."""
    wanted = workload.wanted
    if blocked := workload.condition("ReplicaFailure"):
        yield f"cannot make pods: {blocked.message or blocked.reason}"
    if goal is Goal.INITIALIZED:
        initialized = sum(pod_holds(pod, goal) for pod in pods)
        if initialized < wanted:
            yield f"{initialized} of {wanted} pods are initialized"
        return
    if workload.kind in ("Deployment", "DaemonSet") and workload.strategy != "OnDelete" and workload.updated < wanted:
        yield f"{workload.updated} of {wanted} pods are of the present template"
    elif workload.kind == "Deployment" and workload.total > workload.updated:
        yield f"{workload.total - workload.updated} pods of an earlier template are still there"
    elif workload.kind in ("ReplicaSet", "ReplicationController") and workload.total != wanted:
        yield f"{workload.total} of {wanted} pods are there"
    if workload.available < max(wanted, workload.updated if workload.kind == "Deployment" else 0):
        why = f": each has to be ready for {workload.min_ready}s" if workload.ready > workload.available else ""
        yield f"{workload.available} of {wanted} pods are available{why}"
    if workload.kind == "StatefulSet":
        yield from _revisions(workload)


def _revisions(workload: Workload) -> Iterator[str]:
    if workload.strategy == "OnDelete":
        return
    due = max(workload.wanted - workload.partition, 0)
    if workload.updated < due and workload.current_revision != workload.update_revision:
        yield f"{workload.updated} of {due} pods are of the present template"
    elif workload.partition == 0 and workload.current_revision != workload.update_revision and workload.wanted:
        yield "its rollout has not been closed yet"


def _over(workload: Workload) -> str:
    if (condition := workload.deadline_exceeded) is not None:
        return f"{workload} has exceeded its progress deadline{_said(condition)}"
    if workload.kind == "Deployment" and workload.paused and workload.updated < workload.wanted:
        return f"the rollout of {workload} is paused"
    return ""


def _notes(workload: Workload) -> Iterator[str]:
    if workload.wanted == 0:
        none = "no node is to run it" if workload.kind == "DaemonSet" else "it is scaled to 0"
        yield f"{workload}: {none}, so there is nothing to wait for"
    if workload.strategy == "OnDelete" and workload.updated < workload.wanted:
        yield (
            f"{workload}: {workload.updated} of {workload.wanted} pods are of the present template; by its strategy "
            "OnDelete the others stay until they are deleted"
        )
    if workload.kind == "StatefulSet" and workload.partition and workload.strategy != "OnDelete":
        yield f"{workload}: its partition keeps pods below ordinal {workload.partition} as they are"


def _job(job: Workload, pods: Sequence[Pod], goal: Goal, pulls: Pulls) -> Standing:
    if job.condition("Complete") is not None:
        return Standing(retried=True)
    living = tuple(pod for pod in pods if pod.deleted is None and pod.phase != "Failed")
    failed = job.condition("Failed") or job.condition("FailureTarget")
    if failed is not None:
        # What is left of its pods tells why.
        return Standing((), tuple(pods), f"{job} has failed{_said(failed)}", short=None if pods else job, retried=True)
    if goal is Goal.DONE:
        words = f"{job.succeeded} of {job.completions} pods have succeeded"
        lacking: tuple[Missing, ...] = (Missing(str(job), f"{words}, {job.failed} failed" if job.failed else words),)
    else:
        holding = sum(pod_holds(pod, goal) or pod.phase == "Succeeded" for pod in living)
        if living and holding == len(living):
            return Standing(pods=living, retried=True)
        lacking = (Missing(str(job), f"{holding} of {len(living)} pods are {goal}" if living else "has no pod yet"),)
    notes = (f"{job} is suspended, so it makes no pods until somebody resumes it",) if job.suspended else ()
    lacking += tuple(part for pod in living if pod.phase != "Succeeded" for part in pod_missing(pod, goal, pulls))
    return Standing(lacking, living, notes=notes, short=job if _is_short(job, living) else None, retried=True)


def _cron_job(cron_job: Workload, pods: Sequence[Pod], jobs: Sequence[Workload], goal: Goal, pulls: Pulls) -> Standing:
    """Its newest Job stands for it."""
    own = [job for job in jobs if job.owned_by(cron_job.uid)]
    if not own:
        suspended = (f"{cron_job} is suspended, so it starts no Job until somebody resumes it",)
        waits = (Missing(str(cron_job), "has started no Job yet"),)
        return Standing(waits, notes=suspended if cron_job.suspended else (), retried=True)
    newest = max(own, key=lambda job: job.created or _LONG_AGO)
    return _job(newest, [pod for pod in pods if any(o.uid == newest.uid for o in pod.owners)], goal, pulls)


def _said(condition: Condition) -> str:
    said = ": ".join(part for part in (condition.reason, condition.message) if part)
    return f": {said}" if said else ""
