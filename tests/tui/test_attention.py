"""What has much to do waits while a key is on its way, and no longer."""

import asyncio
import gc
import os
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubectl_mc.tui.attention import Attention
from kubectl_mc.tui.collecting import collect_at_rest
from kubectl_mc.tui.log_source import LogSource
from tests.processes import on_a_terminal
from tests.tui.log_lines import messages, numbered, store

TURNS = 20
SAYS_WHAT_IT_HEARS = """
import os
from kubectl_mc.tui.attention import Attention
Attention.heard = lambda self: os.write(2, b"[heard]") and None
"""


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Cycle:
    """Refers to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def usual_collector() -> Iterator[None]:
    """Garbage is collected as before, afterwards."""
    before = gc.get_threshold()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


async def _turns() -> None:
    """Let all that can go on do so."""
    for _ in range(TURNS):
        await asyncio.sleep(0.005)


def test_a_key_is_given_way_to_for_a_moment() -> None:
    async def work() -> None:
        clock = Clock()
        attention = Attention(clock)
        await attention.give_way()  # nobody has pressed any

        attention.heard()
        waiting = asyncio.create_task(attention.give_way())
        await _turns()
        assert not waiting.done()
        clock.now += 0.2
        await waiting

    asyncio.run(work())


def test_a_key_that_is_held_down_stops_nothing_for_good() -> None:
    async def work() -> None:
        clock = Clock()
        attention = Attention(clock)
        attention.heard()
        waiting = asyncio.create_task(attention.give_way())
        for _ in range(100):
            clock.now += 0.03
            attention.heard()
            await asyncio.sleep(0.005)
        assert waiting.done()

    asyncio.run(work())


def test_lines_of_a_log_wait_for_a_key_and_none_is_lost() -> None:
    async def work() -> None:
        clock, kept = Clock(), store()
        attention = Attention(clock)
        source = LogSource(kept, lambda: None, lambda _: None, attention)
        attention.heard()
        emitting = asyncio.create_task(source.emit(numbered(10_000)))
        await _turns()
        before = kept.end
        await _turns()
        assert kept.end == before < 10_000, "while the key is on its way nothing is taken in"
        clock.now += 1.0
        await emitting
        assert messages(kept) == [f"line {number}" for number in range(10_000)]

    asyncio.run(work())


@pytest.mark.parametrize("key", [b"o", b"\x1b[B", b"\x1b[<0;10;5M"], ids=["letter", "arrow", "mouse"])
def test_keys_and_the_mouse_are_heard_on_a_terminal(shared_kubeconfig: Path, key: bytes) -> None:
    environ = {"KUBECONFIG": str(shared_kubeconfig)}
    with on_a_terminal("ui", environ=environ, controlling=True, stderr=None, prelude=SAYS_WHAT_IT_HEARS) as dashboard:
        dashboard.read_until("finished-first")
        assert "[heard]" in dashboard.press(key, until="[heard]")
        os.write(dashboard.descriptor, b"q")
        assert dashboard.wait() == 0


def test_all_objects_are_looked_through_only_while_nobody_presses_a_key(usual_collector: None) -> None:
    async def work() -> None:
        clock = Clock()
        attention = Attention(clock)
        attention.heard()
        gc.collect()
        collecting = asyncio.create_task(collect_at_rest(attention, every=0.001))
        await asyncio.sleep(0)
        unneeded = weakref.ref(Cycle())
        gc.collect(0)  # it is old by now
        cycle = Cycle()
        old = weakref.ref(cycle)
        gc.collect(0)
        del cycle
        many = [[number] for number in range(50_000)]
        await _turns()
        assert unneeded() is None
        assert old() is not None
        clock.now += 60.0
        while old() is not None:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        collecting.cancel()
        assert many

    asyncio.run(work())
