"""Exec and attach from the container's side: what is started in which surroundings, or why nothing can be.

The node's own texts are containerd's and runc's. Refuses the WebSocket, which is `channels.py`.
"""

import asyncio
import posixpath
import secrets
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from kubectl_mc.demo import errors
from kubectl_mc.demo.binaries import missing
from kubectl_mc.demo.clock import Clock
from kubectl_mc.demo.logs import LogFile
from kubectl_mc.demo.node import ContainerView, Node
from kubectl_mc.demo.podlogs import status_of
from kubectl_mc.demo.shell.applets import execute
from kubectl_mc.demo.shell.files import FileTree, Layers, user_of
from kubectl_mc.demo.shell.interpreter import SHELLS, commands_of
from kubectl_mc.demo.shell.processes import Process, Sink, Source, Surroundings
from kubectl_mc.demo.shell.terminal import Terminal
from kubectl_mc.demo.store import Object, Store

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_KILLED = 137
_WITHOUT_BASH = ("busybox", "alpine", "redis", "haproxy", "curl", "git", "migrate", "fluent")
"""Parts of names of images that have a small shell only."""


@dataclass(frozen=True)
class Streams:
    """What the client asked for and gets."""

    stdin: Source
    out: Sink
    err: Sink
    terminal: Terminal | None


@dataclass(frozen=True)
class Session:
    """One exec or attach that is about to run."""

    pod: Object
    container: Object
    command: tuple[str, ...]
    """Empty for an attach."""
    attach: bool
    node: Node
    store: Store
    clock: Clock
    layers: Layers

    async def run(self, streams: Streams) -> int:
        """Runs it and returns the exit code. ApiError 500 when it cannot start."""
        name = self.container["name"]
        view = self.node.view(self.pod["metadata"]["uid"], name)
        if view is None or not view.running:
            raise errors.internal(f'unable to upgrade connection: container not found ("{name}")')
        if self.attach and not self._talks(view):
            return await self._listen(streams)
        has_bash = not any(part in self.container["image"] for part in _WITHOUT_BASH)
        commands = commands_of(self.container["image"], has_bash=has_bash) if view.shell else {}
        process = self._process(view, streams, frozenset(commands))
        if not process.argv:
            raise _not_started("args must not be empty")
        directory, base = posixpath.split(process.argv[0])
        if base not in commands or directory not in ("", "/bin", "/usr/bin"):
            path = process.argv[0]
            raise _not_started(f'unable to start container process: exec: "{path}": {missing(path)}')
        if not self.attach:
            return await self._with_its_container(execute(process, commands))
        code = await execute(process, commands)
        self.node.end(self.pod["metadata"]["uid"], name, code)
        return code

    async def _with_its_container(self, command: Coroutine[Any, Any, int]) -> int:
        """A command beside the main process: it is killed when that ends."""
        running, ending = asyncio.ensure_future(command), asyncio.ensure_future(self._container_ended())
        try:
            await asyncio.wait((running, ending), return_when=asyncio.FIRST_COMPLETED)
            return running.result() if running.done() else _KILLED
        finally:
            running.cancel()
            ending.cancel()
            await asyncio.gather(running, ending, return_exceptions=True)

    async def _container_ended(self) -> None:
        """Returns when the container's present instance is over."""
        log = self._log()
        while log is not None and not log.ended:
            await log.changed(len(log.lines))
        if log is None:
            await asyncio.get_running_loop().create_future()

    def _log(self) -> LogFile | None:
        status = status_of(self.pod, self.container["name"]) or {}
        return self.node.log_file(status.get("containerID", ""))

    def _talks(self, view: ContainerView) -> bool:
        """Whether the main process is a shell that reads what is typed, as in a debug container."""
        words = [*self.container.get("command", []), *self.container.get("args", [])]
        main = posixpath.basename(words[0]) if words else "sh"
        return view.shell and bool(self.container.get("stdin")) and len(words) < 2 and main in SHELLS

    async def _listen(self, streams: Streams) -> int:
        """Attach to a process that only writes: its log from now on, until it ends."""
        log = self._log()
        if log is None:
            return 0
        seen = len(log.lines)
        while not (log.ended and len(log.lines) == seen):
            await log.changed(seen)
            for line in log.lines[seen:]:
                await (streams.out if line.stream == "stdout" else streams.err)(line.data + b"\n")
                seen += 1
        return 0

    def _process(self, view: ContainerView, streams: Streams, commands: frozenset[str]) -> Process:
        pod, container = self.pod, self.container
        spec = pod["spec"]
        siblings = [each for kind in ("initContainers", "containers") for each in spec.get(kind) or []]
        views = {each["name"]: self.node.view(pod["metadata"]["uid"], each["name"]) for each in siblings}
        running = {name: each for name, each in views.items() if each is not None and each.running}
        seen = [view.command]
        if spec.get("shareProcessNamespace"):
            seen = ["/pause", *(each.command for each in running.values())]
        elif target := running.get(container.get("targetContainerName", "")):
            seen = [target.command, view.command]
        user = user_of(pod, container)
        around = Surroundings(
            files=FileTree(self.store, self.node, self.layers, pod, container),
            hostname=pod["metadata"]["name"],
            user=user,
            pod=pod,
            container=container,
            processes=tuple((1 if index == 0 else 6 + index, command) for index, command in enumerate(seen)),
            ports=frozenset(
                port["containerPort"] for each in siblings if each["name"] in running for port in each.get("ports", [])
            ),
            commands=commands,
            store=self.store,
            clock=self.clock,
        )
        env = {"PATH": PATH, "HOSTNAME": around.hostname, **view.env, "HOME": "/root" if user == 0 else "/"}
        if streams.terminal is not None:
            env["TERM"] = "xterm"
        argv = ("sh",) if self.attach else self.command
        cwd = container.get("workingDir", "/")
        return Process(argv, streams.stdin, streams.out, streams.err, env, around, cwd, streams.terminal)


class Sessions:
    """Makes sessions; holds what people have written into the containers' files."""

    def __init__(self, store: Store, node: Node, clock: Clock) -> None:
        self._store = store
        self._node = node
        self._clock = clock
        self._layers = Layers()

    def session(self, pod: Object, container: str, command: tuple[str, ...], *, attach: bool) -> Session:
        """An exec of `command`, or an attach."""
        spec = pod["spec"]
        known = [
            each for kind in ("initContainers", "containers", "ephemeralContainers") for each in spec.get(kind) or []
        ]
        found = next(each for each in known if each["name"] == container)
        return Session(
            pod, found, () if attach else command, attach, self._node, self._store, self._clock, self._layers
        )


def _not_started(reason: str) -> errors.ApiError:
    """The words of kubelet, containerd and runc around a reason."""
    return errors.internal(
        "Internal error occurred: error executing command in container: failed to exec in container: failed to start "
        f'exec "{secrets.token_hex(32)}": OCI runtime exec failed: exec failed: {reason}: unknown'
    )
