"""A pod's logs, read into a store."""

import asyncio
import asyncio.constants
from collections.abc import Callable
from itertools import chain, repeat

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.log_member import Member
from kubectl_mc.cluster.log_reader import BACKOFF_SECONDS
from kubectl_mc.cluster.log_run import LogRun, Question
from kubectl_mc.errors import ConnectionLost, McError
from kubectl_mc.logs.choice import Choice
from kubectl_mc.logs.line import batches
from kubectl_mc.logs.machine import Name
from kubectl_mc.logs.reach import Reach
from kubectl_mc.model.pod import Pod
from kubectl_mc.model.resources import PODS
from kubectl_mc.model.targets import Query, Target
from kubectl_mc.tui.attention import Attention
from kubectl_mc.tui.log_store import LogStore

# What a paused reader finds, in KiB, is decrypted in one go: 256 of it, in chunks, take 6 ms, in which no key is heard.
# Where nobody presses keys, less makes a command that reads logs a twelfth slower.
asyncio.constants.FLOW_CONTROL_HIGH_WATER_SSL_READ = 64  # type: ignore[misc]

_BATCH = 2_000
"""Lines that are taken in at a time: some 5 ms."""
_ROOM_BYTES = 256 << 10
"""What may have been read and is not taken in: when that pauses, reading is to pause as well."""
_PAUSE_SECONDS = 0.002
"""Between batches all else has its turn."""


class LogSource:
    """Reads all containers of a pod into a store, for as long as `run` runs.

    Args:
        grew: called when the store has changed.
        said: told what a person should know and what is no part of the stream.
        attention: nothing is taken in while a key is on its way.
    """

    def __init__(
        self, store: LogStore, grew: Callable[[], None], said: Callable[[str], None], attention: Attention
    ) -> None:
        self._store, self._grew, self._said = store, grew, said
        self._attention = attention
        self._lost = False
        """Whether it has been said that nothing can be asked."""

    async def run(self, client: Client, pod: Pod, *, previous: bool, tail: int | None) -> None:
        """Read, and go on with what comes; while nothing can be asked, try again."""
        query = Query((Target(PODS, pod.name),))
        reach = Reach(follow=not previous, previous=previous, tail=tail)
        question = Question(query, Choice(), reach, events=True, room=_ROOM_BYTES)
        pauses = chain(BACKOFF_SECONDS, repeat(BACKOFF_SECONDS[-1]))
        while True:
            try:
                await LogRun(client.within(pod.namespace), question, self).run()
            except ConnectionLost as error:  # before the first line: what breaks off later the run takes up itself
                self._lost = True
                self._said(f"{error.message}; trying again")
                await asyncio.sleep(next(pauses))
            except McError as error:
                self._said(error.message)
                if error.hint:
                    self._said(f"hint: {error.hint}")
                return
            else:
                return

    def joined(self, member: Member) -> None:
        if self._lost:
            self._lost = False
            self._said("")
        source = member.source
        self._store.joined(member.tag, Name(source.namespace, source.pod, source.container), member.place)

    async def emit(self, lines: list[bytes]) -> None:
        for batch in batches(lines, _BATCH):
            self._store.add(batch)
            self._grew()
            await asyncio.sleep(_PAUSE_SECONDS)
            await self._attention.give_way()

    def note(self, text: str) -> None:
        self._said(text)
