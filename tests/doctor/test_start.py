"""Containers that can't be started: a command that isn't there, or whatever else the runtime refuses."""

from typing import Any

import pytest

from kubectl_mc.doctor.finding import Certainty
from tests.doctor.cases import case, found, primary
from tests.pods import Entry, container, ended, pod, running, waiting

_RUNC = (
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
    "unable to start container process: "
)
_DOCKER = 'OCI runtime create failed: container_linux.go:345: starting container process caused "exec: '


def refused(said: str, shape: str = "loop", **spec: Any) -> Entry:
    """A container that never ran, as kubelets on several runtimes show it."""
    if shape == "loop":
        last = ended(128, "StartError", message=said)
        return container("app", waiting("CrashLoopBackOff", "back-off 40s"), restarts=3, last=last, **spec)
    if shape == "run":
        return container("app", waiting("RunContainerError", said), restarts=1, **spec)
    if shape == "create":
        return container("app", waiting("CreateContainerError", said), **spec)
    if shape == "docker":
        return container("app", ended(127, "ContainerCannotRun", message=said), **spec)
    return container("app", ended(128, "StartError", message=said), **spec)


SIDE = container("side", running(), ready=True, started=True)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (_RUNC + 'exec: "slep": executable file not found in $PATH: unknown', "slep isn't in its image app:1"),
        (
            _RUNC + 'exec: "/bin/slep": stat /bin/slep: no such file or directory: unknown',
            "/bin/slep isn't in its image",
        ),
        (_DOCKER + '\\"slep\\": executable file not found in $PATH": unknown', "slep isn't in its image app:1"),
        ("container create failed: executable file `slep` not found in $PATH: No such file", "slep isn't in its image"),
        (_RUNC + 'exec: "/app/run": permission denied: unknown', "/app/run is a directory or may not be executed"),
        (_RUNC + 'exec: "/etc": is a directory: unknown', "/etc is a directory or may not be executed"),
    ],
)
@pytest.mark.parametrize("shape", ["loop", "run", "create", "docker", "ended"])
def test_a_command_that_is_not_there_is_named(said: str, words: str, shape: str) -> None:
    cause = primary(case(pod(refused(said, shape, command=["slep", "3600"]), SIDE, conditions={"Ready": "False"})))

    assert cause is not None
    assert (cause.id, cause.container, cause.certainty) == ("command-not-found", "app", Certainty.OBSERVED)
    assert words in cause.summary
    assert "spec.containers[0].command: slep 3600" in cause.evidence


def test_a_volume_over_the_program_hides_it() -> None:
    said = _RUNC + 'exec: "/app/server": stat /app/server: no such file or directory: unknown'
    entry = refused(said, volumeMounts=[{"name": "data", "mountPath": "/app"}])
    cause = primary(case(pod(entry, SIDE)))

    assert cause is not None
    assert "/app/server isn't in volume data, whose mount at /app hides what the image has there" in cause.summary


def looping(code: int) -> Entry:
    return container("app", waiting("CrashLoopBackOff", "back-off"), restarts=3, last=ended(code, "Error"))


@pytest.mark.parametrize(
    ("code", "line", "words"),
    [
        (1, "exec /app/run.sh: no such file or directory", "the interpreter that the first line of /app/run.sh names"),
        (
            1,
            "standard_init_linux.go:228: exec user process caused: no such file or directory",
            "the interpreter that the first line of its script names",
        ),
        (1, "exec /app/run: exec format error", "no program for the architecture of node node-1"),
        (1, "exec /app/run: permission denied", "/app/run may not be executed by its user"),
        (127, "sh: slep: not found", "its shell finds no slep in its image app:1"),
        (127, "/bin/sh: 1: slep: not found", "its shell finds no slep in its image"),
        (127, "bash: line 1: slep: command not found", "its shell finds no slep in its image"),
        (127, "/entrypoint.sh: line 12: envsubst: command not found", "its shell finds no envsubst in its image"),
        (126, "sh: /s/run: Permission denied", "/s/run may not be executed by its user"),
    ],
)
def test_the_last_line_tells_what_could_not_be_run(code: int, line: str, words: str) -> None:
    cause = primary(case(pod(looping(code), SIDE), logs={"app": ["starting", line]}))

    assert cause is not None
    assert (cause.id, cause.certainty) == ("command-not-found", Certainty.OBSERVED)
    assert words in cause.summary


@pytest.mark.parametrize(("code", "words"), [(127, "isn't in its image"), (126, "can't be executed")])
def test_an_exit_code_alone_makes_it_likely(code: int, words: str) -> None:
    cause = primary(case(pod(looping(code), SIDE), logs={"app": ["something else"]}))

    assert cause is not None
    assert (cause.id, cause.certainty) == ("command-not-found", Certainty.LIKELY)
    assert words in cause.summary


@pytest.mark.parametrize("line", ["cat: /x: No such file or directory", "slep: not found", "exec failed"])
def test_a_program_that_ends_with_an_error_of_its_own_was_there(line: str) -> None:
    assert "command-not-found" not in found(case(pod(looping(1), SIDE), logs={"app": [line]}))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            _RUNC
            + "error during container init: error setting cgroup config for procHooks process: unable to set memory "
            "limit to 1048576 (current usage: 3391488): unknown",
            "its memory limit is too small for a process to start at all (error setting cgroup config",
        ),
        (
            _RUNC + 'error during container init: error mounting "/x/0" to rootfs at "/etc": not a directory: unknown',
            'a file is mounted over a directory, or a directory over a file (error mounting "/x/0"',
        ),
        (_RUNC + "error during container init: mkdir /etc/passwd: not a directory: unknown", "its working directory"),
        (_RUNC + "something else: unknown", "app can't be started: something else"),
        ("unable to find user web: no matching entries in passwd file", "its user isn't in the image"),
    ],
)
@pytest.mark.parametrize("shape", ["loop", "run", "create", "ended"])
def test_what_else_the_runtime_refuses_is_told_without_its_layers(said: str, words: str, shape: str) -> None:
    cause = primary(case(pod(refused(said, shape), SIDE)))

    assert cause is not None
    assert (cause.id, cause.container) == ("start-error", "app")
    assert words in cause.summary


def test_a_container_that_started_at_last_is_no_error() -> None:
    last = ended(128, "StartError", message=_RUNC + 'exec: "slep": executable file not found in $PATH: unknown')
    well = container("app", running(), ready=True, started=True, restarts=1, last=last)

    assert not {"command-not-found", "start-error"} & found(case(pod(well, SIDE, conditions={"Ready": "True"}))).keys()
