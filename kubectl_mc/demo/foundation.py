"""What every cluster has before anyone creates a pod: namespaces, nodes and the objects that come with them."""

from kubectl_mc.demo.clock import Clock, rfc3339
from kubectl_mc.demo.discovery import VERSION
from kubectl_mc.demo.store import Object, Store

NAMESPACES = ("default", "demo", "kube-system", "staging")
NODES = ("node-1", "node-2")
AGE_SECONDS = 16 * 60.0
"""A little older than the oldest scenario."""

_CAPACITY = {"cpu": "4", "memory": "8148612Ki", "pods": "110", "ephemeral-storage": "61255492Ki"}
_CONDITIONS = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)


def lay(store: Store, clock: Clock) -> None:
    """Creates it all, as old as the cluster."""
    created = rfc3339(clock.now() - AGE_SECONDS)
    for name in NAMESPACES:
        namespace = {
            "metadata": {
                "name": name,
                "creationTimestamp": created,
                "labels": {"kubernetes.io/metadata.name": name},
            },
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        }
        store.create("namespaces", {"apiVersion": "v1", "kind": "Namespace", **namespace})
        inside = {"namespace": name, "creationTimestamp": created}
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", **inside}}
        store.create("serviceaccounts", account)
        # Without `data`: the certificate of a server that speaks plain HTTP would be a lie.
        bundle = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kube-root-ca.crt", **inside}}
        store.create("configmaps", {**bundle, "data": {"ca.crt": ""}})
    for number, name in enumerate(NODES, 1):
        store.create("nodes", _node(name, f"192.168.49.{number + 1}", created))


def _node(name: str, address: str, created: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "creationTimestamp": created,
            "labels": {
                "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
            },
        },
        "spec": {"podCIDR": f"10.244.{address[-1]}.0/24"},
        "status": {
            "capacity": _CAPACITY,
            "allocatable": _CAPACITY,
            "conditions": [
                {
                    "type": kind,
                    "status": status,
                    "lastHeartbeatTime": created,
                    "lastTransitionTime": created,
                    "reason": reason,
                    "message": message,
                }
                for kind, status, reason, message in _CONDITIONS
            ],
            "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {
                "machineID": "",
                "systemUUID": "",
                "bootID": "",
                "kernelVersion": "6.6.0",
                "osImage": "Demo Linux (simulated)",
                "containerRuntimeVersion": "containerd://2.0.0",
                "kubeletVersion": VERSION["gitVersion"],
                "kubeProxyVersion": "",
                "operatingSystem": "linux",
                "architecture": "amd64",
            },
        },
    }
