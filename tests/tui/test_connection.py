"""What the dashboard does when the cluster is away, refuses something, or is another one."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
import yaml

from kubectl_mc.demo.auth import VIEWER
from kubectl_mc.demo.server import CONTEXT, RunningDemo, running_demo
from kubectl_mc.model.resources import PODS
from kubectl_mc.model.summary import summarize
from kubectl_mc.tui.screens.pod import PodScreen
from kubectl_mc.tui.widgets.logs_pane import LogsPane
from tests.processes import on_a_terminal
from tests.tui.stage import Stage, staged


@pytest.fixture
def own_demo() -> Iterator[RunningDemo]:
    """A cluster with a few pods that a test may do anything to."""
    with running_demo(["webapp-with-logging", "finished-first"]) as demo:
        yield demo


def _pod_screen(stage: Stage) -> PodScreen:
    screen = stage.app.screen
    assert isinstance(screen, PodScreen)
    return screen


def _restarts(stage: Stage) -> int:
    return summarize(_pod_screen(stage).pod).restarts


async def _delete(stage: Stage, demo: RunningDemo) -> None:
    """Delete the pod that is shown, and let its grace period pass."""
    pod = _pod_screen(stage).pod
    await stage.app.cluster.delete(PODS, pod.namespace, pod.name, uid=pod.uid)
    demo.call(demo.cluster.advance, 60.0)


def test_a_lost_server_is_a_banner_and_all_goes_on_when_it_is_back(own_demo: RunningDemo, tmp_path: Path) -> None:
    faults = own_demo.cluster.faults

    async def work() -> None:
        async with staged(own_demo, tmp_path) as stage:
            await stage.opens("finished-first")
            containers = _pod_screen(stage).query_one("#containers")
            await asyncio.to_thread(own_demo.wait, faults.stop())
            await stage.sees("what is shown is old", "connection lost, next try in")
            assert containers.has_class("stale")
            await asyncio.to_thread(own_demo.wait, faults.start())
            await stage.until(lambda: "what is shown is old" not in stage.text, "the end of the banner")
            assert not containers.has_class("stale")

            # c1 is started again: its log and its count of restarts are followed as before.
            before, lines = _restarts(stage), _pod_screen(stage).query_one(LogsPane).store.end
            own_demo.call(own_demo.cluster.advance, 400.0)
            await stage.until(lambda: _restarts(stage) > before, "a restart")
            await stage.until(lambda: _pod_screen(stage).query_one(LogsPane).store.end > lines, "more lines of log")

    asyncio.run(work())


def test_a_pod_that_is_opened_while_the_server_is_away_gets_its_logs_when_it_is_back(
    own_demo: RunningDemo, tmp_path: Path
) -> None:
    faults = own_demo.cluster.faults

    async def work() -> None:
        async with staged(own_demo, tmp_path) as stage:
            await asyncio.to_thread(own_demo.wait, faults.stop())
            await stage.sees("what is shown is old")
            await stage.press("enter")
            await stage.until(lambda: "trying again" in _pod_screen(stage).query_one(LogsPane).said, "a try")
            await asyncio.to_thread(own_demo.wait, faults.start())
            await stage.until(lambda: _pod_screen(stage).query_one(LogsPane).store.end > 0, "lines of log")
            assert _pod_screen(stage).query_one(LogsPane).said == ""

    asyncio.run(work())


def test_where_pods_may_not_be_listed_another_namespace_can_be_chosen(own_demo: RunningDemo, tmp_path: Path) -> None:
    own_demo.call(own_demo.cluster.auth.grant, VIEWER, ["get", "list", "watch"], ["pods"], "staging")

    async def work() -> None:
        async with staged(own_demo, tmp_path, user=VIEWER, size=(80, 24)) as stage:
            said = ('cannot list resource "pods" in API group', "n chooses another namespace")
            await stage.until(lambda: _are_said(stage, said))
            await stage.press("n")
            await stage.sees("cannot list", "type a name")
            await stage.press(*"staging", "enter")
            await stage.sees("/ staging", "no pods here")

    asyncio.run(work())


def test_a_namespace_that_there_is_not_is_said_where_it_is_typed(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.press("n")
            await stage.sees("all namespaces", "staging")
            await stage.types("stagingg")
            await stage.sees("there is no namespace like that")
            await stage.press("backspace")
            await stage.until(lambda: "no namespace like that" not in stage.text)
            await stage.press("enter")
            await stage.sees("/ staging")

    asyncio.run(work())


def test_what_may_not_be_read_is_said_in_its_place(own_demo: RunningDemo, tmp_path: Path) -> None:
    own_demo.call(own_demo.cluster.auth.grant, VIEWER, ["get", "list", "watch"], ["pods"], "demo")

    async def work() -> None:
        async with staged(own_demo, tmp_path, user=VIEWER, size=(80, 24)) as stage:
            await stage.opens("finished-first")
            for key, texts in (
                ("1", ('cannot get resource "pods/log"', 'the verb "get" on pods/log is missing')),
                ("2", ("cannot", 'resource "events"')),
                ("3", ("crash-loop",)),
                ("4", ("c0",)),
                ("6", ("no permission to list pods.metrics.k8s.io",)),
                ("8", ("apiVersion",)),
            ):
                await stage.press(key)
                await stage.until(partial(_are_said, stage, texts), f"seeing {texts}")

    asyncio.run(work())


def _are_said(stage: Stage, texts: Sequence[str]) -> bool:
    """Whether texts are to be seen, in one row or in several."""
    said = " ".join(stage.text.split())
    return all(text in said for text in texts)


def test_a_refusal_is_to_be_read_to_its_end_at_80_columns(own_demo: RunningDemo, tmp_path: Path) -> None:
    own_demo.call(own_demo.cluster.auth.grant, VIEWER, ["get", "list", "watch"], ["pods"], "demo")

    async def work() -> None:
        async with staged(own_demo, tmp_path, user=VIEWER, size=(80, 30)) as stage:
            await stage.opens("webapp-with-logging")
            await stage.sees("pods/log", 'in the namespace "demo"', "kubectl auth can-i get")
            await stage.press("2")
            await stage.sees("events is forbidden", 'in the namespace "demo"')
            await stage.press("3")
            await stage.sees("nothing is wrong, as far as can be seen")
            await stage.sees("no permission to list events: causes are judged without them")

    asyncio.run(work())


def test_of_a_pod_that_is_gone_the_doctor_says_what_was_wrong_at_last(tmp_path: Path) -> None:
    with running_demo(["image-typo"]) as demo:

        async def work() -> None:
            async with staged(demo, tmp_path, size=(120, 45)) as stage:
                await stage.press("enter", "3")
                await stage.sees("evidence")
                assert "at last" not in stage.text
                await _delete(stage, demo)
                await stage.sees("this pod is gone; what was wrong with it at last:", "evidence")
                await stage.until(lambda: "nothing is wrong" not in stage.text)

        asyncio.run(work())


def test_why_nothing_is_measured_is_said_where_use_would_stand(own_demo: RunningDemo, tmp_path: Path) -> None:
    own_demo.call(own_demo.cluster.auth.grant, VIEWER, ["get", "list", "watch"], ["pods", "pods/log"], "demo")

    async def work() -> None:
        async with staged(own_demo, tmp_path, user=VIEWER, size=(80, 24)) as stage:
            await stage.opens("webapp-with-logging")
            await stage.press("6")
            await stage.sees("no permission to list pods.metrics.k8s.io")
        own_demo.call(own_demo.cluster.faults.serve_no_metrics)
        async with staged(own_demo, tmp_path, size=(80, 24)) as stage:
            await stage.opens("webapp-with-logging")
            await stage.press("6")
            await stage.sees("this cluster serves no metrics.k8s.io")

    asyncio.run(work())


def test_a_deleted_pod_stays_until_it_is_left(own_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(own_demo, tmp_path) as stage:
            await stage.opens("finished-first")
            await _delete(stage, own_demo)
            await stage.sees("this pod is gone since", "c1")
            await stage.until(lambda: re.search(r"Pods\s+n Namespace", stage.text), "a footer with what can be done")
            assert not re.search("Shell|Attach|Debug|new one", stage.text.splitlines()[-1])
            await stage.press("r")  # nobody has its name
            await stage.sees("this pod is gone since")
            await stage.press("escape", "escape")
            await stage.sees("webapp-with-logging")
            await stage.until(lambda: "finished-first" not in stage.text, "no such pod")

    asyncio.run(work())


def test_a_pod_that_is_made_anew_is_offered(own_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(own_demo, tmp_path) as stage:
            await stage.opens("finished-first")
            before = _pod_screen(stage).pod.uid
            await _delete(stage, own_demo)
            await stage.sees("this pod is gone since")
            spec = {"containers": [{"name": "other", "image": "busybox:1.37"}]}
            own_demo.call(own_demo.cluster.apply, {"kind": "Pod", "metadata": {"name": "finished-first"}, "spec": spec})
            await stage.sees("there is a new one of this name: r shows it", "r The new one")
            await stage.press("r")
            await stage.sees("other")
            await stage.until(lambda: "this pod is gone" not in stage.text and "Shell" in stage.text.splitlines()[-1])
            assert "The new one" not in stage.text
            assert _pod_screen(stage).pod.uid != before

    asyncio.run(work())


def _with_a_dead_context(demo: RunningDemo, path: Path) -> None:
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["clusters"].append({"name": "dead", "cluster": {"server": "https://127.0.0.1:1"}})
    config["contexts"].append({"name": "dead", "context": {"cluster": "dead", "user": "demo-admin"}})
    path.write_text(yaml.safe_dump(config), encoding="utf-8")


def test_a_context_that_cannot_be_reached_is_said_and_the_one_before_comes_back(
    own_demo: RunningDemo, tmp_path: Path
) -> None:
    async def work() -> None:
        async with staged(own_demo, tmp_path) as stage:
            _with_a_dead_context(own_demo, tmp_path / "config")
            await stage.press("c")
            await stage.sees("dead  (default)")
            await stage.press(*"dead", "enter")
            await stage.sees("127.0.0.1:1")
            await stage.sees(f"{CONTEXT} / demo", "finished-first")
            await stage.opens("finished-first")

    asyncio.run(work())


def test_where_neither_context_can_be_reached_what_is_shown_stays_till_its_cluster_is_back(
    own_demo: RunningDemo, tmp_path: Path
) -> None:
    faults = own_demo.cluster.faults

    async def work() -> None:
        async with staged(own_demo, tmp_path) as stage:
            _with_a_dead_context(own_demo, tmp_path / "config")
            await asyncio.to_thread(own_demo.wait, faults.stop())
            await stage.sees("what is shown is old")
            await stage.bursts("cdead\r")
            await stage.sees("asking dead")
            await stage.until(lambda: not [worker for worker in stage.app.workers if worker.group == "place"])
            await stage.sees("what is shown is old", "finished-first")
            await asyncio.to_thread(own_demo.wait, faults.start())
            await stage.sees(f"{CONTEXT} / demo", "finished-first")
            assert stage.app.is_running

    asyncio.run(work())


def test_the_context_that_is_shown_already_changes_nothing(own_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(own_demo, tmp_path, "finished-first") as stage:
            await stage.sees(f"{CONTEXT} / demo / ", "1 pod")
            watch, place = stage.app._watch, stage.app.place
            await stage.press("c")
            await stage.sees("Context", "(demo)")
            await stage.press("enter")
            await stage.until(lambda: len(stage.app.screen_stack) == 2)
            assert (stage.app._watch, stage.app.place) == (watch, place)

    asyncio.run(work())


def test_a_kubeconfig_that_others_change_changes_neither_the_cluster_nor_its_name(
    own_demo: RunningDemo, tmp_path: Path
) -> None:
    async def work() -> None:
        async with staged(own_demo, tmp_path) as stage:
            await stage.sees(f"{CONTEXT} / demo")
            path = tmp_path / "config"
            _with_a_dead_context(own_demo, path)
            config = yaml.safe_load(path.read_text(encoding="utf-8")) | {"current-context": "dead"}
            path.write_text(yaml.safe_dump(config), encoding="utf-8")
            await stage.press("o")
            await stage.sees("order: name", f"{CONTEXT} / demo")

    asyncio.run(work())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no-such-pod"], 'pods "no-such-pod" not found'),
        (["deploy/none"], 'deployments.apps "none" not found'),
        (["--context", "none"], "none"),
        (["--server", "https://127.0.0.1:1"], "127.0.0.1:1"),
        (["--kubeconfig", "/nonexistent"], "/nonexistent"),
    ],
    ids=lambda words: words[-1] if isinstance(words, list) else "",
)
def test_what_cannot_be_shown_opens_no_screen(shared_kubeconfig: Path, words: list[str], said: str) -> None:
    with on_a_terminal("ui", *words, environ={"KUBECONFIG": str(shared_kubeconfig)}, stderr=None) as dashboard:
        assert dashboard.wait() == 1
        assert said in dashboard.seen
        assert dashboard.seen.startswith(("error: ", "Error from server"))
        assert "\x1b[?1049h" not in dashboard.seen


def test_a_workload_and_all_namespaces(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path, "deploy/production-app", size=(160, 45)) as stage:
            await stage.sees("deployment/production-app", "production-app-")
            assert "finished-first" not in stage.text
        async with staged(shared_demo, tmp_path, everywhere=True, size=(160, 45)) as stage:
            await stage.sees("all namespaces")
            assert stage.text.splitlines()[1].split()[:2] == ["NAMESPACE", "NAME"]
            await stage.press("slash", *"hello")
            await stage.sees("staging")
        async with staged(shared_demo, tmp_path, labels="app=webapp") as stage:
            await stage.sees("app=webapp")
            pods = stage.app.snapshot.pods.values()
            assert pods
            assert {pod.labels["app"] for pod in pods} == {"webapp"}

    asyncio.run(work())
