"""One container of one pod on its node: pull, start, run, end, back off, start again.

Owns the container's state and its instances. Refuses to decide when it is its turn to start: that is the pod's.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from typing import Any

from kubectl_mc.demo.host import Host, Role
from kubectl_mc.demo.images import Image
from kubectl_mc.demo.instances import Instance, Running, State, Terminated, Waiting
from kubectl_mc.demo.probes import FIELDS, ProbeRun
from kubectl_mc.demo.programs import Exit, Program, Run

INITIAL_BACKOFF = 10.0
MAX_BACKOFF = 300.0
SYNC_SECONDS = 13.0
"""About how often a kubelet looks again at a pod that it cannot bring forward."""


class ContainerRun:
    """A container with its current and its previous instance, and the one thing that happens to it next."""

    def __init__(self, spec: dict[str, Any], role: Role, program: Program, host: Host, waits: str) -> None:
        self.spec = spec
        self.role = role
        self.program = program
        self.state: State = Waiting(waits)
        self.last: Terminated | None = None
        self.restart_count = 0
        self.started = False
        self.ready = False
        self.instance: Instance | None = None
        self.previous: Instance | None = None
        self.begun = False
        self.stopping = False
        self.busy = False
        """The node works on its first start, and starts no other container of the pod meanwhile."""
        self.touched = True
        """Something that a status shows has changed since the pod wrote one."""
        self._host = host
        self._image = Image(spec["image"])
        self._probes: list[ProbeRun] = []
        self._backoff = 0.0
        self._backoff_set = 0.0
        self._pull_backoff = 0.0
        self._at = math.inf
        self._then: Callable[[float], None] = self.begin

    @property
    def name(self) -> str:
        """As in the spec."""
        return str(self.spec["name"])

    @property
    def field_path(self) -> str:
        """How events name it."""
        kind = {"app": "containers", "ephemeral": "ephemeralContainers"}.get(self.role, "initContainers")
        return f"spec.{kind}{{{self.name}}}"

    @property
    def due(self) -> float:
        """When something happens to it next."""
        return min([self._at, *(probe.due for probe in self._probes)])

    @property
    def done(self) -> bool:
        """Ended for good."""
        return isinstance(self.state, Terminated) and self._at == math.inf

    @property
    def running(self) -> bool:
        """Whether an instance runs."""
        return isinstance(self.state, Running)

    def step(self, now: float) -> None:
        """Do what is due."""
        if self._at <= now:
            self._at, then = math.inf, self._then
            then(now)
        for probe in self._probes:
            if probe.due <= now:
                self._look(now, probe)

    def begin(self, now: float) -> None:
        """Pull the image where that is needed, and start."""
        self.begun = self.busy = True
        reference = self.spec["image"]
        if not self._image.exists:
            self._event(now, "Pulling", f'Pulling image "{reference}"')
            self._plan(now + 0.7, self._pull_failed)
        elif self._host.pull_needed(reference, self.spec["imagePullPolicy"]):
            self._event(now, "Pulling", f'Pulling image "{reference}"')
            self._plan(now + self._image.pull_seconds, self._pulled)
        else:
            self._event(now, "Pulled", f'Container image "{reference}" already present on machine')
            self._create(now)

    def stop(self, now: float) -> None:
        """Send the SIGTERM after the preStop hook, and the SIGKILL at the end of the grace period."""
        self.stopping = True
        if not self.running:
            self._at = math.inf
            return
        self._event(now, "Killing", f"Stopping container {self.name}")
        self._terminate(now, self._host.grace_seconds)

    def kill(self, now: float) -> None:
        """End it at once."""
        if self.running:
            self._end(now, 137, "Error", "")
            self._at = math.inf

    def _pulled(self, now: float) -> None:
        took = f"{self._image.pull_seconds:.3f}".rstrip("0") + "s"
        size = f"Image size: {self._image.size} bytes."
        self._event(
            now,
            "Pulled",
            f'Successfully pulled image "{self.spec["image"]}" in {took} ({took} including waiting). {size}',
        )
        self._create(now)

    def _pull_failed(self, now: float) -> None:
        error = self._image.pull_error
        self.busy = False
        self._event(now, "Failed", f'Failed to pull image "{self.spec["image"]}": {error}', warning=True)
        self._event(now, "Failed", "Error: ErrImagePull", warning=True)
        self._change(Waiting("ErrImagePull", error))
        self._pull_backoff = min(MAX_BACKOFF, self._pull_backoff * 2 or INITIAL_BACKOFF)
        self._back_off_pull(now + 2, now + self._pull_backoff)

    def _back_off_pull(self, at: float, until: float) -> None:
        """Say again every few seconds that the pull waits, and try it at `until`."""

        def again(now: float) -> None:
            error = f'Back-off pulling image "{self.spec["image"]}"'
            self._event(now, "BackOff", error)
            self._event(now, "Failed", "Error: ImagePullBackOff", warning=True)
            self._change(Waiting("ImagePullBackOff", f"{error}: ErrImagePull: {self._image.pull_error}"))
            self._back_off_pull(now + SYNC_SECONDS, until)

        if at >= until:
            self._plan(until, self.begin)
        else:
            self._plan(at, again)

    def _create(self, now: float) -> None:
        self.busy = False
        missing = self._host.missing_reference(self)
        if missing:
            self._event(now, "Failed", f"Error: {missing}", warning=True)
            self._change(Waiting("CreateContainerConfigError", missing))
            self._plan(now + SYNC_SECONDS, self.begin)
            return
        self._event(now, "Created", f"Created container: {self.name}")
        self._start(now)
        self._event(now, "Started", f"Started container {self.name}")

    def _start(self, now: float) -> None:
        if self.instance is not None:
            self.restart_count += 1
            if isinstance(self.state, Terminated):
                self.last = self.state
            # The wait before the next restart, doubled unless the container has been quiet for ten minutes.
            rested = now - self._backoff_set > 2 * MAX_BACKOFF
            self._backoff = INITIAL_BACKOFF if rested or not self._backoff else min(MAX_BACKOFF, self._backoff * 2)
            self._backoff_set = now
        run = Run(now, self._host.created, self._host.demo_started, self.restart_count)
        digest = hashlib.sha256(f"{self._host.uid}/{self.name}/{self.restart_count}".encode()).hexdigest()
        self.previous = self.instance
        self.instance = Instance(self.program, run, f"containerd://{digest}", self._host.current_time)
        self._probes = [
            ProbeRun(kind, self.spec[key], self.program.failing, run)
            for kind, key in FIELDS.items()
            if key in self.spec
        ]
        self._change(Running(now))
        if not any(probe.kind == "startup" for probe in self._probes):
            self._mark_started(now)
        ending = self.program.exit
        if ending is not None and ending.only_attempt in (None, self.restart_count):
            self._plan(now + ending.after, lambda at: self._finish(at, ending))

    def _finish(self, now: float, ending: Exit) -> None:
        """The main process ends by itself."""
        if ending.once_service and not self._host.service_exists(ending.once_service):
            self._plan(now + 2, lambda at: self._finish(at, ending))
        elif ending.evicts:
            self._host.evict(now, ending.evicts)
        elif ending.oom_killed:
            self._end(now, 137, "OOMKilled", "")
        else:
            self._end(now, ending.code, "Error" if ending.code else "Completed", ending.message)

    def _end(self, now: float, code: int, reason: str, message: str) -> None:
        """The instance is over; decide what comes after it."""
        assert self.instance is not None
        self.instance.end(now)
        self._probes = []
        self.started = False
        self.ready = self.role == "init" and code == 0
        started_at = self.instance.run.started
        if isinstance(self.state, Terminated):
            self.last = self.state
        self._change(Terminated(code, reason, message, started_at, now, self.instance.container_id))
        if not self._host.restarts(self, code):
            self._at = math.inf
        elif now + 1 >= self._retry_at(now):
            self._plan(now + 1, self.begin)
        else:
            self._plan(now + 1.5, self._back_off)

    def _retry_at(self, finished: float) -> float:
        """When the back-off after this end is over."""
        expired = finished - self._backoff_set > 2 * MAX_BACKOFF
        return finished + (0.0 if expired else self._backoff)

    def _back_off(self, now: float) -> None:
        """Say that the restart waits, now and every few seconds, and restart in the end."""
        if isinstance(self.state, Terminated):
            self.last = self.state
        assert self.last is not None
        retry = self._retry_at(self.last.finished_at)
        if now >= retry:
            self.begin(now)
            return
        host = self._host
        pod = f"{host.name}_{host.namespace}({host.uid})"
        self._event(now, "BackOff", f"Back-off restarting failed container {self.name} in pod {pod}", warning=True)
        wait = f"back-off {duration(self._backoff)} restarting failed container={self.name} pod={pod}"
        self._change(Waiting("CrashLoopBackOff", wait))
        self._plan(min(retry, now + SYNC_SECONDS), self._back_off)

    def _look(self, now: float, probe: ProbeRun) -> None:
        """Run one probe and take its consequences."""
        passed = probe.passed
        output = probe.check(now)
        if output is not None:
            text = output.replace("{ip}", self._host.ip)
            self._event(now, "Unhealthy", f"{probe.kind.capitalize()} probe failed: {text}", warning=True)
        if probe.kind != "readiness" and probe.given_up:
            self._event(now, "Killing", f"Container {self.name} failed {probe.kind} probe, will be restarted")
            self._probes = []
            self._terminate(now, self._host.grace_seconds)
        elif passed != probe.passed and probe.kind == "startup":
            self._mark_started(now)
        elif passed != probe.passed and probe.kind == "readiness":
            self.ready = probe.passed
            self.touched = True

    def _mark_started(self, now: float) -> None:
        """The startup probe has passed, or there is none."""
        self.started = True
        self.touched = True
        for probe in self._probes:
            probe.begin(now)
        self.ready = self.role in ("app", "sidecar") and all(probe.kind != "readiness" for probe in self._probes)

    def _terminate(self, now: float, grace: float) -> None:
        """Let the process take its SIGTERM."""
        stop = self.program.stop
        takes = stop.pre_stop + stop.after
        if takes <= grace:
            reason = "Error" if stop.code else "Completed"
            self._plan(now + takes, lambda at: self._end(at, stop.code, reason, ""))
        else:
            self._plan(now + grace, lambda at: self._end(at, 137, "Error", ""))

    def _change(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.touched = True

    def _plan(self, at: float, then: Callable[[float], None]) -> None:
        self._at, self._then = at, then

    def _event(self, now: float, reason: str, message: str, warning: bool = False) -> None:
        self._host.event(now, self, reason, message, warning)


def duration(seconds: float) -> str:
    """As Go writes it: `10s`, `1m20s`, `5m0s`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
