"""The list of pods: what is broken first, found by typing, in an order of one's choice."""

import asyncio
from pathlib import Path

from textual.events import MouseScrollDown
from textual.widgets import Tab

from kubectl_mc.demo.server import RunningDemo
from kubectl_mc.tui.widgets.row_list import RowList
from kubectl_mc.tui.widgets.yaml_view import YamlView
from tests.tui.stage import staged


def test_broken_pods_come_first_with_the_truth_beside_their_status(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.sees("finished-first", "c1 is crash-looping")
            rows = stage.text.splitlines()
            assert "pods" in rows[0]
            assert rows[1].split()[:3] == ["NAME", "READY", "STATUS"]
            assert "webapp-with-logging" not in stage.text  # it is well, and further down

    asyncio.run(work())


def test_typing_narrows_the_list_and_escape_shows_all_again(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.press("slash", *"oom")
            await stage.sees("show only: oom")
            await stage.until(lambda: "memory-hog" not in stage.text)
            await stage.press("backspace", "backspace", "backspace", *"hog")
            await stage.sees("memory-hog", "disk-hog")
            assert "port-conflict" not in stage.text
            await stage.press("escape")
            await stage.sees("port-conflict")

    asyncio.run(work())


def test_the_order_is_changed_by_a_key(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.press("o")
            await stage.sees("order: name")
            names = [row.split()[0] for row in stage.text.splitlines()[2:] if row and not row.startswith(" ")]
            assert names[:2] == ["ambassador-down", "app-with-adapter"]

    asyncio.run(work())


def test_a_key_changes_the_ground_and_back(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            assert stage.app.current_theme.dark
            await stage.press("T")
            await stage.until(lambda: not stage.app.current_theme.dark)
            await stage.press("T")
            await stage.until(lambda: stage.app.current_theme.dark)

    asyncio.run(work())


def test_the_mouse_chooses_pods_tabs_and_containers_and_scrolls(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.press("slash", *"finished-first", "enter")
            await stage.sees("“finished-first”", "Completed")
            await stage.pilot.click("#pods", offset=(3, 1), times=2)
            await stage.sees("all containers", "upload failed: 401")
            containers = stage.app.screen.query_one("#containers", RowList)
            await stage.pilot.click(containers, offset=(8, 2))
            await stage.until(lambda: containers.key == "c0" and "upload failed" not in stage.text)
            await stage.pilot.click(containers, offset=(8, 1))
            await stage.sees("upload failed: 401")
            tab = stage.app.screen.query(Tab).filter("#--content-tab-YAML").first()
            await stage.pilot.click(tab)
            await stage.sees("apiVersion: v1")
            yaml = stage.app.screen.query_one(YamlView)
            await stage.pilot.hover(yaml)
            await stage.pilot._post_mouse_events([MouseScrollDown], yaml)
            await stage.until(lambda: "apiVersion: v1" not in stage.text)

    asyncio.run(work())


def test_another_namespace_is_chosen_from_a_list(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.press("n")
            await stage.sees("all namespaces", "staging")
            await stage.press(*"stag")
            await stage.sees("│ stag  ")
            await stage.press("enter")
            await stage.sees("hello")
            assert "port-conflict" not in stage.text

    asyncio.run(work())
