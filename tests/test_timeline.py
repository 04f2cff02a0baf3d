"""`kubectl mc timeline`: pods of a cluster, workloads, and what there is no timeline of."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubectl_mc.demo.server import RunningDemo, running_demo
from tests.commands import Result, run
from tests.log_pods import delete, lived, pod, says

VIEWER = "demo-viewer"
SCENARIOS = ("init-demo", "sidecar-gate", "image-typo", "production-app", "report", "memory-hog")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningDemo, Path]]:
    with running_demo(SCENARIOS) as demo:
        yield demo, demo.cluster.write_kubeconfig(tmp_path_factory.mktemp("timeline") / "config")


@pytest.fixture
def here(stage: tuple[RunningDemo, Path]) -> Path:
    return stage[1]


def _timeline(here: Path, *words: str, terminal: bool = False) -> Result:
    return run(
        "timeline",
        *words,
        "-n",
        "demo",
        kubeconfig=here,
        terminal=terminal,
        environ={"NO_COLOR": "1", "COLUMNS": "100"},
    )


def test_a_pod_that_became_ready_is_told_from_its_creation_on(here: Path) -> None:
    result = _timeline(here, "init-demo", terminal=True)

    assert result.exit_code == 0
    assert result.lines[0].startswith("demo/init-demo  ready ")
    assert any(line.strip().startswith("init 1 init-setup") for line in result.lines)
    assert "IT WAITED FOR" in result.out


def test_what_a_pod_waited_for_adds_up(here: Path) -> None:
    [found] = json.loads(_timeline(here, "init-demo", "-o", "json").out)["pods"]

    assert found["outcome"] == "ready"
    assert sum(stretch["seconds"] for stretch in found["path"]) == found["seconds"]
    assert [each["kind"] for each in found["path"] if each["container"] == "init-setup"][-1] == "run"


def test_a_missing_image_is_what_is_waited_for(here: Path) -> None:
    result = _timeline(here, "image-typo")

    assert result.lines[0].startswith("demo/image-typo  not ready, ")
    assert "and goes on" in result.out


def test_a_workload_is_its_pods_and_the_slowest_in_full(here: Path) -> None:
    result = _timeline(here, "deploy/production-app")

    assert result.lines[0].split() == ["POD", "START", "TOOK", "NODE", "WAITED", "LONGEST", "FOR"]
    assert len([line for line in result.lines if line.startswith("demo/production-app-")]) == 1
    each = _timeline(here, "deploy/production-app", "--each")
    assert len([line for line in each.lines if line.startswith("demo/production-app-")]) > 1


def test_yaml_is_the_same_document(here: Path) -> None:
    assert _timeline(here, "init-demo", "-o", "yaml").out.startswith("pods:\n- namespace: demo\n")


def test_a_pod_that_is_gone_leaves_its_events(stage: tuple[RunningDemo, Path], here: Path) -> None:
    demo = stage[0]
    lived(demo, 60, pod("brief", "app"), {"app": says("here")})
    delete(demo, "brief")
    result = _timeline(here, "brief")

    assert result.exit_code == 1
    assert result.err == (
        "error: pod brief is gone, and its times with it\nhint: what is left: kubectl mc events brief -n demo\n"
    )


def test_events_that_may_not_be_read_are_not_said_to_be_gone(stage: tuple[RunningDemo, Path], tmp_path: Path) -> None:
    demo = stage[0]
    demo.call(demo.cluster.auth.grant, VIEWER, ["get", "list"], ["pods"], "demo")
    result = _timeline(demo.cluster.write_kubeconfig(tmp_path / "viewer", user=VIEWER), "init-demo")

    assert result.exit_code == 0
    assert "the events could not be read: image pulls are not known" in result.out
    assert "are left" not in result.out


MISUSED = [
    ((), 2, "which pod?"),
    (("init-demo", "-o", "svg"), 2, "-o svg: no such output"),
    (("nothing",), 1, 'pods "nothing" not found'),
    (("-l", "app=none"), 1, "no pods"),
]


@pytest.mark.parametrize(("words", "code", "said"), MISUSED)
def test_what_there_is_no_timeline_of_is_said(here: Path, words: tuple[str, ...], code: int, said: str) -> None:
    result = _timeline(here, *words)

    assert (result.exit_code, result.out) == (code, "")
    assert said in result.err
