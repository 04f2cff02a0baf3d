"""Containers that the runtime can't create or start: commands that aren't there, and everything else it refuses."""

import re

from kubectl_mc.doctor.case import Case, Tail
from kubectl_mc.doctor.end import Now, end_of
from kubectl_mc.doctor.evidence import end_line, log_line, spec_line, state_line
from kubectl_mc.doctor.finding import Certainty, Finding, kubectl, mc
from kubectl_mc.doctor.source import edit
from kubectl_mc.doctor.wording import brief
from kubectl_mc.model.fact import NEVER_STARTED
from kubectl_mc.model.pod import Container
from kubectl_mc.model.secrecy import masked_command

_REFUSED = frozenset({"RunContainerError", "CreateContainerError", *NEVER_STARTED})
"""Waiting reasons and reasons of ends: no process of the container ever ran."""

_INSTANT_SECONDS = 10
"""A run that is shorter is over at once."""

_ABSENT = re.compile(
    r'exec:? \\*"?(?P<a>[^"\s\\]+)\\*"?: (?:executable file not found|stat \S+: no such file|no such file)'
    r"|executable file [`'\"](?P<b>[^`'\"]+)['`\"] not found"
)
_FORBIDDEN = re.compile(
    r'exec:? \\*"?(?P<a>[^"\s\\]+)\\*"?: (?:permission denied|is a directory)|(?P<b>exec): permission'
)

_NO_INTERPRETER = re.compile(r"exec (?:user process caused[^:]*|(?P<file>\S+)): \"?no such file or directory")
"""Written into the log by the runtime's own process, once it could not become the command."""
_BAD_FORMAT = re.compile(r"exec (?:user process caused[^:]*|(?P<file>\S+)): \"?exec format error")
_UNUSABLE = re.compile(r"exec (?:user process caused[^:]*|(?P<file>\S+)): \"?permission denied")
_SHELL_ABSENT = re.compile(
    r"^(?:\S*/)?(?:ba|a|da|z|k)?sh: (?:line )?(?:\d+: )?(?P<file>\S+?): (?:command )?not found$"
    r"|^(?:\S*/)?\S+\.sh: (?:line )?\d+: (?P<script>\S+?): (?:command )?not found$"
)
_SHELL_FORBIDDEN = re.compile(r"^(?:\S*/)?\S*sh: (?:line )?(?:\d+: )?(?P<file>\S+?): [Pp]ermission denied$")

_LAYERS = re.compile(
    r"^Error: |rpc error: code = \w+ desc = |failed to (?:start|create) (?:containerd task|shim task)[^:]*: "
    r'|failed to start container "[^"]*": |Error response from daemon: |OCI runtime create failed: '
    r"|runc create failed: |container_linux\.go:\d+: |unable to start container process: "
    r'|starting container process caused:? |error during container init: |container create failed: |: unknown"?$'
    r"|time=\S+ level=error msg="
)

_CAUSES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"unable to set memory limit|container init was OOM-killed|memory limit too low", re.IGNORECASE),
        "its memory limit is too small for a process to start at all",
    ),
    (
        re.compile(r"error mounting .*: not a directory|Are you trying to mount a directory onto a file"),
        "a file is mounted over a directory, or a directory over a file",
    ),
    (re.compile(r"is already in use|name .* is reserved for"), "the container before it hasn't been removed yet"),
    (re.compile(r"chdir to cwd|mkdir \S+: not a directory"), "its working directory can't be one"),
    (re.compile(r"unable to find user|no matching entries in passwd"), "its user isn't in the image"),
    (
        re.compile(r"device .*(?:no such file|not found)|error gathering device"),
        "a device that it needs isn't on the node",
    ),
    (re.compile(r"failed to prepare subPath|subpath", re.IGNORECASE), "the subPath of a mount can't be used"),
    (re.compile(r"no space left on device"), "the node's disk is full"),
)
"""What runtimes say, and what it comes to."""


def command_not_found(case: Case, container: Container) -> Finding | None:
    """Its command, or the interpreter of its script, isn't in the image or can't be run."""
    refusal = refusal_of(case, container)
    if refusal:
        if absent := _ABSENT.search(refusal):
            program = absent["a"] or absent["b"]
            return _command(case, container, _absent(container, program), refusal)
        if forbidden := _FORBIDDEN.search(refusal):
            program = forbidden["a"] or "its command"
            return _command(case, container, f"{program} is a directory or may not be executed by its user", refusal)
        if "exec format error" in refusal:
            return _command(case, container, _format(case), refusal)
        return None
    return _ended(case, container)


