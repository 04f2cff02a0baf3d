"""The order in which a pod starts and ends: who waits for whom, who never ends, who is there too late."""

import re
from collections.abc import Iterator

from kubectl_mc.doctor.finding import Certainty, Finding, Grade
from kubectl_mc.doctor.review.script import Statement, serves_for_ever, statements, stops_at_errors
from kubectl_mc.doctor.review.workload import Workload
from kubectl_mc.model.coupling.known import Kind
from kubectl_mc.model.coupling.words import shell_script
from kubectl_mc.model.fields import text
from kubectl_mc.model.spec import ContainerSpec, Role

_NATIVE = "under initContainers:\n- name: {name}\n  restartPolicy: Always\n  startupProbe: ..."
_SERVING = frozenset({Kind.PROXY, Kind.MESH, Kind.CACHE, Kind.DATABASE, Kind.SECRETS, Kind.GATE})
_GOES_ON = frozenset({*_SERVING, Kind.LOGS, Kind.METRICS, Kind.TELEMETRY, Kind.RELOAD, Kind.GATEWAY})
_ENDS_SIBLING = re.compile(r"quitquitquit|pkill|killall|kill -")


def init_stuck(work: Workload) -> Iterator[Finding]:
    """An init container has to end: nothing after it starts before."""
    for spec in work.inits:
        if why := serves_for_ever(spec):
            yield Finding(
                "init-stuck",
                f"{spec.name} is an init container and never ends ({why}), so that nothing after it starts",
                certainty=Certainty.LIKELY,
                container=spec.name,
                at=f"{spec.at}.command" if spec.command else spec.at,
                instead="restartPolicy: Always, if it is to go on running as a sidecar; else a command that ends",
            )


def init_waits_for_later(work: Workload) -> Iterator[Finding]:
    """An init container that speaks to what starts only after it."""
    order = {spec.name: number for number, spec in enumerate(work.specs)}
    for call in work.coupling.calls:
        caller = next((spec for spec in work.inits if spec.name == call.container), None)
        if caller is None or not call.to_others:
            continue
        if all(order.get(name, -1) > order[caller.name] for name in call.to):
            later = call.to_others[0]
            yield Finding(
                "init-waits-for-later",
                f"{caller.name} speaks to {later} at localhost:{call.port}, and {later} starts only when "
                f"{caller.name} has "
                "ended",
                certainty=Certainty.LIKELY,
                container=caller.name,
                evidence=(f"{call.at}: {call.said}",),
                at=call.at,
                instead=f"{later} as a native sidecar before {caller.name}, or this step in an app container",
            )


def init_hides_failure(work: Workload) -> Iterator[Finding]:
    """An init container whose failure doesn't stop the start."""
    for spec in work.inits:
        run = statements(spec)
        if not stops_at_errors(spec) and shell_script(spec.words) is not None:
            lost = next((each for each in run[:-1] if each.end == ";" and not each.trivial), None)
            if lost is not None:
                yield _hidden(
                    spec,
                    f"{spec.name} goes on if {lost.program} fails, and ends well if only its last command does: "
                    "the app "
                    "starts with what is missing",
                    f"set -e\n{lost.program} ...",
                )
        careless = next((each for each in run if each.program == "curl" and not _fails(each)), None)
        if careless is not None:
            yield _hidden(
                spec,
                f"curl in {spec.name} takes an error page of the server for the answer, and ends with 0: the app "
                "starts "
                "with it",
                "curl --fail ...",
            )


def init_not_retried(work: Workload) -> Iterator[Finding]:
    """With restartPolicy Never one failed init container is the end of the pod."""
    if work.kind == "Pod" and work.pod.restart_policy == "Never" and work.inits:
        yield Finding(
            "init-not-retried",
            f"if {work.inits[0].name} fails once, the pod has failed for good: its restartPolicy is Never",
            grade=Grade.INFO,
            container=work.inits[0].name,
            at="spec.restartPolicy",
            instead="restartPolicy: OnFailure, or a Job",
        )


