"""`kubectl mc debug`: what is put beside a container, what is said of it, and how the session ends."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import DEFAULT

import pytest
from pytest_mock import MockerFixture

from kubectl_mc.cluster import ephemeral
from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.ephemeral import state_told_by
from kubectl_mc.demo.programs import Exit, Program
from kubectl_mc.demo.server import RunningDemo
from kubectl_mc.errors import Forbidden, McError, NotFound
from kubectl_mc.model.event import Event
from tests.commands import Result, run
from tests.log_pods import end, lived, started, wait_for
from tests.processes import on_a_pipe, on_a_terminal

Json = dict[str, Any]

WEB: Json = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {
        "automountServiceAccountToken": False,
        "volumes": [{"name": "data", "emptyDir": {}}, {"name": "config", "configMap": {"name": "config"}}],
        "containers": [
            {
                "name": "app",
                "image": "distroless/app:1",
                "env": [{"name": "MODE", "value": "live"}, {"name": "PATH", "value": "/app"}],
                "envFrom": [{"configMapRef": {"name": "config"}}],
                "volumeMounts": [
                    {"name": "data", "mountPath": "/data"},
                    {"name": "config", "mountPath": "/etc/app.conf", "subPath": "app.conf"},
                ],
            },
            {"name": "side", "image": "busybox:1.37"},
        ],
    },
}
CONFIG: Json = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "config", "namespace": "demo"},
    "data": {"COLOR": "blue", "app.conf": "x"},
}


@pytest.fixture
def web(demo: RunningDemo) -> RunningDemo:
    """The pod `web` runs: `app` without a shell, `side` with one."""
    demo.call(demo.cluster.apply, CONFIG)
    started(demo, WEB, {})
    return demo


def debugged(demo: RunningDemo, name: str = "web") -> list[Json]:
    """The debug containers in a pod's spec."""
    pod = demo.call(demo.cluster.store.get, "pods", "demo", name)
    found: list[Json] = pod["spec"].get("ephemeralContainers", [])
    return found


def debug(*words: str, kubeconfig: Path, environ: Mapping[str, str] | None = None) -> Result:
    return run("debug", *words, kubeconfig=kubeconfig, environ=environ)


def test_a_command_runs_beside_a_container_without_a_shell_with_its_volumes_environment_and_files(
    web: RunningDemo, kubeconfig: Path
) -> None:
    script = 'echo "$MODE $COLOR"; ls /data && echo mounted; cat /proc/1/root/etc/hostname; exit 7'
    result = debug("web", "-c", "app", "--", "sh", "-c", script, kubeconfig=kubeconfig)
    assert result.exit_code == 7
    assert result.out == "live blue\nmounted\nweb\n"
    [added] = debugged(web)
    name = added["name"]
    assert (added["targetContainerName"], added["image"]) == ("app", "busybox:1.37")
    assert [mount["mountPath"] for mount in added["volumeMounts"]] == ["/data"]
    assert added["securityContext"] == {"capabilities": {"add": ["SYS_PTRACE"]}}
    said = result.err.splitlines()
    assert said[0] == (
        f"{name} (busybox:1.37, profile general) is in pod web now, and stays until that is gone; it starts …"
    )
    assert "left out: the variable PATH (the debug image has its own)" in said
    assert "left out: volume config at /etc/app.conf (a subPath, which an ephemeral container may not have)" in said
    assert said[-1] == "app's own files: /proc/1/root"


def test_the_next_session_enters_the_same_debug_container(web: RunningDemo, kubeconfig: Path) -> None:
    debug("web", "-c", "app", "--", "touch", "/tmp/mine", kubeconfig=kubeconfig)
    [first] = debugged(web)
    again = debug("web", "--target", "app", "--", "ls", "/tmp/mine", kubeconfig=kubeconfig)
    assert (again.exit_code, again.out) == (0, "/tmp/mine\n")
    assert again.err == f"{first['name']} runs already (busybox:1.37)\napp's own files: /proc/1/root\n"
    assert len(debugged(web)) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("-c", "app", "--new"),
        ("-c", "app", "--image", "alpine:3"),
        ("-c", "app", "--profile", "netadmin"),
        ("-c", "side"),
    ],
)
def test_who_asks_for_something_else_gets_another_debug_container(
    words: tuple[str, ...], web: RunningDemo, kubeconfig: Path
) -> None:
    debug("web", "-c", "app", "--", "true", kubeconfig=kubeconfig)
    assert debug("web", *words, "--", "true", kubeconfig=kubeconfig).exit_code == 0
    first, second = debugged(web)
    assert first["name"] != second["name"]


