"""`kubectl mc logs` on a real cluster: kubectl's own bytes of each container, and every line of its life once."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from kubectl_mc.logs.words import PERHAPS
from tests.cluster.place import IMAGE, Json, Place
from tests.processes import Running, on_a_pipe

pytestmark = pytest.mark.cluster

READER = "kubectl-mc-reader"
"""A user who may see pods, and not their logs."""
STRANGER = "kubectl-mc-stranger"
"""A user who may see nothing."""


@dataclass(frozen=True)
class Wrote:
    """A container that writes something unusual and ends."""

    name: str
    script: str
    out: bytes
    """What a log gives back of it."""


UNUSUAL = [
    Wrote("ansi", r"printf '\033[31mred\033[0m \033]0;title\007\n'", b"\x1b[31mred\x1b[0m \x1b]0;title\x07\n"),
    Wrote("nul", r"printf 'a\000b\n\000\n'", b"a\x00b\n\x00\n"),
    Wrote("progress", r"printf '10%%\r50%%\r100%% done\n'", b"10%\r50%\r100% done\n"),
    Wrote("half-character", r"printf 'caf\303\nnext\n\251\n'", b"caf\xc3\nnext\n\xa9\n"),
    Wrote("line-separator", r"printf 'a\342\200\250b\302\205c\013d\014e\n'", "a\u2028b\x85c\x0bd\x0ce\n".encode()),
    Wrote("blank-lines", r"printf '\n\n  \nword\n\n'", b"\n\n  \nword\n\n"),
    Wrote("like-a-time", "echo 2026-01-01T00:00:00.000000000Z 1", b"2026-01-01T00:00:00.000000000Z 1\n"),
    Wrote("nothing", "true", b""),
    # A runtime cuts a line into records of 16 KiB.
    Wrote("record", "head -c 16384 /dev/zero | tr '\\000' r; echo", b"r" * 16384 + b"\n"),
    Wrote("long-line", "head -c 40960 /dev/zero | tr '\\000' x; echo; echo short", b"x" * 40960 + b"\nshort\n"),
    Wrote("huge-line", "head -c 1048576 /dev/zero | tr '\\000' y; echo; echo short", b"y" * (1 << 20) + b"\nshort\n"),
]


def container(name: str, script: str, **more: object) -> Json:
    return {"name": name, "image": IMAGE, "command": ["sh", "-c", script], **more}


def pod(name: str, *containers: Json, restart: str = "Never", init: tuple[Json, ...] = ()) -> Json:
    """A pod whose containers share the folder /shared, which outlives them."""
    shared = {"volumeMounts": [{"name": "shared", "mountPath": "/shared"}]}
    spec = {
        "restartPolicy": restart,
        "terminationGracePeriodSeconds": 0,
        "volumes": [{"name": "shared", "emptyDir": {}}],
        "initContainers": [{**one, **shared} for one in init],
        "containers": [{**one, **shared} for one in containers],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}}, "spec": spec}


def workload(kind: str, name: str, template: Json) -> Json:
    template["spec"]["restartPolicy"] = "Always"
    spec = {
        "replicas": 1,
        "serviceName": name,
        "selector": {"matchLabels": {"app": name}},
        "template": {key: template[key] for key in ("metadata", "spec")},
    }
    if kind == "Deployment":
        del spec["serviceName"]
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def until(file: str) -> str:
    return f"until [ -e /shared/{file} ]; do usleep 20000; done"


BURST = 1000
"""Lines that an instance of `counting` writes as fast as it can; three instances' fit into a pipe."""
# The numbers go on in the next instance; the first one ends after it was told to go.
COUNTING = f"""
    n=$(cat /shared/n 2>/dev/null || echo 0); instance=$(cat /shared/instance 2>/dev/null || echo 0)
    [ $n -gt 0 ] || for n in 1 2 3 4 5; do echo count $n; done
    {until("go")}
    end=$((n + {BURST})); while [ $n -lt $end ]; do n=$((n + 1)); echo count $n; done
    echo $n >/shared/n; echo $((instance + 1)) >/shared/instance
    [ $instance -ge 2 ] || exit 3
    sleep 3600
"""
THRICE = """
    n=$(cat /shared/n 2>/dev/null || echo 0); echo $((n + 1)) >/shared/n
    echo instance $n begins; [ $n -ge 3 ] || { echo instance $n ends; exit 7; }
    sleep 3600
"""
MIXED = """
    head -c 20000 /dev/zero | tr '\\000' o; echo e1 >&2; echo o1; for n in 2 3 4; do echo o$n; echo e$n >&2; done
"""
# tail keeps a line that never ends in memory. A runtime may miss why it was killed, but hardly of all of them.
HOGS = [container(f"hog-{n}", "tail /dev/zero", resources={"limits": {"memory": "16Mi"}}) for n in range(4)]
TICKING = "n=0; while true; do n=$((n + 1)); echo tick $n; usleep 50000; done"

