"""The pane of a session: the mouse, the wheel, what is pasted and what is copied."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.events import MouseDown, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp
from textual.pilot import Pilot

from kubectl_mc.tui.widgets.terminal_pane import TerminalPane

COLUMNS, LINES = 40, 10
Work = Callable[["Bench", Pilot[None]], Coroutine[Any, Any, None]]


class Bench(App[None]):
    """A pane alone, and what comes out of it."""

    def __init__(self) -> None:
        super().__init__()
        self.typed = b""

    @property
    def pane(self) -> TerminalPane:
        return self.query_one(TerminalPane)

    def compose(self) -> ComposeResult:
        yield TerminalPane()

    def on_mount(self) -> None:
        self.pane.focus()

    def on_terminal_pane_typed(self, message: TerminalPane.Typed) -> None:
        self.typed += message.data


def perform(work: Work) -> None:
    async def whole() -> None:
        app = Bench()
        async with app.run_test(size=(COLUMNS, LINES)) as pilot:
            await pilot.pause()
            await work(app, pilot)

    asyncio.run(whole())


async def mouse(
    pilot: Pilot[None], kind: type[events.MouseEvent], *at: int, button: int = 0, shift: bool = False
) -> None:
    await pilot._post_mouse_events([kind], offset=(at[0], at[1]), button=button, shift=shift)
    await pilot.pause()


async def drag(pilot: Pilot[None], start: tuple[int, int], end: tuple[int, int], *, shift: bool = False) -> None:
    """From place to place with the left button down."""
    await mouse(pilot, MouseDown, *start, button=1, shift=shift)
    await mouse(pilot, MouseMove, *start, button=1, shift=shift)
    await mouse(pilot, MouseMove, *end, button=1, shift=shift)
    await mouse(pilot, MouseUp, *end, button=1, shift=shift)


@pytest.mark.parametrize(
    ("modes", "told"),
    [
        (b"", b""),
        (b"\x1b[?1006h", b""),
        (b"\x1b[?1000h", b'\x1b[M #"\x1b[M##$'),
        (b"\x1b[?1000;1006h", b"\x1b[<0;3;2M\x1b[<0;3;4m"),
        (b"\x1b[?1002;1006h", b"\x1b[<0;3;2M\x1b[<32;3;2M\x1b[<32;3;4M\x1b[<0;3;4m"),
        (b"\x1b[?1003h\x1b[?1006h", b"\x1b[<0;3;2M\x1b[<32;3;2M\x1b[<32;3;4M\x1b[<0;3;4m"),
        (b"\x1b[?1002;1006h\x1b[?1002l", b""),
    ],
)
def test_a_program_is_told_of_the_mouse_as_it_has_asked(modes: bytes, told: bytes) -> None:
    async def work(app: Bench, pilot: Pilot[None]) -> None:
        app.pane.feed(modes)
        await drag(pilot, (2, 1), (2, 3))
        assert app.typed == told

    perform(work)


def test_with_shift_the_mouse_marks_where_a_program_has_it() -> None:
    async def work(app: Bench, pilot: Pilot[None]) -> None:
        app.pane.feed(b"\x1b[?1002;1006hsome text\r\nand more")
        await drag(pilot, (5, 0), (2, 1), shift=True)
        assert (app.typed, app.clipboard) == (b"", "text\nand")

    perform(work)


def test_what_is_marked_is_copied_also_of_what_has_scrolled_away() -> None:
    async def work(app: Bench, pilot: Pilot[None]) -> None:
        app.pane.feed("".join(f"日本 {number}\r\n" for number in range(30)).encode())
        await mouse(pilot, MouseScrollUp, 3, 3)
        await drag(pilot, (0, 0), (6, 1))
        assert app.clipboard == "日本 18\n日本 19"
        await drag(pilot, (39, 0), (39, 0))
        assert app.clipboard == "日本 18\n日本 19", "of nothing nothing is copied"

    perform(work)


@pytest.mark.parametrize(
    ("modes", "up", "down"),
    [
        (b"\x1b[?1049h", b"\x1b[A" * 3, b"\x1b[B" * 3),
        (b"\x1b[?1049h\x1b[?1h", b"\x1bOA" * 3, b"\x1bOB" * 3),
        (b"\x1b[?1000;1006h", b"\x1b[<64;3;2M", b"\x1b[<65;3;2M"),
        (b"\x1b[?1049h\x1b[?1000;1006h", b"\x1b[<64;3;2M", b"\x1b[<65;3;2M"),
    ],
)
def test_a_program_that_has_the_screen_or_the_mouse_gets_the_wheel(modes: bytes, up: bytes, down: bytes) -> None:
    async def work(app: Bench, pilot: Pilot[None]) -> None:
        app.pane.feed(modes)
        await mouse(pilot, MouseScrollUp, 2, 1)
        assert app.typed == up
        await mouse(pilot, MouseScrollDown, 2, 1)
        assert app.typed == up + down

    perform(work)


def test_else_the_wheel_looks_back_and_typing_returns() -> None:
    async def work(app: Bench, pilot: Pilot[None]) -> None:
        def first() -> str:
            return app.pane.render_line(0).text.rstrip()

        app.pane.feed(b"".join(b"%d\r\n" % number for number in range(30)))
        assert first() == "21"
        await mouse(pilot, MouseScrollUp, 2, 1)
        assert first() == "18"
        app.pane.feed(b"30\r\n31\r\n")
        assert first() == "18", "who looks back stays where he looks"
        await mouse(pilot, MouseScrollDown, 2, 1)
        assert first() == "21"
        await pilot.press("x")
        assert (first(), app.typed) == ("23", b"x")

    perform(work)


@pytest.mark.parametrize(
    ("modes", "pasted", "sent"),
    [
        (b"", "one\ntwo", "one\rtwo"),
        (b"", "one\r\ntwo\r", "one\rtwo\r"),
        (b"", "a\tb日", "a\tb日"),
        (b"", "a\x1b[31m\x03\x04\x7f\x9b\x00b", "a[31mb"),
        (b"\x1b[?2004h", "one\ntwo", "\x1b[200~one\rtwo\x1b[201~"),
        (b"\x1b[?2004h", "a\x1b[201~rm -rf /\r\x03", "\x1b[200~a[201~rm -rf /\r\x1b[201~"),
        (b"\x1b[?2004h\x1b[?2004l", "x", "x"),
    ],
)
def test_a_paste_is_bracketed_where_that_was_asked_for_and_presses_no_keys(
    modes: bytes, pasted: str, sent: str
) -> None:
    async def work(app: Bench, pilot: Pilot[None]) -> None:
        app.pane.feed(modes)
        app.pane.post_message(events.Paste(pasted))
        await pilot.pause()
        assert app.typed.decode() == sent

    perform(work)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [(b"\x1b[6n", b"\x1b[1;1R"), (b"\x1b[5n", b"\x1b[0n"), (b"\x1b[c", b"\x1b[?6c"), (b"\x1b]52;c;?\x07", b"")],
)
def test_a_program_is_answered_but_gets_no_clipboard(asked: bytes, answered: bytes) -> None:
    async def work(app: Bench, pilot: Pilot[None]) -> None:
        app.copy_to_clipboard("secret")
        app.pane.feed(asked)
        await pilot.pause()
        assert app.typed == answered

    perform(work)


def test_a_program_that_is_gone_gets_nothing() -> None:
    async def work(app: Bench, pilot: Pilot[None]) -> None:
        app.pane.feed(b"\x1b[?1000;1006;2004h")
        app.pane.end(["it is gone"], frozenset())
        await pilot.press("a", "up")
        app.pane.post_message(events.Paste("pasted"))
        await drag(pilot, (2, 1), (2, 3))
        await mouse(pilot, MouseScrollUp, 2, 1)
        assert app.typed == b""

    perform(work)


def test_what_the_dashboard_says_is_broken_between_words() -> None:
    async def work(app: Bench, _: Pilot[None]) -> None:
        app.pane.feed(b"prompt")
        app.pane.say("a sentence that is longer than the pane is wide")
        rows = [app.pane.render_line(y).text.rstrip() for y in range(4)]
        assert rows == ["prompt", "── a sentence that is longer than the", "   pane is wide", ""]

    perform(work)
