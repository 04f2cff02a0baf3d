"""A pod's screen: its containers, and below them what is told of one of them or of all."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from textual.geometry import Offset

from kubectl_mc.demo.server import RunningDemo
from kubectl_mc.tui.widgets.log_view import LogView
from kubectl_mc.tui.widgets.page_view import PageView
from kubectl_mc.tui.widgets.yaml_view import YamlView
from tests.tui.stage import Stage, staged


def test_logs_of_all_containers_and_then_of_the_chosen_one(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.opens("finished-first")
            await stage.sees("exporting", "upload failed: 401")
            await stage.press("down", "down")
            await stage.until(lambda: "exporting" not in stage.text)
            assert "upload failed: 401" in stage.text

    asyncio.run(work())


def test_space_hides_a_containers_lines_among_all_and_its_row_says_so(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.opens("finished-first")
            await stage.sees("exporting", "upload failed: 401")
            await stage.press("down", "space")
            await stage.sees("logs hidden")
            assert "c0" in next(row for row in stage.text.splitlines() if "logs hidden" in row)
            await stage.press("up")
            await stage.sees("hidden: c0", "upload failed: 401")
            await stage.until(lambda: "exporting" not in stage.text)
            await stage.press("space")
            await stage.sees("exporting")
            assert "hidden" not in stage.text

    asyncio.run(work())


def test_what_is_shown_is_saved_to_a_new_file(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            path = tmp_path / "x"
            await stage.opens("finished-first")
            await stage.sees("upload failed: 401")
            stage.app.screen.query_one(LogView).focus()
            for words in (f"lines in {path}", "File exists"):
                await stage.press("ctrl+s", *str(path), "enter")
                await stage.until(partial(_told, stage, words))
            assert b"upload failed: 401" in path.read_bytes()

    asyncio.run(work())


def _told(stage: Stage, words: str) -> bool:
    return any(words in each.message for each in stage.app._notifications)


def test_the_instances_before_are_read_by_a_key(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.opens("finished-first")
            await stage.sees("upload failed: 401")
            stage.app.screen.query_one(LogView).focus()
            await stage.press("p")
            await stage.sees("previous instances", "upload failed: 401")
            await stage.press("p")
            await stage.until(lambda: "previous instances" not in stage.text and "exporting" in stage.text)

    asyncio.run(work())


def test_tab_goes_to_what_is_below_and_back(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.opens("finished-first")
            for key, below in (("1", LogView), ("2", PageView), ("8", YamlView)):
                await stage.press(key, "tab")
                assert isinstance(stage.app.focused, below)
                await stage.press("tab")
                assert stage.app.focused is stage.app.screen.query_one("#containers")

    asyncio.run(work())


def test_keys_that_move_a_page(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path, size=(80, 20)) as stage:
            await stage.opens("init-demo")
            await stage.press("4", "tab")
            await stage.sees("NETWORK")
            page = stage.app.screen.query_one("#page-Map", PageView)
            assert stage.app.focused is page
            for keys, moved in (
                (("down",), lambda at: at.y == 1),
                (("j", "k"), lambda at: at.y == 1),
                (("up",), lambda at: at.y == 0),
                (("pagedown",), lambda at: at.y > 1),
                (("pageup",), lambda at: at.y == 0),
                (("ctrl+f",), lambda at: at.y > 1),
                (("ctrl+b",), lambda at: at.y == 0),
                (("end",), lambda at: at.y == page.max_scroll_y),
                (("home",), lambda at: at.y == 0),
                (("G",), lambda at: at.y == page.max_scroll_y),
                (("g",), lambda at: at.y == 0),
            ):
                await stage.press(*keys)
                await stage.until(partial(_at, page, moved), f"moving by {keys}")

    asyncio.run(work())


def _at(page: PageView, where: Callable[[Offset], bool]) -> bool:
    return where(page.scroll_offset)


def test_the_newest_events_are_to_be_seen(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path, size=(80, 24)) as stage:
            await stage.opens("finished-first")
            await stage.press("2")
            await stage.sees("Back-off restarting failed container")
            page = stage.app.screen.query_one("#page-Events", PageView)
            assert page.scroll_offset.y == page.max_scroll_y > 0

    asyncio.run(work())


def test_the_doctor_has_a_tab(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.opens("memory-hog")
            await stage.press("3")
            await stage.sees("oom-killed", "kubectl mc logs")

    asyncio.run(work())


def test_in_read_only_nothing_is_entered(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path, read_only=True) as stage:
            await stage.opens("webapp-with-logging")
            await stage.press("down", "s", "ctrl+d")
            await stage.pilot.pause()
            assert "Shell" not in stage.text.splitlines()[-1]
            assert "webapp sh" not in stage.text
            assert "Delete pod" not in stage.text

    asyncio.run(work())


def test_each_tab_tells_of_the_pod(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path, size=(140, 44)) as stage:
            await stage.opens("port-conflict")
            for key, texts in (
                ("2", ("Scheduled", "BackOff")),
                ("3", ("port-conflict", "8080")),
                ("4", ("webapp", "8080")),
                ("5", ("webapp", "restart")),
                ("7", ("condition Ready False",)),
                ("8", ("apiVersion", "restartPolicy")),
            ):
                await stage.press(key)
                await stage.sees(*texts)

    asyncio.run(work())
