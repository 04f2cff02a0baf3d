"""What happens when: actions at points of the cluster's time, run in order, without looking between them."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from math import inf

Action = Callable[[float], None]
"""Gets the time at which it runs."""


class Agenda:
    """A queue of actions by time; those of the same time run in the order in which they were added."""

    def __init__(self) -> None:
        self._queue: list[tuple[float, int, Action]] = []
        self._order = count()

    def at(self, when: float, action: Action) -> None:
        """Run `action` at `when`, or at the next occasion if that has passed."""
        heapq.heappush(self._queue, (when, next(self._order), action))

    @property
    def due(self) -> float:
        """When the next action is due; `inf` if there is none."""
        return self._queue[0][0] if self._queue else inf

    def pop(self) -> tuple[float, Action]:
        """Take the next action off."""
        when, _, action = heapq.heappop(self._queue)
        return when, action