def test_a_debug_container_of_kubectls_is_entered_and_said_to_have_less(web: RunningDemo, kubeconfig: Path) -> None:
    own = {"name": "debugger-k", "image": "busybox:1.37", "command": ["sh"], "stdin": True, "tty": True}

    def add() -> None:
        store = web.cluster.store
        pod = store.get("pods", "demo", "web")
        spec = {**pod["spec"], "ephemeralContainers": [{**own, "imagePullPolicy": "IfNotPresent"} | TARGETED]}
        store.update("pods", {**pod, "spec": spec})

    web.call(add)
    web.call(web.cluster.advance, 10)
    result = debug("web", "-c", "app", "--", "sh", "-c", "exit 4", kubeconfig=kubeconfig)
    assert result.exit_code == 4
    assert "debugger-k runs already (busybox:1.37); it lacks /data, its environment (one that has it: --new)" in (
        result.err
    )


TARGETED: Json = {"targetContainerName": "app", "resources": {}}


@pytest.mark.parametrize(
    ("words", "environ", "image"),
    [
        ((), {}, "busybox:1.37"),
        ((), {"KUBECTL_MC_DEBUG_IMAGE": "alpine:3"}, "alpine:3"),
        (("--image", "curl:8"), {"KUBECTL_MC_DEBUG_IMAGE": "alpine:3"}, "curl:8"),
    ],
)
def test_the_image_is_the_one_asked_for_else_the_environments_else_busybox(
    words: tuple[str, ...], environ: dict[str, str], image: str, web: RunningDemo, kubeconfig: Path
) -> None:
    assert debug("web", *words, "--", "true", kubeconfig=kubeconfig, environ=environ).exit_code == 0
    assert [each["image"] for each in debugged(web)] == [image]


def test_a_pull_that_fails_is_said_with_its_reason_and_waited_for_until_the_timeout(
    web: RunningDemo, kubeconfig: Path
) -> None:
    result = debug("web", "-c", "app", "--image", "ngnix:1", "--timeout", "2s", "--", "true", kubeconfig=kubeconfig)
    assert result.exit_code == 4
    [name] = [each["name"] for each in debugged(web)]
    assert f"{name}: pulling ngnix:1 …\n" in result.err
    assert f'{name} has no image (ngnix:1): failed to pull and unpack image "ngnix:1": ' in result.err
    assert f"error: {name} has not started within 2 s: it has no image (ngnix:1)\nhint: more patience" in result.err


def test_an_image_without_a_shell_ends_the_wait_at_once(web: RunningDemo, kubeconfig: Path) -> None:
    result = debug("web", "-c", "app", "--image", "distroless/static:1", "--timeout", "0", kubeconfig=kubeconfig)
    assert result.exit_code == 1
    assert "error: the image distroless/static:1 has no shell, which a debug container needs\n" in result.err


def test_who_may_not_see_events_waits_by_the_pods_status_alone(
    web: RunningDemo, kubeconfig: Path, tmp_path: Path
) -> None:
    grant = web.cluster.auth.grant
    web.call(grant, "demo-viewer", ["get", "list", "watch"], ["pods", "pods/exec"], "demo")
    web.call(grant, "demo-viewer", ["patch"], ["pods/ephemeralcontainers"], "demo")
    viewer = web.cluster.write_kubeconfig(tmp_path / "viewer", user="demo-viewer")
    assert debug("web", "-c", "app", "--", "sh", "-c", "exit 3", kubeconfig=viewer).exit_code == 3
    failed = debug("web", "-c", "app", "--image", "ngnix:1", "--timeout", "2s", kubeconfig=viewer)
    assert "has no image (ngnix:1)" in failed.err


def test_who_may_only_look_is_refused_and_told_the_permission(web: RunningDemo, tmp_path: Path) -> None:
    web.call(web.cluster.auth.grant, "demo-viewer", ["get", "list", "watch"], ["pods"], "demo")
    viewer = web.cluster.write_kubeconfig(tmp_path / "viewer", user="demo-viewer")
    result = debug("web", "-c", "app", kubeconfig=viewer)
    assert result.exit_code == 1
    assert 'hint: the verb "patch" on pods/ephemeralcontainers is missing; check: kubectl auth can-i' in result.err
    assert debugged(web) == []


REFUSED = 'Error from server (Forbidden): pods "web" is forbidden: '


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (
            Forbidden(f'{REFUSED}violates PodSecurity "restricted:latest": ...', "wrong", code=403),
            'violates PodSecurity "restricted:latest": ...\nhint: --profile restricted asks for what',
        ),
        (
            Forbidden(f'{REFUSED}admission webhook "no.debug" denied the request', "wrong", code=403),
            "denied the request\nhint: an admission rule of the cluster refuses it\n",
        ),
        (
            NotFound("Error from server (NotFound): the server could not find the requested resource", code=404),
            "error: this server has no ephemeral containers",
        ),
        (
            NotFound('Error from server (NotFound): pods "web" not found', code=404),
            'Error from server (NotFound): pods "web" not found\n',
        ),
    ],
)
def test_a_refusal_says_what_may_help(
    refusal: McError, said: str, web: RunningDemo, kubeconfig: Path, mocker: MockerFixture
) -> None:
    mocker.patch.object(Client, "patch", side_effect=refusal)
    result = debug("web", "-c", "app", kubeconfig=kubeconfig)
    assert result.exit_code == 1
    assert said in result.err


