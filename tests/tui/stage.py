"""Runs the dashboard against the demo, without a terminal, and waits for what is to be seen."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from textual import events
from textual.keys import _character_to_key as character_to_key
from textual.pilot import Pilot

from kubectl_mc.demo.auth import ADMIN
from kubectl_mc.demo.server import RunningDemo
from kubectl_mc.model.targets import parse_query
from kubectl_mc.session import Session
from kubectl_mc.tui.app import Dashboard
from kubectl_mc.tui.watching import PodWatch
from kubectl_mc.tui.widgets.terminal_pane import LEAVE
from tests.commands import Stream

PATIENCE_SECONDS = 30.0
_KEYS = {"\r": "enter", "\t": "tab", "\x04": "ctrl+d", "\x1d": LEAVE}


class Stage:
    """A dashboard that runs, and the keys and eyes of a person before it."""

    def __init__(self, app: Dashboard, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def text(self) -> str:
        """What is to be seen, row by row."""
        width, height = self.app.size
        rows = self.app.screen._compositor.render_strips(self.app.size)
        return "\n".join(strip.text[:width].rstrip() for strip in rows[:height])

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def types(self, text: str) -> None:
        """Type a text and Enter, key by key."""
        await self.press(*(character_to_key(character) for character in text), "enter")

    async def bursts(self, text: str) -> None:
        """All of it at once, as a paste or a slow line has it; control codes are the keys that send them."""
        driver = self.app._driver
        assert driver is not None
        for character in text:
            key = _KEYS.get(character) or character_to_key(character)
            driver.send_message(events.Key(key, character))
        await self.pilot.pause()

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait for a condition; the screen is told where it doesn't come true."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < end, f"{what or 'it'} did not come true on\n{self.text}"
            await self.pilot.pause(0.02)

    async def sees(self, *texts: str) -> None:
        """Wait until all of these are to be seen."""
        await self.until(lambda: all(text in self.text for text in texts), f"seeing {texts}")

    async def opens(self, pod: str) -> None:
        """From the list of pods into one of them."""
        await self.press("slash", *pod, "enter")
        await self.sees(f"“{pod}”")
        await self.press("enter")
        await self.sees(f"demo/{pod}")


@dataclass
class StandingSession(Session):
    """A session whose clock may stand still."""

    at: datetime | None = None

    def now(self) -> datetime:
        return self.at or super().now()


@asynccontextmanager
async def staged(
    demo: RunningDemo,
    folder: Path,
    *words: str,
    labels: str = "",
    everywhere: bool = False,
    size: tuple[int, int] = (120, 36),
    read_only: bool = False,
    user: str = ADMIN,
    at: datetime | None = None,
) -> AsyncIterator[Stage]:
    """The dashboard on the demo's pods, or on those that the words name; `at` is when its clock stands still."""
    session = StandingSession(
        at=at,
        stdout=Stream(terminal=True),
        stderr=Stream(terminal=True),
        color="always",
        environ={"KUBECONFIG": str(demo.cluster.write_kubeconfig(folder / "config", user)), "HOME": str(folder)},
    )
    query = parse_query(list(words), labels, all_namespaces=everywhere)
    watch = PodWatch(session, query)
    try:
        await watch.begin()
        app = Dashboard(session, query, watch, read_only=read_only)
        async with app.run_test(size=size, notifications=True) as pilot:
            yield Stage(app, pilot)
    finally:
        await session.client().connection.close()
