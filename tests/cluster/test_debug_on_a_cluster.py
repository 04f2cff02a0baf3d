"""`kubectl mc debug` on a real cluster: what the API server takes, what the node makes of it, what is seen from within.

`KUBECTL_MC_TEST_SHELLLESS_IMAGE` names an image that runs and has no shell; without it the target has one, too.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.cluster.place import IMAGE, Json, Place
from tests.processes import on_a_terminal

pytestmark = pytest.mark.cluster

SHELLLESS = os.environ.get("KUBECTL_MC_TEST_SHELLLESS_IMAGE", "")
WAITS = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"]

TARGET: Json = {
    "name": "app",
    "image": SHELLLESS or IMAGE,
    **({} if SHELLLESS else {"command": WAITS}),
    "securityContext": {"runAsUser": 1000},
    "resources": {"limits": {"memory": "64Mi"}},
    "env": [
        {"name": "MODE", "value": "live"},
        {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "secret", "key": "password"}}},
        {"name": "LIMIT", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory"}}},
        {"name": "PATH", "value": "/nowhere:/bin:/usr/bin"},
    ],
    "envFrom": [{"secretRef": {"name": "secret"}, "prefix": "ALL_"}],
    "volumeMounts": [
        {"name": "data", "mountPath": "/data"},
        {"name": "data", "mountPath": "/etc/part", "subPath": "part"},
        {"name": "shared", "mountPath": "/shared", "mountPropagation": "HostToContainer"},
    ],
}


def pod(name: str, *containers: Json, **spec: Any) -> Json:
    volumes = [{"name": "data", "emptyDir": {}}, {"name": "shared", "emptyDir": {}}]
    body = {"terminationGracePeriodSeconds": 20, "volumes": volumes, "containers": list(containers), **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": body}


def waiting(name: str, **more: Any) -> Json:
    return {"name": name, "image": IMAGE, "command": WAITS, **more}


STRICT = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
OBJECTS: list[Json] = [
    {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "secret"}, "stringData": {"password": "hush"}},
    pod("web", TARGET),
    pod("shared", waiting("one"), waiting("two"), shareProcessNamespace=True),
    pod("fragile", waiting("app")),
    pod("profiles", waiting("app")),
    pod("looping", {**waiting("app", env=[{"name": "MODE", "value": "live"}]), "command": ["sh", "-c", "exit 3"]}),
    pod("typo", waiting("app")),
    pod("leaving", waiting("app")),
]


@dataclass(frozen=True)
class Ended:
    """A run of this tool."""

    exit_code: int
    out: str
    err: str


class DebugPlace(Place):
    """With debug containers."""

    @property
    def environ(self) -> dict[str, str]:
        return {**super().environ, "KUBECTL_MC_DEBUG_IMAGE": IMAGE}

    def debug(self, *words: str) -> Ended:
        done = self.run("debug", *words)
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())

    def debuggers(self, name: str) -> list[Json]:
        """The debug containers in a pod's spec."""
        found: list[Json] = json.loads(self.kubectl("get", "pod", name, "-o", "json"))["spec"].get(
            "ephemeralContainers", []
        )
        return found


@pytest.fixture(scope="module")
def place() -> Iterator[DebugPlace]:
    ready = [each["metadata"]["name"] for each in OBJECTS[1:] if each["metadata"]["name"] != "looping"]
    with DebugPlace.new(*OBJECTS, ready=ready) as place:
        yield place


def test_a_container_is_entered_from_beside_with_its_processes_files_volumes_and_environment(place: DebugPlace) -> None:
    script = "ls -d /proc/1/root/etc/part; id -u; exit 7"
    first = place.debug("web", "--", "sh", "-c", script)
    assert (first.exit_code, first.out) == (7, "/proc/1/root/etc/part\n0\n"), first.err
    [added] = place.debuggers("web")
    assert "left out: volume data at /etc/part (a subPath, which an ephemeral container may not have)\n" in first.err
    assert "app's own files: /proc/1/root\n" in first.err
    assert added["targetContainerName"] == "app"
    script = "ls -d /shared; echo hello >/data/note; cat /proc/1/root/data/note; "
    script += 'echo "$MODE $PASSWORD $LIMIT $ALL_password"'
    again = place.debug("web", "--", "sh", "-c", script)
    assert (again.exit_code, again.out) == (0, "/shared\nhello\nlive hush 67108864 hush\n"), again.err
    assert again.err == f"{added['name']} runs already ({IMAGE})\napp's own files: /proc/1/root\n"
    assert len(place.debuggers("web")) == 1


def test_stdin_and_stdout_of_a_command_are_bytes(place: DebugPlace) -> None:
    data = os.urandom(200_000)
    done = place.run("debug", "web", "--", "cat", input=data)
    assert (done.returncode, done.stdout) == (0, data), done.stderr.decode()


def test_on_a_terminal_there_is_a_shell(place: DebugPlace) -> None:
    with on_a_terminal("debug", "-n", place.namespace, "web", environ=place.environ, columns=91, lines=33) as shell:
        shell.read_until("# ")
        os.write(shell.descriptor, b"stty size; exit 6\r")
        shell.read_until("33 91\r\n")
        assert shell.wait() == 6
        assert "goes on; back to it: " in shell.stderr()


