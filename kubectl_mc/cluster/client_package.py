"""The parts of the kubernetes package that are used, without those that are not.

`import kubernetes` runs its whole synchronous client, requests and oauthlib: 190 ms of 400, and nothing of it is
needed here. So the two parent packages are put in place unexecuted, and only the modules named below are imported.
Submodules imported later, by anyone, still resolve as usual.

`import aiohttp` reads the system's certificate authorities twice, for default contexts that are never used here, since
every session brings its own: 40 ms. So OpenSSL is pointed at none while aiohttp is imported.
"""

import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def _place_unexecuted(name: str) -> None:
    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    if spec is not None:
        sys.modules[name] = importlib.util.module_from_spec(spec)


@contextmanager
def _no_system_authorities() -> Iterator[None]:
    names = ("SSL_CERT_FILE", "SSL_CERT_DIR")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, os.devnull))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


for _name in ("kubernetes", "kubernetes.aio"):
    _place_unexecuted(_name)

with _no_system_authorities():
    import aiohttp

from kubernetes.aio.client.configuration import Configuration  # noqa: E402
from kubernetes.aio.client.rest import RESTClientObject  # noqa: E402

__all__ = ["Configuration", "RESTClientObject", "aiohttp"]
