"""What the API server asks of the simulated node, and nothing more: logs, what a container is right now, and its use.

The rest of their conversation goes through the store: a deletionTimestamp or an ephemeral container in a pod's object.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from kubectl_mc.demo.logs import LogFile


@dataclass(frozen=True)
class ContainerView:
    """A container at this moment, for exec and attach."""

    running: bool
    env: Mapping[str, str] = field(default_factory=dict)
    """The environment as the kubelet passes it on: references resolved, without PATH, HOME and HOSTNAME."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What its program has written so far, by absolute path; those below a mount are in the volume."""
    command: str = ""
    """The main process as `ps` shows it."""
    shell: bool = True
    """Whether the image has a shell; a distroless one has not."""


class Node(Protocol):
    """The kubelets of all nodes, as the API server sees them."""

    def log_file(self, container_id: str) -> LogFile | None:
        """The log of one instance by its `containerd://…` id; None when it is gone: the kubelet keeps two."""

    def view(self, pod_uid: str, container: str) -> ContainerView | None:
        """The container now; None when the node does not know it."""

    def end(self, pod_uid: str, container: str, code: int) -> None:
        """The main process ends now with this code, because of what someone who is attached has typed."""

    def usage(self, pod_uid: str, now: float) -> list[dict[str, Any]]:
        """`[{"name", "usage": {"cpu": "12345678n", "memory": "23456Ki"}}]` of the running containers."""
