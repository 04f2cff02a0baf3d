"""What a container, and a pod, is there for: one thing each."""

import re
from collections.abc import Iterator

from kubectl_mc.doctor.finding import Certainty, Finding, Grade
from kubectl_mc.doctor.review.script import Statement, statements
from kubectl_mc.doctor.review.workload import Workload
from kubectl_mc.doctor.wording import listed
from kubectl_mc.model.coupling.known import Kind
from kubectl_mc.model.fields import flag
from kubectl_mc.model.spec import ContainerSpec

_SUPERVISORS = frozenset({
    "supervisord", "s6-svscan", "runsvdir", "runit", "foreman", "honcho", "monit", "circusd", "systemd", "init",
    "my_init", "pm2", "pm2-runtime", "concurrently", "multirun", "overmind", "hivemind", "god",
})  # fmt: skip
_SLEEPS = re.compile(r"\bsleep (\d{1,6})s?(?!\w)")
_LOOPS = ("while", "until", "for")
_MANY = 5
"""More containers than that side by side: each is one more reason for the whole pod not to be ready."""


def several_processes(work: Workload) -> Iterator[Finding]:
    """Processes that are none of the container's own are seen by no probe, no restart and no limit."""
    for spec in work.running:
        run = statements(spec)
        supervisor = next((each for each in run if each.program in _SUPERVISORS), None)
        if supervisor is not None:
            yield _several(
                spec,
                f"{spec.name} runs several programs under {supervisor.program}: the kubelet sees only that one, "
                "so what "
                "fails under it is not restarted, probed or logged by itself",
                "a container for each program",
            )
            continue
        duties = [each for each in run if not each.trivial and not _follows_a_log(each)]
        if len(duties) < 2:
            continue
        if any(each.end == "&" for each in duties):
            yield _several(
                spec,
                f"{spec.name} runs {listed([_name(each) for each in duties])} side by side: if only one of them ends, "
                "Kubernetes doesn't notice",
                "a container for each program",
            )
        else:
            *before, last = duties
            yield _several(
                spec,
                f"{spec.name} runs {listed([_name(each) for each in before])} before {_name(last)}, again at each "
                "of its "
                "restarts, and within the patience of its probes",
                f"an init container for {listed([_name(each) for each in before])}; here only {_name(last)}",
            )


def too_many_containers(work: Workload) -> Iterator[Finding]:
    """All of a pod's containers are placed, scaled, and ready, together."""
    number = len(work.running)
    if number > _MANY:
        yield Finding(
            "too-many-containers",
            f"{number} containers run side by side: the pod needs one node with room for all, scales them as one, "
            "and is "
            "ready only while each is",
            grade=Grade.WARNING,
            evidence=(listed([spec.name for spec in work.running]),),
            at="spec.containers",
            instead="pods of their own for those that don't need this network and these volumes",
        )


def log_collectors(work: Workload) -> Iterator[Finding]:
    """Two that collect the logs of one volume send each line twice."""
    collectors = {pattern.container for pattern in work.coupling.patterns if pattern.kind is Kind.LOGS}
    for volume in work.coupling.volumes:
        names = [use.container for use in volume.uses if use.container in collectors]
        names = list(dict.fromkeys(names))
        if volume.kind in ("configMap", "secret", "projected", "downwardAPI") or len(names) < 2:
            continue
        spec = work.spec_of(names[-1])
        yield Finding(
            "log-collectors",
            f"{listed(names)} collect the logs in {volume.name}, so that each line is collected "
            f"{'twice' if len(names) == 2 else f'{len(names)} times'}",
            grade=Grade.WARNING,
            certainty=Certainty.LIKELY,
            container=spec.name,
            evidence=tuple(f"{use.at}: {use.said or use.path}" for use in volume.uses if use.container in names),
            at=spec.at,
            instead=f"one collector with two outputs, without {spec.name}",
        )


def image_tag(work: Workload) -> Iterator[Finding]:
    """A tag that moves: two pods of one workload run different programs, and nothing can be rolled back."""
    for spec in work.specs:
        if not spec.image:
            yield Finding(
                "no-image",
                f"{spec.name} has no image",
                container=spec.name,
                at=f"{spec.at}.image",
                instead="image: NAME:TAG",
            )
            continue
        name, _, digest = spec.image.partition("@")
        _, _, last = name.rpartition("/")  # a port of the registry is no tag
        _, _, tag = last.partition(":")
        if digest or tag not in ("", "latest"):
            continue
        said = "has no tag, which means latest" if not tag else "is whatever latest means today"
        yield Finding(
            "image-tag",
            f"the image of {spec.name} {said}: each node may have another one, and there is no way back",
            grade=Grade.WARNING,
            container=spec.name,
            evidence=(f"{spec.at}.image: {spec.image}",),
            at=f"{spec.at}.image",
            instead=f"image: {name.removesuffix(':latest')}:VERSION, or @sha256:DIGEST",
        )


