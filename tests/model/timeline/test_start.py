"""How a pod started: the order, the durations, what was waited for, and what is not known."""

from datetime import timedelta
from typing import Any

import pytest

from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.timeline.start import timeline
from kubectl_mc.model.timeline.values import Kind, Outcome, Timeline
from tests.model.timeline.starts import (
    BORN,
    EVENTS,
    at,
    began,
    event,
    over,
    since,
    staged,
    told,
    up,
    words,
)
from tests.pods import NOW, Json, ago, container, pod, sidecar, waiting

SCHEDULED: dict[str, str | Json] = {"PodScheduled": since(1), "PodReadyToStartContainers": since(3)}
PROBED: dict[str, Any] = {"readinessProbe": {"tcpSocket": {"port": 1}, "periodSeconds": 5}}
PENDING: dict[str, Any] = {"phase": "Pending", "conditions": SCHEDULED}


def _track(found: Timeline, name: str) -> list[str]:
    return next(words(track.stretches) for track in found.tracks if track.container == name)


def test_a_start_is_told_step_after_step_and_adds_up() -> None:
    found = told(staged(), EVENTS)

    assert words(found.path) == [
        "scheduling 1", "sandbox 2", "first start 2", "first run 4", "second idle 1", "second start 1", "second run 3",
        "side start 2", "~side gate 6", "app start 2", "app probes 7",
    ]  # fmt: skip
    assert (found.outcome, found.seconds, found.idle, found.missing) == (Outcome.READY, 31, 1, ())
    assert found.longest is not None
    assert found.longest.container == "app"


def test_each_container_has_its_own_row() -> None:
    found = told(staged(), EVENTS)

    assert [(track.container, track.place) for track in found.tracks] == [
        ("first", 1), ("second", 2), ("side", 3), ("app", 0), ("other", 0),
    ]  # fmt: skip
    assert _track(found, "side") == ["side start 2", "~side gate 6", f"side up {BORN - 22}..."]
    assert _track(found, "app") == ["app start 2", "app probes 7", f"app up {BORN - 31}..."]
    assert _track(found, "other") == ["other start 1", f"other up {BORN - 25}..."]


def test_a_pull_is_told_with_the_duration_that_the_kubelet_says() -> None:
    pulled = 'Successfully pulled image "web:1" in 6.2s (8.4s including waiting). Image size: 1234 bytes.'
    events = [event(3, "Pulling", "app"), event(11, "Pulled", "app", pulled), event(12, "Started", "app")]
    document = pod(container("app", up(12), ready=True), conditions={**SCHEDULED, "Ready": since(12)})
    found = told(document, events)

    assert words(found.path) == ["scheduling 1", "sandbox 2", "app pull 8", "app start 1"]
    assert found.path[2].note == "the kubelet says 6.2s, 8.4s with the wait for other pulls"


NOT_READY: list[tuple[Json, list[Any], list[str]]] = [
    (pod(container("app"), phase="Pending", node="", conditions={"PodScheduled": since(0, "False", "Unschedulable")}),
     [], ["scheduling 600..."]),
    (pod(container("app", waiting("ContainerCreating")), phase="Pending", conditions={"PodScheduled": since(1)}),
     [event(1, "Scheduled")], ["scheduling 1", "sandbox 599..."]),
    (pod(container("app", waiting("ContainerCreating")), **PENDING),
     [event(3, "Pulling", "app")], ["scheduling 1", "sandbox 2", "app pull 597..."]),
    (pod(container("app", waiting("ImagePullBackOff")), **PENDING),
     [event(3, "Pulling", "app")], ["scheduling 1", "sandbox 2", "app wait 597..."]),
    (pod(container("app", waiting("CreateContainerConfigError")), **PENDING),
     [event(3, "Pulled", "app")], ["scheduling 1", "sandbox 2", "app wait 597..."]),
    (pod(container("app", waiting("PodInitializing")), init=[container("a", up(4))], **PENDING),
     began("a", 3, 4), ["scheduling 1", "sandbox 2", "a start 1", "a run 596..."]),
    (pod(container("app", waiting("PodInitializing")),
         init=[sidecar("s", up(4), started=False, startupProbe={"tcpSocket": {"port": 1}})], **PENDING),
     began("s", 3, 4), ["scheduling 1", "sandbox 2", "s start 1", "s gate 596..."]),
    (pod(container("app", up(4), **PROBED), conditions=SCHEDULED),
     began("app", 3, 4), ["scheduling 1", "sandbox 2", "app start 1", "app probes 596..."]),
    (pod(container("app", up(4), ready=True), gates=["lb"], conditions={**SCHEDULED, "ContainersReady": since(4)}),
     began("app", 3, 4), ["scheduling 1", "sandbox 2", "app start 1", "readiness gates 596..."]),
    (pod(container("app", waiting("CrashLoopBackOff"), restarts=4, last=over(500, 503, 1)), conditions=SCHEDULED),
     [event(3, "Pulled", "app", count=5), event(4, "Started", "app", count=5)],
     ["scheduling 1", "sandbox 2", "app start 1", "~app restarts 496", "app run 3", "app back-off 97..."]),
]  # fmt: skip


