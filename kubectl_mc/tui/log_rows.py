"""Log lines made into rows of a screen: only those that are asked for, and each once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from kubectl_mc.logs.highlight import Highlight, Pattern
from kubectl_mc.logs.line import source_tag
from kubectl_mc.logs.machine import Name
from kubectl_mc.logs.show import Look, Show
from kubectl_mc.logs.stamps import Stamps
from kubectl_mc.tui.ansi import strip_of_row, wrapped
from kubectl_mc.tui.contrast import Grounds, readable
from kubectl_mc.tui.log_store import LogStore

_ROW_BYTES = 64 * 1024
"""Of a longer row only the beginning is drawn; it is copied and saved whole."""
_REMEMBERED = 1000
"""Lines whose rows are remembered: several screens of them."""
_COUNT = Style(dim=True, bold=True)


class LogRows:
    """The rows of a store's lines, as wide as the screen."""

    def __init__(self, store: LogStore) -> None:
        self.left = 0
        """Columns that are beyond the left edge."""
        self.wrap = False
        self._store = store
        self._look = Look(terminal=True, structured=True, colors=True)
        self._show: Show | None = None
        self._tags: frozenset[bytes] = frozenset()
        self._made_for: object = None
        self._made: dict[int, tuple[int, Sequence[Strip]]] = {}
        self._width, self._base = 80, Style.null()
        self._grounds: Grounds | None = None

    @property
    def times(self) -> bool:
        """Whether each line's time is shown."""
        return self._look.stamps is not None

    def set_times(self, *, shown: bool) -> None:
        self._look = replace(self._look, stamps=Stamps("short", None) if shown else None)

    def set_search(self, pattern: Pattern | None) -> None:
        """Mark what matches from now on."""
        self._look = replace(self._look, highlight=Highlight(pattern) if pattern is not None else None)

    def fit(self, width: int, base: Style, grounds: Grounds | None = None) -> None:
        """Make rows for this width, on this ground, and such that they can be read on all these grounds."""
        # A container that has joined may have made all prefixes wider.
        sources = self._store.sources
        made_for = (width, base, grounds, self.left, self.wrap, tuple(sources), self._store.generation, self._look)
        if made_for != self._made_for:
            self._made_for, self._made = made_for, {}
            self._width, self._base, self._grounds = max(width, 1), base, grounds
            self._join(sources)

    def of(self, number: int) -> Sequence[Strip]:
        """A line's rows, at least one."""
        count = self._store.count(number)
        made = self._made.get(number)
        if made is not None and made[0] == count:
            return made[1]
        if len(self._made) >= _REMEMBERED:
            self._made.clear()
        rows = self._rows(self._store.line(number), count)
        self._made[number] = count, rows
        return rows

    def _join(self, sources: Mapping[bytes, tuple[Name, int]]) -> None:
        self._tags = frozenset(sources)
        self._show = Show(self._look)
        for tag, (name, place) in sources.items():
            self._show.joined(tag, name, place)

    def _rows(self, line: bytes, count: int) -> Sequence[Strip]:
        if source_tag(line) not in self._tags:  # it has joined since the last frame, which `fit` will take note of
            self._join(self._store.sources)
        assert self._show is not None
        rows: list[Strip] = []
        for number, row in enumerate(self._show.text([line]).split(b"\n")[:-1]):
            strip = strip_of_row(row[:_ROW_BYTES], self._base, self._grounds)
            if (more := len(row) - _ROW_BYTES) > 0:
                strip = Strip.join([strip, self._word(f" … {more:,} more bytes")])
            mark = self._word(f" ×{count:,}") if count > 1 and not number else None
            rows += self._broken(strip, mark) if self.wrap else [self._cropped(strip, mark)]
        return rows

    def _broken(self, strip: Strip, mark: Strip | None) -> Sequence[Strip]:
        return wrapped(strip if mark is None else Strip.join([strip, mark]), self._width)

    def _cropped(self, strip: Strip, mark: Strip | None) -> Strip:
        """The part that is to be seen; the count stands behind it, or at the edge."""
        if mark is None:
            return strip.crop(self.left, self.left + self._width)
        seen = strip.crop(self.left, self.left + max(self._width - mark.cell_length, 0))
        return Strip.join([seen, mark])

    def _word(self, text: str) -> Strip:
        style = readable(_COUNT, self._grounds) if self._grounds is not None else _COUNT
        return Strip([Segment(text, self._base + style)])
