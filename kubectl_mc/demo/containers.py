"""One container of one pod on its node: pull, start, run, end, back off, start again.

Owns the container's state and its instances. Refuses to decide when it is its turn to start: that is the pod's.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from typing import Any

from kubectl_mc.demo.host import Host, Role
from kubectl_mc.demo.instances import Instance, Running, State, Terminated, Waiting
from kubectl_mc.demo.probes import FIELDS, ProbeRun
from kubectl_mc.demo.programs import Exit, Program, Run
from kubectl_mc.demo.pulls import INITIAL_BACKOFF, MAX_BACKOFF, SYNC_SECONDS, Pull


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
        self._probes: list[ProbeRun] = []
        self._backoff = 0.0
        self._backoff_set = 0.0
        self._at = math.inf
        self._then: Callable[[float], None] = self.begin
        self._pull = Pull(spec, host, self)

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
        self._pull.begin(now)

    def stop(self, now: float) -> None:
        """Send the SIGTERM after the preStop hook, and the SIGKILL at the end of the grace period."""
        self.stopping = True
        if not self.running:
            self._at = math.inf
            return
        self.event(now, "Killing", f"Stopping container {self.name}")
        self._terminate(now, self._host.grace_seconds)

    def leave(self, now: float, code: int) -> None:
        """The main process ends by itself, with this code."""
        if self.running:
            self._finish(now, Exit(code=code))

    def kill(self, now: float) -> None:
        """End it at once."""
        if self.running:
            self._end(now, 137, "Error", "")
            self._at = math.inf

    def create(self, now: float) -> None:
        """The image is there: make the container, unless its environment lacks something, and start it."""
        self.busy = False
        missing = self._host.missing_reference(self)
        if missing:
            self.event(now, "Failed", f"Error: {missing}", warning=True)
            self.change(Waiting("CreateContainerConfigError", missing))
            self.plan(now + SYNC_SECONDS, self.begin)
            return
        self.event(now, "Created", f"Created container: {self.name}")
        self._make_instance(now)
        if self.program.start_error:
            self.event(now, "Failed", f"Error: {self.program.start_error}", warning=True)
            if self.role == "ephemeral":  # never tried again, and never said to have ended
                self.change(Waiting("RunContainerError", self.program.start_error))
                return
            # It never ran: the time of its start is the zero of Unix time.
            self._end(now, 128, "StartError", self.program.start_error, started_at=0.0)
            return
        self._start(now)
        self.event(now, "Started", f"Started container {self.name}")

    def _make_instance(self, now: float) -> None:
        """Replace the instance before, whose end becomes the last one."""
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

    def _start(self, now: float) -> None:
        """Let the new instance run."""
        assert self.instance is not None
        run = self.instance.run
        self._probes = [
            ProbeRun(kind, self.spec[key], self.program.failing, run)
            for kind, key in FIELDS.items()
            if key in self.spec
        ]
        self.change(Running(now))
        if not any(probe.kind == "startup" for probe in self._probes):
            self._mark_started(now)
        ending = self.program.exit
        if ending is not None and ending.only_attempt in (None, self.restart_count):
            self.plan(now + ending.after, lambda at: self._finish(at, ending))

    def _finish(self, now: float, ending: Exit) -> None:
        """The main process ends by itself."""
        if ending.once_service and not self._host.service_exists(ending.once_service):
            self.plan(now + 2, lambda at: self._finish(at, ending))
        elif ending.evicts:
            self._host.evict(now, ending.evicts)
        elif ending.oom_killed:
            self._end(now, 137, "OOMKilled", "")
        else:
            self._end(now, ending.code, "Error" if ending.code else "Completed", ending.message)

    def _end(self, now: float, code: int, reason: str, message: str, started_at: float | None = None) -> None:
        """The instance is over; decide what comes after it."""
        assert self.instance is not None
        self.instance.end(now)
        self._probes = []
        self.started = False
        self.ready = self.role == "init" and code == 0
        if started_at is None:
            started_at = self.instance.run.started
        if isinstance(self.state, Terminated):
            self.last = self.state
        self.change(Terminated(code, reason, message, started_at, now, self.instance.container_id))
        if not self._host.restarts(self, code):
            self._at = math.inf
        elif now + 1 >= self._retry_at(now):
            self.plan(now + 1, self.begin)
        else:
            self.plan(now + 1.5, self._back_off)

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
        self.event(now, "BackOff", f"Back-off restarting failed container {self.name} in pod {pod}", warning=True)
        wait = f"back-off {duration(self._backoff)} restarting failed container={self.name} pod={pod}"
        self.change(Waiting("CrashLoopBackOff", wait))
        self.plan(min(retry, now + SYNC_SECONDS), self._back_off)

    def _look(self, now: float, probe: ProbeRun) -> None:
        """Run one probe and take its consequences."""
        passed = probe.passed
        output = probe.check(now)
        if output is not None:
            text = output.replace("{ip}", self._host.ip)
            self.event(now, "Unhealthy", f"{probe.kind.capitalize()} probe failed: {text}", warning=True)
        if probe.kind != "readiness" and probe.given_up:
            self.event(now, "Killing", f"Container {self.name} failed {probe.kind} probe, will be restarted")
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
            self.plan(now + takes, lambda at: self._end(at, stop.code, reason, ""))
        else:
            self.plan(now + grace, lambda at: self._end(at, 137, "Error", ""))

    def change(self, state: State) -> None:
        """Show another state."""
        if state != self.state:
            self.state = state
            self.touched = True

    def plan(self, at: float, then: Callable[[float], None]) -> None:
        """Do this next, and nothing else before it."""
        self._at, self._then = at, then

    def event(self, now: float, reason: str, message: str, warning: bool = False) -> None:
        """Record an event that names this container."""
        self._host.event(now, self, reason, message, warning)


def duration(seconds: float) -> str:
    """As Go writes it: `10s`, `1m20s`, `5m0s`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
