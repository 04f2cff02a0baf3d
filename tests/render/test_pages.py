"""The pages of `status` and `events`: what they say, and that nothing in a pod can harm who reads them."""

import io
import re
from collections.abc import Callable, Sequence

import pytest
from rich.console import Console

from kubectl_mc.model.event import parse_event
from kubectl_mc.model.health import Health
from kubectl_mc.model.metrics import Usage
from kubectl_mc.model.next_step import Step
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Pod
from kubectl_mc.render.events import events_page
from kubectl_mc.render.listing import broken_first, listing_page
from kubectl_mc.render.page import Line, Page, Span, Style, Theme, clipped, line, width_of_line
from kubectl_mc.render.status import View, pods_page
from tests.pods import NOW, Json, ago, container, ended, pod, running, sidecar, waiting
from tests.render.hostile import EVIL, hostile_events, hostile_pods

PIPE = 1_000_000
UNICODE, ASCII = Theme(), Theme(unicode=False)


def _view(width: int = PIPE, theme: Theme = UNICODE, *, wide: bool = False) -> View:
    return View(NOW, width, theme, wide)


def _block(document: Json, width: int = PIPE, steps: Sequence[Step] = ()) -> list[str]:
    parsed = parse_pod(document)
    return pods_page([parsed], _view(width), {parsed.uid: steps}).text().splitlines()


def _listing(*documents: Json, containers: bool = False, namespaces: bool = False) -> list[str]:
    pods = [parse_pod(document) for document in documents]
    return listing_page(pods, _view(), containers=containers, namespaces=namespaces).text().splitlines()


PAGES: dict[str, Callable[[View], Page]] = {
    "status": lambda view: pods_page(
        hostile_pods(),
        view,
        dict.fromkeys((pod.uid for pod in hostile_pods()), (Step("next", f"kubectl logs {EVIL}"),)),
    ),
    "listing": lambda view: listing_page(hostile_pods(), view),
    "listing of all namespaces": lambda view: listing_page(hostile_pods(), view, namespaces=True),
    "listing with containers": lambda view: listing_page(hostile_pods(), view, containers=True),
    "events": lambda view: events_page(hostile_events(), NOW, view.width, view.theme),
    "events of all namespaces": lambda view: events_page(
        hostile_events(), NOW, view.width, view.theme, namespaces=True
    ),
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [80, PIPE])
@pytest.mark.parametrize("wide", [False, True], ids=["narrow", "wide"])
def test_nothing_in_a_pod_can_move_a_cursor_or_turn_a_line(name: str, width: int, wide: bool) -> None:
    text = PAGES[name](_view(width, wide=wide)).text()

    text.encode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]", text)
    assert "[red][/]" in text


def _may_be_wide(spans: Line) -> bool:
    """The name of a pod is to be read whole and a command is to be copied: a terminal breaks them by itself."""
    return any(span.style is Style.STRONG for span in spans[:1]) or any(
        span.text in ("next: ", "why:  ") for span in spans
    )


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("width", "theme", "wide"), [(80, ASCII, False), (80, Theme(), True), (100, Theme(), False), (160, Theme(), True)]
)
def test_no_line_is_wider_than_the_terminal(name: str, width: int, theme: Theme, wide: bool) -> None:
    lines = PAGES[name](_view(width, theme, wide=wide)).lines
    if name == "status":
        lines = [spans for spans in lines if not _may_be_wide(spans)]

    assert max(map(width_of_line, lines)) <= width


@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_the_same_through_rich(name: str) -> None:
    page = PAGES[name](_view(120))
    out = io.StringIO()
    console = Console(file=out, width=120, soft_wrap=True, markup=False, highlight=False, color_system=None)
    console.print(page, end="")

    assert [text.rstrip() for text in out.getvalue().splitlines()] == page.text().splitlines()


def test_a_terminal_without_unicode_gets_none_of_this_tools_own() -> None:
    view = _view(80, ASCII)
    plain = [parsed for parsed in hostile_pods() if EVIL[:3] not in parsed.name]

    assert pods_page(plain[:4], view, {}).text().isascii()
    assert listing_page(plain[:4], view).text().isascii()


CRASHING = pod(
    container(
        "app",
        waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container"),
        restarts=4,
        last=ended(1, "Error", seconds=120, ran=3, message="panic: no database\n\tat main.go:12"),
    ),
    container("log", running(3000), ready=True, started=True),
    conditions={
        "Initialized": "True",
        "Ready": {
            "status": "False",
            "reason": "ContainersNotReady",
            "message": "containers with unready status: [app]",
        },
        "ContainersReady": {
            "status": "False",
            "reason": "ContainersNotReady",
            "message": "containers with unready status: [app]",
        },
    },
    restart_policy="OnFailure",
)


