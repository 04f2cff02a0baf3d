"""`kubectl mc doctor` against the demo: each scenario's cause, all that may be forbidden, and what there is to say of
pods that are well, gone or not there.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubectl_mc.demo.programs import Failing, Program
from kubectl_mc.demo.server import RunningDemo, running_demo
from tests.commands import run
from tests.log_pods import lived
from tests.pods import Json

VIEWER = "demo-viewer"

CAUSES = {
    "resource-starvation": ("unschedulable", None, "error"),
    "unbound-claim": ("unschedulable", None, "error"),
    "missing-volume": ("volume-missing", "webapp", "error"),
    "image-typo": ("image-not-found", "webapp", "error"),
    "missing-dependency": ("config-missing", "webapp", "error"),
    "command-typo": ("command-not-found", "heartbeat", "error"),
    "disk-hog": ("evicted", "thumbnails", "error"),
    "slow-shutdown": ("pre-stop-slow", "webapp", "warning"),
    "stuck-deletion": ("terminating-stuck", None, "error"),
    "app-with-migration": ("init-failed", "db-migration", "error"),
    "finished-first": ("crashloop", "c1", "error"),
    "sidecar-down": ("sidecar-crashloop", "vault-agent", "error"),
    "exits-at-once": ("exits-normally", "webapp", "error"),
    "import-failed": ("container-failed", "import", "error"),
    "memory-hog": ("oom-killed", "image-resizer", "error"),
    "port-conflict": ("port-conflict", "admin", "error"),
    "volume-permission": ("volume-permission", "webapp", "error"),
    "read-only-volume": ("volume-read-only", "exporter", "error"),
    "ambassador-down": ("crashloop", "db-ambassador", "error"),
    "early-start": ("app-before-sidecar", "api", "warning"),
    "readiness-failing": ("readiness-probe-failing", "api", "error"),
    "liveness-killed": ("liveness-killed", "worker", "error"),
    "slow-start": ("startup-probe-failing", "recommender", "error"),
    "wrong-probe": ("probe-wrong-container", "webapp", "error"),
    "nearly-full": ("resource-starved", "session-store", "warning"),
    "readiness-gate": ("readiness-gate-unset", None, "error"),
    "job/report-held": ("job-held-by-sidecar", "proxy", "error"),
}
IN_MOTION = {
    "sidecar-gate": ("sidecar-not-started", "proxy", "warning"),
    "webapp": ("init-stuck", "wait-for-cache", "warning"),
}
"""What goes on within a minute after the demo has started."""
WELL = ["init-demo", "webapp-with-logging", "ledger-0", "deploy/production-app", "sts/ledger", "ds/node-agent"]


def _findings(*words: str, kubeconfig: Path) -> list[Json]:
    found: list[Json] = json.loads(run("doctor", *words, "-o", "json", kubeconfig=kubeconfig).out)["findings"]
    return found


@pytest.mark.parametrize(("target", "cause"), CAUSES.items(), ids=CAUSES)
def test_the_cause_is_named_with_the_guilty_container(
    target: str, cause: tuple[str, str | None, str], shared_kubeconfig: Path
) -> None:
    [finding] = _findings(target, kubeconfig=shared_kubeconfig)

    assert (finding["id"], finding["container"], finding["severity"]) == cause
    assert finding["primary"] is (cause[2] == "error")
    assert finding["evidence"]
    assert finding["next"]


def test_what_holds_a_start_up_is_named_while_it_does(tmp_path: Path) -> None:
    with running_demo(IN_MOTION) as demo:
        config = demo.cluster.write_kubeconfig(tmp_path / "kubeconfig")
        found = _findings(kubeconfig=config)
        demo.call(demo.cluster.advance, 120)
        later = _findings(kubeconfig=config)

    assert {each["pod"]: (each["id"], each["container"], each["severity"]) for each in found} == IN_MOTION
    assert later == []


def test_a_probe_that_fails_in_turns_is_told_whether_it_fails_now_or_not(shared_kubeconfig: Path) -> None:
    [finding] = _findings("app-with-ambassador", kubeconfig=shared_kubeconfig)

    assert finding["container"] == "db-ambassador"
    assert finding["id"] in ("probe-flapping", "readiness-probe-failing")
    assert "answers 503 on :8404/ready" in finding["summary"]


@pytest.mark.parametrize("target", WELL)
def test_what_is_well_has_no_findings(target: str, shared_kubeconfig: Path) -> None:
    result = run("doctor", target, kubeconfig=shared_kubeconfig)

    assert (result.exit_code, "✗" in result.out, "!" in result.out) == (0, False, False)
    assert "well" in result.out + result.err


def test_no_pod_of_the_whole_cluster_has_more_than_one_primary_cause(shared_kubeconfig: Path) -> None:
    found = _findings("-A", kubeconfig=shared_kubeconfig)
    primaries = [(finding["namespace"], finding["pod"]) for finding in found if finding["primary"]]

    assert len(primaries) == len(set(primaries)) > 10
    assert {namespace for namespace, _ in primaries} == {"demo"}


def test_broken_pods_come_first_and_a_last_line_counts_all(shared_kubeconfig: Path) -> None:
    result = run("doctor", kubeconfig=shared_kubeconfig)
    glyphs = [line[2] for line in result.lines if line.startswith("  ") and line[2] in "✗!·"]

    assert result.exit_code == 3
    assert glyphs == sorted(glyphs, key="✗!·".index)
    assert " with errors, " in result.err.splitlines()[-1]


def test_a_finished_pod_says_so(shared_kubeconfig: Path) -> None:
    result = run("doctor", "job/report", kubeconfig=shared_kubeconfig)

    assert result.exit_code == 0
    assert "  finished" in result.out


def test_names_that_do_not_exist_are_reported_beside_the_others(shared_kubeconfig: Path) -> None:
    result = run("doctor", "init-demo", "init-dmo", kubeconfig=shared_kubeconfig)

    assert (result.exit_code, "well: its container is ready" in result.out) == (1, True)
    assert 'pods "init-dmo" not found' in result.err
    assert "hint: nearest names: init-demo" in result.err


def test_where_there_are_no_pods_it_says_so(kubeconfig: Path) -> None:
    result = run("doctor", kubeconfig=kubeconfig)

    assert (result.exit_code, result.out) == (0, "")
    assert result.err == "No resources found in demo namespace.\n"
    assert json.loads(run("doctor", "-o", "json", kubeconfig=kubeconfig).out)["findings"] == []


def test_without_a_server_it_fails_with_one_line_and_a_hint(demo: RunningDemo, kubeconfig: Path) -> None:
    demo.wait(demo.cluster.faults.stop())
    result = run("doctor", kubeconfig=kubeconfig)
    demo.wait(demo.cluster.faults.start())

    assert (result.exit_code, result.out) == (1, "")
    assert len(result.err.splitlines()) <= 2


def test_colour_is_as_asked_for(shared_kubeconfig: Path) -> None:
    assert "\x1b[" in run("doctor", "readiness-failing", "--color=always", kubeconfig=shared_kubeconfig).out
    assert "\x1b[" not in run("doctor", "readiness-failing", kubeconfig=shared_kubeconfig).out


@pytest.mark.parametrize("columns", [80, 160])
def test_on_a_terminal_only_commands_are_wider_than_it(columns: int, shared_kubeconfig: Path) -> None:
    environ = {"COLUMNS": str(columns), "NO_COLOR": "1"}
    result = run("doctor", kubeconfig=shared_kubeconfig, terminal=True, environ=environ)
    wide = [line for line in result.lines if len(line) > columns]

    assert all("kubectl" in line for line in wide)


def test_the_next_command_reaches_the_same_cluster(shared_kubeconfig: Path) -> None:
    words = ["--kubeconfig", str(shared_kubeconfig)]
    [finding] = json.loads(run("doctor", "readiness-failing", *words, "-o", "json", kubeconfig="/none").out)["findings"]

    assert finding["next"][0].startswith("kubectl mc logs readiness-failing -c api --kubeconfig ")
    assert finding["next"][0].endswith(" -n demo")


@pytest.fixture
def unready(demo: RunningDemo) -> Iterator[RunningDemo]:
    """A pod with a container that isn't ready, and one that waits for a Secret that isn't there."""
    probe = {"httpGet": {"path": "/ready", "port": 8080}, "periodSeconds": 5}
    web = {"name": "web", "image": "nginx:1.27", "readinessProbe": probe}
    missing = {"name": "web", "image": "nginx:1.27", "envFrom": [{"secretRef": {"name": "token"}}]}
    failing = Program(failing=(Failing("readiness", "HTTP probe failed with statuscode: 503"),))
    for name, container in (("web", web), ("locked", missing)):
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [container]}}
        lived(demo, 120, pod, {"web": failing})
    yield demo
    demo.call(demo.cluster.auth.revoke, VIEWER)


@pytest.fixture
def viewer(unready: RunningDemo, tmp_path: Path) -> Path:
    """Somebody who may see pods, and nothing else."""
    unready.call(unready.cluster.auth.grant, VIEWER, ["get", "list"], ["pods"], "demo")
    return unready.cluster.write_kubeconfig(tmp_path / "viewer", VIEWER)


def test_who_may_only_see_pods_gets_causes_and_one_note_for_each_thing_that_is_missing(viewer: Path) -> None:
    result = run("doctor", kubeconfig=viewer)

    assert result.exit_code == 3
    assert "likely: web has not passed its readiness probe" in result.out
    notes = [line for line in result.err.splitlines() if line.startswith("no permission")]
    assert [note.partition(":")[0] for note in sorted(notes)] == [
        "no permission to get configmaps",
        "no permission to get pods/log",
        "no permission to get secrets",
        "no permission to get serviceaccounts",
        "no permission to list events",
        "no permission to read pods.metrics.k8s.io",
    ]


def test_where_there_is_no_pod_to_judge_nothing_is_said_of_what_it_is_judged_without(viewer: Path) -> None:
    result = run("doctor", "nothing", kubeconfig=viewer)

    assert result.exit_code == 1
    assert 'pods "nothing" not found' in result.err
    assert "no permission" not in result.err


def test_with_all_permissions_the_same_is_observed(unready: RunningDemo, tmp_path: Path) -> None:
    [finding] = _findings("web", kubeconfig=unready.cluster.write_kubeconfig(tmp_path / "admin"))

    assert finding["certainty"] == "observed"
    assert finding["summary"].startswith("web answers 503 on :8080/ready, ")


def test_who_may_not_see_pods_is_told_which_permission_is_missing(unready: RunningDemo, tmp_path: Path) -> None:
    result = run("doctor", kubeconfig=unready.cluster.write_kubeconfig(tmp_path / "nobody", VIEWER))

    assert (result.exit_code, result.out) == (1, "")
    assert 'cannot list resource "pods"' in result.err


def test_a_pod_whose_logs_are_lost_is_judged_all_the_same(unready: RunningDemo, tmp_path: Path) -> None:
    unready.call(unready.cluster.faults.lose_logs)
    [finding] = _findings("web", kubeconfig=unready.cluster.write_kubeconfig(tmp_path / "admin"))

    assert finding["id"] == "readiness-probe-failing"
