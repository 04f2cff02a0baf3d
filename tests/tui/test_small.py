"""A terminal that is too small for anything says so for as long as it is, whenever that began."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from kubectl_mc.demo.server import RunningDemo
from tests.log_pods import lived, pod, says
from tests.tui.stage import Stage, staged

TINY, USUAL = (30, 8), (80, 24)
_SAID = "too small: 40x10"


@pytest.fixture
def stand(demo: RunningDemo, tmp_path: Path) -> Callable[..., None]:
    """Runs a test's work on the dashboard with one pod, `web`."""
    lived(demo, 60, pod("web", "app"), {"app": says()})

    def perform(work: Callable[[Stage], Coroutine[Any, Any, None]], size: tuple[int, int]) -> None:
        async def whole() -> None:
            async with staged(demo, tmp_path, size=size) as stage:
                await work(stage)

        asyncio.run(whole())

    return perform


@pytest.mark.parametrize(("keys", "seen"), [("n", "Namespace"), ("c", "Context")])
def test_another_place_can_be_chosen_where_it_was_too_small_at_first(
    stand: Callable[..., None], keys: str, seen: str
) -> None:
    async def work(stage: Stage) -> None:
        await stage.sees(_SAID)
        await stage.pilot.resize_terminal(*USUAL)
        await stage.sees("web")
        await stage.press(keys)
        await stage.sees(seen, "demo")
        await stage.press("enter")
        await stage.until(lambda: len(stage.app.screen_stack) == 2)
        await stage.sees("web", "1 pod")
        for size in (TINY, USUAL):
            await stage.pilot.resize_terminal(*size)
        await stage.sees("web", "1 pod")

    stand(work, TINY)


def test_what_was_open_is_there_again_with_the_keyboard_in_it(stand: Callable[..., None]) -> None:
    async def work(stage: Stage) -> None:
        await stage.opens("web")
        await stage.press("s")
        await stage.sees("/ #")
        await stage.pilot.resize_terminal(*TINY)
        await stage.sees(_SAID)
        await stage.press("n", "c", "question_mark")
        assert _SAID in stage.text
        await stage.pilot.resize_terminal(*USUAL)
        await stage.types("echo st''ill")
        await stage.sees("still")

    stand(work, USUAL)


def test_it_asks_before_it_ends_sessions_there_too_and_leaves_nothing_behind(stand: Callable[..., None]) -> None:
    async def work(stage: Stage) -> None:
        await stage.opens("web")
        await stage.press("s")
        await stage.sees("/ #")
        await stage.pilot.resize_terminal(*TINY)
        await stage.sees(_SAID)
        await stage.press("q")
        await stage.sees("A session is open")
        await stage.pilot.resize_terminal(*USUAL)
        await stage.until(lambda: _SAID not in stage.text)
        await stage.press("escape")
        await stage.sees("/ #")
        assert len(stage.app.screen_stack) == 3

    stand(work, USUAL)
