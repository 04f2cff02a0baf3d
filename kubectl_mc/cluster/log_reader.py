"""One container's log, read to its end, however often the stream breaks off: each line once, in its order."""

import asyncio
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby

from kubectl_mc.cluster.client import Client
from kubectl_mc.cluster.log_sink import Lines
from kubectl_mc.cluster.logs import LogRequest, Window, log_blocks, whole_second
from kubectl_mc.errors import ApiError, ConnectionLost, NotFound
from kubectl_mc.logs.intake import Intake
from kubectl_mc.logs.line import STAMP, Kind, any_marked, kind_of, message_of, sort_key, stamp_of
from kubectl_mc.logs.reach import Reach
from kubectl_mc.logs.resume import Anchor
from kubectl_mc.logs.source import Source
from kubectl_mc.logs.words import NO_WATCHER, NOT_KEPT

BACKOFF_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
BUSY = frozenset({429, 500, 502, 503, 504})
"""Answers after which the same request may succeed."""
GONE = frozenset({400, 404})
"""Answers that say that a log is no more."""
_TRIES = 5
_ANY_TAG = b"\x01\x01"


class Enough(Exception):
    """The log has come to where reading was to end."""


class Replaced(Exception):
    """What is being read belongs to another instance."""


class LogReader:
    """Reads one container's log into `lines`."""

    def __init__(self, client: Client, window: Window, source: Source, reach: Reach, tag: bytes, lines: Lines) -> None:
        self._client = client
        self._window = window
        self._source = source
        self._reach = reach
        self._lines = lines
        self._tag = tag
        self._intake = Intake(tag)
        self._anchor = Anchor()
        self._latest = b""
        """The time of the instance's line that was seen last."""
        self._since = reach.since.stamp if reach.since else b""
        self._until = reach.until.stamp if reach.until else b""
        self._begun = datetime.now(UTC)
        self.bounded = reach.bounded
        """Whether `since` and `tail` still hold: they are about the beginning alone."""
        self.moved = False
        """Whether the present stream has brought anything new: its break is then a first one again."""
        self.taken = 0
        """How many blocks have been passed on."""
        self.waits = True
        """Whether the next one has not come; else its lines find no room yet."""
        self.polls = False
        """Whether the node cannot tell when a log grows, so that it has to be asked again and again."""
        self._broken = False
        """Whether the last stream broke off, and nothing has come since."""
        self._cut = False
        """Whether there is no doubt about that: a log also ends a moment before the pod's status says why."""
        self._complaint = b""
        """The kubelet's own words that were passed on last."""
        self._reads_previous = False
        self._still: Callable[[], Awaitable[bool]] | None = None

    def next_instance(self) -> None:
        """What comes now is another instance's log."""
        self._anchor, self._latest = Anchor(), b""
        self.bounded = self._reads_previous = False
        self._broken = self._cut

    async def follow(self, still: Callable[[], Awaitable[bool]]) -> None:
        """One followed stream to its end, what is new of it.

        Args:
            still: whether the same instance is there; asked when lines seem to be missing.

        Raises:
            ApiError, ConnectionLost: it broke off; call again to go on.
            Replaced: the log is another instance's by now.
        """
        self.moved, self.waits, self._still = False, True, still
        try:
            await self._pass(self._request(follow=not self.polls))
        finally:
            self._still = None

    def broke(self, *, badly: bool, cut: bool = True) -> None:
        """The stream is to be taken up again where it stopped.

        Args:
            badly: whether it was not to end there, as far as is known.
            cut: whether it broke off; one that came to an end did so only if there is more.
        """
        self._broken = self._broken or badly
        self._cut = self._cut or (badly and cut)
        self._intake.drop()
        self._anchor.resume()

    def lost(self) -> None:
        """What may have come after the last line can never be read."""
        self._lines.gap(certain=self._cut)
        self._broken = self._cut = False

    async def whole(self, *, previous: bool = False, tail: int | None = None) -> None:
        """The log as far as it goes.

        Args:
            previous: of the instance before the present one.
            tail: so many lines of it.

        Raises:
            ApiError, ConnectionLost: it cannot be read.
            Enough: `until` is reached.
        """
        self._reads_previous = previous
        for attempt in range(_TRIES):
            try:
                await self._pass(self._request(previous=previous, tail=tail))
            except (ApiError, ConnectionLost) as error:
                if attempt == _TRIES - 1 or (isinstance(error, ApiError) and error.code not in BUSY):
                    self._intake.drop()
                    raise
                self.broke(badly=True)
                await asyncio.sleep(BACKOFF_SECONDS[attempt])
            else:
                return

    async def blocks(self, *, previous: bool = False) -> list[bytes]:
        """What `whole` would read, held in memory; a node keeps 10 MiB of an instance by default."""
        return [block async for block in self._stream(self._request(previous=previous))]

    async def last(self, count: int, *, previous: bool = False) -> list[bytes]:
        """The last lines within the bounds; for `tail` before an end that the server knows nothing of.

        Raises:
            ApiError, ConnectionLost: it cannot be read.
        """
        self._reads_previous = previous
        found: deque[bytes] = deque(maxlen=count)
        intake = Intake(self._tag)

        def take(lines: list[bytes]) -> bool:
            for line in lines:
                if kind_of(line) is not Kind.LOG:
                    self._said([line])
                elif self._until and line[:STAMP] > self._until:
                    return False
                elif line[:STAMP] >= self._since:
                    found.append(line)
            return True

        request = replace(self._request(previous=previous), tail=None)
        async with aclosing(self._stream(request)) as blocks:
            async for block in blocks:
                if not take(intake.take(block)):
                    return list(found)
        take(intake.end())
        return list(found)

    def knows(self, blocks: list[bytes]) -> bool:
        """Whether what was held has the line that was seen last; also where none has been."""
        if not self._latest:
            return True
        lines = Intake(_ANY_TAG).take(b"".join(blocks) + b"\n")
        return any(stamp_of(line) == self._latest for line in lines)

    async def rest(self) -> bool:
        """Pass on what follows the line that was seen last, from the log that has it; False where none has."""
        for previous in (False, True) if self._latest else ():
            try:
                blocks = await self.blocks(previous=previous)
            except ApiError as error:
                if error.code in GONE:
                    continue
                raise
            if self.knows(blocks):
                await self.put(blocks, complete=True)
                return True
        return False

    async def is_previous(self) -> bool:
        """Whether what was seen last is in the previous instance's log by now. A pod's status says so later."""
        try:
            return bool(self._latest) and self.knows(await self.blocks(previous=True))
        except ApiError as error:
            if error.code in GONE:
                return False
            raise

    def lacks(self, blocks: list[bytes]) -> bool:
        """Whether what was held is no log, but that there is none any more, of an instance that was read before."""
        return self._anchor.since is not None and bool(blocks) and blocks[0].startswith(NOT_KEPT)

    async def put(self, blocks: list[bytes], *, complete: bool) -> None:
        """Pass on what was held; where more is to come, a last line without its break comes again with it."""
        self.bounded = False
        for block in blocks:
            await self._new(self._intake.take(block))
        if complete:
            await self._new(self._intake.end())
        else:
            self._intake.drop()
            self._anchor.resume()

    def drop(self) -> None:
        """Nothing more comes of a line that has begun."""
        self._intake.drop()

    async def _pass(self, request: LogRequest) -> None:
        async with aclosing(self._stream(request)) as blocks:
            async for block in blocks:
                self.waits = False
                await self._new(self._intake.take(block))
                self.waits = True
                self.taken += 1
        await self._new(self._intake.end())

    def _stream(self, request: LogRequest) -> AsyncGenerator[bytes]:
        return log_blocks(self._client, request, self._window)

    async def _new(self, lines: list[bytes]) -> None:
        if not any_marked(lines):
            await self._log(lines)
            return
        for is_log, group in groupby(lines, lambda line: kind_of(line) is Kind.LOG):
            if is_log:
                await self._log(list(group))
            else:
                self._said(list(group))

    async def _log(self, lines: list[bytes]) -> None:
        if not lines:
            return
        fresh, gap = self._anchor.new(lines)
        if gap:
            if self._still is not None and (not await self._still() or await self.is_previous()):
                raise Replaced
            self._broken = self._cut = False
            self._lines.gap()
        elif self._broken and (fresh or self._cut):
            self._broken = self._cut = False
            self._lines.resumed()
        if not fresh:
            return
        self.moved, self._complaint = True, b""
        self._anchor.saw(fresh)
        self._latest = stamp_of(fresh[-1])
        if self._since and fresh[0] < self._since:
            fresh = fresh[bisect_left(fresh, self._since, key=sort_key) :]
        enough = bool(self._until and fresh and fresh[-1][:STAMP] > self._until)
        if enough:
            fresh = fresh[: bisect_right(fresh, self._until, key=sort_key)]
        if fresh:
            await self._lines.lines(fresh)
        if enough:
            raise Enough

    def _said(self, lines: list[bytes]) -> None:
        """The kubelet's words, once while it repeats them."""
        for line in lines:
            message = message_of(line)
            if self._reads_previous and NOT_KEPT in message:
                # It was removed a moment ago, while the pod's status still has it.
                raise NotFound("the kubelet no longer has the log of the instance before", code=404)
            self.polls = self.polls or NO_WATCHER in message
            if message != self._complaint:
                self._complaint = message
                self._lines.said(line)

    def _request(self, *, follow: bool = False, previous: bool = False, tail: int | None = None) -> LogRequest:
        source, reach, since = self._source, self._reach, self._anchor.since
        if since is None and self.bounded:
            # The kubelet takes whole seconds; the rest is sifted here.
            since, tail = whole_second(reach.since.time) if reach.since else None, reach.tail if tail is None else tail
            if tail == 0 and self._broken:
                since, tail = whole_second(self._begun), None  # what was written since then has not come yet
        return LogRequest(
            source.namespace,
            source.pod,
            source.container,
            follow=follow,
            previous=previous,
            since=since,
            tail=tail,
        )