def test_the_block_of_a_pod_tells_it_all() -> None:
    assert _block(CRASHING, steps=(Step("next", "kubectl logs web"), Step("why", "kubectl doctor web"))) == [
        "shop/web  READY 1/2  STATUS CrashLoopBackOff  RESTARTS 4 (2m ago)  AGE 60m  NODE node-1",
        "  app is crash-looping (exit 1, 2m ago, 4 restarts)",
        "",
        "  ROLE  NAME  STATE               READY  RESTARTS  LAST                            AGE  IMAGE",
        "  app   app   ✗ CrashLoopBackOff  no     4         Error (exit 1), ran 3s, 2m ago  2m   app:1",
        "  app   log   ● Running           yes    0                                         50m  app:1",
        "",
        "  app waits: back-off 5m0s restarting failed container",
        "  app said at its last end:",
        "    panic: no database",
        "        at main.go:12",
        "  condition Ready False ContainersNotReady: containers with unready status: [app]",
        "  next: kubectl logs web",
        "  why:  kubectl doctor web",
    ]


def test_what_kubectl_hides_is_set_against_what_it_says() -> None:
    document = pod(
        container("c0", ended(0, "Completed")),
        container("c1", waiting("CrashLoopBackOff"), last=ended(1)),
        restart_policy="OnFailure",
    )

    assert _block(document)[1] == "  kubectl says Completed; c1 is crash-looping (exit 1, 2m ago, 0 restarts)"


def test_an_init_sequence_is_a_bar_with_its_steps_until_it_is_over() -> None:
    init = [container("setup", ended(0, "Completed")), container("migrate", running(90)), sidecar("proxy", waiting())]
    document = pod(container("app", waiting("PodInitializing")), init=init, phase="Pending")
    bar = "  init 1/3 ██████░░░░░░░░░░░░░░  ✓ setup  ◐ migrate 90s  ○ proxy"

    assert bar in _block(document)
    over = pod(container("app", running(), ready=True), init=init, conditions={"Initialized": "True"})
    assert not [text for text in _block(over) if "init 1/3" in text]


def test_states_tell_themselves_apart_without_colour_and_without_unicode() -> None:
    for theme in (Theme(), ASCII):
        glyphs = [theme.glyph(health) for health in Health]
        assert len(set(glyphs)) == len(glyphs)
        assert {width_of_line(line(glyph)) for glyph in glyphs} == {1}
    assert "".join(map(ASCII.glyph, Health)).isascii()


def test_a_status_that_the_spec_does_not_have_is_marked() -> None:
    document = pod(container("app", running(), ready=True))
    document["status"]["containerStatuses"].append({"name": "ghost", "state": running(), "image": "g:1"})

    assert [text for text in _block(document) if "ghost (not in spec)" in text]


def test_a_readiness_gate_is_named_with_what_it_is() -> None:
    document = pod(
        container("app", running(), ready=True),
        gates=["a.example/lb", "b.example/lb", "c.example/lb"],
        conditions={"a.example/lb": "True", "b.example/lb": "False", "Ready": "False"},
    )

    assert [text for text in _block(document) if "gate" in text][-3:] == [
        "  readiness gate a.example/lb True",
        "  readiness gate b.example/lb False",
        "  readiness gate c.example/lb not set by anything yet",
    ]


def test_a_long_message_is_cut_after_some_lines_with_their_number() -> None:
    message = "\n".join(f"line {number}" for number in range(10))
    document = pod(container("app", waiting("Error", message)))

    assert _block(document)[-6:] == [
        "    line 1",
        "    line 2",
        "    line 3",
        "    line 4",
        "    line 5",
        "    … 4 more lines: -o json has them",
    ]


