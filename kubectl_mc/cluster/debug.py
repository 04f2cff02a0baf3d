"""A debug container's way into its pod: added, waited for, and asked where the target's processes are."""

import asyncio
from collections.abc import Callable

from kubectl_mc.cluster.client import Client, Scope
from kubectl_mc.cluster.errors import Subject, translated
from kubectl_mc.cluster.remote import Channel, RemoteRequest, open_remote
from kubectl_mc.cluster.watch import Deleted, Interrupted, Snapshot, watch
from kubectl_mc.errors import ExitCode, Forbidden, McError, NotFound
from kubectl_mc.model.debugging import Planned
from kubectl_mc.model.fact import NEVER_STARTED, end_words, start_failure
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Container, ContainerState, Pod
from kubectl_mc.model.resources import PODS

_NO_IMAGE = frozenset({"ErrImagePull", "ImagePullBackOff", "RegistryUnavailable"})
_HOPELESS = frozenset({"InvalidImageName", "ErrImageNeverPull", "RunContainerError"})
"""Reasons of a wait that nothing ends: an ephemeral container's spec cannot be changed, and it is not restarted."""
_AS_ROOT = "runAsNonRoot"
_LOG_LINES = 5


class TimedOut(McError):
    """What was waited for did not come in time."""

    exit_code = ExitCode.TIMED_OUT


async def add_container(client: Client, pod: Pod, wanted: Planned) -> None:
    """Put it into the pod's spec.

    Raises:
        McError: the server refuses; the hint says what may help.
    """
    change = {"spec": {"ephemeralContainers": [wanted.document]}}
    try:
        await client.patch(PODS, pod.namespace, pod.name, change, "ephemeralcontainers")
    except Forbidden as error:
        if " cannot patch " in error.message:
            raise
        hint = "an admission rule of the cluster refuses it"
        if "PodSecurity" in error.message:
            hint = "--profile restricted asks for what the strictest Pod Security level allows"
        raise Forbidden(error.message, hint, code=error.code, reason=error.reason) from None
    except NotFound as error:
        if "could not find the requested resource" not in error.message:
            raise
        why = "this server has no ephemeral containers, or they are switched off (Kubernetes has them since 1.23)"
        raise McError(why, "kubectl debug --copy-to makes a copy of the pod to look at") from None


async def until_running(client: Client, pod: Pod, name: str, seconds: float, say: Callable[[str], None]) -> Container:
    """The debug container once it runs.

    Args:
        seconds: how long to wait; 0 for ever.
        say: told what it waits for.

    Raises:
        TimedOut: it has not started by then.
        McError: it never will, or has ended already.
    """
    waits, scope = "", Scope(PODS, pod.namespace, name=pod.name)
    try:
        async with asyncio.timeout(seconds or None):
            async for change in watch(client, scope):
                if isinstance(change, Interrupted):
                    say(f"{change.error.message}; trying again")
                    continue
                items = change.items if isinstance(change, Snapshot) else [change.item]
                now = parse_pod(items[0]) if items and not isinstance(change, Deleted) else None
                if now is None or now.uid != pod.uid:
                    raise McError(f"pod {pod.name} is gone")
                container = next((each for each in now.containers if each.name == name), None)
                if container is None:
                    continue
                state = container.state
                if state.running:
                    return container
                if state.terminated:
                    raise await _ended(client, pod, container)
                if failure := _hopeless(container):
                    raise failure
                if now.terminal:
                    raise McError(f"pod {pod.name} has ended ({now.reason or now.phase}) before {name} started")
                if (words := _wait_words(container)) and words != waits:
                    waits = words
                    say(f"{name} {words}")
    except TimeoutError:
        why = waits or "has not started: the node says nothing of it"
        hint = f"more patience: --timeout 5m; what happens: kubectl mc events {pod.name} -n {pod.namespace}"
        raise TimedOut(f"{name} {why} (waited {seconds:g} s)", hint) from None
    raise AssertionError("a watch has no end")


async def main_process(client: Client, pod: Pod, debugger: str, target: Container) -> int | None:
    """The process id that the target's first process has as seen from a debug container; None where it can't be told.

    A process's cgroup is called after its container, in whichever order a runtime nests them.
    """
    container_id = target.status.container_id.rpartition("/")[2]
    if not container_id.isalnum():
        return None
    script = (
        "for file in /proc/[0-9]*/cgroup; do while read -r line; do case $line in "
        f"*{container_id}*) file=${{file%/cgroup}}; echo ${{file#/proc/}}; break;; esac; done <$file; done 2>/dev/null"
    )
    request = RemoteRequest(pod.namespace, pod.name, debugger, ("sh", "-c", script))
    found = bytearray()
    try:
        async with open_remote(client, request) as remote:
            while (piece := await remote.read()) is not None:
                found += piece[1] if piece[0] is Channel.STDOUT else b""
    except McError:  # whatever it is, the session that follows will say it
        return None
    return min((int(word) for word in found.split() if word.isdigit()), default=None)


def _wait_words(container: Container) -> str:
    state = container.state
    if state.reason in _NO_IMAGE:
        # The kubelet alternates between the failure and the pause after it, which quotes the failure.
        why = state.message.rpartition("ErrImagePull: ")[2]
        return f"has no image ({container.spec.image}): {why}; the node goes on trying"
    if state.reason in ("", "ContainerCreating", "PodInitializing"):
        return ""
    return f"cannot start: {state.message or state.reason}; the node goes on trying"


def _hopeless(container: Container) -> McError | None:
    state, image = container.state, container.spec.image
    if state.reason == "InvalidImageName":
        return McError(f"{image} is no name of an image: {state.message}", "another image: --image NAME:TAG")
    if state.reason == "CreateContainerConfigError" and _AS_ROOT in state.message:
        hint = "an image with a user of its own: --image; or, where that is allowed, --profile general"
        return McError(f"the image {image} runs as root, which the profile restricted forbids", hint)
    return _never_started(container, state) if state.reason in _HOPELESS else None


async def _ended(client: Client, pod: Pod, container: Container) -> McError:
    """Why a debug container is over already; the last lines that it wrote are the hint."""
    state = container.state
    if state.reason in NEVER_STARTED:
        return _never_started(container, state)
    log = await _last_lines(client, pod, container.name)
    return McError(
        f"{container.name} has ended ({end_words(state)}) before anybody could enter it",
        f"it wrote: {log}" if log else None,
    )


async def _last_lines(client: Client, pod: Pod, name: str) -> str:
    params = {"container": name, "tailLines": str(_LOG_LINES)}
    subject = Subject("get", PODS, pod.namespace, pod.name, "log")
    path, connection = PODS.path(pod.namespace, pod.name, "log"), client.connection
    try:
        async with connection.request("GET", path, subject, params=params) as response:
            with translated(connection.server):
                return (await response.read()).decode(errors="replace").strip()
    except McError:  # it has left none
        return ""


def _never_started(container: Container, state: ContainerState) -> McError:
    why = start_failure(state)
    if '"sh"' in why and "not found" in why:
        return McError(
            f"the image {container.spec.image} has no shell, which a debug container needs",
            "another image: --image busybox:1.37",
        )
    return McError(f"{container.name} cannot start: {why}")
