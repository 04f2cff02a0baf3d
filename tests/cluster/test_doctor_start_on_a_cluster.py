"""What keeps a pod from starting, and what ends it, on a real cluster: the words are the scheduler's, the kubelet's,
the runtime's and admission's own."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cluster.place import IMAGE, Json, Place

pytestmark = pytest.mark.cluster

WAITS = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"]
DEAF = ["sleep", "3600"]
OWN = uuid.uuid4().hex[:8]
REGISTRY = "localhost:31991"
"""A web server on the node's own network: for whatever is asked it answers 404, or 401 below `private`."""
PORT = 31990
"""The node's port that two pods want."""


def container(name: str = "app", **more: Any) -> Json:
    return {"name": name, "image": IMAGE, "imagePullPolicy": "IfNotPresent", "command": WAITS, **more}


def pod(name: str, *containers: Json, meta: Json | None = None, alone: bool = False, **spec: Any) -> Json:
    """A pod of these containers and, unless it is to be alone, of one that has no fault."""
    apps = [*(containers or (container(),)), *([] if alone else [container("side")])]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, **(meta or {})},
        "spec": {"terminationGracePeriodSeconds": 1, "containers": apps, **spec},
    }


def made(kind: str, name: str, api: str = "v1", **more: Any) -> Json:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name}, **more}


def asks(**requests: str) -> Json:
    return {"resources": {"requests": requests}}


def env(kind: str, name: str, key: str, **more: Any) -> Json:
    return {"env": [{"name": "COLOUR", "valueFrom": {f"{kind}KeyRef": {"name": name, "key": key, **more}}}]}


def mounting(name: str, source: Json, command: list[str] = WAITS, mode: int = 0o755, **mount: Any) -> Json:
    """A pod whose container app mounts a volume, and whose container side doesn't."""
    at = {"name": "data", "mountPath": "/data", **mount}
    if "configMap" in source:
        source = {"configMap": {"defaultMode": mode, **source["configMap"]}}
    return pod(name, container(command=command, volumeMounts=[at]), volumes=[{"name": "data", **source}])


def claiming(name: str, claim: str) -> Json:
    return mounting(name, {"persistentVolumeClaim": {"claimName": claim}})


def workload(kind: str, name: str, more: Json | None = None, **spec: Any) -> Json:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container()], **spec}}
    return made(kind, name, "apps/v1", spec={"selector": {"matchLabels": labels}, "template": template, **(more or {})})


def job(name: str, more: Json | None = None, **spec: Any) -> Json:
    template = {"spec": {"restartPolicy": "Never", "containers": [container()], **spec}}
    return made("Job", name, "batch/v1", spec={"template": template, **(more or {})})


SCRIPTS = {"interpreter": "#!/bin/nope\n", "carriage": "#!/bin/sh\r\necho\r\n", "plain": "#!/bin/sh\necho\n"}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}

AROUND: list[Json] = [
    made("ConfigMap", "settings", data={"color": "blue"}),
    made("Secret", "creds", stringData={"user": "x"}),
    made("ConfigMap", "scripts", data=SCRIPTS),
    made("ConfigMap", "registry", data={"httpd.conf": "/v2/private:user:secret\n"}),
    made("PersistentVolumeClaim", "unbound", spec={**CLAIM, "storageClassName": f"fast-{OWN}"}),
    pod(
        "registry",
        container(
            command=["httpd", "-f", "-p", "127.0.0.1:31991", "-h", "/tmp", "-c", "/conf/httpd.conf"],
            volumeMounts=[{"name": "conf", "mountPath": "/conf"}],
        ),
        alone=True,
        hostNetwork=True,
        volumes=[{"name": "conf", "configMap": {"name": "registry"}}],
    ),
    # The first keeps the node's port; the one of a higher priority, which is made later, takes it away.
    pod("holds-the-port", container(command=DEAF, ports=[{"containerPort": 80, "hostPort": PORT}]), alone=True,
        terminationGracePeriodSeconds=600),
]  # fmt: skip

NODE = "NODE"
"""Stands for the name of a node in the manifests below."""

