"""The page of `doctor`, and its document."""

import json
import re

import pytest

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.diagnosis import diagnose
from kubectl_mc.doctor.finding import Certainty, Finding, Grade, mc
from kubectl_mc.doctor.siblings import Diagnosis, compared
from kubectl_mc.doctor.verdict import tally
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.render.diagnoses import diagnoses_document, diagnoses_page
from kubectl_mc.render.doctor import Reach
from kubectl_mc.render.document import as_json
from kubectl_mc.render.page import Theme, width_of_line
from tests.pods import NOW, Json, container, ended, pod, running, waiting
from tests.render.hostile import EVIL, hostile_pods

PIPE = 1_000_000
_REACH = Reach("kubectl mc", ("--context", "prod"))
_FAULT = Finding(
    "readiness-probe-failing",
    "web answers 503 on :8080/ready, so it has not been ready for 8m",
    container="web",
    evidence=("event Unhealthy, 10s ago (x37): Readiness probe failed: HTTP probe failed with statuscode: 503",),
    next=(mc("logs", "web", "-c", "web"),),
    consequences=("the pod is not ready, so it gets no traffic from Services",),
    namespace="shop",
    pod="web",
    primary=True,
)
_UNREADY = pod(container("web", running(), started=True), container("side", running(), ready=True))
_READY = pod(container("web", running(), ready=True), name="fine", conditions={"Ready": "True"})


def _page(*diagnoses: Diagnosis, width: int = PIPE, theme: Theme | None = None, well: bool = True) -> list[str]:
    page = diagnoses_page(diagnoses, NOW, width, theme or Theme(), _REACH, well=well)
    return page.text().splitlines()


def _one(document: Json, *findings: Finding) -> Diagnosis:
    return Diagnosis(parse_pod(document), findings)


def test_a_finding_reads_from_its_sentence_to_the_next_command() -> None:
    assert _page(_one(_UNREADY, _FAULT)) == [
        "shop/web  1/2 Running",
        "  ✗ web answers 503 on :8080/ready, so it has not been ready for 8m",
        "    readiness-probe-failing",
        "    evidence  event Unhealthy, 10s ago (x37): Readiness probe failed: HTTP probe failed with statuscode: 503",
        "    so        the pod is not ready, so it gets no traffic from Services",
        "    next      kubectl mc logs web -c web --context prod -n shop",
    ]


def test_what_is_only_likely_says_so() -> None:
    likely = Finding("init-stuck", "it waits", Grade.WARNING, Certainty.LIKELY)

    assert "  ! likely: it waits" in _page(_one(_UNREADY, likely))


def test_siblings_with_the_same_are_shown_once_with_their_names() -> None:
    def sibling(name: str) -> Diagnosis:
        document = pod(container("web", running(), started=True), name=name)
        document["metadata"]["ownerReferences"] = [
            {"kind": "StatefulSet", "name": "web", "uid": "s", "controller": True}
        ]
        return _one(document, _FAULT)

    lines = _page(*compared([sibling(f"web-{number:02}") for number in range(12)]))

    assert lines[0] == "shop/web-00  0/1 Running"
    assert lines[1] == (
        "  the same in 11 more pods of StatefulSet web: "
        "web-01, web-02, web-03, web-04, web-05, web-06, web-07, web-08 and 3 more"
    )
    assert sum("✗" in line for line in lines) == 1
    assert "    where     all 12 pods" in lines


def test_each_of_them_has_its_finding_in_the_document() -> None:
    document = json.loads(as_json(diagnoses_document([_one(_UNREADY, _FAULT), _one(_READY)], _REACH)))
    [finding] = document["findings"]

    assert (finding["id"], finding["pod"], finding["container"]) == ("readiness-probe-failing", "web", "web")
    assert (finding["kind"], finding["name"]) == ("Pod", "web")
    assert finding["primary"] is True
    assert finding["next"] == ["kubectl mc logs web -c web --context prod -n shop"]
    assert document["pods"]["total"] == 2
    assert (document["pods"]["errors"], document["pods"]["well"]) == (1, 1)


