"""`kubectl mc map`: pods of a cluster, workloads, manifests, and what cannot be mapped."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from kubectl_mc.demo.server import RunningDemo, running_demo
from tests.commands import Result, run

CHAPTER = Path(__file__).with_name("chapter.yaml")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningDemo, Path]]:
    with running_demo(("app-with-cache", "port-conflict", "production-app")) as demo:
        yield demo, demo.cluster.write_kubeconfig(tmp_path_factory.mktemp("map") / "config")


@pytest.fixture
def here(stage: tuple[RunningDemo, Path]) -> Path:
    return stage[1]


def _map(here: Path, *words: str, terminal: bool = False, columns: int = 0) -> Result:
    environ = {"COLUMNS": str(columns), "NO_COLOR": "1"} if columns else {}
    return run("map", *words, "-n", "demo", kubeconfig=here, terminal=terminal, environ=environ)


def test_a_pod_of_a_cluster_is_mapped_with_its_state(here: Path) -> None:
    result = _map(here, "app-with-cache")
    lines = [" ".join(line.split()) for line in result.lines]

    assert result.exit_code == 0
    assert lines[0] == "demo/app-with-cache"
    assert "6379/TCP webapp speaks to redis REDIS_HOST=localhost REDIS_PORT=6379" in lines
    assert any(line.startswith("● redis Running sidecar: cache named redis") for line in lines)


def test_a_terminal_gets_a_drawing_where_there_is_room(here: Path) -> None:
    assert "╭" in _map(here, "app-with-cache", terminal=True, columns=80).out
    assert "╭" in _map(here, "deploy/production-app", terminal=True, columns=160).out
    assert "╭" not in _map(here, "deploy/production-app", terminal=True, columns=80).out


def test_a_clash_of_ports_is_pointed_at(here: Path) -> None:
    assert "! port 8080/TCP is wanted by webapp and admin" in _map(here, "port-conflict").out


def test_a_workload_is_mapped_by_its_best_pod_which_is_named(here: Path) -> None:
    result = _map(here, "deploy/production-app", "-o", "json")
    [found] = json.loads(result.out)["pods"]

    assert found["object"].startswith("pod/production-app-")
    assert result.err.startswith("pod production-app-")


def test_a_workload_without_pods_is_mapped_by_its_template(stage: tuple[RunningDemo, Path], here: Path) -> None:
    template = {"metadata": {"labels": {"app": "idle"}}, "spec": {"containers": [{"name": "web", "image": "nginx"}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": "idle"}}, "template": template}
    metadata = {"name": "idle", "namespace": "demo"}
    document = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}
    stage[0].call(stage[0].cluster.apply, document)
    result = _map(here, "deploy/idle")

    assert result.exit_code == 0
    assert result.lines[0] == "demo/deployment/idle"
    assert "STATE" not in result.out
    assert result.err == "deployment/idle has no pods: this is what its template asks for\n"


def test_manifests_are_mapped_without_a_cluster(tmp_path: Path) -> None:
    result = run("map", "-f", str(CHAPTER), kubeconfig=tmp_path / "none")

    assert (result.exit_code, result.err) == (0, "")
    assert f"deployment/production-app  {CHAPTER}:404" in result.lines
    assert "6379/TCP webapp speaks to redis CACHE_HOST=localhost CACHE_PORT=6379" in " ".join(result.out.split())


@pytest.mark.parametrize(
    ("output", "first"), [("mermaid", "flowchart LR"), ("dot", "digraph pods {"), ("yaml", "pods:")]
)
def test_a_manifest_may_become_a_graph_or_a_document(tmp_path: Path, output: str, first: str) -> None:
    result = run("map", "-f", str(CHAPTER), "-o", output, kubeconfig=tmp_path / "none")

    assert result.lines[0] == first


def test_yaml_and_json_are_the_same_document(tmp_path: Path) -> None:
    outs = [run("map", "-f", str(CHAPTER), "-o", form, kubeconfig=tmp_path).out for form in ("json", "yaml")]

    assert json.loads(outs[0]) == yaml.safe_load(outs[1])


MISUSED = [
    ((), 2, "which pod?"),
    (("x", "-f", "y"), 2, "-f maps files"),
    (("x", "-o", "svg"), 2, "-o svg: no such output"),
    (("none",), 1, 'pods "none" not found'),
    (("-f", "missing.yaml"), 1, "missing.yaml: No such file"),
]


@pytest.mark.parametrize(("words", "code", "said"), MISUSED)
def test_what_cannot_be_mapped_is_said(here: Path, words: tuple[str, ...], code: int, said: str) -> None:
    result = _map(here, *words)

    assert (result.exit_code, result.out) == (code, "")
    assert said in result.err


def test_a_file_without_containers_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("kind: ConfigMap\nmetadata: {name: a}\n")
    result = run("map", "-f", str(tmp_path / "a.yaml"), kubeconfig=tmp_path)

    assert result.exit_code == 1
    assert "nothing with containers in it" in result.err
