"""The controllers of pods that are to run for ever: Deployment, ReplicaSet, StatefulSet and DaemonSet."""

from __future__ import annotations

from typing import Any

from kubectl_mc.demo.clock import rfc3339
from kubectl_mc.demo.owners import Object, Owners, is_ready, owner_reference, template_hash


def reconcile_deployment(owners: Owners, deployment: Object) -> None:
    """One ReplicaSet of the current template; its counts become the Deployment's."""
    meta, spec = deployment["metadata"], deployment["spec"]
    digest = template_hash(spec["template"])
    name = f"{meta['name']}-{digest}"
    replicas = spec.get("replicas", 1)
    current = owners.store.find("replicasets", meta["namespace"], name)
    for old in owners.dependents("replicasets", deployment):
        if old["metadata"]["name"] != name and old["spec"]["replicas"]:
            _scale(owners, deployment, old, 0)
    if current is None:
        owners.store.create("replicasets", _replica_set(deployment, name, digest, replicas))
        _say_scaled(owners, deployment, name, "up", 0, replicas)
        return
    if current["spec"]["replicas"] != replicas:
        current = _scale(owners, deployment, current, replicas)
    counts = current.get("status", {})
    ready = counts.get("readyReplicas", 0)
    status: Object = {"observedGeneration": meta["generation"], "replicas": counts.get("replicas", 0)}
    status["updatedReplicas"] = status["replicas"]
    if ready:
        status |= {"readyReplicas": ready, "availableReplicas": ready}
    if ready < replicas:
        status["unavailableReplicas"] = replicas - ready
    status["conditions"] = _deployment_conditions(owners.clock.now(), deployment, name, ready, replicas)
    owners.write_status("deployments", deployment, status)


def reconcile_replica_set(owners: Owners, replica_set: Object) -> None:
    """As many pods as asked for."""
    meta, wanted = replica_set["metadata"], replica_set["spec"].get("replicas", 1)
    active = owners.active_pods(replica_set)
    for _ in range(wanted - len(active)):
        labels = {"pod-template-hash": meta["labels"]["pod-template-hash"]} if "labels" in meta else {}
        pod = owners.make_pod(replica_set, labels)
        said = f"Created pod: {pod['metadata']['name']}"
        owners.event(replica_set, "replicaset-controller", "SuccessfulCreate", said)
    for pod in active[wanted:]:
        owners.remove_pod(pod)
        said = f"Deleted pod: {pod['metadata']['name']}"
        owners.event(replica_set, "replicaset-controller", "SuccessfulDelete", said)
    active = owners.active_pods(replica_set)
    ready = sum(map(is_ready, active))
    status = {"replicas": len(active), "fullyLabeledReplicas": len(active), "observedGeneration": meta["generation"]}
    if ready:
        status |= {"readyReplicas": ready, "availableReplicas": ready}
    owners.write_status("replicasets", replica_set, status)


def reconcile_stateful_set(owners: Owners, stateful_set: Object) -> None:
    """Pods with ordinals: each made when the one before it is ready, or all at once where the policy is Parallel.

    They go from the highest ordinal down, one by one unless in parallel (`stateful_set_control.go`).
    """
    meta, spec = stateful_set["metadata"], stateful_set["spec"]
    wanted = spec.get("replicas", 1)
    revision = f"{meta['name']}-{template_hash(spec['template'])}"
    in_order = spec.get("podManagementPolicy") != "Parallel"
    pods = {pod["metadata"]["name"]: pod for pod in owners.dependents("pods", stateful_set)}
    for ordinal in range(wanted):
        name = f"{meta['name']}-{ordinal}"
        if name in pods:
            if in_order and not is_ready(pods[name]):
                break
            continue
        labels = {
            "apps.kubernetes.io/pod-index": str(ordinal),
            "controller-revision-hash": revision,
            "statefulset.kubernetes.io/pod-name": name,
        }
        owners.make_pod(stateful_set, labels, {"hostname": name, "subdomain": spec.get("serviceName", "")}, name)
        said = f"create Pod {name} in StatefulSet {meta['name']} successful"
        owners.event(stateful_set, "statefulset-controller", "SuccessfulCreate", said)
        if in_order:
            break
    for pod in sorted(pods.values(), key=_ordinal, reverse=True):
        if _ordinal(pod) < wanted:
            break
        if not pod["metadata"].get("deletionTimestamp"):
            owners.remove_pod(pod)
            said = f"delete Pod {pod['metadata']['name']} in StatefulSet {meta['name']} successful"
            owners.event(stateful_set, "statefulset-controller", "SuccessfulDelete", said)
        if in_order:
            break
    held = owners.dependents("pods", stateful_set)
    ready = sum(map(is_ready, held))
    status = {
        "observedGeneration": meta["generation"],
        "replicas": len(held),
        **({"readyReplicas": ready} if ready else {}),
        "currentReplicas": len(held),
        "updatedReplicas": len(held),
        "currentRevision": revision,
        "updateRevision": revision,
        "collisionCount": 0,
        "availableReplicas": ready,
    }
    owners.write_status("statefulsets", stateful_set, status)


