"""Pods that are being deleted and don't go: finalizers, hooks that take too long, processes that ignore SIGTERM."""

import re
from collections.abc import Iterator

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.endings import is_lost
from kubectl_mc.doctor.evidence import event_line, spec_line
from kubectl_mc.doctor.finding import Certainty, Finding, Grade, Step, kubectl, mc
from kubectl_mc.doctor.source import edit
from kubectl_mc.doctor.wording import brief, listed
from kubectl_mc.model.event import Event
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.secrecy import masked_command
from kubectl_mc.model.spec import Role
from kubectl_mc.model.times import human_duration, seconds_between

_LATE_SECONDS = 30
"""How long after its grace period a pod may still be there: the kubelet needs a moment for what it has killed."""

_SHELLS = frozenset({"sh", "bash", "ash", "dash"})
_WITHOUT_HANDLER = frozenset({"sleep", "tail", "cat"})

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
            consequences=(f"if you remove {'it' if one else 'them'} yourself, the clean-up behind it is skipped",),
            evidence=(f"metadata.finalizers: {', '.join(pod.finalizers)}", *_when(pod)),
            next=(
                kubectl("get", "pod", pod.name, "-o", "yaml", "--show-managed-fields"),
                kubectl("patch", "pod", pod.name, "--type", "merge", "-p", '{"metadata":{"finalizers":null}}'),
            ),
            at="metadata.finalizers",
        )
        return
    names = (
        f"by its status {listed(running)} still {'runs' if len(running) == 1 else 'run'}"
        if running
        else "no container of it runs"
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
    holding = _holding(pod)
    hooked = [finding for c in holding if (finding := _hook(case, c, grace, since, left)) is not None]
    sure = [finding for finding in hooked if finding.grade is Grade.ERROR]
    yield from sure or hooked
    if holding and not hooked:
        yield _deaf(case, holding, grace, since, left)


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


def _deaf(case: Case, holding: list[Container], grace: int, since: float, left: float) -> Finding:
    """A process was asked to end and goes on: whose, is only known by what it is."""
    silent = [c for c in holding if _ignores(c)] if not case.pod.shared.processes else []
    guilty = holding[0] if len(holding) == 1 else silent[0] if len(silent) == 1 else None
    names = [c.name for c in holding]
    who = guilty.name if guilty is not None else f"one of {listed(names)}"
    asked = case.event("Killing", container=guilty) if guilty is not None else case.event("Killing")
    killed = "is killed" if left <= 0 else f"is killed in {human_duration(left)}"
    ignores = "its main process has no handler for SIGTERM" if guilty in silent else "it ignores SIGTERM or takes long"
    return Finding(
        "pre-stop-slow",
        f"{who} goes on {human_duration(since)} after it was asked to end, so {ignores}; it {killed} (exit 137)",
        Grade.WARNING,
        Certainty.LIKELY,
        guilty.name if guilty is not None else "",
        evidence=(
            *([event_line(asked, case.now)] if asked is not None else []),
            spec_line("metadata.deletionGracePeriodSeconds", str(grace)),
            *_when(case.pod),
            *(spec_line(f"{c.spec.at}.command", brief(masked_command(c.spec.words))) for c in holding if c.spec.words),
        ),
        next=(mc("logs", case.pod.name, *(("-c", guilty.name) if guilty is not None else ())), *edit(case.pod)),
        at=f"{guilty.spec.at}.command" if guilty is not None else "",
    )


def _ignores(container: Container) -> bool:
    """Whether its main process is one that, as the first of its container, doesn't notice a SIGTERM.

    The kernel delivers only signals that have a handler to the first process, and a shell waits for its child.
    """
    words = container.spec.words
    program = words[0].rpartition("/")[2] if words else ""
    script = " ".join(words[2:]) if program in _SHELLS and words[1:2] == ("-c",) else ""
    return program in _WITHOUT_HANDLER or (bool(script) and not re.search(r"\b(?:trap|exec)\b", script))


def _holding(pod: Pod) -> list[Container]:
    """Who the kubelet may wait for: app containers first, then sidecars in reverse order, one after the other.

    It reports the ends of a deleted pod's containers all at once, with the last of them: until then the status shows
    those as running that have ended already.
    """
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
