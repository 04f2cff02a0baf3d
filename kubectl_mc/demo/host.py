"""The port between a container and the pod and node that it runs on."""

from __future__ import annotations

from typing import Any, Literal, Protocol

Role = Literal["init", "sidecar", "app", "ephemeral"]


class Contained(Protocol):
    """What a pod is told about a container that asks it something."""

    spec: dict[str, Any]
    role: Role

    @property
    def field_path(self) -> str:
        """How events name it."""


class Host(Protocol):
    """What a container needs of its pod and node."""

    name: str
    namespace: str
    uid: str
    created: float
    demo_started: float
    ip: str

    @property
    def grace_seconds(self) -> float:
        """The time between SIGTERM and SIGKILL."""

    def event(self, now: float, container: Contained | None, reason: str, message: str, warning: bool = ...) -> None:
        """Record an event of the kubelet about the pod or one of its containers."""

    def pull_needed(self, image: str, policy: str) -> bool:
        """Whether the node has to pull the image first; it has it afterwards."""

    def missing_reference(self, container: Contained) -> str:
        """What the environment refers to that does not exist, in the kubelet's words, or ""."""

    def service_exists(self, name: str) -> bool:
        """Whether the pod's namespace has a Service of that name."""

    def restarts(self, container: Contained, exit_code: int) -> bool:
        """Whether the container is started again after this end."""

    def evict(self, now: float, message: str) -> None:
        """End the whole pod."""

    def current_time(self) -> float:
        """The cluster's time."""
