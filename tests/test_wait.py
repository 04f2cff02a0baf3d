"""`wait`: what a script and a person get, for what becomes ready, for what never will, and at the timeout."""

import json
from pathlib import Path
from typing import Any

import pytest

from kubectl_mc.demo import defaults
from kubectl_mc.demo.auth import VIEWER
from kubectl_mc.demo.server import RunningDemo
from tests.commands import Result, run
from tests.processes import on_a_pipe, on_a_terminal

Json = dict[str, Any]
SLEEPS = {"name": "app", "image": "busybox:1.37", "command": ["sleep", "3600"]}
SLOW = {**SLEEPS, "readinessProbe": {"exec": {"command": ["true"]}, "initialDelaySeconds": 3000}}
"""Runs, and is not ready as long as a test lasts."""
FAILS = {"name": "app", "image": "busybox:1.37", "command": ["sh", "-c", "exit 3"]}
ENDS = {"name": "app", "image": "busybox:1.37", "command": ["sh", "-c", "exit 0"]}


def pod(name: str, *containers: Json, **spec: Any) -> Json:
    body = {"containers": list(containers) or [SLEEPS], "terminationGracePeriodSeconds": 0, **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}}, "spec": body}


def deployment(name: str, *containers: Json, replicas: int = 2, **spec: Any) -> Json:
    template = {"metadata": {"labels": {"app": name}}, "spec": pod("x", *containers)["spec"]}
    selector = {"matchLabels": {"app": name}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"replicas": replicas, "selector": selector, "template": template, **spec},
    }


def job(name: str, container: Json, **spec: Any) -> Json:
    template = {"spec": {"containers": [container], "restartPolicy": "Never"}}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": {"template": template, **spec}}


def apply(demo: RunningDemo, document: Json, *, after: float = 0) -> None:
    """Apply an object and let so many seconds pass."""
    demo.call(demo.cluster.apply, document)
    if after:
        demo.call(demo.cluster.advance, after)


def environ(kubeconfig: Path) -> dict[str, str]:
    return {"KUBECONFIG": str(kubeconfig)}


def rolled_out(demo: RunningDemo, name: str, *containers: Json, **spec: Any) -> None:
    """Give a Deployment another template, as the API server does it."""

    def change() -> None:
        current = demo.cluster.store.get("deployments", "demo", name)
        template = {"metadata": {"labels": {"app": name}}, "spec": pod("x", *containers, **spec)["spec"]}
        changed = {**current, "spec": {**current["spec"], "template": template}}
        demo.cluster.store.update("deployments", defaults.filled("deployments", changed))

    demo.call(change)


def waited(*words: str, kubeconfig: Path) -> Result:
    """`kubectl mc wait WORDS` to its end, as a process of its own."""
    with on_a_pipe("wait", *words, environ=environ(kubeconfig)) as process:
        code = process.wait()
        return Result(code, process.seen, process.stderr())


def test_a_rollout_is_waited_for_with_a_line_for_each_change(demo: RunningDemo, kubeconfig: Path) -> None:
    apply(demo, deployment("web", SLOW, replicas=1), after=20)
    init = {"name": "migrate", "image": "busybox:1.37", "command": ["sh", "-c", "exit 0"]}
    with on_a_pipe("wait", "deploy/web", environ=environ(kubeconfig)) as process:
        process.read_until("app app running, and has not passed its readiness probe")
        rolled_out(demo, "web", SLEEPS, initContainers=[init])
        assert process.wait() == 0
        assert process.stderr() == ""
    lines = [line.split(maxsplit=1)[1] for line in process.seen.splitlines()]
    assert lines[0] == "deployment/web 0 of 1 pods are available"
    [new] = {line.split()[0] for line in lines if line.startswith("web-") and line.endswith("init migrate exited 0")}
    # The Deployment may be seen to be available a moment before its pod is seen to be ready.
    last = ("app app ready", "app app running, and has not passed its readiness probe", "app app running")
    assert any(line.startswith(f"{new} ") and line.endswith(last) for line in lines)
    assert lines[-1] == "deployment/web is ready"
    assert "█" not in process.seen


def test_pods_of_the_template_before_are_no_success_and_no_failure(demo: RunningDemo, kubeconfig: Path) -> None:
    apply(demo, deployment("good"), after=20)
    apply(demo, deployment("bad", FAILS, replicas=1), after=200)
    rolled_out(demo, "good", SLOW)
    rolled_out(demo, "bad", SLOW)
    assert waited("deploy/good", "deploy/bad", "--timeout", "2s", kubeconfig=kubeconfig).exit_code == 4