def test_where_processes_are_shared_the_targets_root_is_found(place: DebugPlace) -> None:
    for name in ("one", "two"):
        place.kubectl("exec", "shared", "-c", name, "--", "touch", f"/{name}-was-here")
        said = place.debug("shared", "-c", name, "--", "true").err.splitlines()[-1]
        root = said.removeprefix(f"{name}'s own files: ")
        found = place.debug("shared", "-c", name, "--", "ls", root)
        assert f"{name}-was-here" in found.out, found.err


@pytest.mark.parametrize("profile", ["general", "baseline", "restricted", "netadmin", "sysadmin"])
def test_the_profiles_are_kubectls_own(profile: str, place: DebugPlace) -> None:
    words = ("debug", "profiles", f"--image={IMAGE}", f"--profile={profile}", "--target=app", "-c", f"theirs-{profile}")
    place.kubectl(*words, "--", "true")
    before = {each["name"]: each for each in place.debuggers("profiles")}
    place.debug("profiles", "--profile", profile, "--new", "--timeout", "1ms", "--", "true")
    [ours] = [each for each in place.debuggers("profiles") if each["name"] not in before]
    theirs = before[f"theirs-{profile}"]
    assert ours.get("securityContext") == theirs.get("securityContext")


def test_a_crash_looping_target_lends_its_environment_and_not_its_processes(place: DebugPlace) -> None:
    place.wait("looping", ".status.containerStatuses[0].lastState.terminated")
    place.wait("looping", ".status.containerStatuses[0].state.waiting.reason", "CrashLoopBackOff")
    result = place.debug("looping", "--", "sh", "-c", "echo $MODE")
    assert (result.exit_code, result.out) == (0, "live\n"), result.err
    assert ": the debug container gets its volumes and environment, and not its processes\n" in result.err


def test_a_target_that_ends_takes_its_debug_container_along_and_the_next_one_is_another(place: DebugPlace) -> None:
    ended = place.debug("fragile", "--", "sh", "-c", "kill 1; sleep 60")
    assert ended.exit_code == 137
    place.wait("fragile", ".status.containerStatuses[0].restartCount", "1")
    place.ready("fragile")
    assert place.debug("fragile", "--", "ls", "-d", "/proc/1/root/bin").out == "/proc/1/root/bin\n"
    assert len(place.debuggers("fragile")) == 2


def test_an_image_that_cannot_be_pulled_is_said_before_the_pods_status_tells(place: DebugPlace) -> None:
    result = place.debug("typo", "--image", "example.invalid/none:1", "--timeout", "5s", "--", "true")
    assert result.exit_code == 4
    assert " has no image (example.invalid/none:1): failed to pull" in result.err
    assert " has not started within 5 s: it has no image (example.invalid/none:1)\nhint: more patience" in result.err


def test_a_name_that_no_image_can_have_ends_the_wait(place: DebugPlace) -> None:
    result = place.debug("typo", "--image", "NO//image", "--timeout", "0", "--", "true")
    assert result.exit_code == 1
    assert "error: NO//image is no name of an image: " in result.err


def test_the_restricted_profile_with_an_image_of_roots_ends_the_wait(place: DebugPlace) -> None:
    result = place.debug("typo", "--profile", "restricted", "--timeout", "0", "--", "true")
    assert result.exit_code == 1
    assert f"error: the image {IMAGE} runs as root, which the profile restricted forbids\n" in result.err


def test_pod_security_refuses_with_a_hint_that_helps() -> None:
    plain = {"runAsUser": 1000, "runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    app = waiting("app", securityContext=STRICT)
    with DebugPlace.new(pod("web", app, securityContext=plain), ready=["web"]) as strict:
        strict.kubectl("label", "namespace", strict.namespace, "pod-security.kubernetes.io/enforce=restricted")
        refused = strict.debug("web", "--", "true")
        assert refused.exit_code == 1
        assert 'violates PodSecurity "restricted:latest"' in refused.err
        assert "hint: --profile restricted asks for" in refused.err
        entered = strict.debug("web", "--profile", "restricted", "--", "sh", "-c", "id -u; ls -d /proc/1/root/bin")
        assert (entered.exit_code, entered.out) == (0, "1000\n/proc/1/root/bin\n"), entered.err


def test_a_debug_container_delays_no_deletion_and_ends_with_a_line_on_its_stdin(place: DebugPlace) -> None:
    assert place.debug("leaving", "--", "true").exit_code == 0
    [first] = place.debuggers("leaving")
    attach = ["kubectl", "-n", place.namespace, "attach", "-i", "leaving", "-c", first["name"]]
    subprocess.run(attach, input=b"\n", capture_output=True, check=True, timeout=60)
    place.wait("leaving", ".status.ephemeralContainerStatuses[0].state.terminated.exitCode", "0")
    assert place.debug("leaving", "--", "true").exit_code == 0
    assert len(place.debuggers("leaving")) == 2
    place.kubectl("delete", "pod", "leaving", "--timeout=15s")
