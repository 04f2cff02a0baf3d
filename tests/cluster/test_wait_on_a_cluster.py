"""`kubectl mc wait` on a real cluster: rollouts, Jobs and faults as their controllers and a kubelet make them."""

import hashlib
import http.server
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.cluster.place import IMAGE, Json, Place

pytestmark = pytest.mark.cluster


@dataclass(frozen=True)
class Ended:
    """A run of this tool."""

    exit_code: int
    out: str
    err: str

    @property
    def document(self) -> Json:
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


class WaitPlace(Place):
    """With what `kubectl mc wait` comes to."""

    def waited(self, *words: str) -> Ended:
        ended = self.run("wait", *words, timeout=300)
        return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


@pytest.fixture(scope="module")
def place() -> Iterator[WaitPlace]:
    with WaitPlace.new() as place:
        yield place


_INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
_FOREIGN = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": _INDEX_TYPE,
        "manifests": [
            {
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "digest": f"sha256:{'0' * 64}",
                "size": 100,
                "platform": {"architecture": "mips64le", "os": "linux"},
            }
        ],
    }
).encode()


class _Registry(http.server.BaseHTTPRequestHandler):
    """One that has nothing but `foreign`, an image for a machine that no node is."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if self.path.startswith("/v2/foreign/manifests/"):
            self._answer(200, _INDEX_TYPE, _FOREIGN)
        else:
            body = {"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]}
            self._answer(404, "application/json", json.dumps(body).encode())

    def _answer(self, code: int, type_: str, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", type_)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Docker-Content-Digest", f"sha256:{hashlib.sha256(body).hexdigest()}")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture(scope="module")
def registry() -> Iterator[str]:
    """Its host and port, which a node on this machine can ask."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Registry) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def missing_image(registry: str) -> str:
    """An image that a registry which answers doesn't have.

    A cluster that was given an image of its own may reach no registry but the one here.
    """
    if given := os.environ.get("KUBECTL_MC_TEST_MISSING_IMAGE"):
        return given
    return f"{registry}/nothing:1" if "KUBECTL_MC_TEST_IMAGE" in os.environ else "busybox:no-such-tag"


@pytest.fixture(scope="module")
def foreign_image(registry: str) -> str:
    """An image for another architecture; KUBECTL_MC_TEST_FOREIGN_IMAGE names one for nodes on other machines."""
    return os.environ.get("KUBECTL_MC_TEST_FOREIGN_IMAGE", f"{registry}/foreign:1")


def container(name: str = "app", script: str = "sleep 3600", **more: Any) -> Json:
    return {"name": name, "image": IMAGE, "command": ["sh", "-c", script], **more}


def template(*containers: Json, app: str, **spec: Any) -> Json:
    body = {"terminationGracePeriodSeconds": 0, "containers": list(containers), **spec}
    return {"metadata": {"labels": {"app": app}}, "spec": body}


def workload(kind: str, name: str, *containers: Json, pod: Json | None = None, **spec: Any) -> Json:
    body = {
        "selector": {"matchLabels": {"app": name}},
        "template": template(*(containers or (container(),)), app=name, **(pod or {})),
        **spec,
    }
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": body}


def job(name: str, script: str, **spec: Any) -> Json:
    body = {"template": template(container(script=script), app=name, restartPolicy="Never"), **spec}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": body}


def available(place: WaitPlace, what: str) -> int:
    return int(place.kubectl("get", what, "-o", "jsonpath={.status.availableReplicas}") or 0)


def test_a_deployment_becomes_ready_step_by_step(place: WaitPlace) -> None:
    probed = container("side", readinessProbe={"exec": {"command": ["true"]}, "periodSeconds": 1})
    init = {"initContainers": [container("migrate", "sleep 1")]}
    place.apply(workload("Deployment", "web", container(), probed, pod=init, replicas=2))
    ended = place.waited("deploy/web")
    assert ended.exit_code == 0, ended
    assert available(place, "deploy/web") == 2
    assert "init migrate exited 0" in ended.out
    assert "app side ready" in ended.out
    assert ended.out.splitlines()[-1].endswith("deployment/web is ready")


def test_a_broken_image_ends_the_rollout_and_the_pods_before_it_are_no_success(
    place: WaitPlace, missing_image: str
) -> None:
    place.apply(workload("Deployment", "typo", replicas=2))
    assert place.waited("deploy/typo").exit_code == 0
    place.kubectl("set", "image", "deploy/typo", f"app={missing_image}")
    ended = place.waited("deploy/typo", "-o", "json")
    assert ended.exit_code == 3, ended
    assert available(place, "deploy/typo") == 2, "the earlier pods serve on"
    cause = ended.document["cause"]
    assert (cause["id"], cause["container"]) == ("image-not-found", "app")
    place.kubectl("rollout", "undo", "deploy/typo")
    assert place.waited("deploy/typo").exit_code == 0


