"""Init steps and postStart hooks that don't end."""

from typing import Any

import pytest

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.diagnosis import diagnose
from kubectl_mc.doctor.finding import Certainty, Grade
from tests.doctor.cases import case, event, found, primary
from tests.pods import Json, container, pod, running, sidecar, waiting

_WAITS = waiting("PodInitializing")
_LOOP = "until {}; do echo waiting for db; sleep 2; done"


def _step(
    seconds: float, script: str = "run", lines: list[str] | None = None, *, read: bool = True, **spec: Any
) -> Case:
    step = container("wait-db", running(seconds), command=["sh", "-c", script], **spec)
    app = container("app", _WAITS, ports=[{"containerPort": 8080}])
    document = pod(app, init=[step], phase="Pending", conditions={"Initialized": "False", "Ready": "False"})
    return case(document, logs={"wait-db": lines or []} if read else None)


COMMANDS = {
    "nc -z db 5432": "db:5432",
    "nc -z -w 1 db.prod 5432": "db.prod:5432",
    "nc -zvw1 db 5432": "db:5432",
    "nslookup db.prod.svc.cluster.local": "db.prod.svc.cluster.local",
    "getent hosts db": "db",
    "pg_isready -h db -p 5433": "db:5433",
    "pg_isready -U app --host=db": "db",
    "redis-cli -h cache ping": "cache",
    "curl -sf http://config:8888/health": "config:8888",
    "wget -qO- https://config/health": "config",
    "(echo > /dev/tcp/db/5432) 2>/dev/null": "db:5432",
    "nc -z $DB_HOST ${DB_PORT}": "postgres:5432",
}


@pytest.mark.parametrize(("command", "meant"), COMMANDS.items(), ids=COMMANDS)
def test_what_a_step_waits_for_is_read_from_its_command(command: str, meant: str) -> None:
    env = [{"name": "DB_HOST", "value": "postgres"}, {"name": "DB_PORT", "value": "5432"}]
    finding = found(_step(240, _LOOP.format(command), env=env))["init-stuck"]

    assert finding.summary == f"wait-db has run for 4m and waits for {meant}"
    assert (finding.container, finding.grade, finding.certainty) == ("wait-db", Grade.WARNING, Certainty.LIKELY)


@pytest.mark.parametrize("script", ["/wait-for-it.sh -t 0 db:5432 -- true", "dockerize -wait tcp://db:5432"])
def test_programs_that_wait_need_no_loop(script: str) -> None:
    assert found(_step(240, script))["init-stuck"].summary.endswith("waits for db:5432")


def test_one_line_again_and_again_is_a_wait_whatever_the_command() -> None:
    cause = primary(_step(660, lines=["Server: 10.96.0.10", "waiting for db: nslookup: can't resolve 'db'"] * 8))

    assert cause is not None
    assert cause.summary == (
        "wait-db has run for 11m and says \"waiting for db: nslookup: can't resolve 'db'\" again and again"
    )
    assert (cause.grade, cause.certainty) == (Grade.ERROR, Certainty.OBSERVED)


def test_the_next_command_looks_at_the_service_that_is_waited_for() -> None:
    [_, look] = found(_step(240, _LOOP.format("nc -z db.prod 5432")))["init-stuck"].next

    assert look.line("kubectl mc", "shop") == "kubectl mc status svc/db -n prod"


def test_a_wait_for_a_container_that_starts_only_afterwards_is_an_error_at_once() -> None:
    cause = primary(_step(5, _LOOP.format("nc -z localhost 8080")))

    assert cause is not None
    assert cause.summary == (
        "wait-db waits for localhost:8080, on which app listens, which starts only after it: it can never come"
    )


def test_a_short_wait_is_on_its_way() -> None:
    assert not diagnose(_step(20, _LOOP.format("nc -z db 5432"), ["waiting for db"] * 10))


def test_a_step_that_says_something_new_each_time_works_however_long() -> None:
    assert not diagnose(_step(4000, lines=[f"migrated table {number}" for number in range(50)]))


def test_a_step_that_says_nothing_is_a_warning_after_ten_minutes() -> None:
    assert not diagnose(_step(540))
    assert found(_step(660))["init-stuck"].grade is Grade.WARNING


def test_of_a_step_whose_log_could_not_be_read_nothing_is_said() -> None:
    assert not diagnose(_step(660, read=False))


_HOOK: Json = {"postStart": {"exec": {"command": ["sleep", "3000"]}}}


def _hooked(seconds: float, *, native: bool) -> Case:
    make = sidecar if native else container
    first = make("proxy", waiting("PodInitializing" if native else "ContainerCreating"), lifecycle=_HOOK)
    app = container("app", waiting("PodInitializing"))
    document = pod(app, init=[first], phase="Pending") if native else pod(first, app, phase="Pending")
    return case(document, event("Started", "Started container proxy", "proxy", seconds=seconds, type_="Normal"))


@pytest.mark.parametrize(("native", "id_"), [(True, "sidecar-not-started"), (False, "post-start-stuck")])
def test_a_hook_that_does_not_end_holds_up_what_comes_after_it(native: bool, id_: str) -> None:
    finding = found(_hooked(240, native=native))[id_]

    assert finding.container == "proxy"
    assert finding.summary == "proxy was started 4m ago and its postStart hook has not ended, so app waits"
    assert finding.at.endswith(".lifecycle.postStart")


def test_a_hook_that_has_just_begun_is_on_its_way() -> None:
    assert not diagnose(_hooked(5, native=True))
