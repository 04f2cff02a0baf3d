"""The last lines of one instance's log, for a look at why it ended."""

import json

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.errors import Subject, translated
from kubectl_mc.errors import ApiError, ConnectionLost, Forbidden
from kubectl_mc.model.resources import PODS

LINES = 50
_BYTES = 128 * 1024
"""Of a container that writes long lines, only so much."""


async def read_tail(client: Client, namespace: str, pod: str, container: str, *, previous: bool) -> list[str] | None:
    """The last lines, the newest last, without their times; None where they cannot be had.

    What the kubelet says in place of a log that it cannot read has no time in front, and is no line.

    Raises:
        Forbidden: logs may not be read.
    """
    path = PODS.path(namespace, pod, "log")
    params = {
        "container": container,
        "tailLines": str(LINES),
        "limitBytes": str(_BYTES),
        "timestamps": "true",
        "previous": json.dumps(previous),
    }
    subject = Subject("get", PODS, namespace, pod, "log")
    try:
        async with client.connection.request("GET", path, subject, params=params) as response:
            with translated(client.connection.server):
                body = await response.read()
    except Forbidden:
        raise
    except (ApiError, ConnectionLost):
        return None
    lines = body.decode(errors="replace").split("\n")
    return [line.partition(" ")[2] for line in lines if line[:4].isdecimal()]
