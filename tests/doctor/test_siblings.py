"""The pods of one workload beside each other."""

import pytest

from kubectl_mc.doctor.finding import Finding, Grade
from kubectl_mc.doctor.siblings import Diagnosis, alike, compared, workload_of, worst_first
from kubectl_mc.model.parsing import parse_pod
from tests.pods import Json, ago, container, pod, running

_FAULT = Finding("readiness-probe-failing", "web answers 503", container="web")


def _owned(
    name: str, *, node: str = "n1", template: str = "5d9f", made: float = 3600, owner: Json | None = None
) -> Json:
    document = pod(container("web", running(), ready=True), name=name, node=node)
    metadata = document["metadata"]
    metadata["creationTimestamp"] = ago(made)
    metadata["labels"] = {"pod-template-hash": template}
    metadata["ownerReferences"] = [
        {"kind": "ReplicaSet", "name": f"web-{template}", "uid": template, "controller": True, **(owner or {})}
    ]
    return document


def _healthy(*documents: Json) -> list[Diagnosis]:
    return [Diagnosis(parse_pod(document)) for document in documents]


def _ill(*documents: Json, finding: Finding = _FAULT) -> list[Diagnosis]:
    return [Diagnosis(parse_pod(document), (finding,)) for document in documents]


CASES = {
    "one of five": (
        _ill(_owned("a")) + _healthy(*(_owned(name) for name in "bcde")),
        "1 of 5 pods",
    ),
    "only on one node": (
        _ill(_owned("a", node="n2"), _owned("b", node="n2")) + _healthy(_owned("c"), _owned("d")),
        "2 of 4 pods, only on node n2",
    ),
    "a node with others that are well": (
        _ill(_owned("a", node="n2")) + _healthy(_owned("b", node="n2"), _owned("c")),
        "1 of 3 pods",
    ),
    "only in the new ReplicaSet": (
        _ill(_owned("a", template="7b", made=60), _owned("b", template="7b", made=50, node="n2"))
        + _healthy(_owned("c"), _owned("d", node="n2")),
        "2 of 4 pods, only in the new ReplicaSet web-7b",
    ),
    "only in the old ReplicaSet": (
        _ill(_owned("a", node="n2"), _owned("b")) + _healthy(_owned("c", template="7b", made=60, node="n2")),
        "2 of 3 pods, only in the old ReplicaSet web-5d9f",
    ),
    "all of them": (_ill(_owned("a"), _owned("b")), "all 2 pods"),
    "alone": (_ill(_owned("a")), ""),
    "others of another workload": (
        _ill(_owned("a")) + _healthy(_owned("b", owner={"kind": "StatefulSet", "name": "db"})),
        "",
    ),
}


@pytest.mark.parametrize(("diagnoses", "spread"), CASES.values(), ids=CASES)
def test_a_finding_tells_how_far_it_spreads(diagnoses: list[Diagnosis], spread: str) -> None:
    [finding] = compared(diagnoses)[0].findings

    assert finding.spread == spread


@pytest.mark.parametrize(
    ("broken", "grade", "undone"),
    [("7b", Grade.ERROR, True), ("5d9f", Grade.ERROR, False), ("7b", Grade.WARNING, False)],
    ids=["the new ones", "the old ones", "no error"],
)
def test_a_rollout_that_brought_the_fault_can_be_undone(broken: str, grade: Grade, undone: bool) -> None:
    old, new = _owned("a"), _owned("b", template="7b", made=60)
    ill, well = (new, old) if broken == "7b" else (old, new)
    [finding] = compared(_ill(ill, finding=Finding("crashloop", "web ends", grade)) + _healthy(well))[0].findings

    undo = "kubectl rollout undo deployment/web -n shop"
    assert [step.line("kubectl mc", "shop") for step in finding.next] == ([undo] if undone else [])


def test_a_pod_without_an_owner_is_compared_with_none() -> None:
    lone = pod(container("web", running()), name="lone")

    assert workload_of(parse_pod(lone)) is None
    assert [each.findings[0].spread for each in compared(_ill(lone, pod(container("web", running()))))] == ["", ""]


def test_the_pods_of_a_deployment_are_its_own_whatever_their_replicaset() -> None:
    assert str(workload_of(parse_pod(_owned("a")))) == "Deployment web"
    assert str(workload_of(parse_pod(_owned("a", owner={"kind": "Job", "name": "j"})))) == "Job j"


def test_a_finished_sibling_counts_only_if_it_has_the_same() -> None:
    over = _owned("b")
    over["status"]["phase"] = "Succeeded"
    [first, *_] = compared(_ill(_owned("a")) + _healthy(over, _owned("c")))

    assert first.findings[0].spread == "1 of 2 pods"


def test_siblings_with_the_same_findings_stand_together_and_others_alone() -> None:
    other = Finding("crashloop", "web ends with exit 1", container="web")
    lone = pod(container("web", running()), name="lone")
    groups = alike([*_ill(_owned("a"), _owned("b"), lone), *_ill(_owned("c"), finding=other), *_healthy(_owned("d"))])

    assert [[each.pod.name for each in group] for group in groups] == [["a", "b"], ["lone"], ["c"], ["d"]]


def test_what_is_broken_comes_first() -> None:
    note = Finding("restarted", "web has recovered", Grade.INFO)
    warning = Finding("init-stuck", "setup runs", Grade.WARNING)
    diagnoses = [
        *_healthy(_owned("a")),
        *_ill(_owned("b"), finding=note),
        *_ill(_owned("c"), finding=warning),
        *_ill(_owned("e"), _owned("d")),
    ]

    assert [diagnosis.pod.name for diagnosis in worst_first(diagnoses)] == ["d", "e", "c", "b", "a"]
