"""The life of the cluster: scheduler, nodes and controllers on one clock, first through the past, then in real time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from kubectl_mc.demo.agenda import Action, Agenda
from kubectl_mc.demo.clock import Clock
from kubectl_mc.demo.commands import program_of
from kubectl_mc.demo.controllers import Controllers
from kubectl_mc.demo.kubelet import Kubelet
from kubectl_mc.demo.owners import Owners
from kubectl_mc.demo.programs import Program
from kubectl_mc.demo.recorder import Recorder
from kubectl_mc.demo.resources import BY_KIND
from kubectl_mc.demo.store import Store

Object = dict[str, Any]

TICK_SECONDS = 0.25
"""The longest time between two looks at the agenda, and how late a followed log may be."""


OWNERS = ("Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob")
"""Kinds whose containers have programs."""


class Simulation:
    """Everything that happens in the cluster without being asked for."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._agenda = Agenda()
        self.recorder = Recorder(store)
        self.node = Kubelet(store, clock, self._agenda, self.recorder, clock.now())
        self.owners = Owners(store, clock, self.recorder)
        self._controllers = Controllers(self.owners, self._agenda)
        self._programs: dict[tuple[str, str], Mapping[str, Program]] = {}
        self.node.program = self._program

    def plan(self, at: float, objects: Iterable[Object], programs: Mapping[str, Program]) -> None:
        """Create these objects at a point of time, in the past for `catch_up` or still to come."""
        self._agenda.at(at, partial(self._create, list(objects), programs))

    def apply(self, obj: Object, programs: Mapping[str, Program] | None = None) -> Object:
        """Create an object now; `programs` says what the containers of its pods do, by container name."""
        return self._create_one(obj, programs or {})

    def on_agenda(self, at: float, action: Action) -> None:
        """Call `action(now)` at a point of the cluster's time."""
        self._agenda.at(at, action)

    def catch_up(self) -> None:
        """Do everything that is due, each at its own time, up to now."""
        now = self._clock.now()
        self._settle(now)
        with self._clock.moved_by_hand():
            while self._agenda.due <= now:
                when, action = self._agenda.pop()
                self._clock.freeze(when)
                action(when)
                self._settle(when)
        self.node.write_logs()

    async def run(self) -> None:
        """Live in real time until cancelled."""
        while True:
            self.catch_up()
            left = self._agenda.due - self._clock.now()
            await self._store.changed.wait(max(0.01, min(TICK_SECONDS, left)))

    def _settle(self, now: float) -> None:
        """Let nodes and controllers answer each other until nobody has anything to say."""
        version = -1
        while version != self._store.version:
            version = self._store.version
            self._controllers.observe()
            self.node.observe(now)

    def _create(self, objects: Iterable[Object], programs: Mapping[str, Program], _now: float) -> None:
        for obj in objects:
            self._create_one(obj, programs)

    def _create_one(self, obj: Object, programs: Mapping[str, Program]) -> Object:
        resource = BY_KIND[obj["kind"]].plural
        if programs and obj["kind"] in OWNERS:
            self._programs[obj["kind"], obj["metadata"]["name"]] = programs
        return self._store.create(resource, obj)

    def _program(self, pod: Object, container: Object) -> Program:
        """What a container runs: said with the pod or the workload that owns it at last, or in its own command."""
        owner: Object | None = pod
        while owner is not None:
            programs = self._programs.get((owner["kind"], owner["metadata"]["name"]))
            if programs is not None and container["name"] in programs:
                return programs[container["name"]]
            owner = self._owner(owner)
        return program_of(container)

    def _owner(self, obj: Object) -> Object | None:
        """The object that made this one."""
        for reference in obj["metadata"].get("ownerReferences", []):
            resource = BY_KIND[reference["kind"]].plural
            return self._store.find(resource, obj["metadata"]["namespace"], reference["name"])
        return None
