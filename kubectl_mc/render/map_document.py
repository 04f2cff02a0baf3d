"""`kubectl mc map -o json`: fields are a contract, as everywhere in the machine output."""

from collections.abc import Iterable
from typing import Any

from kubectl_mc.model.coupling.calls import Call
from kubectl_mc.model.coupling.listening import Listener
from kubectl_mc.model.coupling.patterns import Pattern
from kubectl_mc.model.coupling.sharing import SharedVolume
from kubectl_mc.render.map import Mapped

Document = dict[str, Any]


def map_document(maps: Iterable[Mapped]) -> Document:
    """All maps."""
    return {"pods": [_map(mapped) for mapped in maps]}


def _map(mapped: Mapped) -> Document:
    coupled = mapped.coupled
    return {
        "namespace": mapped.pod.namespace,
        "object": mapped.object,
        "name": mapped.pod.name,
        "place": mapped.place or None,
        "containers": [_container(mapped, pattern) for pattern in coupled.patterns],
        "ports": [_listener(listener) for listener in coupled.listeners],
        "references": [_call(call) for call in coupled.calls],
        "volumes": [_volume(volume) for volume in coupled.volumes],
        "processes": {
            "shared": coupled.processes.shared,
            "host": coupled.processes.host,
            "targets": [{"container": name, "target": target} for name, target in coupled.processes.targets],
        },
        "hostNetwork": coupled.host_network,
        "clashes": [
            {
                "port": clash[0].port,
                "protocol": clash[0].protocol,
                "containers": [listener.container for listener in clash],
            }
            for clash in coupled.clashes
        ],
    }


def _container(mapped: Mapped, pattern: Pattern) -> Document:
    container = mapped.pod.container(pattern.container)
    assert container is not None  # patterns are made of the pod's containers
    return {
        "name": pattern.container,
        "role": container.role.value,
        "image": container.spec.image,
        "state": container.state.kind.value if mapped.live else None,
        "pattern": pattern.shape.value,
        "kind": pattern.kind.value,
        "reason": pattern.reason,
        "native": pattern.native,
    }


def _listener(listener: Listener) -> Document:
    return {
        "container": listener.container,
        "port": listener.port,
        "protocol": listener.protocol,
        "name": listener.name or None,
        "sign": listener.sign.name.lower(),
        "localOnly": listener.local,
        "said": listener.said,
        "at": listener.at,
    }


def _call(call: Call) -> Document:
    return {
        "container": call.container,
        "port": call.port,
        "protocol": call.protocol,
        "to": list(call.to),
        "probe": call.probe,
        "said": call.said,
        "at": call.at,
    }


def _volume(volume: SharedVolume) -> Document:
    return {
        "name": volume.name,
        "kind": volume.kind or None,
        "claim": volume.claim or None,
        "shared": volume.shared,
        "mounts": [
            {
                "container": use.container,
                "path": use.path,
                "subPath": use.sub_path or None,
                "readOnly": use.read_only,
                "writes": use.writes.name.lower(),
                "reads": use.reads.name.lower(),
                "said": use.said or None,
                "at": use.at,
            }
            for use in volume.uses
        ],
    }
