"""A person's terminal: nothing acts on it, and a line that repeats stands on it once."""

import random
import re
from collections.abc import Callable, Iterable, Iterator

import pytest

from kubectl_mc.logs.terminal import Fold, harmless, plain
from kubectl_mc.render.text import width_of

TIMES = "×"


class Screen:
    """A terminal so many columns wide and endlessly long, of which the little is known that a fold makes use of.

    A row that is full wraps when the next character comes, as on all of today's terminals.
    """

    _PIECES = re.compile(r"\x1b\[(\d*)([A-Za-z])|(.)", re.DOTALL)

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._cells: list[list[str]] = [[]]
        self._row = self._column = 0

    def write(self, data: bytes) -> None:
        for number, command, character in self._PIECES.findall(data.decode(errors="replace")):
            if command:
                self._move(command, int(number or 1))
            elif character == "\n":
                self._down()
            elif character == "\r":
                self._column = 0
            elif character == "\t":
                self._column = min(self._column // 8 * 8 + 8, self._columns - 1)
            else:
                self._put(character)

    @property
    def rows(self) -> list[str]:
        """What stands there, without the row of the cursor, which has to be an empty one."""
        assert (self._row, self._column, self._cells[-1]) == (len(self._cells) - 1, 0, [])
        return ["".join(cells) for cells in self._cells[:-1]]

    def _move(self, command: str, number: int) -> None:
        if command == "A":
            self._row -= number
            assert self._row >= 0
        elif command == "G":
            assert number <= self._columns
            self._column = number - 1
        else:
            assert command == "m", f"{command} is no command that everybody has"

    def _put(self, character: str) -> None:
        width = width_of(character)
        if self._column + width > self._columns:
            self._down()
        cells = self._cells[self._row]
        cells += [" "] * (self._column + width - len(cells))
        if not width:
            cells[self._column - 1] += character
            return
        cells[self._column : self._column + width] = [character, *[""] * (width - 1)]
        self._column += width

    def _down(self) -> None:
        self._row, self._column = self._row + 1, 0
        if self._row == len(self._cells):
            self._cells.append([])


def drawn(row: bytes, columns: int) -> list[str]:
    screen = Screen(columns)
    screen.write(row + b"\n")
    return screen.rows


Line = tuple[bytes, bytes]
"""A prefix and a message."""


def fold_of(columns: Callable[[], int]) -> Fold:
    return Fold(columns, width_of, TIMES.encode())


def fed(fold: Fold, lines: Iterable[Line]) -> bytes:
    for prefix, message in lines:
        if not fold.repeats((prefix, message)):
            fold.add(prefix + message, (prefix, message), prefix)
    return b"".join(row + b"\n" for row in fold.rows())


def shown(batches: Iterable[list[Line]], columns: int) -> list[str]:
    fold, screen = fold_of(lambda: columns), Screen(columns)
    for batch in batches:
        screen.write(fed(fold, batch))
    return screen.rows


def runs(lines: Iterable[Line]) -> Iterator[tuple[Line, int]]:
    last, count = None, 0
    for line in lines:
        if last is not None and line != last:
            yield last, count
            count = 0
        last, count = line, count + 1
    if last is not None:
        yield last, count


def unfolded(rows: list[str], lines: Iterable[Line], columns: int) -> None:
    """Assert that the rows are the lines, each run of equal ones once with its count."""
    left = iter(rows)
    for (prefix, message), count in runs(lines):
        *upper, last = drawn(prefix + message, columns)
        times = f" {TIMES}{count}"
        assert [next(left) for _ in upper] == upper
        found = next(left)
        if count > 1 and found == last:
            own = next(left)
            assert own in (f"{plain(prefix).decode()}{times}", times)
        else:
            assert found == last + (times if count > 1 else "")
    assert list(left) == []


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (b"", b""),
        (b"\x1b[>4;2mkeys", b"keys"),
        (b"\x1b[?4mquestion", b"question"),
        (b"\x1b[ mblank", b"blank"),
        (b"\x1b[1;38:2::1:2:3mx", b"\x1b[1;38:2::1:2:3mx\x1b[0m"),
        (b"\x1b[31", b"31"),
        (b"\x1b\x1b[2J", b"[2J"),
        (b"\x1b[\x1b[2J", b""),
        (b"\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\", b"link"),
        (b"a\x1b]0;never ends", b"a"),
        (b"\x1bPq\x1b\\", b"q"),
        (b"\x1bc\x1b7\x1b8x", b"x"),
        (b"\x7f\x0b\x0c\x0e\x0f", b"\\x7f\\x0b\\x0c\\x0e\\x0f"),
        (b"\r", b""),
        (b"a\rb\r\r", b"b"),
        (b"\x1b[31mdropped\rkept", b"kept"),
        (b"\xc2\x1b[2J\x9b2Jx", b"\\xc2\x9b2Jx"),
        (b"\xc2", b"\\xc2"),
        ("\xa0é".encode(), "\xa0é".encode()),
    ],
)
def test_nothing_acts_on_a_terminal(message: bytes, shown: bytes) -> None:
    assert harmless(message) == shown


