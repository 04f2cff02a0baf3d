"""The pane of logs: each of its keys, what the mouse does, and what its last row tells."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.color import Color
from textual.app import App, ComposeResult
from textual.events import Key, MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot
from textual.widgets import Input

from kubectl_mc.logs.line import Kind, tag_of
from kubectl_mc.logs.machine import Name
from kubectl_mc.tui.log_store import LIMIT
from kubectl_mc.tui.widgets.logs_pane import LogsPane
from tests.tui.log_lines import BEGIN, POD, PROXY, join, line, lines, numbered, said
from tests.tui.stage import PATIENCE_SECONDS

SIZE = (60, 12)
ROWS = 11
"""Rows of log lines: the last one tells of them."""


class Pane(App[None]):
    """Nothing but the pane."""

    def __init__(self) -> None:
        super().__init__()
        self.pane = LogsPane()
        self.saved = ""
        self.asked: list[bool] = []
        self.toasts: list[str] = []
        self.rung = 0
        self.moves = 0

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_mount(self) -> None:
        self.pane.view.focus()

    def on_log_lines_moved(self) -> None:
        self.moves += 1

    def on_logs_pane_save(self, message: LogsPane.Save) -> None:
        self.saved = message.path

    def on_logs_pane_previous(self, message: LogsPane.Previous) -> None:
        self.asked.append(message.previous)

    def notify(self, message: str, **_: object) -> None:
        self.toasts.append(message)

    def bell(self) -> None:
        self.rung += 1


class Eyes:
    """A person before the pane."""

    def __init__(self, app: Pane, pilot: Pilot[None]) -> None:
        self.app, self.pane, self.pilot = app, app.pane, pilot

    def add(self, more: list[bytes]) -> None:
        self.pane.store.add(more)
        self.pane.view.grew()

    @property
    def rows(self) -> list[str]:
        strips = self.app.screen._compositor.render_strips(self.app.size)
        return [strip.text.rstrip() for strip in strips]

    @property
    def said(self) -> list[str]:
        """What the lines say, without whose they are."""
        return [re.sub(r"^\S* +[|~] ", "", row) for row in self.rows[:-1] if row]

    @property
    def ground(self) -> Color | None:
        """What lines stand on that are not marked."""
        return self.pane.view.rich_style.bgcolor

    @property
    def state(self) -> str:
        return self.rows[-1]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def types(self, text: str) -> None:
        await self.pilot.press(*text, "enter")

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                await self.pilot.pause(0.02)

    async def tells(self, text: str) -> None:
        """Wait until the last row tells something."""
        try:
            await self.until(lambda: text in self.state)
        except TimeoutError:
            raise AssertionError(f"{text!r} is not told: {self.state!r}") from None

    async def says(self, *expected: str) -> None:
        """Wait until these are the lines to be seen."""
        try:
            await self.until(lambda: self.said == list(expected))
        except TimeoutError:
            assert self.said == list(expected)


@asynccontextmanager
async def pane(*more: list[bytes], size: tuple[int, int] = SIZE) -> AsyncIterator[Eyes]:
    app = Pane()
    async with app.run_test(size=size) as pilot:
        join(app.pane.store)
        eyes = Eyes(app, pilot)
        for each in more:
            eyes.add(each)
        await eyes.until(lambda: not more or eyes.said)
        yield eyes


def run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(work())  # type: ignore[arg-type]


def _numbers(begin: int, end: int) -> list[str]:
    return [f"line {number}" for number in range(begin, end)]


def test_it_follows_and_f_pauses_and_follows_again() -> None:
    async def work() -> None:
        async with pane(numbered(50)) as eyes:
            await eyes.says(*_numbers(39, 50))
            await eyes.tells("50 lines · following")
            await eyes.press("f")
            await eyes.tells("paused, f follows")
            eyes.add(numbered(5, 50))
            await eyes.tells("55 lines")
            await eyes.says(*_numbers(39, 50))
            await eyes.press("f")
            await eyes.says(*_numbers(44, 55))

    run(work)


@pytest.mark.parametrize(
    ("keys", "begin"),
    [
        (["up"], 39),
        (["k"] * 11, 38),
        (["pageup"], 29),
        (["ctrl+b", "pageup", "pagedown"], 29),
        (["pageup", "pageup", "ctrl+f"], 29),
        (["home"], 0),
        (["g", "down"], 0),
        (["g", *["j"] * 11], 1),
        (["home", "end"], 39),
        (["home", "G"], 39),
        (["up", "up", "down", "down"], 39),
        (["down"], 39),
        (["pagedown"], 39),
    ],
)
def test_keys_that_move(keys: list[str], begin: int) -> None:
    async def work() -> None:
        async with pane(numbered(50)) as eyes:
            await eyes.press(*keys)
            await eyes.says(*_numbers(begin, begin + ROWS))

    run(work)


def test_the_cursor_that_comes_down_to_the_newest_line_follows() -> None:
    async def work() -> None:
        async with pane(numbered(50)) as eyes:
            await eyes.press("up", "up", "down")
            await eyes.tells("paused")
            await eyes.press("down")
            await eyes.tells("following")

    run(work)


def test_the_wheel_scrolls_and_at_the_end_follows() -> None:
    async def work() -> None:
        async with pane(numbered(50)) as eyes:
            view = eyes.pane.view
            await eyes.pilot._post_mouse_events([MouseScrollUp], view)
            await eyes.says(*_numbers(36, 47))
            await eyes.pilot._post_mouse_events([MouseScrollDown], view)
            await eyes.says(*_numbers(39, 50))
            await eyes.tells("following")

    run(work)


def test_search_goes_to_the_newest_match_and_n_goes_on_around_the_ends() -> None:
    async def work() -> None:
        async with pane(numbered(50), size=(120, 12)) as eyes:
            await eyes.press("n")
            assert eyes.app.rung == 1
            await eyes.press("slash")
            await eyes.types("LINE .5$".lower())
            await eyes.tells("match 4 of 4")
            assert eyes.pane.view.cursor == 45
            await eyes.press("n")
            await eyes.tells("match 1 of 4, on from the oldest")
            assert eyes.pane.view.cursor == 15
            await eyes.press("N")
            await eyes.tells("match 4 of 4, on from the newest")
            await eyes.press("N")
            await eyes.tells("match 3 of 4")
            assert "on from" not in eyes.state
            eyes.add([line("line 95", 95)])
            await eyes.tells("match 3 of 5")
            await eyes.press("slash", "ctrl+u", "enter")
            await eyes.until(lambda: "match" not in eyes.state)

    run(work)


def test_what_matches_is_marked() -> None:
    async def work() -> None:
        async with pane(lines("one [red]two[/red] three")) as eyes:
            await eyes.press("slash")
            await eyes.types(r"\[red")
            await eyes.tells("match 1 of 1")
            strip = eyes.app.screen._compositor.render_strips(eyes.app.size)[0]
            assert [segment.text for segment in strip if segment.style and segment.style.reverse] == ["[red"]

    run(work)


def test_a_search_without_a_match_stays_where_it_is_and_says_so() -> None:
    async def work() -> None:
        async with pane(numbered(50)) as eyes:
            await eyes.press("slash")
            await eyes.types("nowhere")
            await eyes.until(lambda: eyes.app.toasts == ["nothing matches nowhere"])
            await eyes.tells("following · 0 lines match")
            await eyes.press("n")
            await eyes.until(lambda: len(eyes.app.toasts) == 2)

    run(work)


def test_a_wrong_expression_is_told_where_it_is_typed() -> None:
    async def work() -> None:
        async with pane(numbered(3)) as eyes:
            await eyes.press("ampersand")
            await eyes.types("(a")
            await eyes.until(lambda: "no regular expression" in "".join(eyes.rows))
            await eyes.press("escape")
            await eyes.says(*_numbers(0, 3))

    run(work)


def test_keys_that_come_in_one_go_with_enter_are_no_second_answer() -> None:
    async def work() -> None:
        async with pane(lines("a 1", "b", "a 2")) as eyes:
            await eyes.press("slash")
            line = eyes.pane.query_one(Input)
            line.value = "a"
            for key, character in (("enter", "\r"), ("v", "v"), ("up", None)):
                line.post_message(Key(key, character))
            await eyes.tells("match 2 of 2")
            await eyes.pilot.pause()
            assert not eyes.app.toasts

    run(work)


def test_only_matching_lines_are_shown_and_one_stays_at_ones_place() -> None:
    async def work() -> None:
        async with pane(numbered(100)) as eyes:
            await eyes.press("home", *["down"] * 20)
            assert eyes.pane.view.cursor == 20
            await eyes.press("ampersand")
            await eyes.types("0$")
            await eyes.tells("10 lines · paused")
            await eyes.tells("with 0$")
            assert eyes.pane.view.held is not None
            assert b"line 20" in eyes.pane.view.held
            eyes.add(numbered(10, 100))
            await eyes.tells("11 lines")
            await eyes.press("ampersand", "ctrl+u", "enter")
            await eyes.tells("110 lines · paused")
            assert b"line 20" in eyes.pane.view.held

    run(work)


def test_l_narrows_to_a_level_and_in_the_end_to_none() -> None:
    async def work() -> None:
        async with pane(lines("level=debug a", "level=info b", "level=warn c", "level=error d", "no level")) as eyes:
            await eyes.press("l")
            await eyes.says("level=info b", "level=warn c", "level=error d", "no level")
            await eyes.press("l", "l")
            await eyes.says("level=error d", "no level")
            await eyes.tells("level error and above")
            await eyes.press("l", "l")
            await eyes.tells("5 lines · following")
            assert "level" not in eyes.state

    run(work)


def test_events_join_the_stream_by_a_key() -> None:
    async def work() -> None:
        async with pane([line("a"), said(Kind.EVENT, "Warning BackOff: again", 1, POD)]) as eyes:
            await eyes.says("a")
            await eyes.press("e")
            await eyes.says("a", "── event Warning BackOff: again ──")
            await eyes.press("e")
            await eyes.says("a")

    run(work)


def test_containers_are_hidden_and_one_alone_is_shown() -> None:
    async def work() -> None:
        async with pane([line("a"), line("b", 1, PROXY)]) as eyes:
            eyes.pane.toggle("proxy")
            await eyes.says("a")
            await eyes.tells("hidden: proxy")
            eyes.pane.only("proxy", frozenset({"web", "proxy"}))
            await eyes.says("b")
            assert "hidden" not in eyes.state
            eyes.pane.only("", frozenset({"web", "proxy"}))
            await eyes.says("a")
            eyes.pane.toggle("")
            await eyes.says("a", "b")

    run(work)


def test_a_long_line_is_cut_shifted_and_wrapped() -> None:
    text = "0123456789" * 8

    async def work() -> None:
        async with pane(lines("漢" * 30, text)) as eyes:
            await eyes.says("漢" * 26, text[:52])
            await eyes.press("right")
            assert eyes.rows[1] == text[8:68]
            await eyes.press("left")
            await eyes.says("漢" * 26, text[:52])
            await eyes.press("w")
            await eyes.until(
                lambda: (
                    [row for row in eyes.rows if row][:4]
                    == ["web   | " + "漢" * 26, "漢" * 4, "web   | " + text[:52], text[52:]]
                )
            )
            await eyes.press("w")
            await eyes.says("漢" * 26, text[:52])

    run(work)


def test_the_cursor_and_marks_cover_all_rows_of_a_wrapped_line() -> None:
    async def work() -> None:
        async with pane(lines("a", "b" * 100, "c")) as eyes:
            await eyes.press("w", "up")

            def marked() -> list[int]:
                strips = eyes.app.screen._compositor.render_strips(eyes.app.size)
                grounds = [next(iter(strip)).style for strip in strips[:-1]]
                return [y for y, style in enumerate(grounds) if style and style.bgcolor != eyes.ground]

            await eyes.until(lambda: marked() == [1, 2])

    run(work)


def test_times_are_shown_by_a_key() -> None:
    async def work() -> None:
        async with pane(lines("a")) as eyes:
            await eyes.press("t")
            await eyes.says(f"{BEGIN.astimezone():%H:%M:%S}.000 a")
            await eyes.press("t")
            await eyes.says("a")

    run(work)


def test_p_asks_for_the_instances_before_and_again_for_the_present_ones() -> None:
    async def work() -> None:
        async with pane(lines("a")) as eyes:
            await eyes.press("p")
            await eyes.until(lambda: eyes.app.asked == [True])
            eyes.pane.restart(previous=True)
            await eyes.tells("no lines yet · following · previous instances")
            await eyes.press("p")
            await eyes.until(lambda: eyes.app.asked == [True, False])

    run(work)


def test_why_there_are_no_lines_stands_in_their_place_and_above_the_last_row_once_there_are_some() -> None:
    async def work() -> None:
        async with pane() as eyes:
            await eyes.until(lambda: "no lines yet" in eyes.rows[0])
            eyes.pane.say('pods "web" is forbidden: no get on pods/log in this namespace at all')
            eyes.pane.say("hint: check:\n  kubectl auth can-i get pods/log")
            await eyes.until(lambda: "kubectl auth can-i get pods/log" in "".join(eyes.rows))
            assert eyes.rows[0].strip() == 'pods "web" is forbidden: no get on pods/log in this'
            assert eyes.rows[1].strip() == "namespace at all"
            await eyes.tells("no lines · following")
            eyes.add(lines("a"))
            await eyes.until(lambda: "namespace at all" in eyes.rows[-2])
            assert "web   | a" in eyes.rows[0]
            assert "can-i" not in "".join(eyes.rows)
            eyes.pane.restart(previous=False)
            await eyes.until(lambda: "asking for the logs" in eyes.rows[0])

    run(work)


def test_that_nothing_passes_a_filter_is_said() -> None:
    async def work() -> None:
        async with pane(lines("a")) as eyes:
            await eyes.press("ampersand")
            await eyes.types("zzz")
            await eyes.until(lambda: "no line of those that were read is to be shown" in "".join(eyes.rows))

    run(work)


def test_at_goes_to_a_time() -> None:
    async def work() -> None:
        async with pane(numbered(100)) as eyes:
            await eyes.press("at")
            await eyes.types("yesterday")
            await eyes.until(lambda: "no time; so: 12:30" in "".join(eyes.rows))
            await eyes.press("ctrl+u")
            await eyes.types("2026-01-01T12:00:42Z")
            await eyes.tells("paused")
            assert eyes.pane.view.cursor == 42

    run(work)


def test_v_marks_and_y_copies_what_can_be_read() -> None:
    async def work() -> None:
        async with pane([line("a"), line(b"\x1b[31mb\x1b[0m\x07", 1), line('{"msg": "c"}', 2), line("d", 3)]) as eyes:
            await eyes.press("up", "v", "up")
            await eyes.tells("2 marked, y copies")
            await eyes.press("y")
            await eyes.until(lambda: eyes.app.toasts == ["2 lines sent to the terminal's clipboard"])
            assert eyes.app.clipboard == 'b\\x07\n{"msg": "c"}'
            await eyes.press("up", "y")
            await eyes.until(lambda: eyes.app.toasts[1:] == ["1 line sent to the terminal's clipboard"])
            assert eyes.app.clipboard == "a"

    run(work)


def test_v_again_marks_no_more() -> None:
    async def work() -> None:
        async with pane(numbered(5)) as eyes:
            await eyes.press("up", "v", "up")
            await eyes.tells("2 marked")
            await eyes.press("v")
            await eyes.until(lambda: "marked" not in eyes.state)

    run(work)


def test_too_much_for_a_clipboard_is_refused() -> None:
    async def work() -> None:
        async with pane([line(f"{number} {'x' * 10_000}", number) for number in range(101)]) as eyes:
            await eyes.press("v", "home", "y")
            await eyes.until(lambda: eyes.app.toasts)
            assert eyes.app.toasts == ["101 lines are too much for a clipboard; ctrl+s saves to a file"]
            assert eyes.app.clipboard == ""

    run(work)


def test_dragging_the_mouse_copies_lines() -> None:
    async def work() -> None:
        async with pane(numbered(5)) as eyes:
            view = eyes.pane.view
            await eyes.pilot.mouse_down(view, offset=(3, 1))
            await eyes.pilot.hover(view, offset=(9, 3))
            await eyes.pilot.mouse_up(view, offset=(9, 3))
            await eyes.until(lambda: eyes.app.toasts == ["3 lines sent to the terminal's clipboard"])
            assert eyes.app.clipboard == "line 1\nline 2\nline 3"

    run(work)


def test_a_click_puts_the_cursor_on_a_line_and_copies_nothing() -> None:
    async def work() -> None:
        async with pane(numbered(5)) as eyes:
            await eyes.pilot.click(eyes.pane.view, offset=(3, 1))
            await eyes.tells("paused")
            assert eyes.pane.view.cursor == 1
            assert eyes.app.toasts == []

    run(work)


def test_save_asks_for_a_name() -> None:
    async def work() -> None:
        async with pane(numbered(5)) as eyes:
            await eyes.press("ctrl+s")
            await eyes.until(lambda: "bytes as they were written" in "".join(eyes.rows))
            await eyes.press("enter")
            await eyes.until(lambda: eyes.app.saved == "pod.log")
            await eyes.press("ctrl+s", "ctrl+u")
            await eyes.types(" ")
            assert eyes.app.saved == "pod.log"
            await eyes.press("ctrl+u")
            await eyes.types("~/x.log")
            await eyes.until(lambda: eyes.app.saved == "~/x.log")

    run(work)


def test_repeated_lines_are_one_row_with_a_count_that_grows() -> None:
    async def work() -> None:
        async with pane(lines("up", "retry", "retry", "x" * 100, "x" * 100)) as eyes:
            await eyes.says("up", "retry ×2", "x" * 49 + " ×2")
            eyes.add(lines("x" * 100))
            await eyes.says("up", "retry ×2", "x" * 49 + " ×3")
            await eyes.tells("6 lines")

    run(work)


def test_hostile_text_is_text() -> None:
    hostile = "[bold]x[/bold] \x1b]52;c;QQ==\x07\x1b[2J\u202e\u2028 :smile: \x00"

    async def work() -> None:
        async with pane(lines(hostile)) as eyes:
            await eyes.says("[bold]x[/bold] \\u202e\\u2028 :smile: \\x00")
            eyes.pane.store.joined(tag_of(9), Name("demo", "pod", "[red]\x1b[2J"), 3)
            eyes.add([line("a", 9, tag_of(9))])
            await eyes.until(lambda: "[red]" in "".join(eyes.rows))

    run(work)


def test_a_very_long_line_is_drawn_to_a_bound() -> None:
    async def work() -> None:
        async with pane(lines("y" * 1_000_000)) as eyes:
            await eyes.press("w", "home", *["pagedown"] * 3, "up")
            await eyes.says(*["y" * 60] * ROWS)

    run(work)


def test_lines_that_leave_are_told_and_the_oldest_kept_are_shown() -> None:
    async def work() -> None:
        async with pane(numbered(LIMIT), size=(120, 12)) as eyes:
            await eyes.press("home")
            await eyes.says(*_numbers(0, ROWS))
            eyes.add(numbered(20_000, LIMIT))
            await eyes.says(*_numbers(20_000, 20_000 + ROWS))
            await eyes.tells("20,000 older ones dropped (100,000 are kept)")

    run(work)


def test_a_burst_counts_what_it_did_not_draw_and_loses_nothing() -> None:
    async def work() -> None:
        async with pane(numbered(100)) as eyes:
            await eyes.until(lambda: not eyes.pane.view._beginning)
            eyes.add(numbered(5_000, 100))
            await eyes.tells("4,989 passed undrawn")
            assert eyes.pane.store.passed == 5_100
            await eyes.press("home", "end")
            await eyes.until(lambda: "undrawn" not in eyes.state)

    run(work)


def test_what_there_was_of_a_log_is_no_burst_even_where_it_comes_in_pieces() -> None:
    async def work() -> None:
        async with pane(numbered(100)) as eyes:
            await eyes.until(lambda: eyes.pane.view._still)
            eyes.add(numbered(5_000, 100))
            await eyes.tells("5,100 lines")
            await eyes.until(lambda: eyes.pane.view._still)
            assert "undrawn" not in eyes.state

    run(work)


def test_another_size_keeps_ones_place(tmp_path: Path) -> None:
    async def work() -> None:
        async with pane(numbered(100)) as eyes:
            await eyes.press("home", *["down"] * 10)
            await eyes.pilot.resize_terminal(60, 7)
            await eyes.says(*_numbers(5, 11))
            await eyes.pilot.resize_terminal(60, 22)
            await eyes.says(*_numbers(5, 26))

    run(work)


def test_lines_are_counted_as_soon_as_the_first_ones_are_there() -> None:
    async def work() -> None:
        async with pane() as eyes:
            await eyes.tells("no lines yet")
            before = eyes.app.moves
            eyes.add(numbered(3))
            await eyes.until(lambda: eyes.app.moves > before)
            await eyes.tells("3 lines")

    run(work)


def test_lines_of_an_empty_log_can_be_left_alone() -> None:
    async def work() -> None:
        async with pane() as eyes:
            await eyes.press(
                "home", "up", "down", "pageup", "pagedown", "end", "v", "y", "v", "N", "w", "right", "f", "f"
            )
            await eyes.press("at")
            await eyes.types("12:30")
            await eyes.press("slash")
            await eyes.types("x")
            await eyes.tells("no lines yet")
            eyes.add(lines("a"))
            await eyes.says("a")

    run(work)


def test_a_key_is_heard_between_the_first_line_of_a_container_and_the_next_frame() -> None:
    async def work() -> None:
        async with pane(lines("a")) as eyes:
            eyes.pane.store.joined(tag_of(9), Name("demo", "pod", "late"), 3)
            eyes.pane.store.add([line("b", 9, tag_of(9))])
            eyes.pane.view.action_toggle_follow()
            eyes.pane.view.grew()
            await eyes.says("a", "b")

    run(work)
