"""Containers that the kubelet kills because their postStart hook failed."""

import re

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.crash import Crash, crash_of
from kubectl_mc.doctor.evidence import event_line, spec_line
from kubectl_mc.doctor.finding import Finding, kubectl
from kubectl_mc.model.fact import first_line
from kubectl_mc.model.pod import Container

_KILLED = frozenset({0, 137, 143})
_WHY = re.compile(
    r"(?:failed - error|PostStartHookError): (?P<error>.*?)(?:, message: \"(?P<output>.*)\")?\s*$", re.DOTALL
)


def post_start_failed(case: Case, container: Container) -> Finding | None:
    """The hook failed, in the instance that ended last."""
    state = container.state
    crash = crash_of(case, container)
    event = case.event("FailedPostStartHook", container=container)
    # Older kubelets have the message in the reason, behind a colon (kube-state-metrics pull 948).
    said = state.message or state.reason if state.reason.startswith("PostStartHookError") else ""
    if not said and (event is None or crash is None or not _by_hook(crash)):
        return None
    if not said and event is not None:
        said = event.message
    hook = container.spec.hook("postStart")
    why = _why(said)
    return Finding(
        "post-start-failed",
        f"the postStart hook of {crash.subject if crash is not None else container.name} fails"
        f"{f' ({why})' if why else ''}, so the kubelet kills it"
        f"{crash.history if crash is not None else ''}{crash.effect if crash is not None else ''}",
        evidence=(
            *(crash.lines if crash is not None else ()),
            *([event_line(event, case.now)] if event is not None else []),
            *([spec_line(hook.at, hook.action)] if hook is not None else []),
        ),
        next=(kubectl("describe", "pod", case.pod.name),) if crash is None else (crash.log,),
        at=hook.at if hook is not None else "",
    )


def _by_hook(crash: Crash) -> bool:
    """Whether the end may be the kubelet's doing."""
    return crash.end.state.exit_code in _KILLED and crash.container.spec.hook("postStart") is not None


def _why(message: str) -> str:
    """What the kubelet says of the failure, without what it says of the pod; an event of today says nothing more.

    What the hook wrote stands in the error (`exited with 1: no config`) or, from an older kubelet, only behind it.
    """
    found = _WHY.search(message)
    if found is None:
        return ""
    error = found["error"].strip()
    if error.endswith(":") and found["output"]:
        error = f"{error} {found['output'].split(chr(92) + 'n', 1)[0]}"
    return first_line(error).rstrip(":")
