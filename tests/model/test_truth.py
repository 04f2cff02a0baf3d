"""What is so, where kubectl's words hide it: the cases are the misleading ones of `test_summary`."""

from dataclasses import dataclass

import pytest

from kubectl_mc.model.fact import Fact, Look
from kubectl_mc.model.health import Severity, pod_severity
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.summary import summarize
from kubectl_mc.model.truth import facts
from tests.model.test_summary import CRASH_LOOP, CRASHED, INITIALIZED, MISLEADING
from tests.pods import NOW, Json, ago, container, ended, pod, running, sidecar, waiting

DOCUMENTS = {name: document for name, document, _, _ in MISLEADING}


def _facts(document: Json) -> tuple[Fact, ...]:
    parsed = parse_pod(document)
    return facts(parsed, summarize(parsed), NOW)


@dataclass(frozen=True)
class Said:
    """A fact as a test expects it: the container's name, the sentence, whether kubectl hides it."""

    container: str | None
    sentence: str
    hidden: bool


def _said(document: Json) -> list[Said]:
    return [
        Said(fact.container.name if fact.container else None, fact.sentence, fact.hidden) for fact in _facts(document)
    ]


EXPECTED = {
    "one of two sidecars crash-loops": [
        Said("a", "a is crash-looping", True),
        Said(None, "2 of 3 containers are ready", True),
    ],
    "a sidecar has started and is not ready": [
        Said("proxy", "proxy has run for 60s and is not ready: the kubelet has not reported it ready", True)
    ],
    "one container is done and the other crash-loops": [
        Said("c1", "c1 is crash-looping (exit 1, 2m ago, 0 restarts)", True)
    ],
    "one is done, one crash-loops, one is ready": [
        Said("c1", "c1 is crash-looping (exit 1, 2m ago, 0 restarts)", True),
        Said("c2", "c0 finished; the pod ends only when c2 does too", False),
    ],
    "two faults at once": [
        Said("c0", "c0 has no image: app:1", False),
        Said("c1", "c1 ended with exit 137, SIGKILL, OOMKilled", True),
    ],
    "a job is done and its sidecar was killed afterwards": [
        Said(None, "it succeeded; exit 137, SIGKILL is how the kubelet stopped sidecar log afterwards", False)
    ],
    "the second of three init steps runs": [Said("i2", "init step 2 of 3, i2, has run for 60s", False)],
    "a sidecar's startup probe holds a plain init step up": [
        Said(
            "proxy",
            "init step 1 of 2, sidecar proxy, has run for 60s and has not passed its startup probe; "
            "all that comes after it waits",
            True,
        )
    ],
    "an evicted pod": [Said(None, "Evicted: The node was low on resource: memory.", True)],
    "a failed pod that is being deleted": [
        Said("app", "app ended with exit 1", False),
        Said(None, "it is being deleted, 10s of its grace period left", True),
    ],
    "a pod that is deleted while its init step crash-loops": [
        Said(None, "it is being deleted, 10s of its grace period left", False),
        Said("setup", "init step 1 of 1, setup, is crash-looping (exit 1, 2m ago, 4 restarts)", False),
    ],
    "one of two containers fails its readiness probe": [
        Said("b", "b has run for 60s and is not ready: the kubelet has not reported it ready", True)
    ],
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_truth_below_a_misleading_status(name: str) -> None:
    assert _said(DOCUMENTS[name]) == EXPECTED[name]


def test_a_failed_pod_names_the_app_that_failed_before_the_sidecar_that_was_stopped() -> None:
    document = pod(
        container("main", ended(9, "Error")),
        init=[sidecar("proxy", ended(137, "Error"), started=False)],
        phase="Failed",
        restart_policy="Never",
        conditions=INITIALIZED,
    )

    assert _said(document) == [
        Said("main", "main ended with exit 9", False),
        Said(None, "exit 137, SIGKILL is how the kubelet stopped sidecar proxy afterwards", False),
    ]
    assert _facts(document)[0].look is Look.LOGS


def test_a_healthy_pod_needs_no_sentence() -> None:
    document = pod(
        container("app", running(), ready=True, started=True, restarts=3, last=ended(1, "Error", seconds=86400)),
        init=[container("setup", ended(0, "Completed")), sidecar("log", running(), started=True, ready=True)],
        conditions={**INITIALIZED, "Ready": "True"},
    )

    assert _said(document) == []


def test_a_container_that_is_well_again_is_told_of_for_a_while() -> None:
    last = ended(137, "OOMKilled", seconds=300)
    document = pod(container("app", running(), ready=True, restarts=1, last=last), conditions=INITIALIZED)

    assert _said(document) == [Said("app", "app restarted 5m ago: exit 137, SIGKILL, OOMKilled", False)]


def test_a_pod_without_any_container_yet_says_since_when_it_has_its_node() -> None:
    scheduled = {"status": "True", "lastTransitionTime": ago(200)}
    document = pod(
        container("app", waiting("ContainerCreating")), phase="Pending", conditions={"PodScheduled": scheduled}
    )

    assert _said(document) == [Said(None, "none of its containers has been created 3m20s after it got its node", False)]


def test_a_finished_job_needs_no_sentence() -> None:
    assert _said(pod(container("app", ended(0, "Completed")), phase="Succeeded", restart_policy="Never")) == []


def test_containers_that_wait_for_an_init_step_are_never_blamed() -> None:
    document = pod(
        container("app", waiting("PodInitializing")),
        container("side", waiting("PodInitializing")),
        init=[container("setup", CRASH_LOOP, restarts=1, last=CRASHED), container("later", waiting("PodInitializing"))],
        phase="Pending",
    )

    assert [fact.container for fact in _said(document)] == ["setup"]


def test_a_readiness_probe_is_named_where_there_is_one() -> None:
    document = pod(
        container("web", running(300), started=True, readinessProbe={"httpGet": {"port": 80}}), conditions=INITIALIZED
    )

    assert _said(document) == [
        Said("web", "web has run for 5m and is not ready: its readiness probe does not pass", True)
    ]


def test_a_startup_probe_is_told_from_a_readiness_probe() -> None:
    document = pod(container("web", running(), started=False), conditions=INITIALIZED)

    assert _said(document) == [Said("web", "web has run for 60s and has not passed its startup probe", False)]


def test_a_failed_pod_names_the_container_that_ended_it() -> None:
    document = pod(
        container("a", ended(0, "Completed")), container("b", ended(2, "Error")), phase="Failed", restart_policy="Never"
    )

    assert _said(document) == [Said("b", "b ended with exit 2", True)]


def test_a_crash_loop_says_how_often_and_how_it_ended() -> None:
    last = ended(137, "OOMKilled", seconds=240)
    document = pod(container("app", CRASH_LOOP, restarts=1, last=last), conditions=INITIALIZED)

    assert _said(document) == [
        Said("app", "app is crash-looping (exit 137, SIGKILL, OOMKilled, 4m ago, 1 restart)", False)
    ]


def test_a_container_that_cannot_start_says_what_kubectl_describe_hides() -> None:
    message = 'configmap "settings" not found'
    document = pod(container("app", waiting("CreateContainerConfigError", message)), conditions=INITIALIZED)

    assert _said(document) == [Said("app", f"app cannot start: {message}", False)]


def test_an_unschedulable_pod_says_what_the_scheduler_said() -> None:
    condition = {"status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available"}
    document = pod(container("app"), phase="Pending", node="", conditions={"PodScheduled": condition})

    assert _said(document) == [Said(None, "no node can take it: 0/3 nodes are available", False)]


def test_a_scheduling_gate_is_no_lack_of_nodes() -> None:
    condition = {"status": "False", "reason": "SchedulingGated", "message": "Scheduling is blocked"}
    document = pod(container("app"), phase="Pending", node="", conditions={"PodScheduled": condition})

    assert _said(document) == [Said(None, "scheduling gates hold it back: Scheduling is blocked", False)]


def test_scheduling_gates_are_named() -> None:
    condition = {"status": "False", "reason": "SchedulingGated", "message": "Scheduling is blocked"}
    document = pod(container("app"), phase="Pending", node="", conditions={"PodScheduled": condition})
    document["spec"]["schedulingGates"] = [{"name": "example.com/quota"}, {"name": "example.com/audit"}]

    assert _said(document) == [Said(None, "scheduling gates hold it back: example.com/quota, example.com/audit", False)]


def test_a_pod_that_no_scheduler_looks_at_names_the_one_it_asks_for() -> None:
    document = pod(container("app"), phase="Pending", node="")
    document["spec"]["schedulerName"] = "absent"

    assert _said(document) == [Said(None, "the scheduler absent has not looked at it, 60m after it was made", True)]


def test_a_finished_pod_that_its_finalizers_hold_is_no_finished_business() -> None:
    document = pod(container("app", ended(0, "Completed")), phase="Succeeded", restart_policy="Never", deleted=ago(120))
    document["metadata"]["finalizers"] = ["example.com/audit"]

    assert _said(document) == [
        Said(
            None,
            "it is being deleted, its grace period ended 2m ago; held by its finalizers: example.com/audit",
            True,
        )
    ]
    assert pod_severity(parse_pod(document)) is Severity.WARNING


def test_a_command_that_cannot_be_started_is_told_in_the_runtimes_words() -> None:
    message = 'failed to create containerd task: runc create failed: exec: "/no/such": no such file: unknown'
    last = ended(128, "StartError", message=message)
    last["terminated"]["startedAt"] = "1970-01-01T00:00:00Z"
    document = pod(
        container("app", waiting("CrashLoopBackOff"), restarts=3, last=last), conditions={"Initialized": "True"}
    )

    [fact] = _facts(document)
    assert fact.sentence == 'app cannot start: exec: "/no/such": no such file, 2m ago, 3 restarts'
    assert fact.look is Look.EVENTS
    [app] = parse_pod(document).containers
    assert app.status.last is not None
    assert app.status.last.started_at is None


def test_between_two_starts_a_crash_loop_is_not_forgotten() -> None:
    document = pod(
        container("app", ended(1, "Error"), restarts=15, last=ended(1, "Error")), conditions={"Initialized": "True"}
    )

    assert _said(document)[0].sentence == "app ended with exit 1, 15 restarts so far"


def test_a_crash_loop_without_an_error_is_looked_up_in_the_events() -> None:
    document = pod(
        container("app", waiting("CrashLoopBackOff"), restarts=2, last=ended(0, "Completed")),
        conditions={"Initialized": "True"},
    )

    assert _facts(document)[0].look is Look.EVENTS


def test_a_message_of_many_lines_gives_its_first_to_the_sentence() -> None:
    document = pod(container("app", waiting("CreateContainerError", "no such mount\nat line 2")))

    assert _said(document)[0].sentence == "app cannot start: no such mount"


def test_a_readiness_gate_is_named_when_only_it_is_missing() -> None:
    document = pod(
        container("app", running(), ready=True),
        gates=["example.com/lb"],
        conditions={**INITIALIZED, "Ready": "False"},
    )

    assert _said(document) == [Said(None, "all containers are ready; readiness gate example.com/lb is not True", True)]


def test_a_deletion_that_takes_too_long_names_what_still_runs() -> None:
    document = pod(
        container("a", running()), container("b", ended(0, "Completed")), deleted=ago(45), conditions=INITIALIZED
    )

    assert _said(document) == [
        Said(None, "it is being deleted, its grace period ended 45s ago; still running: a", True)
    ]


def test_a_failed_init_step_between_two_attempts_is_about_to_start_again() -> None:
    document = pod(
        container("app", waiting("PodInitializing")),
        init=[container("setup", waiting("PodInitializing"), restarts=1, last=ended(1, "Error"))],
        phase="Pending",
    )

    assert _said(document) == [
        Said("setup", "init step 1 of 1, setup, failed with exit 1 and is about to start again", False)
    ]


@pytest.mark.parametrize(
    ("document", "look"),
    [
        (pod(container("app", CRASH_LOOP, last=CRASHED)), Look.PREVIOUS),
        (pod(container("app", CRASHED)), Look.LOGS),
        (pod(container("app", waiting("ErrImagePull"))), Look.EVENTS),
        (DOCUMENTS["the second of three init steps runs"], Look.LOGS),
        (DOCUMENTS["a sidecar has started and is not ready"], Look.EVENTS),
    ],
    ids=["crash loop", "ended", "no image", "init step", "not ready"],
)
def test_where_to_look_next_follows_from_the_fact(document: Json, look: Look) -> None:
    assert _facts(document)[0].look is look
