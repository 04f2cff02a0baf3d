"""Init steps and postStart hooks that run and don't end, while all that comes after them waits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kubectl_mc.doctor.case import Case, Tail
from kubectl_mc.doctor.evidence import event_line, log_line, spec_line, state_line
from kubectl_mc.doctor.finding import Certainty, Finding, Grade, Step, mc
from kubectl_mc.doctor.sequence import behind
from kubectl_mc.doctor.source import edit
from kubectl_mc.doctor.wording import listed
from kubectl_mc.model.fact import first_line
from kubectl_mc.model.health import ORDINARY_WAITS
from kubectl_mc.model.pod import Container
from kubectl_mc.model.secrecy import masked_command
from kubectl_mc.model.spec import Role
from kubectl_mc.model.times import human_duration, seconds_between

_WAITING_SECONDS = 60
"""From when on a step that visibly waits for something is worth a word: most waits are over by then."""
_SILENT_SECONDS = 600
"""The same for a step that says nothing and shows nothing: a download may be silent for minutes."""
_STUCK_SECONDS = 600
"""When a wait counts as an error: a Deployment counts as failed after as long (progressDeadlineSeconds)."""
_HOOK_SECONDS = 30
"""From when on a postStart hook is worth a word."""
_REPEATS = 3
"""The last line of a log that stands in it so often, alone or in turn with others, is a loop's."""

_HOST = r"(?P<host>\$\{\w+\}|\$?\w[\w.-]*)"
_PORT = r"(?P<port>\$\{\w+\}|\$?\w+)"
_WAITS = (
    re.compile(rf"/dev/tcp/{_HOST}/{_PORT}"),
    re.compile(rf"\bnc(?:at)?(?:\s+-\w*[wiqs]\s+\d+|\s+-\w+)*\s+{_HOST}[ :]{_PORT}"),
    re.compile(rf"\bwait-for(?:-it)?(?:\.sh)?\s+(?:-\S+\s+(?:\d+\s+)?)*{_HOST}:{_PORT}"),
    re.compile(rf"-wait\s+\w+://{_HOST}:{_PORT}"),
    re.compile(rf"\bpg_isready\b.*?(?:-h\s*|--host[= ]){_HOST}(?:.*?(?:-p\s*|--port[= ]){_PORT})?"),
    re.compile(rf"\b(?:redis-cli|mysqladmin|mysql|mongo|mongosh)\b.*?(?:-h\s*|--host[= ]){_HOST}"),
    re.compile(rf"\b(?:nslookup|getent hosts|host|dig)\s+{_HOST}"),
    re.compile(rf"\b(?:curl|wget)\b.*?\bhttps?://{_HOST}(?::{_PORT})?"),
)
_LOOP = re.compile(r"\b(?:until|while)\b.*\bdo\b.*\bsleep\b", re.DOTALL)
_ALWAYS_WAITS = re.compile(r"\b(?:wait-for(?:-it)?(?:\.sh)?|k8s-wait-for|dockerize|kubectl (?:wait|rollout status))\b")
_LOCAL = ("localhost", "127.0.0.1")


@dataclass(frozen=True, slots=True)
class _Wait:
    """What a step's command waits for."""

    host: str = ""
    port: str = ""

    @property
    def words(self) -> str:
        return f"{self.host}:{self.port}" if self.port else self.host or "something"


def init_stuck(case: Case, container: Container) -> Finding | None:
    """An init step that runs on and on.

    - Its command waits for a port of a container that starts only after it: an error at once, since it can't come.
    - It waits for something else, or says one thing again and again: a warning after a minute, an error after ten.
    - It has said nothing at all and shows no wait: a warning after ten minutes, never more.
    - It says one new thing after the other: it works, however long, and there is no finding.
    """
    pod = case.pod
    if container.role is not Role.INIT or not container.state.running or pod.terminal or pod.deleted is not None:
        return None
    ran = seconds_between(container.state.started_at, case.now)
    if ran is None:
        return None
    wait, tail = _wait(container), case.tail(container)
    repeated = _repeated(tail)
    later = _later_listener(case, container, wait)
    silent = tail.complete and not any(line.strip() for line in tail.lines)
    if later is not None and wait is not None:
        summary = (
            f"{container.name} waits for {wait.words}, on which {later.name} listens, which starts only after it: "
            f"it can never come"
        )
        grade, certainty = Grade.ERROR, Certainty.LIKELY
    elif ran < _WAITING_SECONDS or (wait is None and not repeated and not (silent and ran >= _SILENT_SECONDS)):
        return None
    else:
        what = f"waits for {wait.words}" if wait is not None else ""
        says = f'says "{first_line(repeated)}" again and again' if repeated else ""
        *before, last = [part for part in (what, says) if part] or ["has not written a line"]
        summary = f"{', '.join([f'{container.name} has run for {human_duration(ran)}', *before])} and {last}"
        waits = bool(wait or repeated)
        grade = Grade.ERROR if waits and ran >= _STUCK_SECONDS else Grade.WARNING
        certainty = Certainty.OBSERVED if repeated else Certainty.LIKELY
    return Finding(
        "init-stuck",
        summary,
        grade,
        certainty,
        evidence=(
            state_line(container),
            *([log_line(container, tail, repeated)] if repeated else []),
            *([spec_line(_at(container), masked_command(container.spec.words))] if wait is not None else []),
        ),
        next=(mc("logs", pod.name, "-c", container.name, "-f"), *_find(wait)),
    )


