"""A document as YAML whose parts can be folded."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from kubectl_mc.render.page import Line, Span, Style, line
from kubectl_mc.render.text import printable, width_of, wrapped
from kubectl_mc.tui.widgets.row_list import Row, RowList
from kubectl_mc.tui.yaml_rows import YamlRow, yaml_rows

_FOLDED = frozenset({"managedFields", "kubectl.kubernetes.io/last-applied-configuration"})
"""What is folded at first: long, and of use to hardly anybody."""
_BETWEEN = "\n"
"""Between the steps of a path in a row's key."""
_LEAST = 20


class YamlView(RowList):
    """Rows of a YAML text; Enter folds what is below a row, and unfolds it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Fold"),
        Binding("left,h", "fold", "Fold", show=False),
        Binding("right", "unfold", "Unfold", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._document: Mapping[str, Any] = {}
        self._paths: dict[str, tuple[str, ...]] = {}
        self._folded: set[tuple[str, ...]] = set()
        self._unfolded: set[tuple[str, ...]] = set()

    def show_document(self, document: Mapping[str, Any]) -> None:
        """Draw a document; what is folded stays so."""
        self._document = document
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def action_choose(self) -> None:
        self._fold(folded=not self._is_folded(self._path))

    def action_fold(self) -> None:
        """Fold what is below; where there is nothing, go to what it belongs to."""
        if len(self._path) > 1 and (self._is_folded(self._path) or not self._has_below(self._path)):
            self.choose(_BETWEEN.join(self._path[:-1]))
        else:
            self._fold(folded=True)

    def action_unfold(self) -> None:
        self._fold(folded=False)

    @property
    def _path(self) -> tuple[str, ...]:
        return self._paths.get(self.key, ())

    def _has_below(self, path: tuple[str, ...]) -> bool:
        return any(len(other) > len(path) and other[: len(path)] == path for other in self._paths.values())

    def _fold(self, *, folded: bool) -> None:
        path = self._path
        if folded and self._has_below(path):
            self._folded.add(path)
            self._unfolded.discard(path)
        elif not folded:
            self._folded.discard(path)
            self._unfolded.add(path)
        self._draw()

    def _draw(self) -> None:
        found = list(yaml_rows(self._document, self._is_folded))
        self._paths = {_BETWEEN.join(row.path): row.path for row in found}
        width = max(self.size.width - 1, _LEAST)
        self.show([Row(_BETWEEN.join(row.path), _drawn(row, width)) for row in found])

    def _is_folded(self, path: tuple[str, ...]) -> bool:
        return path in self._folded or (bool(path) and path[-1] in _FOLDED and path not in self._unfolded)


def _drawn(row: YamlRow, width: int) -> Sequence[Line]:
    """A row's lines: a long value goes on below, further in than its key."""
    head = printable(row.head)
    value = printable(row.value.replace("\t", "    "))
    below = Span(f"  … {row.below:,} lines" if row.below else "", Style.QUIET)
    gap = " " if head and value else ""
    indent = " " * (len(row.head or row.value) - len((row.head or row.value).lstrip(" ")) + 4)
    if width_of(head + gap + value) <= width:
        return [line(Span(head, Style.BUSY), gap + value, below)]
    room = max(width - len(indent), _LEAST)
    first, *rest = wrapped(value, max(width - width_of(head + gap), _LEAST))
    more = wrapped(" ".join(rest), room) if rest else []
    return [
        line(Span(head, Style.BUSY), gap + first),
        *(line(indent + text) for text in more[:-1]),
        *([line(indent + more[-1], below)] if more else []),
    ]
