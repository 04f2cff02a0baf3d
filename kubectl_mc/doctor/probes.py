"""Containers that run and don't pass a probe, so that they aren't ready or don't count as started."""

import re
from collections.abc import Iterator

from kubectl_mc.doctor.answers import Answer, Failures, failures
from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.complaint import telling_line
from kubectl_mc.doctor.end import end_of
from kubectl_mc.doctor.evidence import end_line, event_line, probe_line, spec_line, state_line
from kubectl_mc.doctor.finding import Certainty, Finding, Grade, Step, kubectl, mc
from kubectl_mc.doctor.liveness import ask_again, killed_by, lives
from kubectl_mc.doctor.source import edit
from kubectl_mc.model.health import Health, container_health
from kubectl_mc.model.pod import Container
from kubectl_mc.model.spec import Probe, Role
from kubectl_mc.model.times import human_duration, seconds_between

_REPORTED_SECONDS = 30
"""How long the kubelet may take to report as ready a container that has no readiness probe."""

_FRESH_SECONDS = 330
"""How long a failure is worth a word after the probe passes again: the kubelet sends a count that often at least."""

_LATE_SECONDS = 600
"""A pod that becomes ready so long after its last start was ready before: hardly anything starts for so long."""

_LOCAL = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\]):(\d{1,5})")


def startup_probe_failing(case: Case, container: Container) -> Finding | None:
    """It doesn't pass its startup probe: an error once that is overdue or has killed it, else a warning.

    Up to half of what the probe allows a start is on its way, and no finding.
    """
    probe = container.startup_probe
    if probe is None or not lives(case) or container.role is Role.EPHEMERAL:
        return None
    killed = killed_by(case, container, "startup")
    starting = container.state.running and container.status.started is False
    if not starting and (killed is None or container.state.running):
        return None
    ran = seconds_between(container.state.started_at, case.now) or 0.0
    if killed is None and ran < probe.budget / 2:
        return None
    failed = failures(case, container, "startup", container.state.started_at if killed is None else None)
    assert failed is not None
    end = end_of(container, case.pod)
    if killed is not None:
        times = container.status.restarts
        again = f", {times} times so far" if times > 1 else ""
        passed = f"within the {human_duration(probe.budget)} that it is given, so the kubelet restarts it{again}"
    else:
        passed = f"for {human_duration(ran)} of {human_duration(probe.budget)}"
    said = f": it {failed.words}" if failed.answer is not Answer.UNKNOWN else ""
    return Finding(
        "startup-probe-failing",
        f"{container.name} has not passed its startup probe {passed}{said}",
        Grade.ERROR if killed is not None or ran > probe.budget + probe.period else Grade.WARNING,
        killed.certainty if killed is not None else Certainty.OBSERVED,
        evidence=(
            *([event_line(failed.newest, case.now)] if failed.newest is not None else []),
            *([event_line(killed.event, case.now)] if killed is not None else []),
            *([end_line(container, end.state, case.now)] if killed is not None and end is not None else []),
            probe_line(probe),
            *telling_line(case, container),
        ),
        next=(_log(case, container, previous=killed is not None), *ask_again(case, container, probe), *edit(case.pod)),
        at=probe.at,
    )


def probe_wrong_container(case: Case, container: Container) -> Finding | None:
    """A probe of it fails that asks a port which only a sibling declares.

    By number it asks the sibling, since containers of a pod share one network; by name it finds no port at all.
    """
    return next(_aimed_wrong(case, container, failing=True), None)


def probe_asks_sibling(case: Case, container: Container) -> Finding | None:
    """The same while the probe passes: it says nothing about the container that it is to judge.

    istio's rewritten probes ask the proxy on purpose, which asks the app.
    """
    return next(_aimed_wrong(case, container, failing=False), None)


def _aimed_wrong(case: Case, container: Container, *, failing: bool) -> Iterator[Finding]:
    if not lives(case) or not container.state.running:
        return
    for probe in container.spec.probes:
        sibling = _owner_of_port(case, container, probe)
        if sibling is None or probe.host or "/app-health/" in probe.action or _fails(container, probe) is not failing:
            continue
        port = sibling.spec.port(probe.port)
        assert port is not None
        failed = failures(case, container, probe.kind, container.state.started_at)
        newest = failed.newest if failed is not None and failing else None
        if probe.port == port.name:
            why = f"which only {sibling.name} declares: a probe finds its own container's names alone"
        else:
            why = f"which is {sibling.name}'s, so {container.name} is judged by what {sibling.name} answers"
        yield Finding(
            "probe-wrong-container",
            f"{container.name}'s {probe.kind} probe asks port {probe.port}, {why}",
            Grade.ERROR if failing else Grade.WARNING,
            Certainty.OBSERVED if failed is not None and failed.answer is Answer.NO_PORT else Certainty.LIKELY,
            evidence=(
                probe_line(probe),
                spec_line(port.at, f"{port.number}/{port.protocol}{f' {port.name}' if port.name else ''}"),
                *([event_line(newest, case.now)] if newest is not None else []),
            ),
            next=(mc("map", case.pod.name), *edit(case.pod)),
            blames=sibling.name,
            at=probe.at,
        )


