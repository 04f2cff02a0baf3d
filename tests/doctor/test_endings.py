"""Pods that were ended as a whole, or never let in: the containers' own ends are no cause."""

from typing import Any

import pytest

from kubectl_mc.doctor.case import Known, Presence
from kubectl_mc.doctor.finding import Certainty, Grade
from tests.doctor.cases import MISSING, case, event, found, primary
from tests.pods import Json, container, ended, pod, running, waiting

READY = Known(Presence.THERE, phase="Ready")
NOT_READY = Known(Presence.THERE, phase="NotReady")


def failed(reason: str, message: str, *apps: Any, **more: Any) -> Json:
    return pod(*apps, phase="Failed", status={"reason": reason, "message": message}, **more)


KILLED = container("app", ended(137, "Error"))
UNKNOWN = container("side", ended(137, "ContainerStatusUnknown", message="The container could not be located"))


@pytest.mark.parametrize(
    ("message", "guilty", "words"),
    [
        (
            "The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi. Container side was "
            "using 900Mi, request is 0, has larger consumption of memory. ",
            "side",
            "node node-1 was low on memory, and side asks for less than it used, so the kubelet ended the whole pod",
        ),
        (
            "The node was low on resource: ephemeral-storage. Container app was using 1Gi, request is 0, has larger "
            "consumption of ephemeral-storage. Container side was using 2Gi, request is 0.",
            "",
            "node node-1 was low on ephemeral-storage, so the kubelet ended the whole pod",
        ),
        ('Container side exceeded its local ephemeral storage limit "64Mi". ', "side", "exceeded its local"),
        (
            'Usage of EmptyDir volume "cache" exceeds the limit "1Mi". ',
            "app",
            'EmptyDir volume "cache" exceeds the limit',
        ),
    ],
)
def test_an_evicted_pod_says_why_and_for_whom(message: str, guilty: str, words: str) -> None:
    document = failed("Evicted", message, KILLED, UNKNOWN)
    document["spec"]["containers"][0]["volumeMounts"] = [{"name": "cache", "mountPath": "/cache"}]
    document["spec"]["volumes"] = [{"name": "cache", "emptyDir": {"sizeLimit": "1Mi"}}]
    judged = case(document)
    cause = primary(judged)

    assert cause is not None
    assert (cause.id, cause.container) == ("evicted", guilty)
    assert words in cause.summary
    assert list(found(judged)) == ["evicted"], "how its containers ended is no fault of theirs"
    assert any(
        "ended with it, through no fault of" in said and guilty not in said.split() for said in cause.consequences
    )


def test_a_pod_past_its_deadline_names_the_deadline() -> None:
    document = failed(
        "DeadlineExceeded",
        "Pod was active on the node longer than the specified deadline",
        container("app", ended(0, "Completed")),
        container("side", ended(143, "Error")),
    )
    document["spec"]["activeDeadlineSeconds"] = 60
    judged = case(document)
    cause = primary(judged)

    assert cause is not None
    assert list(found(judged)) == ["deadline-exceeded"]
    assert "the pod ran longer than the 60s that its activeDeadlineSeconds allows" in cause.summary
    assert "side was cut short" in cause.consequences


@pytest.mark.parametrize(
    ("reason", "message", "words"),
    [
        (
            "NodeAffinity",
            "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
            "node node-1 refuses the pod (NodeAffinity): Predicate NodeAffinity failed",
        ),
        (
            "OutOfcpu",
            "Pod was rejected: Node didn't have enough resource: cpu, requested: 3000, used: 50, capacity: 2000",
            "it requests cpu 3 = app 2 + side 1",
        ),
        ("SysctlForbidden", 'Pod was rejected: forbidden sysctl: "kernel.msgmax" not allowlisted', "kernel.msgmax"),
        ("UnexpectedAdmissionError", "Allocate failed due to no devices, which is unexpected", "Allocate failed"),
    ],
)
def test_a_pod_that_its_node_refuses_says_why(reason: str, message: str, words: str) -> None:
    asking = [container(name, resources={"requests": {"cpu": cpu}}) for name, cpu in (("app", "2"), ("side", "1"))]
    cause = primary(case(failed(reason, message, *asking)))

    assert cause is not None
    assert cause.id == "admission-refused"
    assert words in cause.summary


def test_a_pod_that_failed_by_itself_was_not_refused() -> None:
    assert set(found(case(failed("", "", container("app", ended(1, "Error")), restart_policy="Never")))) == {
        "container-failed"
    }