STAGED: dict[str, tuple[Json, str, str | None, str]] = {
    # Scheduling.
    "too-large": (
        pod("too-large", container(**asks(cpu="900")), container("batch", **asks(cpu="1"))),
        "unschedulable", None, "the pod requests cpu 901 = app 900 + batch 1",
    ),
    "too-large-step": (
        pod("too-large-step", initContainers=[container("setup", **asks(memory="9000Gi"))]),
        "unschedulable", "setup", "memory 9000Gi = setup 9000Gi, while its init step setup runs",
    ),
    "no-such-label": (
        pod("no-such-label", nodeSelector={f"disk-{OWN}": "ssd"}), "unschedulable", None, f"disk-{OWN}=ssd",
    ),
    "claim-unbound": (
        claiming("claim-unbound", "unbound"), "unschedulable", None,
        f'the claim unbound (volume data, mounted by app) isn\'t bound, so no node can be chosen for the pod: '
        f'storageclass.storage.k8s.io "fast-{OWN}" not found',
    ),
    "claim-missing": (
        claiming("claim-missing", "nope"), "volume-missing", "app", "the claim nope doesn't exist; volume data of app",
    ),
    "gated": (pod("gated", schedulingGates=[{"name": "example.com/quota"}]), "scheduling-gated", None, "holds the pod"),
    "unseen": (pod("unseen", schedulerName="nobody"), "unschedulable", None, "the scheduler nobody that the pod asks"),
    # Volumes and the sandbox.
    "volume-config": (
        mounting("volume-config", {"configMap": {"name": "nope"}}), "volume-missing", "app",
        "ConfigMap nope doesn't exist; volume data of app needs it, so none of the containers is created",
    ),
    "volume-secret": (
        mounting("volume-secret", {"secret": {"secretName": "nope"}}), "volume-missing", "app", "Secret nope doesn't",
    ),
    "volume-key": (
        mounting("volume-key", {"configMap": {"name": "settings", "items": [{"key": "colour", "path": "c"}]}}),
        "volume-missing", "app", "ConfigMap settings has no key colour (it has color)",
    ),
    "host-path": (
        mounting("host-path", {"hostPath": {"path": f"/nope-{OWN}", "type": "Directory"}}),
        "volume-mount-failed", "app", "can't be mounted: hostPath type check failed",
    ),
    "csi": (
        mounting("csi", {"csi": {"driver": "csi.example.com"}}), "volume-mount-failed", "app", "csi.example.com not",
    ),
    "sandbox": (
        pod("sandbox", runtimeClassName=f"mc-{OWN}"), "sandbox-failed", None, f"knows no handler no-{OWN}",
    ),
    # Images.
    "image-not-found": (
        pod("image-not-found", container(image=f"{REGISTRY}/web:1")), "image-not-found", "app", "the registry has no",
    ),
    "image-private": (
        pod("image-private", container(image=f"{REGISTRY}/private/web:1"), imagePullSecrets=[{"name": "creds"}]),
        "image-unauthorized", "app", "the pull secret creds is of type Opaque, not kubernetes.io/dockerconfigjson",
    ),
    "image-name": (pod("image-name", container(image="Bad Name:1")), "image-invalid-name", "app", "can't be one"),
    "image-unreachable": (
        pod("image-unreachable", container(image="localhost:1/web:1")), "image-pull-failed", "app", "can't reach",
    ),
    "image-never": (
        pod("image-never", container(image=f"{REGISTRY}/never:1", imagePullPolicy="Never")),
        "image-pull-failed", "app", "imagePullPolicy Never",
    ),
    # Configuration.
    "env-config": (
        pod("env-config", container(**env("configMap", "nope", "k"))), "config-missing", "app",
        "ConfigMap nope doesn't exist; app takes its variable COLOUR from it",
    ),
    "env-secret": (
        pod("env-secret", container(envFrom=[{"secretRef": {"name": "nope"}}])), "secret-missing", "app",
        "Secret nope doesn't exist; app takes its environment (envFrom) from it",
    ),
    "env-key": (
        pod("env-key", container(**env("configMap", "settings", "colour"))), "config-key-missing", "app",
        "ConfigMap settings has no key colour (is color meant?)",
    ),
    "env-secret-key": (
        pod("env-secret-key", container(**env("secret", "creds", "pass"))), "config-key-missing", "app", "no key pass",
    ),
    "env-of-init": (
        pod("env-of-init", initContainers=[container("setup", **env("configMap", "nope", "k"))]),
        "config-missing", "setup", "setup takes its variable COLOUR from it",
    ),
    "as-root": (
        pod("as-root", container(securityContext={"runAsNonRoot": True})), "run-as-non-root", "app", "must not run",
    ),
    # The start.
    "no-command": (
        pod("no-command", container(command=["slep", "1"])), "command-not-found", "app", "slep isn't in its image",
    ),
    "no-file": (pod("no-file", container(command=["/bin/slep"])), "command-not-found", "app", "/bin/slep isn't in its"),
    "no-interpreter": (
        mounting("no-interpreter", {"configMap": {"name": "scripts"}}, ["/data/interpreter"]),
        "command-not-found", "app", "the interpreter that the first line of /data/interpreter names isn't in its image",
    ),
    "carriage-return": (
        mounting("carriage-return", {"configMap": {"name": "scripts"}}, ["/data/carriage"]),
        "command-not-found", "app", "ends with a carriage return (CRLF)",
    ),
    "not-executable": (
        mounting("not-executable", {"configMap": {"name": "scripts"}}, ["/data/plain"], 0o644),
        "command-not-found", "app", "/data/plain is a directory or may not be executed",
    ),
    "shell-finds-nothing": (
        pod("shell-finds-nothing", container(command=["sh", "-c", "echo starting; slep 1"])),
        "command-not-found", "app", "its shell finds no slep",
    ),
    "file-over-directory": (
        mounting("file-over-directory", {"configMap": {"name": "scripts"}}, subPath="plain", mountPath="/etc"),
        "start-error", "app", "a file is mounted over a directory",
    ),
    "too-little-memory": (
        pod("too-little-memory", container(resources={"limits": {"memory": "1Mi"}})),
        "start-error", "app", "its memory limit is too small for a process to start at all",
    ),
    # Ends.
    "evicted": (
        pod(
            "evicted",
            container(
                command=["sh", "-c", "dd if=/dev/zero of=/data/f bs=1M count=8; sleep 3600"],
                volumeMounts=[{"name": "data", "mountPath": "/data"}],
            ),
            volumes=[{"name": "data", "emptyDir": {"sizeLimit": "1Mi"}}],
        ),
        "evicted", "app", 'Usage of EmptyDir volume "data" exceeds the limit "1Mi"',
    ),
    "deadline": (pod("deadline", activeDeadlineSeconds=3), "deadline-exceeded", None, "longer than the 3s"),
    "refused-label": (
        pod("refused-label", nodeName=NODE, nodeSelector={f"disk-{OWN}": "ssd"}),
        "admission-refused", None, "NodeAffinity",
    ),
    "refused-cpu": (
        pod("refused-cpu", container(**asks(cpu="900")), nodeName=NODE), "admission-refused", None, "cpu 900 = app",
    ),
    "no-node": (pod("no-node", nodeName=f"ghost-{OWN}"), "node-lost", None, f"node ghost-{OWN} is gone"),
    "holds-the-port": (
        pod("takes-the-port", container(ports=[{"containerPort": 80, "hostPort": PORT}]), alone=True,
            priorityClassName=f"mc-{OWN}"),
        "preempted", None, "a pod of higher priority took its place",
    ),
    # Workloads without pods.
    "deploy/no-account": (
        workload("Deployment", "no-account", serviceAccountName="nobody"), "pods-not-created", None,
        "Deployment no-account can't make its pod: the ServiceAccount nobody doesn't exist",
    ),
    "sts/no-account": (
        workload("StatefulSet", "no-account", {"serviceName": "x"}, serviceAccountName="nobody"),
        "pods-not-created", None, "StatefulSet no-account can't make its pod",
    ),
    "job/no-account": (
        job("no-account", serviceAccountName="nobody"), "pods-not-created", None, "Job no-account can't make its pod",
    ),
    "job/late": (job("late", {"activeDeadlineSeconds": 3}), "deadline-exceeded", None, "Job late ran longer than"),
}  # fmt: skip

