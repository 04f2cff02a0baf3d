"""The demo cluster's time: real time plus an offset that only grows, and how Kubernetes writes a time.

Owns what "now" is for the store, the nodes and the controllers. Nothing else in this package reads the system's clock.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


class Clock:
    """Epoch seconds that follow real time, and that a test or the fast-forward over the past may move."""

    def __init__(self, offset: float = 0.0) -> None:
        self._offset = offset
        self._frozen_at: float | None = None
        self._jumped = asyncio.Event()

    def now(self) -> float:
        """Seconds since the epoch."""
        if self._frozen_at is not None:
            return self._frozen_at
        return time.time() + self._offset

    def freeze(self, at: float) -> None:
        """Stand still at `at`, which may lie in the past."""
        self._frozen_at = at

    @contextmanager
    def moved_by_hand(self) -> Iterator[None]:
        """Inside, only `freeze` moves the clock: the nodes live through the past so, one due time after the other."""
        before = self._frozen_at
        try:
            yield
        finally:
            self._frozen_at = before

    def advance(self, seconds: float) -> None:
        """Jump forward; everyone who sleeps on this clock looks at it again."""
        if seconds < 0:
            raise ValueError("the cluster's time never runs backwards")
        if self._frozen_at is not None:
            self._frozen_at += seconds
        self._offset += seconds
        jumped, self._jumped = self._jumped, asyncio.Event()
        jumped.set()

    async def sleep_until(self, when: float) -> None:
        """Return as soon as `now()` has reached `when`, however the clock got there."""
        while (left := when - self.now()) > 0:
            jumped = self._jumped
            try:
                await asyncio.wait_for(jumped.wait(), timeout=left)
            except TimeoutError:
                continue


def rfc3339(when: float) -> str:
    """As in `metadata.creationTimestamp`: whole seconds, `2026-01-01T00:00:00Z`."""
    return datetime.fromtimestamp(int(when), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc3339_micro(when: float) -> str:
    """As in an event's `eventTime`: six digits."""
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def rfc3339_nano(nanoseconds: int) -> str:
    """As the kubelet stamps a log line: nine digits, from nanoseconds since the epoch."""
    seconds, fraction = divmod(nanoseconds, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{fraction:09d}Z"


def epoch(text: str) -> float:
    """Seconds since the epoch of an RFC 3339 time, as the three functions above write it."""
    return datetime.fromisoformat(text).timestamp()
