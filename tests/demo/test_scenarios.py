"""The scenarios as they are at the first moment of a demo, and the manifests that make them."""

from __future__ import annotations

import re

import pytest
import yaml

from kubectl_mc.demo import foundation, past
from kubectl_mc.demo.clock import Clock, epoch
from kubectl_mc.demo.podrows import pod_row
from kubectl_mc.demo.scenarios import FOLDER, SCENARIOS, named
from kubectl_mc.demo.scripts import SCRIPTS
from kubectl_mc.demo.simulation import Simulation
from kubectl_mc.demo.store import Object, Store

SHOWN = {
    "webapp-with-logging": ("2/2", "Running"),
    "app-with-cache": ("2/2", "Running"),
    "git-sync-pod": ("1/1", "Running"),
    "webapp": ("0/1", "Init:1/2"),
    "sidecar-gate": ("0/2", "Init:0/2"),
    "app-with-migration": ("0/1", "Init:CrashLoopBackOff"),
    "port-conflict": ("1/2", "CrashLoopBackOff"),
    "volume-permission": ("1/2", "CrashLoopBackOff"),
    "read-only-volume": ("1/2", "CrashLoopBackOff"),
    "ambassador-down": ("0/2", "CrashLoopBackOff"),
    "early-start": ("2/2", "Running"),
    "exits-at-once": ("1/2", "CrashLoopBackOff"),
    "import-failed": ("0/2", "Completed"),
    "missing-dependency": ("1/2", "CreateContainerConfigError"),
    "missing-volume": ("0/2", "ContainerCreating"),
    "unbound-claim": ("0/2", "Pending"),
    "resource-starvation": ("0/2", "Pending"),
    "memory-hog": ("1/2", "CrashLoopBackOff"),
    "image-typo": ("1/2", "ImagePullBackOff"),
    "command-typo": ("1/2", "CrashLoopBackOff"),
    "readiness-failing": ("1/2", "Running"),
    "readiness-gate": ("2/2", "Running"),
    "finished-first": ("0/2", "Completed"),
    "sidecar-down": ("1/3", "Init:CrashLoopBackOff"),
    "too-many-containers": ("6/6", "Running"),
    "disk-hog": ("0/2", "Error"),
    "slow-shutdown": ("2/2", "Terminating"),
    "stuck-deletion": ("0/2", "Completed"),
    "distroless-app": ("2/2", "Running"),
}
"""READY and STATUS as kubectl prints them."""


class Demo:
    """All scenarios on a cluster without a server."""

    def __init__(self, started: float | None = None) -> None:
        self.clock = Clock()
        self.started = self.clock.now() if started is None else started
        self.clock.freeze(self.started)
        self.store = Store(self.clock)
        foundation.lay(self.store, self.clock)
        self.simulation = Simulation(self.store, self.clock)
        past.plan(self.simulation, named(None), self.started)
        self.to(0)

    def to(self, seconds: float) -> None:
        self.clock.freeze(self.started + seconds)
        self.simulation.catch_up()

    def pod(self, name: str) -> Object:
        return self.store.get("pods", "demo", name)

    def row(self, name: str) -> tuple[str, str]:
        row = pod_row(self.pod(name), self.clock.now())
        return row.ready, row.status

    def log(self, pod: str, container: str) -> list[tuple[int, bytes]]:
        status = self.pod(pod)["status"]
        found = next(each for each in status["containerStatuses"] if each["name"] == container)
        log = self.simulation.node.log_file(found["containerID"])
        assert log is not None
        return [(line.time, line.data) for line in log.lines]


@pytest.fixture(scope="module")
def demo() -> Demo:
    return Demo()


@pytest.mark.parametrize("name", SHOWN)
def test_a_scenario_is_at_once_what_it_is_meant_to_show(demo: Demo, name: str) -> None:
    assert demo.row(name) == SHOWN[name]


def test_jobs_and_workloads_show_their_ends_as_well(demo: Demo) -> None:
    rows = {each["metadata"]["name"].rpartition("-")[0]: pod_row(each, 0) for each in demo.store.list("pods", "demo")}
    assert (rows["report"].ready, rows["report"].status) == ("0/2", "Completed")
    assert (rows["report-held"].ready, rows["report-held"].status) == ("1/2", "NotReady")
    replicas = [each for name, each in rows.items() if name.startswith("production-app-")]
    assert [(each.ready, each.status) for each in replicas] == [("4/4", "Running")]


