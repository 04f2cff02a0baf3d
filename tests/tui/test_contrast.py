"""What a log brings along in colours can be read in both themes, marked, found and quiet lines as well."""

import asyncio
import re
from pathlib import Path

import pytest
from rich.color import Color
from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color as Shade

from kubectl_mc.demo.server import RunningDemo
from kubectl_mc.logs.line import tag_of
from kubectl_mc.logs.machine import Name
from kubectl_mc.tui.app import THEMES
from kubectl_mc.tui.log_store import LogStore
from kubectl_mc.tui.widgets.log_view import LogView
from tests.tui.log_lines import line
from tests.tui.stage import Stage, staged

LEAST = 4.5
CONTAINERS = 20


class _Logs(App[None]):
    """One line of each of many containers, with all the colours that a program may use."""

    def __init__(self, theme: str) -> None:
        super().__init__()
        self.theme = theme
        store = LogStore()
        for number in range(CONTAINERS):
            store.joined(tag_of(number + 1), Name("demo", "pod", f"container-{number}"), number)
        for number in range(CONTAINERS):
            codes = ["2", *(str(code) for code in (*range(30, 38), *range(90, 98))), f"38;5;{number * 12}", "1;33"]
            colours = "".join(f"\x1b[{code}mneedle\x1b[0m" for code in codes)
            store.add([line(colours, number, tag_of(number + 1))])
        store.add([line("again", 30), line("again", 31)])
        self.view = LogView(store)

    def compose(self) -> ComposeResult:
        yield self.view


def _luminance(shade: Shade) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shade.normalized]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(style: Style) -> float:
    assert style.color is not None
    assert style.bgcolor is not None
    assert not style.dim
    shades = [Shade.from_rich_color(color) for color in (style.color, style.bgcolor)]
    low, high = sorted(map(_luminance, shades))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("focused", [True, False])
@pytest.mark.parametrize("theme", THEMES)
def test_each_colour_of_a_log_can_be_read(theme: str, focused: bool) -> None:
    async def work() -> None:
        app = _Logs(theme)
        async with app.run_test(size=(300, CONTAINERS + 2)) as pilot:
            view = app.view
            if not focused:
                view.can_focus = False
                app.set_focus(None)
            view.action_toggle_times()
            view.search(re.compile(rb"needle|again"))
            view.action_start()
            await pilot.pause()
            for marked in (False, True):
                if marked:
                    view.action_mark()
                    view.action_move(CONTAINERS)
                    await pilot.pause()
                seen: set[Color | None] = set()
                hits = 0
                for row in range(CONTAINERS + 1):
                    for segment in view.render_line(row):
                        if segment.text.strip():
                            assert segment.style is not None
                            assert _contrast(segment.style) >= LEAST, (segment.text, segment.style)
                            seen.add(segment.style.color)
                            hits += bool(segment.style.reverse)
                assert len(seen) > 20
                assert hits  # they are drawn in reverse: of their two colours the same holds

    asyncio.run(work())


@pytest.mark.parametrize("theme", THEMES)
def test_each_word_of_the_screens_can_be_read(shared_demo: RunningDemo, tmp_path: Path, theme: str) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path, size=(160, 45)) as stage:
            stage.app.theme = theme
            await stage.sees("finished-first")
            _each_word_can_be_read(stage)
            await stage.opens("finished-first")
            for key, text in (("1", "upload failed"), ("2", "BackOff"), ("3", "evidence"), ("8", "apiVersion")):
                await stage.press(key)
                await stage.sees(text)
                _each_word_can_be_read(stage)

    asyncio.run(work())


def _each_word_can_be_read(stage: Stage) -> None:
    for strip in stage.app.screen._compositor.render_strips(stage.app.size):
        for segment in strip:
            if any(map(str.isalnum, segment.text)):
                assert segment.style is not None
                assert _contrast(segment.style) >= LEAST, (segment.text, segment.style)