OBJECTS = [
    pod("counting", container("app", COUNTING), restart="OnFailure"),
    pod("thrice", container("app", THRICE), restart="OnFailure"),
    pod("crash-loop", container("app", "echo going down; exit 7"), restart="Always"),
    pod("unusual", *(container(wrote.name, wrote.script) for wrote in UNUSUAL)),
    pod("mixed", container("app", MIXED), container("open-end", "echo line; printf 'no break'")),
    pod(
        "ending",
        container("good", f"echo begun; {until('go')}; echo done"),
        container("bad", f"{until('go')}; echo failing >&2; exit 5"),
        init=(container("proxy", "while true; do echo proxied; sleep 1; done", restartPolicy="Always"),),
    ),
    pod("waiting", container("app", "echo hello"), init=(container("first", f"echo waits; {until('go')}; echo went"),)),
    pod("oom", *HOGS),
    pod("debugged", container("app", "echo app; sleep 3600")),
    pod("ticking", container("app", TICKING)),
    pod("no-image", container("app", "echo here; sleep 3600"), {"name": "other", "image": "example.invalid/none:1"}),
    workload("Deployment", "scaled", pod("scaled", container("app", "echo I am $HOSTNAME; sleep 3600"))),
    workload(
        "StatefulSet",
        "reborn",
        pod(
            "reborn", container("app", "seq 1 500; sleep 3600"), init=(container("first", f"echo born; {until('go')}"),)
        ),
    ),
]


