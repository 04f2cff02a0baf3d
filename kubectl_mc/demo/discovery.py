"""The documents from which a client learns what is served: /version, /api, /apis, resource lists, a little OpenAPI."""

from typing import Any

from kubectl_mc.demo.resources import SERVED, Resource

Object = dict[str, Any]

VERSION: Object = {
    "major": "1",
    "minor": "34",
    "gitVersion": "v1.34.4",
    "gitCommit": "0000000000000000000000000000000000000000",
    "gitTreeState": "clean",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "go1.24.0",
    "compiler": "gc",
    "platform": "linux/amd64",
}
"""The simulated release; client-go parses every field."""

HEALTH = ("/healthz", "/livez", "/readyz")


def serves(group: str) -> bool:
    """Whether anything of this group is served."""
    return group in ["", *(name for name, _ in _groups())]


def document(path: str) -> Object | str | None:
    """The answer for a path without a resource; text for the health checks, None for what there is not."""
    path = path.rstrip("/")
    if path in HEALTH:
        return "ok"
    if path == "/version":
        return VERSION
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
    if path == "/api/v1":
        return _resource_list("", "v1")
    if path == "/apis":
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(*each) for each in _groups()]}
    if path == "/openapi/v3":
        urls = {each: {"serverRelativeURL": f"{path}/{each}"} for each in map(_prefix, [("", "v1"), *_groups()])}
        return {"paths": urls}
    for group, version in [("", "v1"), *_groups()]:
        if path == f"/openapi/v3/{_prefix((group, version))}":
            return _openapi(group, version)
    for group, version in _groups():
        if path == f"/apis/{group}":
            return {"kind": "APIGroup", "apiVersion": "v1", **_group(group, version)}
        if path == f"/apis/{group}/{version}":
            return _resource_list(group, version)
    return None


def _groups() -> list[tuple[str, str]]:
    """The named groups, each with its one version."""
    return sorted({(resource.group, resource.version) for resource in SERVED if resource.group})


def _prefix(group: tuple[str, str]) -> str:
    """The path of a group's version without the leading slash: `api/v1`, `apis/apps/v1`."""
    return f"apis/{group[0]}/{group[1]}" if group[0] else f"api/{group[1]}"


def _openapi(group: str, version: str) -> Object:
    """No schemas, only the word that the server checks fields itself: without it `kubectl apply` wants schemas."""
    parameters = [{"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}]
    paths: Object = {}
    for resource in SERVED:
        if (resource.group, resource.version) == (group, version) and "patch" in resource.verbs:
            kind = {"group": group, "version": version, "kind": resource.kind}
            inside = "namespaces/{namespace}/" if resource.namespaced else ""
            patch = {"parameters": parameters, "x-kubernetes-group-version-kind": kind, "responses": {}}
            paths[f"/{_prefix((group, version))}/{inside}{resource.plural}/{{name}}"] = {"patch": patch}
    return {"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": VERSION["gitVersion"]}, "paths": paths}


def _group(name: str, version: str) -> Object:
    entry = {"groupVersion": f"{name}/{version}", "version": version}
    return {"name": name, "versions": [entry], "preferredVersion": entry}


def _resource_list(group: str, version: str) -> Object:
    entries: list[Object] = []
    for resource in SERVED:
        if (resource.group, resource.version) == (group, version):
            entries += _entries(resource)
    entries.sort(key=lambda entry: str(entry["name"]))
    group_version = f"{group}/{version}" if group else version
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": entries}


def _entries(resource: Resource) -> list[Object]:
    """A resource and its subresources."""
    entry: Object = {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
    }
    if resource.short:
        entry["shortNames"] = list(resource.short)
    if resource.in_all:
        entry["categories"] = ["all"]
    return [
        entry,
        *(
            {
                "name": f"{resource.plural}/{each.name}",
                "singularName": "",
                "namespaced": resource.namespaced,
                **({"group": each.group, "version": each.version} if each.group else {}),
                "kind": each.kind,
                "verbs": list(each.verbs),
            }
            for each in resource.subresources
        ),
    ]
