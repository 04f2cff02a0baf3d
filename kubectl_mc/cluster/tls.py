"""TLS towards a server: whom to trust and what certificate to show, of the kubeconfig's files and texts."""

import base64
import os
import ssl
import tempfile
from collections.abc import Mapping
from typing import Any

from kubectl_mc.cluster.client_package import Configuration, RESTClientObject
from kubectl_mc.cluster.credentials import Credential
from kubectl_mc.cluster.errors import words_of_ssl
from kubectl_mc.cluster.kubeconfig import Access, file_content
from kubectl_mc.errors import ConfigurationError


def tls_context(access: Access, credential: Credential) -> ssl.SSLContext:
    """The settings for all connections of one user with one credential.

    Raises:
        ConfigurationError: a file cannot be read, or has no certificate or key in it.
    """
    cluster, user = access.cluster, access.user
    # As with kubectl, a text in the kubeconfig is above a file.
    authority = _decoded(cluster, "certificate-authority-data")
    certificate = credential.certificate or _decoded(user, "client-certificate-data")
    key = credential.key or _decoded(user, "client-key-data")
    configuration = Configuration(
        ssl_ca_cert=None if authority else _readable(cluster, "certificate-authority"),
        ca_cert_data=authority,
        verify_ssl=not cluster.get("insecure-skip-tls-verify"),
    )
    # Python 3.13 refuses authorities without a key usage extension, which many clusters have and kubectl accepts.
    configuration.disable_strict_ssl_verification = True
    try:
        # ssl reads certificates and keys from files only; these are gone as soon as they are read.
        with tempfile.TemporaryDirectory(prefix="kubectl-mc-") as folder:
            configuration.cert_file = _file(folder, "certificate", certificate) or _readable(user, "client-certificate")
            configuration.key_file = _file(folder, "key", key) or _readable(user, "client-key")
            context: ssl.SSLContext = RESTClientObject(configuration).ssl_context
    except (OSError, ValueError) as error:
        why = words_of_ssl(error) if isinstance(error, ssl.SSLError) else str(error)
        raise ConfigurationError(
            f"the certificates for {cluster['server']} cannot be used: {why}",
            "check certificate-authority, client-certificate and client-key in the kubeconfig",
        ) from None
    return context


def _readable(entry: Mapping[str, Any], key: str) -> str | None:
    """The path of a file that ssl will be able to read; its own error doesn't say which of three it couldn't."""
    return None if file_content(entry, key) is None else str(entry[key])


def _file(folder: str, name: str, content: str | None) -> str | None:
    if content is None:
        return None
    path = os.path.join(folder, name)
    # The folder is this user's alone.
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)
    return path


def _decoded(entry: Mapping[str, Any], key: str) -> str | None:
    if not entry.get(key):
        return None
    try:
        # Line breaks are allowed, as with kubectl.
        return base64.b64decode("".join(str(entry[key]).split()), validate=True).decode()
    except ValueError:
        raise ConfigurationError(f"{key} in the kubeconfig is not base64") from None
