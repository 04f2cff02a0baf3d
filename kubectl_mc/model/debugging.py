"""The ephemeral container beside a target: its document, kubectl's profiles, and whether one that runs will do.

Documents are API JSON here: what is copied from the target (mounts, environment) is handed back as it came.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kubectl_mc.model.fields import Json, flag, mapping, number, objects, text
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.spec import Role

PROFILES: Mapping[str, Json] = {
    "general": {"capabilities": {"add": ["SYS_PTRACE"]}},
    "baseline": {},
    "restricted": {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    },
    "netadmin": {"capabilities": {"add": ["NET_ADMIN", "NET_RAW"]}},
    "sysadmin": {"privileged": True},
}
"""The securityContext of each, as kubectl's (kubectl `pkg/cmd/debug/profiles.go`, for an ephemeral container)."""

DEFAULT_PROFILE = "general"

IDLE = ("sh", "-c", "trap 'exit 0' TERM; read -r end || while :; do sleep 3600 & wait; done")
"""What a debug container does while nobody is in it: it ends with a line on its stdin, or with its pod, at once.

At the end of stdin, which comes when a container runtime is restarted, it goes on.
"""

_OWN_VARIABLES = frozenset({"PATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "ENV", "BASH_ENV"})
"""The target's would keep the debug image's programs from being found and loaded."""

_OWN_DIRECTORIES = frozenset({"/", "/bin", "/sbin", "/lib", "/lib64", "/usr", "/usr/bin", "/usr/sbin", "/usr/lib"})
"""What is mounted there would hide the debug image's programs."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An ephemeral container to be added."""

    document: dict[str, Any]
    left_out: tuple[str, ...]
    """What of the target's it cannot have, each with the reason."""

    @property
    def name(self) -> str:
        return str(self.document["name"])


@dataclass(frozen=True, slots=True)
class Reusable:
    """A debug container that runs, and what it has not of what a new one would get."""

    container: Container
    lacks: tuple[str, ...] = ()
    """Paths of mounts, and `its environment`."""


def planned(pod: Json, target: str, name: str, image: str, profile: str, *, joins: bool) -> Planned:
    """The ephemeral container for a target.

    Args:
        pod: its pod, core/v1.
        joins: whether it shares the target's process namespace, which takes one that runs.
    """
    found = _container(pod, target)
    left_out: list[str] = []
    document: dict[str, Any] = {"name": name, "image": image, "command": list(IDLE), "stdin": True}
    if joins:
        document["targetContainerName"] = target
    if env := list(_environment(found, target, left_out)):
        document["env"] = env
    if sources := objects(found, "envFrom"):
        document["envFrom"] = sources
    if mounts := list(_mounts(found, profile, left_out)):
        document["volumeMounts"] = mounts
    if security := _security(pod, found, profile):
        document["securityContext"] = security
    return Planned(document, tuple(left_out))


def reusable(document: Json, pod: Pod, wanted: Planned, image: str, profile: str) -> Reusable | None:
    """A debug container of the same target that runs: of several the newest of those that lack least.

    Args:
        document: the pod, core/v1; `pod` is the same, read.
        wanted: what would be added otherwise.
        image: the one that was asked for; empty for any.
        profile: likewise.
    """
    target = wanted.document.get("targetContainerName", "")
    paths = [mount["mountPath"] for mount in wanted.document.get("volumeMounts", ())]
    running = {each.name: each for each in pod.containers if each.role is Role.EPHEMERAL and each.state.running}
    found: list[Reusable] = []
    for spec in objects(mapping(document, "spec"), "ephemeralContainers"):
        container = running.get(text(spec, "name"))
        if container is None or text(spec, "targetContainerName") != target:
            continue
        if (image and text(spec, "image") != image) or (profile and _granted(spec) != PROFILES[profile]):
            continue
        has = {text(mount, "mountPath") for mount in objects(spec, "volumeMounts")}
        lacks = tuple(path for path in paths if path not in has)
        if lacks and not target:  # nothing else connects it with this container
            continue
        if any(each not in objects(spec, key) for key in ("env", "envFrom") for each in wanted.document.get(key, ())):
            lacks = (*lacks, "its environment")
        found.append(Reusable(container, lacks))
    return min(found, key=lambda each: (len(each.lacks), -_started(each.container)), default=None)


def ineffective(pod: Json, wanted: Planned) -> tuple[str, ...]:
    """The capabilities that are added in vain, since the pod's securityContext makes every process a plain user's."""
    security = mapping(wanted.document, "securityContext")
    user = number(mapping(mapping(pod, "spec"), "securityContext"), "runAsUser")
    added = mapping(security, "capabilities").get("add")
    return tuple(added) if user and isinstance(added, list) else ()


def shares_processes(pod: Json) -> bool:
    """Whether the target's main process is one of several containers' or the node's, and not process 1."""
    spec = mapping(pod, "spec")
    return flag(spec, "shareProcessNamespace") is True or flag(spec, "hostPID") is True


def _started(container: Container) -> float:
    """Seconds; the order of the spec tells nothing, as a patch puts new containers first."""
    at = container.state.started_at
    return at.timestamp() if at is not None else 0.0


def _container(pod: Json, name: str) -> Json:
    spec = mapping(pod, "spec")
    every = (each for kind in ("containers", "initContainers") for each in objects(spec, kind))
    return next((each for each in every if text(each, "name") == name), {})


def _environment(target: Json, name: str, left_out: list[str]) -> Iterator[Json]:
    """The variables as they are referred to, so that no secret's value is ever read here."""
    for variable in objects(target, "env"):
        if text(variable, "name") in _OWN_VARIABLES:
            left_out.append(f"the variable {text(variable, 'name')} (the debug image has its own)")
            continue
        origin = mapping(variable, "valueFrom")
        resource = mapping(origin, "resourceFieldRef")
        if resource and not text(resource, "containerName"):  # else it would be the debug container's own limit: none
            yield {**variable, "valueFrom": {**origin, "resourceFieldRef": {**resource, "containerName": name}}}
        else:
            yield variable


def _mounts(target: Json, profile: str, left_out: list[str]) -> Iterator[Json]:
    for mount in objects(target, "volumeMounts"):
        path = text(mount, "mountPath")
        called = f"volume {text(mount, 'name')} at {path}"
        if text(mount, "subPath") or text(mount, "subPathExpr"):
            left_out.append(f"{called} (a subPath, which an ephemeral container may not have)")
        elif (path.rstrip("/") or "/") in _OWN_DIRECTORIES:
            left_out.append(f"{called} (it would hide the debug image's programs)")
        elif text(mount, "mountPropagation") == "Bidirectional" and profile != "sysadmin":  # for privileged ones only
            yield {**mount, "mountPropagation": "HostToContainer"}
        else:
            yield mount


def _security(pod: Json, target: Json, profile: str) -> dict[str, Any]:
    security = dict(PROFILES[profile])
    if security.get("runAsNonRoot"):
        # The kubelet refuses an image of root's, as most are; the target's user may look at its files besides.
        own, everyones = mapping(target, "securityContext"), mapping(mapping(pod, "spec"), "securityContext")
        for key in ("runAsUser", "runAsGroup"):
            if number(own, key) and number(own, key) != number(everyones, key):
                security[key] = number(own, key)
    return security


def _granted(spec: Json) -> Json:
    """An ephemeral container's securityContext without its user, to be compared with a profile's."""
    security = mapping(spec, "securityContext")
    return {key: value for key, value in security.items() if key not in ("runAsUser", "runAsGroup")}
