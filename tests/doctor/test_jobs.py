"""Pods that are to end, and what keeps them from it."""

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.finding import Grade
from tests.doctor.cases import case, found, primary
from tests.pods import Entry, Json, container, ended, pod, running


def _job(*apps: Entry, policy: str = "Never", **more: Json) -> Case:
    document = pod(*apps, restart_policy=policy, conditions={"Ready": "False"})
    document["metadata"]["ownerReferences"] = [{"kind": "Job", "name": "report", "uid": "j", "controller": True}]
    return case(document)


def _done(seconds: float = 360, code: int = 0) -> Entry:
    return container("report", ended(code, "Error" if code else "Completed", seconds=seconds))


def test_a_job_that_only_its_sidecar_keeps_running() -> None:
    proxy = container("sql-proxy", running(400), ready=True, started=True)
    cause = primary(_job(_done(), proxy))

    assert cause is not None
    assert (cause.id, cause.container) == ("job-held-by-sidecar", "sql-proxy")
    assert cause.summary == (
        "report finished 6m ago and sql-proxy runs on, so Job report doesn't end before sql-proxy does; "
        "a native sidecar would be stopped"
    )


def test_a_port_or_a_probe_makes_it_a_sidecar_whatever_its_name() -> None:
    helper = container("helper", running(400), ready=True, started=True, ports=[{"containerPort": 9000}])

    assert found(_job(_done(), helper))["job-held-by-sidecar"].grade is Grade.ERROR


def test_another_worker_may_take_longer() -> None:
    worker = container("upload", running(400), ready=True, started=True)

    assert "job-held-by-sidecar" not in found(_job(_done(), worker))
    assert found(_job(_done(seconds=700), worker))["job-held-by-sidecar"].grade is Grade.WARNING


def test_a_sidecar_that_may_just_be_ending_is_left_alone() -> None:
    proxy = container("proxy", running(400), ready=True, started=True)

    assert "job-held-by-sidecar" not in found(_job(_done(seconds=4), proxy))


def test_work_that_is_tried_again_is_not_done() -> None:
    proxy = container("proxy", running(400), ready=True, started=True)

    assert "job-held-by-sidecar" not in found(_job(_done(code=1), proxy, policy="OnFailure"))


def test_a_pod_that_is_to_go_on_is_held_by_nobody() -> None:
    proxy = container("proxy", running(400), ready=True, started=True)

    assert "job-held-by-sidecar" not in found(_job(_done(), proxy, policy="Always"))
