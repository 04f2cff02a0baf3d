"""The pattern that each container of a pod follows, and the reason: sidecar, adapter, ambassador, init, or the app."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from kubectl_mc.model.coupling.calls import Call
from kubectl_mc.model.coupling.init_patterns import init_kind
from kubectl_mc.model.coupling.known import Kind, kind_of_name, known_image
from kubectl_mc.model.coupling.listening import Listener
from kubectl_mc.model.coupling.paths import Sure
from kubectl_mc.model.coupling.sharing import SharedVolume, Use
from kubectl_mc.model.spec import ContainerSpec, Role


class Shape(StrEnum):
    """A container's part in its pod."""

    MAIN = "main"
    SIDECAR = "sidecar"
    ADAPTER = "adapter"
    AMBASSADOR = "ambassador"
    INIT = "init"
    DEBUG = "debug"


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a container is in its pod, and why that is thought."""

    container: str
    shape: Shape
    kind: Kind
    reason: str
    native: bool = False
    """A native sidecar: started before the apps, ended after them, and no hindrance to a Job's end."""

    @property
    def helper(self) -> bool:
        return self.shape in (Shape.SIDECAR, Shape.ADAPTER, Shape.AMBASSADOR)


_PROXIES = frozenset({Kind.PROXY, Kind.GATE, Kind.GATEWAY})
_UNLIKELY_ALONE = frozenset({Kind.CACHE, Kind.DATABASE, Kind.GATEWAY, Kind.PROXY, Kind.SECURITY, Kind.GATE})
"""Kinds of images that are just as well a pod's whole purpose."""
_NOT_RUNNING = frozenset({Kind.MIGRATE, Kind.WAIT, Kind.CLONE, Kind.NETWORK})


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the patterns are judged by."""

    specs: tuple[ContainerSpec, ...]
    listeners: tuple[Listener, ...]
    calls: tuple[Call, ...]
    volumes: tuple[SharedVolume, ...]
    main: str
    annotated: bool = False

    def callers(self, name: str) -> list[Call]:
        return [call for call in self.calls if name in call.to and call.container != name and not call.probe]

    def called(self, name: str) -> list[Call]:
        return [call for call in self.calls if call.container == name and call.to_others and not call.probe]

    def listens(self, name: str) -> bool:
        return any(each.container == name for each in self.listeners)


def patterns(
    specs: tuple[ContainerSpec, ...],
    listeners: tuple[Listener, ...],
    calls: tuple[Call, ...],
    volumes: tuple[SharedVolume, ...],
    default: str = "",
) -> tuple[Pattern, ...]:
    """The pattern of each container, in their order.

    Args:
        default: the container that the pod's annotation names as the one that is meant.
    """
    seen = _Seen(specs, listeners, calls, volumes, _main(specs, default), bool(default))
    return tuple(_pattern(spec, seen) for spec in specs)


def _main(specs: tuple[ContainerSpec, ...], default: str) -> str:
    """The main container: the annotated one, else the first app container that looks like no helper, else the first."""
    apps = [spec for spec in specs if spec.role is Role.APP]
    if any(spec.name == default for spec in apps):
        return default
    plain = [spec for spec in apps if _kind(spec) is None or _web_server(spec)] or [
        spec for spec in apps if kind_of_name(spec.name) is None and _kind(spec) in _UNLIKELY_ALONE
    ]
    return next((spec.name for spec in (*plain, *apps)), "")


def _web_server(spec: ContainerSpec) -> bool:
    """Whether nothing is known of it but that its image is a web server, which is mostly an app."""
    return kind_of_name(spec.name) is None and _kind(spec) is Kind.GATEWAY


def _kind(spec: ContainerSpec) -> Kind | None:
    """What name and image say of a container that goes on running."""
    named, image = kind_of_name(spec.name), known_image(spec.image)
    if image is not None and image.kind in _NOT_RUNNING:
        image = None
    if named is Kind.PROXY and image is not None and image.kind in (Kind.GATE, Kind.MESH):
        return image.kind
    return named or (image.kind if image is not None else None)


def _pattern(spec: ContainerSpec, seen: _Seen) -> Pattern:
    if spec.role is Role.EPHEMERAL:
        target = f" of {spec.target}" if spec.target else ""
        return Pattern(spec.name, Shape.DEBUG, Kind.DEBUG, f"an ephemeral container beside the processes{target}")
    if spec.role is Role.INIT:
        return Pattern(spec.name, Shape.INIT, *init_kind(spec, seen.volumes))
    native = spec.role is Role.SIDECAR
    if spec.role is Role.APP and spec.name == seen.main:
        return Pattern(spec.name, Shape.MAIN, Kind.MAIN, _why_main(seen))
    found = next(_helper(spec, seen), None)
    if found is not None:
        return Pattern(spec.name, *found, native)
    if native:
        return Pattern(spec.name, Shape.SIDECAR, Kind.OTHER, "an init container that goes on running", native)
    return Pattern(spec.name, Shape.MAIN, Kind.MAIN, "nothing marks it as a helper of another container")


def _why_main(seen: _Seen) -> str:
    apps = [each for each in seen.specs if each.role is Role.APP]
    if len(apps) == 1:
        return "the only app container"
    if seen.annotated:
        return "the default container by the pod's annotation"
    if seen.main == apps[0].name:
        return "the first app container"
    return "the app container that looks like no helper"


def _helper(spec: ContainerSpec, seen: _Seen) -> Iterator[tuple[Shape, Kind, str]]:
    """What speaks for a helper, the surest first."""
    kind = _kind(spec)
    said = _said(spec, kind)
    callers, called = seen.callers(spec.name), seen.called(spec.name)
    converts = _converts(spec, seen)
    if kind is Kind.MESH:
        yield Shape.SIDECAR, kind, f"{said}: the pod's traffic goes through it"
    if kind is Kind.ADAPTER:
        yield Shape.ADAPTER, kind, converts or (_offers(called[0], spec, seen) if called else said)
    if kind in _PROXIES:
        shape = Shape.AMBASSADOR
        proxy = Kind.PROXY if kind is Kind.GATEWAY and callers else kind
        if callers:
            yield (
                shape,
                proxy,
                f"{_callers(callers)} speaks to it at localhost:{callers[0].port}; it speaks to the world",
            )
        elif called:
            yield shape, kind, f"the world speaks to it; it passes on to {_names(called[0])} ({called[0].said})"
        elif kind is not Kind.GATEWAY or kind_of_name(spec.name) is Kind.GATEWAY:
            yield shape, kind, f"{said}: stands between {seen.main} and the world"
    if kind is Kind.METRICS and called:
        yield Shape.SIDECAR, kind, f"{said}; reads {_names(called[0])} at {called[0].said}"
    if kind in (Kind.LOGS, Kind.READER) and (read := _read(spec, seen)) is not None:
        yield Shape.SIDECAR, Kind.LOGS, f"{said}; {_reads(read)}"
    if kind in (Kind.CACHE, Kind.DATABASE) and callers:
        yield Shape.SIDECAR, kind, f"{said}; {_callers(callers)} speaks to it at localhost:{callers[0].port}"
    if kind is not None and kind is not Kind.GATEWAY:
        yield Shape.SIDECAR, kind, said
    if converts:
        yield Shape.ADAPTER, Kind.ADAPTER, converts
    if called and seen.listens(spec.name):
        yield Shape.ADAPTER, Kind.ADAPTER, _offers(called[0], spec, seen)
    if callers and not called:
        yield Shape.AMBASSADOR, Kind.PROXY, f"{_callers(callers)} speaks to it at localhost:{callers[0].port}"
    if (read := _read(spec, seen, least=Sure.LIKELY)) is not None:
        kind = Kind.LOGS if "log" in read[1].path or "log" in read[1].said else Kind.READER
        yield Shape.SIDECAR, kind, _reads(read)
    if (written := _written(spec, seen)) is not None:
        yield Shape.SIDECAR, Kind.SYNC, f"writes {written[0].name}, which {written[1]} reads ({written[2]})"


def _said(spec: ContainerSpec, kind: Kind | None) -> str:
    """By what a helper's kind is told."""
    return f"named {spec.name}" if kind_of_name(spec.name) is kind else f"image {spec.image}"


