"""Containers at the limit of what they are given, where something measures it."""

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.diagnosis import diagnose
from kubectl_mc.doctor.finding import Grade
from kubectl_mc.model.metrics import Usage
from tests.doctor.cases import case, event, found, primary
from tests.pods import Json, container, pod, running

_MI = 2**20
_PROBE: Json = {"httpGet": {"path": "/ready", "port": 8080}}
_LATE = "Readiness probe failed: context deadline exceeded (Client.Timeout exceeded while awaiting headers)"


def _limited(used: Usage | None, *, ready: bool = True, limits: Json | None = None, late: bool = False) -> Case:
    app = container(
        "app", running(600), ready=ready, started=True, readinessProbe=_PROBE,
        resources={"limits": limits or {"cpu": "100m", "memory": "64Mi"}},
    )  # fmt: skip
    side = container("side", running(600), ready=True, started=True)
    events = [event("Unhealthy", _LATE, "app", seconds=10, count=8)] if late else []
    usage = {"app": used, "side": Usage(0.001, 5 * _MI)} if used is not None else {}
    return case(pod(app, side, conditions={"Ready": str(ready)}), *events, usage=usage)


def test_memory_that_is_nearly_used_up_is_a_warning() -> None:
    finding = found(_limited(Usage(0.01, 60 * _MI)))["resource-starved"]

    assert (finding.container, finding.grade) == ("app", Grade.WARNING)
    assert finding.summary == (
        "app uses 60Mi of its memory limit of 64Mi (94%): the kernel kills it when it wants more"
    )


def test_memory_that_leaves_room_is_silent() -> None:
    assert not diagnose(_limited(Usage(0.01, 50 * _MI)))


def test_late_probes_are_explained_by_a_cpu_that_is_used_up() -> None:
    cause = primary(_limited(Usage(0.1, 20 * _MI), ready=False, late=True))

    assert cause is not None
    assert (cause.id, cause.container) == ("resource-starved", "app")
    assert cause.summary == (
        "app uses all of its CPU limit of 100m and is throttled, so it does not answer on :8080/ready within 1s"
    )
    assert "in use: 100m CPU of 100m" in cause.evidence


def test_full_use_of_a_cpu_limit_alone_is_no_fault() -> None:
    assert not diagnose(_limited(Usage(0.1, 20 * _MI)))


def test_late_probes_of_an_idle_container_have_another_cause() -> None:
    assert found(_limited(Usage(0.01, 20 * _MI), ready=False, late=True)).keys() == {"readiness-probe-failing"}


def test_where_nothing_measures_nothing_is_said() -> None:
    assert not diagnose(_limited(None))


def test_a_container_without_a_limit_that_outgrows_its_siblings() -> None:
    def judged(used: float) -> Case:
        free = container("free", running(600), ready=True, started=True)
        held = container("held", running(600), ready=True, started=True, resources={"limits": {"memory": "64Mi"}})
        usage = {"free": Usage(0.1, used * _MI), "held": Usage(0.1, 20 * _MI)}
        return case(pod(free, held, conditions={"Ready": "True"}), usage=usage)

    assert found(judged(900))["resource-starved"].container == "free"
    assert not diagnose(judged(100))
