"""A session whose program writes without end: keys are heard, no more is read than is drawn, and it can be left."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pytest_mock import MockerFixture
from textual import events

from kubectl_mc.cluster.remote import Channel, RemoteRequest
from kubectl_mc.demo.server import RunningDemo
from kubectl_mc.tui import pane_session
from kubectl_mc.tui.pane_session import PaneSession
from kubectl_mc.tui.terminal.emulator import Emulator
from kubectl_mc.tui.widgets.terminal_pane import LEAVE, TerminalPane
from tests.log_pods import lived, pod, says
from tests.tui.stage import PATIENCE_SECONDS, Stage, staged

Work = Callable[[Stage, TerminalPane], Coroutine[Any, Any, None]]
FLOOD = "while true; do echo flood; done"


@pytest.fixture
def flooded(demo: RunningDemo, tmp_path: Path) -> Callable[..., None]:
    """Runs a test's work while a session floods its pane."""

    def perform(work: Work, **more: Any) -> None:
        async def whole() -> None:
            async with staged(demo, tmp_path, **more) as stage:
                await stage.opens("web")
                await stage.press("s")
                await stage.sees("/ #")
                pane = stage.app.focused
                assert isinstance(pane, TerminalPane)
                await stage.types(FLOOD)
                await flows(stage, pane)
                await work(stage, pane)

        asyncio.run(whole())

    lived(demo, 60, pod("web", "app"), {"app": says("logged")})
    return perform


def line_of_cursor(pane: TerminalPane) -> str:
    assert pane.emulator.cursor is not None
    return pane.emulator.text(pane.emulator.cursor[1])


async def flows(stage: Stage, pane: TerminalPane) -> None:
    """Wait for some hundred rows more."""
    before = pane.emulator.gone
    await stage.until(lambda: pane.emulator.gone > before + 300)


@pytest.mark.parametrize(("size", "shown"), [((160, 45), True), ((80, 24), False)])
def test_ctrl_c_ends_a_flood(flooded: Callable[..., None], size: tuple[int, int], shown: bool) -> None:
    async def work(stage: Stage, pane: TerminalPane) -> None:
        if not shown:
            await stage.press(LEAVE)
            await stage.sees("all containers")
            await flows(stage, pane)
            await stage.press("question_mark")
            await stage.sees("Everywhere")
            await stage.press("escape", LEAVE)
        pane.post_message(events.Key("ctrl+c", "\x03"))
        await stage.until(lambda: line_of_cursor(pane).startswith("/ #"))
        await stage.types("echo a''live")
        await stage.sees("alive")

    flooded(work, size=size)


@pytest.mark.parametrize("keys", [("x",), ("escape", "enter")])
def test_a_flood_can_be_left(flooded: Callable[..., None], keys: tuple[str, ...]) -> None:
    def running() -> bool:
        return any(task.get_name().startswith("session in") for task in asyncio.all_tasks())

    async def work(stage: Stage, pane: TerminalPane) -> None:
        assert running()
        await stage.press(LEAVE, *keys)
        await stage.until(lambda: not running())

    flooded(work)


class Endless:
    """A program that writes faster than anybody reads, and takes nothing."""

    def __init__(self, output: bytes) -> None:
        self.output = output
        self.written = 0
        self.exit_code = 0

    async def read(self) -> tuple[Channel, bytes]:
        await asyncio.sleep(0)
        self.written += len(self.output)
        return Channel.STDOUT, self.output

    async def write(self, data: bytes) -> None:
        await asyncio.get_running_loop().create_future()

    async def resize(self, columns: int, lines: int) -> None:
        pass


class Looked:
    """A pane that looks how far its program is, until it has drawn enough.

    Args:
        much: how many bytes are enough.
    """

    def __init__(self, program: Endless, much: int) -> None:
        self.program, self.much = program, much
        self.enough = asyncio.Event()
        self.session: PaneSession | None = None
        self.drawn = self.ahead = self.unsent = 0
        self.emulator = Emulator(80, 24, self.answer)

    def answer(self, data: bytes) -> None:
        assert self.session is not None
        self.session.typed(data, answer=True)
        self.unsent = max(self.unsent, self.session.unsent)

    def feed(self, data: bytes) -> None:
        self.ahead = max(self.ahead, self.program.written - self.drawn)
        self.drawn += len(data)
        self.emulator.feed(data)
        if self.drawn >= self.much:
            self.enough.set()


def looked(mocker: MockerFixture, output: bytes, much: int) -> Looked:
    """What was seen of a program that writes so again and again."""
    program = Endless(output)
    pane = Looked(program, much)

    @asynccontextmanager
    async def opened(*_: object) -> AsyncIterator[Endless]:
        yield program

    mocker.patch.object(pane_session, "open_remote", opened)

    async def work() -> None:
        request = RemoteRequest("demo", "web", "app", ("sh",), stdin=True, tty=True)
        pane.session = PaneSession(mocker.Mock(), request, pane)  # type: ignore[arg-type]
        task = asyncio.create_task(pane.session.run())
        async with asyncio.timeout(PATIENCE_SECONDS):
            await pane.enough.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(work())
    return pane


def test_no_more_is_read_than_is_drawn(mocker: MockerFixture) -> None:
    assert 0 < looked(mocker, b"y\r\n" * 10_000, 3_000_000).ahead <= 128 * 1024


def test_answers_that_a_program_does_not_take_are_no_more_than_a_limit(mocker: MockerFixture) -> None:
    assert 0 < looked(mocker, b"\x1b[6n" * 1000, 300_000).unsent <= 8 * 1024
