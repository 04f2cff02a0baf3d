"""Containers that the kubelet kills because a probe of theirs fails: they end with 137 or 143, and did nothing wrong
that their own log would tell.
"""

from dataclasses import dataclass
from datetime import timedelta

from kubectl_mc.doctor.answers import Failures, failures
from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.complaint import telling_line
from kubectl_mc.doctor.end import RECENT_SECONDS, End, Now, end_of
from kubectl_mc.doctor.evidence import end_line, event_line, probe_line
from kubectl_mc.doctor.finding import Certainty, Finding, Grade, Step, mc
from kubectl_mc.doctor.source import edit
from kubectl_mc.doctor.wording import brief
from kubectl_mc.model.event import Event
from kubectl_mc.model.pod import Container, ContainerState
from kubectl_mc.model.secrecy import masked_command
from kubectl_mc.model.spec import Probe
from kubectl_mc.model.times import human_duration, seconds_between

_KILLED = frozenset({137, 143})
"""Exit codes of SIGKILL and SIGTERM."""
_SLACK_SECONDS = 60
"""Between the word of a kill and the end of the container, beyond its grace period."""


def lives(case: Case) -> bool:
    """Whether the pod is to go on: probes of one that has ended, or is being deleted, tell nothing."""
    return not case.pod.terminal and case.pod.deleted is None


@dataclass(frozen=True, slots=True)
class Kill:
    """The kubelet's word that it killed a container for a probe."""

    event: Event
    certainty: Certainty
    """LIKELY where the word is about an earlier end, and the last one looks the same."""


def killed_by(case: Case, container: Container, kind: str) -> Kill | None:
    """How the kubelet says that it killed the last instance for a probe; None if it doesn't.

    In a crash loop the word about the last kill is often missing, since the kubelet sends only so many events (see
    `answers`): an end by SIGKILL or SIGTERM, no sooner than the probe can have failed, is taken for one more.
    """
    end = end_of(container, case.pod)
    if end is None or end.state.reason == "OOMKilled":
        return None
    event = case.event("Killing", container=container, saying=f"failed {kind} probe")
    if event is None:
        return None
    if event.last_seen is None or end.state.finished_at is None:
        return Kill(event, Certainty.LIKELY)
    slack = timedelta(seconds=case.pod.shared.grace + _SLACK_SECONDS)
    if event.last_seen >= end.state.finished_at - slack:
        return Kill(event, Certainty.OBSERVED)
    return Kill(event, Certainty.LIKELY) if _alike(end.state, container.spec.probe(kind)) else None


def _alike(end: ContainerState, probe: Probe | None) -> bool:
    """Whether an end looks like the work of a probe."""
    ran = seconds_between(end.started_at, end.finished_at)
    if probe is None or ran is None or end.exit_code not in _KILLED:
        return False
    return ran >= probe.initial_delay + probe.period * (probe.failure_threshold - 1)


def liveness_killed(case: Case, container: Container) -> Finding | None:
    """Its liveness probe fails, so the kubelet restarts it.

    Ready now counts as recovered only after the first such restart, and once the instance has lived longer than the
    one before: a container without a readiness probe is ready again a second after each kill.
    """
    probe, end = container.spec.probe("liveness"), end_of(container, case.pod)
    kill = killed_by(case, container, "liveness")
    if probe is None or end is None or kill is None or not lives(case):
        return None
    failed = failures(case, container, "liveness", None)
    assert failed is not None
    evidence = (
        event_line(kill.event, case.now),
        *([event_line(failed.newest, case.now)] if failed.newest is not None else []),
        end_line(container, end.state, case.now),
        probe_line(probe),
        *telling_line(case, container),
    )
    if _recovered(end, kill.event, case):
        ago = seconds_between(end.state.finished_at, case.now)
        if ago is None or ago > RECENT_SECONDS:
            return None
        summary = (
            f"{container.name} runs again: its liveness probe had it restarted {human_duration(ago)} ago, "
            f"when it {_past(failed)}"
        )
        return Finding("liveness-killed", summary, Grade.INFO, evidence=evidence, next=_steps(case, container, probe))
    times = container.status.restarts
    restarted = f", {times} times so far" if times > 1 else ""
    summary = (
        f"{container.name} {failed.words}, so its liveness probe has the kubelet restart it{restarted}"
        f"{_within(end, probe, container)}"
    )
    return Finding(
        "liveness-killed",
        summary,
        certainty=kill.certainty,
        evidence=evidence,
        next=_steps(case, container, probe, failed),
        at=probe.at,
    )


def ask_again(case: Case, container: Container, probe: Probe) -> tuple[Step, ...]:
    """The probe's own command, run by hand; nothing for one that asks a port, or that has a secret in it."""
    if not probe.command or not container.state.running or masked_command(probe.command) != " ".join(probe.command):
        return ()
    return (mc("exec", case.pod.name, "-c", container.name, "--", *probe.command),)


def _steps(case: Case, container: Container, probe: Probe, failed: Failures | None = None) -> tuple[Step, ...]:
    previous = ("-p",) if container.state.running else ()
    again = ask_again(case, container, probe) if failed is not None else ()
    change = edit(case.pod) if failed is not None else ()
    return (mc("logs", case.pod.name, "-c", container.name, *previous), *again, *change)


def _recovered(end: End, event: Event, case: Case) -> bool:
    state = end.container.state
    if end.now is not Now.RECOVERED or state.started_at is None:
        return False
    if event.last_seen is not None and event.last_seen >= state.started_at:
        return False  # it is being killed again
    lived = seconds_between(state.started_at, case.now) or 0.0
    before = seconds_between(end.state.started_at, end.state.finished_at) or 0.0
    return end.container.status.restarts <= 1 or lived > before + case.pod.shared.grace


def _within(end: End, probe: Probe, container: Container) -> str:
    """What the times say: a container that is killed as soon as its probe allows it never had the time to start."""
    ran = seconds_between(end.state.started_at, end.state.finished_at)
    if ran is None or ran > probe.budget + 2 * probe.period + probe.timeout or container.startup_probe is not None:
        return ""
    return f": {human_duration(ran)} after its start, of which the probe allows it {human_duration(probe.budget)}"


def _past(failed: Failures) -> str:
    """What it did then."""
    newest = failed.newest
    return f"did not pass it ({brief(newest.message)})" if newest is not None else "did not pass it"
