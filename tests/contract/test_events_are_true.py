"""`kubectl mc events` tells what happened to pods, their owners and their claims, on the demo as on a real cluster."""

import subprocess
from typing import Any

from tests.contract.conftest import Backend, eventually


def events_of(backend: Backend, *words: str) -> list[dict[str, Any]]:
    events = backend.document("events", *words)["events"]
    assert isinstance(events, list)
    return events


def test_events_name_the_container(backend: Backend) -> None:
    place = backend.places["crash loop"]

    def check() -> None:
        events = events_of(backend, place.target)
        back_off = [event for event in events if event["reason"] == "BackOff"]
        assert {event["container"] for event in back_off} == {place.guilty}
        assert {event["type"] for event in back_off} == {"Warning"}
        assert place.other in {event["container"] for event in events if event["reason"] == "Started"}
        assert all(event["object"] == f"pod/{place.target}" for event in events)

    eventually(check)


def test_repeats_are_one_line_with_their_count(backend: Backend) -> None:
    place = backend.places["not ready"]

    def check() -> None:
        unhealthy = [event for event in events_of(backend, place.target) if event["reason"] == "Unhealthy"]
        assert len(unhealthy) == 1
        assert unhealthy[0]["count"] > 1
        assert unhealthy[0]["firstSeen"] < unhealthy[0]["lastSeen"] == unhealthy[0]["time"]
        assert f"(x{unhealthy[0]['count']}" in backend.mc("events", place.target).out

    eventually(check)


def test_a_pods_events_come_with_its_owners(backend: Backend) -> None:
    target = backend.places["deployment"].target

    def check() -> None:
        reasons = {(event["object"].split("/")[0], event["reason"]) for event in events_of(backend, target)}
        assert ("pod", "Started") in reasons
        assert ("replicaset", "SuccessfulCreate") in reasons
        assert ("deployment", "ScalingReplicaSet") in reasons

    eventually(check)


def test_a_jobs_events_come_with_its_pod(backend: Backend) -> None:
    reasons = {(event["object"].split("/")[0], event["reason"]) for event in events_of(backend, "job/report")}
    assert ("job", "SuccessfulCreate") in reasons
    assert ("pod", "Started") in reasons


def test_the_events_of_a_mounted_claim_are_there(backend: Backend) -> None:
    place = backend.places["unbound claim"]

    def check() -> None:
        events = events_of(backend, place.target)
        assert f"persistentvolumeclaim/{place.guilty}" in {event["object"] for event in events}
        assert "FailedScheduling" in {event["reason"] for event in events}

    eventually(check)


def test_types_choose(backend: Backend) -> None:
    target = backend.places["crash loop"].target
    warnings = events_of(backend, target, "--types", "Warning")
    assert warnings
    assert {event["type"] for event in warnings} == {"Warning"}
    assert {event["type"] for event in events_of(backend, target)} == {"Normal", "Warning"}


def test_events_are_in_the_order_of_time(backend: Backend) -> None:
    times = [event["time"] for event in events_of(backend)]
    assert len(times) > 50
    assert [time[:19] for time in times] == sorted(time[:19] for time in times)


def test_a_predecessor_of_the_same_name_stays_out(backend: Backend) -> None:
    """A pod of a fixed name is replaced; only the events of the living one are its events."""
    name = "reborn"
    kubectl = ["kubectl", "--kubeconfig", str(backend.kubeconfig), "-n", backend.namespace]

    def uid() -> str:
        words = [
            "run",
            name,
            "--image=busybox:1.37",
            "--restart=Never",
            "-o",
            "jsonpath={.metadata.uid}",
            "--",
            "sleep",
            "60",
        ]
        return subprocess.run([*kubectl, *words], check=True, capture_output=True, text=True).stdout

    first = uid()
    eventually(lambda: _assert_scheduled(backend, name))
    subprocess.run([*kubectl, "delete", "pod", name, "--grace-period=0", "--force"], check=True, capture_output=True)
    second = uid()
    assert first != second
    eventually(lambda: _assert_scheduled(backend, name))
    scheduled = [event for event in events_of(backend, name) if event["reason"] == "Scheduled"]
    assert len(scheduled) == 1
    by_name = ["get", "events", "--field-selector", f"involvedObject.name={name},reason=Scheduled", "-o", "name"]
    everything = subprocess.run([*kubectl, *by_name], check=True, capture_output=True, text=True).stdout.split()
    assert len(everything) == 2
    subprocess.run([*kubectl, "delete", "pod", name, "--grace-period=0", "--force"], check=True, capture_output=True)


def _assert_scheduled(backend: Backend, name: str) -> None:
    assert "Scheduled" in {event["reason"] for event in events_of(backend, name)}