@pytest.mark.parametrize(("document", "events", "path"), NOT_READY)
def test_a_pod_that_is_not_ready_says_what_it_waits_for(document: Json, events: list[Any], path: list[str]) -> None:
    found = told(document, events)

    assert words(found.path) == path
    assert (found.outcome, found.seconds) == (Outcome.WAITING, BORN)


def test_of_two_apps_the_one_that_is_down_is_what_is_waited_for() -> None:
    down = container("down", waiting("ImagePullBackOff"))
    found = told(pod(container("ok", up(4), ready=True), down, conditions=SCHEDULED), began("ok", 3, 4))

    assert (found.path[-1].container, found.path[-1].kind) == ("down", Kind.WAIT)
    assert found.path[-1].note == "ImagePullBackOff"


def test_of_two_that_are_down_the_one_that_the_other_speaks_to_is_waited_for() -> None:
    loop = waiting("CrashLoopBackOff")
    asked = container("db", loop, restarts=4, last=over(500, 503, 1), ports=[{"containerPort": 5432}])
    env = [{"name": "DATABASE_URL", "value": "postgres://localhost:5432/shop"}]
    asks = container("api", loop, restarts=4, last=over(510, 513, 1), env=env)
    events = [*began("api", 3, 4), *began("db", 4, 5)]

    for order in ((asks, asked), (asked, asks)):
        found = told(pod(*order, conditions=SCHEDULED), events)
        assert found.longest is not None
        assert (found.longest.container, found.path[-1].container) == ("db", "db")


def test_readiness_gates_that_took_time_are_told_apart() -> None:
    conditions = {**SCHEDULED, "ContainersReady": since(6), "Ready": since(20)}
    found = told(
        pod(container("app", up(4), ready=True, **PROBED), gates=["lb"], conditions=conditions), began("app", 3, 4)
    )

    assert words(found.path)[-2:] == ["app probes 2", "readiness gates 14"]


def test_the_last_to_become_ready_is_the_one_whose_probe_failed_last() -> None:
    apps = [container(name, up(4), ready=True, **PROBED) for name in ("a", "b", "c")]
    failed = [event(5, "Unhealthy", "b", "Readiness probe failed: x", last=40)]
    conditions = {**SCHEDULED, "ContainersReady": since(44), "Ready": since(44)}
    events = [*began("a", 3, 4), *began("b", 3, 4), *began("c", 3, 4), *failed]
    found = told(pod(*apps, conditions=conditions), events)

    assert words(found.path)[-1] == "b probes 40"
    assert _track(found, "b")[0] == "b probes 40"


def test_an_app_without_probes_that_starts_last_is_the_last_to_become_ready() -> None:
    apps = [container("a", up(4), ready=True, **PROBED), container("b", up(30), ready=True)]
    conditions = {**SCHEDULED, "ContainersReady": since(30), "Ready": since(30)}
    events = [*began("a", 3, 4), event(5, "Pulling", "b"), *began("b", 29, 30, present=False)]
    found = told(pod(*apps, conditions=conditions), events)

    assert words(found.path) == [
        "scheduling 1", "sandbox 2", "a start 1", "b idle 1", "b pull 24", "b start 1",
    ]  # fmt: skip


def test_a_job_ends_with_the_run_of_its_app() -> None:
    document = pod(container("app", over(4, 64)), phase="Succeeded", restart_policy="Never", conditions=SCHEDULED)
    found = told(document, began("app", 3, 4))

    assert words(found.path) == ["scheduling 1", "sandbox 2", "app start 1", "app run 60"]
    assert (found.outcome, found.seconds) == (Outcome.SUCCEEDED, 64)
    assert _track(found, "app") == ["app start 1", "app run 60"]


