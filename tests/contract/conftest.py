"""The two backends: the demo on a real socket, and the cluster of KUBECONFIG with everything staged on it."""

import json
import os
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kubectl_mc.demo.server import running_demo
from tests.commands import Result, run
from tests.contract import situations
from tests.contract.situations import Place

MANIFEST = Path(__file__).parent.parent / "cluster" / "situations.yaml"
DEADLINE_SECONDS = 90.0


@dataclass(frozen=True)
class Backend:
    """A cluster on which every situation exists."""

    kubeconfig: Path
    namespace: str
    places: dict[str, Place]

    def mc(self, *words: str) -> Result:
        """`kubectl mc WORDS` in the namespace."""
        return run(*words, "-n", self.namespace, kubeconfig=self.kubeconfig)

    def document(self, *words: str) -> dict[str, object]:
        """The JSON that a command prints."""
        result = self.mc(*words, "-o", "json")
        assert result.exit_code == 0, result.err
        document = json.loads(result.out)
        assert isinstance(document, dict)
        return document


def eventually(check: Callable[[], object]) -> None:
    """Repeat `check` until it raises no AssertionError; the last one is raised at the deadline."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        try:
            check()
        except AssertionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)  # between two looks at a cluster, not instead of a condition
        else:
            return


@pytest.fixture(scope="session", params=["demo", pytest.param("cluster", marks=pytest.mark.cluster)])
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    if request.param == "demo":
        with running_demo() as demo:
            path = demo.cluster.write_kubeconfig(tmp_path_factory.mktemp("demo") / "kubeconfig")
            yield Backend(path, "demo", situations.DEMO)
    else:
        namespace = f"kubectl-mc-{uuid.uuid4().hex[:8]}"
        kubeconfig = Path(os.environ["KUBECONFIG"])
        kubectl = ["kubectl", "--kubeconfig", str(kubeconfig)]
        subprocess.run([*kubectl, "create", "namespace", namespace], check=True, capture_output=True)
        try:
            _stage([*kubectl, "-n", namespace])
            yield Backend(kubeconfig, namespace, situations.CLUSTER)
        finally:
            subprocess.run(
                [*kubectl, "delete", "namespace", namespace, "--wait=false"], check=True, capture_output=True
            )


def _stage(kubectl: list[str]) -> None:
    """Apply the manifest, with an image that the cluster can have, and add the ephemeral container."""
    image = os.environ.get("KUBECTL_MC_TEST_IMAGE", "busybox:1.37")
    manifest = MANIFEST.read_text().replace("IMAGE", image)
    subprocess.run(
        [*kubectl, "wait", "--for=create", "serviceaccount/default", "--timeout=60s"], check=True, capture_output=True
    )
    subprocess.run([*kubectl, "apply", "-f", "-"], input=manifest, text=True, check=True, capture_output=True)
    subprocess.run(
        [*kubectl, "wait", "--for=condition=Ready", "pod/debugged", "--timeout=90s"], check=True, capture_output=True
    )
    container = {
        "name": "debugger",
        "image": image,
        "command": ["sleep", "3600"],
        "targetContainerName": "app",
        "terminationMessagePolicy": "File",
    }
    patch = json.dumps({"spec": {"ephemeralContainers": [container]}})
    words = ["patch", "pod", "debugged", "--subresource", "ephemeralcontainers", "--type", "strategic", "-p", patch]
    subprocess.run([*kubectl, *words], check=True, capture_output=True)
