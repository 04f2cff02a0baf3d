"""Of a program's sequences only those go on that pyte takes, however they are cut into pieces."""

import pytest

from kubectl_mc.tui.terminal.sequences import Sequences


@pytest.mark.parametrize(
    ("written", "passed"),
    [
        (b"plain text\r\n\t\b", b"plain text\r\n\t\b"),
        (b"\x00\x01\x05\x07\x11\x7fx", b"x"),
        (b"\x0e\x0f\x0b\x0c", b"\x0e\x0f\x0b\x0c"),
        ("é日".encode(), "é日".encode()),
        (b"\x1b[31mred\x1b[m", b"\x1b[31mred\x1b[m"),
        (b"\x1b[2;3H\x1b[J\x1b[1K", b"\x1b[2;3H\x1b[J\x1b[1K"),
        (b"\x1b[?25l\x1b[?1049h", b"\x1b[?25l\x1b[?1049h"),
        (b"\x1b[?1;2c\x1b[?9A", b""),
        (b"\x1b[>c\x1b[=c\x1b[<u\x1b[>4;2m", b""),
        (b"\x1b[ q\x1b[2 q\x1b[!p\x1b[1$}", b""),
        (b"\x1b[8;24;80t\x1b[21t", b""),
        (b"\x1b[5i\x1b[4i", b""),
        (b"\x1b[1;2;3H", b"\x1b[1;2H"),
        (b"\x1b[1;2A", b"\x1b[1A"),
        (b"\x1b[123456789A", b"\x1b[9999A"),
        (b"\x1b[38:2::1:2:3m", b"\x1b[38;2;1;2;3m"),
        (b"\x1b[38:2:1:2:3m", b"\x1b[38;2;1;2;3m"),
        (b"\x1b[48:5:9m", b"\x1b[48;5;9m"),
        (b"\x1b[4:3;31m", b"\x1b[4;31m"),
        (b"\x1b[4:0m", b"\x1b[24m"),
        (b"\x1b[58:5:9m", b"\x1b[m"),
        (b"\x1b[1:2H", b""),
        (b"\x1b7\x1b8\x1bD\x1bE\x1bM\x1bH\x1bc", b"\x1b7\x1b8\x1bD\x1bE\x1bM\x1bH\x1bc"),
        (b"\x1b(0\x1b)B", b"\x1b(0\x1b)B"),
        (b"\x1b*0\x1b(K\x1b%G\x1b#8", b""),
        (b"\x1b=\x1b>\x1bZ\x1bN", b""),
        (b"\x1b]0;title\x07", b"\x1b]0;title\x1b\\"),
        (b"\x1b]2;title\x1b\\", b"\x1b]2;title\x1b\\"),
        (b"\x1b]1;icon\x07\x1b]7;file://x/\x07\x1b]8;;u\x1b\\", b""),
        (b"\x1b]52;c;c2VjcmV0\x07", b""),
        (b"\x1bPq#1\x1b\\\x1b_Gx\x1b\\\x1b^y\x1b\\\x1bXz\x1b\\", b"\x1b\\" * 0),
        (b"\x1b]52;c;abc\x18x", b"x"),
        (b"\x1b]52;c;abc\x1b[31mx", b"\x1b[31mx"),
        (b"\x1b[12\x1b[31mx", b"\x1b[31mx"),
        (b"\x1b\x1b[31mx", b"\x1b[31mx"),
    ],
)
def test_what_goes_on(written: bytes, passed: bytes) -> None:
    assert Sequences().passed(written) == passed
    one_by_one = Sequences()
    assert b"".join(one_by_one.passed(bytes([byte])) for byte in written) == passed, "byte by byte"


def test_the_beginning_of_a_sequence_waits_for_its_end() -> None:
    sequences = Sequences()
    assert sequences.passed(b"a\x1b[3") == b"a"
    assert sequences.passed(b"1") == b""
    assert sequences.passed(b"mb") == b"\x1b[31mb"


@pytest.mark.parametrize("start", [b"\x1b]52;c;", b"\x1bP", b"\x1b_"])
def test_a_long_string_is_passed_over_without_being_kept(start: bytes) -> None:
    sequences = Sequences()
    assert sequences.passed(b"a" + start + b"x" * 5000) == b"a"
    assert sequences.passed(b"x" * 5000) == b""
    assert sequences.passed(b"\x07b") == b"b"
