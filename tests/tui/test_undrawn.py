"""What is read and not drawn yet: bounded, whole, and after Ctrl-C without the flood that came before it."""

import asyncio
from collections.abc import Coroutine

from kubectl_mc.tui.undrawn import LIMIT, Undrawn

LINE = b"0123456789\r\n"


def run(work: Coroutine[object, object, None]) -> None:
    asyncio.run(work)


async def drawn(undrawn: Undrawn) -> bytes:
    """All that will ever be."""
    found = b""
    while piece := await undrawn.take(1000):
        found += piece
    return found


def test_all_is_drawn_in_order() -> None:
    async def work() -> None:
        undrawn = Undrawn()
        written = b"".join(b"%d\r\n" % number for number in range(40_000))

        async def write() -> None:
            for start in range(0, len(written), 777):
                await undrawn.add(written[start : start + 777])
            undrawn.end()

        _, found = await asyncio.gather(write(), drawn(undrawn))
        assert found == written
        assert undrawn.skipped() == 0

    run(work())


def test_a_flood_is_held_up_until_somebody_draws() -> None:
    async def work() -> None:
        undrawn = Undrawn()
        adding = asyncio.create_task(undrawn.add(b"x" * LIMIT))
        await asyncio.sleep(0)
        assert not adding.done()
        await undrawn.take(1)
        await adding

    run(work())


def test_after_an_interrupt_only_the_end_of_a_flood_is_drawn_and_the_rest_counted() -> None:
    async def work() -> None:
        undrawn = Undrawn()
        adding = asyncio.create_task(undrawn.add(LINE * 10_000))
        await asyncio.sleep(0)
        undrawn.interrupt()
        await adding
        for _ in range(100):
            await undrawn.add(LINE * 10_000)
        await undrawn.add(b"^C\r\n/ # ")
        undrawn.end()
        found = await drawn(undrawn)
        assert found.startswith(LINE), "from the beginning of a line"
        assert found.endswith(LINE + b"^C\r\n/ # ")
        assert len(found) + undrawn.skipped() == len(LINE) * 1_010_000 + len(b"^C\r\n/ # ")
        assert len(found) < 20_000
        assert undrawn.skipped() == 0

    run(work())


def test_an_interrupt_without_a_flood_passes_nothing_over() -> None:
    async def work() -> None:
        undrawn = Undrawn()
        await undrawn.add(LINE * 10)
        undrawn.interrupt()
        await undrawn.add(LINE)
        undrawn.end()
        assert await drawn(undrawn) == LINE * 11
        assert undrawn.skipped() == 0

    run(work())
