"""Why logs cannot be read, said once for all the containers that have the same reason."""

import asyncio
from collections.abc import Callable

from kubectl_mc.errors import McError
from kubectl_mc.logs.source import Source

_GATHER_SECONDS = 0.2
"""Who may not read one container's log may not read the others', and they are all asked for at once."""
_NAMED = 3


class Refusals:
    """Gathers failures until none has come for a moment, and says those of a kind together."""

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self._gathered: dict[str, list[tuple[Source, McError]]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, source: Source, error: McError) -> None:
        """A source cannot be read."""
        # The hint to a missing permission names the verb, the resource and the namespace; the message the pod, too.
        self._gathered.setdefault(error.hint or error.message, []).append((source, error))
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(_GATHER_SECONDS, self.say)

    def say(self) -> None:
        """Say what has been gathered."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        gathered, self._gathered = self._gathered, {}
        for refused in gathered.values():
            names = sorted(str(source) for source, _ in refused)
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            _, error = refused[0]
            self._note(f"{', '.join(names[:_NAMED])}{more}: {error.message}")
            if error.hint:
                self._note(f"hint: {error.hint}")
