"""Keys become the bytes that xterm sends for them."""

import pytest

from kubectl_mc.tui.terminal.keys import bytes_of_key


@pytest.mark.parametrize(
    ("key", "character", "sent"),
    [
        ("a", "a", b"a"),
        ("A", "A", b"A"),
        ("question_mark", "?", b"?"),
        ("é", "é", "é".encode()),
        ("日", "日", "日".encode()),
        ("space", " ", b" "),
        ("enter", "\r", b"\r"),
        ("tab", "\t", b"\t"),
        ("shift+tab", None, b"\x1b[Z"),
        ("backspace", "\x7f", b"\x7f"),
        ("ctrl+backspace", None, b"\x08"),
        ("escape", "\x1b", b"\x1b"),
        ("ctrl+a", "\x01", b"\x01"),
        ("ctrl+c", "\x03", b"\x03"),
        ("ctrl+z", "\x1a", b"\x1a"),
        ("ctrl+@", "\x00", b"\x00"),
        ("ctrl+space", None, b"\x00"),
        ("ctrl+backslash", "\x1c", b"\x1c"),
        ("ctrl+right_square_bracket", "\x1d", b"\x1d"),
        ("ctrl+circumflex_accent", "\x1e", b"\x1e"),
        ("ctrl+underscore", "\x1f", b"\x1f"),
        ("alt+a", "a", b"\x1ba"),
        ("alt+A", "A", b"\x1bA"),
        ("alt+full_stop", ".", b"\x1b."),
        ("alt+full_stop", None, b"\x1b."),
        ("alt+1", "1", b"\x1b1"),
        ("alt+enter", None, b"\x1b\r"),
        ("alt+backspace", None, b"\x1b\x7f"),
        ("alt+ctrl+a", None, b"\x1b\x01"),
        ("ctrl+alt+a", None, b"\x1b\x01"),
        ("up", None, b"\x1b[A"),
        ("down", None, b"\x1b[B"),
        ("right", None, b"\x1b[C"),
        ("left", None, b"\x1b[D"),
        ("home", None, b"\x1b[H"),
        ("end", None, b"\x1b[F"),
        ("shift+up", None, b"\x1b[1;2A"),
        ("alt+up", None, b"\x1b[1;3A"),
        ("ctrl+right", None, b"\x1b[1;5C"),
        ("ctrl+shift+left", None, b"\x1b[1;6D"),
        ("insert", None, b"\x1b[2~"),
        ("delete", None, b"\x1b[3~"),
        ("pageup", None, b"\x1b[5~"),
        ("pagedown", None, b"\x1b[6~"),
        ("ctrl+delete", None, b"\x1b[3;5~"),
        ("f1", None, b"\x1bOP"),
        ("f4", None, b"\x1bOS"),
        ("shift+f1", None, b"\x1b[1;2P"),
        ("f5", None, b"\x1b[15~"),
        ("f6", None, b"\x1b[17~"),
        ("f11", None, b"\x1b[23~"),
        ("f12", None, b"\x1b[24~"),
        ("ctrl+f5", None, b"\x1b[15;5~"),
        ("alt+shift+a", "A", b"\x1bA"),
        ("shift+enter", None, b"\r"),
        ("shift+backspace", None, b"\x7f"),
        ("shift+space", " ", b" "),
        ("ctrl+shift+c", None, b"\x03"),
        ("ctrl+slash", None, b"\x1f"),
        ("ctrl+left_square_bracket", None, b"\x1b"),
        ("alt+f13", None, b""),
        ("f13", None, b""),
        ("ctrl+é", None, b""),
        ("unknown", None, b""),
    ],
)
def test_a_key_sends_what_xterm_sends(key: str, character: str | None, sent: bytes) -> None:
    assert bytes_of_key(key, character, application=False) == sent


@pytest.mark.parametrize(
    ("key", "sent"),
    [("up", b"\x1bOA"), ("end", b"\x1bOF"), ("shift+up", b"\x1b[1;2A"), ("pageup", b"\x1b[5~"), ("f1", b"\x1bOP")],
)
def test_cursor_keys_have_another_form_where_a_program_asks_for_it(key: str, sent: bytes) -> None:
    assert bytes_of_key(key, None, application=True) == sent