def test_a_rollout_holds_only_for_the_present_template(place: WaitPlace) -> None:
    place.apply(workload("Deployment", "next", replicas=2))
    assert place.waited("deploy/next").exit_code == 0
    slow = container(readinessProbe={"exec": {"command": ["true"]}, "initialDelaySeconds": 2, "periodSeconds": 1})
    place.apply(workload("Deployment", "next", slow, replicas=2))
    assert place.waited("deploy/next", "--timeout", "0").exit_code == 4
    assert place.waited("deploy/next").exit_code == 0
    status = json.loads(place.kubectl("get", "deploy/next", "-o", "json"))["status"]
    assert (status["replicas"], status["updatedReplicas"], status["availableReplicas"]) == (2, 2, 2)


def test_a_rollout_that_does_not_go_on_ends_with_its_deadline(place: WaitPlace) -> None:
    never = container(readinessProbe={"exec": {"command": ["false"]}, "periodSeconds": 1})
    place.apply(workload("Deployment", "late", never, progressDeadlineSeconds=25))
    ended = place.waited("deploy/late")
    assert ended.exit_code == 3, ended
    assert "deployment/late has exceeded its progress deadline" in ended.err
    assert "readiness-probe-failing" in ended.out


def test_an_init_container_that_fails_again_and_again_is_given_up(place: WaitPlace) -> None:
    init = {"initContainers": [container("migrate", "echo no such table; exit 3")]}
    place.apply(workload("Deployment", "init", pod=init))
    ended = place.waited("deploy/init", "--for", "initialized", "--patience", "2", "-o", "json")
    assert ended.exit_code == 3, ended
    assert ended.document["cause"]["id"] == "init-failed"
    assert ended.document["cause"]["container"] == "migrate"


def test_jobs_are_done_or_have_failed(place: WaitPlace) -> None:
    place.apply(job("good", "sleep 1"))
    place.apply(job("bad", "echo boom; exit 7", backoffLimit=0))
    good = place.waited("job/good", "--for", "done")
    assert good.exit_code == 0, good
    bad = place.waited("job/bad", "--for", "done", "-o", "json")
    assert bad.exit_code == 3, bad
    assert bad.document["why"].startswith("job/bad has failed: BackoffLimitExceeded")
    assert bad.document["cause"]["container"] == "app"


def test_at_the_timeout_what_is_missing_is_said(place: WaitPlace) -> None:
    never = container(readinessProbe={"exec": {"command": ["false"]}, "periodSeconds": 1})
    place.apply(workload("StatefulSet", "db", never, serviceName="db"))
    place.kubectl("wait", "--for=create", "pod/db-0", "--timeout=60s")
    place.wait("db-0", ".status.phase", "Running")
    ended = place.waited("sts/db", "--timeout", "8s")
    assert ended.exit_code == 4, ended
    assert "  pod/db-0 app: running, and has not passed its readiness probe" in ended.out
    assert "error: timed out after 8s: statefulset/db: not ready" in ended.err


def test_a_stateful_set_holds_when_its_partition_is_of_the_present_template(place: WaitPlace) -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
    fields: Json = {"serviceName": "part", "replicas": 2, "updateStrategy": strategy}
    place.apply(workload("StatefulSet", "part", **fields))
    assert place.waited("sts/part").exit_code == 0
    place.apply(workload("StatefulSet", "part", container(env=[{"name": "NEW", "value": "1"}]), **fields))
    ended = place.waited("sts/part")
    assert ended.exit_code == 0, ended
    assert "partition keeps pods below ordinal 1" in ended.out
    status = json.loads(place.kubectl("get", "sts/part", "-o", "json"))["status"]
    assert (status["updatedReplicas"], status["readyReplicas"]) == (1, 2)


def test_a_daemon_set_holds_when_each_node_runs_the_present_template(place: WaitPlace) -> None:
    place.apply(workload("DaemonSet", "agent"))
    assert place.waited("ds/agent").exit_code == 0
    place.apply(workload("DaemonSet", "agent", container(env=[{"name": "NEW", "value": "1"}])))
    assert place.waited("ds/agent").exit_code == 0
    status = json.loads(place.kubectl("get", "ds/agent", "-o", "json"))["status"]
    assert status["updatedNumberScheduled"] == status["numberAvailable"] == status["desiredNumberScheduled"]


