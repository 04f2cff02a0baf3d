"""Who killed a container: the kernel for its memory, or somebody whom nothing names."""

from typing import Any

from kubectl_mc.doctor.diagnosis import diagnose
from kubectl_mc.doctor.finding import Certainty, Grade
from kubectl_mc.model.metrics import Usage
from tests.doctor.cases import case, event, found, primary
from tests.pods import Json, ago, container, ended, pod, running, waiting

BACK_OFF = waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container")
LIMITED = {"limits": {"memory": "64Mi"}}
LIVENESS = {"exec": {"command": ["cat", "/tmp/alive"]}}


def killed(code: int, reason: str, **more: Any) -> Json:
    side = container("side", running(), ready=True, started=True, resources={"limits": {"memory": "8Mi"}})
    return pod(container("app", BACK_OFF, restarts=6, last=ended(code, reason), **more), side)


def test_a_kill_at_the_limit_names_limit_and_container() -> None:
    finding = primary(case(killed(137, "OOMKilled", resources=LIMITED)))

    assert finding is not None
    assert (finding.id, finding.container, finding.certainty) == ("oom-killed", "app", Certainty.OBSERVED)
    assert finding.summary == "app was killed at its memory limit of 64Mi, restarted 6 times"
    assert "spec.containers[0].resources.limits.memory: 64Mi" in finding.evidence


def test_without_a_limit_it_was_the_nodes_memory() -> None:
    finding = primary(case(killed(137, "OOMKilled")))

    assert finding is not None
    assert "because the node ran out of memory, having no limit itself" in finding.summary


def test_a_killed_child_is_told_from_a_killed_main_process() -> None:
    finding = primary(case(killed(1, "OOMKilled", resources=LIMITED)))

    assert finding is not None
    assert finding.certainty is Certainty.LIKELY
    assert finding.summary.startswith("app ended with exit 1 after a process in it was killed at its memory limit")


def test_a_jobs_kill_and_an_init_steps() -> None:
    crunch = container("crunch", ended(137, "OOMKilled"), resources=LIMITED)
    job = primary(case(pod(crunch, phase="Failed", restart_policy="Never")))
    load = container("load", BACK_OFF, restarts=2, last=ended(137, "OOMKilled"), resources=LIMITED)
    init = primary(case(pod(container("app", waiting("PodInitializing")), init=[load], phase="Pending")))

    assert job is not None
    assert init is not None
    assert (job.id, init.id) == ("oom-killed", "oom-killed")
    assert job.summary.endswith("limit of 64Mi and isn't started again under restartPolicy Never")
    assert init.summary.startswith("init step 1 of 1, load, was killed at its memory limit")


def test_one_that_runs_well_since_is_a_note_with_what_it_uses_now() -> None:
    app = container(
        "app", running(), ready=True, started=True, restarts=1, last=ended(137, "OOMKilled"), resources=LIMITED
    )
    [finding] = diagnose(case(pod(app), usage={"app": Usage(0.1, 60 * 2**20)}))

    assert (finding.id, finding.grade) == ("oom-killed", Grade.INFO)
    assert "memory of app now: 60Mi" in finding.evidence


def test_137_alone_names_the_candidates_and_no_culprit() -> None:
    finding = primary(case(killed(137, "Error", resources=LIMITED, livenessProbe=LIVENESS)))

    assert finding is not None
    assert (finding.id, finding.certainty) == ("unknown-137", Certainty.LIKELY)
    assert "nothing says by whom: the kernel, at its memory limit of 64Mi" in finding.summary
    assert "the kubelet for its liveness probe, if its event has expired" in finding.summary
    assert "spec.containers[0].livenessProbe: exec [cat /tmp/alive]" in finding.evidence


def test_a_probe_that_had_it_killed_before_is_the_first_candidate() -> None:
    before = event("Killing", "Container app failed liveness probe, will be restarted", "app", seconds=900)
    finding = primary(case(killed(137, "Error", livenessProbe=LIVENESS), before))

    assert finding is not None
    assert finding.id == "unknown-137"
    assert "by whom: the kubelet for its liveness probe, as it was 15m ago, the kernel" in finding.summary


def test_137_of_a_deleted_or_disrupted_pod_has_a_cause() -> None:
    deleted = pod(container("app", ended(137, "Error")), deleted=ago(-5))
    disrupted = pod(container("app", ended(137, "Error")), phase="Failed", conditions={"DisruptionTarget": "True"})

    assert "unknown-137" not in found(case(deleted))
    assert "unknown-137" not in found(case(disrupted))


def test_143_was_asked_for() -> None:
    finding = primary(case(killed(143, "Error")))

    assert finding is not None
    assert (finding.id, finding.certainty) == ("stopped", Certainty.LIKELY)
    assert finding.summary.startswith("app was stopped on request (SIGTERM, exit 143), restarted 6 times")


def test_143_of_a_deleted_pod_is_as_it_is_to_be() -> None:
    assert diagnose(case(pod(container("app", ended(143, "Error")), deleted=ago(-5)))) == ()


def test_a_process_that_was_killed_once_does_not_explain_a_stop() -> None:
    """Runtimes count the kills of an instance's whole life."""
    finding = primary(case(killed(143, "OOMKilled", resources=LIMITED)))

    assert finding is not None
    assert finding.id == "stopped"


def test_a_job_that_succeeded_in_spite_of_a_kill_is_a_warning() -> None:
    crunch = container("crunch", ended(0, "OOMKilled"), resources=LIMITED)
    [finding] = diagnose(case(pod(crunch, phase="Succeeded", restart_policy="Never")))

    assert (finding.id, finding.container, finding.grade) == ("oom-killed", "crunch", Grade.WARNING)
    assert finding.summary.endswith("at its memory limit of 64Mi: what it did may be incomplete")
