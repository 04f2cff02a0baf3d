"""`-w`: what a person sees while pods change, vanish and come back, and while the server does."""

import re
import signal
from pathlib import Path
from typing import Any

import pytest

from kubectl_mc.demo.server import RunningDemo
from tests.commands import run
from tests.processes import on_a_pipe, on_a_terminal


def pod(name: str, **metadata: Any) -> dict[str, Any]:
    containers = [
        {"name": "app", "image": "busybox:1.37", "command": ["sleep", "3600"]},
        {"name": "side", "image": "busybox:1.37", "command": ["sleep", "3600"]},
    ]
    spec = {"containers": containers, "terminationGracePeriodSeconds": 0}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, **metadata}, "spec": spec}


def start(demo: RunningDemo, document: dict[str, Any]) -> None:
    """Apply an object and let the time pass that its containers take to start."""
    demo.call(demo.cluster.apply, document)
    demo.call(demo.cluster.advance, 10)


def environ(kubeconfig: Path) -> dict[str, str]:
    return {"KUBECONFIG": str(kubeconfig)}


def test_each_change_of_a_pod_is_a_block_in_a_pipe(demo: RunningDemo, kubeconfig: Path) -> None:
    clock = demo.cluster.clock
    held = clock.moved_by_hand()  # the pod starts only once its first state has been seen
    demo.call(held.__enter__)
    demo.call(demo.cluster.apply, pod("web"))
    with on_a_pipe("status", "web", "-w", environ=environ(kubeconfig)) as process:
        process.read_until("demo/web  READY 0/2")
        demo.call(held.__exit__, None, None, None)
        demo.call(clock.advance, 0)
        process.read_until("demo/web  READY 2/2  STATUS Running")
        assert process.interrupt() == 130
        assert process.stderr() == ""
    blocks = [line for line in process.seen.splitlines() if line.startswith("demo/web ")]
    assert len(blocks) == len(set(blocks)), "a block without a visible change"


def test_a_pod_that_vanishes_is_said_and_its_successor_shown(demo: RunningDemo, kubeconfig: Path) -> None:
    start(demo, pod("web"))
    with on_a_pipe("status", "web", "-w", environ=environ(kubeconfig)) as process:
        process.read_until("demo/web  READY 2/2")
        demo.call(demo.cluster.store.delete, "pods", "demo", "web")
        seen = len(process.seen)
        start(demo, pod("web", labels={"second": "yes"}))
        process.read_until("demo/web  READY 2/2", after=seen)
        assert process.interrupt() == 130
        assert "pod demo/web is gone" in process.stderr()


def test_a_list_goes_on_with_a_row_for_each_change(demo: RunningDemo, kubeconfig: Path) -> None:
    start(demo, pod("first"))
    with on_a_pipe("status", "-w", environ=environ(kubeconfig)) as process:
        process.read_until("first  2/2    Running")
        start(demo, pod("other"))
        process.read_until("other  2/2    Running")
        assert process.interrupt() == 130
    assert process.seen.count("STATUS") == 1


def test_a_selector_lets_new_pods_in(demo: RunningDemo, kubeconfig: Path) -> None:
    start(demo, pod("first", labels={"app": "web"}))
    with on_a_pipe("status", "-l", "app=web", "-w", "-o", "name", environ=environ(kubeconfig)) as process:
        process.read_until("pod/first")
        demo.call(demo.cluster.apply, pod("stranger", labels={"app": "db"}))
        demo.call(demo.cluster.apply, pod("second", labels={"app": "web"}))
        process.read_until("pod/second")
        assert "stranger" not in process.seen


@pytest.mark.parametrize("trouble", ["drop_connections", "expire_watches"])
def test_a_broken_watch_is_mended_without_a_word(trouble: str, demo: RunningDemo, kubeconfig: Path) -> None:
    start(demo, pod("first"))
    with on_a_pipe("status", "-w", environ=environ(kubeconfig)) as process:
        process.read_until("first  2/2    Running")
        if trouble == "expire_watches":
            demo.call(demo.cluster.faults.expire_watches)
        demo.call(demo.cluster.faults.drop_connections)
        start(demo, pod("other"))
        process.read_until("other  2/2    Running")
        assert process.interrupt() == 130
        assert process.stderr() == ""


def test_a_server_that_restarts_is_waited_for(demo: RunningDemo, kubeconfig: Path) -> None:
    start(demo, pod("first"))
    with on_a_pipe("status", "-w", environ=environ(kubeconfig)) as process:
        process.read_until("first  2/2    Running")
        demo.wait(demo.cluster.faults.stop())
        start(demo, pod("meanwhile"))
        demo.wait(demo.cluster.faults.start())
        process.read_until("meanwhile  2/2    Running")
        assert process.interrupt() == 130
        assert "Traceback" not in process.stderr()


