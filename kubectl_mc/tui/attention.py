"""Whether a person has just pressed a key: what has much to do gives way then, so that the key is not kept waiting."""

import asyncio
import time
from collections.abc import Callable

_SECONDS = 0.05
"""A key goes through a dozen hands until it shows, and would wait for all else there is to do before each of them."""
_LONGEST_SECONDS = 0.3
"""A key that is held down must not stop all else."""
_REST_SECONDS = 1.0


class Attention:
    """When keys or the mouse were heard of last; `heard` may be called from any thread.

    Args:
        now: seconds, on a clock that never goes back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._heard = -_REST_SECONDS

    def heard(self) -> None:
        """A key has come, or the mouse has."""
        self._heard = self._now()

    @property
    def at_rest(self) -> bool:
        """Whether no key has come for a while."""
        return self._now() - self._heard > _REST_SECONDS

    async def give_way(self) -> None:
        """Wait as long as keys come, though not for long."""
        latest = self._now() + _LONGEST_SECONDS
        while (left := min(self._heard + _SECONDS, latest) - self._now()) > 0:  # noqa: ASYNC110 (time is to pass)
            await asyncio.sleep(left)
