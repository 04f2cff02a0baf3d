"""Rows with colours made into strips: colours are colours, all else is text, and wide characters stay whole."""

import pytest
from rich.style import Style

from kubectl_mc.tui.ansi import strip_of_row, wrapped

GROUND = Style(color="white")


def _strip(text: str):  # type: ignore[no-untyped-def]
    return strip_of_row(text.encode(), GROUND)


def test_colours_end_where_they_end() -> None:
    strip = _strip("a\x1b[31mb\x1b[1mc\x1b[0md")
    assert [(segment.text, segment.style) for segment in strip] == [
        ("a", GROUND),
        ("b", Style(color="color(1)")),
        ("c", Style(color="color(1)", bold=True)),
        ("d", GROUND),
    ]


@pytest.mark.parametrize(
    ("codes", "style"),
    [
        ("38;5;208", "color(208)"),
        ("38;2;1;2;3", "#010203"),
        ("38:5:208", "color(208)"),
        ("38:2::1:2:3", "#010203"),
        ("7", "reverse white"),
        ("", "white"),
        ("8", "white"),
        ("38;5;999", "white"),
        ("38", "white"),
        ("9" * 5000, "white"),
        ("4:3", "underline white"),
    ],
)
def test_colour_sequences_of_all_kinds(codes: str, style: str) -> None:
    (segment,) = _strip(f"\x1b[{codes}mx")
    assert segment.style == Style.parse(style) if style != "white" else GROUND


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[red]x[/red] :smile:", "[red]x[/red] :smile:"),
        ("a\u2028b", "a\\u2028b"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u200bb", "a\\u200bb"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\x07\x85b", "a\\x07\\x85b"),
        ("", ""),
    ],
)
def test_all_else_is_text_on_one_row(text: str, shown: str) -> None:
    assert _strip(text).text == shown


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert strip_of_row(b"a\xffb", GROUND).text == "a\ufffdb"


def test_tabs_go_to_columns_whatever_stands_before_them() -> None:
    assert _strip("\x1b[31mab\x1b[0m\tc").text == "ab      c"
    assert _strip("漢字\tc").text == "漢字    c"
    assert _strip("12345678\tc").text == "12345678        c"


def test_a_row_is_broken_at_the_width() -> None:
    assert [row.text for row in wrapped(_strip("abc\x1b[31mdefgh"), 3)] == ["abc", "def", "gh"]
    assert [row.text for row in wrapped(_strip("abc"), 3)] == ["abc"]


def test_a_wide_character_is_never_cut() -> None:
    rows = wrapped(_strip("a漢字b\u0301漢"), 4)
    assert [row.text for row in rows] == ["a漢", "字b\u0301", "漢"] or "".join(
        row.text for row in rows
    ) == "a漢字b\u0301漢"
    assert all(row.cell_length <= 4 for row in rows)


def test_a_screen_narrower_than_a_character_shows_it_all_the_same() -> None:
    assert "".join(row.text for row in wrapped(_strip("漢字"), 1)) == "漢字"