def test_an_unknown_pod_is_not_waited_for(kubeconfig: Path, demo: RunningDemo) -> None:
    start(demo, pod("web"))
    result = run("status", "wbe", "-w", kubeconfig=kubeconfig)
    assert result.exit_code == 1
    assert 'pods "wbe" not found' in result.err


def test_a_terminal_has_one_live_page(demo: RunningDemo, kubeconfig: Path) -> None:
    start(demo, pod("web"))
    with on_a_terminal("status", "web", "-w", environ=environ(kubeconfig)) as process:
        process.read_until("Running")
        demo.call(demo.cluster.store.delete, "pods", "demo", "web")
        process.read_until("pod demo/web is gone")
        assert process.interrupt() == 130
        assert process.stderr() == ""
    assert process.seen.rindex("\x1b[?25h") > process.seen.rindex("\x1b[?25l"), "the cursor stayed hidden"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_terminal_is_restored_when_the_process_is_told_to_end(
    number: int, demo: RunningDemo, kubeconfig: Path
) -> None:
    start(demo, pod("web"))
    with on_a_terminal("status", "web", "-w", environ=environ(kubeconfig)) as process:
        process.read_until("Running")
        assert process.interrupt(number) == 128 + number
        assert process.stderr() == ""
    assert process.seen.rindex("\x1b[?25h") > process.seen.rindex("\x1b[?25l"), "the cursor stayed hidden"


def test_a_wider_terminal_is_used(demo: RunningDemo, kubeconfig: Path) -> None:
    start(demo, pod("web" + "-x" * 40))
    with on_a_terminal("status", "-w", environ=environ(kubeconfig), columns=80) as process:
        process.read_until("Running")
        assert "x" * 3 not in process.seen
        seen = len(process.seen)
        process.resize(200, 30)
        process.read_until("web" + "-x" * 40, after=seen)
        process.read_until("CONTAINERS", after=seen)
        assert process.interrupt() == 130


def test_a_suspended_display_leaves_the_shell_its_cursor(demo: RunningDemo, kubeconfig: Path) -> None:
    start(demo, pod("web"))
    with on_a_terminal("status", "web", "-w", environ=environ(kubeconfig)) as process:
        process.read_until("Running")
        process.process.send_signal(signal.SIGTSTP)
        process.wait_until_stopped()
        process.read_until("\x1b[?25h")
        seen = len(process.seen)
        process.process.send_signal(signal.SIGCONT)
        process.read_until("\x1b[?25l", after=seen)
        process.read_until("Running", after=seen)
        assert process.interrupt() == 130


def test_a_terminal_that_cannot_redraw_gets_lines(demo: RunningDemo, kubeconfig: Path) -> None:
    start(demo, pod("web"))
    with on_a_terminal("status", "-w", environ={"TERM": "dumb", **environ(kubeconfig)}) as process:
        process.read_until("web")
        start(demo, pod("other"))
        process.read_until("other")
        assert process.interrupt() == 130
    assert "\x1b" not in process.seen


def test_events_follow_the_pods_that_a_workload_makes(demo: RunningDemo, kubeconfig: Path) -> None:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod("x")["spec"]}
    selector = {"matchLabels": {"app": "web"}}
    start(
        demo,
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web"},
            "spec": {"replicas": 1, "selector": selector, "template": template},
        },
    )
    with on_a_pipe("events", "deploy/web", "-w", environ=environ(kubeconfig)) as process:
        process.read_until("ScalingReplicaSet")
        first = re.findall(r"pod/(web-\S+) +side +Started container side", process.read_until("Started container side"))
        seen = len(process.seen)
        demo.call(demo.cluster.store.delete, "pods", "demo", first[0])
        start(demo, pod("stranger"))
        process.read_until("Started container side", after=seen)
        assert process.interrupt() == 130
    assert first[0] not in process.seen[seen:].split("Started container side")[0].split("Scheduled")[-1]
    assert "stranger" not in process.seen
    assert process.seen.count("REASON") == 1


def test_events_of_a_pod_that_is_gone_are_still_shown(demo: RunningDemo, kubeconfig: Path) -> None:
    start(demo, pod("web"))
    demo.call(demo.cluster.store.delete, "pods", "demo", "web")
    result = run("events", "web", kubeconfig=kubeconfig)
    assert result.exit_code == 1
    assert "Started container side" in result.out
    assert 'pods "web" not found' in result.err