def readiness_probe_failing(case: Case, container: Container) -> Finding | None:
    """It runs and its readiness probe doesn't pass, for longer than the probe may take from a start."""
    probe = container.spec.probe("readiness")
    if probe is None or not _unready(case, container):
        return None
    ran = seconds_between(container.state.started_at, case.now) or 0.0
    if ran < probe.budget:
        return None
    failed = failures(case, container, "readiness", container.state.started_at)
    assert failed is not None
    since = case.pod.condition("ContainersReady")
    unready = min(ran, seconds_between(since.since if since else None, case.now) or ran)
    declared = _declared(container, failed)
    said = failed.words if failed.answer is not Answer.UNKNOWN else "has not passed its readiness probe"
    return Finding(
        "readiness-probe-failing",
        f"{container.name} {said}{declared}{failed.often}, so it has not been ready for {human_duration(unready)}",
        certainty=Certainty.LIKELY if failed.newest is None or failed.earlier else Certainty.OBSERVED,
        evidence=(
            *([event_line(failed.newest, case.now)] if failed.newest is not None else []),
            state_line(container),
            probe_line(probe),
            *telling_line(case, container),
        ),
        next=(_log(case, container), *_look(case, container, failed)),
        blames=_needed(case, container),
        at=probe.at if failed.answer in (Answer.NO_PORT, Answer.NO_PROGRAM) else "",
    )


def probe_flapping(case: Case, container: Container) -> Finding | None:
    """It is ready, and a probe of it fails now and then, long after the start.

    What failed only before the pod became ready was a start, however slow: that is silent.
    """
    if not lives(case) or container_health(container, case.pod) is not Health.READY:
        return None
    ready = case.pod.condition("ContainersReady")
    since, started = (ready.since if ready else None), container.state.started_at
    for kind in ("liveness", "readiness"):
        failed = failures(case, container, kind, started)
        if failed is None or failed.newest is None or failed.earlier or since is None:
            continue
        seen = failed.newest.last_seen
        ago = seconds_between(seen, case.now) or 0.0
        before = seen is None or (seen <= since and (seconds_between(started, since) or 0.0) < _LATE_SECONDS)
        if failed.count < 2 or ago > _FRESH_SECONDS or before:
            continue
        return Finding(
            "probe-flapping",
            f"{container.name}'s {kind} probe fails now and then{failed.often}, the last time {human_duration(ago)} "
            f"ago: it {failed.words}",
            Grade.WARNING,
            evidence=(event_line(failed.newest, case.now), probe_line(failed.probe)),
            next=(mc("logs", case.pod.name, "-c", container.name, "--since", "10m"),),
        )
    return None


def not_ready(case: Case, container: Container) -> Finding | None:
    """It runs, nothing probes its readiness, and still it isn't reported as ready."""
    if container.spec.probe("readiness") is not None or not _unready(case, container):
        return None
    ran = seconds_between(container.state.started_at, case.now) or 0.0
    if ran < _REPORTED_SECONDS:
        return None
    return Finding(
        "not-ready",
        f"{container.name} has run for {human_duration(ran)}, has no readiness probe, and the kubelet has not "
        f"reported it ready: the fault is the node's rather than the container's",
        Grade.WARNING,
        Certainty.LIKELY,
        evidence=(state_line(container),),
        next=(kubectl("describe", "node", case.pod.node, namespaced=False),),
    )


def _needed(case: Case, container: Container) -> str:
    """A sibling on whose port the container's last lines say that it waits; empty where they don't."""
    for line in reversed(case.tail(container).lines):
        for found in _LOCAL.finditer(line):
            for sibling in case.pod.containers:
                if sibling.name != container.name and sibling.spec.port(found[1]) is not None:
                    return sibling.name
    return ""


def _unready(case: Case, container: Container) -> bool:
    return (
        lives(case)
        and container.state.running
        and container_health(container, case.pod) is Health.UNREADY
        and container.counts_as_ready
    )


def _fails(container: Container, probe: Probe) -> bool:
    """Whether a probe keeps its container from being as it should be."""
    if probe.kind == "startup":
        return container.status.started is False
    if probe.kind == "readiness":
        return container.status.started is not False and not container.status.ready
    last = container.status.last
    return last is not None and last.failed


def _owner_of_port(case: Case, container: Container, probe: Probe) -> Container | None:
    """The sibling that alone declares the port that a probe asks."""
    if not probe.port or container.spec.port(probe.port) is not None:
        return None
    owners = [
        other
        for other in case.pod.containers
        if other.name != container.name and other.counts_as_ready and other.spec.port(probe.port) is not None
    ]
    return owners[0] if len(owners) == 1 else None


def _declared(container: Container, failed: Failures) -> str:
    """What it declares instead, where nothing listens on what is asked."""
    ports = [str(port.number) for port in container.spec.ports]
    if failed.answer is not Answer.REFUSED or not ports or container.spec.port(failed.probe.port) is not None:
        return ""
    return f" (it declares {', '.join(ports)})"


def _look(case: Case, container: Container, failed: Failures) -> tuple[Step, ...]:
    """What shows the answer with one's own eyes."""
    probe = failed.probe
    if failed.answer in (Answer.NO_PORT, Answer.NO_PROGRAM):
        return edit(case.pod) or (_yaml(case),)
    if failed.answer is Answer.REFUSED:
        return (mc("exec", case.pod.name, "-c", container.name, "--", "netstat", "-ltn"),)
    return ask_again(case, container, probe)


def _yaml(case: Case) -> Step:
    return kubectl("get", "pod", case.pod.name, "-o", "yaml")


def _log(case: Case, container: Container, *, previous: bool = False) -> Step:
    """Its log, or that of the instance before where another one runs."""
    before = ("-p",) if previous and container.state.running else ()
    return mc("logs", case.pod.name, "-c", container.name, *before)
