"""How the tests of the simulated cluster run: coroutines on a loop of their own, kubectl's where kubectl is."""

import asyncio
import inspect
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubectl_mc.demo.server import RunningDemo, running_demo

HAS_KUBECTL = shutil.which("kubectl") is not None
JUDGES = ["test_kubectl_judges_the_demo.py", "test_kubectl_judges_the_logs.py"]
collect_ignore = [] if HAS_KUBECTL else JUDGES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says in the last lines when kubectl could not judge: a header would not show in a run of all tests."""
    if not HAS_KUBECTL:
        terminalreporter.write_line(f"kubectl is NOT ON PATH: {' and '.join(JUDGES)} were LEFT OUT", red=True)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object | None:
    """Runs a test that is a coroutine; thirty seconds are for ever here."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    asyncio.run(asyncio.wait_for(pyfuncitem.obj(**arguments), 30))
    return True


@pytest.fixture(scope="session")
def demo() -> Iterator[RunningDemo]:
    """All scenarios, running, for tests that change nothing."""
    with running_demo() as running:
        yield running


@pytest.fixture(scope="session")
def kubeconfig(demo: RunningDemo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The admin's kubeconfig of `demo`."""
    return demo.cluster.write_kubeconfig(tmp_path_factory.mktemp("demo") / "kubeconfig")
