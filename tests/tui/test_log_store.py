"""The lines that a pane keeps: the newest, what of them is shown, repeated ones once, and how they are saved."""

import re
from pathlib import Path

import pytest

from kubectl_mc.logs.filter import Wanted
from kubectl_mc.logs.level import Level
from kubectl_mc.logs.line import Kind, message_of
from kubectl_mc.tui.log_store import LIMIT, LogStore, Narrowed
from tests.tui.log_lines import BEGIN, POD, PROXY, WEB, line, lines, messages, numbered, said, store


def _narrow(made: LogStore, narrowed: Narrowed) -> None:
    made.narrow(narrowed)
    while made.advance():
        pass


def test_a_line_that_repeats_the_one_before_is_shown_once_with_a_count() -> None:
    made = store(lines("ready", "again", "again"), lines("again", "done", "done"))
    assert messages(made) == ["ready", "again", "done"]
    assert [made.count(number) for number in range(made.first, made.end)] == [1, 3, 2]
    assert made.passed == 6


def test_lines_of_two_containers_are_no_repetition() -> None:
    made = store([line("up", 0, WEB), line("up", 1, PROXY), line("up", 2, WEB)])
    assert messages(made) == ["up", "up", "up"]


def test_what_is_said_of_a_container_is_no_repetition_of_its_lines() -> None:
    made = store([line("up"), said(Kind.LIFECYCLE, "up", 1), line("up", 2)])
    assert messages(made) == ["up", "up", "up"]


def test_empty_lines_are_not_counted_but_shown() -> None:
    assert messages(store(lines("", "", "a"))) == ["", "", "a"]


def test_older_lines_leave_and_the_others_keep_their_numbers() -> None:
    made = store(numbered(LIMIT))
    number = LIMIT - 1
    before = made.line(number)
    made.add(numbered(20_000, LIMIT))
    assert made.line(number) is before
    assert made.left == 20_000
    assert made.first == 20_000
    assert made.passed == len(made.lines) == LIMIT


def test_of_a_repeated_line_the_count_shrinks_as_its_oldest_leave() -> None:
    made = store([line("noise", number) for number in range(LIMIT)])
    made.add(numbered(20_000, LIMIT))
    assert made.count(made.first) == LIMIT - 20_000
    assert message_of(made.line(made.first)) == b"noise"
    assert message_of(made.line(made.end - 1)) == f"line {LIMIT + 19_999}".encode()
    assert sum(made.count(number) for number in range(made.first, made.end)) == made.passed == LIMIT


def test_a_hidden_container_says_nothing_more_and_what_is_said_of_the_pod_stays() -> None:
    made = store([line("a"), line("b", 1, PROXY), said(Kind.LIFECYCLE, "gone", 2, POD)])
    _narrow(made, Narrowed(hidden={"proxy"}))
    made.add([line("c", 3, PROXY), line("d", 4)])
    assert messages(made) == ["a", "gone", "d"]
    _narrow(made, Narrowed())
    assert messages(made) == ["a", "b", "gone", "c", "d"]


def test_events_are_shown_when_they_are_wanted() -> None:
    made = store([line("a"), said(Kind.EVENT, "Warning BackOff", 1)])
    assert messages(made) == ["a"]
    _narrow(made, Narrowed(events=True))
    assert messages(made) == ["a", "Warning BackOff"]


def test_a_pattern_and_a_level_narrow_what_is_there_and_what_comes() -> None:
    made = store(lines("level=info fine", "level=error bad", "level=error worse"))
    _narrow(made, Narrowed(wanted=Wanted(match=re.compile(b"bad|fine"), level=Level.ERROR)))
    made.add(lines("level=error bad again", "level=debug bad"))
    assert messages(made) == ["level=error bad", "level=error bad again"]


def test_narrowing_goes_in_steps_and_shows_the_old_lines_until_it_is_done() -> None:
    made = store(numbered(20_000))
    made.narrow(Narrowed(wanted=Wanted(match=re.compile(b"7$"))))
    assert made.advance()
    made.add(numbered(10, 20_000))  # what comes meanwhile is shown, and narrowed in the end
    assert made.passed == 20_010
    generation = made.generation
    while made.advance():
        pass
    assert made.passed == 2_001
    assert made.generation != generation


def test_lines_that_leave_while_it_is_narrowed_are_not_looked_for() -> None:
    made = store(numbered(LIMIT))
    made.narrow(Narrowed(wanted=Wanted(match=re.compile(b"line"))))
    made.advance()
    made.add(numbered(20_000, LIMIT))
    while made.advance():
        pass
    assert message_of(made.line(made.end - 1)) == b"line 119999"
    assert len(set(made.shown)) == len(made.shown)


def test_the_place_of_a_line_is_found_again_or_that_behind_its_time() -> None:
    made = store(numbered(100))
    kept, other = made.line(40), made.line(41)
    _narrow(made, Narrowed(wanted=Wanted(match=re.compile(b"0$"))))
    assert message_of(made.line(made.nearest(kept))) == b"line 40"
    assert message_of(made.line(made.nearest(other))) == b"line 50"
    assert message_of(made.line(made.since(b"2027"))) == b"line 90"


def test_nothing_is_left_after_clearing() -> None:
    made = store(lines("a", "b"))
    made.clear()
    assert (made.passed, made.first, made.end, made.names) == (0, 0, 0, {})


def test_saved_are_the_shown_lines_as_they_were_written(tmp_path: Path) -> None:
    made = store(
        [line(b"\x1b[31mred\xff"), line("x", 1, PROXY), line("x", 2, PROXY), said(Kind.LIFECYCLE, "end", 3, POD)]
    )
    path = tmp_path / "lines"
    assert made.write(str(path)) == 4
    time = f"{BEGIN:%Y-%m-%dT%H:%M}"
    assert path.read_bytes().splitlines() == [
        f"web {time}:00.000000000Z ".encode() + b"\x1b[31mred\xff",
        f"proxy {time}:01.000000000Z x".encode(),
        f"proxy {time}:02.000000000Z x".encode(),
        f"{time}:03.000000000Z end".encode(),
    ]


def test_a_file_that_is_there_is_left_alone_and_the_home_has_a_short_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    made = store(lines("a"))
    assert made.write("~/new") == 1
    assert (tmp_path / "new").exists()
    with pytest.raises(FileExistsError):
        made.write("~/new")


def test_what_cannot_be_written_whole_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = store(lines("a"))

    def full(_: object) -> object:
        raise OSError(28, "No space left on device")
        yield

    monkeypatch.setattr(made, "_written", full)
    with pytest.raises(OSError, match="No space"):
        made.write(str(tmp_path / "new"))
    assert not (tmp_path / "new").exists()