OPTIONAL = pod(
    "optional",
    container(
        **env("configMap", "nope", "k", optional=True), envFrom=[{"secretRef": {"name": "nope", "optional": True}}]
    ),
    volumes=[{"name": "data", "configMap": {"name": "nope", "optional": True}}],
)

LEAVING: dict[str, tuple[Json, str, str | None, str]] = {
    "held": (
        pod("held", alone=True, meta={"finalizers": ["example.com/audit"]}), "terminating-stuck", None,
        "the finalizer example.com/audit holds the deleted pod",
    ),
    "deaf": (
        pod("deaf", container(command=DEAF), terminationGracePeriodSeconds=300), "pre-stop-slow", "app",
        "app goes on",
    ),
    "hook-too-long": (
        pod(
            "hook-too-long",
            container(lifecycle={"preStop": {"exec": {"command": ["sleep", "900"]}}}),
            terminationGracePeriodSeconds=120,
        ),
        "pre-stop-slow", "app", "the preStop hook of app pauses for 900s, longer than the grace period of 120s",
    ),
    "hook-fails": (
        pod(
            "hook-fails",
            container(command=DEAF, lifecycle={"preStop": {"exec": {"command": ["nope"]}}}),
            terminationGracePeriodSeconds=300,
        ),
        "pre-stop-slow", "app", "the preStop hook of app failed",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    around = (
        made("PriorityClass", f"mc-{OWN}", "scheduling.k8s.io/v1", value=1000),
        made("RuntimeClass", f"mc-{OWN}", "node.k8s.io/v1", handler=f"no-{OWN}"),
    )
    leaving = [staged[0] for staged in LEAVING.values()]
    staged = json.dumps([*(staged[0] for staged in STAGED.values()), OPTIONAL, *leaving])
    with Place.new(*around, *AROUND, ready=["registry", "holds-the-port"]) as place:
        node = place.kubectl("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}")
        try:
            place.apply(*json.loads(staged.replace(f'"{NODE}"', json.dumps(node))))
            place.ready(*LEAVING, "optional")
            place.kubectl("delete", "pod", *LEAVING, "--wait=false")
            yield place
        finally:
            place.kubectl("patch", "pod", "held", "--type", "merge", "-p", '{"metadata":{"finalizers":null}}')
            place.kubectl("delete", f"priorityclass/mc-{OWN}", f"runtimeclass/mc-{OWN}")
            place.kubectl("delete", "pods", "--all", "--force", "--grace-period=0", "--wait=false")


def test_a_node_that_never_was_is_looked_for(place: Place) -> None:
    # Before the others: the control plane takes such a pod away after 40 seconds or more.
    place.kubectl("delete", "pod", "no-node", "--force", "--grace-period=0", "--ignore-not-found")
    place.apply(STAGED["no-node"][0])
    place.expect("no-node", *STAGED["no-node"][1:])


@pytest.mark.parametrize("target", LEAVING)
def test_what_holds_up_a_deletion_is_found(target: str, place: Place) -> None:
    place.expect(target, *LEAVING[target][1:])


@pytest.mark.parametrize("target", [target for target in STAGED if target != "no-node"])
def test_the_cause_is_found_on_the_right_container(target: str, place: Place) -> None:
    place.expect(target, *STAGED[target][1:])


def test_what_is_optional_keeps_nothing_from_starting(place: Place) -> None:
    assert place.doctor("optional") == []


@pytest.mark.parametrize(
    ("around", "words"),
    [
        (
            made("ResourceQuota", "small", spec={"hard": {"pods": "0"}}),
            "can't make its pod: the quota small is used up",
        ),
        (
            made("LimitRange", "narrow", spec={"limits": [{"type": "Container", "max": {"cpu": "500m"}}]}),
            "can't make its pod: a LimitRange forbids them",
        ),
        (None, "can't make its pod: the namespace enforces Pod Security restricted"),
    ],
    ids=["quota", "limit-range", "pod-security"],
)
def test_a_workload_that_may_not_make_its_pod_says_why(around: Json | None, words: str) -> None:
    with Place.new() as other:
        if around is not None:
            other.apply(around)
        else:
            other.kubectl("label", "namespace", other.namespace, "pod-security.kubernetes.io/enforce=restricted")
        other.apply(made("ServiceAccount", "own"))
        large = workload("Deployment", "web", serviceAccountName="own")
        large["spec"]["template"]["spec"]["containers"][0].update(asks(cpu="600m"))
        other.apply(large)
        other.expect("deploy/web", "pods-not-created", "app" if around is None else None, words)
