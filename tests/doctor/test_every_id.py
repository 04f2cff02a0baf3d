"""Every id of the catalogue has a case in which it fires, on the right container, and a near miss in which it doesn't.

The other tests of this folder have the shades of each. Ids that only manifests tell have their cases in `review`.
"""

from dataclasses import replace
from typing import Any

import pytest

from kubectl_mc.doctor.case import Case, Known, Presence
from kubectl_mc.doctor.catalogue import RUNNING
from kubectl_mc.doctor.diagnosis import diagnose
from kubectl_mc.doctor.services import ServiceCase, diagnose_service
from kubectl_mc.doctor.siblings import Workload
from kubectl_mc.doctor.workloads import WorkloadCase, diagnose_workload
from kubectl_mc.model.event import Event
from kubectl_mc.model.metrics import Usage
from tests.doctor.cases import MISSING, case, event
from tests.pods import NOW, Entry, Json, ago, container, ended, pod, running, sidecar, waiting

Spec = dict[str, Any]

WEB_PROBE: Json = {"httpGet": {"path": "/ready", "port": 8080}, "periodSeconds": 10}
PROBED: Spec = {"readinessProbe": WEB_PROBE, "ports": [{"containerPort": 8080}]}
STARTED_BY: Spec = {"startupProbe": {"tcpSocket": {"port": 8080}, "periodSeconds": 10, "failureThreshold": 6}}
HOOKED: Spec = {"lifecycle": {"postStart": {"exec": {"command": ["register"]}}}}
PAUSED: Spec = {"lifecycle": {"preStop": {"sleep": {"seconds": 60}}}}
DATA: Spec = {"volumeMounts": [{"name": "data", "mountPath": "/data"}]}
READ_ONLY: Spec = {"volumeMounts": [{"name": "data", "mountPath": "/data", "readOnly": True}]}
CONFIG: Spec = {"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "a"}}}]}
SECRET: Spec = {"envFrom": [{"secretRef": {"name": "token"}}]}
LIMITED: Spec = {"resources": {"limits": {"memory": "64Mi"}}}
BACK_OFF = waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container")
NOT_READY = {"Ready": "False", "ContainersReady": "False"}
LOST = Known(Presence.THERE, phase="NotReady")
HERE = Known(Presence.THERE, phase="Ready")


def up(name: str = "side", seconds: float = 600, **more: Any) -> Entry:
    """A container that is well."""
    return container(name, running(seconds), ready=True, started=True, **more)


def down(name: str, code: int, reason: str = "Error", **more: Any) -> Entry:
    """A container that has ended again and again."""
    return container(name, BACK_OFF, restarts=5, last=ended(code, reason), **more)


def with_side(app: Entry, *events: Event, logs: str = "", known: dict[tuple[str, str], Known] | None = None) -> Case:
    """A pod of that container, with one beside it that is well, and a volume."""
    document = pod(app, up(), conditions=NOT_READY)
    document["spec"]["volumes"] = [{"name": "data", "emptyDir": {}}]
    return case(document, *events, logs={app.spec["name"]: [logs]} if logs else {}, objects=known)


def failed(reason: str, message: str = "", *apps: Entry) -> Case:
    """A pod that has failed as a whole."""
    return case(pod(*(apps or (container("app"),)), phase="Failed", status={"reason": reason, "message": message}))


def unplaced(*, reason: str = "Unschedulable", gates: bool = False) -> Case:
    """A pod without a node."""
    said = {"status": "False", "reason": reason, "message": "0/3 nodes are available: 3 Insufficient cpu."}
    document = pod(container("app"), phase="Pending", node="", conditions={"PodScheduled": said})
    document["spec"]["schedulingGates"] = [{"name": "example.com/quota"}] if gates else []
    return case(document)


def creating(volume: Json, *events: Event, known: dict[tuple[str, str], Known] | None = None) -> Case:
    """A pod of which no container has been created."""
    document = pod(container("app", waiting("ContainerCreating"), **DATA), phase="Pending", conditions=NOT_READY)
    document["spec"]["volumes"] = [{"name": "data", **volume}]
    return case(document, *events, objects=known)


def starting(*init: Entry, logs: dict[str, list[str]] | None = None, events: tuple[Event, ...] = ()) -> Case:
    """A pod in its init sequence."""
    app = container("app", waiting("PodInitializing"))
    conditions = {"Initialized": "False", **NOT_READY}
    return case(pod(app, init=init, phase="Pending", conditions=conditions), *events, logs=logs)


def imageless(said: str, reason: str = "ImagePullBackOff") -> Case:
    message = f'Back-off pulling image "app:1": ErrImagePull: {said}' if reason == "ImagePullBackOff" else said
    return with_side(container("app", waiting(reason, message)))


def unconfigured(message: str, known: Known, **spec: Any) -> Case:
    kind = ("Secret", "token") if spec is SECRET or "envFrom" in spec else ("ConfigMap", "settings")
    app = container("app", waiting("CreateContainerConfigError", message), **spec)
    return with_side(app, known={kind: known})


def deleted(seconds_late: float, *apps: Entry, **metadata: Any) -> Case:
    document = pod(*apps, deleted=ago(seconds_late), conditions={"Ready": "True", "ContainersReady": "True"})
    document["metadata"].update({"deletionGracePeriodSeconds": 30, **metadata})
    return case(document, objects={("Node", "node-1"): HERE})


def job(*apps: Entry) -> Case:
    return case(pod(*apps, restart_policy="Never"))


def pulling(seconds: float) -> Case:
    app = container("app", waiting("ContainerCreating"))
    return with_side(app, event("Pulling", 'Pulling image "app:1"', "app", seconds=seconds, type_="Normal"))


def probed(count: int, *, ready: bool, **spec: Any) -> Case:
    app = container("app", running(3000), ready=ready, started=True, **(spec or PROBED))
    state = {"status": str(ready), "lastTransitionTime": ago(2900)}
    said = "Readiness probe failed: HTTP probe failed with statuscode: 503"
    return case(
        pod(app, up("side", ports=[{"containerPort": 8080}]), conditions={"Ready": state, "ContainersReady": state}),
        *([event("Unhealthy", said, "app", count=count)] if count else []),
    )


def killed(kind: str, saying: str) -> Case:
    spec: Spec = {f"{kind}Probe": WEB_PROBE}
    app = down("app", 137, **spec)
    return with_side(app, event("Killing", f"Container app {saying}", "app", seconds=121, type_="Normal"))


def used(mebibytes: int) -> Case:
    return case(pod(up("app", **LIMITED), up()), usage={"app": Usage(0.01, mebibytes * 2**20)})


def gated(status: str) -> Case:
    since = {"status": "True", "lastTransitionTime": ago(600)}
    conditions: dict[str, str | Json] = {"Ready": status, "ContainersReady": since, "example.com/lb": status}
    return case(pod(up("app"), gates=["example.com/lb"], conditions=conditions))


def recovered(*, by: str, line: str, seconds: float = 300) -> Case:
    """An app that was refused, and runs again; `by` is who may have refused it."""
    app = up("app", seconds - 2, restarts=1, last=ended(1, "Error", seconds=seconds))
    side = up(by, seconds + 5, ports=[{"containerPort": 9000}])
    return case(pod(app, side, conditions={"Ready": "True"}), logs={"app": [line]})


def preempted(reason: str) -> Case:
    told = {"status": "True", "reason": reason, "message": "default-scheduler: preempting"}
    return case(pod(up("app"), deleted=ago(-20), conditions={"DisruptionTarget": told}))


LOW = "The node was low on resource: memory. Container side was using 900Mi, request is 0."
SETUP = 'MountVolume.SetUp failed for volume "data" : '
SANDBOX = 'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to find plugin "cilium-cni" in path'
LOOP = ["sh", "-c", "until nc -z db 5432; do sleep 2; done"]
RETRIED = "2026-03-01 dial tcp 127.0.0.1:9000: connect: connection refused"

CASES: dict[str, tuple[Case, str, Case]] = {
    # id: a case in which it fires, the container that it names, and a near miss
    "evicted": (failed("Evicted", LOW, container("app"), container("side", ended(137))), "side", failed("Preempting")),
    "node-lost": (
        case(pod(up("app"), conditions=NOT_READY), objects={("Node", "node-1"): LOST}),
        "",
        case(pod(up("app"), conditions=NOT_READY), objects={("Node", "node-1"): HERE}),
    ),
    "deadline-exceeded": (failed("DeadlineExceeded"), "", failed("Evicted", LOW)),
    "admission-refused": (failed("OutOfcpu", "Node didn't have enough resource"), "", failed("NodePorts")),
    "preempted": (preempted("PreemptionByScheduler"), "", preempted("EvictionByEvictionAPI")),
    "terminating-stuck": (deleted(120, up("app")), "app", deleted(5, up("app"))),
    "pre-stop-slow": (deleted(-10, up("app", **PAUSED)), "app", deleted(-25, up("app", **PAUSED))),
    "unschedulable": (unplaced(), "", unplaced(reason="SchedulingGated")),
    "scheduling-gated": (unplaced(reason="SchedulingGated", gates=True), "", unplaced()),
    "volume-missing": (
        creating({"configMap": {"name": "tls"}}, known={("ConfigMap", "tls"): MISSING}),
        "app",
        creating({"configMap": {"name": "tls", "optional": True}}, known={("ConfigMap", "tls"): MISSING}),
    ),
    "volume-mount-failed": (
        creating({"nfs": {"server": "nas"}}, event("FailedMount", f"{SETUP}mount failed: exit status 32")),
        "app",
        creating({"nfs": {"server": "nas"}}, event("Scheduled", "placed", type_="Normal")),
    ),
    "sandbox-failed": (
        creating({"emptyDir": {}}, event("FailedCreatePodSandBox", SANDBOX)),
        "",
        creating({"emptyDir": {}}, event("FailedCreatePodSandBox", SANDBOX, seconds=90), event("Pulled", "", "app")),
    ),
    "init-failed": (starting(down("migrate", 1)), "migrate", starting(container("migrate", running(5)))),
    "init-stuck": (
        starting(container("wait", running(900), command=LOOP), logs={"wait": ["waiting"] * 9}),
        "wait",
        starting(container("load", running(900)), logs={"load": [f"loaded {part}" for part in range(9)]}),
    ),
    "sidecar-not-started": (
        starting(sidecar("proxy", running(300), started=False, **STARTED_BY)),
        "proxy",
        starting(sidecar("proxy", running(5), started=False, **STARTED_BY)),
    ),
    "image-not-found": (imageless("app:1: not found"), "app", imageless("unexpected status: 401 Unauthorized")),
    "image-unauthorized": (imageless("unexpected status: 401 Unauthorized"), "app", imageless("app:1: not found")),
    "image-invalid-name": (
        imageless("couldn't parse image name", "InvalidImageName"),
        "app",
        imageless("app:1: not found"),
    ),
    "image-wrong-architecture": (
        imageless("no match for platform in manifest: not found"),
        "app",
        imageless("app:1: not found"),
    ),
    "image-pull-failed": (imageless("dial tcp: lookup r: no such host"), "app", imageless("app:1: not found")),
    "image-pull-slow": (pulling(600), "app", pulling(20)),
    "config-missing": (
        unconfigured('configmap "settings" not found', MISSING, **CONFIG),
        "app",
        unconfigured("couldn't find key a in ConfigMap shop/settings", Known(Presence.THERE), **CONFIG),
    ),
    "secret-missing": (
        unconfigured('secret "token" not found', MISSING, **SECRET),
        "app",
        unconfigured('configmap "settings" not found', MISSING, **CONFIG),
    ),
    "config-key-missing": (
        unconfigured("couldn't find key a in ConfigMap shop/settings", Known(Presence.THERE), **CONFIG),
        "app",
        unconfigured('configmap "settings" not found', MISSING, **CONFIG),
    ),
    "run-as-non-root": (
        unconfigured("container has runAsNonRoot and image will run as root", HERE),
        "app",
        unconfigured("failed to sync configmap cache", HERE),
    ),
    "command-not-found": (
        with_side(container("app", waiting("RunContainerError", 'exec: "rvn": executable file not found in $PATH'))),
        "app",
        with_side(container("app", waiting("RunContainerError", "unable to find user web"))),
    ),
    "start-error": (
        with_side(container("app", waiting("RunContainerError", "unable to find user web"))),
        "app",
        with_side(container("app", waiting("ContainerCreating"))),
    ),
    "sidecar-crashloop": (
        starting(sidecar("vault", BACK_OFF, restarts=5, last=ended(2, "Error"))),
        "vault",
        starting(sidecar("vault", running(60), ready=True, started=True), container("migrate", running(5))),
    ),
    "crashloop": (with_side(down("app", 1)), "app", with_side(down("app", 0, "Completed"))),
    "exits-normally": (with_side(down("app", 0, "Completed")), "app", with_side(down("app", 1))),
    "container-failed": (job(container("app", ended(3, "Error"))), "app", job(container("app", ended(0, "Completed")))),
    "oom-killed": (
        with_side(down("app", 137, "OOMKilled", **LIMITED)),
        "app",
        with_side(down("app", 143, "OOMKilled", **LIMITED)),
    ),
    "unknown-137": (with_side(down("app", 137)), "app", killed("liveness", "failed liveness probe")),
    "stopped": (with_side(down("app", 143)), "app", deleted(-5, down("app", 143))),
    "port-conflict": (
        with_side(down("app", 1), logs="bind: address already in use: 0.0.0.0:8080"),
        "app",
        with_side(down("app", 1), logs="cannot reach port 8080"),
    ),
    "volume-permission": (
        with_side(down("app", 1, **DATA), logs="touch: /data/lock: Permission denied"),
        "app",
        with_side(down("app", 1, **DATA), logs="pq: permission denied for table orders"),
    ),
    "volume-read-only": (
        with_side(down("app", 1, **READ_ONLY), logs="open /data/out: read-only file system"),
        "app",
        with_side(down("app", 1, **READ_ONLY), logs="open /data/out: no such file or directory"),
    ),
    "post-start-failed": (
        with_side(down("app", 137, **HOOKED), event("FailedPostStartHook", "PostStartHook failed", "app")),
        "app",
        with_side(down("app", 137, **HOOKED)),
    ),
    "liveness-killed": (
        killed("liveness", "failed liveness probe, will be restarted"),
        "app",
        killed("liveness", "definition changed, will be restarted"),
    ),
    "startup-probe-failing": (
        with_side(container("app", running(300), started=False, **STARTED_BY)),
        "app",
        with_side(container("app", running(20), started=False, **STARTED_BY)),
    ),
    "readiness-probe-failing": (probed(9, ready=False), "app", probed(9, ready=True)),
    "probe-wrong-container": (
        probed(9, ready=False, readinessProbe=WEB_PROBE, ports=[{"containerPort": 9090}]),
        "app",
        probed(9, ready=False),
    ),
    "probe-flapping": (
        probed(9, ready=True),
        "app",
        probed(1, ready=True),
    ),
    "not-ready": (
        with_side(container("app", running(300), started=True)),
        "app",
        with_side(container("app", running(5), started=True)),
    ),
    "post-start-stuck": (
        with_side(
            container("app", waiting("ContainerCreating"), **HOOKED), event("Started", "", "app", seconds=90, type_="")
        ),
        "app",
        with_side(
            container("app", waiting("ContainerCreating"), **HOOKED), event("Started", "", "app", seconds=5, type_="")
        ),
    ),
    "job-held-by-sidecar": (
        job(container("work", ended(0, "Completed")), up("proxy")),
        "proxy",
        job(container("work", ended(0, "Completed")), up("second-worker")),
    ),
    "readiness-gate-unset": (gated("False"), "", gated("True")),
    "app-before-sidecar": (recovered(by="proxy", line=RETRIED), "app", recovered(by="proxy", line="no licence")),
    "resource-starved": (used(62), "app", used(40)),
    "restarted": (
        recovered(by="side", line="no licence"),
        "app",
        recovered(by="side", line="no licence", seconds=90_000),
    ),
}

QUOTA = 'Error creating: pods "web-1" is forbidden: exceeded quota: small, requested: pods=1, used: pods=4'
UNMADE = WorkloadCase(Workload("shop", "Deployment", "web"), NOW, (event("FailedCreate", QUOTA),), 2, 0)


def guilty(judged: Case, id_: str) -> set[str]:
    """The containers that are named with an id."""
    return {finding.container for finding in diagnose(judged) if finding.id == id_}


@pytest.mark.parametrize(("id_", "fires", "container"), [(id_, c[0], c[1]) for id_, c in CASES.items()], ids=CASES)
def test_it_fires_and_names_the_container(id_: str, fires: Case, container: str) -> None:
    assert guilty(fires, id_) == {container}


@pytest.mark.parametrize(("id_", "near_miss"), [(id_, cases[2]) for id_, cases in CASES.items()], ids=CASES)
def test_a_near_miss_is_silent(id_: str, near_miss: Case) -> None:
    assert guilty(near_miss, id_) == set()


def test_pods_that_cannot_be_made_are_a_workloads() -> None:
    unmade = diagnose_workload(UNMADE)

    assert unmade is not None
    assert unmade.finding.id == "pods-not-created"
    assert diagnose_workload(replace(UNMADE, there=2)) is None


def test_a_service_that_selects_nothing_is_told_with_the_nearest_labels() -> None:
    labels = {"web-1": {"app": "web", "tier": "front"}, "db-0": {"name": "postgres"}}
    finding = diagnose_service(ServiceCase("shop", "web", {"app": "wbe"}, labels)).finding

    assert (finding.id, finding.pod, finding.primary) == ("service-selects-nothing", "", True)
    assert finding.evidence == (
        "spec.selector of Service web: app=wbe",
        "nearest labels, of pod web-1: app=web,tier=front",
    )
    unlike = diagnose_service(ServiceCase("shop", "web", {"app": "wbe"}, {"db-0": labels["db-0"]})).finding
    assert unlike.evidence == ("spec.selector of Service web: app=wbe",)


def test_no_id_is_without_its_cases() -> None:
    assert {kind.id for kind in RUNNING} == CASES.keys() | {"pods-not-created", "service-selects-nothing"}


@pytest.mark.parametrize("judged", [cases[0] for cases in CASES.values()], ids=CASES)
def test_of_a_pod_at_most_one_finding_is_primary_and_it_comes_first(judged: Case) -> None:
    primary = [finding.primary for finding in diagnose(judged)]

    assert primary.count(True) <= 1
    assert True not in primary[1:]