def test_a_stuck_deletion_is_four_minutes_old_and_waits_for_its_finalizer_alone(demo: Demo) -> None:
    metadata = demo.pod("stuck-deletion")["metadata"]
    assert epoch(metadata["deletionTimestamp"]) == pytest.approx(demo.started - 240, abs=1)
    assert (metadata["deletionGracePeriodSeconds"], metadata["generation"]) == (0, 2)
    assert metadata["finalizers"] == ["example.com/audit"]


def test_no_time_of_the_past_lies_in_the_future(demo: Demo) -> None:
    for pod in demo.store.list("pods"):
        assert epoch(pod["metadata"]["creationTimestamp"]) < demo.started
    stamps = [each["lastTimestamp"] for each in demo.store.list("events") if each["lastTimestamp"]]
    assert max(map(epoch, stamps)) <= demo.started


def test_the_second_init_step_ends_soon_after_the_demo_has_begun_and_the_gate_opens_later() -> None:
    demo = Demo()
    demo.to(45)
    assert demo.row("webapp") == ("1/1", "Running")
    assert demo.row("sidecar-gate") == ("0/2", "Init:0/2")
    demo.to(75)
    assert demo.row("sidecar-gate") == ("2/2", "Running")


def test_the_ambassador_loses_and_regains_its_readiness_within_a_minute() -> None:
    demo = Demo()
    seen = set()
    for second in range(0, 66, 3):
        demo.to(second)
        seen.add(demo.row("app-with-ambassador"))
    assert seen == {("1/2", "Running"), ("2/2", "Running")}


def test_containers_of_a_pod_speak_of_the_same_request_one_after_the_other(demo: Demo) -> None:
    served = demo.log("app-with-adapter", "webapp")[-5:]
    adapted = demo.log("app-with-adapter", "log-adapter")[-5:]
    for (asked, line), (answered, translated) in zip(served, adapted, strict=True):
        assert asked < answered
        assert line.split(b"|")[2] == translated.split(b'"id":')[1].split(b",")[0]


def test_log_times_increase(demo: Demo) -> None:
    times = [time for time, _ in demo.log("too-many-containers", "payments")]
    assert times == sorted(set(times))


def test_what_one_container_writes_into_a_volume_grows(demo: Demo) -> None:
    view = demo.simulation.node.view(demo.pod("shared-volume-pod")["metadata"]["uid"], "writer")
    assert view is not None
    assert len(view.files["/data/log.txt"].splitlines()) > 100


def test_use_is_told_of_running_containers_only(demo: Demo) -> None:
    uid = demo.pod("missing-dependency")["metadata"]["uid"]
    used = demo.simulation.node.usage(uid, demo.started)
    assert [each["name"] for each in used] == ["log-agent"]
    assert used[0]["usage"]["cpu"].endswith("n")
    assert used[0]["usage"]["memory"].endswith("Ki")


def test_every_manifest_has_a_scenario_and_begins_with_what_to_look_at() -> None:
    files = {path.stem: path.read_text() for path in FOLDER.glob("*.yaml")}
    assert files.keys() == {scenario.name for scenario in SCENARIOS}
    for text in files.values():
        assert text.startswith("# ")
        assert "# Look at" in text
        assert all("namespace" not in obj["metadata"] for obj in yaml.safe_load_all(text))


def test_every_script_belongs_to_a_container_of_its_manifest() -> None:
    for scenario in SCENARIOS:
        text = (FOLDER / f"{scenario.name}.yaml").read_text()
        known = {line.strip().removeprefix("- name: ") for line in text.splitlines() if "- name: " in line} | {
            "debugger"
        }
        assert SCRIPTS.get(scenario.name, {}).keys() <= known, scenario.name


STARTS = [epoch(f"{day}Z") for day in ("2026-01-01T00:00:00", "2026-01-01T00:00:31", "2026-03-07T11:58:07")]


def test_pods_have_the_same_names_at_every_start_of_the_demo() -> None:
    # CronJobs name their jobs by the minute; nothing else of a name may depend on the time.
    first, *others = (
        {re.sub(r"^cleanup-\d+-", "cleanup-MINUTE-", each["metadata"]["name"]) for each in Demo(at).store.list("pods")}
        for at in STARTS
    )
    assert len({name for name in first if "cleanup" in name}) == 1
    assert others == [first, first]


def test_the_last_run_of_a_cron_job_has_the_same_pod_in_a_demo_that_starts_some_minutes_later() -> None:
    def pods(started: float) -> list[str]:
        return [name for each in Demo(started).store.list("pods") if "cleanup" in (name := each["metadata"]["name"])]

    newest = pods(STARTS[0])[-1]
    for minutes in (1, 4, 9):
        assert newest in pods(STARTS[0] + minutes * 60)


def test_an_unknown_scenario_is_an_error() -> None:
    with pytest.raises(KeyError):
        named(["no-such-scenario"])
