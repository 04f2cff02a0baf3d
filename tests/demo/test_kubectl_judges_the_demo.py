"""The real kubectl against the simulated cluster: if it is content, other clients may be."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kubectl_mc.demo.server import RunningDemo, running_demo


@dataclass(frozen=True)
class Kubectl:
    """kubectl with a kubeconfig, and with caches of its own."""

    kubeconfig: Path
    home: Path

    def __call__(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Runs it to its end."""
        command = ["kubectl", *arguments]
        return subprocess.run(
            command, env=self.env, input=stdin, capture_output=True, text=True, timeout=20, check=False
        )

    @property
    def env(self) -> dict[str, str]:
        """Nothing of the caller's environment but PATH."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "KUBECONFIG": str(self.kubeconfig)}


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home directory, for the discovery cache."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def kubectl(kubeconfig: Path, home: Path) -> Kubectl:
    """kubectl on the cluster with all scenarios, which must not be changed."""
    return Kubectl(kubeconfig, home)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Kubectl, RunningDemo]]:
    """kubectl on a cluster that the test may change."""
    with running_demo(["production-app", "app-with-cache"]) as demo:
        yield Kubectl(demo.cluster.write_kubeconfig(tmp_path / "kubeconfig"), tmp_path), demo


def rows(output: str) -> dict[str, list[str]]:
    """The rows of a table by their first cell; cells are what two spaces separate."""
    return {cells[0]: cells[1:] for cells in (re.split(r" {2,}", line.strip()) for line in output.splitlines()[1:])}


@pytest.mark.parametrize(
    ("pod", "ready", "status"),
    [
        ("webapp-with-logging", "2/2", "Running"),
        ("app-with-migration", "0/1", "Init:CrashLoopBackOff"),
        ("webapp", "0/1", "Init:1/2"),
        ("sidecar-gate", "0/2", "Init:0/2"),
        ("sidecar-down", "1/3", "Init:CrashLoopBackOff"),
        ("finished-first", "0/2", "Completed"),
        ("missing-dependency", "1/2", "CreateContainerConfigError"),
        ("resource-starvation", "0/2", "Pending"),
        ("readiness-failing", "1/2", "Running"),
        ("slow-shutdown", "2/2", "Terminating"),
    ],
)
def test_get_pods_prints_ready_and_status(kubectl: Kubectl, pod: str, ready: str, status: str) -> None:
    assert rows(kubectl("get", "pods").stdout)[pod][:2] == [ready, status]


def test_get_pods_has_the_columns_of_a_real_cluster(kubectl: Kubectl) -> None:
    assert kubectl("get", "pods").stdout.splitlines()[0].split() == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    wide = kubectl("get", "pods", "-o", "wide").stdout.splitlines()[0]
    assert re.split(r" {2,}", wide)[5:] == ["IP", "NODE", "NOMINATED NODE", "READINESS GATES"]
    assert re.match(r"\d+ \(.+ ago\)$", rows(kubectl("get", "pods").stdout)["memory-hog"][2])


def test_get_pods_selects(kubectl: Kubectl) -> None:
    assert len(kubectl("get", "pods", "-l", "app=production-app", "-o", "name").stdout.splitlines()) == 3
    assert kubectl("get", "pod", "webapp", "-o", "name").stdout == "pod/webapp\n"
    pending = kubectl("get", "pods", "--field-selector", "status.phase=Pending", "-o", "name").stdout
    assert "pod/resource-starvation\n" in pending
    assert "pod/webapp-with-logging\n" not in pending
    assert {"demo", "staging"} <= {line.split()[0] for line in kubectl("get", "pods", "-A").stdout.splitlines()}
    small_pages = kubectl("get", "pods", "--chunk-size", "5", "-o", "name").stdout
    assert small_pages == kubectl("get", "pods", "-o", "name").stdout


def test_workloads_have_their_tables(kubectl: Kubectl) -> None:
    assert rows(kubectl("get", "deploy").stdout)["production-app"][:3] == ["3/3", "3", "3"]
    everything = kubectl("get", "all").stdout
    for name in (
        "daemonset.apps/",
        "statefulset.apps/",
        "replicaset.apps/",
        "cronjob.batch/",
        "job.batch/",
        "service/",
    ):
        assert name in everything


def test_what_is_not_there_is_told_in_kubectls_words(kubectl: Kubectl) -> None:
    missing = kubectl("get", "pod", "nope")
    assert (missing.returncode, missing.stderr) == (1, 'Error from server (NotFound): pods "nope" not found\n')
    assert kubectl("get", "pods", "-n", "default").stderr == "No resources found in default namespace.\n"


def test_describe_shows_containers_states_and_events(kubectl: Kubectl) -> None:
    told = kubectl("describe", "pod", "memory-hog").stdout
    for text in ("OOMKilled", "Exit Code:    137", "CrashLoopBackOff", "Back-off restarting failed container"):
        assert text in told
    assert re.search(r"ContainersReady +False", told)
    assert "default-scheduler" in told


def test_logs_choose_container_instance_and_lines(kubectl: Kubectl) -> None:
    last = kubectl("logs", "webapp-with-logging", "-c", "webapp", "--tail", "2")
    assert len(last.stdout.splitlines()) == 2
    both = kubectl("logs", "webapp-with-logging", "--all-containers", "--tail", "1", "--prefix").stdout
    assert "[pod/webapp-with-logging/webapp]" in both
    assert "[pod/webapp-with-logging/log-shipper]" in both
    assert kubectl("logs", "webapp-with-logging", "--since", "1s", "--timestamps").returncode == 0
    assert kubectl("logs", "app-with-migration", "-c", "db-migration", "-p").stdout
    refused = kubectl("logs", "webapp-with-logging", "-c", "webapp", "-p")
    assert refused.stderr == (
        'Error from server (BadRequest): previous terminated container "webapp" in pod "webapp-with-logging" '
        "not found\n"
    )


def test_logs_follow_to_the_end_of_the_container(own: tuple[Kubectl, RunningDemo]) -> None:
    kubectl, demo = own
    following = subprocess.Popen(
        ["kubectl", "logs", "-f", "app-with-cache", "-c", "webapp", "--tail", "1"],
        env=kubectl.env,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert following.stdout is not None
    assert following.stdout.readline()
    demo.call(demo.cluster.advance, 13)
    assert following.stdout.readline()
    assert kubectl("delete", "pod", "app-with-cache", "--wait=false").returncode == 0
    demo.call(demo.cluster.advance, 40)
    following.communicate(timeout=10)
    assert following.returncode == 0


def test_events_name_the_object_and_the_reason(kubectl: Kubectl) -> None:
    found = kubectl("events", "--for", "pod/memory-hog").stdout
    assert "Warning" in found
    assert "BackOff" in found
    warnings = kubectl("get", "events", "--field-selector", "type=Warning,reason=FailedScheduling").stdout
    assert "pod/resource-starvation" in warnings
    assert "pod/memory-hog" not in warnings


def test_exec_passes_input_output_and_exit_code(kubectl: Kubectl) -> None:
    redis = ("app-with-cache", "-c", "redis", "--")
    assert kubectl("exec", *redis, "hostname").stdout == "app-with-cache\n"
    assert kubectl("exec", "-i", *redis, "cat", stdin="through and back\n").stdout == "through and back\n"
    failed = kubectl("exec", *redis, "sh", "-c", "echo out; echo err >&2; exit 7")
    assert (failed.returncode, failed.stdout) == (7, "out\n")
    assert failed.stderr == "err\ncommand terminated with exit code 7\n"
    no_shell = kubectl("exec", "distroless-app", "-c", "app", "--", "sh")
    assert no_shell.returncode == 1
    assert 'exec: "sh": executable file not found in $PATH' in no_shell.stderr


def test_a_deleted_pod_goes_and_its_workload_makes_another(own: tuple[Kubectl, RunningDemo]) -> None:
    kubectl, demo = own
    before = kubectl("get", "pods", "-l", "app=production-app", "-o", "name").stdout.split()
    assert kubectl("delete", before[0], "--wait=false").returncode == 0
    demo.call(demo.cluster.advance, 60)
    after = kubectl("get", "pods", "-l", "app=production-app", "-o", "name").stdout.split()
    assert len(after) == 3
    assert before[0] not in after


def workload(kind: str, more: str = "", *, selector: str = "{matchLabels: {app: w}}") -> str:
    """The manifest of a workload `w` with two replicas."""
    pod = "{containers: [{name: app, image: 'busybox:1.37', command: [sleep, 1d]}], terminationGracePeriodSeconds: 0}"
    template = f"{{metadata: {{labels: {{app: w}}}}, spec: {pod}}}"
    spec = f"{{replicas: 2, selector: {selector}, template: {template}{more}}}"
    return f"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: w}}\nspec: {spec}\n"


@pytest.mark.parametrize(
    ("manifest", "kind"),
    [
        (workload("Deployment"), "deployment"),
        (
            workload("Deployment", selector="{matchExpressions: [{key: app, operator: In, values: [w]}]}"),
            "deployment",
        ),
        (workload("ReplicaSet"), "replicaset"),
        (workload("StatefulSet", ", serviceName: w"), "statefulset"),
    ],
)
def test_scale_makes_pods_and_takes_them_away(own: tuple[Kubectl, RunningDemo], manifest: str, kind: str) -> None:
    kubectl, demo = own

    def pods() -> int:
        demo.call(demo.cluster.advance, 30)
        return len(kubectl("get", "pods", "-l", "app=w", "-o", "name").stdout.split())

    assert kubectl("apply", "-f", "-", stdin=manifest).returncode == 0
    assert pods() == 2
    for replicas in (4, 1, 0):
        assert kubectl("scale", kind, "w", f"--replicas={replicas}").stdout == f"{kind}.apps/w scaled\n"
        assert pods() == replicas
    refused = kubectl("scale", kind, "w", "--current-replicas=7", "--replicas=1")
    assert (refused.returncode, refused.stderr) == (1, "error: Expected replicas to be 7, was 0\n")


def test_apply_wait_and_debug(own: tuple[Kubectl, RunningDemo], tmp_path: Path) -> None:
    kubectl, demo = own
    manifest = tmp_path / "mine.yaml"
    manifest.write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: mine}\n"
        "spec: {containers: [{name: app, image: 'busybox:1.37', command: [sleep, 1d]}]}\n"
    )
    assert kubectl("apply", "-f", str(manifest)).stdout == "pod/mine created\n"
    assert kubectl("apply", "-f", str(manifest)).stdout == "pod/mine unchanged\n"
    demo.call(demo.cluster.advance, 10)
    assert kubectl("wait", "--for=condition=Ready", "pod/mine", "--timeout=5s").stdout == "pod/mine condition met\n"
    debugged = kubectl("debug", "mine", "--image=busybox:1.37", "--target=app", "-c", "dbg", "--profile=general")
    assert debugged.returncode == 0
    demo.call(demo.cluster.advance, 10)
    path = "{.status.ephemeralContainerStatuses[0].state.running.startedAt}"
    assert kubectl("get", "pod", "mine", "-o", f"jsonpath={path}").stdout


def test_permissions_are_kubectls_to_ask_and_to_be_told(own: tuple[Kubectl, RunningDemo], tmp_path: Path) -> None:
    kubectl, demo = own
    assert kubectl("auth", "can-i", "list", "pods").stdout == "yes\n"
    assert kubectl("auth", "can-i", "list", "pods", "--as", "someone").stdout == "no\n"
    viewer = Kubectl(demo.cluster.write_kubeconfig(tmp_path / "viewer", user="demo-viewer"), tmp_path)
    assert viewer("get", "pods").stderr == (
        'Error from server (Forbidden): pods is forbidden: User "demo-viewer" cannot list resource "pods" '
        'in API group "" in the namespace "demo"\n'
    )


def test_the_resources_are_listed_with_their_short_names(kubectl: Kubectl) -> None:
    found = kubectl("api-resources", "--no-headers").stdout
    assert re.search(r"^pods +po +v1 +true +Pod$", found, re.MULTILINE)
    assert re.search(r"^deployments +deploy +apps/v1 +true +Deployment$", found, re.MULTILINE)


def test_top_shows_the_use_of_each_container(kubectl: Kubectl) -> None:
    found = kubectl("top", "pod", "app-with-cache", "--containers").stdout
    assert re.search(r"redis +\d+m +\d+Mi", found)
