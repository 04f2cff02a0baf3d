"""All rules of the review. To add one: a function beside its kind, a line here, and one in the catalogue."""

from collections.abc import Callable, Iterable

from kubectl_mc.doctor.finding import Finding
from kubectl_mc.doctor.review import duties, network, order, probes, references, refused, resources, unknown, volumes
from kubectl_mc.doctor.review.workload import Workload

Rule = Callable[[Workload], Iterable[Finding]]

POD_RULES: tuple[Rule, ...] = (
    refused.wrong_type,
    unknown.unknown_field,
    network.name_conflict,
    volumes.volume_undefined,
    network.host_port_conflict,
    resources.request_above_limit,
    probes.init_with_probe,
    references.config_key_missing,
    network.port_conflict,
    order.init_stuck,
    order.init_waits_for_later,
    order.job_held_by_sidecar,
    probes.probe_port_unknown,
    volumes.volume_read_only,
    volumes.volume_permission,
    volumes.volume_unwritten,
    volumes.volume_unused,
    volumes.volume_of_one,
    volumes.host_path_shared,
    probes.probe_wrong_container,
    network.port_name_conflict,
    network.sibling_by_name,
    network.metrics_port_unknown,
    references.variable_undefined,
    references.secret_in_env,
    order.sidecar_misplaced,
    order.app_before_sidecar,
    order.start_order,
    order.init_hides_failure,
    order.init_not_retried,
    duties.several_processes,
    duties.too_many_containers,
    duties.log_collectors,
    duties.image_tag,
    resources.no_requests,
    resources.no_limits,
    resources.init_asks_most,
    probes.no_readiness_probe,
    probes.no_liveness_probe,
    probes.probes_identical,
    duties.shared_processes,
    duties.signals_lost,
    duties.pre_stop_slow,
    duties.no_pre_stop,
)
"""Their findings' `at` is a path in the pod's own document."""

OBJECT_RULES: tuple[Rule, ...] = (refused.selector_mismatch, refused.restart_policy)
"""Their findings' `at` is a path in the whole document."""
