"""The controller manager: looks at every workload of which something has changed, and collects what nobody owns."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from kubectl_mc.demo.agenda import Agenda
from kubectl_mc.demo.errors import ApiError
from kubectl_mc.demo.jobs import next_run, reconcile_cron_job, reconcile_job, run_cron_job
from kubectl_mc.demo.owners import Object, Owners
from kubectl_mc.demo.replicas import (
    reconcile_daemon_set,
    reconcile_deployment,
    reconcile_replica_set,
    reconcile_stateful_set,
)
from kubectl_mc.demo.resources import BY_KIND
from kubectl_mc.demo.store import Change

RECONCILERS: dict[str, Callable[[Owners, Object], None]] = {
    "deployments": reconcile_deployment,
    "replicasets": reconcile_replica_set,
    "statefulsets": reconcile_stateful_set,
    "daemonsets": reconcile_daemon_set,
    "jobs": reconcile_job,
    "cronjobs": reconcile_cron_job,
}
"""What each workload's controller does when the workload or something that it owns has changed."""


class Controllers:
    """All controllers, driven by what happens in the store."""

    def __init__(self, owners: Owners, agenda: Agenda) -> None:
        self._owners = owners
        self._agenda = agenda
        self._seen = owners.store.version

    def observe(self) -> None:
        """Bring every workload that was touched since the last time to where it should be."""
        store = self._owners.store
        while self._seen != store.version:
            since, self._seen = self._seen, store.version
            dirty: dict[tuple[str, str, str], None] = {}
            for resource in ("pods", *RECONCILERS):
                for change in self._changes(resource, since):
                    self._note(resource, change, dirty)
            for resource, namespace, name in dirty:
                found = store.find(resource, namespace, name)
                # One that is deleted and held by a finalizer makes nothing any more.
                if found is not None and not found["metadata"].get("deletionTimestamp"):
                    RECONCILERS[resource](self._owners, found)

    def _changes(self, resource: str, since: int) -> list[Change]:
        try:
            return list(self._owners.store.events_since(resource, since))
        except ApiError:
            # The history is gone: look at everything.
            everything = self._owners.store.list(resource)
            return [Change(self._seen, "MODIFIED", each, None) for each in everything]

    def _note(self, resource: str, change: Change, dirty: dict[tuple[str, str, str], None]) -> None:
        """Remember the object and its owners; a deleted owner takes what it owned with it."""
        metadata = change.object["metadata"]
        namespace = metadata["namespace"]
        if resource in RECONCILERS:
            if change.type == "DELETED":
                self._collect(change.object)
            else:
                dirty[resource, namespace, metadata["name"]] = None
                if resource == "cronjobs" and change.type == "ADDED":
                    self._book(change.object)
        for reference in metadata.get("ownerReferences", []):
            owner = BY_KIND.get(reference["kind"])
            if owner is not None and owner.plural in RECONCILERS:
                dirty[owner.plural, namespace, reference["name"]] = None

    def _collect(self, owner: Object) -> None:
        """The garbage collector."""
        store = self._owners.store
        for resource in ("replicasets", "jobs"):
            for dependent in self._owners.dependents(resource, owner):
                store.delete(resource, dependent["metadata"]["namespace"], dependent["metadata"]["name"])
        for pod in self._owners.dependents("pods", owner):
            self._owners.remove_pod(pod)

    def _book(self, cron_job: Object) -> None:
        """Put the next run on the agenda."""
        when = next_run(cron_job, self._owners.clock.now())
        if when < float("inf"):
            meta = cron_job["metadata"]
            self._agenda.at(when + 0.2, partial(self._run, meta["namespace"], meta["name"], when))

    def _run(self, namespace: str, name: str, scheduled: float, _now: float) -> None:
        cron_job = self._owners.store.find("cronjobs", namespace, name)
        if cron_job is not None:
            if not cron_job["spec"].get("suspend"):
                run_cron_job(self._owners, cron_job, scheduled)
            self._book(cron_job)
