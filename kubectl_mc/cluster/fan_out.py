"""One command in many containers at once: its output as whole lines, and how it ended in each of them."""

import asyncio
import contextlib
import resource
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.entries import now_of
from kubectl_mc.cluster.logs import Window
from kubectl_mc.cluster.refusals import Refusals
from kubectl_mc.cluster.remote import Channel, RemoteRequest, open_remote
from kubectl_mc.errors import ApiError, ConnectionLost, Forbidden, McError
from kubectl_mc.logs.line import STAMP, TAGS, Plain, tag_of
from kubectl_mc.logs.source import Source
from kubectl_mc.model.entry import Entry, gone_words
from kubectl_mc.model.signals import signal_of_exit

LONGEST_LINE = 16 << 20
"""Bytes. A line that never ends must not fill the memory."""
_HEAD = b"0" * STAMP + b" "
"""In place of a line's time: lines are shown as they come."""
_LAST_WORDS_SECONDS = 0.5
_GOODBYE_SECONDS = 1.0
_SPARE_FILES = 64
"""Open files beside the sessions' connections."""
_KILLED = 137


@dataclass(frozen=True, slots=True)
class End:
    """How the command ended in a container."""

    entry: Entry
    code: int
    why: str = ""
    """What the number doesn't say."""
    error: McError | None = None
    """Why the command could not be run, or not be watched to its end."""

    @property
    def forbidden(self) -> bool:
        """Whether a permission is missing, which has been said then."""
        return isinstance(self.error, Forbidden)


def source_of(entry: Entry) -> Source:
    """What a container is known by."""
    return Source(entry.pod.uid, entry.pod.namespace, entry.pod.name, entry.container.name)


class Output(Protocol):
    """Where a fan-out's lines go."""

    def joined(self, tag: bytes, entry: Entry) -> None:
        """Another container, before the first line of any."""

    async def emit(self, channel: Channel, lines: list[bytes]) -> None:
        """Lines of STDOUT or STDERR. What it doesn't return from is not read on: a slow reader costs no memory."""

    def note(self, text: str) -> None:
        """What a person should know and what is no line."""


class FanOut:
    """Runs a command in containers; `begun` and `ends` say how far it has come, also after an interruption."""

    def __init__(self, client: Client, command: tuple[str, ...], output: Output) -> None:
        self._client = client
        self._command = command
        self._output = output
        self._window = Window()
        self._refusals = Refusals(output.note)
        self.begun: set[Source] = set()
        self.ends: dict[Source, End] = {}

    async def run(self, entries: Iterable[Entry]) -> None:
        """Until the command has ended in all of them; one that fails is no concern of the others.

        Raises:
            OSError: the output takes no more.
        """
        tagged = [(entry, tag_of(number % TAGS)) for number, entry in enumerate(entries)]
        for entry, tag in tagged:
            self._output.joined(tag, entry)
        _make_room(len(tagged), self._output)
        tasks = [asyncio.create_task(self._one(entry, tag)) for entry, tag in tagged]
        try:
            await asyncio.gather(*tasks)
        finally:
            await _ended(tasks)
            self._refusals.say()

    async def _one(self, entry: Entry, tag: bytes) -> None:
        lines = {channel: _Lines(tag) for channel in (Channel.STDOUT, Channel.STDERR)}
        try:
            end = await self._end_of(entry, lines)
        except asyncio.CancelledError:
            # Nobody may be reading: what has come of a line gets a moment, and no more.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LAST_WORDS_SECONDS):
                    await self._finish(lines)
            raise
        await self._finish(lines)
        self.ends[source_of(entry)] = end

    async def _end_of(self, entry: Entry, lines: dict[Channel, "_Lines"]) -> End:
        try:
            code = await self._session(entry, lines)
        except ConnectionLost as error:
            return End(entry, error.exit_code, await self._fate(entry) or error.message, error)
        except McError as error:
            if isinstance(error, Forbidden):
                self._refusals.add(source_of(entry), error)
            return End(entry, error.exit_code, error.message, error)
        why = await self._fate(entry) if code == _KILLED else ""
        return End(entry, code, why or signal_of_exit(code, None) or "")

    async def _session(self, entry: Entry, lines: dict[Channel, "_Lines"]) -> int:
        """The exit code, when every line has gone out but the unfinished ones."""
        request = RemoteRequest(entry.pod.namespace, entry.pod.name, entry.container.name, self._command)
        # So many begin at a time, which a node's runtime notices; what takes long makes place for others.
        async with self._window.place(), open_remote(self._client, request) as remote:
            self.begun.add(source_of(entry))
            while (piece := await remote.read()) is not None:
                channel, data = piece
                if found := lines[channel].take(data):
                    await self._output.emit(channel, found)
                elif lines[channel].too_long:
                    self._output.note(f"lines of more than {LONGEST_LINE >> 20} MiB are broken")
                    await self._output.emit(channel, lines[channel].end())
            return remote.exit_code

    async def _finish(self, lines: dict[Channel, "_Lines"]) -> None:
        """Last lines without a break."""
        for channel, own in lines.items():
            if rest := own.end():
                await self._output.emit(channel, rest)

    async def _fate(self, entry: Entry) -> str:
        """What has become of a container whose session ended without the command's doing; empty for nothing."""
        try:
            async with self._window.place():
                after = await now_of(self._client, entry)
        except (ApiError, ConnectionLost):
            return ""
        return gone_words(entry, after, datetime.now(UTC))


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    """End what has not ended; a server that goes on sending gets no more than a moment."""
    for task in tasks:
        task.cancel()
    done, _ = await asyncio.wait(tasks, timeout=_GOODBYE_SECONDS) if tasks else (set(), set())
    for task in done:
        if not task.cancelled():
            task.exception()  # the first one is raised already


class _Lines:
    """Cuts one stream of a container into lines in the form of `logs.line`."""

    def __init__(self, tag: bytes) -> None:
        self._tag = tag
        self._rest = bytearray()

    @property
    def too_long(self) -> bool:
        """Whether a line is not to be waited for any longer."""
        return len(self._rest) > LONGEST_LINE

    def take(self, data: bytes) -> list[bytes]:
        """The lines that are completed; what follows the last line break waits."""
        end = data.rfind(b"\n")
        if end < 0:
            self._rest += data
            return []
        whole = bytes(self._rest) + data[:end]
        self._rest = bytearray(data[end + 1 :])
        return self._lines(whole)

    def end(self) -> list[bytes]:
        """What waits, as a line."""
        whole, self._rest = bytes(self._rest), bytearray()
        return self._lines(whole) if whole else []

    def _lines(self, whole: bytes) -> list[bytes]:
        return Plain((_HEAD + whole.replace(b"\n", self._tag + b"\n" + _HEAD) + self._tag).split(b"\n"))


def _make_room(count: int, output: Output) -> None:
    """A session is an open file to the system: allow as many as there may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wished = count + _SPARE_FILES
    if soft == resource.RLIM_INFINITY or wished <= soft:
        return
    most = wished if hard == resource.RLIM_INFINITY else min(wished, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    if wished > most:
        output.note(
            f"the command is to run in more containers than this process may open files ({hard}), and in some it will "
            "fail: raise the limit (ulimit -Hn), or choose fewer containers"
        )