def test_whatever_is_in_a_line_only_colours_are_left_of_its_controls() -> None:
    numbers = random.Random(2)
    pieces = [b"\x1b", b"[", b"]", b"\x9b", b"\xc2", b"31", b";", b"m", b"J", b"?", b">", b" ", b"\r", b"\x07", b"\\"]
    pieces += [b"P", b"\xe6\xbc\xa2", b"\x00", b"x"]
    acts = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
    for _ in range(20_000):
        message = b"".join(numbers.choices(pieces, k=numbers.randrange(12)))
        found = harmless(message)
        assert acts.search(re.sub("\x1b\\[[0-9;:]*m", "|", found.decode(errors="replace"))) is None, message
        assert acts.search(plain(found).decode(errors="replace")) is None, message
        assert (b"\x1b" in found) == found.endswith(b"\x1b[0m"), message


def test_a_line_of_a_megabyte_is_made_harmless() -> None:
    assert harmless(b"x" * 1_000_000 + b"\x07") == b"x" * 1_000_000 + b"\\x07"
    assert harmless(b"\x1b[31mx" * 100_000) == b"\x1b[31mx" * 100_000 + b"\x1b[0m"
    assert harmless(b"%\r" * 500_000) == b"%"


@pytest.mark.parametrize(
    ("row", "shown"), [(b"a", b"a"), (b"\x1b[31ma\x1b[0mb\x1b[m", b"ab"), (b"\x1b[2Ja", b"\x1b[2Ja")]
)
def test_a_plain_row_is_one_without_its_colours(row: bytes, shown: bytes) -> None:
    assert plain(row) == shown


def test_the_screen_of_these_tests_wraps_as_a_terminal_does() -> None:
    assert drawn(b"abcde", 5) == ["abcde"]
    assert drawn(b"abcdef", 5) == ["abcde", "f"]
    assert drawn("ab漢字".encode(), 5) == ["ab漢", "字"]
    assert drawn(b"a\tb", 20) == ["a       b"]
    assert drawn(b"abc\n\x1b[A\x1b[2G\x1b[31mX\x1b[0m", 5) == ["aXc"]


A, B = (b"app | ", b"GET /ready"), (b"app | ", b"POST /")


@pytest.mark.parametrize(
    ("batches", "rows"),
    [
        ([[A]], ["app | GET /ready"]),
        ([[A, A]], ["app | GET /ready ×2"]),
        ([[A], [A]], ["app | GET /ready ×2"]),
        ([[A, A], [A], [], [A, A]], ["app | GET /ready ×5"]),
        ([[A, B, A]], ["app | GET /ready", "app | POST /", "app | GET /ready"]),
        ([[A], [A, B, B], [B, A]], ["app | GET /ready ×2", "app | POST / ×3", "app | GET /ready"]),
        ([[A]] * 12, ["app | GET /ready ×12"]),
        ([[A, A, B], [B]], ["app | GET /ready ×2", "app | POST / ×2"]),
        ([], []),
    ],
)
def test_a_line_that_repeats_stands_once_with_its_count(batches: list[list[Line]], rows: list[str]) -> None:
    assert shown(batches, 80) == rows


