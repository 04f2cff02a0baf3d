"""Which pod of several is entered, which container of it, and why one cannot be."""

import itertools
from typing import Any

import pytest

from kubectl_mc.errors import McError
from kubectl_mc.model.entry import Entry, best_pod, choose_container, gone_words, has_sandbox, has_written, why_not
from kubectl_mc.model.parsing import parse_pod
from tests.pods import NOW, ago, container, ended, pod, running, sidecar, waiting

Json = dict[str, Any]


def ready(seconds: float) -> Json:
    """The condition of a pod that has been ready for so long."""
    return {"Ready": {"status": "True", "lastTransitionTime": ago(seconds)}}


UNREADY: Json = {"Ready": {"status": "False", "lastTransitionTime": ago(9000)}}
BEST = [
    pod(container("c"), name="ready-for-long", conditions=ready(500)),
    pod(container("c"), name="ready-and-second-by-name", conditions=ready(100)),
    pod(container("c"), name="ready-and-third-by-name", conditions=ready(100)),
    pod(container("c"), name="ready-since-nobody-knows-when", conditions={"Ready": "True"}),
    pod(container("c"), name="running", conditions=UNREADY),
    pod(container("c"), name="running-of-which-little-is-known"),
    pod(container("c"), name="a-pending-one", phase="Pending", conditions=UNREADY),
    pod(container("c"), name="a-pod-without-a-phase", phase=""),
    pod(container("c"), name="a-failed-one", phase="Failed", conditions=UNREADY),
    pod(container("c"), name="a-ready-one-being-deleted", deleted=ago(5), conditions=ready(5000)),
    pod(container("c"), name="a-pending-one-being-deleted", deleted=ago(5), phase="Pending"),
]
"""Each is better than the next, wherever it stands."""


@pytest.mark.parametrize(("better", "worse"), list(itertools.pairwise(BEST)))
def test_of_two_pods_the_one_that_is_most_worth_entering_is_chosen(better: Json, worse: Json) -> None:
    if better["metadata"]["name"] == "a-pending-one":
        better["metadata"]["name"] = "0"  # these two are equal, but for their names
    pods = [parse_pod(worse), parse_pod(better)]
    assert best_pod(pods) is pods[1]
    assert best_pod(pods[::-1]) is pods[1]


def test_a_container_has_a_log_once_an_instance_of_it_has_run() -> None:
    for document, expected in (
        (container("app", waiting("ContainerCreating")), False),
        (container("app", waiting("CrashLoopBackOff"), last=ended(128, "StartError")), False),
        (container("app", ended(128, "StartError")), False),
        (container("app", waiting("CrashLoopBackOff"), last=ended(1, "Error")), True),
        (container("app", running()), True),
    ):
        assert has_written(parse_pod(pod(document)).containers[0]) is expected


def test_before_its_first_container_nothing_can_be_put_into_a_pod() -> None:
    for document, expected in (
        (container("app", waiting("ContainerCreating")), False),
        (container("app", waiting("ImagePullBackOff")), True),
    ):
        assert has_sandbox(parse_pod(pod(document))) is expected


def test_of_no_pods_there_is_none() -> None:
    assert best_pod([]) is None


PAIR = pod(
    container("app", running()),
    container("side", running()),
    init=[container("setup", ended(0)), sidecar("proxy", running())],
    ephemeral=[container("debugger", running())],
)
ANNOTATION = "kubectl.kubernetes.io/default-container"
NAMES = f"{ANNOTATION} names"


def annotated(document: Json, name: str) -> Json:
    return {**document, "metadata": {**document["metadata"], "annotations": {ANNOTATION: name}}}


@pytest.mark.parametrize(
    ("document", "asked", "chosen", "guessed"),
    [
        *((PAIR, name, name, False) for name in ("app", "side", "setup", "proxy", "debugger")),
        (PAIR, "", "app", True),
        (pod(container("only")), "", "only", False),
        (pod(container("only"), init=[container("first")]), "", "only", True),
        (pod(container("only"), ephemeral=[container("dbg")]), "", "only", True),
        (annotated(PAIR, "side"), "", "side", False),
        (annotated(PAIR, "proxy"), "", "proxy", False),
        (annotated(PAIR, "side"), "app", "app", False),
        (annotated(PAIR, ""), "", "app", True),
        (annotated(PAIR, "nobody"), "app", "app", False),
        (pod(init=[container("first")]), "", "first", False),
    ],
)
def test_a_name_comes_before_the_annotation_and_that_before_the_first_app(
    document: Json, asked: str, chosen: str, guessed: bool
) -> None:
    entry = choose_container(parse_pod(document), asked)
    assert (entry.container.name, entry.guessed) == (chosen, guessed)


