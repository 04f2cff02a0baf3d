"""Matches are marked in the text as it is read, and colours stay."""

import random
import re

import pytest

from kubectl_mc.logs.asked import parse_pattern
from kubectl_mc.logs.highlight import Highlight

ON, OFF = "\x1b[7m", "\x1b[27m"
RED, RESET = "\x1b[31m", "\x1b[0m"
COLOUR = re.compile(rb"\x1b\[[0-9;:]*m")


@pytest.mark.parametrize(
    ("pattern", "message", "shown"),
    [
        ("b+", "abba", f"a{ON}bb{OFF}a"),
        ("b", "abba", f"a{ON}b{OFF}{ON}b{OFF}a"),
        ("x|m", "no", "no"),
        ("^a|a$", "aba", f"{ON}a{OFF}b{ON}a{OFF}"),
        ("", "abc", "abc"),
        ("x*", "axxb", f"a{ON}xx{OFF}b"),
        ("é", "café", f"caf{ON}é{OFF}"),
        # codes are no text
        ("m", f"{RED}hm{RESET}", f"{RED}h{ON}m{OFF}{RESET}"),
        ("m|3|1|\\[", f"{RED}x{RESET}", f"{RED}x{RESET}"),
        ("x*", f"{RED}a{RESET}", f"{RED}a{RESET}"),
        # a match goes on across colours, which it keeps
        ("error", f"an er{RED}ror{RESET}.", f"an {ON}er{OFF}{RED}{ON}ror{OFF}{RESET}."),
        ("error", f"{RED}er{RESET}ror", f"{RED}{ON}er{OFF}{RESET}{ON}ror{OFF}"),
        ("abc", f"a{RED}{RESET}b\x1b[mc", f"{ON}a{OFF}{RED}{RESET}{ON}b{OFF}\x1b[m{ON}c{OFF}"),
        ("a|b", f"{RED}a{RESET}b", f"{RED}{ON}a{OFF}{RESET}{ON}b{OFF}"),
        # in what is reversed already a match is not
        ("b", f"{ON}abc{OFF}b", f"{ON}a{OFF}b{ON}c{OFF}{ON}b{OFF}"),
        ("b", f"\x1b[1;7ma{RESET}b", f"\x1b[1;7ma{RESET}{ON}b{OFF}"),
        ("b", f"\x1b[7;00mb{RESET}", f"\x1b[7;00m{ON}b{OFF}{RESET}"),
        ("b", "\x1b[38;5;7mb", f"\x1b[38;5;7m{ON}b{OFF}"),
        ("b", "\x1b[48;2;7;7;7mb", f"\x1b[48;2;7;7;7m{ON}b{OFF}"),
        ("b", "\x1b[38;5;1;7mb", f"\x1b[38;5;1;7m{OFF}b{ON}"),
        ("b", "\x1b[38:5:7mb", f"\x1b[38:5:7m{ON}b{OFF}"),
    ],
)
def test_a_match_is_marked(pattern: str, message: str, shown: str) -> None:
    assert Highlight(re.compile(pattern.encode()))(message.encode()) == shown.encode()


def test_case_and_look_around_are_the_patterns_own() -> None:
    highlight = Highlight(re.compile(rb"(?<=: )\bno\b", re.IGNORECASE))
    assert highlight(b"no: \x1b[1mNO\x1b[0m nono") == b"no: \x1b[1m\x1b[7mNO\x1b[27m\x1b[0m nono"


@pytest.mark.parametrize(
    ("text", "message", "shown"),
    [
        ("[äö]", "käö", f"k{ON}ä{OFF}{ON}ö{OFF}"),
        ("ß", "Größe", f"Grö{ON}ß{OFF}e"),
        ("É", "café", "café"),
        ("ö.e", f"Gr{RED}ö{RESET}ße ✓", f"Gr{RED}{ON}ö{OFF}{RESET}{ON}ße{OFF} ✓"),
        ("ä*", "xä", f"x{ON}ä{OFF}"),
    ],
)
def test_what_is_beyond_ascii_is_marked_by_whole_characters(text: str, message: str, shown: str) -> None:
    marked = parse_pattern("--highlight", [text], ignore_case=False)
    assert marked is not None
    assert Highlight(marked)(message.encode()) == shown.encode()


def test_marks_add_nothing_but_themselves_to_any_bytes() -> None:
    numbers = random.Random(2)
    pieces = [
        b"\x1b[31m",
        b"\x1b[0m",
        b"\x1b[7m",
        b"\x1b[38;5m",
        b"\x1b[;;m",
        b"\x1b[",
        b"\x1b",
        b"m",
        b"ab",
        b"b",
        b"\xff",
        "é".encode(),
    ]
    marked = 0
    for pattern in ("b+", "a?", "m", "ba", "[^m]+", "$", "(?u)[^m]+", "(?u)b|$"):
        patterns = parse_pattern("--highlight", [pattern], ignore_case=False)
        assert patterns is not None
        highlight = Highlight(patterns)
        for _ in range(500):
            message = b"".join(numbers.choices(pieces, k=numbers.randrange(12)))
            shown = highlight(message)
            assert COLOUR.sub(b"", shown) == COLOUR.sub(b"", message)
            marked += shown != message
    assert marked > 500


@pytest.mark.parametrize("message", [b"ab" * 2**19, b"\x1b[31mab" * 2**17, b"\x1b" * 2**20])
def test_a_huge_line_is_marked_like_any(message: bytes) -> None:
    shown = Highlight(re.compile(b"b"))(message)
    assert shown.count(b"\x1b[7mb\x1b[27m") == message.count(b"b")