PLAIN = {
    "well": (_READY, "  well: its container is ready"),
    "well after some work": (
        pod(container("work", ended(0, "Completed")), container("side", running(), ready=True), restart_policy="Never"),
        "  on its way: work finished; the pod ends only when side does too",
    ),
    "finished": (pod(container("a", ended(0, "Completed")), phase="Succeeded"), "  finished without an error"),
    "starting": (
        pod(container("a", running(5), started=True, readinessProbe={"tcpSocket": {"port": 1}})),
        "  on its way: a has run for 5s and is not ready: its readiness probe does not pass",
    ),
    "unknown": (
        pod(container("a"), phase="Unknown"),
        "  not well, and no rule knows why: nothing is known of a",
    ),
}


@pytest.mark.parametrize(("document", "said"), PLAIN.values(), ids=PLAIN)
def test_a_pod_without_findings_says_how_it_is(document: Json, said: str) -> None:
    assert _page(_one(document))[1:] == [said]
    assert _page(_one(document), well=False) == []


def test_what_is_broken_stands_first() -> None:
    noted = pod(container("web", running(), ready=True), name="noted", conditions={"Ready": "True"})
    note = Finding("restarted", "it has recovered", Grade.INFO)
    lines = _page(_one(_READY), _one(noted, note), _one(_UNREADY, _FAULT))

    assert [line.split()[0] for line in lines if line.startswith("shop/")] == ["shop/web", "shop/noted", "shop/fine"]


def test_the_summary_counts_each_pod_once() -> None:
    done = pod(container("a", ended(0, "Completed")), phase="Succeeded", name="done")

    assert tally([_one(_UNREADY, _FAULT), _one(_READY), _one(done)]) == "3 pods: 1 with errors, 1 well, 1 finished"
    assert tally([_one(_READY), _one(_READY)]) == "2 pods: all well"


def test_a_long_text_is_cut_with_a_word_of_where_the_rest_is() -> None:
    long = Finding("start-error", "no", evidence=("state of web: " + "x" * 5000, "\n".join(map(str, range(50)))))
    lines = _page(_one(_UNREADY, long))

    assert sum("(-o json has all of it)" in line for line in lines) == 2
    assert max(map(len, lines)) < 600
    document = diagnoses_document([_one(_UNREADY, long)], _REACH)
    assert len(document["findings"][0]["evidence"][0]) > 5000


@pytest.mark.parametrize("width", [80, 160])
def test_only_commands_are_wider_than_the_terminal(width: int) -> None:
    long = Finding("start-error", "it can't start because " * 20, evidence=("state of web: waiting " * 40, "y" * 300))
    page = diagnoses_page([_one(_UNREADY, long, _FAULT)], NOW, width, Theme(), _REACH, well=True)
    commands = [line for line in page.lines if any("kubectl mc" in span.text for span in line)]

    assert all(width_of_line(line) <= width for line in page.lines if line not in commands)


def test_where_unicode_does_not_arrive_everything_is_ascii() -> None:
    long = Finding("start-error", "no", evidence=("x" * 5000,))

    "\n".join(_page(_one(_UNREADY, _FAULT, long), theme=Theme(unicode=False))).encode("ascii")


@pytest.mark.parametrize("width", [80, PIPE])
def test_nothing_in_a_pod_can_move_a_cursor_or_turn_a_line(width: int) -> None:
    diagnoses = [Diagnosis(each, diagnose(Case(each, NOW))) for each in hostile_pods()]
    bad = Finding("start-error", EVIL, evidence=(EVIL,), consequences=(EVIL,), spread=EVIL, next=(mc(EVIL),), pod=EVIL)
    page = diagnoses_page([*diagnoses, _one(_UNREADY, bad)], NOW, width, Theme(), _REACH, well=True)
    text = page.text()

    text.encode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]", text)
    as_json(diagnoses_document(diagnoses, _REACH)).encode("ascii")


def test_a_waiting_container_is_told_by_its_own_state() -> None:
    waits = pod(container("a", waiting("ContainerCreating")), phase="Pending")

    assert _page(_one(waits))[1].startswith("  on its way: none of its containers has been created")
