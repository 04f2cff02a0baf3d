"""The pull of a container's image: before its start, and again and again where the image does not exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from kubectl_mc.demo.host import Host
from kubectl_mc.demo.images import Image
from kubectl_mc.demo.instances import State, Waiting

INITIAL_BACKOFF = 10.0
MAX_BACKOFF = 300.0
SYNC_SECONDS = 13.0
"""About how often a kubelet looks again at a pod that it cannot bring forward."""


class Puller(Protocol):
    """The container for which the image is pulled."""

    busy: bool

    def begin(self, now: float) -> None:
        """Start over with the pull."""

    def create(self, now: float) -> None:
        """The image is there."""

    def change(self, state: State) -> None:
        """Show another state."""

    def plan(self, at: float, then: Callable[[float], None]) -> None:
        """Do this next."""

    def event(self, now: float, reason: str, message: str, warning: bool = False) -> None:
        """Tell of it."""


class Pull:
    """One container's image."""

    def __init__(self, spec: dict[str, Any], host: Host, container: Puller) -> None:
        self._image = Image(spec["image"])
        self._policy = spec["imagePullPolicy"]
        self._host = host
        self._container = container
        self._backoff = 0.0

    def begin(self, now: float) -> None:
        """Pull it unless the node has it."""
        container, reference = self._container, self._image.reference
        if not self._image.exists:
            container.event(now, "Pulling", f'Pulling image "{reference}"')
            container.plan(now + 0.7, self._failed)
        elif self._host.pull_needed(reference, self._policy):
            container.event(now, "Pulling", f'Pulling image "{reference}"')
            container.plan(now + self._image.pull_seconds, self._pulled)
        else:
            container.event(now, "Pulled", f'Container image "{reference}" already present on machine')
            container.create(now)

    def _pulled(self, now: float) -> None:
        took = f"{self._image.pull_seconds:.3f}".rstrip("0") + "s"
        said = f'Successfully pulled image "{self._image.reference}" in {took} ({took} including waiting).'
        self._container.event(now, "Pulled", f"{said} Image size: {self._image.size} bytes.")
        self._container.create(now)

    def _failed(self, now: float) -> None:
        container, error = self._container, self._image.pull_error
        container.busy = False
        container.event(now, "Failed", f'Failed to pull image "{self._image.reference}": {error}', warning=True)
        container.event(now, "Failed", "Error: ErrImagePull", warning=True)
        container.change(Waiting("ErrImagePull", error))
        self._backoff = min(MAX_BACKOFF, self._backoff * 2 or INITIAL_BACKOFF)
        self._wait(now + 2, now + self._backoff)

    def _wait(self, at: float, until: float) -> None:
        """Say again every few seconds that the pull waits, and try it at `until`."""

        def again(now: float) -> None:
            said = f'Back-off pulling image "{self._image.reference}"'
            self._container.event(now, "BackOff", said)
            self._container.event(now, "Failed", "Error: ImagePullBackOff", warning=True)
            state = Waiting("ImagePullBackOff", f"{said}: ErrImagePull: {self._image.pull_error}")
            self._container.change(state)
            self._wait(now + SYNC_SECONDS, until)

        if at >= until:
            self._container.plan(until, self._container.begin)
        else:
            self._container.plan(at, again)
