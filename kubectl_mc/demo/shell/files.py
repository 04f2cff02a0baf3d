"""The files that an exec sees: a small root file system, what the programs wrote, and the pod's volumes.

What a person writes is kept: in the container's own layer, or in the volume, where the siblings see it. Contents are
computed at each look, because programs go on writing.
"""

import base64
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kubectl_mc.demo.node import Node
from kubectl_mc.demo.store import Object, Store

OS_RELEASE = b'NAME="Demo Linux"\nID=demo\nPRETTY_NAME="Demo Linux (simulated)"\n'
BASE_DIRECTORIES = ("bin", "dev", "etc", "home", "proc", "root", "tmp", "usr", "var")
TARGET_ROOT = "/proc/1/root"
"""Where a debug container finds the files of the container that it targets."""


@dataclass(frozen=True)
class Mount:
    """A volume in a container."""

    path: str
    volume: str
    kind: str
    """`emptyDir`, `configMap`, …"""
    source: Object
    read_only: bool
    sub_path: str


@dataclass(frozen=True)
class Place:
    """A path, resolved: in which layer it lies and under which name."""

    layer: dict[str, bytes]
    """What people have written there."""
    name: str
    """Relative to the layer, without a leading slash."""
    mount: Mount | None


class Layers:
    """What people have written, for all containers and volumes of the cluster."""

    def __init__(self) -> None:
        self._layers: dict[tuple[str, str, str], dict[str, bytes]] = {}

    def of(self, pod_uid: str, kind: str, name: str) -> dict[str, bytes]:
        """The layer of a container or of a volume of one pod."""
        return self._layers.setdefault((pod_uid, kind, name), {})


class FileTree:
    """The file system of one container. Paths are absolute and normal; OSError subclasses say what is wrong."""

    def __init__(self, store: Store, node: Node, layers: Layers, pod: Object, container: Object) -> None:
        self._store = store
        self._node = node
        self._layers = layers
        self._pod = pod
        self._uid: str = pod["metadata"]["uid"]
        self._name: str = container["name"]
        self._user = user_of(pod, container)
        self._mounts = sorted(_mounts(pod, container), key=lambda mount: -len(mount.path))
        target = container.get("targetContainerName")
        found = [each for each in _containers(pod) if each["name"] == target]
        self._target = FileTree(store, node, layers, pod, found[0]) if found else None

    def read(self, path: str) -> bytes:
        """A file's content. FileNotFoundError, IsADirectoryError."""
        if self._target and path.startswith(TARGET_ROOT):
            return self._target.read(path.removeprefix(TARGET_ROOT) or "/")
        if path == "/dev/null":
            return b""
        found = self._all().get(path)
        if found is None:
            raise IsADirectoryError(path) if self.is_dir(path) else FileNotFoundError(path)
        return found

    def write(self, path: str, data: bytes, *, append: bool = False) -> None:
        """Writes a file. FileNotFoundError without its directory, PermissionError, OSError when read-only."""
        if path == "/dev/null":
            return
        place = self._place(path)
        if self.is_dir(path):
            raise IsADirectoryError(path)
        if not self.is_dir(posixpath.dirname(path)):
            raise FileNotFoundError(path)
        self._check_writable(path, place)
        before = self._all().get(path, b"") if append else b""
        place.layer[place.name] = before + data

    def make_dir(self, path: str) -> None:
        """A directory, which is the entry of its `.` here."""
        place = self._place(path)
        self._check_writable(path, place)
        place.layer[posixpath.join(place.name, ".")] = b""

    def remove(self, path: str) -> None:
        """Removes a file that a person wrote. FileNotFoundError; PermissionError for everything else."""
        self.read(path)
        place = self._place(path)
        self._check_writable(path, place)
        if place.layer.pop(place.name, None) is None:
            raise PermissionError(path)

    def is_dir(self, path: str) -> bool:
        """Whether there is such a directory."""
        if self._target and path.startswith(TARGET_ROOT):
            return self._target.is_dir(path.removeprefix(TARGET_ROOT) or "/")
        below = path.rstrip("/") + "/"
        return below == "/" or any(each.startswith(below) for each in self._all())

    def exists(self, path: str) -> bool:
        """Whether there is such a file or directory."""
        return path in self._all() or self.is_dir(path)

    def names(self, path: str) -> list[str]:
        """The names in a directory, sorted. FileNotFoundError, NotADirectoryError."""
        if self._target and path.startswith(TARGET_ROOT):
            return self._target.names(path.removeprefix(TARGET_ROOT) or "/")
        if not self.is_dir(path):
            raise NotADirectoryError(path) if path in self._all() else FileNotFoundError(path)
        below = path.rstrip("/") + "/"
        found = {each.removeprefix(below).partition("/")[0] for each in self._all() if each.startswith(below)}
        return sorted(found - {"."})

    def _all(self) -> dict[str, bytes]:
        """Every file by path; a directory without files is the path of its `.`."""
        found = {f"/{name}/.": b"" for name in BASE_DIRECTORIES}
        metadata = self._pod["metadata"]
        found["/etc/hostname"] = metadata["name"].encode() + b"\n"
        found["/etc/hosts"] = f"127.0.0.1\tlocalhost\n{_ip(self._pod)}\t{metadata['name']}\n".encode()
        found["/etc/os-release"] = OS_RELEASE
        found["/etc/resolv.conf"] = (
            f"search {metadata['namespace']}.svc.cluster.local\nnameserver 10.96.0.10\n".encode()
        )
        view = self._node.view(self._uid, self._name)
        found |= {path: data for path, data in (view.files if view else {}).items() if not self._mount(path)}
        found |= {f"/{name}": data for name, data in self._layers.of(self._uid, "container", self._name).items()}
        for mount in self._mounts:
            found[f"{mount.path}/."] = b""
            for name, data in self._volume(mount).items():
                found[posixpath.join(mount.path, name)] = data
        return found

    def _volume(self, mount: Mount) -> dict[str, bytes]:
        """The content of a volume: its source, what every container's program put there, what people wrote."""
        found = dict(_source(self._store, self._pod, mount))
        for sibling in _containers(self._pod):
            view = self._node.view(self._uid, sibling["name"])
            for other in _mounts(self._pod, sibling):
                if view is None or other.volume != mount.volume:
                    continue
                for path, data in view.files.items():
                    if path.startswith(other.path + "/"):
                        found[posixpath.join(other.sub_path, path.removeprefix(other.path + "/"))] = data
        found |= self._layers.of(self._uid, "volume", mount.volume)
        if not mount.sub_path:
            return found
        inside = mount.sub_path.strip("/") + "/"
        return {name.removeprefix(inside): data for name, data in found.items() if name.startswith(inside)}

    def _mount(self, path: str) -> Mount | None:
        for mount in self._mounts:
            if path == mount.path or path.startswith(mount.path + "/"):
                return mount
        return None

    def _place(self, path: str) -> Place:
        mount = self._mount(path)
        if mount is None:
            return Place(self._layers.of(self._uid, "container", self._name), path.lstrip("/"), None)
        name = posixpath.join(mount.sub_path, path.removeprefix(mount.path).lstrip("/"))
        return Place(self._layers.of(self._uid, "volume", mount.volume), name, mount)

    def _check_writable(self, path: str, place: Place) -> None:
        mount = place.mount
        if mount and (mount.read_only or mount.kind in ("configMap", "secret", "projected", "downwardAPI")):
            raise OSError(30, "Read-only file system", path)
        grouped = self._pod["spec"].get("securityContext", {}).get("fsGroup") is not None
        open_volume = mount is not None and (mount.kind == "emptyDir" or grouped)
        if self._user != 0 and not open_volume and not path.startswith("/tmp"):
            raise PermissionError(path)


