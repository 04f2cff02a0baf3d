"""Errors of the transport and of the API server, made into `McError`s in one place."""

import json
import os
import re
import shlex
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kubectl_mc.cluster.client_package import aiohttp
from kubectl_mc.errors import ApiError, ConfigurationError, ConnectionLost, Forbidden, Gone, McError, NotFound
from kubectl_mc.model.resources import Resource

_VERB = re.compile(r" cannot ([a-z]+) resource ")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a request was about, for its error message."""

    verb: str
    resource: Resource | None = None
    namespace: str | None = None
    name: str | None = None
    subresource: str | None = None

    @property
    def words(self) -> str:
        """`list pods in namespace "shop"`."""
        if self.resource is None:
            return self.verb
        plural = f"{self.resource.qualified}/{self.subresource}" if self.subresource else self.resource.qualified
        words = f'{self.verb} {plural} "{self.name}"' if self.name else f"{self.verb} {plural}"
        return f'{words} in namespace "{self.namespace}"' if self.namespace else words


@contextmanager
def translated(server: str) -> Iterator[None]:
    """Raise what the transport raises as `ConnectionLost` or `ConfigurationError`; `server` is the API server's URL."""
    try:
        yield
    except aiohttp.ClientConnectorCertificateError as error:
        raise _untrusted(server, error.certificate_error) from None
    except (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError) as error:
        raise ConnectionLost(
            f"the proxy on the way to {server} refused: {error}", "check proxy-url and HTTPS_PROXY"
        ) from None
    except aiohttp.ClientConnectorDNSError:
        raise ConnectionLost(
            f"the name of the server {server} cannot be resolved", "check the address and your VPN"
        ) from None
    except aiohttp.ClientSSLError as error:
        raise ConnectionLost(
            f"no TLS connection to {server}: {_reason(error)}", "is it https, and is this its port?"
        ) from None
    except aiohttp.ClientConnectorError as error:
        hint = "is the API server up, and is this the right context? see: kubectl config current-context"
        raise ConnectionLost(f"no connection to the server {server}: {_reason(error)}", hint) from None
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
        raise ConfigurationError(f"{server!r} is not the URL of a server", "check --server or the kubeconfig") from None
    except TimeoutError:
        raise ConnectionLost(
            f"no answer from the server {server} in time", "give it longer with --request-timeout 60s"
        ) from None
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError, aiohttp.ClientOSError, ConnectionError):
        raise ConnectionLost(f"the server {server} closed the connection") from None
    except ssl.SSLCertVerificationError as error:
        raise _untrusted(server, error) from None
    except ssl.SSLError as error:
        raise ConnectionLost(f"no TLS connection to {server}: {words_of_ssl(error)}") from None
    except OSError as error:
        raise ConnectionLost(f"talking to the server {server} failed: {error.strerror or error}") from None
    except aiohttp.ClientError as error:
        raise ConnectionLost(f"talking to the server {server} failed: {error or type(error).__name__}") from None


def _reason(error: aiohttp.ClientConnectorError) -> str:
    """The operating system's word for it, `Connection refused`, or OpenSSL's, whose numbers are no errno."""
    if isinstance(error.os_error, ssl.SSLError):
        return words_of_ssl(error.os_error)
    return os.strerror(error.errno) if error.errno else str(error.os_error)


def words_of_ssl(error: ssl.SSLError) -> str:
    """What OpenSSL says, without what only its authors can read: `wrong version number`."""
    said = str(error.args[-1]) if error.args else type(error).__name__
    return re.sub(r"^\[.*?\]\s*|\s*\(_ssl\.c:\d+\)$", "", said)


def _untrusted(server: str, error: Exception) -> ConnectionLost:
    why = getattr(error, "verify_message", "") or str(error)
    return ConnectionLost(
        f"the certificate of {server} is not trusted: {why}",
        "check certificate-authority in the kubeconfig, or --certificate-authority and --tls-server-name",
    )


def status_error(code: int, body: bytes, subject: Subject, reach: Sequence[str] = ()) -> McError:
    """The error of an answer that is no success.

    Args:
        body: a Status object, or whatever stood in for one.
        reach: the connection flags, for a hint that asks the same cluster as the same user.
    """
    status = _status(body)
    message, reason = str(status.get("message") or ""), str(status.get("reason") or "")
    if code == 401:
        return ApiError(
            "the server doesn't accept these credentials (401 Unauthorized)",
            "log in again, or choose another user with --user or --context",
            code=code,
            reason=reason,
        )
    if code == 403:
        return Forbidden(
            f"Error from server (Forbidden): {message or subject.words}",
            _permission_hint(subject, message, reach),
            code=code,
            reason=reason,
        )
    kind = {404: NotFound, 410: Gone}.get(code, ApiError)
    said = message or f"the server answered {code} to: {subject.words}"
    if code == 404 and subject.namespace and subject.name and not _names_namespace(said, subject.namespace):
        said += f' in namespace "{subject.namespace}"'
    return kind(f"Error from server ({reason or code}): {said}", code=code, reason=reason)


def _names_namespace(said: str, namespace: str) -> bool:
    """Whether it is said already, as in `namespaces "shop" not found`."""
    return re.search(rf'\bnamespaces? "{re.escape(namespace)}"', said) is not None


def _permission_hint(subject: Subject, message: str, reach: Sequence[str]) -> str | None:
    if subject.resource is None:
        return None
    # The server knows better which verb it asks for: for a WebSocket `get`, and since 1.35 `create` as well.
    asked = _VERB.search(message)
    verb = asked[1] if asked is not None else subject.verb
    plural = (
        f"{subject.resource.qualified}/{subject.subresource}" if subject.subresource else subject.resource.qualified
    )
    where = ["-n", subject.namespace] if subject.namespace else (["-A"] if subject.resource.namespaced else [])
    check = shlex.join(["kubectl", "auth", "can-i", verb, plural, *where, *reach])
    return f'the verb "{verb}" on {plural} is missing; check: {check}'


def _status(body: bytes) -> Mapping[str, Any]:
    try:
        status = json.loads(body)
    except (ValueError, RecursionError):
        # A proxy's or load balancer's page; its first line is all that a terminal needs of it.
        first = body.decode(errors="replace").strip().partition("\n")[0][:200]
        return {"message": first} if first else {}
    return status if isinstance(status, dict) else {}
