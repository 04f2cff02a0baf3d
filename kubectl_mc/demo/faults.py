"""What may go wrong with the simulated cluster when a test or a user wants it to: one object of switches and buttons.

The API server asks it at each request; it acts on the connections that the server has registered with it.
"""

import asyncio
from collections.abc import Awaitable, Callable

from kubectl_mc.demo.store import Store

Power = Callable[[], Awaitable[None]]


class Faults:
    """Everything is off at first. All of it runs in the server's event loop."""

    def __init__(self, store: Store, stop: Power, start: Power) -> None:
        self._store = store
        self._stop = stop
        self._start = start
        self._streams: set[asyncio.Transport] = set()
        self._throttled = 0
        self.retry_after = 1
        """Seconds in the Retry-After of throttled requests."""
        self.expired_watches = 0
        """How many watches that begin get 410."""
        self.seconds = 0.0
        """How long every request waits."""
        self.no_watchers = False
        """Whether nodes are out of inotify instances: a followed log ends in the kubelet's complaint."""
        self.no_logs = False
        """Whether nodes cannot find the logs of containers: the kubelet says so in their place."""
        self.slow_logs: dict[str, float] = {}
        """By container for how many seconds its log keeps a reader waiting."""
        self.no_metrics = False
        """Whether nothing serves metrics.k8s.io, as without a metrics-server."""
        self.only_v4 = False
        """Whether exec and attach speak v4.channel.k8s.io only, as nodes before 1.29 do."""
        self.bookmark_every = 60.0
        """Seconds between a watch's bookmarks."""

    def drop_connections(self) -> None:
        """Cuts all open watches, logs, execs and attaches, as a load balancer does: no last chunk, no closing frame."""
        for transport in tuple(self._streams):
            transport.abort()

    def expire_watches(self, n: int = 1) -> None:
        """The next n watches get 410 Gone; older resourceVersions and `continue` tokens are refused as well."""
        self._store.forget()
        self.expired_watches = n

    def throttle(self, n: int, retry_after: int = 1) -> None:
        """The next n requests get 429 with this Retry-After."""
        self._throttled = n
        self.retry_after = retry_after

    def delay(self, seconds: float) -> None:
        """Every request from now on waits so long; 0 ends it."""
        self.seconds = seconds

    def exhaust_watchers(self, on: bool = True) -> None:
        """Followed logs end where they would begin to wait, with the kubelet's words behind the last line."""
        self.no_watchers = on

    def lose_logs(self, on: bool = True) -> None:
        """Requests for logs are answered with the kubelet's words alone, as 200."""
        self.no_logs = on

    def slow_log(self, container: str, seconds: float) -> None:
        """A container's log begins so late."""
        self.slow_logs[container] = seconds

    def serve_no_metrics(self, on: bool = True) -> None:
        """Requests for what pods use are answered with 404."""
        self.no_metrics = on

    def v4_only(self, on: bool = True) -> None:
        """Refuse v5.channel.k8s.io."""
        self.only_v4 = on

    async def stop(self) -> None:
        """The server is down: connections are refused. The pods live on."""
        self.drop_connections()
        await self._stop()

    async def start(self) -> None:
        """The server is back on the same port."""
        await self._start()

    def throttles(self) -> bool:
        """Whether to refuse this request; each one that is refused counts."""
        throttled = self._throttled > 0
        self._throttled -= throttled
        return throttled

    def expires(self) -> bool:
        """Whether to end this watch with 410; each one that is ended counts."""
        expired = self.expired_watches > 0
        self.expired_watches -= expired
        return expired

    @property
    def open_streams(self) -> int:
        """How many watches, logs, execs and attaches are open."""
        return len(self._streams)

    def opened(self, transport: asyncio.Transport) -> None:
        """A stream began."""
        self._streams.add(transport)

    def closed(self, transport: asyncio.Transport) -> None:
        """A stream ended."""
        self._streams.discard(transport)
