"""Who the user is to the API server: the Authorization header and, from an exec plugin, a client certificate.

A credential that expires is fetched anew before it does, so that a watch outlives it. The kubernetes package's
exec provider is not used: it hides the plugin's stderr, on which logins happen, gives it no cluster information
and forgets the expiry.
"""

import asyncio
import base64
import json
import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kubectl_mc.cluster.kubeconfig import Access, file_content
from kubectl_mc.cluster.plugin_process import run_plugin
from kubectl_mc.errors import ConfigurationError, ConnectionLost
from kubectl_mc.model.times import parse_time

_TOKEN_FILE_SECONDS = 60.0
"""How long a token file's content is trusted; client-go reads it again as often."""
_EARLY_SECONDS = 30.0
"""How long before its expiry a credential is replaced."""
_NOTICE_SECONDS = 3.0
"""After so long a person is told what is waited for; a plugin that has its answer at hand takes a second or less."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What to authenticate with. `certificate` and `key` are PEM texts, set by exec plugins only."""

    authorization: str | None = None
    certificate: str | None = None
    key: str | None = None
    expires: float = float("inf")
    """Seconds since the epoch."""


class Credentials:
    """Gives the credential of one user, fresh at each call."""

    def __init__(
        self,
        access: Access,
        environ: Mapping[str, str],
        *,
        may_ask: Callable[[], bool],
        notify: Callable[[str], None],
        timeout: float | None = None,
    ) -> None:
        """Nothing is read or run yet.

        Args:
            may_ask: whether a plugin may ask on the terminal now, and its stderr be shown there.
            notify: told of a plugin that lets a person wait.
            timeout: seconds that a plugin may take; None or 0 for no bound, since a person may have to log in.
        """
        self._access = access
        self._environ = environ
        self._may_ask = may_ask
        self._notify = notify
        self._timeout = timeout
        self._current: Credential | None = None
        self._lock = asyncio.Lock()

    async def get(self) -> Credential:
        """The credential to use now.

        Raises:
            ConfigurationError: a token file or a plugin fails; the message says which and how.
            ConnectionLost: a plugin takes longer than it may.
        """
        async with self._lock:
            if self._current is None or self._current.expires - _EARLY_SECONDS < time.time():
                self._current = await self._fetch()
            return self._current

    def forget(self, refused: Credential) -> bool:
        """Drop a credential that the server refused; False when a new one would be the same.

        Of many requests that are refused at once, the first leads to a new credential, which the others take.
        """
        if self._current is refused:
            self._current = None
        return any(key in self._access.user for key in ("exec", "tokenFile"))

    async def _fetch(self) -> Credential:
        user = self._access.user
        if (content := file_content(user, "tokenFile")) is not None:
            expires = time.time() + _TOKEN_FILE_SECONDS + _EARLY_SECONDS
            return Credential(f"Bearer {_token_in(content, user['tokenFile'])}", expires=expires)
        if token := user.get("token"):
            return Credential(f"Bearer {token}")
        if plugin := user.get("exec"):
            return await self._from_plugin(plugin)
        if provider := user.get("auth-provider"):
            return _from_provider(provider, self._access.reach)
        if user.get("username"):
            pair = f"{user['username']}:{user.get('password', '')}"
            return Credential(f"Basic {base64.b64encode(pair.encode()).decode()}")
        return Credential()

    async def _from_plugin(self, plugin: Mapping[str, Any]) -> Credential:
        """Source: client-go `plugin/pkg/client/auth/exec` and the ExecCredential API."""
        command = str(plugin.get("command", ""))
        mode = plugin.get("interactiveMode", "IfAvailable")
        may_ask = mode != "Never" and self._may_ask()
        if mode == "Always" and not may_ask:
            raise ConfigurationError(
                f"credential plugin {command!r} has to ask on a terminal, and has none now",
                "log in on a terminal first",
            )
        request = {
            "apiVersion": plugin.get("apiVersion", "client.authentication.k8s.io/v1"),
            "kind": "ExecCredential",
            "spec": {
                "interactive": may_ask,
                **({"cluster": self._cluster_for_plugin()} if plugin.get("provideClusterInfo") else {}),
            },
        }
        variables = {item["name"]: str(item.get("value", "")) for item in plugin.get("env") or () if "name" in item}
        words = [command, *map(str, plugin.get("args") or ())]
        variables["KUBERNETES_EXEC_INFO"] = json.dumps(request)
        notice = f"waiting for the credential plugin {command!r}"
        timer = asyncio.get_running_loop().call_later(_NOTICE_SECONDS, self._notify, notice)
        try:
            async with asyncio.timeout(self._timeout or None):
                ended = await run_plugin(words, {**self._environ, **variables}, may_ask=may_ask)
        except TimeoutError:
            raise ConnectionLost(
                f"credential plugin {command!r} didn't answer in time",
                "give it longer with --request-timeout 60s, or run it by hand to see what it waits for",
            ) from None
        except OSError as error:
            hint = plugin.get("installHint") or "install it, or choose another user with --user"
            raise ConfigurationError(
                f"credential plugin {command!r} cannot be run: {error.strerror}", str(hint).strip()
            ) from None
        finally:
            timer.cancel()
        if ended.exit_code:
            said = ended.complaint.decode(errors="replace").strip().splitlines()
            raise ConfigurationError(
                f"credential plugin {command!r} failed with exit {ended.exit_code}" + (f": {said[-1]}" if said else ""),
                "run it by hand to see why; it is named in the kubeconfig under users[].user.exec",
            )
        return _credential_of(ended.output, command)

    def _cluster_for_plugin(self) -> dict[str, Any]:
        cluster = self._access.cluster
        known = ("server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url")
        info = {key: cluster[key] for key in known if key in cluster}
        if (authority := file_content(cluster, "certificate-authority")) is not None:
            info["certificate-authority-data"] = base64.b64encode(authority).decode()
        for extension in cluster.get("extensions") or ():
            if extension.get("name") == "client.authentication.k8s.io/exec":
                info["config"] = extension.get("extension")
        return info


