"""What is said of a container's life: the fewest words, and nothing that isn't known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kubectl_mc.logs import words
from kubectl_mc.model.event import Event
from kubectl_mc.model.pod import Container, ContainerState, ContainerStatus, StateKind
from kubectl_mc.model.spec import ContainerSpec, Role

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def ended(code: int | None, reason: str = "", *, ran: float | None = None, signal: int | None = None) -> ContainerState:
    finished = NOON + timedelta(seconds=ran) if ran is not None else None
    started = NOON if ran is not None else None
    return ContainerState(StateKind.TERMINATED, reason, "", code, signal, started, finished)


def container(name: str = "app", role: Role = Role.APP, restarts: int = 0) -> Container:
    state = ContainerState(StateKind.RUNNING)
    return Container(ContainerSpec(name, role), ContainerStatus(name, state, restarts=restarts))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ended(0, "Completed", ran=12), "app exited 0 after 12s"),
        (ended(1, "Error", ran=0), "app exited 1 after 0s"),
        (ended(1, "", ran=3600 * 3), "app exited 1 after 3h"),
        (ended(137, "OOMKilled", ran=130), "app exited 137 (OOMKilled) after 2m10s"),
        (ended(137, "OOMKilled"), "app exited 137 (OOMKilled)"),
        (ended(2, "Error", ran=-5), "app exited 2"),
        (ended(128, "StartError", ran=0), "app exited 128 (StartError) after 0s"),
        (ended(0, signal=9, ran=1), "app ended by signal 9 after 1s"),
        (ended(1, "ContainerStatusUnknown", signal=0), "app exited 1 (ContainerStatusUnknown)"),
        (ContainerState(StateKind.UNKNOWN), "app ended"),
        (ContainerState(StateKind.TERMINATED, started_at=NOON), "app ended"),
    ],
)
def test_an_end_is_said_with_its_code_its_reason_and_how_long_it_ran(state: ContainerState, said: str) -> None:
    assert words.ended(container(), state) == said


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (Role.APP, "web exited 0"),
        (Role.INIT, "init web exited 0"),
        (Role.SIDECAR, "sidecar web exited 0"),
        (Role.EPHEMERAL, "ephemeral web exited 0"),
    ],
)
def test_a_role_is_said_where_it_is_not_the_common_one(role: Role, said: str) -> None:
    assert words.ended(container("web", role), ended(0)) == said
    assert words.restarted(container("web", role, 1), None, 0) == f"{said.removesuffix('exited 0')}restarted, restart 1"


@pytest.mark.parametrize(
    ("last", "missed", "said"),
    [
        (ended(137, "OOMKilled"), 0, "app restarted (exit 137, OOMKilled), restart 4"),
        (ended(1, "Error"), 0, "app restarted (exit 1), restart 4"),
        (ended(0, "Completed"), 0, "app restarted (exit 0), restart 4"),
        (ended(None, "ContainerStatusUnknown"), 0, "app restarted (ContainerStatusUnknown), restart 4"),
        (None, 0, "app restarted, restart 4"),
        (None, -1, "app restarted, restart 4"),
        (ended(1), 1, "app restarted (exit 1), restart 4; 1 instance before it cannot be read any more"),
        (None, 3, "app restarted, restart 4; 3 instances before it cannot be read any more"),
    ],
)
def test_a_restart_is_said_with_what_ended_before_it_and_what_was_missed(
    last: ContainerState | None, missed: int, said: str
) -> None:
    assert words.restarted(container(restarts=4), last, missed) == said


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Warning BackOff: Back-off restarting failed container"),
        ({"count": 1}, "Warning BackOff: Back-off restarting failed container"),
        ({"count": 5}, "Warning BackOff: Back-off restarting failed container (x5)"),
        ({"message": " padded\n", "type": "Normal", "reason": "Pulled"}, "Normal Pulled: padded"),
    ],
)
def test_an_event_is_said_with_how_often_it_came(fields: dict[str, Any], said: str) -> None:
    event = Event("uid", "Warning", "BackOff", "Back-off restarting failed container", "shop", "pod/web", "uid-web")
    assert words.seen(replace(event, **fields)) == said
