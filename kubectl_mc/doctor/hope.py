"""Whether what a finding tells of can pass by itself: how long a wait goes on in spite of it."""

from enum import Enum

from kubectl_mc.doctor.finding import Finding, Grade
from kubectl_mc.doctor.workloads import Refusal, Unmade
from kubectl_mc.model.goal import ends
from kubectl_mc.model.pod import Container, Pod

PATIENCE = 4
"""Failures of a container after which it is not waited for any longer.

The kubelet starts it again after 10, 20, 40 s: the fourth end comes about 70 s after the first. A database that is
started along with it is there by then; the fifth would take 80 s more.
"""


GRACE_SECONDS = 10.0
"""How long an object that a pod refers to may be missing: operators make Secrets, and controllers claims, a moment
after what needs them has been applied."""


class Hope(Enum):
    """What it takes for a fault to be gone."""

    CHANGE = "change"
    """Somebody has to change something: waiting is of no use."""
    OBJECT = "object"
    """Somebody has to make an object, and may be about to."""
    RETRY = "retry"
    """The next instance may be luckier, as when a dependency comes up late."""
    TIME = "time"
    """It may pass: a node is added, a registry answers again, a probe passes."""


_CHANGE = frozenset(
    {
        "image-not-found", "image-unauthorized", "image-invalid-name", "image-wrong-architecture", "run-as-non-root",
        "command-not-found", "job-held-by-sidecar",
    }
)  # fmt: skip
_OBJECT = frozenset({"config-missing", "secret-missing", "config-key-missing", "volume-missing"})
_RETRY = frozenset(
    {
        "init-failed", "crashloop", "sidecar-crashloop", "exits-normally", "container-failed", "oom-killed",
        "unknown-137", "port-conflict", "volume-permission", "volume-read-only", "post-start-failed", "start-error",
        "liveness-killed", "startup-probe-failing", "sidecar-not-started", "probe-wrong-container",
        "app-before-sidecar", "stopped",
    }
)  # fmt: skip


def hope_of(id_: str) -> Hope:
    """What it takes for a finding of this id to be gone; of one that is not known here, time."""
    for hope, ids in ((Hope.CHANGE, _CHANGE), (Hope.OBJECT, _OBJECT), (Hope.RETRY, _RETRY)):
        if id_ in ids:
            return hope
    return Hope.TIME


def hopeless(finding: Finding, pod: Pod, patience: int, seconds: float, *, retried: bool) -> bool:
    """Whether to wait for the pod is of no use any more.

    Args:
        patience: so many failures of a container are waited through.
        seconds: for how long the pod has been found to have this fault.
        retried: whether the pod belongs to a Job, which has a patience of its own: its `backoffLimit`.
    """
    if finding.grade is not Grade.ERROR:
        return False
    hope = hope_of(finding.id)
    if hope is Hope.RETRY:
        container = pod.container(finding.container)
        if container is None or retried or not _down(container):
            return False
        return ends(container) >= patience or _stays_down(container, pod)
    return hope is Hope.CHANGE or (hope is Hope.OBJECT and seconds >= GRACE_SECONDS)


_UNMADE = {
    Refusal.QUOTA_USED_UP: Hope.TIME,
    Refusal.WEBHOOK: Hope.TIME,
    Refusal.OTHER: Hope.TIME,
    Refusal.QUOTA_DEMANDS: Hope.OBJECT,
    Refusal.ACCOUNT: Hope.OBJECT,
    Refusal.SECURITY: Hope.OBJECT,
    Refusal.RANGE: Hope.OBJECT,
}


def hopeless_to_make(unmade: Unmade, seconds: float) -> bool:
    """Whether to wait for pods that are refused is of no use any more.

    Args:
        seconds: between the refusal that was found first and the last one. A controller tries ever more seldom: what
            refused a pod once, and not again since then, may be gone.
    """
    hope = _UNMADE[unmade.refusal]
    return unmade.finding.grade is Grade.ERROR and hope is Hope.OBJECT and seconds >= GRACE_SECONDS


def _down(container: Container) -> bool:
    """Whether it doesn't run at this moment; while it does, this instance may be the one that succeeds."""
    return container.state.terminated or container.state.waiting


def _stays_down(container: Container, pod: Pod) -> bool:
    return container.state.failed and pod.restart_policy == "Never"