ROWS = {
    "short": (b"p | ", b"short"),
    "coloured": (b"\x1b[36mp |\x1b[0m ", b"\x1b[31mred\x1b[0m"),
    "no prefix": (b"", b"x"),
    "wraps": (b"p | ", b"w" * 50),
    "wraps with a count behind it": (b"p | ", b"v" * 40),
    "no room": (b"p | ", b"n" * 30),
    "a full row": (b"p | ", b"f" * 36),
    "two full rows": (b"p | ", b"d" * 76),
    "one more than a full row": (b"p | ", b"m" * 37),
    "with a tab": (b"p | ", b"a\tb"),
    "wide": (b"p | ", "漢字".encode()),
    "wide and wrapped": (b"p |  ", ("漢" * 30).encode()),
    "wide and nearly full": (b"p | ", ("字" * 12).encode()),
    "accents": (b"p | ", "e\u0301a\u0308".encode()),
    "invalid": (b"p | ", b"half \xc3"),
    "empty": (b"p | ", b""),
    "a prefix that leaves no room": (b"a-container-with-a-long-name-indeed | ", b"x"),
    "a prefix that is wider than the terminal": (b"shop web-7d4b9-aaaaa app-with-its-own-name | ", b"x"),
}


@pytest.mark.parametrize("case", ROWS)
@pytest.mark.parametrize("columns", [40, 41, 20, 13, 80])
def test_every_kind_of_line_is_counted(case: str, columns: int) -> None:
    line = ROWS[case]
    for batches in ([[line] * 3], [[line], [line], [line]], [[line, line], [line]], [[line], [line, line, B]]):
        lines = [found for batch in batches for found in batch]
        unfolded(shown(batches, columns), lines, columns)


@pytest.mark.parametrize("case", ["short", "coloured", "no prefix", "wraps", "wraps with a count behind it", "wide"])
def test_a_count_stands_behind_its_line_where_there_is_room(case: str) -> None:
    line = ROWS[case]
    *upper, last = drawn(b"".join(line), 40)
    for batches in ([[line, line]], [[line], [line]]):
        assert shown(batches, 40) == [*upper, f"{last} {TIMES}2"]


def test_what_stands_on_the_screen_is_right_after_any_repeats_in_any_batches() -> None:
    numbers = random.Random(9)
    for _ in range(400):
        columns = numbers.choice([40, 40, 33, 24, 80])
        lines: list[Line] = []
        for _ in range(numbers.randrange(1, 12)):
            lines += [numbers.choice(list(ROWS.values()))] * numbers.choice([1, 1, 2, 3, 12, 120])
        cuts = sorted(numbers.choices(range(len(lines) + 1), k=numbers.randrange(20)))
        batches = [lines[a:b] for a, b in zip([0, *cuts], [*cuts, len(lines)], strict=True)]
        unfolded(shown(batches, columns), lines, columns)


def test_after_an_interruption_a_line_begins_anew() -> None:
    fold, screen = fold_of(lambda: 40), Screen(40)
    screen.write(fed(fold, [A, A]))
    fold.interrupted()
    screen.write(b"note: something else\n")
    screen.write(fed(fold, [A]))
    screen.write(fed(fold, [A]))
    assert screen.rows == ["app | GET /ready ×2", "note: something else", "app | GET /ready ×2"]


def test_rows_that_cannot_repeat_are_never_counted() -> None:
    fold = fold_of(lambda: 40)
    for _ in range(2):
        assert not fold.repeats(None)
        fold.add(b"same")
    assert fold.rows() == [b"same", b"same"]
    assert fold.rows() == []


def test_a_row_that_cannot_repeat_parts_those_that_do() -> None:
    fold = fold_of(lambda: 40)
    fold.add(b"a", b"a")
    fold.add(b"-- exited --")
    assert not fold.repeats(b"a")


def test_a_terminal_that_has_another_width_gets_a_row_for_the_count() -> None:
    width = 80
    fold, screen = fold_of(lambda: width), Screen(30)
    screen.write(fed(fold, [A, A]))
    width = 30
    screen.write(fed(fold, [A]))
    screen.write(fed(fold, [A, B]))
    assert screen.rows == ["app | GET /ready ×2", f"app |  {TIMES}4", "app | POST /"]


def test_a_terminal_too_narrow_for_a_count_gets_every_line() -> None:
    assert shown([[A, A], [A]], 12) == ["app | GET /r", "eady"] * 3
