"""Keys as the bytes that a terminal sends for them (xterm's)."""

import unicodedata
from collections.abc import Mapping

_CURSOR = {"up": b"A", "down": b"B", "right": b"C", "left": b"D", "home": b"H", "end": b"F"}
_TILDE = {"insert": 2, "delete": 3, "pageup": 5, "pagedown": 6, "f5": 15, "f6": 17, "f7": 18, "f8": 19, "f9": 20}
_TILDE |= {"f10": 21, "f11": 23, "f12": 24}
_SS3 = {"f1": b"P", "f2": b"Q", "f3": b"R", "f4": b"S"}
_PLAIN: Mapping[str, bytes] = {
    "enter": b"\r",
    "tab": b"\t",
    "shift+tab": b"\x1b[Z",
    "backspace": b"\x7f",
    "ctrl+backspace": b"\x08",
    "escape": b"\x1b",
    "space": b" ",
    "ctrl+space": b"\x00",
    "ctrl+@": b"\x00",
    "ctrl+backslash": b"\x1c",
    "ctrl+right_square_bracket": b"\x1d",
    "ctrl+circumflex_accent": b"\x1e",
    "ctrl+underscore": b"\x1f",
    "ctrl+slash": b"\x1f",
    "ctrl+left_square_bracket": b"\x1b",
}
_MODIFIERS = {"shift": 1, "alt": 2, "ctrl": 4}


def bytes_of_key(key: str, character: str | None, *, application: bool) -> bytes:
    """What a key sends; empty for one that sends nothing.

    Args:
        key: Textual's name of it: `ctrl+a`, `shift+up`, `f5`.
        character: what it types, if it types anything.
        application: whether the program has switched the cursor keys to their application form.
    """
    if key in _PLAIN:
        return _PLAIN[key]
    *modifiers, name = key.split("+")
    weight = 1 + sum(_MODIFIERS.get(modifier, 0) for modifier in modifiers)
    if name in _CURSOR:
        if weight > 1:
            return b"\x1b[1;%d" % weight + _CURSOR[name]
        return (b"\x1bO" if application else b"\x1b[") + _CURSOR[name]
    if name in _SS3:
        return b"\x1b[1;%d" % weight + _SS3[name] if weight > 1 else b"\x1bO" + _SS3[name]
    if name in _TILDE:
        return b"\x1b[%d~" % _TILDE[name] if weight == 1 else b"\x1b[%d;%d~" % (_TILDE[name], weight)
    if "ctrl" in modifiers and len(name) == 1 and name.isascii() and name.isalpha():
        typed = bytes([ord(name.lower()) - ord("a") + 1])
        return b"\x1b" + typed if "alt" in modifiers else typed
    typed = _PLAIN.get(name) or (character or (_letter(name) if "alt" in modifiers else "")).encode()
    return b"\x1b" + typed if typed and "alt" in modifiers else typed


def _letter(name: str) -> str:
    """What a key types whose name is all that is known of it: `a`, `full_stop`."""
    if len(name) == 1:
        return name
    try:
        return unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return ""
