"""The answers that are computed and not stored: SelfSubjectAccessReview and the metrics of pods."""

from collections.abc import Mapping
from typing import Any

from kubectl_mc.demo import errors
from kubectl_mc.demo.auth import Attempt, Auth, User
from kubectl_mc.demo.clock import Clock, rfc3339
from kubectl_mc.demo.node import Node
from kubectl_mc.demo.paths import Target
from kubectl_mc.demo.reads import Selection
from kubectl_mc.demo.resources import POD_METRICS
from kubectl_mc.demo.store import Object, Store

METRICS_DELAY = 10
"""Seconds that a container must have run before metrics-server knows it: it scrapes in intervals."""


def access_review(auth: Auth, user: User, body: Any) -> Object:
    """Whether the user may do what the review asks."""
    spec = body.get("spec") or {}
    asked = spec.get("resourceAttributes") or {}
    resource = asked.get("resource", "")
    if asked.get("subresource"):
        resource += "/" + asked["subresource"]
    attempt = Attempt(
        asked.get("verb", ""), asked.get("group", ""), resource, asked.get("namespace", ""), asked.get("name", "")
    )
    return {
        "kind": "SelfSubjectAccessReview",
        "apiVersion": "authorization.k8s.io/v1",
        "metadata": {},
        "spec": spec,
        "status": {"allowed": auth.allows(user, attempt)},
    }


def metrics(store: Store, node: Node, clock: Clock, target: Target, query: Mapping[str, str]) -> Object:
    """PodMetrics of one pod or of a selection. ApiError 404 when there are none for the pod."""
    now = clock.now()
    if target.name:
        pod = store.find("pods", target.namespace, target.name)
        one = _pod_metrics(node, pod, now) if pod else None
        if one is None:
            raise errors.not_found("pods", target.name)
        return {"kind": POD_METRICS.kind, "apiVersion": POD_METRICS.api_version, **one}
    selection = Selection.of(Target("list", "", "v1", "pods", target.namespace), query)
    pods = [pod for pod in store.list("pods", selection.namespace) if selection.takes(pod)]
    items = [found for pod in pods if (found := _pod_metrics(node, pod, now))]
    return {
        "kind": POD_METRICS.list_kind,
        "apiVersion": POD_METRICS.api_version,
        "metadata": {},
        "items": items,
    }


def _pod_metrics(node: Node, pod: Object, now: float) -> Object | None:
    containers = node.usage(pod["metadata"]["uid"], now)
    if not containers:
        return None
    kept = ("name", "namespace", "labels")
    metadata = {key: pod["metadata"][key] for key in kept if key in pod["metadata"]}
    return {
        "metadata": {**metadata, "creationTimestamp": rfc3339(now)},
        "timestamp": rfc3339(now - METRICS_DELAY / 2),
        "window": f"{METRICS_DELAY}.0s",
        "containers": containers,
    }
