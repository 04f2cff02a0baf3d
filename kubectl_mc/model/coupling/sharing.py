"""The volumes of a pod: who mounts them where, and who writes and reads them."""

from collections.abc import Iterable
from dataclasses import dataclass

from kubectl_mc.model.coupling.known import Kind, kind_of_name, known_image
from kubectl_mc.model.coupling.paths import Sure, Touch, touches
from kubectl_mc.model.spec import ContainerSpec, Mount, Role, Shared, Volume

READ_ONLY_KINDS = frozenset({"configMap", "secret", "projected", "downwardAPI", "image"})
"""Volumes that the kubelet mounts read-only, whatever the mount says."""

_TOKEN = "kube-api-access-"
"""How the volume of a service account's token is called (kubernetes `plugin/pkg/admission/serviceaccount`)."""

_BY_KIND = {
    Kind.LOGS: False, Kind.SYNC: True, Kind.SECRETS: True, Kind.RELOAD: False, Kind.CLONE: True,
}  # fmt: skip
"""Whether helpers of a kind write what they share with others, or read it."""


@dataclass(frozen=True, slots=True)
class Use:
    """A container's mount of a volume."""

    container: str
    role: Role
    path: str
    read_only: bool
    """It can't be written there: by the mount's own word, or by the volume's kind."""
    sub_path: str
    writes: Sure
    reads: Sure
    said: str
    """What says the surer of the two; empty where nothing does."""
    at: str
    """Of the mount, in the pod's document."""

    @property
    def verb(self) -> str:
        """`writes`, `reads`, `writes and reads`, or `may write`."""
        told = [
            verb
            for verb, sure in (("writes", self.writes), ("reads", self.reads))
            if sure >= Sure.LIKELY or (verb == "reads" and self.read_only)
        ]
        return " and ".join(told) or "may write"


@dataclass(frozen=True, slots=True)
class SharedVolume:
    """A volume of the pod and its mounts, in the containers' order."""

    name: str
    kind: str
    """`emptyDir`, `configMap`, `persistentVolumeClaim`; empty for one that is mounted and not there."""
    claim: str
    uses: tuple[Use, ...]
    at: str

    @property
    def shared(self) -> bool:
        """Whether two containers see the same files; different sub-paths of a volume are as good as two volumes."""
        return any(self.meet(a, b) for index, a in enumerate(self.uses) for b in self.uses[index + 1 :])

    @staticmethod
    def meet(one: Use, other: Use) -> bool:
        """Whether two uses are of two containers and overlap."""
        a, b = one.sub_path.strip("/"), other.sub_path.strip("/")
        overlap = a == b or not a or not b or a.startswith(f"{b}/") or b.startswith(f"{a}/")
        return one.container != other.container and overlap

    def writers(self, least: Sure = Sure.LIKELY) -> tuple[Use, ...]:
        """The uses that write, at least so surely."""
        return tuple(use for use in self.uses if use.writes >= least)

    def readers(self, least: Sure = Sure.LIKELY) -> tuple[Use, ...]:
        """The uses that read, at least so surely."""
        return tuple(use for use in self.uses if use.reads >= least)


def volumes(specs: Iterable[ContainerSpec], shared: Shared) -> tuple[SharedVolume, ...]:
    """All volumes in the pod's order, those that nobody mounts too; mounts of a volume that is not there come last.

    The token that admission mounts into every container is left out: it couples nothing.
    """
    specs = tuple(specs)
    touched = {spec.name: touches(spec) for spec in specs if spec.mounts}
    found = [volume for volume in shared.volumes if not volume.name.startswith(_TOKEN)]
    names = {volume.name for volume in found}
    for spec in specs:
        for mount in spec.mounts:
            if mount.volume not in names and not mount.volume.startswith(_TOKEN):
                names.add(mount.volume)
                found.append(Volume(mount.volume, ""))
    return tuple(
        SharedVolume(
            volume.name,
            volume.kind,
            volume.claim,
            tuple(
                _use(spec, mount, volume, touched[spec.name])
                for spec in specs
                for mount in spec.mounts
                if mount.volume == volume.name
            ),
            volume.at,
        )
        for volume in found
    )


def _use(spec: ContainerSpec, mount: Mount, volume: Volume, touched: tuple[Touch, ...]) -> Use:
    read_only = mount.read_only or volume.kind in READ_ONLY_KINDS
    here = [touch for touch in touched if _mount_of(touch.path, spec.mounts) is mount]
    writes, reads = _surest(here, writes=True), _surest(here, writes=False)
    write, read = (Sure.MAY if writes is None else writes.sure), (Sure.MAY if reads is None else reads.sure)
    said = max((touch for touch in (writes, reads) if touch is not None), key=lambda touch: touch.sure, default=None)
    text = said.said if said is not None else ""
    if said is None and not read_only and spec.role is not Role.EPHEMERAL:
        image = known_image(spec.image)
        kind = kind_of_name(spec.name) or (image.kind if image is not None else None)
        if kind in _BY_KIND:
            write, read = (Sure.LIKELY, Sure.MAY) if _BY_KIND[kind] else (Sure.MAY, Sure.LIKELY)
            text = f"as a {kind.value} does"
    if read_only:
        write = Sure.NO
        text = "readOnly" if mount.read_only else f"a {volume.kind} can only be read"
    return Use(spec.name, spec.role, mount.path, read_only, mount.sub_path, write, read, text, mount.at)


def _surest(touched: Iterable[Touch], *, writes: bool) -> Touch | None:
    return max((touch for touch in touched if touch.writes is writes), key=lambda touch: touch.sure, default=None)


def _mount_of(path: str, mounts: tuple[Mount, ...]) -> Mount | None:
    """The mount that a path lies in: the deepest of those that contain it."""
    holding = [mount for mount in mounts if _inside(path, mount.path)]
    return max(holding, key=lambda mount: len(mount.path.rstrip("/")), default=None)


def _inside(path: str, directory: str) -> bool:
    directory = directory.rstrip("/")
    return bool(directory) and (path.rstrip("/") == directory or path.startswith(f"{directory}/"))