def start_order(work: Workload) -> Iterator[Finding]:
    """App containers start one after the other, and none waits for another to work."""
    told: set[str] = set()
    for call in work.coupling.calls:
        caller = next((spec for spec in work.apps if spec.name == call.container), None)
        if call.probe or caller is None or work.helps(caller):
            continue
        for name in call.to_others:
            helper = next((spec for spec in work.apps if spec.name == name), None)
            if helper is None or not work.helps(helper) or name in told:
                continue
            told.add(name)
            yield Finding(
                "start-order",
                f"{caller.name} needs {name} at localhost:{call.port}, and nothing makes sure that {name} works when "
                f"{caller.name} starts",
                grade=Grade.WARNING,
                certainty=Certainty.LIKELY,
                container=name,
                evidence=(f"{call.at}: {call.said}",),
                at=helper.at,
                instead=_NATIVE.format(name=name),
            )


def app_before_sidecar(work: Workload) -> Iterator[Finding]:
    """Without a startup probe a sidecar counts as started as soon as its process runs."""
    for spec in work.running:
        if spec.role is not Role.SIDECAR or spec.probe("startup") is not None or spec.hook("postStart") is not None:
            continue
        call = next((each for each in work.coupling.calls if spec.name in each.to_others and not each.probe), None)
        pattern = work.coupling.pattern(spec.name)
        if call is None and (pattern is None or pattern.kind not in _SERVING):
            continue
        who = call.container if call is not None else "what comes after it"
        port = next((each.port for each in work.coupling.listeners if each.container == spec.name), 0)
        ask = (
            f"tcpSocket:\n    port: {port}"
            if port
            else "exec:\n    command: [a command that ends with 0 when it works]"
        )
        yield Finding(
            "app-before-sidecar",
            f"{who} may start before {spec.name} works: Kubernetes waits for a sidecar's startup probe, and it "
            "has none",
            grade=Grade.WARNING if call is not None else Grade.INFO,
            certainty=Certainty.LIKELY,
            container=spec.name,
            evidence=(f"{call.at}: {call.said}",) if call is not None else (),
            at=f"{spec.at}.startupProbe",
            instead=f"startupProbe:\n  {ask}\n  periodSeconds: 1\n  failureThreshold: 60",
        )


def job_held_by_sidecar(work: Workload) -> Iterator[Finding]:
    """A Job is complete when all its app containers have ended."""
    if not work.is_job or len(work.apps) < 2 or any(_ENDS_SIBLING.search(" ".join(spec.words)) for spec in work.apps):
        return
    reasons = [serves_for_ever(spec) or _goes_on(work, spec) for spec in work.apps]
    worker = next((spec for spec, why in zip(work.apps, reasons, strict=True) if not why), None)
    for spec, why in zip(work.apps, reasons, strict=True):
        if worker is None or not why:
            continue
        yield Finding(
            "job-held-by-sidecar",
            f"the Job never completes: {spec.name} runs on ({why}) when {worker.name} has ended",
            certainty=Certainty.LIKELY,
            container=spec.name,
            at=spec.at,
            instead=_NATIVE.format(name=spec.name),
        )


def sidecar_misplaced(work: Workload) -> Iterator[Finding]:
    """Only an init container with restartPolicy Always is a sidecar."""
    for spec in work.apps:
        if text(work.raw(spec), "restartPolicy") == "Always":
            yield Finding(
                "sidecar-misplaced",
                f"{spec.name} has restartPolicy: Always among the containers, where it makes no sidecar; many versions "
                "refuse it",
                grade=Grade.WARNING,
                container=spec.name,
                at=f"{spec.at}.restartPolicy",
                instead=_NATIVE.format(name=spec.name),
            )


def _goes_on(work: Workload, spec: ContainerSpec) -> str:
    """What says that a container without a command is a helper that goes on."""
    pattern = work.coupling.pattern(spec.name)
    if pattern is None or not pattern.helper or pattern.kind not in _GOES_ON or spec.command:
        return ""
    return f"a {pattern.kind.value}"


def _fails(curl: Statement) -> bool:
    return any(
        word.startswith("--fail") or re.fullmatch(r"-[a-zA-Z]*f[a-zA-Z]*", word) is not None or "file:" in word
        for word in curl.words
    )


def _hidden(spec: ContainerSpec, summary: str, instead: str) -> Finding:
    return Finding(
        "init-hides-failure",
        summary,
        grade=Grade.WARNING,
        certainty=Certainty.LIKELY,
        container=spec.name,
        at=f"{spec.at}.command" if spec.command else f"{spec.at}.args",
        instead=instead,
    )
