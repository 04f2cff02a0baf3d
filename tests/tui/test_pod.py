"""A pod's screen: its containers, and below them what is told of one of them or of all."""

import asyncio
from pathlib import Path

from kubectl_mc.demo.server import RunningDemo
from tests.tui.stage import staged


def test_logs_of_all_containers_and_then_of_the_chosen_one(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.opens("finished-first")
            await stage.sees("c0 | exporting", "c1 | upload failed: 401")
            await stage.press("down", "down")
            await stage.until(lambda: "c0 | exporting" not in stage.text)
            assert "c1 | upload failed: 401" in stage.text

    asyncio.run(work())


def test_the_doctor_has_a_tab(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.opens("memory-hog")
            await stage.press("3")
            await stage.sees("oom-killed", "kubectl mc logs")

    asyncio.run(work())


def test_a_shell_is_a_tab_with_its_own_terminal(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            await stage.opens("webapp-with-logging")
            await stage.press("down", "s")
            await stage.sees("webapp sh 1", "#")
            await stage.press(*"echo", "space", *"one''two", "enter")
            await stage.sees("onetwo")
            await stage.press(*"exit", "space", "3", "enter")
            await stage.sees("ended with exit code 3")
            await stage.press("ctrl+right_square_bracket", "x")
            await stage.until(lambda: "webapp sh 1" not in stage.text)

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
