"""Watches that outlive what ends them: time-outs, disconnects, a restarted API server, expired resource versions.

A consumer sees a `Snapshot` first and whenever the past is lost, and `Changed` and `Deleted` between; it never has to
know why. Interruptions that a person would notice come as `Interrupted`, for each attempt that fails, and end with
the next snapshot.
"""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from kubectl_mc.cluster.client import Client, Listing, Scope
from kubectl_mc.cluster.client_package import aiohttp
from kubectl_mc.cluster.connection import CONNECT_SECONDS
from kubectl_mc.cluster.errors import Subject, status_error, translated
from kubectl_mc.errors import ApiError, ConnectionLost, Forbidden, Gone, NotFound

_WATCH_SECONDS = (240, 360)
"""A watch ends by itself after a time between these, so that many don't come back together; client-go uses 300–600."""
_SILENCE_SECONDS = 90.0
"""Bookmarks come about once a minute: after so long without anything the connection is held for dead."""
_BACKOFF_SECONDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
_SHORT_SECONDS = 1.0
"""A watch that ends sooner, without any event, was not served; client-go draws the line there as well."""
_POLL_SECONDS = 2.0
"""How often someone looks at one object who may get it, but not watch it."""
_TRANSIENT = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All objects of the scope as they are now; what is not in it is gone."""

    items: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Changed:
    """An object is new, or is no longer as it was."""

    item: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deleted:
    """An object is gone, or has left the scope; `item` is its last state."""

    item: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What is shown may be old; the next attempt is in about `retry_in` seconds."""

    error: ConnectionLost | ApiError
    retry_in: float


Change = Snapshot | Changed | Deleted | Interrupted


async def watch(client: Client, scope: Scope) -> AsyncIterator[Change]:
    """The changes of a scope, for ever. Of one object, who may get it but not watch it gets snapshots.

    Raises:
        McError: before the first snapshot, whatever fails; after it, what won't pass by itself (401, 403, 404).
    """
    listing = await _look(client, scope)
    yield Snapshot(listing.items)
    version = listing.resource_version
    polls = not version
    failures = 0
    while True:
        began = time.monotonic()
        try:
            if polls:
                await asyncio.sleep(_POLL_SECONDS)
            if polls or not version:
                listing = await _look(client, scope)
                yield Snapshot(listing.items)
                version = listing.resource_version
            if polls:
                failures = 0
                continue
            async for kind, item in _stream(client, scope, version):
                failures, began = 0, 0.0
                version = (item.get("metadata") or {}).get("resourceVersion") or version
                if kind in ("ADDED", "MODIFIED"):
                    yield Changed(item)
                elif kind == "DELETED":
                    yield Deleted(item)
            if time.monotonic() - began > _SHORT_SECONDS:
                continue
            failures += 1  # a server or a proxy that hangs up at once must not be asked in a circle
        except Gone:
            version = ""
            failures += 1
            if failures == 1:
                continue
        except (ConnectionLost, ApiError) as error:
            if isinstance(error, Forbidden) and scope.name and not polls:
                polls = True
                continue
            if isinstance(error, ApiError) and error.code not in _TRANSIENT:
                raise
            failures += 1
            # A single broken connection is mended unseen. From the second failure on a person is told, and as
            # the server may have lost its past, the way back leads over a list.
            if failures > 1:
                version = ""
                yield Interrupted(error, _delay(failures))
        await asyncio.sleep(_delay(failures) * random.uniform(0.8, 1.2))


async def _look(client: Client, scope: Scope) -> Listing:
    """What there is now; without a version where no list can be had of the one object."""
    try:
        return await client.list_objects(scope)
    except Forbidden:
        if not scope.name:
            raise
        try:
            return Listing([await client.get(scope.resource, scope.namespace, scope.name)], "")
        except NotFound:
            return Listing([], "")


def _delay(failures: int) -> float:
    return _BACKOFF_SECONDS[min(failures, len(_BACKOFF_SECONDS)) - 1]


async def _stream(client: Client, scope: Scope, version: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """The raw events of one watch request, until the server ends it.

    Raises:
        Gone: the resource version is too old, said by an ERROR event or by the answer itself.
    """
    params = {
        **scope.params(),
        "watch": "true",
        "allowWatchBookmarks": "true",
        "resourceVersion": version,
        "timeoutSeconds": str(random.randint(*_WATCH_SECONDS)),
    }
    subject = Subject("watch", scope.resource, scope.namespace)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=_SILENCE_SECONDS)
    connection = client.connection
    async with connection.request("GET", scope.path, subject, params=params, timeout=timeout) as response:
        buffer = bytearray()
        while True:
            with translated(connection.server):
                block = await response.content.readany()
            if not block:
                return
            # An event may be larger than any line limit, and many may come in one block.
            buffer += block
            *lines, rest = buffer.split(b"\n")
            buffer = rest
            for line in lines:
                if line:
                    yield _event(line, subject, connection.access.reach)


def _event(line: bytearray, subject: Subject, reach: Sequence[str]) -> tuple[str, dict[str, Any]]:
    try:
        event = json.loads(line)
        kind, item = event["type"], event["object"]
    except (ValueError, KeyError, TypeError, RecursionError):
        item = None
    if not isinstance(item, dict):
        raise ConnectionLost("the server sent a broken watch event")
    if kind == "ERROR":
        raise status_error(item.get("code") or 500, json.dumps(item).encode(), subject, reach)
    return kind, item
