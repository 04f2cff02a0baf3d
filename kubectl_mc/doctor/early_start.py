"""Apps that start before the sidecar that they need is ready, fail for it, and recover: today."""

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.crash import Crash, crash_of
from kubectl_mc.doctor.end import Now
from kubectl_mc.doctor.evidence import spec_line
from kubectl_mc.doctor.finding import Certainty, Finding, Grade
from kubectl_mc.doctor.local_ports import refusal_of
from kubectl_mc.doctor.source import edit
from kubectl_mc.model.fact import end_words
from kubectl_mc.model.pod import Container
from kubectl_mc.model.spec import Role
from kubectl_mc.model.times import age, seconds_between

_EARLY_SECONDS = 120
"""So long after a sidecar's start it may still be starting."""


def app_before_sidecar(case: Case, container: Container) -> Finding | None:
    """It was refused by a sibling that had just started, for which nothing makes it wait."""
    crash = crash_of(case, container, recovered=True)
    if crash is None or crash.end.now is not Now.RECOVERED or not crash.end.state.failed:
        return None
    refusal = refusal_of(crash)
    owner = case.pod.container(refusal.owner) if refusal is not None else None
    if refusal is None or owner is None or not owner.state.running or not _was_starting(owner, crash):
        return None
    if owner.role is Role.SIDECAR and owner.startup_probe is None:
        at, why = f"{owner.spec.at}.startupProbe", f"a startupProbe of {owner.name} would make {container.name} wait"
        lacks = spec_line(at, "not set: the kubelet goes on as soon as the sidecar runs")
    elif owner.role is Role.APP:
        at, why = owner.spec.at, f"as a native sidecar with a startupProbe {owner.name} would be ready first"
        lacks = spec_line(at, "an app container: they all start together")
    else:
        return None
    return Finding(
        "app-before-sidecar",
        f"{container.name} started before {owner.name} listened on port {refusal.port}: it was refused, ended with "
        f"{end_words(crash.end.state)} {age(crash.end.state.finished_at, case.now)} ago and has recovered; {why}",
        grade=Grade.WARNING,
        certainty=Certainty.LIKELY,
        evidence=(*refusal.evidence, *crash.lines, lacks),
        next=(crash.log, *edit(case.pod)),
        at=at,
    )


def _was_starting(owner: Container, crash: Crash) -> bool:
    """Whether the sibling had just started when the app ended."""
    since = seconds_between(owner.state.started_at, crash.end.state.finished_at)
    return since is not None and since <= _EARLY_SECONDS
