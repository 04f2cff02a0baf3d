"""What came of one container's log, for a summary at the end."""

from dataclasses import dataclass

from kubectl_mc.logs.line import stamp_of


@dataclass
class Tally:
    """Counts of one source while it is read."""

    lines: int = 0
    """All that were read, whatever a filter lets through."""
    first: bytes = b""
    """The time of the first line; empty while there is none."""
    last: bytes = b""
    restarts: int = 0
    """Instances that began while it was read."""
    missed: int = 0
    """Instances that could not be read."""
    gaps: int = 0
    resumed: int = 0
    """Streams that broke off and were taken up again where they had stopped."""
    exit_code: int | None = None
    """How the last instance ended that did."""
    ended_at: bytes = b""

    def took(self, lines: list[bytes]) -> None:
        """Lines in their order, at least one."""
        self.lines += len(lines)
        self.first = self.first or stamp_of(lines[0])
        self.last = stamp_of(lines[-1])
