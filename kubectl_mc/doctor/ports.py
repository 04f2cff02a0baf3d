"""Containers that want a port which is taken: a pod has one network, so each port is there once for all of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.complaint import last_words
from kubectl_mc.doctor.crash import Crash, crash_of
from kubectl_mc.doctor.evidence import spec_line
from kubectl_mc.doctor.finding import Certainty, Finding, Grade, Step, mc
from kubectl_mc.doctor.source import edit
from kubectl_mc.doctor.wording import listed
from kubectl_mc.model.coupling.listening import Listener, Sign
from kubectl_mc.model.health import Health, container_health
from kubectl_mc.model.pod import Container
from kubectl_mc.model.progress import subject
from kubectl_mc.model.spec import Port, Role

if TYPE_CHECKING:
    from kubectl_mc.model.coupling.coupled import Coupling

_TAKEN = re.compile(
    r"""(?i)
    addr(?:ess)?\ (?:is\ )?(?:already\ )?in\ use | EADDRINUSE | AddrInUse | only\ one\ usage\ of\ each\ socket\ address
    | port\ \d+\ (?:is|was)\ already\ in\ use | port\ (?:is\ )?already\ (?:in\ use|allocated)
    | Connection\ in\ use:\ \( | another\ process\ is\ (?:already\ )?(?:listening|using)""",
    re.VERBOSE,
)
"""As libc, Go, Java, Node, Rust, Windows, Spring, gunicorn and .NET say it."""
_PORTS = re.compile(
    r"""(?ix)
    \bport\b\W{0,3}(?P<named>\d{1,5})\b
    | (?:\d{1,3}(?:\.\d{1,3}){3} | \[[0-9a-f:.]*\] | localhost | [*+] | ::)['"\]]?(?::|,\ )(?P<host>\d{1,5})\b
    | (?<![\w:])(?:tcp|udp)[46]?\ \S*:(?P<dialled>\d{1,5})\b | (?<!\S):(?P<bare>\d{2,5})\b"""
)
_NEAR = 8
"""So many lines below it the port may stand, as in Node's description of the error."""
_FEW = 3
"""Up to so many restarts follow each other within the minute for which closed connections hold a port."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """A port that a container could not have."""

    port: int | None
    protocol: str
    evidence: str


def port_conflict(case: Case, container: Container) -> Finding | None:
    """It ends, or doesn't get ready, since the port that it wants is taken."""
    crash = crash_of(case, container)
    waits = container_health(container, case.pod) in (Health.UNREADY, Health.WORKING) and container.state.running
    if crash is None and not waits:
        return None
    wish = _wish(case, container, crash)
    if wish is None:
        return None
    coupled = case.coupled
    others = _others(case, container, coupled, wish)
    who = crash.subject if crash is not None else subject(container, case.pod)
    own = next(
        (each for each in coupled.listeners if each.container == container.name and each.port == wish.port), None
    )
    cause, sure = _cause(case, crash, others)
    return Finding(
        "port-conflict",
        f"{who} wants {_port(wish)}, {cause[0]}{_effect(crash)}{cause[1]}",
        certainty=Certainty.OBSERVED if sure else Certainty.LIKELY,
        evidence=(
            wish.evidence,
            *(spec_line(each.at, f"{each.said} ({each.container})") for each in (*others, *([own] if own else []))),
            *(crash.lines if crash is not None else ()),
        ),
        next=(
            crash.log if crash is not None else mc("logs", case.pod.name, "-c", container.name),
            mc("map", case.pod.name),
            *edit(case.pod),
        ),
        at=own.at if own is not None else "",
    )


def declared_clash(case: Case) -> Iterator[Finding]:
    """Two containers that run side by side declare one port, and so far neither has failed for it."""
    pod = case.pod
    if pod.terminal or pod.deleted is not None:
        return
    claims: dict[tuple[int, str], list[tuple[Container, Port]]] = {}
    for container in pod.containers:
        if container.role in (Role.APP, Role.SIDECAR):
            for port in {(port.number, port.protocol): port for port in container.spec.ports}.values():
                claims.setdefault((port.number, port.protocol), []).append((container, port))
    for (number, protocol), there in claims.items():
        if len(there) < 2 or any(port_conflict(case, container) for container, _ in there):
            continue
        names = [container.name for container, _ in there]
        yield Finding(
            "port-conflict",
            f"{listed(names)} declare port {number}/{protocol}: containers of a pod share one network, so only one of "
            "them can have it",
            grade=Grade.WARNING,
            certainty=Certainty.LIKELY,
            container=names[-1],
            evidence=tuple(
                spec_line(port.at, f"containerPort: {number} ({name})")
                for name, (_, port) in zip(names, there, strict=True)
            ),
            next=(mc("map", pod.name), *edit(pod)),
            at=there[-1][1].at,
        )


def host_port_taken(case: Case) -> Iterator[Finding]:
    """The kubelet turned the pod away, since a port of the node that it wants is taken.

    Only for pods that no scheduler has placed (kubelet `lifecycle/predicate.go`, as of static pods); of the others the
    scheduler says so.
    """
    pod = case.pod
    if not pod.terminal or pod.reason != "NodePorts":
        return
    wanted = [
        (container, port)
        for container in pod.containers
        for port in container.spec.ports
        if port.host_port or pod.shared.host_network
    ]
    names = dict.fromkeys(container.name for container, _ in wanted)
    ports = listed([str(port.host_port or port.number) for _, port in wanted]) if wanted else "it wants"
    yield Finding(
        "port-conflict",
        f"node {pod.node} turned the pod away: host port {ports}"
        f"{f' of {listed(list(names))}' if names else ''} is taken there by another pod",
        container=next(iter(names), "") if len(names) == 1 else "",
        evidence=(
            f"status: {pod.phase}, {pod.reason}: {pod.message}",
            *(spec_line(port.at, f"hostPort: {port.host_port or port.number}") for _, port in wanted),
        ),
        next=(Step(("status", "-A", "--field-selector", f"spec.nodeName={pod.node}"), namespaced=False),),
        at=wanted[0][1].at if wanted else "",
        consequences=("no container of it was started, and none will be: a refused pod is not tried again",),
    )


def _wish(case: Case, container: Container, crash: Crash | None) -> _Wish | None:
    """The port that its last words say is taken; None where they say nothing of the kind."""
    words = last_words(case, container, crash.end.state if crash is not None else None)
    lines = [word.line for word in words]
    found = [at for at, word in enumerate(words) if word.telling and _TAKEN.search(word.line)]
    if not found:
        return None
    # Node says it twice, and only the first has the address.
    at = next((at for at in found if _PORTS.search(lines[at])), found[-1])
    return _meant(container, case.coupled, lines[at : at + _NEAR], words[at].evidence)


def _meant(container: Container, coupled: "Coupling", lines: Sequence[str], evidence: str) -> _Wish:
    protocol = "UDP" if re.search(r"(?i)\budp\b|DGRAM", lines[0]) else "TCP"
    for line in lines:
        if (found := _PORTS.search(line)) is not None and 0 < (port := int(found[found.lastgroup or 0])) < 65536:
            return _Wish(port, protocol, evidence)
    own = [each for each in coupled.listeners if each.container == container.name and each.protocol == protocol]
    clashing = [
        each for each in own if any(o.container != container.name for o in coupled.listening(each.port, protocol))
    ]
    chosen = clashing or own
    return _Wish(chosen[0].port if len(chosen) == 1 else None, protocol, evidence)


def _others(case: Case, container: Container, coupled: "Coupling", wish: _Wish) -> tuple[Listener, ...]:
    """The siblings that may have the port, those that run first. Steps that are over have nothing any more."""
    if wish.port is None:
        return ()
    found = []
    for each in coupled.listening(wish.port, wish.protocol):
        sibling = case.pod.container(each.container)
        if sibling is not None and sibling.name != container.name and not sibling.state.succeeded:
            found.append((not sibling.state.running, each))
    return tuple(each for _, each in sorted(found, key=lambda pair: pair[0]))


def _cause(case: Case, crash: Crash | None, others: tuple[Listener, ...]) -> tuple[tuple[str, str], bool]:
    """Who has the port, as the two parts of the sentence around the effect; and whether the evidence shows it."""
    if others:
        other = case.pod.container(others[0].container)
        assert other is not None
        name = subject(other, case.pod).rstrip(",")
        sure = other.state.running and others[0].sign > Sign.PROBE
        return (f"on which {name} listens", ": containers of a pod share one network"), sure
    if case.pod.shared.host_network:
        return (
            "which something else has on node " + case.pod.node,
            ": under hostNetwork the node's ports are its own",
        ), False
    restarts = crash.container.status.restarts if crash is not None else 0
    itself = "it binds it twice itself"
    if 0 < restarts <= _FEW:
        itself = f"connections of its former instance may still hold it, or {itself}"
    if any(each.state.running for each in case.pod.containers if crash is None or each is not crash.container):
        return ("which is taken", f": {itself}, or a sibling has it without a word of it in its spec"), False
    return ("which is taken", f" while no other container runs: {itself}"), False


def _effect(crash: Crash | None) -> str:
    return ", and runs without it" if crash is None else f", and {crash.ended}{crash.effect}"


def _port(wish: _Wish) -> str:
    if wish.port is None:
        return "a port"
    return f"port {wish.port}" if wish.protocol == "TCP" else f"port {wish.port}/{wish.protocol}"
