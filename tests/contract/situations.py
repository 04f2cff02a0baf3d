"""The situations that `status` and `events` have to show truthfully, and where to find each on either cluster."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where a situation is: the target that shows it, and the names of the containers that matter there."""

    target: str
    guilty: str = ""
    """The container that the situation is about."""
    other: str = ""
    """One of its pod that is fine, or waits for it."""


CLUSTER = {
    "init in progress": Place("init-in-progress", "wait-for-db", "prepare"),
    "init failing": Place("init-failing", "migrate", "app"),
    "sidecar gate": Place("sidecar-gate", "proxy", "after"),
    "crash loop": Place("crash-loop", "app", "side"),
    "oom kill": Place("oom-kill", "hog", "side"),
    "not ready": Place("not-ready", "web", "side"),
    "debugged": Place("debugged", "debugger", "app"),
    "job with sidecar": Place("job/report", "proxy", "report"),
    "deployment": Place("deployment/shop", "web", "prepare"),
    "finished first": Place("finished-first", "second", "first"),
    "sidecar down": Place("sidecar-down", "broken", "app"),
    "unschedulable": Place("unschedulable", "app"),
    "no image": Place("no-image", "app", "side"),
    "no config": Place("no-config", "app"),
    "gated": Place("gated", "example.com/registered"),
    "unbound claim": Place("with-claim", "unbound"),
}

DEMO = {
    "init in progress": Place("webapp", "wait-for-cache", "wait-for-db"),
    "init failing": Place("app-with-migration", "db-migration", "webapp"),
    "sidecar gate": Place("sidecar-gate", "proxy", "fetch-token"),
    "crash loop": Place("port-conflict", "admin", "webapp"),
    "oom kill": Place("memory-hog", "image-resizer", "webapp"),
    "not ready": Place("readiness-failing", "api", "redis"),
    "debugged": Place("distroless-app", "debugger", "app"),
    "job with sidecar": Place("job/report", "proxy", "report"),
    "deployment": Place("deployment/production-app", "webapp", "config-loader"),
    "finished first": Place("finished-first", "c1", "c0"),
    "sidecar down": Place("sidecar-down", "vault-agent", "webapp"),
    "unschedulable": Place("resource-starvation", "webapp"),
    "no image": Place("image-typo", "webapp", "redis"),
    "no config": Place("missing-dependency", "webapp"),
    "gated": Place("readiness-gate", "example.com/load-balancer-attached"),
    "unbound claim": Place("unbound-claim", "uploads"),
}
