"""Parsing never fails, whatever a server sends, and joins what belongs together."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest

from kubectl_mc.model.event import parse_event
from kubectl_mc.model.health import pod_severity
from kubectl_mc.model.metrics import parse_usage
from kubectl_mc.model.next_step import next_steps
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import StateKind
from kubectl_mc.model.spec import Role
from kubectl_mc.model.summary import summarize
from kubectl_mc.model.truth import facts
from tests.pods import NOW, Json, ago, container, ended, pod, running, sidecar, waiting

_PROBE: Json = {"httpGet": {"port": 80, "path": "/ready", "scheme": "HTTP"}, "periodSeconds": 5, "failureThreshold": 2}
_FULL: Json = {
    "ports": [{"containerPort": 80, "name": "http", "protocol": "TCP"}],
    "startupProbe": {"exec": {"command": ["cat", "/ready"]}},
    "readinessProbe": _PROBE,
    "livenessProbe": {"tcpSocket": {"port": "http"}},
    "resources": {"requests": {"cpu": "250m"}, "limits": {"memory": "64Mi"}},
    "volumeMounts": [{"name": "data", "mountPath": "/data", "readOnly": True, "subPath": "a"}],
}

WRONG: tuple[Any, ...] = (
    None,
    "",
    "text",
    0,
    -1,
    7.5,
    True,
    [],
    [None],
    [[]],
    ["text"],
    {},
    {"name": None},
    {"a": {"b": []}},
)
"""One of each kind that JSON has, to stand where another is expected."""


def _full_pod() -> Json:
    """A pod with every field that is read."""
    document = pod(
        container("app", running(), ready=True, started=True, restarts=2, last=ended(137, "OOMKilled"), **_FULL),
        container("side", waiting("CrashLoopBackOff", "back-off"), restarts=1, last=ended(1, "Error", message="no")),
        init=[
            container("setup", ended(0, "Completed"), **_FULL),
            sidecar("log", running(), started=True, livenessProbe={"grpc": {"port": 9000, "service": "health"}}),
        ],
        ephemeral=[container("debug", running(), targetContainerName="app")],
        conditions={
            "Initialized": "True",
            "Ready": {"status": "False", "reason": "ContainersNotReady", "message": "x"},
        },
        deleted=ago(-5),
        gates=["example.com/lb"],
        status={"reason": "NodeLost", "message": "gone"},
    )
    owner = {"kind": "ReplicaSet", "name": "web-5d9", "uid": "u", "controller": True, "apiVersion": "apps/v1"}
    document["metadata"]["ownerReferences"] = [owner]
    document["spec"]["volumes"] = [
        {"name": "data", "persistentVolumeClaim": {"claimName": "data-web-0"}},
        {"name": "scratch", "ephemeral": {"volumeClaimTemplate": {}}},
    ]
    return copy.deepcopy(document)  # what stands in it twice is to be changed once


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a JSON document but its top."""
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from _paths(inner, (*path, key))


def _holder(document: Any, path: tuple[str | int, ...]) -> Any:
    for key in path[:-1]:
        document = document[key]
    return document


def _judge(document: Json) -> None:
    """Run all that reads a parsed pod; nothing of it may raise."""
    parsed = parse_pod(document)
    summary = summarize(parsed)
    summary.restarts_text(NOW)
    found = facts(parsed, summary, NOW)
    assert all(isinstance(fact.sentence, str) for fact in found)
    pod_severity(parsed)
    next_steps(parsed, found, "kubectl mc")


PATHS = list(_paths(_full_pod()))


def test_a_field_may_be_missing_anywhere() -> None:
    for path in PATHS:
        document = _full_pod()
        del _holder(document, path)[path[-1]]
        _judge(document)


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_a_field_may_be_of_any_type_anywhere(wrong: Any) -> None:
    for path in PATHS:
        document = _full_pod()
        _holder(document, path)[path[-1]] = copy.deepcopy(wrong)
        _judge(document)


