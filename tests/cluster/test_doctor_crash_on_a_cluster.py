"""`kubectl mc doctor` on containers that really end: by themselves, by the kernel, by a hook, over a port or a file."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cluster.place import IMAGE, Json, Place
from tests.contract.conftest import eventually

pytestmark = pytest.mark.cluster

HOST_PORT = 18_431
SMALL = {"limits": {"memory": "16Mi"}}


def container(name: str, script: str, **more: Any) -> Json:
    return {"name": name, "image": IMAGE, "command": ["sh", "-c", script], **more}


def sidecar(name: str, script: str, **more: Any) -> Json:
    return container(name, script, restartPolicy="Always", **more)


def pod(name: str, *apps: Json, init: tuple[Json, ...] = (), **spec: Any) -> Json:
    whole = {"terminationGracePeriodSeconds": 1, "initContainers": list(init), "containers": list(apps), **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": whole}


def listens(port: int) -> Json:
    return {"ports": [{"containerPort": port}]}


def on(path: str, **more: Any) -> Json:
    return {"volumeMounts": [{"name": "data", "mountPath": path, **more}]}


APP = container("app", "sleep 3600")
SIDE = container("side", "sleep 3600")
DATA = [{"name": "data", "emptyDir": {}}]
USER = {"securityContext": {"runAsUser": 1000}}
MIGRATE = container("migrate", "echo connecting; echo 'error: table orders does not exist' >&2; exit 1")

PODS = [
    pod("init-failed", APP, init=(container("first", "true"), MIGRATE)),
    pod("init-failed-for-good", APP, init=(sidecar("proxy", "sleep 3600"), MIGRATE), restartPolicy="Never"),
    pod("crashloop", container("app", "echo 'panic: no licence'; echo 'goroutine 1 [running]:'; exit 2"), SIDE),
    pod("message", container("app", "echo noise; echo 'no key in /etc/tls' >/dev/termination-log; exit 1")),
    pod("sidecar-crashloop", APP, init=(sidecar("vault", "sleep 1; echo 'token expired'; exit 2"),)),
    pod("exits-normally", container("app", "echo imported 12 rows")),
    pod("background", container("app", "httpd -p 8080")),
    pod("container-failed", container("app", "echo no input >&2; exit 3"), restartPolicy="Never"),
    pod("oom", container("hog", "sleep 1; exec tail /dev/zero", resources=SMALL), APP),
    pod("oom-child", container("boss", "sleep 1; tail /dev/zero; exit 1", resources=SMALL)),
    pod("oom-init", APP, init=(container("load", "sleep 1; exec tail /dev/zero", resources=SMALL),)),
    pod("killed", container("app", "sleep 1; sh -c 'kill -9 $$$$'; exit $?")),
    pod("stopped", container("app", "sleep 1; sh -c 'kill $$$$'; exit $?")),
    pod("segfault", container("app", "sleep 1; sh -c 'kill -SEGV $$$$'; exit $?")),
    pod("abort", container("app", "sleep 1; sh -c 'kill -ABRT $$$$'; exit $?")),
    pod(
        "port-conflict",
        container("webapp", "exec httpd -f -p 8080", **listens(8080)),
        container("admin", "sleep 1; exec httpd -f -p 8080"),
    ),
    pod(
        "port-conflict-init",
        APP,
        init=(sidecar("proxy", "exec httpd -f -p 8080"), container("migrate", "sleep 1; exec httpd -f -p 8080")),
    ),
    pod("port-twice", container("app", "httpd -p 8080; exec httpd -f -p 8080")),
    pod("port-of-the-node", container("app", "exec httpd -f -p 10250"), hostNetwork=True),
    pod("port-declared", container("a", "sleep 3600", **listens(80)), container("b", "sleep 3600", **listens(80))),
    pod(
        "volume-permission",
        container("app", "touch /data/up/.lock", **on("/data"), **USER),
        init=(container("seed", "mkdir -m 700 /data/up", **on("/data")),),
        volumes=DATA,
    ),
    pod(
        "volume-read-only",
        container("writer", "echo x > /data/out", **on("/data", readOnly=True)),
        container("reader", "sleep 3600", **on("/in")),
        volumes=DATA,
    ),
    pod(
        "config-read-only",
        container("app", "echo x > /etc/app/own", **on("/etc/app")),
        volumes=[{"name": "data", "configMap": {"name": "kube-root-ca.crt"}}],
    ),
    pod("root-read-only", container("app", "echo x > /var/own", securityContext={"readOnlyRootFilesystem": True})),
    pod(
        "post-start-failed",
        container("app", "sleep 3600", lifecycle={"postStart": {"exec": {"command": ["sh", "-c", "exit 4"]}}}),
        container("behind", "sleep 3600"),
    ),
    pod(
        "blamed",
        container("app", "wget -q -O- http://127.0.0.1:9000/ || exit 3"),
        container("proxy", "sleep 1; echo 'fatal: no certificate'; exit 2", **listens(9000)),
    ),
    pod(
        "early",
        container("app", "wget -O- 127.0.0.1:9000 2>&1 | tee /tmp/o; grep -q refused /tmp/o && exit 3; sleep 3600"),
        init=(sidecar("proxy", "sleep 20; exec httpd -f -p 9000", **listens(9000)),),
    ),
    pod(
        "restarted",
        container("app", "[ -e /data/tried ] && exec sleep 3600; touch /data/tried; exit 4", **on("/data")),
        SIDE,
        volumes=DATA,
    ),
    pod("host-port", container("app", "sleep 3600", ports=[{"containerPort": 80, "hostPort": HOST_PORT}])),
    pod(
        "well",
        container("app", "exec httpd -f -p 8080", **listens(8080), **on("/data")),
        container("side", "echo 'error: permission denied, connection refused'; sleep 3600", **on("/data")),
        volumes=DATA,
    ),
]  # fmt: skip

CAUSES = [
    ("init-failed", "migrate", "init-failed", "init step 2 of 2, migrate,"),
    ("init-failed", "migrate", "init-failed", ": error: table orders does not exist; app has not started"),
    ("init-failed-for-good", "migrate", "init-failed", "; app has not started; the pod has Failed"),
    ("crashloop", "app", "crashloop", ": panic: no licence"),
    ("message", "app", "crashloop", ": no key in /etc/tls"),
    ("sidecar-crashloop", "vault", "sidecar-crashloop", "sidecar vault"),
    ("exits-normally", "app", "exits-normally", "ends without an error (exit 0)"),
    ("background", "app", "exits-normally", "httpd goes on in the background"),
    ("container-failed", "app", "container-failed", ": no input; the pod has Failed"),
    ("oom", "hog", "oom-killed", "hog was killed at its memory limit of 16Mi"),
    ("oom-child", "boss", "oom-killed", "at its memory limit of 16Mi"),
    ("oom-init", "load", "oom-killed", "init step 1 of 1, load, was killed at its memory limit of 16Mi"),
    ("killed", "app", "unknown-137", "nothing says by whom"),
    ("stopped", "app", "stopped", "was stopped on request"),
    ("segfault", "app", "crashloop", "SIGSEGV (a segmentation fault)"),
    ("abort", "app", "crashloop", "SIGABRT (it aborted by itself)"),
    ("port-conflict", "admin", "port-conflict", "admin wants port 8080, on which webapp listens"),
    ("port-conflict-init", "migrate", "port-conflict", "wants port 8080, on which sidecar proxy listens"),
    ("port-twice", "app", "port-conflict", "app wants port 8080, which is taken"),
    ("port-of-the-node", "app", "port-conflict", "port 10250, which something else has on node"),
    ("port-declared", "b", "port-conflict", "a and b declare port 80/TCP"),
    ("volume-permission", "app", "volume-permission", "/data/up/.lock of volume data as uid 1000, where seed writes"),
    ("volume-read-only", "writer", "volume-read-only", "reader has it writable"),
    ("config-read-only", "app", "volume-read-only", "a ConfigMap is always read-only"),
    ("root-read-only", "app", "volume-read-only", "mount an emptyDir at /var"),
    ("post-start-failed", "app", "post-start-failed", "the postStart hook of app fails"),
    ("blamed", "proxy", "crashloop", ": fatal: no certificate"),
    ("early", "app", "app-before-sidecar", "app started before proxy listened on port 9000"),
    ("restarted", "app", "restarted", "app has recovered: it ended with exit 4"),
    ("turned-away", "app", "port-conflict", f"host port {HOST_PORT} of app is taken there by another pod"),
]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with Place.new(*PODS, ready=["host-port"]) as place:
        node = place.kubectl("get", "pod", "host-port", "-o", "jsonpath={.spec.nodeName}")
        # Past the scheduler, which would not place it.
        late = pod("turned-away", container("app", "true", ports=[{"containerPort": 80, "hostPort": HOST_PORT}]))
        late["spec"]["nodeName"] = node
        place.apply(late)
        yield place


@pytest.mark.parametrize(("name", "guilty", "cause", "words"), CAUSES)
def test_the_cause_is_named_with_its_container(place: Place, name: str, guilty: str, cause: str, words: str) -> None:
    found = place.expect(name, cause, guilty, words)
    assert found["primary"] is (found["severity"] == "error")
    assert found["evidence"]
    assert found["next"]


def test_who_is_refused_by_the_guilty_one_is_its_consequence(place: Place) -> None:
    def check() -> None:
        found = place.doctor("blamed")
        assert [finding["container"] for finding in found] == ["proxy"]
        assert any("(port 9000 is proxy's)" in words for words in found[0]["consequences"])

    eventually(check)


def test_a_pod_that_is_well_has_no_cause_whatever_it_writes(place: Place) -> None:
    place.ready("well")
    assert place.doctor("well") == []
