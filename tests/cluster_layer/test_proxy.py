"""Which proxy is on the way to a server, by the rules that kubectl has from Go."""

import pytest

from kubectl_mc.cluster.proxy import proxy_for
from kubectl_mc.errors import ConfigurationError

PROXY = "http://proxy:3128"


@pytest.mark.parametrize(
    ("server", "environ", "proxy"),
    [
        ("https://api.example", {"HTTPS_PROXY": PROXY}, PROXY),
        ("https://api.example", {"https_proxy": PROXY}, PROXY),
        ("https://api.example", {"HTTPS_PROXY": PROXY, "https_proxy": "http://other"}, PROXY),
        ("https://api.example", {"HTTPS_PROXY": "", "https_proxy": PROXY}, PROXY),
        ("https://api.example", {"HTTP_PROXY": PROXY}, None),
        ("http://api.example", {"HTTP_PROXY": PROXY}, PROXY),
        ("https://api.example", {"HTTPS_PROXY": "proxy:3128"}, PROXY),
        ("https://api.example", {}, None),
        ("https://localhost:6443", {"HTTPS_PROXY": PROXY}, None),
        ("https://127.8.0.1:6443", {"HTTPS_PROXY": PROXY}, None),
        ("https://[::1]:6443", {"HTTPS_PROXY": PROXY}, None),
        ("https://api.example", {"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, None),
        ("https://api.example", {"HTTPS_PROXY": PROXY, "no_proxy": "api.example"}, None),
    ],
)
def test_the_environment_names_the_proxy(server: str, environ: dict[str, str], proxy: str | None) -> None:
    assert proxy_for(server, None, environ) == proxy


@pytest.mark.parametrize(
    ("exceptions", "server", "direct"),
    [
        ("10.0.0.0/8", "https://10.20.30.40:6443", True),
        ("10.0.0.1/8", "https://10.20.30.40:6443", True),
        ("10.0.0.0/8", "https://11.0.0.1:6443", False),
        ("10.0.0.0/8", "https://api.example", False),
        ("fd00::/8", "https://[fd12::1]:6443", True),
        ("fd00::/8", "https://10.0.0.1", False),
        ("10.0.0.0/99", "https://10.0.0.1", False),
        ("a, 10.0.0.0/8 ,b", "https://10.0.0.1", True),
        ("10.0.0.1", "https://10.0.0.1:6443", True),
        ("10.0.0.1", "https://10.0.0.10", False),
        ("10.0.0.1:6443", "https://10.0.0.1:6443", True),
        ("10.0.0.1:443", "https://10.0.0.1", True),
        ("10.0.0.1:443", "https://10.0.0.1:6443", False),
        ("[fd12::1]:6443", "https://[fd12::1]:6443", True),
        ("fd12::1", "https://[fd12::1]:6443", True),
        ("example", "https://example", True),
        ("example", "https://api.example", True),
        ("EXAMPLE", "https://API.example", True),
        ("example", "https://anexample", False),
        (".example", "https://api.example", True),
        (".example", "https://example", False),
        ("*.example", "https://api.example", True),
        ("*.example", "https://example", False),
        ("api.example:443", "https://api.example", True),
        ("api.example:443", "https://api.example:6443", False),
        ("", "https://api.example", False),
        (",,:80,", "https://api.example", False),
    ],
)
def test_no_proxy_knows_domains_addresses_ranges_and_ports(exceptions: str, server: str, direct: bool) -> None:
    found = proxy_for(server, None, {"HTTPS_PROXY": PROXY, "NO_PROXY": exceptions})

    assert found == (None if direct else PROXY)


def test_the_kubeconfigs_proxy_is_above_the_environment() -> None:
    environ = {"HTTPS_PROXY": "http://other", "NO_PROXY": "*"}

    assert proxy_for("https://localhost", PROXY, environ) == PROXY


def test_a_variable_that_is_no_proxy_is_named() -> None:
    with pytest.raises(ConfigurationError, match="socks5://proxy") as caught:
        proxy_for("https://api.example", None, {"HTTPS_PROXY": "socks5://proxy"})

    assert caught.value.hint == "check HTTPS_PROXY"
