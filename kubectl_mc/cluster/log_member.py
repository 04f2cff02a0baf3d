"""A container whose log a hub reads: what is known of it, and what its tail finds, put into words."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from kubectl_mc.errors import McError
from kubectl_mc.logs import words
from kubectl_mc.logs.line import Kind, message_of
from kubectl_mc.logs.reach import Reach
from kubectl_mc.logs.source import Source
from kubectl_mc.logs.tally import Tally
from kubectl_mc.model.pod import Container, ContainerState
from kubectl_mc.model.restarts import latest_end


@dataclass(frozen=True)
class Member:
    """A container in the hub, or, without one, its pod as a whole."""

    number: int
    tag: bytes
    source: Source
    container: Container | None
    place: int = 0
    """The container's place in its pod."""
    tally: Tally = field(default_factory=Tally)


class Stream(Protocol):
    """What a member's findings go into."""

    reach: Reach

    async def take(self, member: Member, lines: list[bytes]) -> None:
        """Lines of a source; returns when there is room for more of it."""

    def tell(self, member: Member, kind: Kind, message: str, at: datetime | None = None, *, last: bool = False) -> None:
        """A word among a source's lines, or behind the last of them."""

    def fail(self, source: Source, error: McError) -> None:
        """A source cannot be read."""

    def note(self, text: str) -> None:
        """What a person should know and what is no part of the stream."""


class MemberSink:
    """A tail's findings, with words for what is no line."""

    def __init__(self, stream: Stream, member: Member) -> None:
        self._stream, self._member = stream, member

    async def lines(self, lines: list[bytes]) -> None:
        await self._stream.take(self._member, lines)

    def ended(self, container: Container, state: ContainerState, *, last: bool = False) -> None:
        tally = self._member.tally
        tally.exit_code = state.exit_code
        self._tell(Kind.LIFECYCLE, words.ended(container, state), state.finished_at, last=last)

    def started(self, container: Container, last: ContainerState | None, missed: int) -> None:
        tally = self._member.tally
        tally.restarts += 1
        tally.missed += missed
        began = latest_end(container) or container.state
        # What could not be started has no beginning, but an end.
        at = began.started_at or began.finished_at
        self._tell(Kind.LIFECYCLE, words.restarted(container, last, missed), at)

    def gap(self, *, certain: bool = True) -> None:
        self._member.tally.gaps += 1
        self._tell(Kind.GAP, words.GAP if certain else words.PERHAPS)

    def resumed(self) -> None:
        self._member.tally.resumed += 1
        self._stream.note(words.RESUMED)

    def said(self, line: bytes) -> None:
        self._tell(Kind.ERROR, message_of(line).decode(errors="replace"))
        if words.NO_WATCHER in message_of(line):
            self._stream.note(words.POLLING)

    def trouble(self, error: McError) -> None:
        self._stream.note(f"{self._member.source}: {error.message}; trying again")

    def failed(self, error: McError) -> None:
        self._stream.fail(self._member.source, error)

    def _tell(self, kind: Kind, message: str, at: datetime | None = None, *, last: bool = False) -> None:
        if at is None or self._stream.reach.covers(at):
            self._stream.tell(self._member, kind, message, at, last=last)
