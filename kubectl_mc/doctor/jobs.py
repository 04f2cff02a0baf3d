"""Pods that are to end and don't, because a container in them serves the others and never ends by itself."""

import re
from collections.abc import Iterator

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.evidence import spec_line, state_line
from kubectl_mc.doctor.finding import Certainty, Finding, Grade, kubectl, mc
from kubectl_mc.doctor.wording import listed
from kubectl_mc.model.fact import end_words
from kubectl_mc.model.pod import Container, Pod
from kubectl_mc.model.times import human_duration, seconds_between

_ENDING_SECONDS = 30
"""How long the others may take to end after the first: whoever notices by itself has by then."""
_HELD_SECONDS = 600
"""After so long even a container that may be another worker is taken for a sidecar."""

_SERVES = re.compile(
    r"(?:^|[-_./:])(?:\w*proxy\w*|envoy|istio\w*|linkerd\w*|sidecar\w*|agent|\w+-agent|fluent-?bit|fluentd|filebeat|"
    r"promtail|vector|nginx|haproxy|redis|memcached|exporter|otel\w*|collector|pgbouncer|docker|dind)(?:$|[-_.:@])"
)
"""Names of containers and images whose programs serve others and don't end by themselves."""


def job_held_by_sidecar(case: Case) -> Iterator[Finding]:
    """The work is done and a classic sidecar goes on, so the pod never ends.

    A container that runs beside one that has ended may be another worker: it is blamed at once only if its name, its
    image, a port or a probe says that it serves; else there is a warning after ten minutes.
    """
    pod = case.pod
    if pod.restart_policy == "Always" or pod.terminal or pod.deleted is not None:
        return
    done = [app for app in pod.apps if app.state.terminated]
    running = [app for app in pod.apps if app.state.running]
    if not done or not running or any(app.state.waiting for app in pod.apps):
        return
    if pod.restart_policy == "OnFailure" and any(app.state.failed for app in done):
        return  # the work is about to be tried again
    ends = [app.state.finished_at for app in done if app.state.finished_at is not None]
    ago = seconds_between(max(ends), case.now) if ends else None
    if ago is not None and ago < _ENDING_SECONDS:
        return
    serving = [app for app in running if _serves(app)]
    if len(serving) < len(running) and (ago is None or ago < _HELD_SECONDS):
        return
    guilty = running[0]
    names = listed([app.name for app in running])
    runs, does = ("runs", "does") if len(running) == 1 else ("run", "do")
    when = f" {human_duration(ago)} ago" if ago is not None else ""
    ended = listed([f"{app.name} ended with {end_words(app.state)}{when}" for app in done])
    if all(app.state.succeeded for app in done):
        ended = f"{listed([app.name for app in done])} finished{when}"
    yield Finding(
        "job-held-by-sidecar",
        f"{ended} and {names} {runs} on, so {_whole(pod)} doesn't end before {names} {does}; "
        f"a native sidecar would be stopped",
        Grade.ERROR if len(serving) == len(running) else Grade.WARNING,
        Certainty.LIKELY,
        container=guilty.name,
        evidence=(
            *(state_line(app) for app in (*done, *running)),
            spec_line(guilty.spec.at, f"image {guilty.spec.image}, an app container of a pod with restartPolicy "
                      f"{pod.restart_policy}"),
        ),
        next=(
            mc("logs", pod.name, "-c", guilty.name),
            kubectl("explain", "pod.spec.initContainers.restartPolicy", namespaced=False),
        ),
        at=guilty.spec.at,
    )  # fmt: skip


def _serves(app: Container) -> bool:
    probed = app.spec.probe("readiness") is not None or app.spec.probe("liveness") is not None
    return bool(app.spec.ports) or probed or any(_SERVES.search(name) for name in (app.name, app.spec.image))


def _whole(pod: Pod) -> str:
    """What is held up: the Job where there is one."""
    owner = next((owner for owner in pod.owners if owner.controller), None)
    return f"{owner.kind} {owner.name}" if owner is not None else "the pod"
