"""Why no node takes a pod: said with what the pod itself asks for."""

from dataclasses import replace
from typing import Any

import pytest

from kubectl_mc.doctor.case import Known, Presence
from kubectl_mc.doctor.finding import Certainty, Grade
from kubectl_mc.model.event import Event
from tests.doctor.cases import case, event, found, primary
from tests.pods import Entry, Json, ago, container, pod, sidecar

_BEHIND = (
    "no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."
)


def pending(said: str, *apps: Entry, init: tuple[Entry, ...] = (), **spec: Any) -> Json:
    condition = {"status": "False", "reason": "Unschedulable", "message": said}
    document = pod(*(apps or (container("app"),)), init=init, phase="Pending", node="")
    document["status"]["conditions"] = [{"type": "PodScheduled", **condition}]
    document["spec"].update(spec)
    return document


def asks(name: str, **requests: str) -> Entry:
    return container(name, resources={"requests": requests})


def test_what_the_containers_ask_for_together_is_named() -> None:
    cause = primary(
        case(
            pending(
                f"0/3 nodes are available: 3 Insufficient cpu. {_BEHIND}", asks("app", cpu="2"), asks("side", cpu="1")
            )
        )
    )

    assert cause is not None
    assert (cause.id, cause.container) == ("unschedulable", "")
    assert "the pod requests cpu 3 = app 2 + side 1, and all 3 nodes have less than that left" in cause.summary
    assert "spec.containers[1].resources.requests.cpu: 1" in cause.evidence


def test_a_sidecar_counts_and_a_step_may_be_what_is_too_large() -> None:
    proxy = sidecar("proxy", resources={"requests": {"memory": "1Gi"}})
    cause = primary(
        case(
            pending(
                "0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available.",
                asks("app", memory="2Gi"),
                init=(proxy, container("setup", resources={"requests": {"memory": "7Gi"}})),
            )
        )
    )

    assert cause is not None
    assert "memory 8Gi = proxy 1Gi + setup 7Gi, while its init step setup runs" in cause.summary


def test_the_one_container_that_asks_for_it_is_the_guilty_one() -> None:
    said = "0/3 nodes are available: 3 Insufficient example.com/gpu."
    cause = primary(case(pending(said, asks("app", **{"example.com/gpu": "1"}), asks("side", cpu="1"))))

    assert cause is not None
    assert cause.container == "app"


@pytest.mark.parametrize(
    ("said", "spec", "words"),
    [
        (
            "1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu",
            {},
            "1 of 3 nodes has the taint node-role.kubernetes.io/control-plane, which the pod doesn't tolerate; the pod",
        ),
        (
            "3 node(s) had taint {team: blue}, that the pod didn't tolerate",
            {},
            "all 3 nodes have the taint team=blue, which the pod doesn't tolerate",
        ),
        (
            "3 node(s) didn't match Pod's node affinity/selector",
            {"nodeSelector": {"disk": "ssd"}},
            "all 3 nodes lack the labels that it demands: disk=ssd",
        ),
        (
            "3 node(s) didn't match Pod's node affinity/selector",
            {
                "affinity": {
                    "nodeAffinity": {
                        "requiredDuringSchedulingIgnoredDuringExecution": {
                            "nodeSelectorTerms": [
                                {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a", "b"]}]},
                                {"matchExpressions": [{"key": "gpu", "operator": "Exists"}]},
                            ]
                        }
                    }
                }
            },
            "lack the labels that it demands: zone in (a, b) or gpu",
        ),
        (
            "3 node(s) didn't match pod anti-affinity rules",
            {
                "affinity": {
                    "podAntiAffinity": {
                        "requiredDuringSchedulingIgnoredDuringExecution": [
                            {"labelSelector": {"matchLabels": {"app": "web"}}, "topologyKey": "kubernetes.io/hostname"}
                        ]
                    }
                }
            },
            "since it demands to be apart from pods with app=web on the same kubernetes.io/hostname",
        ),
        ("3 node(s) had volume node affinity conflict", {}, "all 3 nodes had volume node affinity conflict"),
        ("3 node(s) were unschedulable", {}, "all 3 nodes are cordoned"),
        ("3 Too many pods", {}, "all 3 nodes have as many pods as they may have"),
    ],
)
def test_each_of_the_schedulers_reasons_is_told_with_the_pods_part_in_it(said: str, spec: Json, words: str) -> None:
    cause = primary(case(pending(f"0/3 nodes are available: {said}. {_BEHIND}", **spec)))

    assert cause is not None
    assert words in cause.summary


def test_labels_that_no_node_has_stand_in_the_evidence_and_the_nodes_own_come_next() -> None:
    said = "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector."
    cause = primary(case(pending(f"{said} {_BEHIND}", nodeSelector={"disk": "ssd", "zone": "a"})))

    assert cause is not None
    assert "spec.nodeSelector: disk=ssd, zone=a" in cause.evidence
    assert cause.next[0].line("kubectl mc", "shop") == "kubectl get nodes --show-labels"


def test_a_host_port_that_is_taken_is_named_with_its_container() -> None:
    cause = primary(
        case(
            pending(
                "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
                container("app", ports=[{"containerPort": 80, "hostPort": 8080}]),
            )
        )
    )

    assert cause is not None
    assert "the only node has no free host port 8080 of app" in cause.summary


_VOLUME: dict[str, Any] = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "uploads"}}]}
_UNBOUND = "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found"