def test_a_pod_that_failed_in_its_init_sequence_is_over() -> None:
    step = container("a", over(4, 9, 1, "Error"))
    document = pod(
        container("app", waiting("PodInitializing")), init=[step], phase="Failed", restart_policy="Never",
        conditions=SCHEDULED,
    )  # fmt: skip
    found = told(document, began("a", 3, 4))

    assert (found.outcome, words(found.path)[-1], found.seconds) == (Outcome.FAILED, "a run 5", 9)


def test_an_evicted_pod_of_which_nothing_is_left_has_an_empty_path() -> None:
    document = pod(container("app"), phase="Failed", status={"reason": "Evicted"}, conditions={})
    found = told(document)

    assert (found.outcome, found.path) == (Outcome.FAILED, ())


def test_an_init_step_that_took_several_attempts_is_not_said_to_run_between_them() -> None:
    step = container("a", over(40, 45), restarts=2, last=over(20, 22, 1, "Error"))
    conditions = {**SCHEDULED, "Initialized": since(45), "Ready": since(46)}
    events = [event(3, "Pulled", "a", count=3), event(4, "Started", "a", last=40, count=3), *began("app", 45, 46)]
    found = told(pod(container("app", up(46), ready=True), init=[step], conditions=conditions), events)

    assert words(found.path)[2:7] == ["a start 1", "~a restarts 16", "a run 2", "a back-off 18", "a run 5"]
    assert found.path[3].note == "1 start"
    assert _track(found, "a") == words(found.path)[2:7]
    assert found.missing == ("a restarted 2 times: only the last end is kept",)


def test_without_events_the_order_is_kept_and_it_is_said_what_is_missing() -> None:
    found = told(staged())

    assert words(found.path) == [
        "scheduling 1", "sandbox 3", "~first start 1", "first run 4", "~second start 2", "second run 3",
        "~side start 2", "~side gate 6", "~app start 2", "app probes 7",
    ]  # fmt: skip
    assert found.seconds == 31
    assert found.missing == (
        "no events are left (a cluster keeps them for an hour): image pulls are not known, starts include them",
    )


def test_an_init_step_in_a_back_off_waits_for_what_is_not_kept() -> None:
    step = container("a", waiting("CrashLoopBackOff"), restarts=7, last=over(500, 500, 1, "Error"))
    events = [event(3, "Pulled", "a", count=8), event(4, "Started", "a", count=8)]
    found = told(pod(container("app", waiting("PodInitializing")), init=[step], **PENDING), events)

    assert words(found.path)[2:] == ["a start 1", "~a restarts 496", "a back-off 100..."]
    assert found.longest is not None
    assert (found.longest.kind, found.longest.note) == (Kind.RESTARTS, "7 starts")


def test_the_gap_before_the_last_start_is_as_long_as_it_is_said_to_be() -> None:
    app = container("app", over(300, 310, 1), restarts=3, last=over(200, 215, 1))
    found = told(pod(app, conditions=SCHEDULED), [event(3, "Pulled", "app"), event(4, "Started", "app")])
    [restarts] = found.restarts

    assert restarts.down == 85
    assert words(found.path)[3:] == [
        "~app restarts 196", "app run 15", "app back-off 85", "app run 10", "app back-off 290...",
    ]  # fmt: skip
    assert _track(found, "app") == words(found.path)[2:]


def test_a_container_that_the_runtime_cannot_start_has_a_row_of_its_own() -> None:
    failed: Json = {
        "terminated": {**over(0, 500, 128, "StartError")["terminated"], "startedAt": "1970-01-01T00:00:00Z"}
    }
    broken = container("broken", waiting("CrashLoopBackOff"), restarts=6, last=failed)
    events = [*began("web", 3, 4), event(4, "Pulled", "broken"), event(5, "Created", "broken")]
    found = told(pod(container("web", up(4), ready=True), broken, conditions=SCHEDULED), events)

    assert _track(found, "broken") == ["broken wait 596..."]
    assert (found.path[-1].kind, found.path[-1].container, found.path[-1].note) == (Kind.WAIT, "broken", "StartError")


def test_what_could_not_be_started_in_a_pod_that_is_over_goes_on_no_more() -> None:
    failed: Json = {"terminated": {**over(0, 6, 128, "StartError")["terminated"], "startedAt": "1970-01-01T00:00:00Z"}}
    events = [event(3, "Pulled", "broken"), event(4, "Created", "broken"), *began("app", 5, 6)]
    document = pod(
        container("broken", failed), container("app", over(6, 9)), phase="Failed", restart_policy="Never",
        conditions=SCHEDULED,
    )  # fmt: skip

    assert _track(told(document, events), "broken") == ["broken wait 6"]


