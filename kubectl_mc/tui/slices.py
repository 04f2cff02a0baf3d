"""Work in slices: between them keys are heard."""

import asyncio
from collections.abc import Callable


async def slices(step: Callable[[], bool], done: Callable[[], None]) -> None:
    """Take steps for as long as there are more, then say so."""
    while step():  # noqa: ASYNC110  nothing is waited for
        await asyncio.sleep(0)
    done()
