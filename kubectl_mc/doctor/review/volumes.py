"""Volumes: those that are not there, that nobody uses, or that those who share them can't use as they must."""

import re
from collections.abc import Iterator

from kubectl_mc.doctor.finding import Certainty, Finding, Grade
from kubectl_mc.doctor.review.workload import Workload
from kubectl_mc.model.coupling.paths import Sure, touches
from kubectl_mc.model.coupling.sharing import SharedVolume, Use
from kubectl_mc.model.coupling.words import main_commands
from kubectl_mc.model.fields import mapping, objects, text
from kubectl_mc.model.spec import ContainerSpec, Role

_SCRATCH = re.compile(
    r"(?:^|[/_.-])(?:te?mp|cache|caches|scratch|run|var-run|spool|work|workspace|shm|dshm|home)(?:$|[/_.-])"
)


def volume_undefined(work: Workload) -> Iterator[Finding]:
    """A mount needs a volume of its name; a StatefulSet's claim templates are volumes, too."""
    templates = {
        text(mapping(item, "metadata"), "name")
        for item in objects(mapping(work.document, "spec"), "volumeClaimTemplates")
    }
    for spec in work.specs:
        for mount in spec.mounts:
            if mount.volume in templates or work.pod.shared.volume(mount.volume) is not None:
                continue
            yield Finding(
                "volume-undefined",
                f"{spec.name} mounts {mount.volume} at {mount.path}, and the pod has no such volume, which the API "
                "refuses",
                container=spec.name,
                at=f"{mount.at}.name",
                instead=f"volumes:\n- name: {mount.volume}\n  emptyDir: {{}}",
            )


def volume_unused(work: Workload) -> Iterator[Finding]:
    """A volume that nobody mounts still has to be there: a missing ConfigMap holds the whole pod up."""
    devices = {text(device, "name") for spec in work.specs for device in objects(work.raw(spec), "volumeDevices")}
    for volume in work.coupling.volumes:
        if volume.uses or volume.name in devices:
            continue
        cost = ", yet the pod doesn't start without it" if volume.kind not in ("emptyDir", "") else ""
        yield Finding(
            "volume-unused",
            f"no container mounts the volume {volume.name}{cost}",
            grade=Grade.WARNING,
            at=volume.at,
            instead=f"volumeMounts:\n- name: {volume.name}\n  mountPath: /...\nin a container, or no such volume",
        )


def volume_unwritten(work: Workload) -> Iterator[Finding]:
    """Who reads from an emptyDir needs somebody who writes into it."""
    for volume in _empty_dirs(work):
        readers = [use for use in volume.uses if use.read_only or use.reads >= Sure.LIKELY]
        closed = all(use.read_only for use in volume.uses)
        use = volume.uses[0]
        if len(readers) < len(volume.uses) or volume.writers() or (not closed and _scratch(use, volume)):
            continue
        how = "every mount of it is readOnly" if closed else "no container that writes mounts it"
        yield Finding(
            "volume-unwritten",
            f"{use.container} reads {volume.name}, and nobody writes into it: {how}",
            grade=Grade.WARNING,
            certainty=Certainty.OBSERVED if closed else Certainty.LIKELY,
            container=use.container,
            evidence=tuple(f"{each.at}: {each.said}" for each in volume.uses if each.said),
            at=use.at,
            instead=f"the same volume in the container that writes:\nvolumeMounts:\n- name: {volume.name}\n"
            f"  mountPath: {use.path}",
        )


def volume_of_one(work: Workload) -> Iterator[Finding]:
    """What a container writes for others into a volume that it alone has reaches nobody."""
    if len(work.running) < 2:
        return
    for volume in _empty_dirs(work):
        names = {use.container for use in volume.uses}
        use = volume.uses[0]
        if len(names) != 1 or not volume.writers() or _scratch(use, volume):
            continue
        yield Finding(
            "volume-of-one",
            f"{use.container} writes into {volume.name}, which no sibling mounts, so nobody sees what it writes",
            grade=Grade.INFO,
            certainty=Certainty.LIKELY,
            container=use.container,
            evidence=(f"{use.at}: {use.said}",),
            at=use.at,
            instead=f"the same volume in the container that is to read:\nvolumeMounts:\n- name: {volume.name}\n"
            f"  mountPath: {use.path}\n  readOnly: true",
        )


