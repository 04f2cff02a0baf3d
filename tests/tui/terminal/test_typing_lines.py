"""Typing for a program that has no terminal: it is echoed, and handed over line by line."""

import pytest

from kubectl_mc.tui.terminal.typing_lines import LineTyping


@pytest.mark.parametrize(
    ("typed", "handed", "seen", "over"),
    [
        (b"ls", b"", b"ls", False),
        (b"ls\r", b"ls\n", b"ls\r\n", False),
        (b"a\rb\r", b"a\nb\n", b"a\r\nb\r\n", False),
        (b"lx\x7fs\r", b"ls\n", b"lx\b \bs\r\n", False),
        (b"lx\x08s\r", b"ls\n", b"lx\b \bs\r\n", False),
        (b"\x7f\x7f", b"", b"", False),
        (b"bad\x15good\r", b"good\n", b"bad\b \b\b \b\b \bgood\r\n", False),
        (b"a\tb\r", b"a\tb\n", b"a\tb\r\n", False),
        ("é日\r".encode(), "é日\n".encode(), "é日\r\n".encode(), False),
        (b"\x04", b"", b"", True),
        (b"half\x04", b"half", b"half", False),
        (b"half\x04\x04", b"half", b"half", True),
        (b"line\r\x04", b"line\n", b"line\r\n", True),
        (b"\x1b[Ax\r", b"[Ax\n", b"[Ax\r\n", False),
        (b"\x01\x03x\r", b"x\n", b"x\r\n", False),
        (b"\xff\xfex\r", b"x\n", b"x\r\n", False),
    ],
)
def test_keys_become_lines(typed: bytes, handed: bytes, seen: bytes, over: bool) -> None:
    shown = bytearray()
    typing = LineTyping(shown.extend)
    assert typing.typed(typed) == (handed, over)
    assert bytes(shown) == seen


def test_a_line_is_typed_in_several_pieces() -> None:
    typing = LineTyping(lambda _: None)
    assert typing.typed(b"l") == (b"", False)
    assert typing.typed(b"s") == (b"", False)
    assert typing.typed(b"\r") == (b"ls\n", False)
