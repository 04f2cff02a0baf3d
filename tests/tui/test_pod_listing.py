"""Pods in their order, those that are meant by what is typed, and their rows: laid out only when that is needed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from kubectl_mc.model.health import Severity, pod_severity
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Pod
from kubectl_mc.render.listing import listing_rows
from kubectl_mc.render.page import Theme
from kubectl_mc.render.status import View
from kubectl_mc.tui.pod_listing import PodListing
from kubectl_mc.tui.pod_order import ORDERS, Severities, matching, next_order
from kubectl_mc.tui.widgets.row_list import Row

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def _pod(name: str, *, minutes: int = 60, restarts: int = 0, ready: bool = True, namespace: str = "demo") -> Pod:
    state = {"running": {"startedAt": "2026-01-01T11:00:00Z"}}
    if not ready:
        state = {"waiting": {"reason": "CrashLoopBackOff"}}
    created = (NOW - timedelta(minutes=minutes)).isoformat()
    return parse_pod(
        {
            "metadata": {
                "name": name,
                "namespace": namespace,
                "uid": f"uid-{namespace}-{name}",
                "creationTimestamp": created,
                "labels": {"app": name.partition("-")[0]},
            },
            "spec": {"nodeName": "node-1", "containers": [{"name": "main", "image": "app:1"}]},
            "status": {
                "phase": "Running",
                "containerStatuses": [
                    {
                        "name": "main",
                        "ready": ready,
                        "restartCount": restarts,
                        "image": "",
                        "imageID": "",
                        "state": state,
                    }
                ],
            },
        }
    )


PODS = [
    _pod("web-2", minutes=5),
    _pod("web-1", restarts=3, minutes=9),
    _pod("db-1", ready=False, restarts=1, minutes=70),
    _pod("api-1", namespace="a", minutes=80),
]


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("broken first", ["db-1", "api-1", "web-1", "web-2"]),
        ("name", ["api-1", "db-1", "web-1", "web-2"]),
        ("newest first", ["web-2", "web-1", "db-1", "api-1"]),
        ("restarts", ["web-1", "db-1", "api-1", "web-2"]),
    ],
)
def test_each_order(order: str, names: list[str]) -> None:
    assert [pod.name for pod in ORDERS[order](PODS, Severities())] == names


def test_behind_the_last_order_comes_the_first() -> None:
    seen = ["broken first"]
    while (order := next_order(seen[-1])) != seen[0]:
        seen.append(order)
    assert seen == list(ORDERS)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["web-2", "web-1", "db-1", "api-1"]),
        ("WEB", ["web-2", "web-1"]),
        ("crash", ["db-1"]),
        ("web 1", ["web-2", "web-1"]),  # both are on node-1
        ("app=db", ["db-1"]),
        ("node-1 main a", ["web-2", "web-1", "db-1", "api-1"]),
        ("nothing", []),
    ],
)
def test_every_word_has_to_be_somewhere(text: str, names: list[str]) -> None:
    assert [pod.name for pod in matching(PODS, text)] == names


class Counted:
    """Counts the rows that are laid out."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pods: list[str] = []

        def counted(pods: Sequence[Pod], *rest: object, **more: object) -> object:
            self.pods += [pod.name for pod in pods]
            return listing_rows(pods, *rest, **more)  # type: ignore[arg-type]

        monkeypatch.setattr("kubectl_mc.tui.pod_listing.listing_rows", counted)

    def taken(self) -> list[str]:
        names, self.pods = self.pods, []
        return names


def _view(minutes: int = 0, width: int = 100) -> View:
    return View(NOW + timedelta(minutes=minutes), width, Theme(colors=True))


def _text(row: Row) -> str:
    return "".join(span.text for span in row.lines[0])


def test_rows_that_are_not_seen_are_laid_out_once_for_each_change_of_their_pod(monkeypatch: pytest.MonkeyPatch) -> None:
    counted, listing = Counted(monkeypatch), PodListing()
    listing.rows(PODS, _view(), "x", range(0), namespaces=False)
    assert counted.taken() == [pod.name for pod in PODS]
    rows, header = listing.rows(PODS, _view(1), "x", range(1, 2), namespaces=False)
    assert counted.taken() == ["web-1"]
    assert "10m" in _text(rows[1])
    assert "".join(span.text for span in header).startswith("NAME")
    changed = [_pod("web-2", restarts=1), *PODS[1:]]
    rows, _ = listing.rows(changed, _view(1), "x", range(3, 4), namespaces=False)
    assert counted.taken() == ["web-2", "api-1"]
    assert rows[2].key == "uid-demo-db-1"


def test_a_wider_cell_lays_all_rows_out_and_columns_never_get_narrower(monkeypatch: pytest.MonkeyPatch) -> None:
    counted, listing = Counted(monkeypatch), PodListing()
    listing.rows(PODS, _view(), "x", range(0), namespaces=False)
    counted.taken()
    wide = [*PODS, _pod("a-pod-with-a-long-name")]
    rows, _ = listing.rows(wide, _view(), "x", range(0), namespaces=False)
    assert set(counted.taken()) == {pod.name for pod in wide}
    column = _text(rows[0]).index("1/1")
    assert column > len("a-pod-with-a-long-name")
    rows, _ = listing.rows(PODS, _view(), "x", range(4), namespaces=False)
    assert _text(rows[0]).index("1/1") == column


def test_another_place_or_width_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    counted, listing = Counted(monkeypatch), PodListing()
    for place, width in (("x", 100), ("y", 100), ("y", 90)):
        listing.rows(PODS, _view(0, width), place, range(0), namespaces=False)
        assert len(counted.taken()) == 4


def test_a_pod_is_judged_once_for_each_change_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []

    def counted(pod: Pod) -> Severity:
        judged.append(pod.name)
        return pod_severity(pod)

    monkeypatch.setattr("kubectl_mc.tui.pod_order.pod_severity", counted)
    severities = Severities()
    for pods in (PODS, PODS, [_pod("web-2", ready=False), *PODS[1:]]):
        assert severities.count(pods)[Severity.ERROR] == sum(pod_severity(pod) is Severity.ERROR for pod in pods)
        ORDERS["broken first"](pods, severities)
    assert judged == [*(pod.name for pod in PODS), "web-2"]


def test_ages_of_what_is_seen_go_on_and_nothing_is_laid_out_twice_in_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    counted, listing = Counted(monkeypatch), PodListing()
    for seconds, laid_out in ((1.0, 4), (1.5, 0), (2.0, 2), (2.5, 0), (3.0, 2)):
        view = View(NOW + timedelta(seconds=seconds), 100, Theme(colors=True))
        listing.rows(PODS, view, "x", range(2), namespaces=False)
        assert len(counted.taken()) == laid_out
