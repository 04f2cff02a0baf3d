"""The defaults that the API server writes into objects as they come in, as far as clients look at them.

From `pkg/apis/core/v1/defaults.go`, the workloads' counterparts and the ServiceAccount admission plugin. Refuses to
validate and to overwrite what is set.
"""

import base64
import hashlib
from typing import Any

Object = dict[str, Any]

_TOKEN_MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"

_UNBOUND = {"phase": "Pending"}

_TOLERATIONS = [
    {"key": f"node.kubernetes.io/{trouble}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
    for trouble in ("not-ready", "unreachable")
]


def filled(resource: str, obj: Object) -> Object:
    """A copy of the object with the defaults of its resource; the object itself where there are none."""
    if resource == "pods":
        return {**obj, "spec": _admitted(_pod_spec(obj["spec"]), obj)}
    if resource in ("deployments", "replicasets", "statefulsets", "daemonsets", "jobs", "replicationcontrollers"):
        return {**obj, "spec": _templated(obj["spec"])}
    if resource == "cronjobs":
        job = obj["spec"]["jobTemplate"]
        template = {**job, "spec": _templated(job["spec"])}
        return {**obj, "spec": {"concurrencyPolicy": "Allow", "suspend": False, **obj["spec"], "jobTemplate": template}}
    if resource == "services":
        return {**obj, "spec": _service_spec(obj["spec"], obj["metadata"])}
    if resource == "secrets":
        return _secret(obj)
    if resource == "persistentvolumeclaims":
        return {**obj, "spec": {"volumeMode": "Filesystem", **obj["spec"]}, "status": obj.get("status", _UNBOUND)}
    return obj


def _templated(spec: Object) -> Object:
    """A workload's spec with the defaults of the pods that it will make."""
    template = spec.get("template")
    return {**spec, "template": {**template, "spec": _pod_spec(template["spec"])}} if template else spec


def _pod_spec(spec: Object) -> Object:
    """The defaults that templates get as well."""
    new = {
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "securityContext": {},
        "schedulerName": "default-scheduler",
        **spec,
    }
    for kind in ("initContainers", "containers", "ephemeralContainers"):
        if spec.get(kind):
            new[kind] = [container(each) for each in spec[kind]]
    if spec.get("volumes"):
        new["volumes"] = [_volume(volume) for volume in spec["volumes"]]
    return new


def container(spec: Object) -> Object:
    """One container of any kind."""
    tag = spec["image"].rpartition("/")[2].partition(":")[2]
    new = {
        "resources": {},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "Always" if tag in ("", "latest") else "IfNotPresent",
        **spec,
    }
    limits = new["resources"].get("limits") or {}
    if limits:
        new["resources"] = {**new["resources"], "requests": {**limits, **new["resources"].get("requests", {})}}
    if spec.get("ports"):
        new["ports"] = [{**port, "protocol": port.get("protocol", "TCP")} for port in spec["ports"]]
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        if spec.get(probe):
            new[probe] = _probe(spec[probe])
    if spec.get("env"):
        new["env"] = [_variable(variable) for variable in spec["env"]]
    return new


def _probe(spec: Object) -> Object:
    new = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3, **spec}
    if "httpGet" in spec:
        new["httpGet"] = {"path": "/", "scheme": "HTTP", **spec["httpGet"]}
    return new


def _variable(spec: Object) -> Object:
    field = spec.get("valueFrom", {}).get("fieldRef")
    return {**spec, "valueFrom": {"fieldRef": {"apiVersion": "v1", **field}}} if field else spec


def _volume(spec: Object) -> Object:
    for kind in ("configMap", "secret", "projected", "downwardAPI"):
        if kind in spec:
            return {**spec, kind: {**spec[kind], "defaultMode": spec[kind].get("defaultMode", 0o644)}}
    return spec if len(spec) > 1 else {**spec, "emptyDir": {}}


def _secret(obj: Object) -> Object:
    """`stringData` is for writing only: it is read as `data`."""
    written = {key: base64.b64encode(text.encode()).decode() for key, text in obj.get("stringData", {}).items()}
    rest = {key: value for key, value in obj.items() if key != "stringData"}
    return {"type": "Opaque", **rest, "data": {**obj.get("data", {}), **written}}


def _service_spec(spec: Object, metadata: Object) -> Object:
    """With a cluster IP that follows from the name."""
    digest = hashlib.sha1(f"{metadata.get('namespace')}/{metadata.get('name')}".encode()).digest()
    address = f"10.96.{digest[0]}.{digest[1] % 254 + 1}"
    ports = [{"protocol": "TCP", "targetPort": port["port"], **port} for port in spec.get("ports", [])]
    addresses = {"clusterIP": address, "clusterIPs": [spec.get("clusterIP", address)]}
    return {"type": "ClusterIP", "sessionAffinity": "None", **addresses, **spec, "ports": ports}


def _admitted(spec: Object, obj: Object) -> Object:
    """What only real pods get: the service account with its token, tolerations, priority and links to services."""
    account = spec.get("serviceAccountName", "default")
    new = {
        **spec,
        "serviceAccountName": account,
        "serviceAccount": account,
        "tolerations": spec.get("tolerations") or _TOLERATIONS,
        "priority": 0,
        "enableServiceLinks": spec.get("enableServiceLinks", True),
        "preemptionPolicy": "PreemptLowerPriority",
    }
    if spec.get("automountServiceAccountToken") is False:
        return new
    metadata = obj["metadata"]
    digest = hashlib.sha1(f"{metadata.get('namespace')}/{metadata.get('name')}".encode()).digest()
    volume = "kube-api-access-" + "".join("bcdfghjklmnpqrstvwxz2456789"[byte % 27] for byte in digest[:5])
    new["volumes"] = [*spec.get("volumes", []), _token_volume(volume)]
    mount = {"name": volume, "readOnly": True, "mountPath": _TOKEN_MOUNT}
    for kind in ("initContainers", "containers"):
        if spec.get(kind):
            new[kind] = [{**each, "volumeMounts": [*each.get("volumeMounts", []), mount]} for each in spec[kind]]
    return new


def _token_volume(name: str) -> Object:
    namespace = {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
    return {
        "name": name,
        "projected": {
            "sources": [
                {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
                {"downwardAPI": {"items": [namespace]}},
            ],
            "defaultMode": 0o644,
        },
    }
