"""What the nodes know of an image: how long it takes to pull, its size and id, and whether a shell is in it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

_MIB = 1024 * 1024
_SHELLESS = ("distroless", "noshell", "pause", "exporter")
_COMMANDS = {
    "nginx": "nginx: master process nginx -g daemon off;",
    "redis": "redis-server *:6379",
    "fluent-bit": "/fluent-bit/bin/fluent-bit -c /fluent-bit/etc/fluent-bit.conf",
    "haproxy": "haproxy -W -db -f /usr/local/etc/haproxy/haproxy.cfg",
    "nginx-prometheus-exporter": "/usr/bin/nginx-prometheus-exporter",
    "statsd-exporter": "/bin/statsd_exporter",
    "postgres": "postgres",
    "busybox": "sh",
}
"""The entrypoints of images that the scenarios use without a command of their own."""


@dataclass(frozen=True)
class Image:
    """One image, by the reference that a pod names."""

    reference: str

    @property
    def id(self) -> str:
        """The digest that a status shows as `imageID`."""
        return "sha256:" + hashlib.sha256(self.reference.encode()).hexdigest()

    @property
    def size(self) -> int:
        """Bytes, between 2 and 90 MiB."""
        return 2 * _MIB + int(self.id[7:13], 16) % (88 * _MIB)

    @property
    def pull_seconds(self) -> float:
        """How long its pull takes where it is not present."""
        return 0.4 + self.size / (30 * _MIB)

    @property
    def name(self) -> str:
        """Without repository, tag and digest: `fluent-bit`."""
        return self.reference.partition("@")[0].rpartition("/")[2].partition(":")[0]

    @property
    def has_shell(self) -> bool:
        """Images of Go binaries and distroless ones have none."""
        return not any(word in self.reference for word in _SHELLESS)

    @property
    def exists(self) -> bool:
        """A misspelt image can't be pulled. The scenarios misspell one."""
        return self.name not in ("ngnix", "buzybox")

    @property
    def command(self) -> str:
        """The main process that it starts by itself."""
        return _COMMANDS.get(self.name, f"/{self.name}")

    @property
    def pull_error(self) -> str:
        """What the runtime says about one that does not exist."""
        why = "pull access denied, repository does not exist or may require authorization"
        failed = f'failed to pull and unpack image "{self.reference}": failed to resolve reference "{self.reference}"'
        return f"{failed}: {why}: server message: insufficient_scope: authorization failed"
