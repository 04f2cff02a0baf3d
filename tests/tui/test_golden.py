"""The screens as they were last looked at and found right, letter by letter, on a cluster whose clock stands still.

`python -m tests.tui.test_golden` draws them anew: look at the difference before it is kept.
"""

import asyncio
import re
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kubectl_mc.demo.server import RunningDemo, running_demo
from kubectl_mc.model.resources import PODS
from kubectl_mc.tui.screens.pod import PodScreen
from tests.tui.stage import Stage, staged

GOLDEN = Path(__file__).parent / "golden"
SIZES = [(80, 24), (160, 45)]
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CRASHING, HEALTHY, STARTING = "finished-first", "webapp-with-logging", "app-with-migration"
STILL_SECONDS = 2.0
"""How long a screen that is drawn anew has to stay as it is."""

Play = Callable[[Stage, RunningDemo], Awaitable[None]]


def _tab(pod: str, key: str, *texts: str) -> Play:
    """A pod's tab."""

    async def play(stage: Stage, _: RunningDemo) -> None:
        await stage.opens(pod)
        await stage.press(key)
        await stage.sees(*texts)

    return play


def _keys(key: str, *texts: str) -> Play:
    """What a key opens above the pods."""

    async def play(stage: Stage, _: RunningDemo) -> None:
        await stage.press(key)
        await stage.sees(*texts)

    return play


async def _pods(stage: Stage, _: RunningDemo) -> None:
    await stage.sees(CRASHING, HEALTHY, STARTING)


async def _filtered(stage: Stage, _: RunningDemo) -> None:
    await stage.press("slash", *"crash")


async def _delete(stage: Stage, _: RunningDemo) -> None:
    await stage.opens(HEALTHY)
    await stage.press("ctrl+d", *"webapp")
    await stage.sees("Delete pod")


async def _session(stage: Stage, _: RunningDemo) -> None:
    await stage.opens(HEALTHY)
    await stage.press("down", "s")
    await stage.sees("/ #")
    await stage.types("hostname; exit 3")
    await stage.sees("exit code 3")


async def _search(stage: Stage, _: RunningDemo) -> None:
    await stage.opens(CRASHING)
    await stage.sees("upload failed: 401")
    await stage.press("tab", "slash")
    await stage.types("failed")
    await stage.sees("match 1 of 1")


async def _gone(stage: Stage, demo: RunningDemo) -> None:
    """A pod that was deleted, and the one that has its name now."""
    await stage.opens(CRASHING)
    await stage.sees("upload failed: 401")
    screen = stage.app.screen
    assert isinstance(screen, PodScreen)
    pod = screen.pod
    await stage.app.cluster.delete(PODS, pod.namespace, pod.name, uid=pod.uid)
    demo.call(demo.cluster.advance, 60.0)
    spec = {"containers": [{"name": "other", "image": "busybox:1.37"}]}
    demo.call(demo.cluster.apply, {"kind": "Pod", "metadata": {"name": CRASHING}, "spec": spec})
    await stage.sees("this pod is gone since", "r shows it")


async def _lost(stage: Stage, demo: RunningDemo) -> None:
    await stage.sees(CRASHING)
    await asyncio.to_thread(demo.wait, demo.cluster.faults.stop())
    await stage.sees("what is shown is old")


SCREENS: dict[str, Play] = {
    "pods": _pods,
    "pods-filtered": _filtered,
    "logs": _tab(CRASHING, "1", "c1 exited 3"),
    "logs-searched": _search,
    "events": _tab(CRASHING, "2", "BackOff"),
    "doctor": _tab(CRASHING, "3", "evidence"),
    "map": _tab(CRASHING, "4", "PATTERN"),
    "timeline": _tab(STARTING, "5", "app"),
    "usage": _tab(HEALTHY, "6", "of its limit"),
    "conditions": _tab(CRASHING, "7", "condition Ready"),
    "yaml": _tab(CRASHING, "8", "apiVersion"),
    "namespaces": _keys("n", "staging"),
    "contexts": _keys("c", "(demo)"),
    "help": _keys("question_mark", "the command palette"),
    "delete": _delete,
    "session": _session,
    "gone": _gone,
    "lost": _lost,
}
DISTURBING = frozenset({"gone", "lost"})
"""These need a cluster of their own."""


def _lines(text: str) -> list[str]:
    """Rows without what is another thing each time."""
    text = re.sub(r"(?:next try in \w+|trying again) · (what is shown is old) · .*", r"AGAIN · \1 · WHY", text)
    text = re.sub(r"^(\S+ *) ~ ", r"\1 | ", text, flags=re.MULTILINE)  # on a busy machine lines may come late
    return text.splitlines()


@contextmanager
def _demo() -> Iterator[RunningDemo]:
    with running_demo([CRASHING, HEALTHY, STARTING], standing_at=AT.timestamp()) as demo:
        yield demo


def _golden(name: str, size: tuple[int, int]) -> Path:
    return GOLDEN / f"{name}-{size[0]}x{size[1]}.txt"


async def _seen(
    demo: RunningDemo, folder: Path, name: str, size: tuple[int, int], done: Callable[[list[str]], bool]
) -> list[str]:
    """A screen once it is as it should be, or as it was when patience ended."""
    async with staged(demo, folder, size=size, at=AT) as stage:
        await SCREENS[name](stage, demo)
        with suppress(AssertionError):
            await stage.until(lambda: done(_lines(stage.text)))
        return _lines(stage.text)


@pytest.fixture(scope="module")
def standing_demo() -> Iterator[RunningDemo]:
    with _demo() as demo:
        yield demo


def _check(demo: RunningDemo, folder: Path, name: str, size: tuple[int, int]) -> None:
    expected = _golden(name, size).read_text(encoding="utf-8").splitlines()
    assert asyncio.run(_seen(demo, folder, name, size, expected.__eq__)) == expected


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", sorted(SCREENS.keys() - DISTURBING))
def test_a_screen_is_as_it_was(standing_demo: RunningDemo, tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    _check(standing_demo, tmp_path, name, size)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", sorted(DISTURBING))
def test_a_screen_is_as_it_was_when_something_has_happened(tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    with _demo() as demo:
        _check(demo, tmp_path, name, size)


def main() -> None:
    import sys
    import time

    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or SCREENS:
            for size in SIZES:
                before: list[str] = []
                since = time.monotonic()

                def still(rows: list[str]) -> bool:
                    nonlocal before, since
                    if rows != before:
                        before, since = rows, time.monotonic()
                    return time.monotonic() - since > STILL_SECONDS

                with _demo() as demo:
                    rows = asyncio.run(_seen(demo, Path(folder), name, size, still))
                _golden(name, size).write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