def test_a_crash_looping_target_lends_its_volumes_and_environment_only(demo: RunningDemo, kubeconfig: Path) -> None:
    pod = {**WEB, "spec": {**WEB["spec"], "containers": [{**WEB["spec"]["containers"][1], "env": [ENV]}]}}
    demo.call(demo.cluster.apply, CONFIG)
    lived(demo, 100, pod, {"side": Program(exit=Exit(after=0.5, code=3))})
    result = debug("web", "--", "sh", "-c", "echo $MODE", kubeconfig=kubeconfig)
    assert (result.exit_code, result.out) == (0, "live\n")
    assert "side is crash-looping (exit 3" in result.err
    assert ": the debug container gets its volumes and environment, and not its processes\n" in result.err
    assert "/proc" not in result.err
    [added] = debugged(demo)
    assert "targetContainerName" not in added


def test_a_target_that_ends_meanwhile_is_done_without(
    web: RunningDemo, kubeconfig: Path, mocker: MockerFixture
) -> None:
    first = mocker.patch.object(ephemeral, "until_running", wraps=ephemeral.until_running)
    gone = ephemeral.TargetGone("invalid target container: it is not running - in state CONTAINER_EXITED")
    first.side_effect = [gone, DEFAULT]
    result = debug("web", "-c", "app", "--", "sh", "-c", "echo $MODE; exit 5", kubeconfig=kubeconfig)
    assert (result.exit_code, result.out) == (5, "live\n")
    assert "app has just ended: the debug container gets its volumes and environment" in result.err
    assert "/proc" not in result.err
    assert [each.get("targetContainerName") for each in debugged(web)] == ["app", None]


ENV = {"name": "MODE", "value": "live"}


def test_beside_a_pod_that_has_ended_nothing_starts(demo: RunningDemo, kubeconfig: Path) -> None:
    pod = {**WEB, "spec": {"containers": [{"name": "app", "image": "busybox:1.37"}], "restartPolicy": "Never"}}
    started(demo, pod, {"app": Program(exit=Exit(after=0.5, code=1))})
    result = debug("web", kubeconfig=kubeconfig)
    assert result.exit_code == 1
    assert "error: pod web has ended (Failed): nothing runs in it any more\nhint: what it wrote: " in result.err
    assert debugged(demo) == []


def test_a_debug_container_is_no_target(web: RunningDemo, kubeconfig: Path) -> None:
    debug("web", "-c", "app", "--", "true", kubeconfig=kubeconfig)
    [added] = debugged(web)
    result = debug("web", "-c", added["name"], kubeconfig=kubeconfig)
    assert result.exit_code == 1
    assert f"{added['name']} is a debug container itself\nhint: kubectl mc exec web -n demo -c " in result.err


def test_where_processes_are_shared_the_root_is_not_that_of_process_1(demo: RunningDemo, kubeconfig: Path) -> None:
    spec = {"shareProcessNamespace": True, "containers": [{"name": "app", "image": "busybox:1.37"}]}
    started(demo, {**WEB, "spec": spec}, {})
    result = debug("web", "--", "true", kubeconfig=kubeconfig)
    assert "/proc/1/root" not in result.err
    assert "app's own files: /proc/" in result.err


def test_a_pod_of_a_plain_user_makes_capabilities_useless(demo: RunningDemo, kubeconfig: Path) -> None:
    spec = {"securityContext": {"runAsUser": 1000}, "containers": [{"name": "app", "image": "busybox:1.37"}]}
    started(demo, {**WEB, "spec": spec}, {})
    result = debug("web", "--profile", "netadmin", "--", "true", kubeconfig=kubeconfig)
    assert "pod web runs as a plain user: NET_ADMIN, NET_RAW of the profile netadmin has no effect\n" in result.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--profile", "legacy"), 2, "error: --profile legacy: no such profile\nhint: one of general, baseline, "),
        (("--timeout", "soon"), 2, "'soon' is no duration"),
        (("-c", "nope"), 1, "error: no container nope in pod web\n"),
        (("other",), 2, "error: web other: one pod or workload at a time\n"),
    ],
)
def test_what_cannot_be_meant_is_said_before_anything_is_changed(
    words: tuple[str, ...], code: int, said: str, web: RunningDemo, kubeconfig: Path
) -> None:
    result = debug("web", *words, kubeconfig=kubeconfig)
    assert result.exit_code == code
    assert said in result.err
    assert debugged(web) == []


