"""The one network of a pod: ports that two containers want, and names that don't lead where they should."""

import re
from collections.abc import Iterator

from kubectl_mc.doctor.finding import Certainty, Finding, Grade
from kubectl_mc.doctor.review.workload import Workload
from kubectl_mc.model.coupling.listening import Sign
from kubectl_mc.model.coupling.settings import settings
from kubectl_mc.model.fields import labels, mapping, objects
from kubectl_mc.model.spec import ContainerSpec

_HOST_NAME = re.compile(r"(?:.*-)?(?:host|hostname|addr|address|server|servers|endpoint|url|uri|dsn|upstream|backend)")


def port_conflict(work: Workload) -> Iterator[Finding]:
    """Whoever of two comes second can't listen."""
    running = {spec.name for spec in work.running}
    wanted: dict[tuple[int, str], list[str]] = {}
    for each in work.coupling.listeners:
        if each.container in running and each.sign not in (Sign.PROBE, Sign.NUMBER):
            wanted.setdefault((each.port, each.protocol), []).append(each.container)
    taken = {port for port, _ in wanted}
    for (port, protocol), names in wanted.items():
        if len(set(names)) < 2:
            continue
        there = [each for each in work.coupling.listening(port, protocol) if each.container in names]
        later = max(there, key=lambda each: names.index(each.container))
        first = next(each for each in there if each.container == names[0])
        # A port that one declares and another is told to listen on may be one: who declares it need not serve it.
        sure = first.sign is later.sign and first.sign >= Sign.COMMAND
        free = next(number for number in range(port + 1, 65536) if number not in taken)
        yield Finding(
            "port-conflict",
            f"{later.container} wants {_port(port, protocol)}, which {first.container} has already: the containers of "
            "a pod share one network",
            grade=Grade.ERROR if sure else Grade.WARNING,
            certainty=Certainty.LIKELY,
            container=later.container,
            evidence=(f"{first.at}: {first.said}", f"{later.at}: {later.said}"),
            at=later.at,
            instead=f"another port for {later.container}, in its own settings and here:\ncontainerPort: {free}",
        )


def host_port_conflict(work: Workload) -> Iterator[Finding]:
    """A port of the node can be given once."""
    seen: dict[tuple[int, str, str], str] = {}
    for spec in work.specs:
        addresses = [str(port.get("hostIP", "")) for port in objects(work.raw(spec), "ports")]
        for port, address in zip(spec.ports, addresses, strict=False):
            if not port.host_port:
                continue
            first = seen.setdefault((port.host_port, port.protocol, address), spec.name)
            if first != spec.name:
                yield Finding(
                    "host-port-conflict",
                    f"{spec.name} wants the node's {_port(port.host_port, port.protocol)}, which {first} has already: "
                    "the API refuses it",
                    container=spec.name,
                    at=f"{port.at}.hostPort",
                    instead="no hostPort, but a Service",
                )


def port_name_conflict(work: Workload) -> Iterator[Finding]:
    """A Service that names its target port gets the first container's, whichever is meant."""
    seen: dict[str, ContainerSpec] = {}
    for spec in work.running:
        for port in spec.ports:
            first = seen.setdefault(port.name, spec) if port.name else spec
            if first is not spec:
                yield Finding(
                    "port-name-conflict",
                    f"{first.name} and {spec.name} both have a port named {port.name}: a Service's targetPort of this "
                    f"name leads to {first.name}, never to {spec.name}",
                    grade=Grade.WARNING,
                    container=spec.name,
                    at=f"{port.at}.name",
                    instead="another name, of at most 15 characters",
                )


def name_conflict(work: Workload) -> Iterator[Finding]:
    """Containers and init containers have their names out of one pot."""
    seen: set[str] = set()
    for spec in work.specs:
        if spec.name in seen:
            yield Finding(
                "container-name-conflict",
                f"two containers are called {spec.name}, which the API refuses",
                container=spec.name,
                at=f"{spec.at}.name",
                instead=f"name: {spec.name}-2",
            )
        seen.add(spec.name)


def sibling_by_name(work: Workload) -> Iterator[Finding]:
    """In a pod a sibling is at localhost; its container's name is no host's name, as it would be in Compose."""
    siblings = {spec.name for spec in work.running} - work.around.services
    listening = {(each.container, each.port) for each in work.coupling.listeners}
    for spec in work.running:
        for setting in settings(spec):
            named = next((name for name in siblings - {spec.name} if _speaks_to(setting.value, name)), "")
            if not named:
                continue
            alone = setting.value == named
            found = re.search(rf"{re.escape(named)}:(\d+)", setting.value)
            port = int(found[1]) if found else 0
            if not (_HOST_NAME.fullmatch(setting.name) if alone or not port else (named, port) in listening):
                continue
            yield Finding(
                "sibling-by-name",
                f"{spec.name} looks for {named} under its container's name, which no DNS knows: a sibling is at "
                "localhost",
                grade=Grade.WARNING,
                certainty=Certainty.LIKELY,
                container=spec.name,
                at=setting.at,
                instead=f"{setting.written}: localhost{f':{port}' if port else ''}",
            )


def metrics_port_unknown(work: Workload) -> Iterator[Finding]:
    """Prometheus asks one port of a pod by its annotations: it should be one that somebody listens on."""
    annotations = labels(mapping(work.template, "metadata"), "annotations")
    port = annotations.get("prometheus.io/port", "")
    listening = {each.port for each in work.coupling.listeners}
    if annotations.get("prometheus.io/scrape") != "true" or not port.isdecimal() or not listening:
        return
    if int(port) not in listening:
        yield Finding(
            "metrics-port-unknown",
            f"Prometheus is sent to port {port}, and no container says that it listens there",
            grade=Grade.WARNING,
            certainty=Certainty.LIKELY,
            at="metadata.annotations",
            instead=f"the port of the container with the metrics, among its ports as well:\ncontainerPort: {port}",
        )


def _speaks_to(value: str, name: str) -> bool:
    return re.search(rf"(?:^|://(?:[^\s/@]*@)?|,){re.escape(name)}(?:$|[:/,])", value) is not None


def _port(number: int, protocol: str) -> str:
    return f"port {number}" if protocol == "TCP" else f"port {number}/{protocol}"
