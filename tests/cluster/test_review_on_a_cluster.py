"""What the review of manifests says that the API refuses, a real API server refuses; and it takes the near misses."""

import json
import os
import subprocess
from typing import Any

import pytest

from kubectl_mc.manifests.manifest import Manifest
from tests.doctor.review.reviewed import found, objects
from tests.doctor.review.test_rules import FIRES_AND_DOESNT

pytestmark = pytest.mark.cluster

_REFUSED = {
    "container-name-conflict",
    "host-port-conflict",
    "init-with-probe",
    "no-containers",
    "request-above-limit",
    "restart-policy",
    "selector-mismatch",
    "unknown-field",
    "volume-undefined",
    "wrong-type",
}
_CASES = [(id_, fires, silent) for id_, _, fires, silent in FIRES_AND_DOESNT if id_ in _REFUSED]
_API_VERSIONS = {"Pod": "v1", "Job": "batch/v1", "CronJob": "batch/v1"}
_GROUPED = ("Deployment", "StatefulSet")


@pytest.mark.parametrize(("id_", "fires", "silent"), _CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(_CASES)])
def test_what_the_review_calls_refused_is_refused(id_: str, fires: str, silent: str) -> None:
    assert found(fires, id_)
    assert _applied(fires).returncode != 0
    taken = _applied(silent)

    assert taken.returncode == 0, taken.stderr


def _applied(text: str) -> subprocess.CompletedProcess[str]:
    """The workload of a manifest, filled up with what a rule doesn't look at, given to the server to try."""
    [document] = [_whole(each) for each in objects(text) if each.kind in (*_API_VERSIONS, *_GROUPED)]
    return subprocess.run(
        ["kubectl", "--kubeconfig", os.environ["KUBECONFIG"], "apply", "--dry-run=server", "-f", "-"],
        input=json.dumps(document),
        text=True,
        capture_output=True,
        check=False,
    )


def _whole(manifest: Manifest) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(manifest.value))
    document["apiVersion"] = _API_VERSIONS.get(manifest.kind, "apps/v1")
    document["metadata"] = {"name": "review", **document.get("metadata", {}), "namespace": "default"}
    pod = document
    if manifest.kind != "Pod":
        pod = document["spec"]["template"]
    if manifest.kind in _GROUPED and "selector" not in document["spec"]:
        document["spec"]["selector"] = {"matchLabels": {"app": "review"}}
        pod.setdefault("metadata", {})["labels"] = {"app": "review"}
    if manifest.kind == "StatefulSet":
        document["spec"]["serviceName"] = "review"
        for claim in document["spec"].get("volumeClaimTemplates", ()):
            claim["spec"] = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    for field in ("initContainers", "containers"):
        for container in pod["spec"].get(field) or ():
            container.setdefault("image", "app:1")
    return document
