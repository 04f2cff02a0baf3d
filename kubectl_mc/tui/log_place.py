"""Where a view of log lines stands: at a line by its number, or following the newest.

Rows are counted only of the lines around it, since a wrapped line, or a JSON line with its stack, has several.
"""

from collections.abc import Callable, Iterator

from kubectl_mc.tui.log_store import LogStore


class LogPlace:
    """The first row to be seen and the cursor, a whole line.

    Args:
        rows: how many rows a line has, by its number; at least one.
    """

    def __init__(self, store: LogStore, rows: Callable[[int], int]) -> None:
        self.following = True
        self.top = 0
        """The first line to be seen."""
        self.skip = 0
        """Rows of it that are above the edge."""
        self.cursor = 0
        self.height = 1
        self._store, self._rows = store, rows

    @property
    def last(self) -> int:
        """The newest line's number."""
        return max(self._store.first, self._store.end - 1)

    def settle(self) -> None:
        """Come to terms with lines that have come and gone, and with another height."""
        first = self._store.first
        if self.following:
            self.cursor = self.last
            self.top, self.skip = self._ending(self._store.end, self.height)
            return
        if self.top < first:
            self.top, self.skip = first, 0
        self.cursor = max(first, min(self.cursor, self.last))
        if self._store.end - self.top <= self.height:  # each line has at least a row: else there is enough below
            self.top, self.skip = min((self.top, self.skip), self._ending(self._store.end, self.height))
        if first <= self.top < self._store.end:
            self.skip = min(self.skip, self._rows(self.top) - 1)

    def seen(self) -> Iterator[tuple[int, int]]:
        """The rows to be seen, from the top: of which line, and which of its rows."""
        room, number, row = self.height, self.top, self.skip
        while room > 0 and number < self._store.end:
            for row in range(row, self._rows(number)):  # noqa: B020
                if room <= 0:
                    return
                yield number, row
                room -= 1
            number, row = number + 1, 0

    def pause(self) -> None:
        """Stay here."""
        self.settle()
        self.following = False

    def follow(self) -> None:
        """Go to the newest line, and on with it."""
        self.following = True
        self.settle()

    def scroll(self, rows: int) -> bool:
        """Move what is to be seen; the cursor stays in it. Whether the end is reached."""
        self.pause()
        self.skip += rows
        while self.skip < 0 and self.top > self._store.first:
            self.top -= 1
            self.skip += self._rows(self.top)
        self.skip = max(self.skip, 0)
        while self.top < self.last and self.skip >= self._rows(self.top):
            self.skip -= self._rows(self.top)
            self.top += 1
        limit = self._ending(self._store.end, self.height)
        at_end = (self.top, self.skip) >= limit
        if at_end:
            self.top, self.skip = limit
        seen = [number for number, _ in self.seen()] or [self.top]
        self.cursor = max(seen[0], min(self.cursor, seen[-1]))
        return at_end

    def move(self, lines: int) -> bool:
        """Move the cursor, and what is to be seen with it; whether it has come down to the newest line.

        A line that is higher than the screen is scrolled through first.
        """
        self.pause()
        if self._rows_beyond(lines):
            self.scroll(1 if lines > 0 else -1)
            return False
        self.cursor = max(self._store.first, min(self.cursor + lines, self.last))
        self.reveal()
        return lines > 0 and self.cursor == self.last and not self._rows_beyond(1)

    def stand(self, number: int) -> None:
        """Put the cursor on a line, in the middle of what is to be seen."""
        self.following = False
        if not self._store.shown:
            return
        self.cursor = max(self._store.first, min(number, self.last))
        self.top, self.skip = self._ending(self.cursor + 1, self.height // 2 + 1)
        if self._rows(self.cursor) > self.height // 2 + 1:
            self.top, self.skip = self.cursor, 0
        self.settle()

    def reveal(self) -> None:
        """Move what is to be seen to where the cursor is, no farther than it takes."""
        if not self._store.shown:
            return
        high = self._rows(self.cursor) > self.height
        if self.cursor < self.top or (self.cursor == self.top and self.skip and not high):
            self.top, self.skip = self.cursor, 0
            return
        least = self._ending(self.cursor + 1, self.height)
        if (self.top, self.skip) < least:
            self.top, self.skip = (self.cursor, 0) if high else least

    def _rows_beyond(self, step: int) -> bool:
        """Whether the cursor's line goes on beyond the edge, and is higher than the screen."""
        if not self._store.first <= self.cursor < self._store.end or self._rows(self.cursor) <= self.height:
            return False
        if step < 0:
            return self.cursor == self.top and self.skip > 0
        return (self.top, self.skip) < self._ending(self.cursor + 1, self.height)

    def _ending(self, end: int, room: int) -> tuple[int, int]:
        """The first line and the rows of it to skip, so that the line before `end` has its last row at the bottom."""
        number = end
        while number > self._store.first and room > 0:
            number -= 1
            room -= self._rows(number)
        return number, max(0, -room)