class LogsPlace(Place):
    """With the pods above, and their logs."""

    def restarts(self, name: str) -> int:
        """How often a pod's first container was started again."""
        path = "jsonpath={.status.containerStatuses[0].restartCount}"
        return int(self.kubectl("get", "pod", name, "-o", path))

    def touch(self, pod: str, container: str, file: str) -> None:
        self.kubectl("exec", pod, "-c", container, "--", "touch", f"/shared/{file}")

    def logs(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        return self.run("logs", *words)

    def raw(self, *words: str) -> bytes:
        """The containers' bytes alone."""
        done = self.logs(*words, "-o", "raw")
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def objects(self, *words: str) -> list[Json]:
        done = self.logs(*words, "-o", "json")
        assert done.returncode == 0, done.stderr.decode()
        return [json.loads(line) for line in done.stdout.splitlines()]

    def following(self, *words: str) -> AbstractContextManager[Running]:
        return on_a_pipe("logs", *words, "-n", self.namespace, environ=self.environ)


@pytest.fixture(scope="module")
def place() -> Iterator[LogsPlace]:
    with LogsPlace.new(*OBJECTS) as place:
        yield place


@pytest.fixture(scope="module", autouse=True)
def followers(place: LogsPlace) -> Iterator[dict[int, Running]]:
    """By their first number those who follow `counting`, from early on: its restarts take their time."""
    place.wait("counting", ".status.phase", "Running")
    with place.following("counting", "-f") as whole:
        whole.read_until("count 5\n")
        with place.following("counting", "-f", "--tail", "1") as last:
            last.read_until("count 5\n")
            place.touch("counting", "app", "go")
            yield {1: whole, 5: last}


@pytest.fixture(scope="module")
def unusual(place: LogsPlace) -> str:
    """The pod whose containers have written something unusual."""
    place.wait("unusual", ".status.phase", "Succeeded")
    return "unusual"


def story(seen: str) -> list[str]:
    """What was shown, without the prefixes and without how long a container ran."""
    return [re.sub(r" after \S+ ──$", " ──", line.split(" | ", 1)[1]) for line in seen.split("\n")[:-1]]


def counts(first: int, last: int) -> list[str]:
    return [f"count {number}" for number in range(first, last + 1)]


@pytest.mark.parametrize("wrote", UNUSUAL, ids=lambda wrote: wrote.name)
def test_what_a_container_wrote_comes_out_byte_for_byte(wrote: Wrote, unusual: str, place: LogsPlace) -> None:
    ours = place.raw(unusual, "-c", wrote.name)
    assert ours == place.output("logs", unusual, "-c", wrote.name)
    assert ours == wrote.out


def test_no_other_container_of_its_pod_changes_a_byte_of_it(unusual: str, place: LogsPlace) -> None:
    width = max(len(wrote.name) for wrote in UNUSUAL)
    rows = place.logs(unusual).stdout.split(b"\n")
    for wrote in UNUSUAL:
        prefix = wrote.name.ljust(width).encode() + b" | "
        *messages, end = [row.removeprefix(prefix) for row in rows if row.startswith(prefix)]
        assert b"".join(message + b"\n" for message in messages) == wrote.out
        assert end.startswith(f"── {wrote.name} exited 0 ".encode())


def test_the_times_are_the_kubelets(unusual: str, place: LogsPlace) -> None:
    ours = place.raw(unusual, "-c", "*-line", "-c", "ansi", "--timestamps", "--utc", "--no-prefix").splitlines()
    theirs = [
        line
        for name in ("long-line", "huge-line", "ansi")
        for line in place.output("logs", unusual, "-c", name, "--timestamps").splitlines()
    ]
    assert ours == sorted(theirs)


def test_stderr_stands_where_the_container_wrote_it(place: LogsPlace) -> None:
    place.wait("mixed", ".status.phase", "Succeeded")
    ours = place.raw("mixed", "-c", "app")
    assert ours == place.output("logs", "mixed", "-c", "app")
    assert sorted(re.findall(rb"[oe]\d", ours)) == [b"e1", b"e2", b"e3", b"e4", b"o1", b"o2", b"o3", b"o4"]


def test_a_last_line_without_its_break_is_given_none(place: LogsPlace) -> None:
    place.wait("mixed", ".status.phase", "Succeeded")
    theirs = place.output("logs", "mixed", "-c", "open-end")
    assert theirs.endswith(b"no break")
    assert place.raw("mixed", "-c", "open-end") == theirs


@pytest.mark.parametrize("count", ["0", "1", "2", "4", "5", "100"])
def test_tail_is_kubectls(count: str, unusual: str, place: LogsPlace) -> None:
    words = (unusual, "-c", "blank-lines", "--tail", count)
    assert place.raw(*words) == place.output("logs", *words)


def test_since_takes_milliseconds(place: LogsPlace) -> None:
    place.wait("ticking", ".status.phase", "Running")
    place.ready("ticking")
    _wait_for_line(place, "ticking", "tick 25\n")
    begun = datetime.now(UTC)
    times = [_time(line["time"]) for line in place.objects("ticking", "--since", "500ms")]
    over = datetime.now(UTC)
    lines = place.output("logs", "ticking", "--timestamps").decode().splitlines()
    all_times = [_time(line.split(" ")[0]) for line in lines]
    assert times == [time for time in all_times if times[0] <= time <= times[-1]]
    assert begun - timedelta(seconds=0.5) <= times[0]
    assert all_times[all_times.index(times[0]) - 1] < over - timedelta(seconds=0.5)


def test_a_pod_that_ends_gives_its_exit_code(place: LogsPlace) -> None:
    place.wait("ending", ".status.phase", "Running")
    with place.following("ending", "--until-done") as process:
        process.read_until("good  | begun\n")
        place.touch("ending", "good", "go")
        assert process.wait() == 5
    rows = process.seen.splitlines()
    for name in ("good", "bad"):
        messages = [message for name_, _, message in (row.partition(" | ") for row in rows) if name_.strip() == name]
        theirs = place.output("logs", "ending", "-c", name).decode().splitlines()
        assert messages[:-1] == theirs
        assert messages[-1].startswith(f"── {name} exited {5 if name == 'bad' else 0} after ")


def test_containers_that_wait_are_attached_when_they_start(place: LogsPlace) -> None:
    place.wait("waiting", ".status.initContainerStatuses[0].state.running.startedAt")
    with place.following("waiting", "-f") as process:
        process.read_until("first | waits\n")
        place.touch("waiting", "first", "go")
        assert process.wait() == 0
        assert process.stderr() == ""
    assert story(process.seen) == ["waits", "went", "── init first exited 0 ──", "hello", "── app exited 0 ──"]


def test_a_container_out_of_memory_is_said_to_be(place: LogsPlace) -> None:
    place.wait("oom", ".status.phase", "Failed")
    statuses = json.loads(place.kubectl("get", "pod", "oom", "-o", "json"))["status"]["containerStatuses"]
    reasons = {status["name"]: status["state"]["terminated"]["reason"] for status in statuses}
    assert "OOMKilled" in reasons.values()
    said = {"OOMKilled": " (OOMKilled)", "Error": ""}
    expected = [f"── {name} exited 137{said[reason]} ──" for name, reason in reasons.items()]
    assert sorted(story(place.logs("oom").stdout.decode())) == sorted(expected)


def test_an_ephemeral_containers_log_is_read(place: LogsPlace) -> None:
    place.wait("debugged", ".status.phase", "Running")
    debugger = container("debugger", "echo looks around; echo wonders; sleep 3600", targetContainerName="app")
    patch = json.dumps({"spec": {"ephemeralContainers": [debugger]}})
    place.kubectl("patch", "pod", "debugged", "--subresource", "ephemeralcontainers", "-p", patch)
    place.wait("debugged", ".status.ephemeralContainerStatuses[0].state.running.startedAt")
    with place.following("debugged", "--role", "ephemeral", "-f") as process:
        process.read_until("debugger | wonders\n")
    ours = place.raw("debugged", "--role", "ephemeral")
    assert ours == place.output("logs", "debugged", "-c", "debugger") == b"looks around\nwonders\n"


def test_a_native_sidecar_is_chosen_by_its_role(place: LogsPlace) -> None:
    place.wait("ending", ".status.phase", "Failed")
    ours = place.raw("ending", "--role", "sidecar")
    assert ours == place.output("logs", "ending", "-c", "proxy")
    assert ours.startswith(b"proxied\n")


def test_a_pods_events_stand_with_their_containers(place: LogsPlace) -> None:
    place.wait("no-image", ".status.containerStatuses[0].containerID")
    place.wait("no-image", ".status.containerStatuses[1].state.waiting.message")
    listed = place.kubectl("get", "events", "-o", "json", "--field-selector", "involvedObject.name=no-image")
    events = json.loads(listed)["items"]
    theirs = {(_container_of(event), f"{event['type']} {event['reason']}: {event['message']}") for event in events}
    lines = [line for line in place.objects("no-image", "--events") if line["type"] == "event"]
    ours = [(line["container"], re.sub(r" \(x\d+\)$", "", line["message"])) for line in lines]
    assert theirs <= set(ours)
    reasons = [(name, message.split(":")[0]) for name, message in ours]
    assert {(None, "Normal Scheduled"), ("app", "Normal Started"), ("other", "Warning Failed")} <= set(reasons)
    # It knows its microsecond, the kubelet's whole seconds, which may have begun before.
    assert reasons.index((None, "Normal Scheduled")) < reasons.index(("app", "Normal Started"))
    assert ("app", "Warning Failed") not in reasons


@pytest.mark.parametrize("words", [[], ["-f"]])
def test_a_viewer_who_may_not_read_logs_is_told_by_container(words: list[str], place: LogsPlace) -> None:
    place.wait("ending", ".status.containerStatuses[0].containerID")
    place.allow(READER, READER, "pods", "get", "list", "watch")
    done = place.logs("ending", *words, "--as", READER)
    assert (done.returncode, done.stdout) == (1, b"")
    said = done.stderr.decode()
    told = re.findall(r'^(.*): Error from server \(Forbidden\): .* cannot get resource "pods/log"', said, re.MULTILINE)
    assert sorted(", ".join(told).split(", ")) == ["ending/bad", "ending/good", "ending/proxy"]
    assert said.count(f"can-i get pods/log -n {place.namespace} --as {READER}") == 1


@pytest.mark.parametrize("words", [[], ["-f"]])
def test_a_viewer_who_may_not_see_pods_is_told_so(words: list[str], place: LogsPlace) -> None:
    done = place.logs("ending", *words, "--as", STRANGER)
    assert (done.returncode, done.stdout) == (1, b"")
    assert re.search(r'^Error from server \(Forbidden\): .* cannot (get|list) resource "pods"', done.stderr.decode())


def test_a_pod_that_a_deployment_adds_joins(place: LogsPlace) -> None:
    with place.following("deployment/scaled", "-f") as process:
        process.read_until("I am scaled-")
        place.kubectl("scale", "deployment/scaled", "--replicas", "2")
        process.read_until("I am scaled-", after=process.seen.index("I am scaled-") + 1)
        assert process.interrupt() == 130
        assert process.stderr() == ""
    first, second = re.findall(r"I am (\S+)", process.seen)
    names = place.kubectl("get", "pods", "-l", "app=scaled", "-o", "name").replace("pod/", "").split()
    assert sorted([first, second]) == sorted(names)
    assert process.seen == f"{first} app | I am {first}\n{second} app | I am {second}\n"


def test_a_pod_that_is_born_again_under_its_name_joins_anew(place: LogsPlace) -> None:
    with place.following("-l", "app=reborn", "-f") as process:
        process.read_until("| born\n")
        place.touch("reborn-0", "first", "go")
        process.read_until("| 500\n")
        place.kubectl("delete", "pod", "reborn-0")
        gone = process.read_until("pod reborn-0 is gone").index("is gone")
        process.read_until("| born\n", after=gone)
        place.touch("reborn-0", "first", "go")
        process.read_until("| 500\n", after=gone)
        assert process.interrupt() == 130
        assert process.stderr() == ""
    for life in process.seen.split("pod reborn-0 is gone"):
        assert re.findall(r"\| (born|\d+)$", life, re.MULTILINE) == ["born", *map(str, range(1, 501))]


def test_a_crash_loop_shows_its_last_instance_and_how_many_are_lost(place: LogsPlace) -> None:
    before, after, seen = -1, 0, ""
    while before != after:  # as long as it restarts meanwhile
        place.wait("crash-loop", ".status.containerStatuses[0].state.waiting.reason", "CrashLoopBackOff")
        before = place.restarts("crash-loop")
        seen = place.logs("crash-loop").stdout.decode()
        after = place.restarts("crash-loop")
    instances = "1 instance" if before == 1 else f"{before} instances"
    assert story(seen) == [
        f"── app restarted, restart {before}; {instances} before it cannot be read any more ──",
        "going down",
        "── app exited 7 ──",
    ]


def test_of_many_restarts_the_last_is_read_and_the_others_are_counted(place: LogsPlace) -> None:
    place.wait("thrice", ".status.containerStatuses[0].restartCount", "3")
    place.wait("thrice", ".status.containerStatuses[0].state.running.startedAt")
    place.wait("thrice", ".status.containerStatuses[0].lastState.terminated.containerID")
    last, present = b"instance 2 begins\ninstance 2 ends\n", b"instance 3 begins\n"
    assert place.output("logs", "thrice", "-p") == last
    assert place.raw("thrice", "-p") == last
    assert place.raw("thrice") == last + present
    assert place.raw("thrice", "--tail", "2") == b"instance 2 ends\n" + present
    assert place.raw("thrice", "--tail", "1") == present
    assert story(place.logs("thrice").stdout.decode()) == [
        "instance 2 begins",
        "instance 2 ends",
        "── app exited 7 ──",
        "── app restarted (exit 7), restart 3; 2 instances before it cannot be read any more ──",
        "instance 3 begins",
    ]


@pytest.mark.parametrize("first", [1, 5])
def test_each_line_comes_once_over_restarts(first: int, followers: dict[int, Running]) -> None:
    ends = [5 + BURST * instance for instance in (1, 2, 3)]
    process = followers[first]
    process.read_until(f"count {ends[-1]}\n")
    assert process.interrupt() == 130
    assert process.stderr() == ""
    # A kubelet that has much to do may remove an instance's log before it could be asked whether that was all.
    assert [row for row in story(process.seen) if PERHAPS not in row] == [
        *counts(first, ends[0]),
        "── app exited 3 ──",
        "── app restarted (exit 3), restart 1 ──",
        *counts(ends[0] + 1, ends[1]),
        "── app exited 3 ──",
        "── app restarted (exit 3), restart 2 ──",
        *counts(ends[1] + 1, ends[2]),
    ]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text[:26]).replace(tzinfo=UTC)  # nanoseconds are beyond it


def _container_of(event: Json) -> str | None:
    found = re.search(r"\{(.+)\}", event["involvedObject"].get("fieldPath", ""))
    return found[1] if found else None


def _wait_for_line(place: LogsPlace, pod: str, line: str) -> None:
    with place.following(pod, "-f") as process:
        process.read_until(line)