def start_error(case: Case, container: Container) -> Finding | None:
    """The runtime refuses to create or start it, for any other reason."""
    refusal = refusal_of(case, container)
    if not refusal:
        return None
    said = brief(_LAYERS.sub("", refusal.strip()))
    cause = next((words for form, words in _CAUSES if form.search(refusal)), "")
    end = end_of(container, case.pod)
    limit = container.spec.limits.get("memory")
    return Finding(
        "start-error",
        f"{container.name} can't be started: {f'{cause} ({said})' if cause else said}",
        evidence=(
            state_line(container),
            *([end_line(container, end.state, case.now)] if end is not None else []),
            *(
                [spec_line(f"{container.spec.at}.resources.limits.memory", limit)]
                if limit and "memory" in cause
                else []
            ),
            *(
                spec_line(mount.at, f"{mount.path}, subPath {mount.sub_path}")
                for mount in container.spec.mounts
                if mount.sub_path and ("mounted" in cause or "subPath" in cause)
            ),
        ),
        next=(*edit(case.pod), mc("events", case.pod.name)),
    )


def refusal_of(case: Case, container: Container) -> str:
    """What the runtime says of a container that it could not create or start; empty where it did."""
    state = container.state
    if state.waiting and state.reason in _REFUSED:
        return state.message or state.reason
    end = end_of(container, case.pod)
    if end is not None and end.now is not Now.RECOVERED and end.state.reason in NEVER_STARTED:
        return end.state.message or end.state.reason
    return ""


def _ended(case: Case, container: Container) -> Finding | None:
    """A process that ended since a program could not be run: by its exit code, and by what stands in the log."""
    end = end_of(container, case.pod)
    if end is None or not end.state.failed or end.seen(case.now).now is Now.RECOVERED or not end.explains(case.now):
        return None
    tail, code = case.tail(container), end.state.exit_code
    if end.container.state.running and not tail.previous:
        tail = Tail(())  # the log of the instance that runs tells nothing of the one that ended
    last = next((line.strip() for line in reversed(tail.lines) if line.strip()), "")
    words = ""
    if found := _NO_INTERPRETER.search(last):
        words = (
            f"the interpreter that the first line of {found['file'] or 'its script'} names isn't in its image, "
            "or that line ends with a carriage return (CRLF)"
        )
    elif _BAD_FORMAT.search(last):
        words = _format(case)
    elif found := _UNUSABLE.search(last):
        words = f"{found['file'] or 'its command'} may not be executed by its user"
    elif code == 127 and (found := _SHELL_ABSENT.search(last)):
        words = f"its shell finds no {found['file'] or found['script']} in its image {container.spec.image}"
    elif code == 126 and (found := _SHELL_FORBIDDEN.search(last)):
        words = f"{found['file']} may not be executed by its user"
    seen = bool(words)
    if not seen and code == 127:
        words = "a command that it runs isn't in its image, as exit code 127 says"
    elif not seen and code == 126:
        words = "a command that it runs can't be executed, as exit code 126 says"
    if not words:
        return None
    line = (log_line(container, tail, last),) if last else ()
    evidence = (end_line(container, end.state, case.now), *line, *_command_lines(container))
    return Finding(
        "command-not-found",
        f"{container.name} ends{' at once' if (end.ran or 0) < _INSTANT_SECONDS else ''}: {words}",
        certainty=Certainty.OBSERVED if seen else Certainty.LIKELY,
        evidence=evidence,
        next=(mc("logs", case.pod.name, "-c", container.name, *(("-p",) if container.state.running else ())),),
        at=f"{container.spec.at}.command",
    )


def _absent(container: Container, program: str) -> str:
    """Where a program isn't: in the image, in a volume, or behind a volume that hides what the image has there."""
    over = [mount for mount in container.spec.mounts if program.startswith(mount.path.rstrip("/") + "/")]
    if not over:
        return f"{program} isn't in its image {container.spec.image}"
    mount = max(over, key=lambda mount: len(mount.path))
    return f"{program} isn't in volume {mount.volume}, whose mount at {mount.path} hides what the image has there"


def _command(case: Case, container: Container, words: str, refusal: str) -> Finding:
    end = end_of(container, case.pod)
    return Finding(
        "command-not-found",
        f"{container.name} can't be started: {words}",
        evidence=(
            f"runtime: {brief(_LAYERS.sub('', refusal.strip()))}",
            *([end_line(container, end.state, case.now)] if end is not None else [state_line(container)]),
            *_command_lines(container),
        ),
        next=edit(case.pod) or (kubectl("get", "pod", case.pod.name, "-o", "yaml"),),
        at=f"{container.spec.at}.command" if container.spec.command else f"{container.spec.at}.image",
    )


def _command_lines(container: Container) -> list[str]:
    spec = container.spec
    lines = [spec_line(f"{spec.at}.command", masked_command(spec.command))] if spec.command else []
    lines += [spec_line(f"{spec.at}.args", masked_command(spec.args))] if spec.args else []
    return [brief(line) for line in lines] or [f"{spec.at}.command: not set; the image's own is run"]


def _format(case: Case) -> str:
    return (
        f"its command is no program for the architecture of node {case.pod.node}, or a script without an interpreter "
        f"in its first line"
    )
