"""What can be the URL of a server or a proxy."""

from yarl import URL

from kubectl_mc.errors import ConfigurationError


def check_url(text: str, whose: str, hint: str) -> None:
    """Refuse what no request could be sent to.

    Raises:
        ConfigurationError: no http or https, no host, or no port that there can be.
    """
    try:
        url = URL(text)
    except ValueError:
        url = URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise ConfigurationError(f"{text!r} is not the URL {whose}", hint)
