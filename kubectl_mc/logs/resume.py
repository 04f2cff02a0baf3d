"""Where a log was broken off, and how the rest is told from what has been shown already."""

from kubectl_mc.logs.line import MESSAGE, stamp_of

_SECOND = len(b"2026-01-01T00:00:00")


class Anchor:
    """Remembers the lines of a source's last second: with them its log begins anew after a break.

    The kubelet takes whole seconds and sends everything of that second again, so those lines, and not one more, have
    to come first. Identical lines are told apart by their place.
    """

    def __init__(self) -> None:
        self._blocks: list[list[bytes]] = []
        """What has gone on its way, as far as it may be of the last second."""
        self._second = b""
        self._expected: list[tuple[bytes, bytes]] = []
        self._found = False

    @property
    def since(self) -> str | None:
        """What to ask for as sinceTime; None while no line has come."""
        return f"{self._second.decode()}Z" if self._second else None

    def saw(self, lines: list[bytes]) -> None:
        """Lines that have gone on their way."""
        if not lines:
            return
        second = lines[-1][:_SECOND]
        if second != self._second:
            self._blocks = []
        self._blocks.append(lines)
        self._second = second

    def resume(self) -> None:
        """The log is about to come again, from `since` on."""
        seen = [line for lines in self._blocks for line in lines if line[:_SECOND] >= self._second]
        self._blocks = [seen] if seen else []
        self._expected = [_identity(line) for line in seen if stamp_of(line)[:_SECOND] >= self._second]
        self._found = False

    def new(self, lines: list[bytes]) -> tuple[list[bytes], bool]:
        """Those of the lines that have not been seen, and whether some are missing before them."""
        for index, line in enumerate(lines):
            if not self._expected:
                return lines[index:] if index else lines, False
            identity = _identity(line)
            if identity == self._expected[0]:
                del self._expected[0]
                self._found = True
            elif self._found or identity[0] > self._expected[0][0]:
                # Rotated away or truncated: what is later than all that was seen is new, and something may be missing.
                last = max(stamp for stamp, _ in self._expected)
                self._expected = []
                return [line for line in lines[index:] if stamp_of(line) > last], True
            # else a line of the same second, from before the first that was asked for
        return [], False


def _identity(line: bytes) -> tuple[bytes, bytes]:
    return stamp_of(line), line[MESSAGE:]
