"""A pod is deleted only once its name was typed; what keeps it from that is said."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubectl_mc.demo.auth import VIEWER
from kubectl_mc.demo.server import RunningDemo, running_demo
from kubectl_mc.model.resources import PODS
from kubectl_mc.tui.screens.confirm import ConfirmScreen
from tests.tui.stage import staged

POD = "webapp-with-logging"


@pytest.fixture
def own_demo() -> Iterator[RunningDemo]:
    """A cluster with one pod that a test may delete."""
    with running_demo([POD]) as demo:
        yield demo


def test_another_word_than_its_name_deletes_nothing(own_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(own_demo, tmp_path, size=(80, 24)) as stage:
            await stage.opens(POD)
            await stage.press("ctrl+d")
            await stage.sees(f"Delete pod {POD} in demo?", f"Type {POD} to do it")
            await stage.sees("nothing will make", "another one.")
            await stage.press(*"yes")
            await stage.sees("│ yes ")
            await stage.press("enter")
            await stage.sees("“yes” is not its name")
            assert isinstance(stage.app.screen, ConfirmScreen)
            await stage.press("escape")
            await stage.sees("all containers")
            [pod] = stage.app.snapshot.pods.values()
            assert pod.deleted is None

    asyncio.run(work())


def test_its_name_deletes_it(own_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(own_demo, tmp_path) as stage:
            await stage.opens(POD)
            await stage.press("ctrl+d", *POD, "enter")
            await stage.sees("is being deleted")
            await stage.sees("this pod is gone")

    asyncio.run(work())


def test_a_pod_that_went_while_its_name_was_typed_is_not_found(own_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(own_demo, tmp_path) as stage:
            await stage.opens(POD)
            await stage.press("ctrl+d", *POD)
            [pod] = stage.app.snapshot.pods.values()
            await stage.app.cluster.delete(PODS, pod.namespace, pod.name, uid=pod.uid)
            own_demo.call(own_demo.cluster.advance, 60.0)
            await stage.until(lambda: pod.uid in stage.app.snapshot.gone)
            await stage.press("enter")
            await stage.sees("not found")

    asyncio.run(work())


def test_a_refusal_names_the_verb(own_demo: RunningDemo, tmp_path: Path) -> None:
    own_demo.call(own_demo.cluster.auth.grant, VIEWER, ["get", "list", "watch"], ["pods", "pods/log"], "demo")

    async def work() -> None:
        async with staged(own_demo, tmp_path, user=VIEWER, size=(160, 45)) as stage:
            await stage.opens(POD)
            await stage.press("ctrl+d", *POD, "enter")
            await stage.sees("cannot delete resource")

    asyncio.run(work())


def test_a_pod_that_is_gone_is_said_to_be(own_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(own_demo, tmp_path) as stage:
            await stage.opens(POD)
            [pod] = stage.app.snapshot.pods.values()
            await stage.app.cluster.delete(PODS, pod.namespace, pod.name, uid=pod.uid)
            own_demo.call(own_demo.cluster.advance, 60.0)
            await stage.sees("this pod is gone")
            await stage.press("ctrl+d")
            await stage.sees("nothing can be entered or deleted")
            assert not isinstance(stage.app.screen, ConfirmScreen)

    asyncio.run(work())
