"""Matches of a search marked in a line that may have colours of its own."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Protocol

_COLOUR = re.compile(rb"(\x1b\[[0-9;:]*m)")
_REVERSE, _FORWARD = b"\x1b[7m", b"\x1b[27m"


class Match(Protocol):
    """Where something is found."""

    def span(self) -> tuple[int, int]:
        """From which byte to which."""


class Pattern(Protocol):
    """What is looked for in a text."""

    def search(self, text: bytes, /) -> object | None:
        """Something where it is found; None where it isn't."""

    def finditer(self, text: bytes, /) -> Iterable[Match]:
        """Where it is found, from left to right."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """Shows in reverse video what a pattern matches.

    The pattern sees the text as it is read, without colours: it never matches within their codes, and a match may go
    on across a change of colour. A colour stays what it was; where the text is reversed already, a match is not.
    """

    patterns: Pattern

    def __call__(self, message: bytes) -> bytes:
        """The message with every match marked that has at least a byte; other controls than colours are text."""
        if b"\x1b" not in message:
            return _marked(message, self.patterns.finditer(message)) if self.patterns.search(message) else message
        # Text, colour, text, colour, …, text
        pieces = _COLOUR.split(message)
        spans = [found.span() for found in self.patterns.finditer(b"".join(pieces[::2]))]
        spans = [(start, end) for start, end in spans if start < end]
        return _with_marks(pieces, spans) if spans else message


def _marked(text: bytes, matches: Iterable[Match]) -> bytes:
    """Text without colours with its marks."""
    shown: list[bytes] = []
    done = 0
    for found in matches:
        start, end = found.span()
        if start < end:
            shown += text[done:start], _REVERSE, text[start:end], _FORWARD
            done = end
    return b"".join((*shown, text[done:]))


def _with_marks(pieces: list[bytes], spans: list[tuple[int, int]]) -> bytes:
    """The pieces joined, with marks around the spans, which count the bytes of text alone.

    Marks end before a colour and begin again after it, so that none of them has to know what it sets.
    """
    shown: list[bytes] = []
    at = number = 0
    reversed_already = False
    for text, colour in zip_longest(pieces[::2], pieces[1::2], fillvalue=b""):
        mark, end_mark = (_FORWARD, _REVERSE) if reversed_already else (_REVERSE, _FORWARD)
        end_of_text = at + len(text)
        done = 0
        while text and number < len(spans) and spans[number][0] < end_of_text:
            start, end = spans[number]
            first = max(start - at, 0)
            shown += text[done:first], mark, text[first : end - at], end_mark
            done = min(end - at, len(text))
            if end > end_of_text:
                break
            number += 1
        shown += text[done:], colour
        reversed_already = _reverses(colour, reversed_already)
        at = end_of_text
    return b"".join(shown)


def _reverses(colour: bytes, before: bool) -> bool:
    """Whether text is reversed after a colour sequence (ECMA-48, SGR)."""
    codes = iter(colour[2:-1].split(b";"))
    for code in codes:
        if code == b"7":
            before = True
        elif not code.strip(b"0") or code == b"27":
            before = False
        elif code in (b"38", b"48", b"58"):  # a colour's own numbers follow: 5;N or 2;R;G;B
            for _ in range(3 if next(codes, b"") == b"2" else 1):
                next(codes, b"")
    return before
