"""Text from a cluster: harmless on a terminal, and as wide as it is said to be."""

import random
import time

import pytest
from rich.cells import cell_len

from kubectl_mc.render.text import fitted, fitted_end, fitted_middle, lines_of, one_line, printable, width_of, wrapped

CLEAR = "\x1b[2J\x1b[31m"

# Narrow, wide and combining characters, joined emoji, a flag, a selector that makes its emoji wide, blanks.
ALPHABET = [
    "a",
    "b",
    "-",
    " ",
    " ",
    "漢",
    "字",
    "한",
    "é",
    "e\u0301",
    "🙂",
    "👩\u200d👩\u200d👧",
    "🇩🇪",
    "❤\ufe0f",
    "ａ",
    "\u0301",
]


def _texts(count: int, longest: int) -> list[str]:
    chance = random.Random(1)
    return ["".join(chance.choices(ALPHABET, k=chance.randrange(longest))) for _ in range(count)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (CLEAR, "\\x1b[2J\\x1b[31m"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("a\rb\bc\x7f\x00", "a\\x0db\\x08c\\x7f\\x00"),
        ("user\u202etxt.exe", "user\\u202etxt.exe"),
        ("\u2066a\u2069\u200e\u200f\u061c", "\\u2066a\\u2069\\u200e\\u200f\\u061c"),
        ("a\u200bb\u00adc\ufeff\u2060", "a\\u200bb\\xadc\\ufeff\\u2060"),
        ("\u2028\u2029\x85", "\\u2028\\u2029\\x85"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("[red]bold[/red] \\[x]", "[red]bold[/red] \\[x]"),
        ("naïve 漢字 🙂 👩\u200d👩\u200d👧 ❤\ufe0f", "naïve 漢字 🙂 👩\u200d👩\u200d👧 ❤\ufe0f"),
        ("a b\u00a0c", "a b\u00a0c"),
    ],
    ids=repr,
)
def test_what_could_move_or_deceive_is_written_out_and_the_rest_stays(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_printable_text_can_be_encoded_and_has_no_controls_whatever_comes_in() -> None:
    shown = printable("".join(map(chr, (*range(0x3000), *range(0xD7F0, 0xE010), *range(0xFE00, 0x10000)))))

    shown.encode()
    assert not [character for character in shown if ord(character) < 32 or 127 <= ord(character) < 160]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  one\n two\r\n\r\n\tthree\tfour  ", "one two three four"),
        ("one\x0btwo", "one\\x0btwo"),
        ("one  two", "one  two"),
        ("", ""),
        ("\n", ""),
    ],
    ids=repr,
)
def test_one_line_is_one_line(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_the_lines_of_a_message_keep_their_indentation_and_lose_their_controls() -> None:
    assert lines_of(f"\nfirst\r\n\tsecond{CLEAR}\n\n  third\n\n") == [
        "first",
        "    second\\x1b[2J\\x1b[31m",
        "",
        "  third",
    ]


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("漢字", 4), ("e\u0301", 1), ("🙂", 2), ("👩\u200d👩\u200d👧", 2), ("", 0)],
    ids=repr,
)
def test_the_width_of_text_is_in_columns(text: str, width: int) -> None:
    assert width_of(text) == width


@pytest.mark.parametrize(
    ("text", "width", "start", "end", "middle"),
    [
        ("kubernetes", 10, "kubernetes", "kubernetes", "kubernetes"),
        ("kubernetes", 9, "kubernet…", "…bernetes", "kube…etes"),
        ("kubernetes", 2, "k…", "…s", "k…"),
        ("kubernetes", 1, "…", "…", "…"),
        ("kubernetes", 0, "", "", ""),
        ("kubernetes", -3, "", "", ""),
        ("漢字漢字", 5, "漢字…", "…漢字", "漢…字"),
        ("漢字漢字", 4, "漢…", "…字", "漢…"),
        ("ab cdefgh", 4, "ab…", "…fgh", "ab…h"),
        ("e\u0301" * 4, 3, "e\u0301e\u0301…", "…e\u0301e\u0301", "e\u0301…e\u0301"),
    ],
)
def test_cut_text_shows_that_it_was_cut_and_fits(text: str, width: int, start: str, end: str, middle: str) -> None:
    assert (fitted(text, width), fitted_end(text, width), fitted_middle(text, width)) == (start, end, middle)


def test_a_terminal_without_an_ellipsis_gets_dots() -> None:
    assert (fitted("kubernetes", 8, "..."), fitted("kubernetes", 2, "...")) == ("kuber...", "..")
    assert (fitted_end("kubernetes", 8, "..."), fitted_end("kubernetes", 2, "...")) == ("...netes", "..")


@pytest.mark.parametrize("cut", [fitted, fitted_end, fitted_middle])
def test_cut_text_is_never_wider_than_asked(cut: object) -> None:
    assert callable(cut)
    for text in _texts(400, 40):
        for width in (0, 1, 2, 3, 7, 20):
            assert cell_len(cut(text, width)) <= width, (text, width)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 3, ["one", "two", "thr", "ee"]),
        ("a " + "b" * 7 + " c", 3, ["a", "bbb", "bbb", "b c"]),
        ("漢字漢字", 5, ["漢字", "漢字"]),
        ("漢字", 1, ["漢", "字"]),
        ("    at main.go:12", 20, ["    at main.go:12"]),
        ("    at main.go:12", 9, ["    at", "main.go:1", "2"]),
        ("one  two", 20, ["one  two"]),
    ],
)
def test_text_is_wrapped_at_spaces_where_there_are_any(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, width) == lines


def test_wrapped_text_is_never_wider_than_asked_and_loses_nothing_but_blanks() -> None:
    for text in _texts(400, 60):
        for width in (2, 3, 7, 20):
            lines = wrapped(text, width)
            assert all(cell_len(line) <= width for line in lines), (text, width)
            assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    "text", [" " * 1_000_000 + "x", "x" * 1_000_000, "漢 " * 200_000, "\n" * 500_000 + "x", "\t" * 500_000]
)
def test_a_huge_text_takes_no_time(text: str) -> None:
    start = time.process_time()
    for width in (80, 1_000_000):
        fitted(one_line(text), width)
        fitted_end(one_line(text), width)
        wrapped(one_line(text)[:100_000], width)

    assert time.process_time() - start < 5  # quadratic work would take minutes
