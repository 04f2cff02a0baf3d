"""The demo cluster's past and near future: each scenario planned at its time, and what is done to it afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from kubectl_mc.demo.defaults import container
from kubectl_mc.demo.owners import Owners
from kubectl_mc.demo.recorder import Recorder
from kubectl_mc.demo.scenarios import Scenario
from kubectl_mc.demo.scripts import SCRIPTS
from kubectl_mc.demo.simulation import Simulation
from kubectl_mc.demo.store import Store

Object = dict[str, Any]

CLAIM_SYNC_SECONDS = 15.0


def plan(simulation: Simulation, scenarios: Iterable[Scenario], now: float) -> None:
    """Put every scenario on the agenda at its time; `Simulation.catch_up` lives through it."""
    owners = simulation.owners
    for scenario in scenarios:
        at = now - scenario.minutes * 60
        simulation.plan(at, scenario.objects(), SCRIPTS.get(scenario.name, {}))
        if scenario.deleted_at is not None:
            simulation.on_agenda(now + scenario.deleted_at, partial(_delete, owners, scenario))
        if scenario.debugged_at is not None:
            simulation.on_agenda(now + scenario.debugged_at, partial(_debug, owners.store, scenario))
        if scenario.service_at is not None:
            simulation.plan(now + scenario.service_at[1], [_service(scenario.service_at[0], scenario.namespace)], {})
        for event in scenario.claim_events:
            _tell_of_claim(simulation, owners.store, scenario, event, at + 1)


def _delete(owners: Owners, scenario: Scenario, _now: float) -> None:
    pod = owners.store.find("pods", scenario.namespace, scenario.name)
    if pod is not None:
        owners.remove_pod(pod)


def _debug(store: Store, scenario: Scenario, _now: float) -> None:
    """What `kubectl debug --image=busybox:1.37 --target=… -c debugger` does."""
    pod = store.find("pods", scenario.namespace, scenario.name)
    if pod is None:
        return
    target = pod["spec"]["containers"][0]["name"]
    debugger = {"name": "debugger", "image": "busybox:1.37", "command": ["sh"], "stdin": True, "tty": True}
    spec = {**pod["spec"], "ephemeralContainers": [container({**debugger, "targetContainerName": target})]}
    store.update("pods", {**pod, "spec": spec})


def _service(name: str, namespace: str) -> Object:
    metadata = {"name": name, "namespace": namespace}
    return {"kind": "Service", "apiVersion": "v1", "metadata": metadata, "spec": {"ports": [{"port": 6379}]}}


def _tell_of_claim(
    simulation: Simulation, store: Store, scenario: Scenario, event: tuple[str, str, str, str], at: float
) -> None:
    """What the volume controller says about a claim, now and at each of its rounds."""
    claim, kind, reason, message = event
    recorder: Recorder = simulation.recorder

    def tell(now: float) -> None:
        about = store.find("persistentvolumeclaims", scenario.namespace, claim)
        if about is not None:
            component = "persistentvolume-controller"
            recorder.record(now, about, reason, message, component=component, warning=kind == "Warning")
            simulation.on_agenda(now + CLAIM_SYNC_SECONDS, tell)

    simulation.on_agenda(at, tell)
