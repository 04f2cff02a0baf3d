"""Characters as a screen's cells hold them: one object for all that look the same, and their widths."""

import unicodedata
from functools import lru_cache
from typing import NamedTuple

from pyte.screens import Char
from rich.cells import get_character_cell_size

Cells = tuple[Char | None, ...]
"""A row, cell by cell; None where nothing was written. A wide character has an empty one behind it."""

UNWRITTEN = "\0"
"""In a text: a cell that nothing was written to."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that do something and show nothing: they turn the direction of text, join, break lines."""


class Chars(dict[str, Char]):
    """Characters with the same attributes."""

    def __init__(self, attributes: Char) -> None:
        self._attributes = attributes

    def __missing__(self, letter: str) -> Char:
        char = self._attributes._replace(data=letter)
        if len(self) < 4096:
            self[letter] = char
        return char

    def of(self, text: str) -> Cells:
        """The cells of a text."""
        if UNWRITTEN in text:
            return tuple(None if letter == UNWRITTEN else self[letter] for letter in text)
        return tuple(map(self.__getitem__, text))


@lru_cache(maxsize=256)
def chars_of(attributes: Char) -> Chars:
    return Chars(attributes)


class Plain(NamedTuple):
    """A row of text that has scrolled away, most of which nobody looks back at."""

    text: str
    chars: Chars


@lru_cache(maxsize=4096)
def width_of(char: str) -> int:
    """Columns; 0 for what joins the character before it, or is not shown at all."""
    return 0 if unicodedata.category(char) in _UNSEEN else get_character_cell_size(char)
