"""Keys one after another: each goes to what has the keyboard once all is done that the ones before it have asked for.

Textual hands a key on at once and lets it climb from queue to queue until a binding takes it, so that of a burst the
second key would be a command of what the first has just left.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.widgets import Input

_ROUNDS = 3
"""What a key sets off goes upwards as messages that set off others: an Input's, then its prompt's, then the action."""
_PATIENCE_SECONDS = 1.0
"""A widget that is being removed never answers, and one may wait for its cluster: then the next key goes on."""


class KeysInTurn:
    """Takes keys and pastes as they come, and hands them on in turn.

    Args:
        hand_on: what the app does with a key.
    """

    def __init__(self, app: App[int], hand_on: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app, self._hand_on = app, hand_on
        self._waiting: deque[events.Event] = deque()
        self._settling: asyncio.Task[None] | None = None

    async def take(self, event: events.Event) -> None:
        """One more; handed on now if nothing is being done."""
        self._waiting.append(event)
        await self._next()

    def end(self) -> None:
        """Nothing is handed on any more."""
        self._waiting.clear()
        if self._settling is not None:
            self._settling.cancel()

    async def _next(self) -> None:
        while self._waiting and self._settling is None:
            event = self._waiting.popleft()
            target = self._app.focused or self._app.screen
            kept = _keeps(target, event)
            await self._hand_on(event)
            if not kept:
                self._settling = asyncio.create_task(self._settle(target))

    async def _settle(self, target: DOMNode) -> None:
        """Wait until everybody has come to an end with a key that went to this target, and a new screen is there."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                for _ in range(_ROUNDS):
                    for node in (
                        *target.ancestors_with_self,
                        *(self._app.focused or self._app.screen).ancestors_with_self,
                    ):
                        await _answer(node)
        except TimeoutError:
            pass
        self._settling = None
        self._app.call_later(self._next)


async def _answer(pump: MessagePump) -> None:
    """What stood in its queue is done."""
    answered = asyncio.Event()
    if pump.call_later(answered.set):
        await answered.wait()


def _keeps(target: DOMNode, event: events.Event) -> bool:
    """Whether a key stays where it goes and changes nothing else: a letter in a line, most of a session's."""
    if isinstance(target, Input):
        return isinstance(event, events.Paste) or (isinstance(event, events.Key) and event.is_printable)
    keeps: Callable[[events.Event], bool] | None = getattr(target, "keeps", None)
    return keeps is not None and keeps(event)
