"""Containers that end and are not meant to."""

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.end import End, Now, end_of
from kubectl_mc.doctor.evidence import end_line, log_line, state_line
from kubectl_mc.doctor.finding import Finding, Grade, Step, mc
from kubectl_mc.model.fact import end_words
from kubectl_mc.model.pod import Container
from kubectl_mc.model.spec import Role
from kubectl_mc.model.times import age, seconds_between

RECENT_SECONDS = 3600
"""How long an end is worth a word after the container has recovered."""


def oom_killed(case: Case, container: Container) -> Finding | None:
    """The kernel killed it, or a process in it, for its memory."""
    end = end_of(container, case.pod)
    if end is None or end.state.reason != "OOMKilled" or not _worth_it(end, case):
        return None
    limit = container.spec.limits.get("memory")
    bound = f"at its limit of {limit}" if limit else "when the node ran out of memory; it has no limit of its own"
    return Finding(
        "oom-killed",
        f"{container.name} was killed {bound}{_times(container)}",
        grade=_grade(end),
        evidence=(
            end_line(container, end.state, case.now),
            f"{container.spec.at}.resources.limits.memory: {limit or 'not set'}",
        ),
        next=(logs_of(case, container),),
        at=f"{container.spec.at}.resources.limits.memory",
    )


def crashloop(case: Case, container: Container) -> Finding | None:
    """It ends with an error, and nothing more exact is known."""
    end = end_of(container, case.pod)
    if end is None or not end.state.failed or end.now is Now.RECOVERED:
        return None
    tail = case.tail(container)
    last = next((line for line in reversed(tail.lines) if line.strip()), None)
    said = f', after writing "{last.strip()}"' if last is not None else ""
    return Finding(
        "sidecar-crashloop" if container.role is Role.SIDECAR else "crashloop",
        f"{container.name} ends with {end_words(end.state)}{_times(container)}{said}",
        evidence=(
            *([state_line(container)] if container.state.waiting else []),
            end_line(container, end.state, case.now),
            *([log_line(container, tail, last)] if last is not None else []),
        ),
        next=(logs_of(case, container),),
    )


def restarted(case: Case, container: Container) -> Finding | None:
    """It is well now, and was not a while ago."""
    end = end_of(container, case.pod)
    if end is None or end.now is not Now.RECOVERED or not _worth_it(end, case):
        return None
    return Finding(
        "restarted",
        f"{container.name} has recovered: it ended with {end_words(end.state)} "
        f"{age(end.state.finished_at, case.now)} ago and is well since it was restarted",
        grade=Grade.INFO,
        evidence=(end_line(container, end.state, case.now),),
        next=(logs_of(case, container),),
    )


def logs_of(case: Case, container: Container) -> Step:
    """The log of the instance that ended."""
    previous = ("-p",) if container.state.running else ()
    return mc("logs", case.pod.name, "-c", container.name, *previous)


def _worth_it(end: End, case: Case) -> bool:
    """Whether an end is still worth a word: a container that is down always is."""
    ago = seconds_between(end.state.finished_at, case.now)
    return end.now is not Now.RECOVERED or (ago is not None and ago <= RECENT_SECONDS)


def _grade(end: End) -> Grade:
    return Grade.INFO if end.now is Now.RECOVERED else Grade.ERROR


def _times(container: Container) -> str:
    restarts = container.status.restarts
    return "" if restarts == 0 else ", restarted once so far" if restarts == 1 else f", restarted {restarts} times"
