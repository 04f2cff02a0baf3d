"""The controllers of pods that are to end: Job, and CronJob, which makes one every few minutes."""

from __future__ import annotations

from typing import Any

from kubectl_mc.demo.clock import epoch, rfc3339
from kubectl_mc.demo.owners import Object, Owners, is_ready, owner_reference


def reconcile_job(owners: Owners, job: Object) -> None:
    """Pods until one has succeeded, or more have failed than `backoffLimit` allows."""
    status: Object = job.get("status", {})
    if any(each["type"] in ("Complete", "Failed") for each in status.get("conditions", [])):
        return
    spec = job["spec"]
    if "selector" not in spec:
        job = owners.store.update("jobs", _claimed(job), same_generation=True)
        spec = job["spec"]
    pods = owners.dependents("pods", job)
    phases = [pod.get("status", {}).get("phase") for pod in pods]
    succeeded, failed = phases.count("Succeeded"), phases.count("Failed")
    active = owners.active_pods(job)
    if not succeeded and not active and failed <= spec["backoffLimit"]:
        pod = owners.make_pod(job)
        active = [pod]
        owners.event(job, "job-controller", "SuccessfulCreate", f"Created pod: {pod['metadata']['name']}")
    new: Object = {"startTime": status.get("startTime", rfc3339(owners.clock.now()))}
    for key, count in (("active", len(active)), ("succeeded", succeeded), ("failed", failed)):
        if count:
            new[key] = count
    new |= {"ready": sum(map(is_ready, active)), "terminating": 0, "uncountedTerminatedPods": {}}
    if succeeded:
        now = rfc3339(owners.clock.now())
        new |= {"completionTime": now, "conditions": _ended(now, ("SuccessCriteriaMet", "Complete"), *_REACHED)}
        owners.event(job, "job-controller", "Completed", "Job completed")
    elif not active:
        now = rfc3339(owners.clock.now())
        new["conditions"] = _ended(now, ("FailureTarget", "Failed"), *_EXCEEDED)
    owners.write_status("jobs", job, new)


_REACHED = "CompletionsReached", "Reached expected number of succeeded pods"
_EXCEEDED = "BackoffLimitExceeded", "Job has reached the specified backoff limit"


def _ended(now: str, kinds: tuple[str, str], reason: str, message: str) -> list[Object]:
    fields: dict[str, Any] = {"status": "True", "lastProbeTime": now, "lastTransitionTime": now}
    return [{"type": kind, **fields, "reason": reason, "message": message} for kind in kinds]


def _claimed(job: Object) -> Object:
    """The job with the selector and the labels by which it knows its pods, and its defaults."""
    uid, name = job["metadata"]["uid"], job["metadata"]["name"]
    labels = {
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": name,
        "controller-uid": uid,
        "job-name": name,
    }
    template = job["spec"]["template"]
    metadata = template.get("metadata", {})
    spec = {
        "parallelism": 1,
        "completions": 1,
        "backoffLimit": 6,
        "completionMode": "NonIndexed",
        "suspend": False,
        "podReplacementPolicy": "TerminatingOrFailed",
        **job["spec"],
        "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}},
        "template": {**template, "metadata": {**metadata, "labels": {**metadata.get("labels", {}), **labels}}},
    }
    own = {**labels, **job["metadata"].get("labels", {})}
    return {**job, "metadata": {**job["metadata"], "labels": own}, "spec": spec}


def reconcile_cron_job(owners: Owners, cron_job: Object) -> None:
    """Status from the jobs, and no more old jobs than the history limits allow."""
    status = dict(cron_job.get("status", {}))
    jobs = owners.dependents("jobs", cron_job)
    active: list[Object] = []
    complete: list[Object] = []
    for job in jobs:
        done = any(each["type"] == "Complete" for each in job.get("status", {}).get("conditions", []))
        (complete if done else active).append(job)
    last = max((job["status"]["completionTime"] for job in complete), default="")
    if last and last != status.get("lastSuccessfulTime"):
        status["lastSuccessfulTime"] = last
        newest = next(job for job in complete if job["status"]["completionTime"] == last)
        said = f"Saw completed job: {newest['metadata']['name']}, condition: Complete"
        owners.event(cron_job, "cronjob-controller", "SawCompletedJob", said)
    status.pop("active", None)
    if active:
        status["active"] = [
            {
                "kind": "Job",
                "namespace": job["metadata"]["namespace"],
                "name": job["metadata"]["name"],
                "uid": job["metadata"]["uid"],
                "apiVersion": "batch/v1",
                "resourceVersion": job["metadata"]["resourceVersion"],
            }
            for job in active
        ]
    for old in complete[: -cron_job["spec"].get("successfulJobsHistoryLimit", 3)]:
        owners.store.delete("jobs", old["metadata"]["namespace"], old["metadata"]["name"])
    owners.write_status("cronjobs", cron_job, status)


def run_cron_job(owners: Owners, cron_job: Object, scheduled: float) -> None:
    """Make the job of one point of the schedule."""
    meta = cron_job["metadata"]
    template = cron_job["spec"]["jobTemplate"]
    name = f"{meta['name']}-{int(scheduled // 60)}"
    annotations = {"batch.kubernetes.io/cronjob-scheduled-timestamp": rfc3339(scheduled)}
    metadata = {
        **template.get("metadata", {}),
        "name": name,
        "namespace": meta["namespace"],
        "annotations": annotations,
        "ownerReferences": [owner_reference(cron_job)],
    }
    job = {"kind": "Job", "apiVersion": "batch/v1", "metadata": metadata, "spec": template["spec"]}
    owners.store.create("jobs", job)
    owners.event(cron_job, "cronjob-controller", "SuccessfulCreate", f"Created job {name}")
    status = {**cron_job.get("status", {}), "lastScheduleTime": rfc3339(scheduled)}
    owners.write_status("cronjobs", cron_job, status)


def next_run(cron_job: Object, after: float) -> float:
    """The next point of a schedule of the form `*/N * * * *`, the only one that is understood; others never run."""
    minute = cron_job["spec"]["schedule"].split()[0]
    if not minute.startswith("*/"):
        return float("inf")
    step = int(minute[2:]) * 60
    return (int(max(after, epoch(cron_job["metadata"]["creationTimestamp"]))) // step + 1) * step
