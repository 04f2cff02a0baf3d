"""Runs of plain lines, drawn as rows at once: nearly all that floods a terminal is of this kind."""

import re
from collections.abc import Iterator
from itertools import chain

from kubectl_mc.tui.terminal.characters import UNWRITTEN
from kubectl_mc.tui.terminal.screen import TAB, Screen

_RUN = re.compile(r"(?:[ -~\t]*+\r++\n){3,}+")
_END = re.compile(r"\r++\n")


def run_at(text: str, start: int) -> str:
    """The run of plain lines that begins there; empty where there is none."""
    found = _RUN.match(text, start)
    return "" if found is None else found.group()


def draw_lines(screen: Screen, run: str) -> None:
    """What it comes to to draw the texts of a run one by one, and to obey their tabs and ends."""
    lines = iter(_lines_of(run))
    rows_come = screen.takes_rows(tabs="\t" in run)
    for line in lines:
        last = screen.cursor.y == screen.lines - 1
        _draw_line(screen, line)
        if rows_come and last:  # the row that has come in from below is free, and so will be all others
            break
    if rest := list(lines):
        screen.scroll_rows(_rows_of(rest, screen.columns), "".join(rest).rstrip("\t")[-1:])


def _lines_of(run: str) -> list[str]:
    run = run.replace("\r\n", "\n")
    if "\r" in run:
        run = _END.sub("\n", run)
    return run.split("\n")[:-1]


def _draw_line(screen: Screen, line: str) -> None:
    for number, word in enumerate(line.split("\t")):
        if number:
            screen.tab()
        if word:
            screen.draw(word)
    screen.carriage_return()
    screen.linefeed()


def _rows_of(lines: list[str], columns: int) -> list[str]:
    """The rows that lines become on a screen of so many columns."""
    if max(map(len, lines)) <= columns and not any("\t" in line for line in lines):
        return lines
    return list(chain.from_iterable(_rows_of_line(line, columns) for line in lines))


def _rows_of_line(line: str, columns: int) -> Iterator[str]:
    row = ""
    words = line.split("\t")
    for number, word in enumerate(words):
        if number:
            if len(row) == columns and any(words[number:]):
                row = row[:-1]  # from behind the last column a tab goes back to it, and what follows is drawn over it
            stop = (len(row) // TAB + 1) * TAB
            row = row.ljust(stop if stop < columns else columns - 1, UNWRITTEN)
        row += word
        while len(row) > columns:
            yield row[:columns]
            row = row[columns:]
    yield row