def test_an_unbound_claim_is_the_cause_in_the_words_of_its_own_events() -> None:
    app = container("app", volumeMounts=[{"name": "data", "mountPath": "/data"}])
    missing = replace(event("ProvisioningFailed", 'storageclass "fast" not found'), object_uid="claim")
    judged = case(
        pending(_UNBOUND, app, container("side"), **_VOLUME),
        objects={
            ("PersistentVolumeClaim", "uploads"): Known(
                Presence.THERE, phase="Pending", storage_class="fast", events=(missing,)
            )
        },
    )
    cause = primary(judged)

    assert cause is not None
    assert cause.id == "unschedulable"
    assert cause.certainty is Certainty.OBSERVED
    assert cause.summary == (
        "the claim uploads (volume data, mounted by app) isn't bound, so no node can be chosen for the pod: "
        'storageclass "fast" not found'
    )
    assert cause.next[0].words == ("describe", "pvc", "uploads")


def test_of_several_claims_the_one_that_waits_for_its_first_pod_is_not_the_cause() -> None:
    volumes = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in ("waits", "broken", "fine")]
    judged = case(
        pending(_UNBOUND, volumes=volumes),
        objects={
            ("PersistentVolumeClaim", "waits"): Known(
                Presence.THERE, phase="Pending", events=(event("WaitForFirstConsumer", "waiting"),)
            ),
            ("PersistentVolumeClaim", "broken"): Known(Presence.THERE, phase="Pending"),
            ("PersistentVolumeClaim", "fine"): Known(Presence.THERE, phase="Bound"),
        },
    )

    assert [finding.summary.split()[2] for finding in found(judged).values()] == ["broken"]


def test_a_claim_that_may_not_be_read_is_likely_the_cause() -> None:
    cause = primary(case(pending(_UNBOUND, **_VOLUME)))

    assert cause is not None
    assert cause.certainty is Certainty.LIKELY
    assert "the claim uploads" in cause.summary


def test_a_scheduling_gate_is_a_note() -> None:
    document = pending("Scheduling is blocked due to non-empty scheduling gates", schedulingGates=[{"name": "quota"}])
    document["status"]["conditions"][0]["reason"] = "SchedulingGated"
    findings = found(case(document))

    assert list(findings) == ["scheduling-gated"]
    assert findings["scheduling-gated"].grade is Grade.INFO


def test_a_scheduler_that_has_not_looked_is_asked_after() -> None:
    document = pod(container("app"), phase="Pending", node="")
    document["spec"]["schedulerName"] = "nobody"
    cause = primary(case(document))

    assert cause is not None
    assert (cause.id, cause.certainty) == ("unschedulable", Certainty.LIKELY)
    assert "the scheduler nobody that the pod asks for has not looked at it, 60m after it was made" in cause.summary


def test_a_scheduler_has_a_moment_before_it_is_asked_after() -> None:
    document = pod(container("app"), phase="Pending", node="")
    document["metadata"]["creationTimestamp"] = ago(5)

    assert found(case(document)) == {}


_OLD: Event = event("FailedScheduling", "0/3 nodes are available: 3 Insufficient cpu.", seconds=300)


@pytest.mark.parametrize("phase", ["Running", "Succeeded", "Failed"])
def test_an_old_event_of_a_pod_that_has_its_node_says_nothing(phase: str) -> None:
    scheduled = pod(container("app"), phase=phase, conditions={"PodScheduled": "True", "Ready": "True"})

    assert "unschedulable" not in found(case(scheduled, _OLD))
