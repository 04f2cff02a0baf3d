"""The scenarios of the demo: which manifests, how old at the start, and what is done to them besides.

What their containers do is in `scripts`. The manifests lie in the folder of the same name as this module.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).with_suffix("")
NAMESPACE = "demo"

Object = dict[str, Any]


@dataclass(frozen=True)
class Scenario:
    """One manifest and its place in the demo's past."""

    name: str
    """Of the file, without its ending; and of the main object in it."""
    minutes: float
    """Age when the demo starts."""
    namespace: str = NAMESPACE
    deleted_at: float | None = None
    """Seconds after the start of the demo (negative: before) at which its pod is deleted."""
    debugged_at: float | None = None
    """The same for a debug container that is added to its pod."""
    service_at: tuple[str, float] | None = None
    """A Service that comes into being: its name, and when, as above."""
    bound_claims: tuple[str, ...] = ()
    claim_events: tuple[tuple[str, str, str, str], ...] = ()
    """Claim, type, reason and message of what the volume controller says every 15 seconds."""

    @property
    def about(self) -> str:
        """What it shows: the first line of the manifest's comment."""
        with (FOLDER / f"{self.name}.yaml").open(encoding="utf-8") as manifest:
            return manifest.readline().removeprefix("#").strip()

    def objects(self) -> list[Object]:
        """The manifest's objects in the scenario's namespace."""
        # libyaml reads all manifests in 30 ms, the pure parser takes ten times as long.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        found = []
        for obj in yaml.load_all((FOLDER / f"{self.name}.yaml").read_bytes(), loader):
            obj["metadata"]["namespace"] = self.namespace
            if obj["metadata"]["name"] in self.bound_claims:
                obj["status"] = {"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "2Gi"}}
                obj["spec"]["volumeName"] = "pvc-6f0f6d9e-2f3c-4a33-9a43-0f3c7f1f2a11"
            elif obj["kind"] == "PersistentVolumeClaim":
                obj["status"] = {"phase": "Pending"}
            found.append(obj)
        return found


SCENARIOS: tuple[Scenario, ...] = (
    # Two things come first, since others wait for the Services in them.
    Scenario("app-with-cache", 14.9),
    Scenario("database-with-adapter", 14.8),
    # Healthy.
    Scenario("webapp-with-logging", 14.6),
    Scenario("shared-volume-pod", 14.1),
    Scenario("ipc-pod", 13.2),
    Scenario("app-with-metrics", 13.8),
    Scenario("app-with-adapter", 13.5),
    Scenario("app-with-gateway", 12.9),
    Scenario("init-demo", 11.7),
    Scenario("git-sync-pod", 12.1),
    Scenario("config-downloader", 12.4),
    Scenario("permission-setup", 11.2),
    Scenario("database-backup", 10.6, bound_claims=("dumps",)),
    Scenario("production-app", 13.0),
    Scenario("ledger", 12.6),
    Scenario("node-agent", 14.7),
    Scenario("cleanup", 14.5),
    Scenario("hello", 9.5, namespace="staging"),
    # In motion.
    Scenario("webapp", 4.2, service_at=("redis-service", 38.0)),
    Scenario("app-with-ambassador", 11.9),
    Scenario("sidecar-gate", 1.8),
    # Broken.
    Scenario("app-with-migration", 9.2),
    Scenario("port-conflict", 8.8),
    Scenario("volume-permission", 7.9),
    Scenario("read-only-volume", 7.0),
    Scenario("ambassador-down", 9.6),
    Scenario("early-start", 6.5),
    Scenario("exits-at-once", 8.3),
    Scenario("import-failed", 5.6),
    Scenario("missing-dependency", 7.4),
    Scenario("missing-volume", 6.3),
    Scenario(
        "unbound-claim",
        6.7,
        claim_events=(
            ("uploads", "Warning", "ProvisioningFailed", 'storageclass.storage.k8s.io "fast-ssd" not found'),
            ("archive", "Normal", "WaitForFirstConsumer", "waiting for first consumer to be created before binding"),
        ),
    ),
    Scenario("resource-starvation", 8.1),
    Scenario("memory-hog", 9.9),
    Scenario("image-typo", 5.8),
    Scenario("command-typo", 6.6),
    Scenario("readiness-failing", 8.4),
    Scenario("liveness-killed", 9.4),
    Scenario("slow-start", 8.3),
    Scenario("wrong-probe", 7.1),
    Scenario("nearly-full", 10.8),
    Scenario("readiness-gate", 5.1),
    Scenario("finished-first", 6.9),
    Scenario("sidecar-down", 8.6),
    Scenario("report-held", 7.2),
    Scenario("too-many-containers", 10.3),
    Scenario("disk-hog", 5.5),
    Scenario("slow-shutdown", 9.0, deleted_at=-95.0),
    Scenario("stuck-deletion", 5.4, deleted_at=-240.0),
    # Finished, and debugged.
    Scenario("report", 6.1),
    Scenario("distroless-app", 7.7, debugged_at=-200.0),
)
"""In the order in which `kubectl mc demo` tells of them."""


def named(names: Iterable[str] | None) -> tuple[Scenario, ...]:
    """All scenarios for None, else those of these names; KeyError for an unknown one."""
    if names is None:
        return SCENARIOS
    known = {scenario.name: scenario for scenario in SCENARIOS}
    return tuple(known[name] for name in names)