def test_what_holds_already_is_one_line(demo: RunningDemo, kubeconfig: Path) -> None:
    apply(demo, deployment("web"), after=30)
    result = waited("deploy/web", kubeconfig=kubeconfig)
    assert (result.exit_code, result.err) == (0, "")
    assert [line.split(maxsplit=1)[1] for line in result.lines] == ["deployment/web is ready"]


def test_that_there_is_nothing_to_wait_for_is_said(demo: RunningDemo, kubeconfig: Path) -> None:
    apply(demo, deployment("web", replicas=0), after=5)
    result = waited("deploy/web", kubeconfig=kubeconfig)
    assert result.exit_code == 0
    assert [line.split(maxsplit=1)[1] for line in result.lines] == [
        "deployment/web: it is scaled to 0, so there is nothing to wait for",
        "deployment/web is ready",
    ]


def test_a_crash_loop_ends_the_wait_with_the_doctors_cause(demo: RunningDemo, kubeconfig: Path) -> None:
    apply(demo, pod("web", FAILS), after=200)
    result = waited("web", kubeconfig=kubeconfig)
    assert result.exit_code == 3
    assert "crashloop" in result.out
    assert "next" in result.out
    assert result.err == "error: pod/web: not ready, and will not be without a change\n"


def test_patience_is_what_a_container_may_fail(demo: RunningDemo, kubeconfig: Path) -> None:
    apply(demo, pod("web", FAILS), after=3)
    result = waited("web", "--timeout", "0", kubeconfig=kubeconfig)
    assert result.exit_code == 4
    assert "pod/web app" in result.out
    assert waited("web", "--timeout", "0", "--patience", "1", kubeconfig=kubeconfig).exit_code == 3


def test_at_the_timeout_what_is_missing_is_said(demo: RunningDemo, kubeconfig: Path) -> None:
    apply(demo, pod("web", SLOW, {**SLEEPS, "name": "side"}), after=20)
    result = waited("web", "--timeout", "1s", kubeconfig=kubeconfig)
    assert result.exit_code == 4
    assert "  pod/web app: running, and has not passed its readiness probe" in result.lines
    assert "side:" not in result.out
    assert "error: timed out after 1s: pod/web: not ready" in result.err


def test_a_selector_waits_for_pods_to_appear(demo: RunningDemo, kubeconfig: Path) -> None:
    with on_a_pipe("wait", "-l", "app=web", environ=environ(kubeconfig)) as process:
        process.read_until("-l app=web has no pods yet")
        apply(demo, pod("web"))
        assert process.wait() == 0
    assert process.seen.splitlines()[-1].endswith("-l app=web is ready")


def test_a_job_is_done_when_it_is_complete(demo: RunningDemo, kubeconfig: Path) -> None:
    apply(demo, job("good", ENDS))
    with on_a_pipe("wait", "job/good", "--for", "done", environ=environ(kubeconfig)) as process:
        assert process.wait() == 0
    assert process.seen.splitlines()[-1].endswith("job/good is done")


def test_a_job_that_failed_ends_with_the_cause_in_its_pod(demo: RunningDemo, kubeconfig: Path) -> None:
    apply(demo, job("bad", FAILS, backoffLimit=0), after=30)
    result = waited("job/bad", "--for", "done", "-o", "json", kubeconfig=kubeconfig)
    assert result.exit_code == 3
    document = json.loads(result.out)
    assert document["why"].startswith("job/bad has failed: BackoffLimitExceeded")
    assert document["cause"]["container"] == "app"
    assert (document["held"], document["timedOut"], document["for"]) == (False, False, "done")


def test_a_name_that_does_not_exist_is_not_waited_for(demo: RunningDemo, kubeconfig: Path) -> None:
    apply(demo, pod("web"))
    for target in ("wbe", "deploy/web"):
        result = waited(target, kubeconfig=kubeconfig)
        assert result.exit_code == 1
        assert "NotFound" in result.err


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("web", "--timeout", "-1s"),
        ("web", "--timeout", "soon"),
        ("web", "--patience", "0"),
        ("web", "--for", "luck"),
        ("deploy/web", "--for", "done"),
        ("web", "-o", "wide"),
    ],
)
def test_what_cannot_be_meant_is_refused(words: tuple[str, ...], kubeconfig: Path) -> None:
    result = run("wait", *words, kubeconfig=kubeconfig)
    assert result.exit_code == 2
    assert result.out == ""


