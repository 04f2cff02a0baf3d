"""What a container is at this moment, for those who enter it (exec, attach, log): values and live files, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass

from kubectl_mc.demo.logs import LogFile


@dataclass(frozen=True)
class Mount:
    """A volume in a container's file system."""

    path: str
    """Absolute, without a slash at the end."""
    volume: str
    read_only: bool
    files: dict[str, bytes]
    """Path below the mount (without a leading slash) → content; live, and shared by all containers that mount it."""


@dataclass(frozen=True)
class ContainerView:
    """One container as exec and attach meet it."""

    namespace: str
    pod: str
    name: str
    image: str
    running: bool
    container_id: str
    """`containerd://…`, or "" when it never ran."""
    hostname: str
    pod_ip: str
    user: int
    """The uid of its processes."""
    working_dir: str
    command: tuple[str, ...]
    """Its main process, pid 1 (or a sibling of others when the process namespace is shared)."""
    neighbours: tuple[tuple[str, ...], ...]
    """The main processes it can see besides its own: of its debug target, or with shareProcessNamespace."""
    env: dict[str, str]
    mounts: tuple[Mount, ...]
    files: dict[str, bytes]
    """Its own root file system by absolute path; live until the container restarts."""
    shell: bool
    """False for images without a shell."""
    tty: bool
    log: LogFile | None
    """Of the running, or else the last instance."""
    previous_log: LogFile | None
    waiting_reason: str
    """Why there is no log yet: `PodInitializing`, `ContainerCreating`, …; "" otherwise."""
