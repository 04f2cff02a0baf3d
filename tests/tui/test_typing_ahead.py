"""What is typed before the dashboard has caught up belongs to what the keys before it have opened."""

import asyncio
from pathlib import Path

import pytest
from textual.screen import ModalScreen

from kubectl_mc.demo.server import RunningDemo
from kubectl_mc.tui.screens.confirm import ConfirmScreen
from tests.log_pods import lived, pod, says
from tests.tui.stage import staged


def test_a_filter_that_is_pasted_quits_nothing(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.bursts("/quiet")
            await stage.sees("show only: quiet", "with “quiet”")
            assert stage.app.is_running

    asyncio.run(work())


def test_a_whole_way_can_be_typed_ahead(shared_demo: RunningDemo, tmp_path: Path) -> None:
    """Filter, open the pod, go to its log, filter and search that: nothing of it is seen before the next is typed."""

    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.bursts("/finished-first\r\r\t&export\r/error\r@5m\r/repeal")
            await stage.sees("demo/finished-first", "search: repeal", "with export", "0 lines match")
            assert "with events" not in stage.text
            assert "previous instances" not in stage.text

    asyncio.run(work())


@pytest.mark.parametrize(("typed", "seen"), [("nstag\r", "/ staging"), ("cno-such-one\rq", "no-such-oneq")])
def test_a_choice_is_typed_ahead_of_its_list(shared_demo: RunningDemo, tmp_path: Path, typed: str, seen: str) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.bursts(typed)
            await stage.sees(seen)
            assert stage.app.is_running

    asyncio.run(work())


def test_the_name_of_a_pod_to_be_deleted_is_typed_ahead(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.opens("finished-first")
            await stage.bursts("\x04quiet")
            await stage.until(lambda: isinstance(stage.app.screen, ConfirmScreen))
            await stage.sees("Delete pod", "quiet")

    asyncio.run(work())


def test_commands_are_typed_ahead_of_a_shell(demo: RunningDemo, tmp_path: Path) -> None:
    """Nothing of it is a key of the dashboard's, and nothing is lost."""
    lived(demo, 60, pod("web", "app"), {"app": says()})

    async def work() -> None:
        async with staged(demo, tmp_path) as stage:
            await stage.opens("web")
            await stage.bursts("secho qu''icken; echo cn''a\rexit 3\r")
            await stage.sees("quicken", "cna", "the session in app ended with exit code 3")
            assert not isinstance(stage.app.screen, ModalScreen)

    asyncio.run(work())
