"""The aiohttp session under a connection, whose sockets are gone as soon as nobody wants what they were opened for.

aiohttp and asyncio close a TLS socket with a good-bye and wait half a minute for the server's. A command that ends
meanwhile leaves the socket to the garbage collector, which says so.
"""

import asyncio.sslproto
import functools
import ssl
import weakref
from collections.abc import Callable
from typing import Any

from kubectl_mc.cluster.client_package import aiohttp

# asyncio keeps a buffer of 256 KiB for each TLS connection, and a followed log is one: a thousand of them take 150 MiB
# with this size, 340 with that, and reading is as fast.
asyncio.sslproto.SSLProtocol.max_size = 64 * 1024


def new_session(tls: ssl.SSLContext | bool) -> aiohttp.ClientSession:
    """A session that keeps nothing between requests but connections."""
    return aiohttp.ClientSession(
        connector=_Connector(tls),
        response_class=_Response,
        # Proxies are chosen in `proxy_for`; trusting the environment would also send ~/.netrc passwords.
        trust_env=False,
        cookie_jar=aiohttp.DummyCookieJar(),
    )


class _Response(aiohttp.ClientResponse):
    """One that is left in the middle, as a watch or a log is, or before its headers have come."""

    def close(self) -> None:
        if self.connection is not None and self.connection.transport is not None:
            self.connection.transport.abort()
        super().close()


class _Connector(aiohttp.TCPConnector):
    """Knows also the sockets that it has lost sight of: of requests that were cancelled at the end of a handshake."""

    def __init__(self, tls: ssl.SSLContext | bool) -> None:
        # A follow holds its connection for as long as it lasts: how many there are is the callers' business.
        super().__init__(limit=0, ssl=tls)
        self._made = weakref.WeakSet[Any]()
        if hasattr(self, "_factory"):  # no part of the documented interface
            self._factory = functools.partial(self._noted, self._factory)

    def _noted(self, make: Callable[[], Any]) -> Any:
        protocol = make()
        self._made.add(protocol)
        return protocol

    async def close(self, **options: Any) -> None:
        for protocol in list(self._made):
            if protocol.transport is not None:
                protocol.transport.abort()
        await super().close(**options)