def test_a_pod_that_is_made_anew_is_waited_for(demo: RunningDemo, kubeconfig: Path) -> None:
    apply(demo, pod("web", SLOW), after=20)
    with on_a_pipe("wait", "web", environ=environ(kubeconfig)) as process:
        process.read_until("has not passed its readiness probe")
        demo.call(demo.cluster.store.delete, "pods", "demo", "web")
        process.read_until("web is gone")
        apply(demo, pod("web"))
        assert process.wait() == 0
    assert process.seen.splitlines()[-1].endswith("pod/web is ready")


def test_a_server_that_restarts_is_waited_for(demo: RunningDemo, kubeconfig: Path) -> None:
    apply(demo, pod("web", SLOW), after=20)
    with on_a_pipe("wait", "web", environ=environ(kubeconfig)) as process:
        process.read_until("has not passed its readiness probe")
        demo.wait(demo.cluster.faults.stop())
        assert "the wait goes on" in process.next_note()
        demo.call(demo.cluster.store.delete, "pods", "demo", "web")
        apply(demo, pod("web"))
        demo.wait(demo.cluster.faults.start())
        assert process.wait() == 0
        assert process.stderr() == ""


def test_a_terminal_has_bars_until_it_holds(demo: RunningDemo, kubeconfig: Path) -> None:
    apply(demo, pod("web", SLOW), after=20)
    with on_a_terminal("wait", "web", environ=environ(kubeconfig)) as process:
        process.read_until("█████████")
        process.read_until("░░░")
        process.read_until("running, and has not passed its readiness probe")
        demo.call(demo.cluster.store.delete, "pods", "demo", "web")
        process.read_until("one of this name is waited for")
        apply(demo, pod("web"), after=20)
        process.read_until("pod/web is ready")
        assert process.wait() == 0
        assert process.stderr() == ""
    assert process.seen.rindex("\x1b[?25h") > process.seen.rindex("\x1b[?25l"), "the cursor stayed hidden"


def test_ctrl_c_restores_the_terminal(demo: RunningDemo, kubeconfig: Path) -> None:
    apply(demo, pod("web", FAILS), after=3)
    with on_a_terminal("wait", "web", environ=environ(kubeconfig)) as process:
        process.read_until("not ready yet")
        assert process.interrupt() == 130
        assert process.stderr() == ""
        assert process.restored()
    assert process.seen.rindex("\x1b[?25h") > process.seen.rindex("\x1b[?25l"), "the cursor stayed hidden"


def test_what_may_not_be_read_is_done_without_and_said(demo: RunningDemo, tmp_path: Path) -> None:
    apply(demo, deployment("web"), after=20)
    demo.call(demo.cluster.auth.grant, VIEWER, ["get", "list", "watch"], ["deployments"], "demo")
    viewer = demo.cluster.write_kubeconfig(tmp_path / "viewer", VIEWER)
    refused = waited("deploy/web", kubeconfig=viewer)
    assert refused.exit_code == 1
    assert "Forbidden" in refused.err
    demo.call(demo.cluster.auth.grant, VIEWER, ["get", "list", "watch"], ["pods"], "demo")
    result = waited("deploy/web", kubeconfig=viewer)
    assert result.exit_code == 0
    assert [line.split(maxsplit=1)[1] for line in result.lines] == ["deployment/web is ready"]
    assert "replicasets" in result.err
    assert "the wait goes on without" in result.err


def test_a_deployment_that_is_made_anew_is_waited_for(demo: RunningDemo, kubeconfig: Path) -> None:
    apply(demo, deployment("web", SLOW, replicas=1), after=20)
    with on_a_pipe("wait", "deploy/web", environ=environ(kubeconfig)) as process:
        process.read_until("app app running, and has not passed its readiness probe")
        demo.call(demo.cluster.store.delete, "deployments", "demo", "web")
        process.read_until("deployment/web doesn't exist now; one of this name is waited for")
        apply(demo, deployment("web", replicas=1))
        assert process.wait() == 0
    assert process.seen.splitlines()[-1].endswith("deployment/web is ready")