def test_the_wide_form_adds_use_ports_probes_and_mounts() -> None:
    spec: Json = {
        "ports": [{"containerPort": 80, "name": "http"}, {"containerPort": 53, "protocol": "UDP"}],
        "livenessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 5},
        "resources": {"requests": {"cpu": "100m"}, "limits": {"memory": "64Mi"}},
        "volumeMounts": [
            {"name": "data", "mountPath": "/data", "subPath": "a", "readOnly": True},
            {"name": "token", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"},
        ],
    }
    parsed = parse_pod(pod(container("app", running(), ready=True, **spec)))
    usage = {("shop", "web", "app"): Usage(0.009, 32 * 2**20)}
    text = pods_page([parsed], View(NOW, PIPE, Theme(), wide=True, usage=usage), {}).text()

    for piece in (
        "9m/100m/-",
        "32Mi/-/64Mi",
        "80/TCP http, 53/UDP",
        "liveness tcp-socket :80 every 5s x3",
        "/data = data/a (ro)",
    ):
        assert piece in text
    assert "serviceaccount" not in text


def test_a_listing_has_a_row_a_pod_with_a_strip_of_its_containers() -> None:
    assert _listing(CRASHING, pod(container("app", running(), ready=True), name="fine")) == [
        "NAME  READY  STATUS            RESTARTS    AGE  CONTAINERS  NOTE",
        "web   1/2    CrashLoopBackOff  4 (2m ago)  60m  ✗●          app is crash-looping (exit 1, 2m ago, 4 restarts)",
        "fine  1/1    Running           0           60m  ●",
    ]


def test_a_listing_with_containers_gives_each_its_line() -> None:
    assert _listing(CRASHING, containers=True)[2:] == [
        "  ✗ app (app)  no     CrashLoopBackOff  4           2m   Error (exit 1), ran 3s, 2m ago",
        "  ● log (app)  yes    Running           0           50m",
    ]


def test_a_listing_of_all_namespaces_begins_with_them() -> None:
    assert [text.split()[0] for text in _listing(CRASHING, namespaces=True)] == ["NAMESPACE", "shop"]


def test_what_is_broken_comes_first_then_names_decide() -> None:
    fine = container("app", running(), ready=True)
    pods: list[Pod] = [
        parse_pod(document)
        for document in (
            pod(container("app", ended(0, "Completed")), phase="Succeeded", name="done"),
            pod(fine, name="b"),
            pod(fine, name="a"),
            pod(container("app", waiting("ContainerCreating")), phase="Pending", name="starts"),
            pod(container("app", running()), name="unready"),
            pod(container("app", waiting("ErrImagePull")), name="broken"),
        )
    ]

    assert [parsed.name for parsed in broken_first(pods)] == ["broken", "unready", "starts", "a", "b", "done"]


def _event(**fields: object) -> Json:
    return {
        "metadata": {"namespace": "shop"},
        "involvedObject": {"kind": "Pod", "name": "web", "fieldPath": "spec.containers{app}"},
        "type": "Warning",
        "reason": "BackOff",
        "message": "Back-off restarting failed container app in pod web",
        "firstTimestamp": ago(600),
        "lastTimestamp": ago(120),
        **fields,
    }


def test_an_event_has_its_age_its_count_and_its_container() -> None:
    page = events_page([parse_event(_event(count=5))], NOW, PIPE, Theme())

    assert page.text().splitlines() == [
        "LAST SEEN         TYPE     REASON   OBJECT   CONTAINER  MESSAGE",
        "2m (x5 over 10m)  Warning  BackOff  pod/web  app        Back-off restarting failed container app in pod web",
    ]


def test_a_long_message_of_an_event_goes_on_below_and_loses_nothing() -> None:
    message = " ".join(f"word{number}" for number in range(60))
    text = events_page([parse_event(_event(message=message))], NOW, 80, Theme(), header=False).text()

    assert re.findall(r"word\d+", text) == message.split()


def test_no_events_are_an_empty_page() -> None:
    assert events_page([], NOW, 80, Theme()).text() == ""


def test_a_page_is_cropped_to_a_terminal_and_says_what_is_left_out() -> None:
    page = Page([line(str(number)) for number in range(10)])

    assert page.cropped(4, "{} more").text() == "0\n1\n2\n7 more\n"
    assert page.cropped(10, "{} more") is page
    assert page.cropped(0, "{} more").text() == "10 more\n"


@pytest.mark.parametrize(
    ("width", "text"), [(9, "abcdef漢"), (8, "abcdef漢"), (7, "abcdef…"), (4, "abc…"), (3, "ab…"), (1, "…"), (0, "")]
)
def test_a_line_of_spans_is_clipped_where_the_room_ends(width: int, text: str) -> None:
    spans = line(Span("abc", Style.BAD), Span("def"), Span("漢"), Span("  "))

    assert "".join(span.text for span in clipped(spans, width)).rstrip() == text


@pytest.mark.parametrize(("done", "total", "bar"), [(0, 3, "....."), (1, 3, "#...."), (3, 3, "#####"), (0, 0, "#####")])
def test_a_bar_is_full_when_all_is_done(done: int, total: int, bar: str) -> None:
    assert "".join(ASCII.bar(done, total, 5)) == bar
