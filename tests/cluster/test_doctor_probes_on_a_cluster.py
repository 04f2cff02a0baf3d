"""Containers that run and are not as they should be, on a real cluster: a real kubelet probes, kills and tells."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cluster.place import IMAGE, Json, Place
from tests.commands import run
from tests.contract.conftest import eventually

pytestmark = pytest.mark.cluster

WAITS = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"]
SERVES = ["sh", "-c", "touch /tmp/index.html; exec httpd -f -p 8080 -h /tmp"]
OFTEN: dict[str, Any] = {"periodSeconds": 2, "failureThreshold": 2}


def container(name: str, **more: Any) -> Json:
    return {"name": name, "image": IMAGE, "command": WAITS, **more}


def sidecar(name: str, **more: Any) -> Json:
    return container(name, restartPolicy="Always", **more)


def http(port: int | str, path: str = "/", **more: Any) -> Json:
    return {"httpGet": {"path": path, "port": port, **more}, **OFTEN}


def command(script: str, **more: Any) -> Json:
    return {"exec": {"command": ["sh", "-c", script]}, **OFTEN, **more}


def pod(name: str, *containers: Json, kind: str = "Pod", **spec: Any) -> Json:
    body = {"terminationGracePeriodSeconds": 0, "containers": list(containers), **spec}
    if kind == "Job":
        template = {"spec": {"restartPolicy": "Never", **body}}
        return {"apiVersion": "batch/v1", "kind": kind, "metadata": {"name": name}, "spec": {"template": template}}
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, "spec": body}


SIDE = container("side")
STATUS_PORT = [{"name": "status", "containerPort": 8080}]
GATE = "target-health.elbv2.k8s.aws/k8s-shop"
LEFT_ALONE = "sleep 5; rm /tmp/alive; echo waiting for lock; sleep 3600"

STAGED: dict[str, tuple[Json, str, str | None, str]] = {
    "answers-404": (
        pod("answers-404", container("web", command=SERVES, readinessProbe=http(8080, "/ready")), SIDE),
        "readiness-probe-failing", "web", "web answers 404 on :8080/ready",
    ),
    "refused": (
        pod("refused", container("web", readinessProbe=http(9090)), SIDE),
        "readiness-probe-failing", "web", "web refuses connections on :9090, where nothing listens",
    ),
    "refused-socket": (
        pod("refused-socket", container("web", readinessProbe={"tcpSocket": {"port": 6379}, **OFTEN})),
        "readiness-probe-failing", "web", "web refuses connections on :6379",
    ),
    "asks-the-node": (
        pod("asks-the-node", container("web", readinessProbe=http(9090, host="127.0.0.1"))),
        "readiness-probe-failing", "web", "web has a readiness probe that asks 127.0.0.1:9090, which is the node",
    ),
    "no-tls": (
        pod("no-tls", container("web", command=SERVES, readinessProbe=http(8080, scheme="HTTPS"))),
        "readiness-probe-failing", "web", "web speaks HTTP on :8080, and its readiness probe HTTPS",
    ),
    "fails-command": (
        pod("fails-command", container("web", readinessProbe=command("echo no leader; exit 1"))),
        "readiness-probe-failing", "web", 'web fails its readiness probe\'s command ("no leader")',
    ),
    "slow-command": (
        pod("slow-command", container("web", readinessProbe=command("sleep 10"))),
        "readiness-probe-failing", "web", "web takes longer than 1s for its readiness probe's command",
    ),
    "no-program": (
        pod("no-program", container("web", readinessProbe={"exec": {"command": ["curl-of-nobody"]}, **OFTEN})),
        "readiness-probe-failing", "web", "web has no curl-of-nobody in its image, which its readiness probe runs",
    ),
    "grpc": (
        pod("grpc", container("web", readinessProbe={"grpc": {"port": 9000}, **OFTEN})),
        "readiness-probe-failing", "web", "web does not answer on :9000 within 1s",
    ),
    "siblings-port": (
        pod(
            "siblings-port",
            container("app", readinessProbe=http(8080, "/ready")),
            container("proxy", command=SERVES, ports=STATUS_PORT),
        ),
        "probe-wrong-container", "app", "app's readiness probe asks port 8080, which is proxy's",
    ),
    "siblings-port-name": (
        pod(
            "siblings-port-name",
            container("app", readinessProbe=http("status")),
            container("proxy", command=SERVES, ports=STATUS_PORT),
        ),
        "probe-wrong-container", "app", "app's readiness probe asks port status, which only proxy declares",
    ),
    "hangs": (
        pod(
            "hangs",
            container("worker", command=["sh", "-c", f"touch /tmp/alive; {LEFT_ALONE}"],
                      livenessProbe=command("cat /tmp/alive")),
            SIDE,
        ),
        "liveness-killed", "worker", "worker fails its liveness probe's command",
    ),
    "never-starts": (
        pod("never-starts", container("api", startupProbe=http(8080))),
        "startup-probe-failing", "api", "api has not passed its startup probe within the 4s that it is given",
    ),
    "slow-start": (
        pod("slow-start", container("api", startupProbe=http(8080) | {"failureThreshold": 20})),
        "startup-probe-failing", "api", "api has not passed its startup probe ",
    ),
    "gate-probe": (
        pod(
            "gate-probe", container("app"),
            initContainers=[
                sidecar("proxy", startupProbe=command("cat /synced", failureThreshold=300)), container("after"),
            ],
        ),
        "sidecar-not-started", "proxy", "sidecar proxy has not passed its startup probe for ",
    ),
    "gate-hook": (
        pod(
            "gate-hook", container("app"),
            initContainers=[sidecar("proxy", lifecycle={"postStart": {"exec": {"command": ["sleep", "600"]}}})],
        ),
        "sidecar-not-started", "proxy", "proxy was started ",
    ),
    "hook": (
        pod("hook", container("app", lifecycle={"postStart": {"exec": {"command": ["sleep", "600"]}}}), SIDE),
        "post-start-stuck", "app", "app was started ",
    ),
    "waits": (
        pod(
            "waits", container("app"),
            initContainers=[
                container("wait-db", command=["sh", "-c", "until test -e /db; do echo waiting for db; sleep 1; done"])
            ],
        ),
        "init-stuck", "wait-db", "wait-db has run for ",
    ),
    "waits-for-later": (
        pod(
            "waits-for-later", container("app", ports=[{"containerPort": 8080}]),
            initContainers=[
                container("first", command=["sh", "-c", "until nc -z localhost 8080; do sleep 1; done"])
            ],
        ),
        "init-stuck", "first", "first waits for localhost:8080, on which app listens, which starts only after it",
    ),
    "gated": (
        pod("gated", container("app"), readinessGates=[{"conditionType": GATE}]),
        "readiness-gate-unset", None, "all containers have been ready",
    ),
    "held": (
        pod("held", container("report", command=["true"]), container("proxy"), kind="Job"),
        "job-held-by-sidecar", "proxy", "report finished ",
    ),
    "nearly-full": (
        pod(
            "nearly-full",
            container(
                "app",
                command=["sh", "-c", "dd if=/dev/zero of=/dev/shm/x bs=1M count=30; sleep 3600"],
                resources={"limits": {"memory": "32Mi"}},
            ),
        ),
        "resource-starved", "app", "app uses ",
    ),
}  # fmt: skip
"""What is applied, and what is to be found: the id, the guilty container, how the sentence begins."""

WELL = [
    pod("well", container("app", command=SERVES, readinessProbe=http("status"), ports=STATUS_PORT), SIDE),
    pod("well-after-a-while", container("app", command=["sh", "-c", f"sleep 3; {SERVES[-1]}"],
                                        startupProbe=http(8080) | {"failureThreshold": 60})),
]  # fmt: skip


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """With all of them."""
    items = (*(staged[0] for staged in STAGED.values()), *WELL)
    with Place.new(*items, ready=["well", "well-after-a-while"]) as place:
        yield place


@pytest.mark.parametrize("name", STAGED)
def test_the_cause_is_found_on_the_right_container(name: str, place: Place) -> None:
    document, id_, guilty, words = STAGED[name]
    target = f"job/{name}" if document["kind"] == "Job" else name
    assert place.expect(target, id_, guilty, words)["summary"].startswith(words)


@pytest.mark.parametrize("name", ["well", "well-after-a-while"])
def test_what_is_well_stays_silent(name: str, place: Place) -> None:
    result = run("doctor", name, "-n", place.namespace, kubeconfig=place.kubeconfig)

    assert (result.exit_code, result.err) == (0, "")
    assert "  well: " in result.out


def test_a_rollout_that_fails_is_told_by_its_new_replicaset(place: Place) -> None:
    def apply(path: str) -> None:
        labels = {"app": "shop"}
        web = container("web", command=SERVES, readinessProbe=http(8080, path))
        template = {"metadata": {"labels": labels}, "spec": pod("", web)["spec"]}
        strategy = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
        spec = {"replicas": 2, "selector": {"matchLabels": labels}, "strategy": strategy, "template": template}
        deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "shop"}, "spec": spec}
        place.apply(deployment)

    apply("/")
    place.kubectl("rollout", "status", "deployment/shop", "--timeout=120s")
    apply("/not-there")

    def check() -> None:
        found = place.doctor("deploy/shop")
        assert [each["summary"][:34] for each in found] == ["web answers 404 on :8080/not-there"]
        assert found[0]["spread"].startswith("1 of 3 pods, only in the new ReplicaSet shop-")

    eventually(check)
