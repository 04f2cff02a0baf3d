"""The demo cluster's past: its nodes and namespaces, and each scenario planned at its time before now."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from kubectl_mc.demo.clock import rfc3339
from kubectl_mc.demo.defaults import container
from kubectl_mc.demo.owners import Owners
from kubectl_mc.demo.recorder import Recorder
from kubectl_mc.demo.scenarios import Scenario
from kubectl_mc.demo.scripts import SCRIPTS
from kubectl_mc.demo.simulation import Simulation
from kubectl_mc.demo.store import Store

Object = dict[str, Any]

NODES = ("node-1", "node-2")
NAMESPACES = ("default", "demo", "kube-system", "staging")
CLUSTER_AGE = 3600.0
CLAIM_SYNC_SECONDS = 15.0


def furnish(store: Store, now: float) -> None:
    """What every cluster has: nodes, namespaces, each with its service account and the cluster's certificate."""
    born = rfc3339(now - CLUSTER_AGE)
    for number, name in enumerate(NODES, start=1):
        store.create("nodes", _node(name, f"192.168.49.{number + 1}", born))
    for name in NAMESPACES:
        metadata = {"name": name, "creationTimestamp": born, "labels": {"kubernetes.io/metadata.name": name}}
        namespace = {"kind": "Namespace", "apiVersion": "v1", "metadata": metadata}
        store.create("namespaces", {**namespace, "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}})
        inside = {"namespace": name, "creationTimestamp": born}
        account = {"kind": "ServiceAccount", "apiVersion": "v1", "metadata": {"name": "default", **inside}}
        store.create("serviceaccounts", account)
        authority = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "kube-root-ca.crt", **inside}}
        store.create("configmaps", {**authority, "data": {"ca.crt": "not a certificate: this cluster is simulated\n"}})


def plan(simulation: Simulation, scenarios: Iterable[Scenario], now: float) -> None:
    """Put every scenario on the agenda at its time; `Simulation.catch_up` lives through it."""
    owners = simulation.owners
    for scenario in scenarios:
        at = now - scenario.minutes * 60
        simulation.plan(at, scenario.objects(), SCRIPTS.get(scenario.name, {}))
        if scenario.deleted_at is not None:
            simulation.on_agenda(now + scenario.deleted_at, partial(_delete, owners, scenario))
        if scenario.debugged_at is not None:
            simulation.on_agenda(now + scenario.debugged_at, partial(_debug, owners.store, scenario))
        if scenario.service_at is not None:
            simulation.plan(now + scenario.service_at[1], [_service(scenario.service_at[0], scenario.namespace)], {})
        for event in scenario.claim_events:
            _tell_of_claim(simulation, owners.store, scenario, event, at + 1)


def _delete(owners: Owners, scenario: Scenario, _now: float) -> None:
    pod = owners.store.find("pods", scenario.namespace, scenario.name)
    if pod is not None:
        owners.remove_pod(pod)


def _debug(store: Store, scenario: Scenario, _now: float) -> None:
    """What `kubectl debug --image=busybox:1.37 --target=… -c debugger` does."""
    pod = store.find("pods", scenario.namespace, scenario.name)
    if pod is None:
        return
    target = pod["spec"]["containers"][0]["name"]
    debugger = {"name": "debugger", "image": "busybox:1.37", "command": ["sh"], "stdin": True, "tty": True}
    spec = {**pod["spec"], "ephemeralContainers": [container({**debugger, "targetContainerName": target})]}
    store.update("pods", {**pod, "spec": spec})


def _service(name: str, namespace: str) -> Object:
    metadata = {"name": name, "namespace": namespace}
    return {"kind": "Service", "apiVersion": "v1", "metadata": metadata, "spec": {"ports": [{"port": 6379}]}}


def _tell_of_claim(
    simulation: Simulation, store: Store, scenario: Scenario, event: tuple[str, str, str, str], at: float
) -> None:
    """What the volume controller says about a claim, now and at each of its rounds."""
    claim, kind, reason, message = event
    recorder: Recorder = simulation.recorder

    def tell(now: float) -> None:
        about = store.find("persistentvolumeclaims", scenario.namespace, claim)
        if about is not None:
            component = "persistentvolume-controller"
            recorder.record(now, about, reason, message, component=component, warning=kind == "Warning")
            simulation.on_agenda(now + CLAIM_SYNC_SECONDS, tell)

    simulation.on_agenda(at, tell)


def _node(name: str, ip: str, born: str) -> Object:
    size = {"cpu": "4", "ephemeral-storage": "61255492Ki", "hugepages-2Mi": "0", "memory": "8131296Ki", "pods": "110"}
    troubles = {
        "MemoryPressure": ("KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        "DiskPressure": ("KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        "PIDPressure": ("KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        "Ready": ("KubeletReady", "kubelet is posting ready status"),
    }
    times = {"lastHeartbeatTime": born, "lastTransitionTime": born}
    labels = {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
    }
    conditions = [
        {"type": kind, "status": "True" if kind == "Ready" else "False", **times, "reason": reason, "message": message}
        for kind, (reason, message) in troubles.items()
    ]
    return {
        "kind": "Node",
        "apiVersion": "v1",
        "metadata": {"name": name, "creationTimestamp": born, "labels": labels},
        "spec": {},
        "status": {
            "capacity": size,
            "allocatable": size,
            "conditions": conditions,
            "addresses": [{"type": "InternalIP", "address": ip}, {"type": "Hostname", "address": name}],
            "nodeInfo": {
                "kubeletVersion": "v1.34.4",
                "containerRuntimeVersion": "containerd://1.7.27",
                "operatingSystem": "linux",
                "architecture": "amd64",
                "osImage": "Debian GNU/Linux 12 (bookworm)",
                "kernelVersion": "6.1.0-31-amd64",
            },
        },
    }
