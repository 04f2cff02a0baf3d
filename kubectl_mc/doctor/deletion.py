"""Pods that are being deleted and don't go: finalizers, hooks that take too long, processes that ignore SIGTERM."""

from collections.abc import Iterator

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.endings import is_lost
from kubectl_mc.doctor.evidence import event_line, spec_line
from kubectl_mc.doctor.finding import Certainty, Finding, Grade, Step, kubectl, mc
from kubectl_mc.doctor.source import edit
from kubectl_mc.doctor.wording import listed
from kubectl_mc.model.event import Event
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.spec import Role
from kubectl_mc.model.times import human_duration, seconds_between

_LATE_SECONDS = 30
"""How long after its grace period a pod may still be there: the kubelet needs a moment for what it has killed."""

_SLOW_SECONDS = 10
"""How long an end may take before it is worth a word."""


def terminating_stuck(case: Case) -> Iterator[Finding]:
    """The grace period is over and the pod is still there."""
    pod = case.pod
    late = seconds_between(pod.deleted, case.now)
    if late is None or late < _LATE_SECONDS or is_lost(case):
        return
    running = [c.name for c in pod.containers if c.state.running]
    over = f"its grace period ended {human_duration(late)} ago"
    if pod.finalizers and not running:
        one = len(pod.finalizers) == 1
        yield Finding(
            "terminating-stuck",
            f"the {'finalizer' if one else 'finalizers'} {listed(pod.finalizers)} {'holds' if one else 'hold'} the "
            f"deleted pod: {over}, and whoever set {'it' if one else 'them'} has not removed {'it' if one else 'them'}",
            evidence=(f"metadata.finalizers: {', '.join(pod.finalizers)}", *_when(pod)),
            next=(
                kubectl("get", "pod", pod.name, "-o", "yaml", "--show-managed-fields"),
                kubectl("patch", "pod", pod.name, "--type", "merge", "-p", '{"metadata":{"finalizers":null}}'),
            ),
            at="metadata.finalizers",
        )
        return
    names = (
        f"{listed(running)} still {'runs' if len(running) == 1 else 'run'}" if running else "no container of it runs"
    )
    yield Finding(
        "terminating-stuck",
        f"the deleted pod is still there: {over}, {names}, and node {pod.node or 'none'} has not reported it gone",
        certainty=Certainty.LIKELY,
        container=running[0] if len(running) == 1 else "",
        evidence=(*_when(pod), *(event_line(e, case.now) for e in _told(case))),
        next=(
            kubectl("describe", "node", pod.node, namespaced=False),
            kubectl("delete", "pod", pod.name, "--grace-period=0", "--force"),
        ),
    )


def pre_stop_slow(case: Case) -> Iterator[Finding]:
    """A container that takes its time to end, while the pod's grace period runs: its hook, or its process."""
    pod = case.pod
    left = seconds_between(case.now, pod.deleted)
    if left is None or left < -_LATE_SECONDS or is_lost(case):
        return
    grace = pod.deletion_grace or pod.shared.grace
    since = grace - left
    if since < _SLOW_SECONDS:
        return
    for container in _holding(pod):
        finding = _hook(case, container, grace, since, left) or _deaf(case, container, grace, since, left)
        if finding is not None:
            yield finding


def _hook(case: Case, container: Container, grace: int, since: float, left: float) -> Finding | None:
    """Its preStop hook failed, or takes all the time there is."""
    hook = container.spec.hook("preStop")
    if hook is None:
        return None
    failed = case.event("FailedPreStopHook", container=container)
    pause = hook.sleep or _pause(hook.command)
    too_long = pause >= grace > 0
    if failed is not None:
        cause = f"the preStop hook of {container.name} failed"
    elif too_long:
        cause = f"the preStop hook of {container.name} pauses for {pause}s, longer than the grace period of {grace}s"
    else:
        cause = f"{container.name} has been in its preStop hook, or ending after it, for {human_duration(since)}"
    killed = "is killed" if left <= 0 else f"is killed in {human_duration(left)}"
    outcome = f"; it {killed} unless it ends before" if not too_long else f", so its process {killed} without a SIGTERM"
    return Finding(
        "pre-stop-slow",
        f"{cause}{outcome}",
        Grade.ERROR if too_long or failed is not None else Grade.WARNING,
        Certainty.OBSERVED if too_long or failed is not None else Certainty.LIKELY,
        container.name,
        evidence=(
            *([event_line(failed, case.now)] if failed is not None else []),
            spec_line(hook.at, hook.action),
            spec_line("metadata.deletionGracePeriodSeconds", str(grace)),
            *_when(case.pod),
        ),
        next=_steps(case, container),
        at=hook.at if not too_long else "spec.terminationGracePeriodSeconds",
    )


def _deaf(case: Case, container: Container, grace: int, since: float, left: float) -> Finding | None:
    """It was asked to end and goes on."""
    asked = case.event("Killing", container=container)
    killed = "is killed" if left <= 0 else f"is killed in {human_duration(left)}"
    return Finding(
        "pre-stop-slow",
        f"{container.name} goes on {human_duration(since)} after it was asked to end, so it ignores SIGTERM or takes "
        f"long; it {killed} (exit 137)",
        Grade.WARNING,
        Certainty.LIKELY,
        container.name,
        evidence=(
            *([event_line(asked, case.now)] if asked is not None else []),
            spec_line("metadata.deletionGracePeriodSeconds", str(grace)),
            *_when(case.pod),
            *(
                [spec_line(f"{container.spec.at}.command", " ".join(container.spec.words))]
                if container.spec.words
                else []
            ),
        ),
        next=_steps(case, container),
        at=f"{container.spec.at}.command",
    )


def _holding(pod: Pod) -> list[Container]:
    """Who the kubelet waits for: app containers first, then sidecars in reverse order, one after the other."""
    apps = [c for c in pod.apps if c.state.running]
    if apps:
        return apps
    others = [c for c in reversed(pod.containers) if c.state.running and c.role is not Role.EPHEMERAL]
    return others[:1]


def _pause(command: tuple[str, ...]) -> int:
    """Seconds of a hook that is nothing but a `sleep`; 0 for any other."""
    words = command[2].split() if len(command) == 3 and command[1] == "-c" else list(command)
    if len(words) != 2 or words[0].rpartition("/")[2] != "sleep":
        return 0
    digits = words[1].removesuffix("s")
    return int(digits) if digits.isdecimal() else 0


def _when(pod: Pod) -> Iterator[str]:
    if pod.deleted is not None:
        yield f"metadata.deletionTimestamp: {pod.deleted.isoformat().replace('+00:00', 'Z')}"


def _told(case: Case) -> Iterator[Event]:
    event = case.event("FailedKillPod") or case.event("Killing")
    if event is not None:
        yield event


def _steps(case: Case, container: Container) -> tuple[Step, ...]:
    return (mc("logs", case.pod.name, "-c", container.name), *edit(case.pod))
