"""One HTTP session to one API server as one user; every request of this tool goes through `Connection.request`."""

import asyncio
import json
import re
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from yarl import URL

from kubectl_mc import __version__
from kubectl_mc.cluster.client_package import aiohttp
from kubectl_mc.cluster.credentials import Credential, Credentials
from kubectl_mc.cluster.errors import Subject, status_error, translated
from kubectl_mc.cluster.http_session import new_session
from kubectl_mc.cluster.kubeconfig import Access
from kubectl_mc.cluster.proxy import proxy_for
from kubectl_mc.cluster.tls import tls_context
from kubectl_mc.cluster.urls import check_url
from kubectl_mc.errors import ApiError, ConfigurationError

CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 30.0
"""How long an answer may stay silent, where no --request-timeout was given."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_THROTTLED_TRIES = 10
"""As client-go: so often is a request repeated that the server put off with Retry-After."""
_UPGRADES = 3
_NO_UPGRADE = 400
"""What the API server answers to an exec that doesn't ask for a WebSocket."""
_GOODBYE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 60.0
"""A server that asks for more is not busy but away, and that is better said at once."""

Params = Mapping[str, str] | Sequence[tuple[str, str]]
"""A query; as pairs where a name may come twice."""


class Connection:
    """Sends requests; use as an async context manager, or call `close`."""

    def __init__(
        self,
        access: Access,
        environ: Mapping[str, str],
        *,
        timeout: float | None = None,
        may_ask: Callable[[], bool],
        notify: Callable[[str], None],
    ) -> None:
        """Nothing is sent yet.

        Args:
            environ: where the proxy is looked up, and what a credential plugin gets.
            timeout: seconds for a whole request, and for a plugin; 0 for no bound.
            may_ask: whether a credential plugin may ask on the terminal now.
            notify: told what makes a person wait.
        """
        self.access = access
        self.server = str(access.cluster["server"]).rstrip("/")
        check_url(self.server, "of a server", "check --server or the kubeconfig")
        self._credentials = Credentials(access, environ, may_ask=may_ask, notify=notify, timeout=timeout)
        self._timeout = timeout
        self._notify = notify
        self._session: aiohttp.ClientSession | None = None
        self._certificate: str | None = None
        self._proxy = proxy_for(self.server, access.cluster.get("proxy-url"), environ)

    async def close(self) -> None:
        """End the session and whatever is still open on it."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get_json(
        self,
        path: str,
        subject: Subject,
        params: Mapping[str, str] | None = None,
        *,
        accept: str = "application/json",
    ) -> dict[str, Any]:
        """The JSON object at `path`.

        Raises:
            McError: the server refuses, cannot be reached, or answers with something else.
        """
        async with self.request("GET", path, subject, params=params, headers={"Accept": accept}) as response:
            with translated(self.server):
                body = await response.read()
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            raise ApiError(
                f"the server {self.server} didn't answer as a Kubernetes API server does to: {subject.words}"
            )
        return document

    @asynccontextmanager
    async def request(
        self,
        method: str,
        path: str,
        subject: Subject,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        body: object = None,
        timeout: aiohttp.ClientTimeout | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """An answer of success, its body unread; closed when the block is left.

        A 429, or a 503 with Retry-After, is waited out; a 401 is tried once more with a new credential.

        Raises:
            McError: any other answer, or no connection.
        """
        url = URL(self.server + path, encoded=False)
        response = await self._answered(method, url, subject, params, headers, body, timeout)
        try:
            yield response
        finally:
            response.close()

    @asynccontextmanager
    async def websocket(
        self, path: str, subject: Subject, params: Params, protocols: Sequence[str]
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """An open WebSocket; closed when the block is left.

        Raises:
            McError: the server refuses, or no connection.
        """
        socket = await self._upgraded(path, subject, params, protocols)
        held = socket._response.connection
        transport = held.transport if held is not None else None
        try:
            yield socket
        finally:
            with suppress(TimeoutError):  # aiohttp's own limit begins anew with each message of a server that floods it
                async with asyncio.timeout(_GOODBYE_SECONDS):
                    await socket.close()
            if transport is not None:
                transport.abort()  # as in `http_session`

    async def _upgraded(
        self, path: str, subject: Subject, params: Params, protocols: Sequence[str]
    ) -> aiohttp.ClientWebSocketResponse:
        url = URL(self.server + path, encoded=False)
        for _ in range(_UPGRADES):
            session, credential = await self._open()
            with translated(self.server):
                try:
                    async with asyncio.timeout(self._timeout or SILENCE_SECONDS):
                        return await session.ws_connect(
                            url,
                            params=params,
                            protocols=protocols,
                            headers=self.headers(credential),
                            proxy=self._proxy,
                            server_hostname=self.access.cluster.get("tls-server-name"),
                            timeout=aiohttp.ClientWSTimeout(ws_close=_GOODBYE_SECONDS),
                            max_msg_size=0,
                            autoping=False,  # pings and pongs tell `RemoteSession` that the server is there
                        )
                except aiohttp.WSServerHandshakeError as refusal:
                    status = refusal.status
            # aiohttp keeps no refusal's words. Without the upgrade the same request is refused for the same reason; or,
            # where a new credential or a pause has helped, because the upgrade is missing.
            try:
                async with self.request("GET", path, subject, params=params):
                    pass
            except ApiError as error:
                if error.code != _NO_UPGRADE or status == _NO_UPGRADE:
                    raise
        raise ApiError(f"the server answered {status} to: {subject.words}", code=status)

    async def _answered(
        self,
        method: str,
        url: URL,
        subject: Subject,
        params: Params | None,
        headers: Mapping[str, str] | None,
        body: object,
        timeout: aiohttp.ClientTimeout | None,
    ) -> aiohttp.ClientResponse:
        renewed = False
        for attempt in range(1, _THROTTLED_TRIES + 1):
            session, credential = await self._open()
            with translated(self.server):
                response = await session.request(
                    method,
                    url,
                    params=params,
                    json=body,
                    headers=self.headers(credential, headers),
                    timeout=timeout or self._request_timeout(),
                    proxy=self._proxy,
                    server_hostname=self.access.cluster.get("tls-server-name"),
                )
                if response.status < 400:
                    return response
                answer = await response.read()
                response.release()
            wait = _retry_after(response)
            if response.status == 401 and not renewed and self._credentials.forget(credential):
                renewed = True
            elif (
                response.status in (429, 503)
                and wait is not None
                and wait <= self._patience()
                and attempt < _THROTTLED_TRIES
            ):
                self._notify(f"the server is busy and asks to wait {wait:g} s")
                await asyncio.sleep(wait)
            else:
                raise status_error(response.status, answer, subject, self.access.reach)
        raise AssertionError("the last attempt returns or raises")

    def headers(self, credential: Credential, more: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
        """Identity and impersonation, as every request and every WebSocket has to send them."""
        headers = [
            ("User-Agent", f"kubectl-mc/{__version__}"),
            *([("Authorization", credential.authorization)] if credential.authorization else []),
            *self.access.impersonation.headers(),
            *({"Accept": "application/json", **(more or {})}).items(),
        ]
        for name, value in headers:
            if _CONTROL.search(value):
                raise ConfigurationError(
                    f"the header {name} cannot be sent: there is a line break or another control character in it",
                    "check the token, and whom to act as, in the kubeconfig",
                )
        return headers

    def _patience(self) -> float:
        """The longest pause that a busy server is granted, in seconds."""
        return min(self._timeout or _LONGEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS)

    async def _open(self) -> tuple[aiohttp.ClientSession, Credential]:
        credential = await self._credentials.get()
        if self._session is not None and credential.certificate != self._certificate:
            await self._session.close()  # a plugin gave a new client certificate
            self._session = None
        if self._session is None:
            self._certificate = credential.certificate
            self._session = self._new_session(credential)
        return self._session, credential

    def _new_session(self, credential: Credential) -> aiohttp.ClientSession:
        tls: ssl.SSLContext | bool = True
        if self.server.startswith("https"):
            tls = tls_context(self.access, credential)
        return new_session(tls)

    def _request_timeout(self) -> aiohttp.ClientTimeout:
        if self._timeout:
            return aiohttp.ClientTimeout(total=self._timeout)
        silence = None if self._timeout == 0 else SILENCE_SECONDS
        return aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=silence)


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    """Seconds that the server asks to wait; the API server sends whole seconds."""
    try:
        return float(int(response.headers["Retry-After"]))
    except (KeyError, ValueError):
        return None
