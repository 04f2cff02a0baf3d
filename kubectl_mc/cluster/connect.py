"""From flags to a client: the one way in."""

from collections.abc import Callable, Mapping

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.connection import Connection
from kubectl_mc.cluster.flags import ConnectionFlags
from kubectl_mc.cluster.kubeconfig import load_access


def connect(
    flags: ConnectionFlags, environ: Mapping[str, str], *, may_ask: Callable[[], bool], notify: Callable[[str], None]
) -> Client:
    """A client for the cluster and user that the flags and the kubeconfig name. Nothing is sent yet.

    Raises:
        ConfigurationError: the kubeconfig cannot be used.
    """
    access = load_access(flags, environ)
    return Client(Connection(access, environ, timeout=flags.request_timeout, may_ask=may_ask, notify=notify))
