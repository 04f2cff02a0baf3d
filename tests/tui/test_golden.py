"""The screens as they were last looked at and found right, word by word.

Ages and ids are left out, and so is where a row breaks, which depends on them.

`python -m tests.tui.test_golden` draws them anew: look at the difference before it is kept.
"""

import asyncio
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubectl_mc.demo.server import RunningDemo, running_demo
from tests.tui.stage import staged

GOLDEN = Path(__file__).parent / "golden"
SIZES = [(80, 24), (160, 45)]
POD = "finished-first"
SCREENS: dict[str, tuple[tuple[str, ...], str]] = {
    "pods": ((), POD),
    "logs": (("enter", "1"), "c1 exited 3"),
    "doctor": (("enter", "3"), "evidence"),
    "map": (("enter", "4"), "PATTERN"),
    "conditions": (("enter", "7"), "condition Ready"),
    "help": (("question_mark",), "the command palette"),
}


def _timeless(text: str) -> list[str]:
    """Rows without what is another thing each time, and without the gaps that depend on it."""
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", text)
    text = re.sub(r"\d+ lines ·", "N lines ·", text)
    text = re.sub(r"\b\d+(ms|[smhd])(\d+s)?\b", "AGE", text)
    return [re.sub(r"\s+", " ", row).strip() for row in text.splitlines()]


async def _drawn(demo: RunningDemo, folder: Path, name: str, size: tuple[int, int]) -> str:
    keys, text = SCREENS[name]
    async with staged(demo, folder, size=size) as stage:
        await stage.sees(POD)
        for key in keys:
            await stage.press(key)
            if key == "enter":
                await stage.sees("all containers")
        await stage.sees(text)
        return "\n".join(_timeless(stage.text)) + "\n"


def _golden(name: str, size: tuple[int, int]) -> Path:
    return GOLDEN / f"{name}-{size[0]}x{size[1]}.txt"


@pytest.fixture(scope="module")
def one_pod() -> Iterator[RunningDemo]:
    with running_demo([POD]) as demo:
        yield demo


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_is_as_it_was(one_pod: RunningDemo, tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    drawn = asyncio.run(_drawn(one_pod, tmp_path, name, size))

    assert drawn.split() == _golden(name, size).read_text(encoding="utf-8").split()


def main() -> None:
    with running_demo([POD]) as demo, tempfile.TemporaryDirectory() as folder:
        for name in SCREENS:
            for size in SIZES:
                drawn = asyncio.run(_drawn(demo, Path(folder), name, size))
                _golden(name, size).write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
