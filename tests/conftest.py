"""What all tests share: a running demo cluster, and processes of this tool on pipes and terminals."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kubectl_mc.demo.server import RunningDemo, running_demo


@pytest.fixture(scope="session")
def shared_demo() -> Iterator[RunningDemo]:
    """The demo with all its scenarios; tests may look at it and must leave it as it is."""
    with running_demo() as demo:
        yield demo


@pytest.fixture(scope="session")
def shared_kubeconfig(shared_demo: RunningDemo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_demo.cluster.write_kubeconfig(tmp_path_factory.mktemp("shared") / "kubeconfig")


@pytest.fixture
def demo() -> Iterator[RunningDemo]:
    """An empty cluster that a test may do anything to."""
    with running_demo(()) as demo:
        yield demo


@pytest.fixture
def kubeconfig(demo: RunningDemo, tmp_path: Path) -> Path:
    return demo.cluster.write_kubeconfig(tmp_path / "kubeconfig")
