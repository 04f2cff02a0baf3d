"""Containers that may not use a file: on which volume it is, who else writes there and as whom, or why nobody can."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.complaint import last_words
from kubectl_mc.doctor.crash import Crash, crash_of
from kubectl_mc.doctor.evidence import spec_line
from kubectl_mc.doctor.finding import Certainty, Finding, Step, mc
from kubectl_mc.doctor.source import edit
from kubectl_mc.model.coupling.paths import Sure
from kubectl_mc.model.coupling.sharing import READ_ONLY_KINDS, SharedVolume, Use
from kubectl_mc.model.health import Health, container_health
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.progress import subject
from kubectl_mc.model.spec import Mount, Volume

_DENIED = re.compile(
    r"(?i)permission denied|\bEACCES\b|\bEPERM\b|operation not permitted|AccessDenied|wrong ownership|not writable"
)
_READ_ONLY = re.compile(r"(?i)read-only file ?system|\bEROFS\b|ReadOnlyFileSystem")
_PATH = re.compile(r"(?<![\w.:/@-])/[\w.@%+=~-][\w.@%+=~/-]*")
_KERNELS = ("/proc/", "/sys/", "/dev/")
"""What is there is the kernel's, and a matter of capabilities."""
_NOT_EXECUTABLE = 126
_GROUPLESS = frozenset({"hostPath", "nfs"})
"""Volumes that the kubelet gives to no group, whatever fsGroup says."""
_NAMES = {"configMap": "a ConfigMap", "secret": "a Secret", "image": "an image"}


@dataclass(frozen=True, slots=True)
class _Trouble:
    """A path that a container could not use, and where it is."""

    case: Case
    container: Container
    crash: Crash | None
    """None for one that goes on without it."""
    path: str
    line: str
    """As evidence."""
    mount: Mount | None
    volume: Volume | None

    @property
    def who(self) -> str:
        return self.crash.subject if self.crash is not None else subject(self.container, self.case.pod)

    @property
    def effect(self) -> str:
        return f", and {self.crash.ended}{self.crash.effect}" if self.crash is not None else ", and is not ready"

    @property
    def where(self) -> str:
        return f"{self.path} of volume {self.volume.name}" if self.volume is not None else self.path

    @property
    def shared(self) -> SharedVolume | None:
        name = self.mount.volume if self.mount is not None else ""
        return next((each for each in self.case.coupled.volumes if each.name == name), None)

    def siblings(self) -> list[Use]:
        """The uses of the same files by others, those that surely write first."""
        shared = self.shared
        if shared is None:
            return []
        own = [use for use in shared.uses if self.mount is not None and use.at == self.mount.at]
        others = [use for use in shared.uses if any(SharedVolume.meet(mine, use) for mine in own)]
        return sorted(others, key=lambda use: -use.writes)

    def finding(self, id_: str, summary: str, certainty: Certainty, at: str, *lines: str) -> Finding:
        crash, name = self.crash, self.case.pod.name
        return Finding(
            id_,
            summary,
            certainty=certainty,
            evidence=(self.line, *lines, *(crash.lines if crash is not None else ())),
            next=(
                crash.log if crash is not None else mc("logs", name, "-c", self.container.name),
                *self._look(),
                *edit(self.case.pod),
            ),
            at=at,
        )

    def _look(self) -> Iterator[Step]:
        """How the file looks to somebody who runs and has the same volume at the same place in it."""
        mount = self.mount
        for use in self.siblings():
            sibling = self.case.pod.container(use.container)
            if mount is not None and use.sub_path == mount.sub_path and sibling is not None and sibling.state.running:
                path = use.path.rstrip("/") + self.path.removeprefix(mount.path.rstrip("/"))
                parent = path.rpartition("/")[0] or "/"
                yield mc("exec", self.case.pod.name, "-c", use.container, "--", "ls", "-lan", parent)
                return


def volume_read_only(case: Case, container: Container) -> Finding | None:
    """It writes where it can't: a mount, a volume or a root file system that is read-only."""
    trouble = _trouble(case, container, _READ_ONLY)
    if trouble is None:
        return None
    mount, volume = trouble.mount, trouble.volume
    if mount is None or volume is None:
        if not container.spec.security.read_only_root:
            return None
        at = f"{container.spec.at}.securityContext.readOnlyRootFilesystem"
        folder = trouble.path.rpartition("/")[0] or "/"
        summary = f"its root file system is read-only{trouble.effect}: mount an emptyDir at {folder}"
        return trouble.finding(
            "volume-read-only",
            f"{trouble.who} can't write {trouble.path}, since {summary}",
            Certainty.OBSERVED,
            at,
            spec_line(at, "true"),
        )
    if volume.kind in READ_ONLY_KINDS:
        kind = _NAMES.get(volume.kind, f"a {volume.kind} volume")
        why, at = f"{kind} is always read-only", mount.at
        advice, lines = "copy it into an emptyDir first, or write elsewhere", [spec_line(volume.at, volume.kind)]
    elif mount.read_only:
        why, at = "it mounts it read-only", f"{mount.at}.readOnly"
        lines = [spec_line(at, "true")]
        writers = [use for use in trouble.siblings() if not use.read_only]
        lines += [spec_line(use.at, f"writable ({use.container})") for use in writers]
        advice = f"{writers[0].container} has it writable" if writers else "nobody in the pod has it writable"
    else:
        why, at = "its file system has become read-only", volume.at
        advice, lines = "the storage may be failing, or lets this node only read", [spec_line(volume.at, volume.kind)]
    sure = mount.read_only or volume.kind in READ_ONLY_KINDS
    return trouble.finding(
        "volume-read-only",
        f"{trouble.who} can't write {trouble.where}, since {why}{trouble.effect}: {advice}",
        Certainty.OBSERVED if sure else Certainty.LIKELY,
        at,
        *lines,
    )