def post_start_stuck(case: Case, container: Container) -> Finding | None:
    """Its postStart hook has not ended, so it doesn't count as running, and the next container isn't started.

    The status shows nothing of it: the state waits as it does before a start. The event of the start tells.
    """
    hook, state = container.spec.hook("postStart"), container.state
    if hook is None or not state.waiting or state.reason not in ORDINARY_WAITS or case.pod.deleted is not None:
        return None
    event = case.event("Started", container=container)
    last = container.status.last
    seconds = seconds_between(event.last_seen, case.now) if event is not None else None
    if event is None or seconds is None or seconds < _HOOK_SECONDS:
        return None
    if last is not None and last.finished_at and event.last_seen and event.last_seen <= last.finished_at:
        return None
    waiting = behind(case.pod, container)
    rest = f", so {listed(waiting)} {'waits' if len(waiting) == 1 else 'wait'}" if waiting else ""
    return Finding(
        "sidecar-not-started" if container.role is Role.SIDECAR else "post-start-stuck",
        f"{container.name} was started {human_duration(seconds)} ago and its postStart hook has not ended{rest}",
        Grade.ERROR if seconds >= _STUCK_SECONDS else Grade.WARNING,
        Certainty.LIKELY,
        evidence=(
            event_line(event, case.now),
            state_line(container),
            spec_line(hook.at, hook.action),
        ),
        next=(mc("logs", case.pod.name, "-c", container.name), *edit(case.pod)),
        at=hook.at,
    )


def _at(container: Container) -> str:
    """Where its words stand."""
    spec = container.spec
    return f"{spec.at}.{'command' if spec.command or not spec.args else 'args'}"


def _wait(container: Container) -> _Wait | None:
    """What the command waits for; None where it doesn't look like a wait."""
    said = " ".join(container.spec.words)
    if not _LOOP.search(said) and not _ALWAYS_WAITS.search(f"{container.spec.image} {said}"):
        return None
    values = {variable.name: variable.value for variable in container.spec.variables if variable.value}
    said = re.sub(
        r"\$(?:\{(\w+)\}|\((\w+)\)|(\w+))", lambda found: values.get(found[found.lastindex or 0], found[0]), said
    )
    for pattern in _WAITS:
        if found := pattern.search(said):
            named = found.groupdict()
            return _Wait(named["host"], named.get("port") or "")
    return _Wait()


def _later_listener(case: Case, container: Container, wait: _Wait | None) -> Container | None:
    """A container that starts after this step and declares the local port that it waits for."""
    if wait is None or wait.host not in _LOCAL or not wait.port:
        return None
    later = behind(case.pod, container)
    found = (case.pod.container(name) for name in later)
    return next((each for each in found if each is not None and each.spec.port(wait.port) is not None), None)


def _repeated(tail: Tail) -> str:
    """The last line, if it stands often enough among the last ones."""
    lines = [line.strip() for line in tail.lines if line.strip()]
    if not lines:
        return ""
    looped = len(set(lines)) <= len(lines) / 2  # a step that goes on says something new each time
    return lines[-1] if looped and lines.count(lines[-1]) >= _REPEATS else ""


def _find(wait: _Wait | None) -> Sequence[Step]:
    """Where to look for what it waits for: a Service's pods."""
    if wait is None or not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9.-]+)?", wait.host) or wait.host in _LOCAL:
        return ()
    if wait.host.replace(".", "").isdecimal():
        return ()
    name, _, rest = wait.host.partition(".")
    namespace = rest.split(".")[0]
    return (Step(("status", f"svc/{name}", *(("-n", namespace) if namespace else ())), namespaced=not namespace),)
