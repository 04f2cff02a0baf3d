"""The help tells of every key that works anywhere in the dashboard."""

import asyncio
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.app import App
from textual.binding import Binding
from textual.widget import Widget

from kubectl_mc import tui
from kubectl_mc.demo.server import RunningDemo
from kubectl_mc.tui.screens.help import KEYS
from tests.tui.stage import staged

UNDERSTOOD = {"escape", "enter", "q", "ctrl+c", "down", "up"}
"""Leaving and moving are the same in every list, dialog and line that is typed into."""
WRITTEN = {
    "question_mark": "?",
    "slash": "/",
    "ampersand": "&",
    "at": "@",
    "space": "Space",
    "tab": "Tab",
    "home": "Home",
    "end": "End",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "shift+pageup": "shift+PgUp",
    "shift+pagedown": "PgDn",
    "ctrl+pageup": "ctrl+PgUp",
    "ctrl+pagedown": "ctrl+PgDn",
    "ctrl+right_square_bracket": "^]",
}


def _classes() -> Iterator[type[App[object] | Widget]]:
    """All screens and widgets of the dashboard, and itself."""
    for found in pkgutil.walk_packages(tui.__path__, f"{tui.__name__}."):
        module = importlib.import_module(found.name)
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, App | Widget) and each.__module__ == module.__name__:
                yield each


def _bindings() -> Iterator[tuple[str, str]]:
    for each in _classes():
        for binding in vars(each).get("BINDINGS", ()):
            assert isinstance(binding, Binding)
            for key in binding.key.split(","):
                yield each.__name__, key


@pytest.mark.parametrize(("owner", "key"), sorted(set(_bindings())))
def test_every_key_is_in_the_help(owner: str, key: str) -> None:
    written = WRITTEN.get(key, key)
    words = {word for keys in KEYS.values() for names, _ in keys for word in names.replace(",", " ").split()}
    if key.isdigit():
        assert {"1", "…", "9"} <= words
        return
    assert written in words or key in UNDERSTOOD, f"{owner}: {written}"


def test_the_palette_offers_what_can_be_done_now(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path) as stage:
            keys = {command.title: command.help for command in stage.app.get_system_commands(stage.app.screen)}
            assert (keys["Quit"], keys["Show all pods again"]) == ("key: q", "key: esc")
            offered = set(keys)
            assert {"Namespace", "Context", "Theme", "Order", "Filter", "Help", "Quit"} <= offered
            await stage.opens("webapp-with-logging")
            offered = {command.title for command in stage.app.get_system_commands(stage.app.screen)}
            assert {"Shell", "Attach", "Delete", "Doctor", "YAML", "Namespace"} <= offered
            await stage.press("ctrl+p", *"doctor", "enter")
            await stage.sees("nothing is wrong")

    asyncio.run(work())


def test_the_palette_of_read_only_enters_and_deletes_nothing(shared_demo: RunningDemo, tmp_path: Path) -> None:
    async def work() -> None:
        async with staged(shared_demo, tmp_path, read_only=True) as stage:
            await stage.opens("webapp-with-logging")
            offered = {command.title for command in stage.app.get_system_commands(stage.app.screen)}
            assert "Doctor" in offered
            assert not offered & {"Shell", "Attach", "Delete"}

    asyncio.run(work())
