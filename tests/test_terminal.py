"""The terminal that is lent to a program elsewhere, and what brings it back."""

import contextlib
import os
import pty
import signal
import termios
from collections.abc import Iterator

import pytest

from kubectl_mc.terminal import Modes, is_terminal, raw, size_of


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of one, of which a person has changed the settings."""
    outer, inner = pty.openpty()
    settings = termios.tcgetattr(inner)
    settings[0] &= ~termios.IXON
    settings[3] &= ~termios.ECHOE
    settings[6][termios.VINTR] = b"\x0b"
    termios.tcsetattr(inner, termios.TCSANOW, settings)
    yield outer, inner
    for descriptor in (outer, inner):
        try:
            os.close(descriptor)
        except OSError:  # the test has hung up
            continue


class Stopped(BaseException):
    """No error, as a signal is none."""


def test_every_key_goes_through_at_once_and_unchanged(terminal: tuple[int, int]) -> None:
    outer, inner = terminal
    keys = bytes(range(256))
    with raw(inner):
        os.write(outer, keys)
        assert os.read(inner, 1000) == keys
        os.write(inner, b"a\n")
        assert os.read(outer, 1000) == b"a\n"


@pytest.mark.parametrize("error", [None, ValueError, KeyboardInterrupt, Stopped])
def test_the_settings_are_as_before_however_it_ends(
    error: type[BaseException] | None, terminal: tuple[int, int]
) -> None:
    _, inner = terminal
    before = termios.tcgetattr(inner)
    with contextlib.suppress(ValueError, KeyboardInterrupt, Stopped), raw(inner):
        assert termios.tcgetattr(inner) != before
        if error is not None:
            raise error
    assert termios.tcgetattr(inner) == before


def test_the_settings_come_back_without_waiting_for_a_reader(terminal: tuple[int, int]) -> None:
    _, inner = terminal
    before = termios.tcgetattr(inner)
    os.set_blocking(inner, False)
    signal.alarm(20)
    try:
        with raw(inner):
            try:
                while True:
                    os.write(inner, b"x" * 4096)
            except BlockingIOError:
                pass
    finally:
        signal.alarm(0)
    assert termios.tcgetattr(inner) == before


def test_what_was_typed_before_is_not_lost(terminal: tuple[int, int]) -> None:
    outer, inner = terminal
    os.write(outer, b"ahead\r")
    with raw(inner):
        assert os.read(inner, 100).strip() == b"ahead"


def test_a_terminal_that_was_closed_meanwhile_is_no_error(terminal: tuple[int, int]) -> None:
    outer, inner = terminal
    with raw(inner):
        os.close(outer)


RESET = b"\x1b[0m"


@pytest.mark.parametrize(
    ("blocks", "undo"),
    [
        ([b""], b""),
        ([b"text \x1b[31mred\x1b[0m \x1b]0;title\x07\x1b[2J"], b""),
        ([b"\x1b[?1049h"], b"\x1b[?1049l" + RESET),
        ([b"\x1b[?25l"], b"\x1b[?25h" + RESET),
        ([b"\x1b[?7l"], b"\x1b[?7h" + RESET),
        ([b"\x1b[?7h\x1b[?25h"], b""),
        ([b"\x1b[?1049h and \x1b[?1049l"], b""),
        ([b"\x1b[?25l", b"\x1b[?25h"], b""),
        ([b"\x1b[?1000;1006h"], b"\x1b[?1006l\x1b[?1000l" + RESET),
        ([b"\x1b[?1000;1006h\x1b[?1006l"], b"\x1b[?1000l" + RESET),
        ([b"\x1b[?1049h\x1b[?25l\x1b[?2004h"], b"\x1b[?25h\x1b[?2004l\x1b[?1049l" + RESET),
        ([b"\x1b[?1049h\x1b[?25lall\x1bcgone"], b""),
        ([b"\x1bc\x1b[?25l"], b"\x1b[?25h" + RESET),
        ([b"\x1b[?1049h\x1b[?1049h\x1b[?1049l"], b""),
        ([b"\x1b", b"[?25l"], b"\x1b[?25h" + RESET),
        ([b"x\x1b[?10", b"49h y"], b"\x1b[?1049l" + RESET),
        ([bytes([byte]) for byte in b"a\x1b[?1049hb\x1b[?25lc\x1b[?1049l"], b"\x1b[?25h" + RESET),
        ([b"\x1b[?25l\x1b[?104", b"9h"], b"\x1b[?25h\x1b[?1049l" + RESET),
        ([b"\x1b[?25l\x1b", b"c"], b""),
        ([b"\x1b", b"x[?25l"], b""),
        ([b"\x1b" + b"x" * 100_000, b"[?25l"], b""),
        ([b"[?25l"], b""),
        ([b"\x1b[25l", b"\x1b[4h"], b""),
    ],
)  # fmt: skip
def test_what_was_left_switched_is_switched_back_and_nothing_else(blocks: list[bytes], undo: bytes) -> None:
    modes = Modes()
    for block in blocks:
        modes.saw(block)
    assert sorted(modes.undo().split(b"\x1b")) == sorted(undo.split(b"\x1b"))
    assert modes.undo() == b""


def test_the_cursor_comes_back_on_the_screen_that_is_left() -> None:
    modes = Modes()
    modes.saw(b"\x1b[?1049h\x1b[?25l\x1b[?1000h")
    assert modes.undo().endswith(RESET)


def test_a_flood_of_half_a_sequence_is_not_kept() -> None:
    modes = Modes()
    for _ in range(1000):
        modes.saw(b"\x1b[?" + b"1;" * 1000)
    assert len(modes._rest) < 100
    modes.saw(b"\x1b[?25l")
    assert modes.undo() == b"\x1b[?25h" + RESET


def test_a_size_is_columns_and_lines_and_none_where_there_is_none(terminal: tuple[int, int]) -> None:
    _, inner = terminal
    assert size_of(inner) is None, "a terminal that nobody has told its size"
    termios.tcsetwinsize(inner, (43, 132))
    assert size_of(inner) == (132, 43)
    reading, writing = os.pipe()
    try:
        assert size_of(reading) is None
        assert [is_terminal(descriptor) for descriptor in (inner, reading)] == [True, False]
    finally:
        os.close(reading)
        os.close(writing)
