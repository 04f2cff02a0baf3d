"""The proxy on the way to a server: the kubeconfig's, else the environment's, by the rules of Go, which are kubectl's.

Source: golang.org/x/net `http/httpproxy/proxy.go`. Python's own rules know no ranges of addresses in NO_PROXY.
"""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from kubectl_mc.cluster.urls import check_url

_WITH_PORT = re.compile(r"(?:\[(?P<bracketed>[^]]+)\]|(?P<plain>[^:]+)):(?P<port>\d+)")
_PORTS = {"http": 80, "https": 443}


def proxy_for(server: str, configured: str | None, environ: Mapping[str, str]) -> str | None:
    """The proxy's URL; None where the way is direct, as it always is to this machine.

    Args:
        server: the API server's URL.
        configured: the kubeconfig's `proxy-url`, to which NO_PROXY doesn't apply.

    Raises:
        ConfigurationError: the proxy is no URL.
    """
    if configured:
        check_url(configured, "of an HTTP proxy", "check proxy-url in the kubeconfig")
        return configured
    parts = urlsplit(server)
    variable = f"{parts.scheme}_proxy"
    proxy = _value(environ, variable)
    port = parts.port or _PORTS[parts.scheme]
    if not proxy or _is_direct(parts.hostname or "", port, _value(environ, "no_proxy")):
        return None
    url = proxy if "://" in proxy else f"http://{proxy}"
    check_url(url, "of an HTTP proxy", f"check {variable.upper()}")
    return url


def _value(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name.upper()) or environ.get(name) or ""


def _is_direct(host: str, port: int, exceptions: str) -> bool:
    address = _address(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    entries = (entry.strip().lower() for entry in exceptions.split(","))
    return any(_covers(entry, host, address, port) for entry in entries if entry)


def _covers(entry: str, host: str, address: IPv4Address | IPv6Address | None, port: int) -> bool:
    """Whether an entry of NO_PROXY means a server: `*`, a range, an address or a domain, the last two with a port."""
    if entry == "*":
        return True
    if "/" in entry:
        try:
            return address is not None and address in ip_network(entry, strict=False)
        except ValueError:
            return False
    if match := _WITH_PORT.fullmatch(entry):
        if int(match["port"]) != port:
            return False
        entry = match["bracketed"] or match["plain"]
    if (excepted := _address(entry)) is not None:
        return excepted == address
    domain = entry.removeprefix("*")
    return host.endswith(domain) if domain.startswith(".") else host == domain or host.endswith(f".{domain}")


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