def _credential_of(output: bytes, command: str) -> Credential:
    try:
        answer = json.loads(output)
        status = answer["status"]
        token, certificate = status.get("token"), status.get("clientCertificateData")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ConfigurationError(f"credential plugin {command!r} printed no ExecCredential") from None
    if not token and not certificate:
        raise ConfigurationError(f"credential plugin {command!r} gave neither a token nor a certificate")
    if certificate and not status.get("clientKeyData"):
        raise ConfigurationError(f"credential plugin {command!r} gave a certificate without its key")
    expires = parse_time(status.get("expirationTimestamp"))
    return Credential(
        f"Bearer {token}" if token else None,
        certificate,
        status.get("clientKeyData"),
        expires.timestamp() if expires else float("inf"),
    )


def _token_in(content: bytes, path: str) -> str:
    try:
        token = content.decode().strip()
    except UnicodeDecodeError:
        raise ConfigurationError(f"token file {path} is not text") from None
    if not token:
        raise ConfigurationError(f"token file {path} is empty")
    return token


def _from_provider(provider: Mapping[str, Any], reach: Sequence[str]) -> Credential:
    """The `oidc` auth-provider, the only one that kubectl still has.

    An expired token is not refreshed here: many providers let a refresh token be used once, so the new one would have
    to be written into the kubeconfig, which is kubectl's.
    """
    config = provider.get("config") or {}
    if provider.get("name") != "oidc":
        raise ConfigurationError(
            f"auth provider {provider.get('name')!r} is no longer supported by Kubernetes clients",
            "use the provider's credential plugin (users[].user.exec)",
        )
    token = str(config.get("id-token", ""))
    expires = _expiry_of_jwt(token)
    if expires < time.time():
        renewal = shlex.join(["kubectl", "version", *reach])
        raise ConfigurationError(
            "the kubeconfig's OIDC id-token has expired", f"kubectl renews it: run once: {renewal}"
        )
    return Credential(f"Bearer {token}", expires=expires)


def _expiry_of_jwt(token: str) -> float:
    """Seconds since the epoch at which a JSON Web Token ends; 0 for what is none."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims.get("exp", "inf"))
    except (IndexError, ValueError, AttributeError, TypeError):
        return 0.0
