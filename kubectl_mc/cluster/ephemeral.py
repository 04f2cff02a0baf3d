"""Waiting for an ephemeral container: until it runs, or until it is known that it never will.

Its pod's status tells both, but late: a kubelet writes it before it tries to start a container, and after a failure
comes back to the pod in ten seconds at the earliest (kubelet `pod_workers.go`, backOffPeriod). The events tell at once.
"""

import asyncio
import re
import shlex
from collections.abc import Callable

from kubectl_mc import PROGRAM
from kubectl_mc.cluster.client import Client, Scope
from kubectl_mc.cluster.errors import Subject, translated
from kubectl_mc.cluster.watch import Changed, Deleted, Interrupted, Snapshot, watch
from kubectl_mc.errors import ApiError, ConnectionLost, ExitCode, McError
from kubectl_mc.model.event import Event, parse_event
from kubectl_mc.model.fact import NEVER_STARTED, end_words, start_failure
from kubectl_mc.model.parsing import parse_pod
from kubectl_mc.model.pod import Container, ContainerState, Pod, StateKind
from kubectl_mc.model.resources import EVENTS, PODS

_NO_IMAGE = frozenset({"ErrImagePull", "ImagePullBackOff", "RegistryUnavailable"})
_HOPELESS = frozenset({"ErrImageNeverPull", "RunContainerError"})
"""Reasons of a wait that nothing ends: an ephemeral container's spec cannot be changed, and it is not restarted."""
_AS_ROOT = "runAsNonRoot"
_NOT_RUN = "unable to start container process"
"""runc's words for a command that it could not start."""
_NO_TARGET = "target container"
"""In containerd's `invalid target container: … is not running` and the kubelet's `unable to find target container`."""
_PULL = re.compile(r'Failed to pull image "[^"]*": (?P<why>.*)', re.DOTALL)
_LOG_LINES = 5


class TimedOut(McError):
    """What was waited for did not come in time."""

    exit_code = ExitCode.TIMED_OUT


class TargetGone(McError):
    """The container whose processes it was to join has ended meanwhile, as a crash-looping one does."""


async def until_running(
    client: Client, pod: Pod, name: str, image: str, seconds: float, say: Callable[[str], None]
) -> Container:
    """An ephemeral container once it runs.

    Args:
        seconds: how long to wait; 0 for ever.
        say: told what it waits for.

    Raises:
        TimedOut: it has not started by then.
        TargetGone: there are no processes to join, for now.
        McError: it never will, or has ended already.
    """
    wait = _Wait(client, pod, name, image, say)
    watching = [asyncio.create_task(wait.by_status()), asyncio.create_task(wait.by_events())]
    try:
        async with asyncio.timeout(seconds or None):
            return await wait.outcome
    except TimeoutError:
        why = f"it {wait.brief}" if wait.brief else "the node says nothing of it"
        look = shlex.join(["events", pod.name, *client.connection.access.reach, "-n", pod.namespace])
        hint = f"more patience: --timeout 5m; what happens: {PROGRAM} {look}"
        raise TimedOut(f"{name} has not started within {seconds:g} s: {why}", hint) from None
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)


