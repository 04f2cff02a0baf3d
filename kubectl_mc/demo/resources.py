"""The explicit table of what the simulated API server serves: groups, versions, names and verbs of each resource."""

from dataclasses import dataclass, field

READ = ("get", "list", "watch")
ALL = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True)
class Subresource:
    """A path below an object, such as `pods/log`."""

    name: str
    kind: str
    verbs: tuple[str, ...]
    group: str = ""
    """Group and version of `kind` where it is not the parent's own."""
    version: str = ""


@dataclass(frozen=True)
class Resource:
    """One served resource; `plural` is unique among the stored ones and is the key of the store."""

    group: str
    version: str
    plural: str
    kind: str
    short: tuple[str, ...] = ()
    namespaced: bool = True
    verbs: tuple[str, ...] = ALL
    in_all: bool = False
    """Member of the category that `kubectl get all` asks for."""
    subresources: tuple[Subresource, ...] = field(default=())

    @property
    def singular(self) -> str:
        """The name of one: `pod`."""
        return self.kind.lower()

    @property
    def api_version(self) -> str:
        """`v1` or `apps/v1`, as objects carry it."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def list_kind(self) -> str:
        """`PodList`."""
        return self.kind + "List"


_STATUS = ("get", "patch", "update")

PODS = Resource(
    "",
    "v1",
    "pods",
    "Pod",
    ("po",),
    in_all=True,
    subresources=(
        Subresource("attach", "PodAttachOptions", ("create", "get")),
        Subresource("ephemeralcontainers", "Pod", _STATUS),
        Subresource("exec", "PodExecOptions", ("create", "get")),
        Subresource("log", "Pod", ("get",)),
        Subresource("status", "Pod", _STATUS),
    ),
)
POD_METRICS = Resource("metrics.k8s.io", "v1beta1", "pods", "PodMetrics", verbs=("get", "list"))
ACCESS_REVIEWS = Resource(
    "authorization.k8s.io",
    "v1",
    "selfsubjectaccessreviews",
    "SelfSubjectAccessReview",
    namespaced=False,
    verbs=("create",),
)


_SCALE = Subresource("scale", "Scale", _STATUS, "autoscaling", "v1")


def _workload(group: str, plural: str, kind: str, *short: str, scales: bool = False) -> Resource:
    """A resource with a `status` subresource that `kubectl get all` lists; one that `scales` has a `scale` as well."""
    subresources = (*([_SCALE] if scales else []), Subresource("status", kind, _STATUS))
    return Resource(group, "v1", plural, kind, short, in_all=True, subresources=subresources)


STORED: tuple[Resource, ...] = (
    PODS,
    Resource("", "v1", "events", "Event", ("ev",)),
    Resource("", "v1", "namespaces", "Namespace", ("ns",), namespaced=False),
    Resource("", "v1", "nodes", "Node", ("no",), namespaced=False),
    Resource("", "v1", "configmaps", "ConfigMap", ("cm",)),
    Resource("", "v1", "secrets", "Secret"),
    Resource("", "v1", "services", "Service", ("svc",), in_all=True),
    Resource("", "v1", "serviceaccounts", "ServiceAccount", ("sa",)),
    Resource("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", ("pvc",)),
    _workload("", "replicationcontrollers", "ReplicationController", "rc"),
    _workload("apps", "deployments", "Deployment", "deploy", scales=True),
    _workload("apps", "replicasets", "ReplicaSet", "rs", scales=True),
    _workload("apps", "statefulsets", "StatefulSet", "sts", scales=True),
    _workload("apps", "daemonsets", "DaemonSet", "ds"),
    _workload("batch", "jobs", "Job"),
    _workload("batch", "cronjobs", "CronJob", "cj"),
)
"""What the store holds, by plural."""

SERVED: tuple[Resource, ...] = (*STORED, POD_METRICS, ACCESS_REVIEWS)

BY_PLURAL: dict[str, Resource] = {resource.plural: resource for resource in STORED}
BY_KIND: dict[str, Resource] = {resource.kind: resource for resource in STORED}


def served(group: str, version: str, plural: str) -> Resource | None:
    """The resource of a request's path, or None."""
    for resource in SERVED:
        if (resource.group, resource.version, resource.plural) == (group, version, plural):
            return resource
    return None
