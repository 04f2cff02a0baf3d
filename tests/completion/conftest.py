from collections.abc import Iterator
from pathlib import Path

import pytest

from kubectl_mc.demo.server import RunningDemo, running_demo
from tests.completion.tab import Shell


@pytest.fixture(scope="package")
def demo() -> Iterator[RunningDemo]:
    with running_demo(["webapp", "webapp-with-logging", "image-typo", "ledger", "hello", "report"]) as running:
        yield running


@pytest.fixture
def shell(demo: RunningDemo, tmp_path: Path) -> Shell:
    return Shell(tmp_path, demo.cluster.write_kubeconfig(tmp_path / "kubeconfig"))
