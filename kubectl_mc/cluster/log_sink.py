"""Where what is found in logs goes: the ports between those who read a log and those who show it."""

from typing import Protocol

from kubectl_mc.errors import McError
from kubectl_mc.model.pod import Container, ContainerState


class Lines(Protocol):
    """Where what was read goes, in its order."""

    async def lines(self, lines: list[bytes]) -> None:
        """Lines of the log; returns when there is room for more."""

    def gap(self, *, certain: bool = True) -> None:
        """Lines are missing here, or may be: the kubelet no longer has them."""

    def resumed(self) -> None:
        """The stream had broken off and goes on where it stopped."""

    def said(self, line: bytes) -> None:
        """The kubelet's own words in place of the log."""


class Sink(Lines, Protocol):
    """Where a tail's findings go, in their order."""

    def ended(self, container: Container, state: ContainerState, *, last: bool = False) -> None:
        """The instance whose lines came last has ended; `last`: no other one comes after it."""

    def started(self, container: Container, last: ContainerState | None, missed: int) -> None:
        """Another instance begins after one that ended as `last`; `missed` ones before it could not be read."""

    def trouble(self, error: McError) -> None:
        """This source cannot be read for now; it is tried again."""

    def failed(self, error: McError) -> None:
        """This source cannot be read."""