def reconcile_daemon_set(owners: Owners, daemon_set: Object) -> None:
    """One pod on each node."""
    meta, spec = daemon_set["metadata"], daemon_set["spec"]
    nodes = [node["metadata"]["name"] for node in owners.store.list("nodes")]
    pods = owners.dependents("pods", daemon_set)
    served = {_pinned_node(pod) for pod in pods}
    labels = {"controller-revision-hash": template_hash(spec["template"]), "pod-template-generation": "1"}
    for node in nodes:
        if node not in served:
            placed = {"affinity": _pinned_to(node), "tolerations": _STAYS}
            pod = owners.make_pod(daemon_set, labels, placed)
            said = f"Created pod: {pod['metadata']['name']}"
            owners.event(daemon_set, "daemonset-controller", "SuccessfulCreate", said)
    held = owners.dependents("pods", daemon_set)
    ready = sum(map(is_ready, held))
    status = {
        "currentNumberScheduled": len(held),
        "numberMisscheduled": 0,
        "desiredNumberScheduled": len(nodes),
        "numberReady": ready,
        "observedGeneration": meta["generation"],
        "updatedNumberScheduled": len(held),
        **({"numberAvailable": ready} if ready else {}),
        **({"numberUnavailable": len(nodes) - ready} if ready < len(nodes) else {}),
    }
    owners.write_status("daemonsets", daemon_set, status)


def _ordinal(pod: Object) -> int:
    """The number at the end of the name of a StatefulSet's pod."""
    return int(pod["metadata"]["name"].rpartition("-")[2])


_STAYS = [
    {"key": f"node.kubernetes.io/{trouble}", "operator": "Exists", "effect": effect}
    for effect, troubles in (
        ("NoExecute", ("not-ready", "unreachable")),
        ("NoSchedule", ("disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")),
    )
    for trouble in troubles
]
"""A node's troubles do not drive its daemons away."""


def _replica_set(deployment: Object, name: str, digest: str, replicas: int) -> Object:
    spec = deployment["spec"]
    template = spec["template"]
    labels = {**template["metadata"].get("labels", {}), "pod-template-hash": digest}
    return {
        "kind": "ReplicaSet",
        "apiVersion": "apps/v1",
        "metadata": {
            "name": name,
            "namespace": deployment["metadata"]["namespace"],
            "labels": labels,
            "annotations": {"deployment.kubernetes.io/revision": "1"},
            "ownerReferences": [owner_reference(deployment)],
        },
        "spec": {
            "replicas": replicas,
            "selector": {
                **spec["selector"],
                "matchLabels": {**spec["selector"].get("matchLabels", {}), "pod-template-hash": digest},
            },
            "template": {**template, "metadata": {**template["metadata"], "labels": labels}},
        },
    }


def _scale(owners: Owners, deployment: Object, replica_set: Object, wanted: int) -> Object:
    """Change a ReplicaSet's size and say so."""
    now = replica_set["spec"]["replicas"]
    name = replica_set["metadata"]["name"]
    _say_scaled(owners, deployment, name, "up" if wanted > now else "down", now, wanted)
    return owners.store.update("replicasets", {**replica_set, "spec": {**replica_set["spec"], "replicas": wanted}})


def _say_scaled(owners: Owners, deployment: Object, name: str, way: str, old: int, new: int) -> None:
    said = f"Scaled {way} replica set {name} from {old} to {new}"
    owners.event(deployment, "deployment-controller", "ScalingReplicaSet", said)


def _deployment_conditions(now: float, deployment: Object, name: str, ready: int, replicas: int) -> list[Object]:
    """`Available` and `Progressing`, with the time of their last change kept."""
    before = {each["type"]: each for each in deployment.get("status", {}).get("conditions", [])}
    # 25 % may be unavailable, rounded down.
    enough = ready >= replicas - replicas // 4
    minimum = "has minimum availability." if enough else "does not have minimum availability."
    reason = "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable"
    progressed = f'ReplicaSet "{name}" ' + ("has successfully progressed." if ready >= replicas else "is progressing.")

    def condition(kind: str, true: bool, reason: str, message: str) -> Object:
        old: dict[str, Any] = before.get(kind, {})
        status = "True" if true else "False"
        time = rfc3339(now)
        changed = old.get("status") != status
        same = (status, reason, message) == (old.get("status"), old.get("reason"), old.get("message"))
        return {
            "type": kind,
            "status": status,
            "lastUpdateTime": old["lastUpdateTime"] if same else time,
            "lastTransitionTime": time if changed else old["lastTransitionTime"],
            "reason": reason,
            "message": message,
        }

    done = "NewReplicaSetAvailable" if ready >= replicas else "ReplicaSetUpdated"
    return [
        condition("Available", enough, reason, f"Deployment {minimum}"),
        condition("Progressing", True, done, progressed),
    ]


def _pinned_to(node: str) -> Object:
    field = {"key": "metadata.name", "operator": "In", "values": [node]}
    terms = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}


def _pinned_node(pod: Object) -> str:
    required = pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    return str(required["nodeSelectorTerms"][0]["matchFields"][0]["values"][0])
