"""A document as YAML whose parts can be folded."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from kubectl_mc.render.page import Line, Span, Style, line
from kubectl_mc.render.text import printable
from kubectl_mc.tui.widgets.row_list import Row, RowList

_FOLDED = frozenset({"managedFields", "kubectl.kubernetes.io/last-applied-configuration"})
"""What is folded at first: long, and of use to hardly anybody."""


class YamlView(RowList):
    """Rows of a YAML text; Enter folds what is below a row, and unfolds it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._texts: list[str] = []
        self._folded: set[str] = set()
        self._unfolded: set[str] = set()

    def show_document(self, document: Mapping[str, Any]) -> None:
        """Draw a document; what is folded stays so."""
        import yaml

        self._texts = yaml.safe_dump(document, sort_keys=False, width=10_000, allow_unicode=True).splitlines()
        self._draw()

    def action_choose(self) -> None:
        key = self.key
        if self._is_folded(key):
            self._folded.discard(key)
            self._unfolded.add(key)
        else:
            self._folded.add(key)
            self._unfolded.discard(key)
        self._draw()

    def _draw(self) -> None:
        self.show(list(_rows(self._texts, self._is_folded)))

    def _is_folded(self, key: str) -> bool:
        name = key.rpartition("/")[2].partition("#")[0]
        return key in self._folded or (name in _FOLDED and key not in self._unfolded)


def _rows(texts: Sequence[str], is_folded: Callable[[str], bool]) -> Iterator[Row]:
    """Each line as a row; its key is the path to it."""
    path: list[tuple[int, str]] = []
    skipping: int | None = None
    for number, text in enumerate(texts):
        depth = len(text) - len(text.lstrip(" "))
        entry = text.strip()
        if entry.startswith("- "):  # a list's items stand at their key's depth
            depth += 1
        if skipping is not None:
            if depth > skipping:
                continue
            skipping = None
        while path and path[-1][0] >= depth:
            path.pop()
        name = entry.removeprefix("- ").partition(":")[0]
        key = "/".join([*(step for _, step in path), f"{name}#{number if entry.startswith('- ') else ''}"])
        path.append((depth, name))
        below = _below(texts, number, depth)
        if below and is_folded(key):
            skipping = depth
            yield Row(key, [_drawn(text, f"  … {below} lines")])
        else:
            yield Row(key, [_drawn(text, "")])


def _below(texts: Sequence[str], number: int, depth: int) -> int:
    count = 0
    for text in texts[number + 1 :]:
        deeper = len(text) - len(text.lstrip(" ")) + text.strip().startswith("- ")
        if deeper <= depth:
            break
        count += 1
    return count


def _drawn(text: str, rest: str) -> Line:
    head, colon, value = text.partition(": ")
    if not colon:
        return line(Span(printable(text), Style.BUSY if text.endswith(":") else Style.PLAIN), Span(rest, Style.QUIET))
    return line(Span(printable(head) + colon, Style.BUSY), printable(value), Span(rest, Style.QUIET))
