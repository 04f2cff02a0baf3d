"""The `scale` subresource of workloads: the replicas as an `autoscaling/v1` Scale, which `kubectl scale` patches."""

from __future__ import annotations

from typing import Any

from kubectl_mc.demo import errors

Object = dict[str, Any]


def scale_of(workload: Object) -> Object:
    """The Scale of a Deployment, a ReplicaSet or a StatefulSet."""
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    replicas = workload["spec"].get("replicas", 1)
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: workload["metadata"][key] for key in kept},
        "spec": {"replicas": replicas} if replicas else {},
        "status": {
            "replicas": workload.get("status", {}).get("replicas", 0),
            "selector": _selector(workload["spec"].get("selector") or {}),
        },
    }


def scaled(workload: Object, scale: Any) -> Object:
    """The workload with the Scale's number of replicas; nothing else of it may change. ApiError 400, 422."""
    name = workload["metadata"]["name"]
    spec = scale.get("spec") or {} if isinstance(scale, dict) else None
    replicas = spec.get("replicas", 0) if isinstance(spec, dict) else None
    if not isinstance(replicas, int) or isinstance(replicas, bool):
        raise errors.bad_request("the object provided is unrecognized (must be of type Scale)")
    if replicas < 0:
        flaw = errors.Flaw("spec.replicas", f"Invalid value: {replicas}: must be greater than or equal to 0")
        raise errors.invalid("Scale", name, flaw, group="autoscaling")
    return {**workload, "spec": {**workload["spec"], "replicas": replicas}}


def _selector(selector: Object) -> str:
    """A label selector in its text form, by key: `app=web,tier in (a,b)`."""
    parts = [(key, f"{key}={value}") for key, value in (selector.get("matchLabels") or {}).items()]
    for each in selector.get("matchExpressions") or []:
        key, values = each["key"], ",".join(sorted(each.get("values") or []))
        texts = {"Exists": key, "DoesNotExist": f"!{key}", "In": f"{key} in ({values})"}
        parts.append((key, texts.get(each["operator"], f"{key} notin ({values})")))
    return ",".join(text for _, text in sorted(parts))