HAS = "it has: setup (init), proxy (sidecar), app (app), side (app), debugger (ephemeral)"


@pytest.mark.parametrize(
    ("document", "asked", "message", "hint"),
    [
        (PAIR, "ap", "no container ap in pod web", HAS),
        (annotated(PAIR, "nobody"), "", f"no container nobody in pod web, which its annotation {NAMES}", HAS),
        (annotated(PAIR, "nobody"), "ap", "no container ap in pod web", HAS),
        (pod(), "", "pod web has no containers", None),
    ],
)  # fmt: skip
def test_a_container_that_is_not_there_is_said_with_those_that_are(
    document: Json, asked: str, message: str, hint: str | None
) -> None:
    with pytest.raises(McError) as caught:
        choose_container(parse_pod(document), asked)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def entry_of(document: Json, name: str = "app") -> Entry:
    return choose_container(parse_pod(document), name)


@pytest.mark.parametrize(
    ("document", "name", "why"),
    [
        (PAIR, "app", ""),
        (PAIR, "proxy", ""),
        (PAIR, "debugger", ""),
        (PAIR, "setup", "init container setup has ended (exit 0)"),
        (pod(container("app", running()), deleted=ago(5)), "app", ""),
        (
            pod(container("app", ended(0, "Completed")), phase="Succeeded"), "app",
            "pod web has ended (Succeeded): nothing runs in it any more",
        ),
        (
            pod(container("app", ended(137)), phase="Failed", status={"reason": "Evicted"}), "app",
            "pod web has ended (Evicted): nothing runs in it any more",
        ),
        (
            pod(container("app", waiting("PodInitializing")), init=[container("first", running())], phase="Pending"),
            "app", "app has not started: the init containers are not through",
        ),
        (
            pod(container("app", waiting("ContainerCreating")), phase="Pending"), "app",
            "app has not started (ContainerCreating)",
        ),
        (pod(container("app", waiting()), phase="Pending"), "app", "app has not started (Pending)"),
        (
            pod(container("app", waiting("CrashLoopBackOff"), restarts=4, last=ended(7, "Error"))), "app",
            "app is crash-looping (exit 7, 2m ago, 4 restarts)",
        ),
        (
            pod(container("app", running()), ephemeral=[container("dbg", ended(0, "Completed"))]), "dbg",
            "ephemeral container dbg has ended (exit 0)",
        ),
        (
            pod(container("app", running()), init=[container("setup", ended(137, "OOMKilled"))]), "setup",
            "init container setup has ended (exit 137, SIGKILL, OOMKilled)",
        ),
        (pod(container("app")), "app", "nothing is known of app"),
    ],
)  # fmt: skip
def test_why_nothing_can_be_run(document: Json, name: str, why: str) -> None:
    assert why_not(entry_of(document, name), NOW) == why


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (waiting("ImagePullBackOff", 'Back-off pulling image "app:9"'), "app:"),
        (waiting("CreateContainerConfigError", 'secret "key" not found'), "key"),
        (ended(3, "Error"), "exit 3"),
    ],
)
def test_why_a_container_of_a_pod_that_lives_does_not_run_is_in_its_own_words(state: Json, words: str) -> None:
    why = why_not(entry_of(pod(container("app", state))), NOW)
    assert why.startswith("app ")
    assert words in why


def held(container_id: str, state: Json | None = None, **more: Any) -> Json:
    """A pod whose container has this id."""
    entry = container("app", state or running(), **more)
    assert entry.status is not None
    entry.status["containerID"] = container_id
    return pod(entry)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (None, "pod web is gone"),
        (held("a"), ""),
        ({**held("a"), "metadata": {**held("a")["metadata"], "deletionTimestamp": ago(1)}}, "pod web is being deleted"),
        (held("b", last=ended(137, "OOMKilled")), "app has ended (exit 137, SIGKILL, OOMKilled) and been started anew"),
        (held("b"), "app has ended and been started anew"),
        (held("a", waiting("CrashLoopBackOff"), restarts=2, last=ended(1, "Error", seconds=3)),
         "app is crash-looping (exit 1, 3s ago, 2 restarts)"),
        ({**held("a", ended(0)), "status": {**held("a", ended(0))["status"], "phase": "Succeeded"}},
         "pod web has ended (Succeeded): nothing runs in it any more"),
    ],
)  # fmt: skip
def test_what_became_of_a_container_that_someone_was_in(after: Json | None, words: str) -> None:
    later = entry_of(after) if after is not None else None
    assert gone_words(entry_of(held("a")), later, NOW) == words
