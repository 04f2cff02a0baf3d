"""The columns that `-o wide` adds to a pod's containers."""

from collections.abc import Mapping

from kubectl_mc.model.metrics import Usage
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.quantity import cores, mebibytes
from kubectl_mc.render.page import Span
from kubectl_mc.render.table import Column
from kubectl_mc.render.text import one_line


def wide_columns(pod: Pod, usage: Mapping[tuple[str, str, str], Usage]) -> list[Column[Container]]:
    """Use, requests and limits; ports, probes and mounts. Each leaves the table when it is too wide."""

    def used(container: Container) -> Usage | None:
        return usage.get((pod.namespace, pod.name, container.name))

    def cpu(container: Container) -> tuple[Span]:
        use = used(container)
        return (Span(_amounts(cores(use.cpu) if use else None, container, "cpu")),)

    def memory(container: Container) -> tuple[Span]:
        use = used(container)
        return (Span(_amounts(mebibytes(use.memory) if use else None, container, "memory")),)

    return [
        Column("CPU use/req/lim", cpu, spills=True),
        Column("MEMORY use/req/lim", memory, spills=True),
        Column("PORTS", lambda c: (Span(_ports(c)),), spills=True),
        Column("PROBES", lambda c: (Span(_probes(c)),), spills=True),
        Column("MOUNTS", lambda c: (Span(_mounts(c)),), spills=True),
    ]


def _amounts(used: str | None, container: Container, resource: str) -> str:
    amounts = [used, container.spec.requests.get(resource), container.spec.limits.get(resource)]
    return "/".join(one_line(amount) if amount else "-" for amount in amounts) if any(amounts) else ""


def _ports(container: Container) -> str:
    ports = (f"{port.number}/{port.protocol}" + (f" {port.name}" if port.name else "") for port in container.spec.ports)
    return one_line(", ".join(ports))


def _probes(container: Container) -> str:
    probes = (f"{p.kind} {p.action} every {p.period}s x{p.failure_threshold}" for p in container.spec.probes)
    return one_line("; ".join(probes))


def _mounts(container: Container) -> str:
    mounts = (
        f"{m.path} = {m.volume}{f'/{m.sub_path}' if m.sub_path else ''}{' (ro)' if m.read_only else ''}"
        for m in container.spec.mounts
        if not m.path.startswith("/var/run/secrets/kubernetes.io/")  # every container has it
    )
    return one_line(", ".join(mounts))
