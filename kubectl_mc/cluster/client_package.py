"""The parts of the kubernetes package that are used, without those that are not.

`import kubernetes` runs its whole synchronous client, requests and oauthlib: 190 ms of 400, and nothing of it is
needed here. So the two parent packages are put in place unexecuted, and only the modules named below are imported.
Submodules imported later, by anyone, still resolve as usual.
"""

import importlib.util
import sys


def _place_unexecuted(name: str) -> None:
    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    if spec is not None:
        sys.modules[name] = importlib.util.module_from_spec(spec)


for _name in ("kubernetes", "kubernetes.aio"):
    _place_unexecuted(_name)

from kubernetes.aio.client.configuration import Configuration  # noqa: E402
from kubernetes.aio.client.rest import RESTClientObject  # noqa: E402

__all__ = ["Configuration", "RESTClientObject"]