def _names(call: Call) -> str:
    return ", ".join(call.to_others)


def _callers(calls: list[Call]) -> str:
    return ", ".join(dict.fromkeys(call.container for call in calls))


def _offers(call: Call, spec: ContainerSpec, seen: _Seen) -> str:
    port = next((each.port for each in seen.listeners if each.container == spec.name), None)
    offer = f" and offers port {port}" if port is not None else ""
    return f"speaks to {_names(call)} at localhost:{call.port}{offer}"


def _converts(spec: ContainerSpec, seen: _Seen) -> str:
    """For one that reads a volume that it shares with another and writes a second volume; empty for others."""
    read = _read(spec, seen, least=Sure.LIKELY)
    if read is None:
        return ""
    for volume in seen.volumes:
        for use in volume.uses:
            if use.container == spec.name and use.writes >= Sure.LIKELY and volume is not read[0]:
                return f"reads {read[0].name}, which {_others(read[0], read[1])} has too, and writes {volume.name}"
    return ""


def _read(spec: ContainerSpec, seen: _Seen, least: Sure = Sure.MAY) -> tuple[SharedVolume, Use] | None:
    """A volume that a container reads and shares with an app container, the surest."""
    names = {each.name for each in seen.specs if each.role in (Role.APP, Role.SIDECAR)}
    found = [
        (volume, use)
        for volume in seen.volumes
        for use in volume.uses
        if use.container == spec.name
        and (use.reads >= least or use.read_only)
        and use.writes <= max(use.reads, Sure.MAY)
        and any(volume.meet(use, other) and other.container in names and not other.read_only for other in volume.uses)
    ]
    return max(found, key=lambda pair: (pair[1].reads, pair[1].read_only), default=None)


def _written(spec: ContainerSpec, seen: _Seen) -> tuple[SharedVolume, str, str] | None:
    for volume in seen.volumes:
        for use in volume.uses:
            if use.container == spec.name and use.writes >= Sure.LIKELY:
                for other in volume.uses:
                    if (
                        volume.meet(use, other)
                        and other.role is not Role.INIT
                        and (other.read_only or other.reads >= Sure.LIKELY)
                    ):
                        return volume, other.container, use.said
    return None


def _reads(read: tuple[SharedVolume, Use]) -> str:
    volume, use = read
    how = f" ({use.said})" if use.said and not use.said.startswith("as a ") else ""
    return f"reads volume {volume.name}{how}, which {_others(volume, use)} {_verb(volume, use)}"


def _others(volume: SharedVolume, use: Use) -> str:
    others = [each for each in volume.uses if volume.meet(use, each) and not each.read_only] or [
        each for each in volume.uses if volume.meet(use, each)
    ]
    return ", ".join(dict.fromkeys(each.container for each in others))


def _verb(volume: SharedVolume, use: Use) -> str:
    others = [each for each in volume.uses if volume.meet(use, each)]
    return "writes" if any(each.writes >= Sure.LIKELY for each in others) else "may write"
