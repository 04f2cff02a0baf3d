"""What a container's environment and volumes refer to: resolved or missed in the kubelet's words."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from kubectl_mc.demo.store import Store

Object = dict[str, Any]

_KINDS = {"configMap": ("configmaps", "configmap", "ConfigMap"), "secret": ("secrets", "secret", "Secret")}


def missing_reference(store: Store, namespace: str, container: Object) -> str:
    """Why the container can't be made: `configmap "x" not found`; "" if nothing is missing."""
    for source, kind in _sources(container):
        plural, word, title = _KINDS[kind]
        found = store.find(plural, namespace, source["name"])
        if source.get("optional"):
            continue
        if found is None:
            return f'{word} "{source["name"]}" not found'
        if source.get("key") and source["key"] not in _data(found):
            return f"couldn't find key {source['key']} in {title} {namespace}/{source['name']}"
    return ""


def missing_volume(store: Store, namespace: str, spec: Object) -> str:
    """Why the pod's volumes can't be mounted, or ""."""
    for volume in spec.get("volumes", []):
        for kind, (plural, word, _) in _KINDS.items():
            source = volume.get(kind)
            if source is None or source.get("optional"):
                continue
            name = source["name"] if kind == "configMap" else source["secretName"]
            if store.find(plural, namespace, name) is None:
                return f'MountVolume.SetUp failed for volume "{volume["name"]}" : {word} "{name}" not found'
    return ""


def resolved(store: Store, pod: Object, container: Object) -> dict[str, str]:
    """The environment that the container is started with."""
    namespace = pod["metadata"]["namespace"]
    env: dict[str, str] = {}
    for each in container.get("envFrom", []):
        for kind, key in (("configMap", "configMapRef"), ("secret", "secretRef")):
            if key in each and (found := store.find(_KINDS[kind][0], namespace, each[key]["name"])) is not None:
                env |= {each.get("prefix", "") + name: value for name, value in _data(found).items()}
    for each in container.get("env", []):
        env[each["name"]] = _value(store, pod, each)
    return env


def _value(store: Store, pod: Object, variable: Object) -> str:
    origin = variable.get("valueFrom")
    if origin is None:
        return str(variable.get("value", ""))
    if "fieldRef" in origin:
        return _field(pod, origin["fieldRef"]["fieldPath"])
    for kind, key in (("configMap", "configMapKeyRef"), ("secret", "secretKeyRef")):
        if key in origin:
            found = store.find(_KINDS[kind][0], pod["metadata"]["namespace"], origin[key]["name"])
            return _data(found).get(origin[key]["key"], "") if found is not None else ""
    return ""


def _field(pod: Object, path: str) -> str:
    """A field of the downward API: `metadata.name`, `status.podIP`, `metadata.labels['app']`."""
    value: Any = pod
    for part in path.replace("['", ".").replace("']", "").split("."):
        value = value.get(part, "") if isinstance(value, dict) else ""
    return str(value)


def _sources(container: Object) -> Iterator[tuple[Object, str]]:
    """The ConfigMaps and Secrets that the environment names, in the order in which the kubelet reads them."""
    for each in container.get("envFrom", []):
        for kind, key in (("configMap", "configMapRef"), ("secret", "secretRef")):
            if key in each:
                yield each[key], kind
    for each in container.get("env", []):
        for kind, key in (("configMap", "configMapKeyRef"), ("secret", "secretKeyRef")):
            if key in each.get("valueFrom", {}):
                yield each["valueFrom"][key], kind


def _data(found: Object) -> dict[str, str]:
    """The content of a ConfigMap or Secret as text."""
    if found["kind"] == "Secret":
        plain = {key: base64.b64decode(value).decode() for key, value in (found.get("data") or {}).items()}
        return plain | (found.get("stringData") or {})
    return found.get("data") or {}
