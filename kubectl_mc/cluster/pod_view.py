"""A pod as a watch last told of it, for those who wait until it changes."""

import asyncio

from kubectl_mc.model.pod import Pod


class PodView:
    """What is known of a pod without asking for it."""

    def __init__(self) -> None:
        self.pod: Pod | None = None
        """As it is, as far as is known; None once it is gone."""
        self.last: Pod | None = None
        """As it was known last."""
        self._change: asyncio.Future[None] | None = None

    def update(self, pod: Pod) -> None:
        """The pod is like this now."""
        self.pod = self.last = pod
        self._changed()

    def gone(self, last: Pod) -> None:
        """The pod is there no more; so it was at its end."""
        self.pod, self.last = None, last
        self._changed()

    def _changed(self) -> None:
        if self._change is not None and not self._change.done():
            self._change.set_result(None)
        self._change = None

    async def changed(self) -> None:
        """Returns when something newer is known than at the time of the call."""
        if self._change is None:
            self._change = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._change)

    async def changed_within(self, seconds: float) -> bool:
        """Whether it did in that time; returns as soon as it has."""
        try:
            async with asyncio.timeout(seconds):
                await self.changed()
        except TimeoutError:
            return False
        return True
