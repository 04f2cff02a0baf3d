"""Tables in the width there is."""

import random
from dataclasses import dataclass

import pytest

from kubectl_mc.render.page import Line, Page, Span, Style, width_of_line
from kubectl_mc.render.table import Column, table
from kubectl_mc.render.text import fitted_end


@dataclass(frozen=True)
class _Row:
    name: str = ""
    count: str = ""
    note: str = ""
    glyphs: str = ""


NAME = Column[_Row]("NAME", lambda row: (Span(row.name, Style.STRONG),), least=8)
COUNT = Column[_Row]("COUNT", lambda row: (Span(row.count),))
NOTE = Column[_Row]("NOTE", lambda row: (Span(row.note),), least=10)
SPILLING = Column[_Row]("NOTE", lambda row: (Span(row.note),), spills=True)
GLYPHS = Column[_Row]("GLYPHS", lambda row: tuple(Span(glyph, Style.GOOD) for glyph in row.glyphs), least=4)


def _text(lines: list[Line]) -> list[str]:
    return Page(lines).text().splitlines()


def test_columns_stand_below_their_headers_with_two_blanks_between() -> None:
    rows = [_Row("web", "1", "fine"), _Row("database", "12", "")]

    assert _text(table([NAME, COUNT, NOTE], rows, 80)) == [
        "NAME      COUNT  NOTE",
        "web       1      fine",
        "database  12",
    ]


def test_a_column_that_is_empty_in_every_row_is_left_out() -> None:
    assert _text(table([NAME, COUNT, NOTE], [_Row("web", note="fine")], 80)) == ["NAME  NOTE", "web   fine"]


def test_wide_characters_take_two_columns() -> None:
    rows = [_Row("漢字", "1"), _Row("e\u0301", "2"), _Row("🙂", "3"), _Row("abcd", "4")]

    assert _text(table([NAME, COUNT], rows, 80, header=False)) == [
        "漢字  1",
        "e\u0301     2",
        "🙂    3",
        "abcd  4",
    ]


def test_a_table_without_a_header_has_only_its_rows_and_is_as_narrow_as_they() -> None:
    assert _text(table([COUNT, NAME], [_Row("web", "1")], 80, header=False)) == ["1  web"]


def test_no_rows_are_no_columns() -> None:
    assert "".join(_text(table([NAME, COUNT], [], 80))).strip() == ""


def test_what_is_too_wide_is_cut_from_the_right_down_to_its_least() -> None:
    row = _Row("kubernetes-dashboard", "1", "a very long note")

    assert _text(table([NAME, COUNT, NOTE], [row], 42))[1] == "kubernetes-dashboard  1      a very long…"
    assert _text(table([NAME, COUNT, NOTE], [row], 30))[1] == "kubernetes…  1      a very lo…"
    assert _text(table([NAME, COUNT, NOTE], [row], 29))[1] == "kubernete…  1      a very lo…"


def test_blanks_that_do_not_fit_are_not_told_of() -> None:
    rows = [_Row("web", "1", ""), _Row("web", "1", "x" * 20)]

    assert _text(table([COUNT, NAME, NOTE], rows, 14)) == ["COUNT  NAME  …", "1      web", "1      web   …"]


def test_an_image_keeps_its_end() -> None:
    image = Column[_Row]("IMAGE", lambda row: (Span(row.name),), least=6, cut=fitted_end)

    assert _text(table([image], [_Row("example/shop/web:1.2")], 8, header=False)) == ["…web:1.2"]


def test_a_column_spills_below_its_row_when_there_is_no_room() -> None:
    rows = [_Row("web", "1", "Error (exit 1), ran 3s, 2m ago"), _Row("db", "2")]

    assert _text(table([NAME, SPILLING, COUNT], rows, 80)) == [
        "NAME  NOTE                            COUNT",
        "web   Error (exit 1), ran 3s, 2m ago  1",
        "db                                    2",
    ]
    assert _text(table([NAME, SPILLING, COUNT], rows, 30)) == [
        "NAME  COUNT",
        "web   1",
        "    note: Error (exit 1), ran",
        "          3s, 2m ago",
        "db    2",
    ]


def test_a_strip_of_many_glyphs_is_cut_with_the_rest() -> None:
    [line] = table([NAME, GLYPHS], [_Row("web", glyphs="●" * 60)], 20, header=False)

    assert Page([line]).text() == "web  " + "●" * 14 + "…\n"
    assert {span.style for span in line if "●" in span.text} == {Style.GOOD}


def test_a_terminal_too_narrow_for_anything_still_gets_lines_that_fit() -> None:
    rows = [_Row("kubernetes-dashboard", "123456", "note", "●●●●●●")]

    for width in range(1, 30):
        lines = table([NAME, COUNT, NOTE, GLYPHS], rows, width, indent=2)
        assert max(map(width_of_line, lines)) <= width, width


def test_later_rows_stand_below_the_earlier_ones_by_memory() -> None:
    memory: dict[str, int] = {}
    table([NAME, COUNT, NOTE], [_Row("kubernetes", "1", "note")], 80, memory=memory)

    assert _text(table([NAME, COUNT, NOTE], [_Row("web", "2")], 80, header=False, memory=memory)) == ["web         2"]


@pytest.mark.parametrize("width", [40, 80, 120, 160])
@pytest.mark.parametrize("indent", [0, 2])
def test_no_line_is_wider_than_the_terminal_whatever_the_rows(width: int, indent: int) -> None:
    chance = random.Random(width)
    letters = ["a", "b", " ", "-", "漢", "e\u0301", "🙂", "x" * 30]
    columns = [NAME, COUNT, GLYPHS, SPILLING, NOTE]

    def text(longest: int) -> str:
        return "".join(chance.choices(letters, k=chance.randrange(longest)))

    for _ in range(60):
        rows = [
            _Row(text(20), str(chance.randrange(10**6)), text(40), "●" * chance.randrange(90))
            for _ in range(chance.randrange(1, 5))
        ]
        lines = table(columns, rows, width, indent=indent, header=chance.random() < 0.5)
        assert max(map(width_of_line, lines)) <= width, rows