class _Wait:
    """One container's, by whichever source tells first.

    The sources are watched on until their tasks are cancelled, which closes their connections properly.
    """

    def __init__(self, client: Client, pod: Pod, name: str, image: str, say: Callable[[str], None]) -> None:
        self._client, self._pod, self._name, self._image, self._say = client, pod, name, image, say
        self.outcome: asyncio.Future[Container] = asyncio.get_running_loop().create_future()
        """The container that runs, or why it never will."""
        self.brief = ""
        """What it waits for, without what was said of it already."""
        self._said = ""

    async def by_status(self) -> None:
        """What the pod says of it."""
        scope = Scope(PODS, self._pod.namespace, name=self._pod.name)
        try:
            async for change in watch(self._client, scope):
                if isinstance(change, Interrupted):
                    self._say(f"{change.error.message}; trying again")
                    continue
                items = change.items if isinstance(change, Snapshot) else [change.item]
                gone = not items or isinstance(change, Deleted)
                await self._look(None if gone else parse_pod(items[0]))
        except McError as error:
            self._fail(error)

    async def by_events(self) -> None:
        """What the node says of it, where events can be had."""
        path = f"spec.ephemeralContainers{{{self._name}}}"
        fields = f"involvedObject.uid={self._pod.uid},involvedObject.fieldPath={path}"
        try:
            async for change in watch(self._client, Scope(EVENTS, self._pod.namespace, fields=fields)):
                items = change.items if isinstance(change, Snapshot) else []
                for item in [change.item] if isinstance(change, Changed) else items:
                    event = parse_event(item)
                    if event.reason == "Pulling":
                        self._say(f"{self._name}: pulling {self._image} …")
                    elif (state := state_told_by(event)) is not None:
                        self._fail(self._took(state))
        except (ApiError, ConnectionLost):
            return  # the status tells the same, later

    def _fail(self, error: McError | None) -> None:
        if error is not None and not self.outcome.done():
            self.outcome.set_exception(error)

    async def _look(self, pod: Pod | None) -> None:
        if pod is None or pod.uid != self._pod.uid:
            self._fail(McError(f"pod {self._pod.name} is gone"))
            return
        container = next((each for each in pod.containers if each.name == self._name), None)
        if container is None or self.outcome.done():
            return
        if container.state.running:
            self.outcome.set_result(container)
        elif container.state.terminated:
            self._fail(await self._ended(container.state))
        else:
            self._fail(self._took(container.state))
            if pod.terminal:
                self._fail(McError(f"pod {pod.name} has ended ({pod.reason or pod.phase}) before {self._name} started"))

    def _took(self, state: ContainerState) -> McError | None:
        """The failure that a wait is, if it is one; else it is said, once, what it waits for."""
        if state.reason == "InvalidImageName":
            return McError(f"{self._image} is no name of an image: {state.message}", "another image: --image NAME:TAG")
        if state.reason == "CreateContainerConfigError" and _AS_ROOT in state.message:
            hint = "an image with a user of its own: --image; or, where that is allowed, --profile general"
            return McError(f"the image {self._image} runs as root, which the profile restricted forbids", hint)
        if _NO_TARGET in state.message:
            return TargetGone(f"{self._name} found no process to join: {state.message}")
        if state.reason in _HOPELESS:
            return self._never_started(state)
        if state.reason in ("", "ContainerCreating", "PodInitializing"):
            return None
        if state.reason in _NO_IMAGE:
            # The kubelet alternates between the failure and the pause after it, which quotes the failure.
            self.brief, why = f"has no image ({self._image})", state.message.rpartition("ErrImagePull: ")[2]
        else:
            self.brief, why = "cannot start", state.message or state.reason
        if why != self._said:
            self._said = why
            self._say(f"{self._name} {self.brief}: {why}; the node goes on trying")
        return None

    async def _ended(self, state: ContainerState) -> McError:
        """Why it is over already; what it wrote is the hint."""
        if state.reason in NEVER_STARTED:
            return self._never_started(state)
        log = await self._last_lines()
        message = f"{self._name} has ended ({end_words(state)}) before anybody could enter it"
        return McError(message, f"it wrote: {log}" if log else None)

    def _never_started(self, state: ContainerState) -> McError:
        why = start_failure(state)
        if '"sh"' in why and "not found" in why:
            hint = "another image: --image busybox:1.37"
            return McError(f"the image {self._image} has no shell, which a debug container needs", hint)
        return McError(f"{self._name} cannot start: {why}")

    async def _last_lines(self) -> str:
        pod, connection = self._pod, self._client.connection
        params = {"container": self._name, "tailLines": str(_LOG_LINES)}
        subject = Subject("get", PODS, pod.namespace, pod.name, "log")
        try:
            async with connection.request(
                "GET", PODS.path(pod.namespace, pod.name, "log"), subject, params=params
            ) as response:
                with translated(connection.server):
                    return (await response.read()).decode(errors="replace").strip()
        except (ApiError, ConnectionLost):  # it has left none
            return ""


def state_told_by(event: Event) -> ContainerState | None:
    """The state that a status will have after a warning of the kubelet's; None for what tells nothing new.

    Source: kubelet `images/image_manager.go` and `kuberuntime/kuberuntime_container.go`, startContainer.
    """
    if not event.warning:
        return None
    text = event.message
    if event.reason == "InspectFailed":
        return _waiting("InvalidImageName", text)
    if pull := _PULL.match(text):
        return _waiting("ErrImagePull", pull["why"])
    error = text.removeprefix("Error: ")
    if event.reason != "Failed" or " " not in error:  # `Error: ErrImagePull`: the reason, after its message
        return None
    if _AS_ROOT in error:
        return _waiting("CreateContainerConfigError", error)
    return _waiting("RunContainerError" if _NOT_RUN in error else "CreateContainerError", error)


def _waiting(reason: str, message: str) -> ContainerState:
    return ContainerState(StateKind.WAITING, reason, message)