def user_of(pod: Object, container: Object) -> int:
    """The uid that the container runs as."""
    for spec in (container, pod["spec"]):
        user = (spec.get("securityContext") or {}).get("runAsUser")
        if user is not None:
            return int(user)
    return 0


def _containers(pod: Object) -> list[Object]:
    spec = pod["spec"]
    return [each for kind in ("initContainers", "containers", "ephemeralContainers") for each in spec.get(kind) or []]


def _mounts(pod: Object, container: Object) -> Iterator[Mount]:
    volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes") or []}
    for mount in container.get("volumeMounts") or []:
        volume = volumes.get(mount["name"], {})
        kind = next((key for key in volume if key != "name"), "emptyDir")
        yield Mount(
            path=mount["mountPath"].rstrip("/"),
            volume=mount["name"],
            kind=kind,
            source=volume.get(kind) or {},
            read_only=bool(mount.get("readOnly")),
            sub_path=mount.get("subPath", ""),
        )


def _source(store: Store, pod: Object, mount: Mount) -> Mapping[str, bytes]:
    """The files that a volume is made of, before anyone writes to it."""
    namespace = pod["metadata"]["namespace"]
    found: dict[str, bytes] = {}
    if mount.kind == "configMap":
        held = store.find("configmaps", namespace, mount.source.get("name", "")) or {}
        found = {key: value.encode() for key, value in (held.get("data") or {}).items()}
    elif mount.kind == "secret":
        held = store.find("secrets", namespace, mount.source.get("secretName", "")) or {}
        found = {key: base64.b64decode(value) for key, value in (held.get("data") or {}).items()}
    elif mount.kind == "projected":
        found = {"namespace": namespace.encode(), "token": b"not-a-real-token", "ca.crt": b""}
    if items := mount.source.get("items"):
        return {item["path"]: found[item["key"]] for item in items if item["key"] in found}
    return found


def _ip(pod: Object) -> str:
    return str(pod.get("status", {}).get("podIP", ""))