@pytest.mark.parametrize("seed", range(20))
def test_many_fields_may_be_wrong_at_once(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(20):
        document = _full_pod()
        for path in chance.sample(PATHS, 8):
            try:
                _holder(document, path)[path[-1]] = copy.deepcopy(chance.choice(WRONG))
            except (LookupError, TypeError):
                continue  # an earlier change has taken the place away
        _judge(document)


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_events_and_metrics_may_be_wrong_anywhere(wrong: Any) -> None:
    event: Json = {
        "metadata": {"uid": "e", "namespace": "shop", "creationTimestamp": ago(5)},
        "involvedObject": {"kind": "Pod", "name": "web", "uid": "u", "fieldPath": "spec.containers{app}"},
        "series": {"count": 2, "lastObservedTime": ago(1)},
        "eventTime": ago(9),
        "lastTimestamp": ago(2),
        "firstTimestamp": ago(8),
        "count": 3,
        "type": "Normal",
        "reason": "Pulled",
        "message": "m",
    }
    usage: Json = {
        "metadata": {"name": "web"},
        "containers": [{"name": "app", "usage": {"cpu": "1m", "memory": "1Mi"}}],
    }
    for path in _paths(event):
        broken = copy.deepcopy(event)
        _holder(broken, path)[path[-1]] = wrong
        parse_event(broken)
    for path in _paths(usage):
        broken = copy.deepcopy(usage)
        _holder(broken, path)[path[-1]] = wrong
        parse_usage([broken])


def test_an_empty_object_is_a_pod() -> None:
    parsed = parse_pod({})

    assert (parsed.name, parsed.phase, parsed.containers, parsed.restart_policy) == ("", "", (), "Always")


def test_containers_come_in_spec_order_with_their_roles_whatever_the_order_of_the_statuses() -> None:
    document = _full_pod()
    for key in ("containerStatuses", "initContainerStatuses"):
        document["status"][key].reverse()
    containers = parse_pod(document).containers

    assert [(c.name, c.role, c.status.restarts) for c in containers] == [
        ("setup", Role.INIT, 0),
        ("log", Role.SIDECAR, 0),
        ("app", Role.APP, 2),
        ("side", Role.APP, 1),
        ("debug", Role.EPHEMERAL, 0),
    ]


def test_a_status_for_an_unknown_name_is_shown_last_and_as_not_declared() -> None:
    document = pod(container("app", running(), ready=True))
    document["status"]["initContainerStatuses"] = [{"name": "ghost", "image": "g:1", "state": running()}]
    containers = parse_pod(document).containers

    assert [(c.name, c.declared, c.spec.image) for c in containers] == [("app", True, "app:1"), ("ghost", False, "g:1")]


def test_a_name_that_stands_twice_is_two_containers() -> None:
    twice = container("app", running(), ready=True)
    document = pod(twice, twice)

    assert [c.name for c in parse_pod(document).containers] == ["app", "app"]
    assert summarize(parse_pod(document)).ready_text == "2/2"


@pytest.mark.parametrize(
    ("phase", "kind"),
    [
        ("Pending", StateKind.WAITING),
        ("", StateKind.WAITING),
        ("Running", StateKind.UNKNOWN),
        ("Failed", StateKind.UNKNOWN),
    ],
)
def test_a_container_without_a_status_waits_until_its_pod_is_past_pending(phase: str, kind: StateKind) -> None:
    assert parse_pod(pod(container("app"), phase=phase)).containers[0].state.kind is kind


def test_an_ephemeral_container_without_a_status_waits_in_a_running_pod() -> None:
    document = pod(container("app", running()), ephemeral=[container("debug")])

    assert parse_pod(document).containers[-1].state.kind is StateKind.WAITING


@pytest.mark.parametrize("absent", ["running", "terminated"])
def test_a_null_member_of_a_state_is_an_absent_one(absent: str) -> None:
    document = pod(container("app", {absent: None, **waiting("CrashLoopBackOff")}))

    assert parse_pod(document).containers[0].state.reason == "CrashLoopBackOff"


def test_a_running_state_without_a_time_is_running() -> None:
    assert parse_pod(pod(container("app", {"running": {}}))).containers[0].state.running


@pytest.mark.parametrize(
    "last", [{}, None, waiting("CrashLoopBackOff"), running()], ids=["empty", "null", "waiting", "running"]
)
def test_only_an_instance_that_ended_is_a_last_one(last: Json | None) -> None:
    document = pod(container("app", waiting("CrashLoopBackOff")))
    document["status"]["containerStatuses"][0]["lastState"] = last

    assert parse_pod(document).containers[0].status.last is None


@pytest.mark.parametrize(
    ("probe", "action"),
    [
        (_PROBE, "http-get http://:80/ready"),
        ({"httpGet": {"port": "web", "host": "h", "scheme": "HTTPS"}}, "http-get https://h:web/"),
        ({"tcpSocket": {"port": 6379}}, "tcp-socket :6379"),
        ({"grpc": {"port": 9000}}, "grpc :9000"),
        ({"grpc": {"port": 9000, "service": "ready"}}, "grpc :9000 ready"),
        ({"exec": {"command": ["sh", "-c", "exit 0"]}}, "exec [sh -c exit 0]"),
        ({"periodSeconds": 3}, "unknown"),
    ],
)
def test_a_probe_is_worded_as_kubectl_describe_does(probe: Json, action: str) -> None:
    parsed = parse_pod(pod(container("app", running(), readinessProbe=probe)))

    assert [(p.kind, p.action) for p in parsed.containers[0].spec.probes] == [("readiness", action)]


def test_claims_are_those_of_the_volumes_and_the_generated_ones() -> None:
    assert parse_pod(_full_pod()).claims == ("data-web-0", "web-scratch")
