"""The order of a pod's containers: init containers one after the other, native sidecars as gates, then the apps."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_mc.demo.containers import ContainerRun


def next_to_begin(containers: Sequence[ContainerRun], initialized: bool) -> ContainerRun | None:
    """The container whose turn it is to be started for the first time, or None while another one has to get on."""
    if any(container.busy for container in containers):
        return None
    for container in containers:
        if container.role in ("init", "sidecar") and not initialized:
            if not container.begun:
                return container
            if not (container.ready if container.role == "init" else container.started):
                return None
        if container.role == "app" and not container.begun:
            return container
    return None


def apps_done(containers: Sequence[ContainerRun]) -> bool:
    """Whether all app containers have ended for good, which ends the pod."""
    return all(container.done for container in containers if container.role == "app")


def init_failed(containers: Sequence[ContainerRun]) -> bool:
    """Whether an init container has failed for good, which ends the pod as well."""
    return any(container.role == "init" and container.done and not container.ready for container in containers)
