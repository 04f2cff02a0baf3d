"""When objects that only refer to each other are looked for: at length only while nobody presses a key.

Python looks when there are so many more objects than the last time, among 100,000 of them for 80 ms.
"""

import asyncio
import gc

from kubectl_mc.tui.attention import Attention

_FEW = 10_000
"""New objects: 8 ms."""
_NEVER = 1_000
_DUE = 3
"""After so many looks among the few new ones it is time for one among all."""
_SECONDS = 1.0


async def collect_at_rest(attention: Attention, every: float = _SECONDS) -> None:
    """Look among all objects but those there are now, which stay, while nobody presses a key; for ever."""
    gc.freeze()
    gc.set_threshold(_FEW, _NEVER, _NEVER)
    while True:
        await asyncio.sleep(every)
        if gc.get_count()[1] >= _DUE and attention.at_rest:
            gc.collect()
