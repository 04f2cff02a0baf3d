"""What a person should know of a log beside its lines: why there are none, or why some are missing. Pure."""

from collections.abc import Sequence

from kubectl_mc.render.text import lines_of, wrapped

_HINT = "hint: "
_KEPT = 20
"""Notes that are kept."""


class LogNotes:
    """What was said of one reading of a log, each thing once."""

    def __init__(self) -> None:
        self._said: list[str] = []

    def add(self, text: str) -> None:
        """One more, with its lines."""
        if text in self._said:
            self._said.remove(text)
        self._said = [*self._said, text][-_KEPT:]

    def __bool__(self) -> bool:
        return bool(self._said)

    @property
    def last(self) -> str:
        """The newest that is no hint, on one line; empty where there is none."""
        told = (text for text in reversed(self._said) if not text.startswith(_HINT))
        return " ".join(lines_of(next(told, "")))

    @property
    def all(self) -> Sequence[str]:
        """All of them, line by line."""
        return [row for text in self._said for row in lines_of(text)]


def filled(texts: Sequence[str], width: int) -> list[str]:
    """Texts in rows of so many columns."""
    return [row for text in texts for row in wrapped(text, max(width, 1))]