def test_a_pod_that_gave_way_says_so() -> None:
    document = pod(
        container("app", running(), ready=True, started=True),
        deleted="2026-03-01T12:00:28Z",
        conditions={
            "DisruptionTarget": {
                "status": "True",
                "reason": "PreemptionByScheduler",
                "message": "default-scheduler: preempting to accommodate a higher priority pod",
            }
        },
    )
    cause = primary(case(document, event("Preempted", "Preempted by pod 1 on node node-1", type_="Normal")))

    assert cause is not None
    assert cause.id == "preempted"


def test_a_drained_node_is_nobodys_preemption() -> None:
    document = pod(
        container("app", running(), ready=True, started=True),
        deleted="2026-03-01T12:00:28Z",
        conditions={"DisruptionTarget": {"status": "True", "reason": "EvictionByEvictionAPI"}},
    )

    assert found(case(document)) == {}


def lost(**more: Any) -> Json:
    """A pod as the node's controller leaves it: not ready, while its containers are as the kubelet wrote them last."""
    ready = container("app", running(), ready=True, started=True)
    return pod(ready, conditions={"Ready": "False", "ContainersReady": "True"}, **more)


@pytest.mark.parametrize(("node", "words"), [(NOT_READY, "does not answer any more"), (MISSING, "is gone")])
def test_a_lost_node_is_the_cause_whatever_its_containers_were(node: Known, words: str) -> None:
    cause = primary(case(lost(), objects={("Node", "node-1"): node}))

    assert cause is not None
    assert (cause.id, cause.certainty) == ("node-lost", Certainty.OBSERVED)
    assert f"node node-1 {words}, so nobody knows how the pod is" in cause.summary


def test_without_a_look_at_the_node_its_event_makes_it_likely() -> None:
    cause = primary(case(lost(), event("NodeNotReady", "Node is not ready")))

    assert cause is not None
    assert (cause.id, cause.certainty) == ("node-lost", Certainty.LIKELY)


def test_a_node_that_answers_again_lost_nothing() -> None:
    judged = case(lost(), event("NodeNotReady", "Node is not ready"), objects={("Node", "node-1"): READY})

    assert "node-lost" not in found(judged)


def test_a_pod_that_was_bound_to_a_node_that_never_was_says_so() -> None:
    judged = case(pod(container("app"), phase="Pending", node="ghost"), objects={("Node", "ghost"): MISSING})
    cause = primary(judged)

    assert cause is not None
    assert cause.summary == "node ghost is gone, so nobody knows how the pod is"


def test_a_deleted_pod_of_a_lost_node_waits_for_the_node() -> None:
    judged = case(lost(deleted="2026-03-01T11:50:00Z"), objects={("Node", "node-1"): NOT_READY})
    cause = primary(judged)

    assert cause is not None
    assert list(found(judged)) == ["node-lost"]
    assert "and nobody can end it" in cause.summary


def test_an_exit_code_that_the_kubelet_made_up_is_no_kill() -> None:
    last = ended(137, "ContainerStatusUnknown", message="The container could not be located when the pod was deleted")
    judged = case(
        pod(container("app", waiting("ContainerCreating"), restarts=1, last=last), conditions={"Ready": "False"})
    )
    cause = primary(judged)

    assert cause is not None
    assert (cause.id, cause.container) == ("node-lost", "app")
    assert "its exit code 137 is made up, nothing killed it" in cause.summary


def test_a_container_that_came_back_after_its_node_is_a_note() -> None:
    last = ended(137, "ContainerStatusUnknown", seconds=300)
    well = container("app", running(200), ready=True, started=True, restarts=1, last=last)
    findings = found(case(pod(well, conditions={"Ready": "True"})))

    assert findings["node-lost"].grade is Grade.INFO


def test_a_node_that_was_shut_down_took_the_pod_with_it() -> None:
    said = "Pod was terminated in response to imminent node shutdown."
    cause = primary(case(failed("Terminated", said, container("app", ended(143, "Error")))))

    assert cause is not None
    assert cause.id == "node-lost"
    assert "node node-1 was shut down, and the pod with it" in cause.summary


@pytest.mark.parametrize(
    ("owner", "seconds", "grade"),
    [
        ("ReplicaSet", 7200, Grade.INFO),
        ("ReplicaSet", 600, Grade.ERROR),
        ("Job", 7200, Grade.ERROR),
        ("", 7200, Grade.ERROR),
    ],
)
def test_a_trace_of_an_eviction_long_ago_is_a_note_where_there_is_another_pod(
    owner: str, seconds: float, grade: Grade
) -> None:
    document = failed("Evicted", "Pod was evicted. ", container("app", ended(137, "Error", seconds=seconds)))
    if owner:
        document["metadata"]["ownerReferences"] = [{"kind": owner, "name": "web", "uid": "u", "controller": True}]

    assert found(case(document))["evicted"].grade is grade
