"""`kubectl mc doctor` where a workload has failed to make its pods, so that there is none to look at."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kubectl_mc.demo.server import RunningDemo
from tests.commands import run
from tests.log_pods import pod, started

SAID = (
    'Error creating: pods "web-x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=4, limited: pods=4'
)


@pytest.fixture
def failing(demo: RunningDemo) -> dict[str, Any]:
    """A workload that nothing in the demo makes pods for, with the event of a controller that may not."""
    controller = {
        "apiVersion": "v1",
        "kind": "ReplicationController",
        "metadata": {"name": "web", "namespace": "demo"},
        "spec": {"replicas": 2, "selector": {"app": "web"}},
    }
    made: dict[str, Any] = demo.call(demo.cluster.store.create, "replicationcontrollers", controller)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    about = {"kind": "ReplicationController", "namespace": "demo", "name": "web", "uid": made["metadata"]["uid"]}
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "web.1", "namespace": "demo"},
        "involvedObject": about,
        "type": "Warning",
        "reason": "FailedCreate",
        "message": SAID,
        "firstTimestamp": now,
        "lastTimestamp": now,
    }
    demo.call(demo.cluster.store.create, "events", event)
    return made


@pytest.mark.parametrize("words", [("rc/web",), (), ("-A",)])
@pytest.mark.usefixtures("failing")
def test_a_workload_without_pods_says_why(words: tuple[str, ...], kubeconfig: Path) -> None:
    result = run("doctor", *words, kubeconfig=kubeconfig)

    assert result.exit_code == 3
    assert result.lines[0] == "demo/replicationcontroller/web"
    assert "ReplicationController web can't make any of its 2 pods: the quota small is used up" in result.lines[1]
    assert "No pods found" not in result.err

    [finding] = json.loads(run("doctor", *words, "-o", "json", kubeconfig=kubeconfig).out)["findings"]
    assert (finding["id"], finding["pod"], finding["primary"]) == ("pods-not-created", None, True)
    assert (finding["kind"], finding["name"]) == ("ReplicationController", "web")
    assert finding["next"][0] == "kubectl describe quota small -n demo"


@pytest.mark.usefixtures("failing")
def test_a_selector_of_pods_asks_for_no_workload(kubeconfig: Path) -> None:
    assert run("doctor", "-l", "app=web", kubeconfig=kubeconfig).exit_code == 0


def test_a_workload_that_was_scaled_down_meanwhile_lacks_nothing(
    demo: RunningDemo, failing: dict[str, Any], kubeconfig: Path
) -> None:
    failing["spec"]["replicas"] = 0
    demo.call(demo.cluster.store.update, "replicationcontrollers", failing)

    assert run("doctor", kubeconfig=kubeconfig).exit_code == 0


def test_a_workload_that_is_gone_lacks_nothing(demo: RunningDemo, failing: dict[str, Any], kubeconfig: Path) -> None:
    demo.call(demo.cluster.store.delete, "replicationcontrollers", "demo", "web")

    assert failing["metadata"]["name"] == "web"
    assert run("doctor", kubeconfig=kubeconfig).exit_code == 0


def test_a_wait_that_times_out_says_why_there_are_no_pods(
    demo: RunningDemo, failing: dict[str, Any], kubeconfig: Path
) -> None:
    failing["status"] = {"observedGeneration": failing["metadata"].get("generation", 0), "replicas": 0}
    demo.call(demo.cluster.store.update, "replicationcontrollers", failing)
    result = run("wait", "rc/web", "--timeout", "0", "-o", "json", kubeconfig=kubeconfig)

    assert result.exit_code == 4, "a quota may have room again"
    cause = json.loads(result.out)["cause"]
    assert (cause["id"], cause["pod"], cause["container"]) == ("pods-not-created", None, None)
    assert "the quota small is used up" in cause["summary"]


def test_a_service_that_selects_nothing_is_a_finding_and_one_with_pods_is_none(
    demo: RunningDemo, kubeconfig: Path
) -> None:
    started(demo, pod("web", "app", labels={"app": "web"}), {})
    for name, wanted in (("typo", "wbe"), ("right", "web")):
        spec = {"selector": {"app": wanted}, "ports": [{"port": 80}]}
        service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": "demo"}, "spec": spec}
        demo.call(demo.cluster.store.create, "services", service)

    result = run("doctor", "svc/typo", "-o", "json", kubeconfig=kubeconfig)
    [finding] = json.loads(result.out)["findings"]
    assert (result.exit_code, result.err) == (3, "")
    assert (finding["id"], finding["pod"]) == ("service-selects-nothing", None)
    assert (finding["kind"], finding["name"]) == ("Service", "typo")
    assert finding["evidence"][1] == "nearest labels, of pod web: app=web"
    assert run("doctor", "svc/typo", kubeconfig=kubeconfig).lines[0] == "demo/service/typo"
    assert run("doctor", "svc/right", kubeconfig=kubeconfig).exit_code == 0


def test_a_service_of_a_workload_that_is_scaled_to_0_is_a_warning(demo: RunningDemo, kubeconfig: Path) -> None:
    labels = {"app": "web"}
    metadata = {"name": "web", "namespace": "demo"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "app", "image": "busybox:1.37"}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}
    demo.call(demo.cluster.store.create, "deployments", deployment)
    service = {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"selector": labels}}
    demo.call(demo.cluster.store.create, "services", service)

    result = run("doctor", "svc/web", kubeconfig=kubeconfig)
    assert "Service web has no pods: Deployment web, whose pods it selects, is scaled to 0" in result.lines[1]
    assert result.exit_code == 0

    woken: dict[str, Any] = demo.call(demo.cluster.store.get, "deployments", "demo", "web")
    woken["spec"]["replicas"] = 1
    demo.call(demo.cluster.store.update, "deployments", woken)
    result = run("doctor", "svc/web", "-o", "json", kubeconfig=kubeconfig)
    [finding] = json.loads(result.out)["findings"]
    assert (result.exit_code, finding["id"]) == (3, "service-selects-nothing")
    assert finding["next"] == ["kubectl mc doctor deployment/web -n demo"]