def shared_processes(work: Workload) -> Iterator[Finding]:
    """Whoever sees a process may read its environment and its files, and end it."""
    if not work.pod.shared.processes or len(work.running) < 2:
        return
    holders = [spec.name for spec in work.specs if any(each.kind == "Secret" for each in spec.references)]
    what = f", the secrets of {listed(holders)} among them" if holders else ""
    yield Finding(
        "shared-processes",
        f"each container of the pod can read the others' environment and files below /proc{what}, and end their "
        "processes",
        grade=Grade.WARNING if holders else Grade.INFO,
        evidence=("spec.shareProcessNamespace: true",),
        at="spec.shareProcessNamespace",
        instead="shareProcessNamespace: false, unless one container has to signal another; "
        "for a look inside there is kubectl mc debug",
    )


def signals_lost(work: Workload) -> Iterator[Finding]:
    """A shell as process 1 neither ends at SIGTERM nor passes it on."""
    if work.pod.shared.processes or work.ends:
        return
    for spec in work.running:
        run = statements(spec)
        last = run[-1] if run else None
        if last is None or (last.trivial and last.program != "sleep"):
            continue
        # Of a single command most shells make an exec by themselves.
        if len(run) == 1 and last.program not in _LOOPS:
            continue
        if any(each.executed or each.program == "trap" for each in run) or {"trap", "exec"} & {*last.words}:
            continue
        yield Finding(
            "signals-lost",
            f"{spec.name} has a shell as its first process, which doesn't pass SIGTERM on to {_name(last)}: each "
            "stop takes "
            f"the whole grace period of {work.pod.shared.grace} s and ends with SIGKILL",
            grade=Grade.INFO,
            certainty=Certainty.LIKELY,
            container=spec.name,
            at=f"{spec.at}.command" if spec.command else f"{spec.at}.args",
            instead="trap 'exit 0' TERM; ... sleep 5 & wait"
            if last.program in {*_LOOPS, "sleep"}
            else f"exec {_name(last)} ...",
        )


def no_pre_stop(work: Workload) -> Iterator[Finding]:
    """A container is told to stop while traffic still comes, until every node knows that it goes."""
    spec = work.main
    if work.kind != "Deployment" or spec is None or not spec.ports or spec.hook("preStop") is not None:
        return
    if flag(work.spec, "hostNetwork"):
        return
    yield Finding(
        "no-pre-stop",
        f"{spec.name} gets SIGTERM while Services still send it traffic: without a preStop hook requests are lost "
        "at each "
        "rollout, unless it goes on serving for a while",
        grade=Grade.INFO,
        certainty=Certainty.LIKELY,
        container=spec.name,
        at=f"{spec.at}.lifecycle",
        instead="lifecycle:\n  preStop:\n    sleep:\n      seconds: 5",
    )


def pre_stop_slow(work: Workload) -> Iterator[Finding]:
    """The hook's time is taken from the grace period, which is the whole pod's."""
    grace = work.pod.shared.grace
    for spec in work.running:
        hook = spec.hook("preStop")
        if hook is None:
            continue
        found = _SLEEPS.search(" ".join(hook.command))
        seconds = int(found[1]) if found is not None else hook.sleep
        if seconds >= grace:
            yield Finding(
                "pre-stop-slow",
                f"the preStop hook of {spec.name} takes {seconds} s, and the pod has {grace} s to end: {spec.name} is "
                "killed before it has heard of it",
                grade=Grade.WARNING,
                container=spec.name,
                evidence=(f"{hook.at}: {hook.action}", f"spec.terminationGracePeriodSeconds: {grace}"),
                at=hook.at,
                instead=f"terminationGracePeriodSeconds: {seconds + 30}",
            )


def _several(spec: ContainerSpec, summary: str, instead: str) -> Finding:
    return Finding(
        "several-processes",
        summary,
        grade=Grade.WARNING,
        certainty=Certainty.LIKELY,
        container=spec.name,
        at=f"{spec.at}.command" if spec.command else f"{spec.at}.args",
        instead=instead,
    )


def _follows_a_log(statement: Statement) -> bool:
    """Whether it only brings a file to the container's own log."""
    return statement.program == "tail" and statement.end == "&"


def _name(statement: Statement) -> str:
    return "a loop" if statement.program in _LOOPS else statement.program