def test_a_command_that_is_not_there_ends_as_in_a_shell(web: RunningDemo, kubeconfig: Path) -> None:
    result = debug("web", "-c", "app", "--", "nope", kubeconfig=kubeconfig)
    assert result.exit_code == 127
    assert "error: nope: not found in the container\n" in result.err


def test_on_a_terminal_there_is_a_shell_and_the_way_back_to_it(web: RunningDemo, kubeconfig: Path) -> None:
    with on_a_terminal("debug", "web", "-c", "app", environ={"KUBECONFIG": str(kubeconfig)}) as shell:
        shell.read_until("# ")
        os.write(shell.descriptor, b"echo $MODE; exit 6\r")
        shell.read_until("live\r\n")
        assert shell.wait() == 6
        [added] = debugged(web)
        assert f"{added['name']} goes on; back to it: kubectl mc debug web -n demo -c app\n" in shell.stderr()


def test_ctrl_c_while_it_waits_says_that_the_container_stays(web: RunningDemo, kubeconfig: Path) -> None:
    words = ("debug", "web", "-c", "app", "--image", "ngnix:1", "--", "true")
    with on_a_pipe(*words, environ={"KUBECONFIG": str(kubeconfig)}) as waiting:
        assert waiting.process.stderr is not None
        seen = b""
        while b"has no image" not in seen:
            seen = waiting.process.stderr.readline()
            assert seen, "ended before it waited"
        assert waiting.interrupt() == 130
        [added] = debugged(web)
        assert f"{added['name']} stays in pod web; enter it when it runs: kubectl mc debug web" in (waiting.stderr())


def test_a_session_that_is_cut_leaves_the_debug_container_to_come_back_to(web: RunningDemo, kubeconfig: Path) -> None:
    words = ("debug", "web", "-c", "app", "--", "sh", "-c", "echo in; cat")
    with on_a_terminal(*words, environ={"KUBECONFIG": str(kubeconfig)}) as session:
        session.read_until("in\r\n")
        web.call(web.cluster.faults.drop_connections)
        assert session.wait() == 1
        [added] = debugged(web)
        assert f"hint: {added['name']} goes on; back to it: kubectl mc debug web -n demo -c app\n" in session.stderr()


def test_a_debug_container_that_ends_takes_the_session_with_it(web: RunningDemo, kubeconfig: Path) -> None:
    words = ("debug", "web", "-c", "app", "--", "sh", "-c", "echo in; cat")
    with on_a_terminal(*words, environ={"KUBECONFIG": str(kubeconfig)}) as session:
        session.read_until("in\r\n")
        [added] = debugged(web)
        end(web, "web", added["name"], 137)
        assert session.wait() == 137
        said = session.stderr()
        assert f"killed (SIGKILL): ephemeral container {added['name']} has ended (exit 137, SIGKILL)\n" in said
        assert said.endswith("\nanother one: kubectl mc debug web -n demo -c app\n")
    wait_for(web, lambda: debug("web", "-c", "app", "--", "true", kubeconfig=kubeconfig).exit_code == 0)
    assert len(debugged(web)) == 2


NO_SHELL = (
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
    'unable to start container process: exec: "sh": executable file not found in $PATH: unknown'
)


@pytest.mark.parametrize(
    ("type_", "reason", "message", "told"),
    [
        ("Normal", "Pulled", 'Container image "x:1" already present on machine', None),
        ("Warning", "Failed", 'Failed to pull image "x:1": no such host', ("ErrImagePull", "no such host")),
        ("Warning", "Failed", "Error: ErrImagePull", None),
        ("Normal", "BackOff", 'Back-off pulling image "x:1"', None),
        (
            "Warning",
            "InspectFailed",
            'Failed to apply default image tag "X"',
            ("InvalidImageName", "Failed to apply …"),
        ),
        ("Warning", "Failed", "Error: InvalidImageName", None),
        ("Warning", "Failed", f"Error: {NO_SHELL}", ("RunContainerError", NO_SHELL)),
        ("Warning", "Failed", 'Error: secret "s" not found', ("CreateContainerError", 'secret "s" not found')),
        (
            "Warning",
            "Failed",
            "Error: container has runAsNonRoot and image will run as root",
            ("CreateContainerConfigError", "container has runAsNonRoot and image will run as root"),
        ),
    ],
)
def test_an_event_tells_what_the_status_will_say(
    type_: str, reason: str, message: str, told: tuple[str, str] | None
) -> None:
    state = state_told_by(Event("1", type_, reason, message, "demo", "pod/web", "2"))
    if told is None:
        assert state is None
    else:
        assert state is not None
        assert (state.reason, state.message[: len(told[1].rstrip("…"))]) == (told[0], told[1].rstrip("…"))
