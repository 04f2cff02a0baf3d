"""One watch: the changes of a selection as JSON lines, with bookmarks and an ERROR when its history is gone."""

import json
import math
from collections.abc import AsyncIterator, Mapping
from typing import Any

from kubectl_mc.demo import errors
from kubectl_mc.demo.clock import Clock
from kubectl_mc.demo.paths import Target
from kubectl_mc.demo.reads import Form, Selection, flag, number, resource_version
from kubectl_mc.demo.resources import BY_PLURAL
from kubectl_mc.demo.store import Change, Object, Store

DEFAULT_TIMEOUT = 3000
"""Seconds; the real server takes a random time of this order when the client names none."""


class Watch:
    """The state of one watch; iterating over `lines` runs it."""

    def __init__(self, store: Store, clock: Clock, target: Target, query: Mapping[str, str], form: Form) -> None:
        """ApiError 400, before anything is sent."""
        self._store = store
        self._clock = clock
        self._resource = target.plural
        self._form = form
        self._selection = Selection.of(target, query)
        self._timeout = number(query, "timeoutSeconds") or DEFAULT_TIMEOUT
        self._bookmarks = flag(query, "allowWatchBookmarks")
        self._initial_bookmark = flag(query, "sendInitialEvents")
        version = resource_version(query, "", _unreadable)
        self._synthetic = self._initial_bookmark or not version
        """Whether to begin with an ADDED for everything there is."""
        self._version = store.version if self._synthetic else version
        self._header = True

    async def lines(self, bookmark_every: float, loop_time: Any, *, expired: bool = False) -> AsyncIterator[bytes]:
        """JSON lines until the timeout; `loop_time` is the event loop's clock, as demo time may jump."""
        if expired:
            yield _line("ERROR", errors.too_old(self._version, self._store.version).status())
            return
        if self._synthetic:
            for obj in self._store.list(self._resource, self._selection.namespace):
                if self._selection.takes(obj):
                    yield self._event("ADDED", obj)
            if self._initial_bookmark:
                yield self._bookmark({"k8s.io/initial-events-end": "true"})
        end = loop_time() + self._timeout
        next_bookmark = loop_time() + bookmark_every if self._bookmarks else math.inf
        while (now := loop_time()) < end:
            try:
                changes = list(self._store.events_since(self._resource, self._version))
            except errors.ApiError as error:
                yield _line("ERROR", error.status())
                return
            batch = [line for change in changes if (line := self._changed(change))]
            if changes:
                self._version = changes[-1].version
            if batch:
                yield b"".join(batch)
                continue
            if now >= next_bookmark:
                self._version = max(self._version, self._store.version)
                next_bookmark = now + bookmark_every
                yield self._bookmark({})
                continue
            await self._store.changed.wait(min(end, next_bookmark) - now)
        if self._bookmarks:
            self._version = max(self._version, self._store.version)
            yield self._bookmark({})

    def _changed(self, change: Change) -> bytes | None:
        """A change as this watch sees it: what enters the selection is ADDED, what leaves it DELETED."""
        is_in = change.type != "DELETED" and self._selection.takes(change.object)
        was_in = self._selection.takes(change.previous)
        if is_in:
            return self._event("MODIFIED" if was_in else "ADDED", change.object)
        if not was_in or change.previous is None:
            return None
        # The last state that was in the selection, with the version of the change that took it out.
        metadata = {**change.previous["metadata"], "resourceVersion": str(change.version)}
        return self._event("DELETED", {**change.previous, "metadata": metadata})

    def _event(self, kind: str, obj: Object) -> bytes:
        body = self._form.one(self._resource, obj, self._clock.now(), header=self._header)
        self._header = False
        return _line(kind, body)

    def _bookmark(self, annotations: dict[str, str]) -> bytes:
        metadata: Object = {"resourceVersion": str(self._version)}
        if annotations:
            metadata["annotations"] = annotations
        if self._form.kind == "Table":
            body: Object = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "rows": []}
            return _line("BOOKMARK", {**body, "columnDefinitions": None})
        served = BY_PLURAL[self._resource]
        return _line("BOOKMARK", {"kind": served.kind, "apiVersion": served.api_version, "metadata": metadata})


def _unreadable(why: str) -> errors.ApiError:
    """A resourceVersion that is no number; the real server calls it its own fault here."""
    return errors.ApiError(500, "", why)


def _line(kind: str, body: Object) -> bytes:
    return json.dumps({"type": kind, "object": body}, separators=(",", ":")).encode() + b"\n"
