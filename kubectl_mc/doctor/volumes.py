"""Volumes that can't be had. They are the pod's: no container is created before all of them are there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kubectl_mc.doctor.case import Case, Presence
from kubectl_mc.doctor.evidence import event_line
from kubectl_mc.doctor.finding import Certainty, Finding, Grade, Step, kubectl, mc
from kubectl_mc.doctor.objects import look, not_found
from kubectl_mc.doctor.wording import brief, listed
from kubectl_mc.model.event import Event
from kubectl_mc.model.health import ORDINARY_WAITS
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.spec import Reference, Role, Volume

_MOUNTING = ("FailedMount", "FailedMapVolume", "FailedAttachVolume")
_SANDBOX = ("FailedCreatePodSandBox", "NetworkNotReady")

_VOLUME = re.compile(r'for volume "([^"]+)"')
_UNMOUNTED = re.compile(r"unmounted volumes=\[([^\]]*)\]")
_NO_KEY = re.compile(r"references non-existent (?:config|secret) key: ([^\s,\]]+)")
_TIMEOUT = re.compile(r"timed out waiting for the condition|context deadline exceeded|timeout expired")
_BEFORE = re.compile(r'^(?:\w+\.\w+ (?:failed|initialization failed)|Multi-Attach error) for volume "[^"]+" ?: ?')
_REMOTE = re.compile(r"rpc error: code = \w+ desc = ")


@dataclass(frozen=True, slots=True)
class _Lack:
    """Something that a volume refers to and that isn't there."""

    volume: Volume
    kind: str
    name: str
    key: str
    at: str
    event: Event | None
    """Which said so."""


def before_containers(case: Case) -> bool:
    """Whether the node has the pod and none of its containers has been created: its volumes or its sandbox are late."""
    pod = case.pod
    own = [container for container in pod.containers if container.role is not Role.EPHEMERAL]
    if not pod.node or pod.terminal or pod.condition_true("PodReadyToStartContainers"):
        return False
    if not all(c.state.waiting and c.state.reason in ORDINARY_WAITS and c.status.last is None for c in own):
        return False
    # Where the kubelet doesn't report the condition yet, its events tell that it is past volumes and sandbox.
    failed, went_on = case.event(*_MOUNTING, *_SANDBOX), case.event("Pulling", "Pulled", "Created", "Started")
    if went_on is None or went_on.last_seen is None:
        return True
    return failed is not None and failed.last_seen is not None and failed.last_seen > went_on.last_seen


def volume_missing(case: Case) -> Iterator[Finding]:
    """A ConfigMap, a Secret, a key of one, or a claim that a volume needs doesn't exist."""
    yield from _missing_claims(case)
    if before_containers(case):
        yield from (_missing(case, lack) for lack in lacks(case))


def lacks(case: Case) -> list[_Lack]:
    """What the volumes of a pod lack, by what was read and by what the kubelet says."""
    found: dict[tuple[str, str, str], _Lack] = {}
    for volume in case.pod.shared.volumes:
        event = _event_of(case, volume)
        for reference in volume.references:
            if not reference.optional and _absent(case, reference, event):
                key = (reference.kind, reference.name, reference.key)
                found.setdefault(key, _Lack(volume, *key, reference.at, event))
    return list(found.values())


def _absent(case: Case, reference: Reference, event: Event | None) -> bool:
    """Whether an object or its key isn't there: as it was read, else as the kubelet says."""
    known = case.known(reference.kind, reference.name)
    if known.missing:
        return True
    said = event.message if event is not None else ""
    named = (reference.kind, reference.name) in not_found(said)
    if known.there:
        return reference.key not in known.keys if reference.key else named
    return named or (bool(reference.key) and reference.key in _NO_KEY.findall(said))


def _missing(case: Case, lack: _Lack) -> Finding:
    pod = case.pod
    known = case.known(lack.kind, lack.name)
    mounting = _mounting(pod, lack.volume)
    whose = f"volume {lack.volume.name}" + (f" of {listed([c.name for c in mounting])}" if mounting else "")
    unused = "" if mounting else ", although no container mounts it"
    back = known.there and (not lack.key or lack.key in known.keys)
    if lack.key and not known.missing:
        what = f"{lack.kind} {lack.name} has no key {lack.key}"
        if known.there:
            what += f" (it has {listed(sorted(known.keys))})" if known.keys else " (it is empty)"
    elif back:
        what = f"{lack.kind} {lack.name} did not exist a moment ago"
    else:
        what = f"{lack.kind} {lack.name} doesn't exist"
    return Finding(
        "volume-missing",
        f"{what}; {whose} needs it, so none of the containers is created{unused}",
        Grade.WARNING if back else Grade.ERROR,
        Certainty.OBSERVED if known.presence is not Presence.UNREAD else Certainty.LIKELY,
        mounting[0].name if len(mounting) == 1 else "",
        evidence=(
            *([event_line(lack.event, case.now)] if lack.event is not None else []),
            *([f"{lack.kind} {lack.name}: not found in namespace {pod.namespace}"] if known.missing else []),
            *([f"{lack.kind} {lack.name}: exists; the kubelet tries again within two minutes"] if back else []),
            f"{lack.at}: {lack.name}{f', key {lack.key}' if lack.key else ''}",
            *(
                f"{mount.at}: {mount.path}"
                for c in mounting
                for mount in c.spec.mounts
                if mount.volume == lack.volume.name
            ),
        ),
        next=(look(lack.kind, lack.name, there=known.there),),
        at=lack.at,
        consequences=_bystanders(pod, mounting),
    )


