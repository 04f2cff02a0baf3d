"""The kinds of objects that this tool asks for, and the words by which a person may name them."""

import re
from dataclasses import dataclass

_OBJECT_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._:-]+")


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the API."""

    plural: str
    kind: str
    singular: str
    short_names: tuple[str, ...] = ()
    group: str = ""
    version: str = "v1"
    namespaced: bool = True

    def path(self, namespace: str | None = None, name: str | None = None, subresource: str | None = None) -> str:
        """The URL's path: a collection without `name`, and over all namespaces without `namespace`."""
        parts = [f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"]
        if self.namespaced and namespace is not None:
            parts += ["namespaces", namespace]
        parts += [part for part in (self.plural, name, subresource) if part is not None]
        return "/".join(parts)

    @property
    def qualified(self) -> str:
        """As the API server's messages write it: `pods`, `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


PODS = Resource("pods", "Pod", "pod", ("po",))
EVENTS = Resource("events", "Event", "event", ("ev",))
NAMESPACES = Resource("namespaces", "Namespace", "namespace", ("ns",), namespaced=False)
CLAIMS = Resource("persistentvolumeclaims", "PersistentVolumeClaim", "persistentvolumeclaim", ("pvc",))
SERVICES = Resource("services", "Service", "service", ("svc",))
CONFIG_MAPS = Resource("configmaps", "ConfigMap", "configmap", ("cm",))
SECRETS = Resource("secrets", "Secret", "secret")
SERVICE_ACCOUNTS = Resource("serviceaccounts", "ServiceAccount", "serviceaccount", ("sa",))
NODES = Resource("nodes", "Node", "node", ("no",), namespaced=False)
CONTROLLERS = Resource("replicationcontrollers", "ReplicationController", "replicationcontroller", ("rc",))
DEPLOYMENTS = Resource("deployments", "Deployment", "deployment", ("deploy",), "apps")
REPLICA_SETS = Resource("replicasets", "ReplicaSet", "replicaset", ("rs",), "apps")
STATEFUL_SETS = Resource("statefulsets", "StatefulSet", "statefulset", ("sts",), "apps")
DAEMON_SETS = Resource("daemonsets", "DaemonSet", "daemonset", ("ds",), "apps")
JOBS = Resource("jobs", "Job", "job", (), "batch")
CRON_JOBS = Resource("cronjobs", "CronJob", "cronjob", ("cj",), "batch")
POD_METRICS = Resource("pods", "PodMetrics", "pod", (), "metrics.k8s.io", "v1beta1")

TARGETS = (
    PODS,
    DEPLOYMENTS,
    REPLICA_SETS,
    STATEFUL_SETS,
    DAEMON_SETS,
    JOBS,
    CRON_JOBS,
    SERVICES,
    CONTROLLERS,
)
"""What may stand as the TYPE of a target."""


def target_resource(word: str) -> Resource | None:
    """The resource that a TYPE word means, as kubectl takes it: plural, singular or short, or `TYPE.VERSION.GROUP`."""
    head, _, rest = word.lower().partition(".")
    for resource in TARGETS:
        if head in (resource.plural, resource.singular, *resource.short_names):
            qualified = {"", resource.group, f"{resource.version}.{resource.group}"}
            return resource if rest in qualified or (not resource.group and rest == resource.version) else None
    return None


def can_be_a_name(word: str) -> bool:
    """Whether an object or a namespace may be called so. Anything else would change the URL that it is put into."""
    return _OBJECT_NAME.fullmatch(word) is not None


def resource_of_kind(kind: str) -> Resource | None:
    """The resource of an owner's kind; None for kinds that this tool doesn't read."""
    return next((resource for resource in TARGETS if resource.kind == kind), None)
