"""`kubectl mc timeline`: bars, durations and the path, in every width and for pods that mean harm."""

import re
from collections.abc import Sequence

import pytest

from kubectl_mc.model.event import Event
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.render.page import Theme
from kubectl_mc.render.text import width_of
from kubectl_mc.render.timeline import slowest_first, starts_page, timeline_page
from kubectl_mc.render.timeline_document import timeline_document
from kubectl_mc.session import UNBOUNDED
from tests.model.timeline.starts import EVENTS, began, over, since, staged, told, up
from tests.pods import Json, container, pod, waiting
from tests.render.hostile import many_containers, poisoned


def _text(document: Json, width: int = 100, *, unicode: bool = True, events: Sequence[Event] = EVENTS) -> str:
    found = told(document, events)
    return timeline_page(parse_pod(document), found, width, Theme(unicode=unicode)).text()


def _line(text: str, begin: str) -> str:
    return next(line.strip() for line in text.splitlines() if line.strip().startswith(begin))


def test_the_first_lines_say_how_long_it_took_and_what_took_longest() -> None:
    lines = _text(staged()).splitlines()

    assert lines[:2] == [
        "shop/web  ready 31s after it was created",
        "  it waited longest for: app becomes ready (readiness probe), 7s, 22%",
    ]


def test_each_container_has_a_bar_where_its_time_lies() -> None:
    text = _text(staged(), 100)
    bars = {name: _line(text, name)[len(name) :] for name in ("init 1 first", "init 2 second", "sidecar side")}

    assert re.fullmatch(r" +░+█+ +2s start, 4s run", bars["init 1 first"])
    assert re.fullmatch(r" +░+█+ +1s start, 3s run", bars["init 2 second"])
    assert re.fullmatch(r" +░+▓+━+ +2s start, ~6s gate", bars["sidecar side"])
    assert bars["init 1 first"].rindex("█") < bars["init 2 second"].index("░")
    assert "░ start  █ runs  ▓ not ready yet  ━ ready" in text


def test_the_path_is_a_table_that_adds_up() -> None:
    lines = [" ".join(line.split()) for line in _text(staged()).splitlines()]
    begin = lines.index("AT TOOK SHARE IT WAITED FOR")

    assert lines[begin + 1 : begin + 6] == [
        "+0s 1s 3% scheduling",
        "+1s 2s 6% volumes and network",
        "+3s 2s 6% first is started (image already present)",
        "+5s 4s 12% first runs",
        "+9s 1s 3% idle, until the kubelet goes on to second",
    ]
    assert "in all 31s, 1s of it idle" in lines


@pytest.mark.parametrize("width", [40, 80, 100, 160, 400])
@pytest.mark.parametrize("document", [staged(), many_containers(), pod()], ids=["staged", "many", "none"])
def test_no_line_is_wider_than_the_terminal(document: Json, width: int) -> None:
    assert [line for line in _text(document, width).splitlines() if width_of(line) > width] == []


def test_in_a_pipe_bars_have_a_size_that_can_be_read() -> None:
    assert max(map(width_of, _text(staged(), UNBOUNDED).splitlines())) < 160


def test_without_unicode_all_is_ascii() -> None:
    assert _text(staged(), unicode=False).isascii()


def test_nothing_from_a_cluster_reaches_a_terminal_as_it_is() -> None:
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]", _text(poisoned(staged())))


def test_how_a_container_ended_before_is_told() -> None:
    app = container("app", up(300), ready=True, restarts=1, last=over(4, 280, 137, "OOMKilled"))
    text = _text(pod(app, conditions={"PodScheduled": since(1), "Ready": since(301)}), 160)

    assert text.startswith("shop/web  ready again 5m1s after it was created")
    assert "app restarted once: the instance before ended 5m20s ago (exit 137, SIGKILL, OOMKilled)" in text
    assert "was down for 20s" in text


def test_time_of_which_only_the_number_of_starts_is_kept_is_not_shown_as_running() -> None:
    app = container("app", waiting("CrashLoopBackOff"), restarts=7, last=over(500, 500, 1))
    text = _text(pod(app, conditions={"PodScheduled": since(1)}), 160, events=began("app", 3, 4))

    assert "it waited longest for: app runs and is down by turns (7 starts), ~8m16s, 82%" in text
    assert "1s start, ~8m16s run and down, 100s down" in text
    assert "█" not in text


def test_a_row_with_many_pieces_says_the_latest_of_them() -> None:
    app = container("app", over(300, 310, 1), restarts=3, last=over(200, 215, 1))
    text = _text(pod(app, conditions={"PodScheduled": since(1)}), 160, events=began("app", 3, 4))

    assert "15s run, 85s down, 10s run, 4m50s down" in text


def test_what_goes_on_is_said() -> None:
    document = pod(
        container("app", waiting("ImagePullBackOff")), phase="Pending", conditions={"PodScheduled": since(1)}
    )

    assert "app cannot start (ImagePullBackOff) and goes on" in _text(document, events=[])
    assert _text(document).startswith("shop/web  not ready, 10m after it was created")


def test_several_pods_are_listed_what_is_not_ready_first_then_the_slowest() -> None:
    conditions = {"PodScheduled": since(1), "Ready": since(9)}
    documents = [
        pod(container("app", up(9), ready=True), name="quick", conditions=conditions),
        {**staged(), "metadata": {**staged()["metadata"], "name": "slow"}},
        pod(container("app", waiting("ImagePullBackOff")), name="stuck", phase="Pending", conditions={}),
    ]
    starts = slowest_first([(parse_pod(each), told(each, began("app", 5, 9))) for each in documents])
    lines = starts_page(starts, 120, Theme()).text().splitlines()

    assert [line.split()[:3] for line in lines[1:]] == [
        ["stuck", "waiting", "10m"], ["slow", "ready", "31s"], ["quick", "ready", "9s"],
    ]  # fmt: skip


def test_a_document_has_the_path_and_the_steps_of_each_container() -> None:
    document = staged()
    [found] = timeline_document([(parse_pod(document), told(document, EVENTS))])["pods"]

    assert (found["outcome"], found["seconds"], found["endedAt"]) == ("ready", 31, "2026-03-01T11:50:31Z")
    assert found["path"][3] == {
        "kind": "run", "container": "first", "start": "2026-03-01T11:50:05Z", "end": "2026-03-01T11:50:09Z",
        "seconds": 4, "approximate": False, "note": None,
    }  # fmt: skip
    assert sum(stretch["seconds"] for stretch in found["path"]) == found["seconds"]
    assert [(each["name"], each["role"]) for each in found["containers"]][2] == ("side", "sidecar")
    assert found["containers"][4]["steps"][-1]["end"] is None
