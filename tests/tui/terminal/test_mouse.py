"""The mouse, as a program is told of it, and rows that are marked with it."""

import pytest

from kubectl_mc.tui.terminal.emulator import Emulator
from kubectl_mc.tui.terminal.mouse import MOVES, WHEEL_DOWN, WHEEL_UP, Marked, bytes_of_mouse


@pytest.mark.parametrize(
    ("button", "place", "pressed", "wide", "sent"),
    [
        (0, (0, 0), True, True, b"\x1b[<0;1;1M"),
        (0, (0, 0), False, True, b"\x1b[<0;1;1m"),
        (2, (249, 69), True, True, b"\x1b[<2;250;70M"),
        (WHEEL_UP, (9, 4), True, True, b"\x1b[<64;10;5M"),
        (WHEEL_DOWN, (9, 4), True, True, b"\x1b[<65;10;5M"),
        (0 + MOVES, (9, 4), True, True, b"\x1b[<32;10;5M"),
        (0 + 8 + 16, (9, 4), True, True, b"\x1b[<24;10;5M"),
        (0, (0, 0), True, False, b"\x1b[M !!"),
        (2, (9, 4), True, False, b'\x1b[M"*%'),
        (2, (9, 4), False, False, b"\x1b[M#*%"),
        (2 + 16, (9, 4), False, False, b"\x1b[M3*%"),
        (WHEEL_UP, (9, 4), True, False, b"\x1b[M`*%"),
        (0, (222, 222), True, False, b"\x1b[M \xff\xff"),
        (0, (223, 0), True, False, b""),
        (0, (0, 223), True, False, b""),
    ],
)
def test_a_button_is_told_in_the_form_that_was_asked_for(
    button: int, place: tuple[int, int], pressed: bool, wide: bool, sent: bytes
) -> None:
    assert bytes_of_mouse(button, *place, pressed=pressed, wide=wide) == sent


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ((0, 0), (0, 2), "one"),
        ((0, 2), (0, 0), "one"),
        ((0, 1), (0, 1), "n"),
        ((0, 1), (1, 1), "ne\ntw"),
        ((1, 1), (0, 1), "ne\ntw"),
        ((0, 2), (3, 0), "e\ntwo\n日本\nf"),
        ((2, 0), (2, 1), "日"),
        ((3, 0), (3, 9), "four"),
    ],
)
def test_what_is_marked_is_copied_row_by_row(start: tuple[int, int], end: tuple[int, int], text: str) -> None:
    emulator = Emulator(10, 6, lambda _: None)
    emulator.feed("one\r\ntwo\r\n日本\r\nfour".encode())
    assert Marked(start, end).text(emulator) == text


def test_what_has_scrolled_away_stays_what_was_marked() -> None:
    emulator = Emulator(10, 3, lambda _: None)
    emulator.feed(b"one\r\ntwo\r\n")
    marked = Marked((0, 0), (1, 9))
    assert marked.text(emulator) == "one\ntwo"
    emulator.feed(b"three\r\nfour\r\nfive\r\nsix")
    assert marked.text(emulator) == "one\ntwo"


@pytest.mark.parametrize(
    ("row", "columns"),
    [(0, range(0)), (1, range(3, 10)), (2, range(10)), (3, range(6)), (4, range(0))],
)
def test_a_mark_over_rows_takes_them_from_edge_to_edge(row: int, columns: range) -> None:
    assert Marked((3, 5), (1, 3)).columns(row, 10) == columns
