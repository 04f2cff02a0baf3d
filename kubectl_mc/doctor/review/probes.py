"""Probes: which containers nobody asks how they are, and which are asked at the wrong door."""

from collections.abc import Iterator
from dataclasses import replace

from kubectl_mc.doctor.finding import Certainty, Finding, Grade
from kubectl_mc.doctor.review.workload import Workload
from kubectl_mc.model.coupling.listening import Listener, Sign, probe_port
from kubectl_mc.model.fields import mapping
from kubectl_mc.model.spec import ContainerSpec


def no_readiness_probe(work: Workload) -> Iterator[Finding]:
    """A container without one is ready as soon as it runs. Another container's probe does not stand for it."""
    if work.ends:
        return
    probed = [spec.name for spec in work.running if spec.probe("readiness") is not None]
    for spec in work.running:
        helper = work.helps(spec)
        port = _served(work, spec)
        if spec.probe("readiness") is not None or (helper and not port) or not (port or spec == work.main):
            continue
        early = "it gets traffic" if port else "it counts as ready, so that a rollout goes on,"
        others = f"; the probe of {probed[0]} does not stand for it" if probed else ""
        yield Finding(
            "no-readiness-probe",
            f"{spec.name} has no readiness probe: {early} from its first moment on{others}",
            grade=Grade.WARNING if port and not helper else Grade.INFO,
            container=spec.name,
            at=f"{spec.at}.readinessProbe",
            instead=_probe("readiness", port),
        )


def no_liveness_probe(work: Workload) -> Iterator[Finding]:
    """Only a liveness probe notices a main container that hangs; yet a bad one does harm, hence no more than a note."""
    spec = work.main
    if work.ends or spec is None or spec.probe("liveness") is not None:
        return
    yield Finding(
        "no-liveness-probe",
        f"{spec.name} has no liveness probe: if it hangs, it is not restarted",
        grade=Grade.INFO,
        container=spec.name,
        at=f"{spec.at}.livenessProbe",
        instead=_probe("liveness", _served(work, spec)),
    )


def probes_identical(work: Workload) -> Iterator[Finding]:
    """Where both ask the same as often, a pod that is only busy is killed instead of spared."""
    for spec in work.running:
        ready, alive = spec.probe("readiness"), spec.probe("liveness")
        if ready is None or alive is None:
            continue
        if replace(ready, kind="", at="") == replace(alive, kind="", at=""):
            yield Finding(
                "probes-identical",
                f"{spec.name} is killed by its liveness probe at the moment at which its readiness probe would "
                "spare it: "
                "both ask the same, as often and as patiently",
                grade=Grade.WARNING,
                container=spec.name,
                evidence=(f"{alive.at}: {alive.action}", f"{ready.at}: {ready.action}"),
                at=alive.at,
                instead=f"failureThreshold: {alive.failure_threshold * 3}",
            )


def probe_wrong_container(work: Workload) -> Iterator[Finding]:
    """The containers share one network, so a probe at a sibling's port succeeds, and tells of the sibling."""
    for spec in work.running:
        own = {each.port for each in work.coupling.listeners if each.container == spec.name and each.sign > Sign.PROBE}
        for probe in spec.probes:
            port = probe_port(spec, probe)
            there = _others_at(work, spec, port or 0)
            if port is None or port in own or not there:
                continue
            instead = f"the port on which {spec.name} itself listens" if not own else f"port: {min(own)}"
            yield Finding(
                "probe-wrong-container",
                f"the {probe.kind} probe of {spec.name} asks port {port}, on which {there[0].container} listens, so it "
                f"tells how {there[0].container} is",
                grade=Grade.WARNING,
                certainty=Certainty.LIKELY,
                container=spec.name,
                evidence=(f"{probe.at}: {probe.action}", f"{there[0].at}: {there[0].said}"),
                at=probe.at,
                instead=instead,
            )


def probe_port_unknown(work: Workload) -> Iterator[Finding]:
    """A probe's port may be a name, but one of the container's own ports."""
    for spec in work.running:
        for probe in spec.probes:
            if not probe.port or probe.port.isdecimal() or spec.port(probe.port) is not None:
                continue
            owner = next((other.name for other in work.others(spec) if other.port(probe.port) is not None), "")
            elsewhere = f"; {owner} has one" if owner else ""
            yield Finding(
                "probe-port-unknown",
                f"the {probe.kind} probe of {spec.name} asks a port named {probe.port}, which {spec.name} doesn't "
                f"declare{elsewhere}: it always fails",
                container=spec.name,
                evidence=(f"{probe.at}: {probe.action}",),
                at=probe.at,
                instead=f"ports:\n- name: {probe.port}\n  containerPort: 8080",
            )


def init_with_probe(work: Workload) -> Iterator[Finding]:
    """An init container has to end, so it can't be probed, and has no hooks either."""
    for spec in work.inits:
        raw = work.raw(spec)
        for field in ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle"):
            if mapping(raw, field):
                yield Finding(
                    "init-with-probe",
                    f"{spec.name} is an init container and has a {field}, which the API refuses",
                    container=spec.name,
                    at=f"{spec.at}.{field}",
                    instead=f"no {field}; or restartPolicy: Always, if it is to go on running as a sidecar",
                )


def _served(work: Workload, spec: ContainerSpec) -> int:
    """A port on which others may ask for it; 0 for none that is known."""
    for each in work.coupling.listeners:
        if each.container != spec.name or each.local or each.protocol != "TCP":
            continue
        if each.sign > Sign.PROBE or not _others_at(work, spec, each.port):  # else its probe asks at the wrong door
            return each.port
    return 0


def _others_at(work: Workload, spec: ContainerSpec, port: int) -> list[Listener]:
    """Who else is sure to listen on a port."""
    at = work.coupling.listening(port)
    return [each for each in at if each.container != spec.name and each.sign >= Sign.COMMAND]


def _probe(kind: str, port: int) -> str:
    if port:
        return f"{kind}Probe:\n  tcpSocket:\n    port: {port}"
    return f"{kind}Probe:\n  exec:\n    command: [a command that ends with 0 when all is well]"
