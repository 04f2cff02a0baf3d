"""`kubectl mc timeline` and `kubectl mc map` on a real cluster: what was staged for known seconds is told so."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cluster.place import IMAGE, Json, Place

pytestmark = pytest.mark.cluster

SLACK = 2
"""Seconds that a duration may be off: both of its ends are cut to whole seconds, and a probe asks once a second."""


def _up_after(seconds: int) -> list[str]:
    """A program whose probe passes so many seconds after its start."""
    return ["sh", "-c", f"trap 'exit 0' TERM; sleep {seconds}; touch /tmp/up; while :; do sleep 1 & wait $!; done"]


PROBE: Json = {"exec": {"command": ["test", "-f", "/tmp/up"]}, "periodSeconds": 1, "failureThreshold": 120}


def _pod(name: str, *containers: Json, **spec: Any) -> Json:
    body = {"terminationGracePeriodSeconds": 1, "containers": list(containers), **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": body}


def _container(name: str, *command: str, **more: Any) -> Json:
    return {"name": name, "image": IMAGE, "command": list(command), **more}


STAGED = _pod(
    "staged",
    _container("app", *_up_after(6), readinessProbe=PROBE),
    _container("other", *_up_after(0)),
    initContainers=[
        _container("first", "sleep", "4"),
        _container("second", "sleep", "2"),
        _container("side", *_up_after(5), restartPolicy="Always", startupProbe=PROBE),
    ],
)
COUPLED = _pod(
    "coupled",
    _container("web", "httpd", "-f", "-p", "8080", volumeMounts=[{"name": "logs", "mountPath": "/logs"}]),
    _container(
        "shipper", "sh", "-c", "touch /logs/x; tail -F /logs/x", volumeMounts=[{"name": "logs", "mountPath": "/logs"}]
    ),
    _container("poll", "sh", "-c", "while :; do wget -q -O /dev/null http://localhost:8080/; sleep 1; done"),
    volumes=[{"name": "logs", "emptyDir": {}}],
    shareProcessNamespace=True,
)
OBJECTS: list[Json] = [
    STAGED,
    COUPLED,
    _pod("over", _container("app", "sleep", "3"), restartPolicy="Never"),
    _pod("crashing", _container("app", "sh", "-c", "sleep 1; exit 3")),
    _pod("no-image", {"name": "app", "image": "mc.invalid/none:1"}),
    _pod("no-node", _container("app", "sleep", "1"), nodeSelector={"kubectl-mc/none": "such"}),
]


class TimelinePlace(Place):
    """With what is told of it."""

    def shown(self, *words: str) -> str:
        """What this tool prints."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def told(self, name: str) -> Json:
        """The timeline of a pod."""
        [found] = json.loads(self.shown("timeline", name, "-o", "json"))["pods"]
        assert sum(stretch["seconds"] for stretch in found["path"]) == found["seconds"]
        return dict(found)


@pytest.fixture(scope="module")
def place() -> Iterator[TimelinePlace]:
    with TimelinePlace.new(*OBJECTS, ready=["staged", "coupled"]) as place:
        yield place


def _seconds(told: Json, container: str, kind: str) -> int:
    [found] = [each for each in told["path"] if (each["container"], each["kind"]) == (container, kind)]
    return int(found["seconds"])


def test_what_was_staged_is_told_in_its_order_with_its_durations(place: TimelinePlace) -> None:
    told = place.told("staged")
    order = [(each["container"], each["kind"]) for each in told["path"] if each["kind"] in ("run", "gate", "probes")]

    assert order == [("first", "run"), ("second", "run"), ("side", "gate"), ("app", "probes")]
    assert abs(_seconds(told, "first", "run") - 4) <= SLACK
    assert abs(_seconds(told, "second", "run") - 2) <= SLACK
    assert abs(_seconds(told, "side", "gate") - 5) <= SLACK
    assert abs(_seconds(told, "app", "probes") - 6) <= SLACK
    assert told["outcome"] == "ready"


def test_the_sum_is_the_time_that_the_api_says(place: TimelinePlace) -> None:
    document = json.loads(place.kubectl("get", "pod", "staged", "-o", "json"))
    [ready] = [each for each in document["status"]["conditions"] if each["type"] == "Ready"]
    told = place.told("staged")

    assert told["createdAt"] == document["metadata"]["creationTimestamp"]
    assert told["endedAt"] == ready["lastTransitionTime"]


def test_a_pod_that_ended_is_told_to_its_end(place: TimelinePlace) -> None:
    place.wait("over", ".status.phase", "Succeeded")
    told = place.told("over")

    assert told["outcome"] == "succeeded"
    assert abs(_seconds(told, "app", "run") - 3) <= SLACK


def test_a_restart_is_told_with_how_the_instance_before_ended(place: TimelinePlace) -> None:
    place.wait("crashing", ".status.containerStatuses[0].lastState.terminated.exitCode", "3")
    told = place.told("crashing")
    [restarts] = told["restarts"]

    assert (restarts["container"], restarts["lastExitCode"]) == ("app", 3)


@pytest.mark.parametrize(("name", "kind", "container"), [("no-image", "wait", "app"), ("no-node", "scheduling", None)])
def test_what_holds_a_pod_up_is_the_end_of_its_path(
    place: TimelinePlace, name: str, kind: str, container: str | None
) -> None:
    if name == "no-image":
        place.wait("no-image", ".status.containerStatuses[0].state.waiting.reason", "ImagePullBackOff")
    last = place.told(name)["path"][-1]

    assert (last["kind"], last["container"], last["end"]) == (kind, container, None)


def test_the_page_names_each_container(place: TimelinePlace) -> None:
    page = place.shown("timeline", "staged")

    assert "staged  ready " in page
    for label in ("init 1 first", "init 2 second", "sidecar side", "app ", "other "):
        assert any(line.strip().startswith(label) for line in page.splitlines())


def test_a_running_pod_is_mapped_without_what_admission_added(place: TimelinePlace) -> None:
    page = place.shown("map", "coupled")
    lines = [" ".join(line.split()) for line in page.splitlines()]

    assert "kube-api-access" not in page
    assert "8080/TCP web listens -p 8080" in lines
    assert "8080/TCP poll speaks to web http://localhost:8080" in lines
    assert "logs emptyDir shipper writes and reads /logs touch /logs/x" in lines
    assert any("shareProcessNamespace" in line for line in lines)


def test_a_document_from_the_cluster_is_mapped_as_the_pod_is(place: TimelinePlace) -> None:
    document = place.kubectl("get", "pod", "coupled", "-o", "yaml")
    command = [sys.executable, "-m", "kubectl_mc", "map", "-f", "-", "-o", "json"]
    piped = subprocess.run(command, input=document, capture_output=True, text=True, check=True).stdout
    [ours] = json.loads(piped)["pods"]
    [theirs] = json.loads(place.shown("map", "coupled", "-o", "json"))["pods"]

    for part in ("ports", "references", "volumes", "processes"):
        assert ours[part] == theirs[part]
