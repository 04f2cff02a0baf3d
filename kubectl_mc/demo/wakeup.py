"""A wake-up call that any number of tasks may wait for; it may be rung before an event loop exists."""

import asyncio


class WakeUp:
    """Tasks `wait()` for the next `ring()`; a ring that nobody waits for is forgotten."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Wakes everyone who waits now."""
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self, timeout: float | None = None) -> bool:
        """Waits for the next ring, at most `timeout` seconds; says whether it rang."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait_for(future, timeout)
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(future)
        return True