def test_events_that_could_not_be_read_are_not_said_to_be_gone() -> None:
    unread = timeline(parse_pod(staged()), None, NOW)

    assert unread.missing[0] == "the events could not be read: image pulls are not known, starts include them"
    assert not any("are left" in each or "are gone" in each for each in unread.missing)


def test_a_restart_is_a_gap_and_what_is_not_kept_of_others_is_said() -> None:
    app = container("app", up(300), ready=True, restarts=1, last=over(4, 280, 137, "OOMKilled"))
    conditions = {**SCHEDULED, "ContainersReady": since(301), "Ready": since(301)}
    found = told(pod(app, conditions=conditions), began("app", 3, 4))
    [restarts] = found.restarts

    assert _track(found, "app")[-3:] == ["app run 276", "app back-off 20", "app up 300..."]
    assert (restarts.count, restarts.down, restarts.forgotten) == (1, 20, 0)
    assert (found.outcome, found.seconds) == (Outcome.READY_AGAIN, 301)
    assert words(found.path)[-4:] == ["app start 1", "app run 276", "app back-off 20", "app probes 1"]
    assert found.missing == ("when it was ready first is not kept, since a container has restarted after that",)


def test_of_a_container_that_restarted_long_ago_the_first_start_is_not_made_up() -> None:
    app = container("app", up(300), ready=True, restarts=7, last=over(200, 280, 1))
    found = told(pod(app, conditions={**SCHEDULED, "Ready": since(301)}))

    assert "app start" not in " ".join(words(found.path))
    assert words(found.path)[-4] == "~app restarts 197"
    assert words(found.path)[-3:] == ["app run 80", "app back-off 20", "app probes 1"]
    assert [each.forgotten for each in found.restarts] == [6]


def test_a_pod_that_is_ready_long_after_its_start_may_have_been_so_before() -> None:
    app = container("app", up(-5000), ready=True, **PROBED)
    document = pod(app, conditions={**SCHEDULED, "Ready": since(500)})

    assert "the time of Ready is that of its last change: it may have been ready before" in told(document).missing


def test_a_pod_that_is_being_deleted_says_so() -> None:
    assert "it is being deleted; this is how it started" in told(staged(deleted=at(BORN)), EVENTS).missing


def _documents() -> list[Json]:
    return [staged(), staged(conditions={}), pod(), *(document for document, _, _ in NOT_READY)]


@pytest.mark.parametrize("document", _documents())
@pytest.mark.parametrize("events", [EVENTS, EVENTS[:4], EVENTS[5:], []], ids=["all", "first", "rest", "none"])
def test_whatever_is_missing_the_path_has_no_gaps_and_adds_up(document: Json, events: list[Any]) -> None:
    found = told(document, events)

    assert sum(stretch.seconds for stretch in found.path) == found.seconds
    moments = [found.created, *(stretch.end for stretch in found.path)]
    assert [stretch.start for stretch in found.path] == moments[:-1]
    assert all(stretch.end - stretch.start >= timedelta() for track in found.tracks for stretch in track.stretches)


def test_a_cluster_whose_clock_is_ahead_is_told_in_full() -> None:
    ahead = -120  # the pod was created two minutes after this machine's now
    app = container("app", {"running": {"startedAt": ago(ahead - 9)}}, ready=True)
    conditions: dict[str, str | Json] = {"PodScheduled": {"status": "True", "lastTransitionTime": ago(ahead)}}
    conditions["Ready"] = {"status": "True", "lastTransitionTime": ago(ahead - 9)}
    document = pod(app, conditions=conditions)
    document["metadata"]["creationTimestamp"] = ago(ahead)
    found = timeline(parse_pod(document), (), NOW)

    assert (found.outcome, found.seconds) == (Outcome.READY, 9)


def test_clocks_that_disagree_never_make_time_run_backwards() -> None:
    skewed = staged(conditions={"PodScheduled": since(8), "Initialized": since(3), "Ready": since(2)})
    found = told(skewed, EVENTS)

    assert all(stretch.seconds >= 0 for stretch in found.path)
    assert sum(stretch.seconds for stretch in found.path) == found.seconds
