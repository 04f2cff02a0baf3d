"""Containers that end by themselves, with an error or without one, and of which nothing more exact is known."""

from kubectl_mc.doctor.background import background_start
from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.crash import Crash, crash_of
from kubectl_mc.doctor.end import Now
from kubectl_mc.doctor.evidence import spec_line
from kubectl_mc.doctor.finding import Finding, Grade
from kubectl_mc.doctor.local_ports import Refusal, refusal_of
from kubectl_mc.doctor.sequence import behind
from kubectl_mc.doctor.source import edit
from kubectl_mc.doctor.wording import listed
from kubectl_mc.model.fact import end_words
from kubectl_mc.model.pod import Container
from kubectl_mc.model.secrecy import masked_command
from kubectl_mc.model.spec import Role
from kubectl_mc.model.times import age


def init_failed(case: Case, container: Container) -> Finding | None:
    """A step that fails, for no reason that has an id of its own."""
    crash = crash_of(case, container)
    if crash is None or container.role is not Role.INIT or not crash.end.state.failed:
        return None
    later = [case.pod.container(name) for name in behind(case.pod, container)]
    held = [each.name for each in later if each is not None and not each.state.running and not each.state.terminated]
    so = f"; {listed(held)} {'has' if len(held) == 1 else 'have'} not started" if held else ""
    failed = "; the pod has Failed" if case.pod.phase == "Failed" else ""
    ended = crash.ended.replace("ends with", "fails with", 1).replace("ended with", "failed with", 1)
    return _told(crash, "init-failed", f"{ended}{crash.effect}", f"{so}{failed}")


def crashloop(case: Case, container: Container) -> Finding | None:
    """It ends with an error and is started again."""
    crash = crash_of(case, container)
    if crash is None or not crash.end.state.failed or crash.for_good:
        return None
    return _told(crash, "sidecar-crashloop" if container.role is Role.SIDECAR else "crashloop", crash.ended)


def container_failed(case: Case, container: Container) -> Finding | None:
    """It ended with an error, and that was that."""
    crash = crash_of(case, container)
    if crash is None or not crash.end.state.failed or not crash.for_good:
        return None
    pod = case.pod
    job = next((f", a pod of Job {owner.name}," for owner in pod.owners if owner.kind == "Job"), "")
    rest = f"; the pod{job} has Failed" if pod.phase == "Failed" else "; the pod fails once the others have ended"
    return _told(crash, "container-failed", f"{crash.ended}{crash.effect}", rest)


def exits_normally(case: Case, container: Container) -> Finding | None:
    """It ends without an error and is to go on."""
    crash = crash_of(case, container)
    if crash is None or not crash.end.state.succeeded or container.role is Role.INIT:
        return None
    policy = (
        "a native sidecar is to run on" if container.role is Role.SIDECAR else "restartPolicy Always starts it again"
    )
    why = background_start(container.spec)
    advice = why or (
        "it has to wait for work, or be an init container"
        if container.role is Role.SIDECAR
        else "what is to end belongs in a Job or an init container"
    )
    complaint = crash.complaint
    spec = container.spec
    at = f"{spec.at}.{'command' if spec.command or not spec.args else 'args'}"
    return Finding(
        "exits-normally",
        f"{crash.subject} ends without an error (exit 0){crash.ran}{crash.history}, and {policy}: {advice}",
        evidence=(
            *crash.lines,
            *([spec_line(at, masked_command(spec.words))] if spec.words else []),
            *(complaint.evidence if complaint is not None else ()),
        ),
        next=(crash.log, *edit(case.pod)),
        at=at,
    )


def restarted(case: Case, container: Container) -> Finding | None:
    """It is well now, and was not a while ago."""
    crash = crash_of(case, container, recovered=True)
    if crash is None or crash.end.now is not Now.RECOVERED:
        return None
    complaint = crash.complaint if crash.end.state.failed else None
    state = crash.end.state
    return Finding(
        "restarted",
        f"{container.name} has recovered: it ended with {end_words(state)} "
        f"{age(state.finished_at, case.now)} ago and is well since it was restarted",
        grade=Grade.INFO,
        evidence=(*crash.lines, *(complaint.evidence if complaint is not None else ())),
        next=(crash.log,),
    )


def _told(crash: Crash, id_: str, predicate: str, rest: str = "") -> Finding:
    """What a crash is found to be, in the container's own words where it had some."""
    complaint, refusal = crash.complaint, refusal_of(crash)
    said = f": {complaint.text}" if complaint is not None else ""
    if complaint is None and crash.container.name in crash.case.tails:
        said = ", and writes nothing"
    told = (*(complaint.evidence if complaint is not None else ()), *(refusal.evidence if refusal is not None else ()))
    return Finding(
        id_,
        f"{crash.subject} {predicate}{said}{_whose(crash, refusal)}{rest}",
        evidence=(*crash.lines, *dict.fromkeys(told)),
        next=(crash.log,),
        blames=refusal.owner if refusal is not None else "",
    )


def _whose(crash: Crash, refusal: Refusal | None) -> str:
    """To whom it wanted to talk."""
    if refusal is None:
        return ""
    if not refusal.owner:
        return f" (nothing in the pod is known to listen on port {refusal.port})"
    after = crash.container.role is Role.INIT and refusal.owner in behind(crash.case.pod, crash.container)
    return f" (port {refusal.port} is {refusal.owner}'s{', which is started only after it' if after else ''})"