def volume_permission(case: Case, container: Container) -> Finding | None:
    """Its user may not use a file: mostly one that another container made as another user."""
    trouble = _trouble(case, container, _DENIED)
    if trouble is None or trouble.path.startswith(_KERNELS):
        return None
    user = _user(container, case.pod)
    if trouble.mount is None or trouble.volume is None:
        code = trouble.crash.end.state.exit_code if trouble.crash is not None else None
        why = "it isn't executable" if code == _NOT_EXECUTABLE else "its image gives it to another user"
        return trouble.finding(
            "volume-permission",
            f"{trouble.who} may not use {trouble.path} as {user}{trouble.effect}: no volume is mounted there, so {why}",
            Certainty.LIKELY,
            f"{container.spec.at}.securityContext.runAsUser",
        )
    others = [use for use in trouble.siblings() if use.writes > Sure.NO]
    writer = next((use for use in others if _user(_named(case, use), case.pod) != user), None)
    there = ""
    if writer is not None:
        verb = "writes" if writer.writes >= Sure.LIKELY else "may write"
        there = f", where {writer.container} {verb} as {_user(_named(case, writer), case.pod)}"
    group = case.pod.shared.security.fs_group
    return trouble.finding(
        "volume-permission",
        f"{trouble.who} may not use {trouble.where} as {user}{there}{trouble.effect}: {_remedy(trouble, writer)}",
        Certainty.OBSERVED if writer is not None else Certainty.LIKELY,
        "spec.securityContext.fsGroup",
        *([spec_line(writer.at, f"{writer.path} ({writer.container})")] if writer is not None else []),
        spec_line(trouble.mount.at, f"{trouble.mount.path} ({container.name})"),
        spec_line("spec.securityContext.fsGroup", "not set" if group is None else str(group)),
    )


def _remedy(trouble: _Trouble, writer: Use | None) -> str:
    """What keeps the user from it, as far as the spec tells."""
    volume, group = trouble.volume, trouble.case.pod.shared.security.fs_group
    assert volume is not None
    if volume.kind in READ_ONLY_KINDS:
        return "the files' defaultMode doesn't let that user"
    if volume.kind in _GROUPLESS:
        return f"a {volume.kind} volume keeps its own owners, and no fsGroup changes them"
    if group is None:
        both = "them both" if writer is not None else "it"
        return f"the pod has no fsGroup that would let {both}"
    made = f"what {writer.container} makes" if writer is not None else "what is there"
    return f"although the pod's fsGroup is {group}, {made} isn't open to the group"


def _trouble(case: Case, container: Container, complaint: re.Pattern[str]) -> _Trouble | None:
    """The last complaint of its last words that names a path."""
    crash = crash_of(case, container)
    waits = container.state.running and container_health(container, case.pod) in (Health.UNREADY, Health.WORKING)
    if crash is None and not waits:
        return None
    for word in reversed(last_words(case, container, crash.end.state if crash is not None else None)):
        if not word.telling or complaint.search(word.line) is None:
            continue
        paths = [found[0].rstrip("./:") for found in _PATH.finditer(word.line)]
        mounts = [(path, mount) for path in paths if (mount := _mount(path, container)) is not None]
        if mounts:
            path, mount = mounts[-1]
            return _Trouble(case, container, crash, path, word.evidence, mount, case.pod.shared.volume(mount.volume))
        if paths:
            return _Trouble(case, container, crash, paths[-1], word.evidence, None, None)
    return None


def _mount(path: str, container: Container) -> Mount | None:
    """The mount that a path is on: the deepest one."""
    on = [m for m in container.spec.mounts if path == m.path.rstrip("/") or path.startswith(f"{m.path.rstrip('/')}/")]
    return max(on, key=lambda mount: len(mount.path), default=None)


def _user(container: Container, pod: Pod) -> str:
    """As whom it runs, as far as the spec tells."""
    own = container.spec.security.user
    user = own if own is not None else pod.shared.security.user
    return "its image's user" if user is None else "root" if user == 0 else f"uid {user}"


def _named(case: Case, use: Use) -> Container:
    found = case.pod.container(use.container)
    assert found is not None
    return found