def test_a_paused_rollout_is_not_waited_for(place: WaitPlace) -> None:
    place.apply(workload("Deployment", "paused"))
    assert place.waited("deploy/paused").exit_code == 0
    place.kubectl("rollout", "pause", "deploy/paused")
    assert place.waited("deploy/paused").exit_code == 0, "nothing is left to roll out"
    place.kubectl("set", "env", "deploy/paused", "NEW=1")
    ended = place.waited("deploy/paused")
    assert ended.exit_code == 3, ended
    assert "the rollout of deployment/paused is paused" in ended.err


def test_a_secret_that_comes_late_is_waited_for_and_one_that_does_not_come_ends_the_wait(place: WaitPlace) -> None:
    secret = [{"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "token", "key": "it"}}}]
    place.apply(workload("Deployment", "secret", container(env=secret)))
    ended = place.waited("deploy/secret", "-o", "json")
    assert ended.exit_code == 3, ended
    assert ended.document["cause"]["id"] == "secret-missing"
    place.kubectl("create", "secret", "generic", "token", "--from-literal=it=x")
    assert place.waited("deploy/secret").exit_code == 0


def test_a_pod_that_no_node_takes_is_waited_for_and_said(place: WaitPlace) -> None:
    place.apply(workload("Deployment", "big", container(resources={"requests": {"cpu": "900"}})))
    ended = place.waited("deploy/big", "--timeout", "4s", "-o", "json")
    assert ended.exit_code == 4, ended
    assert "fits on no node" in ended.err
    assert ended.document["cause"]["id"] == "unschedulable"


def test_scaled_to_zero_there_is_nothing_to_wait_for(place: WaitPlace) -> None:
    place.apply(workload("Deployment", "none", replicas=0))
    ended = place.waited("deploy/none", "-o", "json")
    assert ended.exit_code == 0, ended
    [target] = ended.document["targets"]
    assert target["notes"] == ["deployment/none: it is scaled to 0, so there is nothing to wait for"]


def test_an_image_for_another_architecture_is_not_waited_for(place: WaitPlace, foreign_image: str) -> None:
    place.apply(workload("Deployment", "foreign", container(image=foreign_image)))
    ended = place.waited("deploy/foreign", "-o", "json")
    assert ended.exit_code == 3, ended
    assert ended.document["cause"]["id"] == "image-wrong-architecture"


def without_an_account(kind: str) -> Json:
    """Something whose pods nobody may make, since they are to run as an account that doesn't exist."""
    name = f"no-account-{kind.lower()}"
    more: Json = {"serviceName": "x"} if kind == "StatefulSet" else {}
    made = job(name, "true") if kind == "Job" else workload(kind, name, **more)
    made["spec"]["template"]["spec"]["serviceAccountName"] = "nobody"
    return made


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "Job"])
def test_pods_that_are_refused_again_and_again_are_not_waited_for(kind: str, place: WaitPlace) -> None:
    made = without_an_account(kind)
    place.apply(made)
    ended = place.waited(f"{kind.lower()}/{made['metadata']['name']}", "--timeout", "2m", "-o", "json")
    assert ended.exit_code == 3, ended
    cause = ended.document["cause"]
    assert (cause["id"], cause["pod"]) == ("pods-not-created", None)
    assert cause["summary"].endswith("can't make its pod: the ServiceAccount nobody doesn't exist")


def test_an_account_that_comes_late_is_waited_for(place: WaitPlace) -> None:
    made = workload("Deployment", "late-account", pod={"serviceAccountName": "late"})
    place.apply(made)
    assert place.waited("deploy/late-account", "--timeout", "4s").exit_code == 4
    place.kubectl("create", "serviceaccount", "late")
    assert place.waited("deploy/late-account").exit_code == 0


def test_a_quota_is_waited_for_and_said(place: WaitPlace) -> None:
    spec = {"hard": {"requests.cpu": "10m"}}
    place.apply({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"}, "spec": spec})
    try:
        place.apply(workload("Deployment", "quota", container(resources={"requests": {"cpu": "20m"}})))
        ended = place.waited("deploy/quota", "--timeout", "6s", "-o", "json")
    finally:
        place.kubectl("delete", "resourcequota", "small")
    assert ended.exit_code == 4, ended
    assert "the quota small is used up" in ended.document["cause"]["summary"]


def test_pod_security_is_not_waited_for() -> None:
    with WaitPlace.new() as strict:
        strict.kubectl("label", "namespace", strict.namespace, "pod-security.kubernetes.io/enforce=restricted")
        strict.apply(workload("Deployment", "web"))
        ended = strict.waited("deploy/web", "--timeout", "2m", "-o", "json")
        assert ended.exit_code == 3, ended
        assert ended.document["cause"]["container"] == "app"
        assert "enforces Pod Security restricted" in ended.document["cause"]["summary"]