def volume_read_only(work: Workload) -> Iterator[Finding]:
    """A container whose command writes where it may only read."""
    for spec in work.specs:
        for touch in touches(spec):
            use = _use_at(work, spec, touch.path)
            if use is None or not (touch.writes and touch.sure is Sure.SAID and use.read_only):
                continue
            yield Finding(
                "volume-read-only",
                f"{spec.name} writes to {touch.path}, which lies in a volume that it has read-only: {use.said}",
                certainty=Certainty.LIKELY,
                container=spec.name,
                evidence=(f"{touch.at}: {touch.said}",),
                at=use.at,
                instead="readOnly: false" if use.said == "readOnly" else "an emptyDir to write into",
            )
            break


def volume_permission(work: Workload) -> Iterator[Finding]:
    """Two containers with different users write to one volume, and no group is given to it."""
    if work.pod.shared.security.fs_group is not None:
        return
    for volume in work.coupling.volumes:
        if volume.kind not in ("emptyDir", "persistentVolumeClaim", "ephemeral") or _opened(work, volume):
            continue
        for use in volume.uses:
            user = _user(work, use)
            if not user or use.writes < Sure.MAY:
                continue
            writers = [each for each in volume.uses if each.writes >= Sure.LIKELY and _user(work, each) != user]
            other = next((each for each in writers if SharedVolume.meet(use, each)), None)
            if other is None and (volume.kind == "emptyDir" or _root(work, use)):
                continue
            if other is not None:
                as_ = f"user {_user(work, other)}" if _user(work, other) is not None else "its image's user"
                why = f"{other.container} writes as {as_} and {use.container} as user {user}"
            else:
                why = f"{use.container} runs as user {user}, and a fresh volume belongs to root"
            yield Finding(
                "volume-permission",
                f"{use.container} may not be allowed to write to {volume.name}: {why}, and the pod has no fsGroup",
                grade=Grade.WARNING,
                certainty=Certainty.LIKELY,
                container=use.container,
                evidence=tuple(f"{each.at}: {each.said}" for each in (other, use) if each is not None and each.said),
                at="spec.securityContext",
                instead=f"securityContext:\n  fsGroup: {user}",
            )
            break


def host_path_shared(work: Workload) -> Iterator[Finding]:
    """Containers of a pod share files by an emptyDir; a directory of the node stays and is everybody's."""
    if work.kind == "DaemonSet":
        return
    for volume in work.coupling.volumes:
        if volume.kind == "hostPath" and volume.shared and volume.writers():
            names = " and ".join(dict.fromkeys(use.container for use in volume.uses))
            yield Finding(
                "host-path-shared",
                f"{names} share a directory of the node, which other pods there share, and which stays behind",
                grade=Grade.WARNING,
                at=volume.at,
                instead=f"- name: {volume.name}\n  emptyDir: {{}}",
            )


def _empty_dirs(work: Workload) -> Iterator[SharedVolume]:
    yield from (volume for volume in work.coupling.volumes if volume.kind == "emptyDir" and volume.uses)


def _scratch(use: Use, volume: SharedVolume) -> bool:
    """Whether a volume looks as if a container had it for itself."""
    return any(_SCRATCH.search(word) for word in (volume.name, use.path))


def _use_at(work: Workload, spec: ContainerSpec, path: str) -> Use | None:
    """The mount that a path of a container lies in."""
    uses = [use for volume in work.coupling.volumes for use in volume.uses if use.container == spec.name]
    holding = [use for use in uses if f"{path.rstrip('/')}/".startswith(f"{use.path.rstrip('/')}/")]
    return max(holding, key=lambda use: len(use.path), default=None)


def _user(work: Workload, use: Use) -> int | None:
    """As whom a container runs; None where only its image says it."""
    own = work.spec_of(use.container).security.user
    return own if own is not None else work.pod.shared.security.user


def _root(work: Workload, use: Use) -> bool:
    return not _user(work, use)


def _opened(work: Workload, volume: SharedVolume) -> bool:
    """Whether an init container gives the volume away before the others start."""
    return any(
        command.program in ("chown", "chmod", "setfacl", "install")
        for use in volume.uses
        if use.role is Role.INIT
        for command in main_commands(work.spec_of(use.container))
    )
