"""All rules, in the order in which a pod starts. To add one: a function beside its kind, and a line here."""

from collections.abc import Callable, Iterable

from kubectl_mc.doctor import (
    configuration,
    deletion,
    early_start,
    endings,
    ends,
    files,
    gates,
    hooks,
    images,
    jobs,
    kills,
    liveness,
    memory,
    ports,
    probes,
    resources,
    sandbox,
    scheduling,
    start,
    stuck,
    volumes,
)
from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.finding import Finding
from kubectl_mc.model.pod import Container

PodRule = Callable[[Case], Iterable[Finding]]
"""What it finds about the pod as a whole, or about several containers together."""

ContainerRule = Callable[[Case, Container], Finding | None]
"""What is wrong with one container. The first rule that has an answer gives it, so the more exact ones come first."""

POD_RULES: tuple[PodRule, ...] = (
    endings.evicted,
    endings.deadline_exceeded,
    endings.admission_refused,
    endings.preempted,
    endings.shut_down,
    endings.node_lost,
    deletion.terminating_stuck,
    deletion.pre_stop_slow,
    scheduling.not_scheduled,
    scheduling.unschedulable,
    volumes.volume_missing,
    volumes.volume_mount_failed,
    sandbox.sandbox_failed,
    ports.host_port_taken,
    ports.declared_clash,
    jobs.job_held_by_sidecar,
    gates.readiness_gate_unset,
    resources.memory_unbounded,
)

CONTAINER_RULES: tuple[ContainerRule, ...] = (
    endings.container_lost,
    images.image_missing,
    images.image_pull_slow,
    configuration.object_missing,
    configuration.run_as_non_root,
    configuration.config_error,
    start.command_not_found,
    start.start_error,
    stuck.post_start_stuck,
    stuck.init_stuck,
    gates.sidecar_not_started,
    hooks.post_start_failed,
    memory.oom_killed,
    ports.port_conflict,
    files.volume_read_only,
    files.volume_permission,
    probes.probe_wrong_container,
    resources.cpu_starved,
    liveness.liveness_killed,
    probes.startup_probe_failing,
    ends.init_failed,
    ends.exits_normally,
    kills.unknown_137,
    kills.stopped,
    ends.container_failed,
    ends.crashloop,
    probes.readiness_probe_failing,
    probes.not_ready,
    resources.memory_nearly_full,
    probes.probe_flapping,
    probes.probe_asks_sibling,
    early_start.app_before_sidecar,
    ends.restarted,
)
