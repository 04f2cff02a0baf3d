"""A list of rows: moved through by keys and mouse, with a cursor that stays on its row; and YAML, folded."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from rich.color import Color
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from kubectl_mc.render.page import line
from kubectl_mc.tui.widgets.row_list import Row, RowList, with_mark
from kubectl_mc.tui.widgets.yaml_view import YamlView

SIZE = (40, 6)


class Listing(App[None]):
    """Nothing but a list."""

    def __init__(self, rows: RowList) -> None:
        super().__init__()
        self.rows = rows
        self.chosen: list[str] = []
        self.highlighted: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.rows

    def on_mount(self) -> None:
        self.rows.focus()

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        self.chosen.append(message.key)

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        self.highlighted.append(message.key)

    @property
    def seen(self) -> list[str]:
        """What is to be seen, without the scroll bar's column."""
        strips = self.screen._compositor.render_strips(self.size)
        return [strip.text[: SIZE[0] - 1].rstrip() for strip in strips]

    @property
    def grounds(self) -> list[Color | None]:
        strips = self.screen._compositor.render_strips(self.size)
        return [style.bgcolor if (style := next(iter(strip)).style) else None for strip in strips]


@asynccontextmanager
async def shown(rows: RowList) -> AsyncIterator[tuple[Listing, Pilot[None]]]:
    app = Listing(rows)
    async with app.run_test(size=SIZE) as pilot:
        yield app, pilot


def run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(work())  # type: ignore[arg-type]


def _rows(count: int, begin: int = 0) -> Sequence[Row]:
    return [Row(str(number), [line(f"row {number}")]) for number in range(begin, begin + count)]


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        (["down", "j"], "2"),
        (["down", "down", "up", "k"], "0"),
        (["pagedown"], "4"),
        (["ctrl+f", "ctrl+f", "pageup"], "4"),
        (["end"], "19"),
        (["G", "ctrl+b"], "15"),
        (["end", "home"], "0"),
        (["end", "g"], "0"),
        (["up"], "0"),
        (["end", "down"], "19"),
    ],
)
def test_keys_that_move(keys: list[str], key: str) -> None:
    async def work() -> None:
        async with shown(RowList()) as (app, pilot):
            app.rows.show(_rows(20), line("heading"))
            await pilot.pause()
            await pilot.press(*keys)
            await pilot.pause()
            assert app.rows.key == key
            assert app.seen[0] == "heading"
            assert f"row {key}" in app.seen
            assert app.highlighted[-1:] in ([key], [])
            assert app.rows.cursor in app.rows.seen

    run(work)


def test_enter_and_a_second_click_choose() -> None:
    async def work() -> None:
        async with shown(RowList()) as (app, pilot):
            app.rows.show(_rows(20), line("heading"))
            await pilot.pause()
            await pilot.press("down", "enter")
            assert app.chosen == ["1"]
            await pilot.click(app.rows, offset=(2, 4))
            assert (app.rows.key, app.chosen) == ("3", ["1"])
            await pilot.click(app.rows, offset=(2, 4), times=2)
            await pilot.pause()
            assert app.chosen == ["1", "3"]
            await pilot.click(app.rows, offset=(2, 0), times=2)
            assert app.chosen == ["1", "3"]

    run(work)


def test_the_cursor_stays_on_its_row_when_others_come_and_go() -> None:
    async def work() -> None:
        async with shown(RowList()) as (app, pilot):
            app.rows.show(_rows(20))
            await pilot.pause()
            await pilot.press("end")
            app.rows.show(_rows(20, 10))
            await pilot.pause()
            assert app.rows.key == "19"
            assert "row 19" in app.seen
            app.rows.show(_rows(5))
            await pilot.pause()
            assert app.rows.key == "4"
            app.rows.show([])
            await pilot.press("down", "enter", "end", "pageup")
            assert (app.rows.key, app.chosen) == ("", [])

    run(work)


def test_a_row_of_several_lines_is_marked_and_seen_whole() -> None:
    async def work() -> None:
        async with shown(RowList()) as (app, pilot):
            app.rows.show([Row(str(n), [line(f"row {n}"), line("  more")]) for n in range(9)])
            await pilot.pause()
            await pilot.press("down", "down", "down")
            await pilot.pause()
            assert app.seen == ["row 1", "  more", "row 2", "  more", "row 3", "  more"]
            other = app.grounds[0]
            assert [ground != other for ground in app.grounds] == [False] * 4 + [True] * 2
            assert app.rows.seen == range(1, 4)

    run(work)


def test_markup_in_a_row_is_text() -> None:
    async def work() -> None:
        async with shown(RowList()) as (app, pilot):
            app.rows.show([Row("a", [line("[red]x[/red] :smile:")])])
            await pilot.pause()
            assert app.seen[0] == "[red]x[/red] :smile:"

    run(work)


def test_a_mark_stands_at_the_end_of_a_row_whatever_is_in_it() -> None:
    def text(content: str, width: int) -> str:
        return "".join(span.text for span in with_mark([line(content)], "hidden", width)[0])

    assert text("name", 20) == "name          hidden"
    assert text("a very long row of a table", 20) == "a very long…  hidden"


DOCUMENT = {
    "metadata": {"name": "web", "managedFields": [{"manager": "x"}, {"manager": "y"}]},
    "spec": {"nodeName": "n1"},
}


def test_yaml_is_folded_and_unfolded() -> None:
    async def work() -> None:
        view = YamlView()
        async with shown(view) as (app, pilot):
            view.show_document(DOCUMENT)
            await pilot.pause()
            whole = ["metadata:", "  name: web", "  managedFields:  … 2 lines", "spec:", "  nodeName: n1", ""]
            assert app.seen == whole
            await pilot.press("enter")
            await pilot.pause()
            assert app.seen[:3] == ["metadata:  … 4 lines", "spec:", "  nodeName: n1"]
            view.show_document({**DOCUMENT, "spec": {"nodeName": "n2"}})
            await pilot.pause()
            assert app.seen[:3] == ["metadata:  … 4 lines", "spec:", "  nodeName: n2"]
            await pilot.press("right", "down", "down", "enter")
            await pilot.pause()
            assert app.seen[:4] == ["metadata:", "  name: web", "  managedFields:", "  - manager: x"]
            await pilot.press("h", "left")
            await pilot.pause()
            assert app.rows.key == "metadata"
            assert app.seen[2] == "  managedFields:  … 2 lines"

    run(work)


def test_enter_on_a_scalar_folds_nothing() -> None:
    async def work() -> None:
        view = YamlView()
        async with shown(view) as (app, pilot):
            view.show_document(DOCUMENT)
            await pilot.pause()
            before = app.seen
            await pilot.press("down", "enter")
            await pilot.pause()
            assert app.seen == before

    run(work)


def test_long_values_go_on_below_and_hostile_ones_are_text() -> None:
    async def work() -> None:
        view = YamlView()
        async with shown(view) as (app, pilot):
            view.show_document({"message": "one two three four five six seven eight nine ten", "x": "[b]\x1b[2J\u202e"})
            await pilot.pause()
            assert app.seen[:3] == [
                "message: one two three four five six",
                "    seven eight nine ten",
                'x: "[b]\\u001b[2J\\u202e"',
            ]

    run(work)