def _missing_claims(case: Case) -> Iterator[Finding]:
    """A claim is missed by the scheduler, before a node has anything to do with the pod."""
    pod = case.pod
    scheduled = pod.condition("PodScheduled")
    if pod.node or pod.terminal or scheduled is None or scheduled.status != "False":
        return
    for volume in pod.shared.volumes:
        known = case.known("PersistentVolumeClaim", volume.claim)
        said = f'persistentvolumeclaim "{volume.claim}" not found' in scheduled.message
        if not volume.claim or known.there or not (said or known.missing):
            continue
        mounting = _mounting(pod, volume)
        whose = f"volume {volume.name}" + (f" of {listed([c.name for c in mounting])}" if mounting else "")
        yield Finding(
            "volume-missing",
            f"the claim {volume.claim} doesn't exist; {whose} needs it, so no node can be chosen for the pod",
            certainty=Certainty.OBSERVED if known.missing else Certainty.LIKELY,
            container=mounting[0].name if len(mounting) == 1 else "",
            evidence=(
                f"condition PodScheduled: {scheduled.status}, {scheduled.reason}: {scheduled.message}",
                f"{volume.at}: {volume.name}",
            ),
            next=(kubectl("get", "pvc"),),
            at=volume.at,
            consequences=_bystanders(pod, mounting),
        )


def volume_mount_failed(case: Case) -> Iterator[Finding]:
    """A volume whose objects are there, and which can't be attached or mounted all the same."""
    pod = case.pod
    if not before_containers(case):
        return
    explained = {lack.volume.name for lack in lacks(case)}
    told: set[str] = set()
    for event in case.events_of(*_MOUNTING):
        for name in _volumes_of(event):
            volume = _volume(pod, name)
            shown = volume.name if volume is not None else name
            if shown in told or shown in explained:
                continue
            if _TIMEOUT.search(event.message) and _more_exact(case, name):
                continue
            told.add(shown)
            yield _failed(case, event, shown, volume)


def _failed(case: Case, event: Event, name: str, volume: Volume | None) -> Finding:
    pod = case.pod
    mounting = _mounting(pod, volume) if volume is not None else []
    whose = f"volume {name}" + (f" of {listed([c.name for c in mounting])}" if mounting else "")
    said = _core(event.message)
    doing = "attached to the node" if event.reason == "FailedAttachVolume" else "mounted"
    why = f": {said}"
    next_: tuple[Step, ...] = (mc("events", pod.name),)
    if "Multi-Attach" in event.message:
        holder = re.search(r"used by pod\(s\) (.+)$", event.message)
        why = ", since it is attached to another node" + (f", for {holder[1].strip()}" if holder else "")
        next_ = (kubectl("get", "volumeattachments", namespaced=False), kubectl("get", "pods", "-o", "wide"))
    elif _TIMEOUT.search(event.message) and "rpc error" not in event.message:
        why = " in time, and nothing says why"
        next_ = (kubectl("describe", "node", pod.node, namespaced=False),)
    elif "not found in the list of registered CSI drivers" in event.message:
        next_ = (kubectl("get", "csinode", pod.node, "-o", "yaml", namespaced=False),)
    if volume is not None and volume.claim:
        next_ = (kubectl("describe", "pvc", volume.claim), *next_)
    return Finding(
        "volume-mount-failed",
        f"{whose} can't be {doing}{why}; none of the containers is created before",
        container=mounting[0].name if len(mounting) == 1 else "",
        evidence=(
            event_line(event, case.now),
            *([f"{volume.at}: {volume.name}, {volume.kind}"] if volume is not None else []),
            *(f"{mount.at}: {mount.path}" for c in mounting for mount in c.spec.mounts if mount.volume == name),
        ),
        next=next_,
        at=volume.at if volume is not None else "",
        consequences=_bystanders(pod, mounting),
    )


def _event_of(case: Case, volume: Volume) -> Event | None:
    """The newest event that says more about a volume than that time is up."""
    for event in case.events_of("FailedMount"):
        if volume.name in _volumes_of(event) and not _UNMOUNTED.search(event.message):
            return event
    return None


def _volumes_of(event: Event) -> list[str]:
    """The names of the volumes that an event tells of; those of claims are called after the bound volume."""
    if unmounted := _UNMOUNTED.search(event.message):
        return re.split(r"[,\s]+", unmounted[1].strip())
    named = _VOLUME.search(event.message)
    return [named[1]] if named else []


def _volume(pod: Pod, name: str) -> Volume | None:
    """The pod's volume that an event means."""
    volume = pod.shared.volume(name)
    if volume is None:
        claimed = [each for each in pod.shared.volumes if each.claim]
        volume = claimed[0] if len(claimed) == 1 else None
    return volume


def _more_exact(case: Case, name: str) -> bool:
    """Whether another event says why a volume isn't mounted."""
    volume = _volume(case.pod, name)
    return any(
        _volume(case.pod, other) == volume and not _TIMEOUT.search(event.message)
        for event in case.events_of(*_MOUNTING)
        for other in _volumes_of(event)
    )


def _core(message: str) -> str:
    """What went wrong, without the layers that handed the word on: of a mount command what it wrote."""
    said = _REMOTE.sub("", _BEFORE.sub("", message.strip()))
    if output := re.search(r"^Output: (.+)$", said, re.MULTILINE):
        said = output[1]
    return brief(said)


def _mounting(pod: Pod, volume: Volume) -> list[Container]:
    return [c for c in pod.containers if any(mount.volume == volume.name for mount in c.spec.mounts)]


def _bystanders(pod: Pod, mounting: list[Container]) -> tuple[str, ...]:
    """Who waits for a volume without having to do with it."""
    names = [c.name for c in pod.containers if c not in mounting and c.role is not Role.EPHEMERAL]
    if not names or not mounting:
        return ()
    return (f"{listed(names)} {'waits' if len(names) == 1 else 'wait'} for it too, without mounting it",)
