"""The machine output is a contract: field by field, and valid whatever a server sends."""

import json

import yaml

from kubectl_mc.model.event import parse_event
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.render.document import as_json, as_yaml, events_document, status_document
from tests.pods import NOW, Json, ago, container, ended, pod, running, sidecar, waiting
from tests.render.hostile import EVIL, hostile_events, hostile_pods


def _status(document: Json) -> Json:
    found: Json = json.loads(as_json(status_document([parse_pod(document)], NOW)))
    return found


DOCUMENT = pod(
    container(
        "app",
        waiting("CrashLoopBackOff", "back-off 40s"),
        started=False,
        restarts=4,
        last=ended(137, "OOMKilled", signal=9, seconds=120, ran=3, message="last words"),
    ),
    init=[container("migrate", ended(0, "Completed", seconds=600, ran=5), ready=True)],
    conditions={"Initialized": "True"},
)


def test_a_pod_has_the_fields_of_the_contract() -> None:
    [found] = _status(DOCUMENT)["pods"]
    contract = {
        "namespace": "shop",
        "name": "web",
        "uid": "uid-web",
        "node": "node-1",
        "phase": "Running",
        "ready": "0/1",
        "status": "CrashLoopBackOff",
        "restarts": 4,
        "initProgress": {"done": 1, "total": 1, "current": None},
    }

    assert {key: found[key] for key in contract} == contract


def test_the_cause_of_a_pod_is_what_doctor_finds_in_the_pod_alone() -> None:
    [found] = _status(DOCUMENT)["pods"]

    assert found["cause"]["primary"] is True
    assert (found["cause"]["id"], found["cause"]["container"]) == ("oom-killed", "app")
    assert found["cause"]["next"][0].startswith("kubectl mc logs web -c app ")


def test_a_pod_that_is_well_has_no_cause() -> None:
    [found] = _status(pod(container("app", running(), ready=True), conditions={"Ready": "True"}))["pods"]

    assert found["cause"] is None


def test_a_pod_tells_a_script_what_it_tells_a_person() -> None:
    [found] = _status(DOCUMENT)["pods"]

    assert found["facts"] == [
        {
            "sentence": "app is crash-looping (exit 137, SIGKILL, OOMKilled, 2m ago, 4 restarts)",
            "container": "app",
            "hidden": False,
        }
    ]
    assert [(c["type"], c["status"]) for c in found["conditions"]] == [("Initialized", "True")]
    assert (found["deletedAt"], found["finalizers"], found["owners"]) == (None, [], [])


def test_a_container_has_the_fields_of_the_contract() -> None:
    assert _status(DOCUMENT)["pods"][0]["containers"] == [
        {
            "name": "migrate",
            "role": "init",
            "image": "app:1",
            "state": "terminated",
            "reason": "Completed",
            "message": None,
            "ready": True,
            "started": None,
            "restarts": 0,
            "exitCode": 0,
            "signal": None,
            "startedAt": ago(605),
            "finishedAt": ago(600),
            "last": None,
        },
        {
            "name": "app",
            "role": "app",
            "image": "app:1",
            "state": "waiting",
            "reason": "CrashLoopBackOff",
            "message": "back-off 40s",
            "ready": False,
            "started": False,
            "restarts": 4,
            "exitCode": None,
            "signal": None,
            "startedAt": None,
            "finishedAt": None,
            "last": {
                "reason": "OOMKilled",
                "exitCode": 137,
                "signal": 9,
                "startedAt": ago(123),
                "finishedAt": ago(120),
                "message": "last words",
            },
        },
    ]


def test_containers_are_in_spec_order_with_roles_and_states_by_word() -> None:
    document = pod(
        container("app", running()),
        container("lost"),
        init=[container("setup", ended(1, "Error")), sidecar("log", running(), started=True)],
        ephemeral=[container("debug", waiting())],
    )
    found = _status(document)["pods"][0]["containers"]

    assert [(c["name"], c["role"], c["state"]) for c in found] == [
        ("setup", "init", "terminated"),
        ("log", "sidecar", "running"),
        ("app", "app", "running"),
        ("lost", "app", "unknown"),
        ("debug", "ephemeral", "waiting"),
    ]


def test_progress_names_the_step_that_runs_and_is_null_without_any() -> None:
    step = pod(container("app", waiting("PodInitializing")), init=[container("setup", running())], phase="Pending")

    assert _status(step)["pods"][0]["initProgress"] == {"done": 0, "total": 1, "current": "setup"}
    assert _status(pod(container("app", running())))["pods"][0]["initProgress"] is None


def test_what_is_not_known_is_null_and_no_empty_text() -> None:
    [found] = _status({})["pods"]

    assert (found["node"], found["initProgress"], found["containers"]) == (None, None, [])


def test_no_pods_are_an_empty_list() -> None:
    assert json.loads(as_json(status_document([], NOW))) == {"pods": []}
    assert json.loads(as_json(events_document([]))) == {"events": []}


def test_an_event_has_the_fields_of_the_contract() -> None:
    event = {
        "metadata": {"namespace": "shop", "uid": "e"},
        "involvedObject": {"kind": "Pod", "name": "web", "uid": "u", "fieldPath": "spec.containers{app}"},
        "type": "Warning",
        "reason": "BackOff",
        "message": "Back-off",
        "count": 5,
        "firstTimestamp": ago(600),
        "lastTimestamp": ago(60),
    }

    assert json.loads(as_json(events_document([parse_event(event)]))) == {
        "events": [
            {
                "time": ago(60),
                "type": "Warning",
                "reason": "BackOff",
                "container": "app",
                "object": "pod/web",
                "message": "Back-off",
                "count": 5,
                "firstSeen": ago(600),
                "lastSeen": ago(60),
                "namespace": "shop",
            }
        ]
    }


def test_an_event_about_a_whole_pod_has_no_container() -> None:
    assert json.loads(as_json(events_document([parse_event({})])))["events"][0]["container"] is None


def test_hostile_texts_stay_what_they_are_and_cannot_harm_a_terminal() -> None:
    pods, events = status_document(hostile_pods(), NOW), events_document(hostile_events())

    for document in (pods, events):
        for text in (as_json(document), as_yaml(document)):
            assert text.isascii()
            assert "\x1b" not in text
        assert json.loads(as_json(document)) == document
        assert yaml.safe_load(as_yaml(document)) == document
    assert any(EVIL in found["name"] for found in pods["pods"])


def test_yaml_has_the_fields_in_the_order_of_the_contract() -> None:
    assert as_yaml(status_document([parse_pod(DOCUMENT)], NOW)).splitlines()[:3] == [
        "pods:",
        "- namespace: shop",
        "  name: web",
    ]
