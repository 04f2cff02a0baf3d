"""The words and operators of the simulated shell's scripts. Pure.

Words stay unexpanded, as tuples of pieces, so that quotes still count when variables come in.
"""

import re
from typing import NamedTuple


class Piece(NamedTuple):
    """A part of a word."""

    kind: str
    """`text`, `variable` or `command`."""
    text: str
    quoted: bool = False


Word = tuple[Piece, ...]


class ShellSyntaxError(Exception):
    """What the shell cannot read."""


OPERATOR = re.compile(r"&&|\|\||[;|&()\n]|(\d?)(>>|>&|<|>)")
_VARIABLE = re.compile(r"\$(?:\{([^}]*)\}|([A-Za-z_][A-Za-z0-9_]*|[?$#@*!0-9]))")

Token = str | Word
"""An operator as it stands, or a word."""


def tokens(text: str) -> list[Token]:
    """A text in tokens. ShellSyntaxError."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] in " \t\r":
            at += 1
        elif text.startswith("\\\n", at):
            at += 2
        elif text[at] == "#":
            at = text.find("\n", at) if "\n" in text[at:] else len(text)
        elif match := OPERATOR.match(text, at):
            found.append(match.group())
            at = match.end()
        else:
            word, at = _word(text, at)
            found.append(word)
    return found


def _word(text: str, at: int) -> tuple[Word, int]:
    """One word from a position, and the position behind it."""
    pieces: list[Piece] = []
    quoted = False
    while at < len(text):
        character = text[at]
        if character == '"':
            quoted = not quoted
            pieces.append(Piece("text", "", quoted=True))
            at += 1
        elif character == "'" and not quoted:
            end = text.find("'", at + 1)
            if end < 0:
                raise ShellSyntaxError("unterminated quoted string")
            pieces.append(Piece("text", text[at + 1 : end], quoted=True))
            at = end + 1
        elif character == "\\" and at + 1 < len(text) and (not quoted or text[at + 1] in '"\\$`'):
            pieces.append(Piece("text", text[at + 1], quoted=True))
            at += 2
        elif text.startswith("$(", at):
            end = _closing(text, at + 2)
            pieces.append(Piece("command", text[at + 2 : end], quoted))
            at = end + 1
        elif match := _VARIABLE.match(text, at):
            pieces.append(Piece("variable", match.group(1) or match.group(2), quoted))
            at = match.end()
        elif not quoted and (character in " \t\r\n;|&()<>"):
            break
        else:
            pieces.append(Piece("text", character, quoted))
            at += 1
    if quoted:
        raise ShellSyntaxError("unterminated quoted string")
    return tuple(pieces), at


def _closing(text: str, at: int) -> int:
    """The parenthesis that ends a `$(`."""
    depth = 1
    for index in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[index], 0)
        if depth == 0:
            return index
    raise ShellSyntaxError('unexpected end of file (expecting ")")')


def plain(token: Token | None) -> str | None:
    """A word without quotes and variables, which alone may be a reserved one."""
    if not isinstance(token, tuple) or any(piece.quoted or piece.kind != "text" for piece in token):
        return None
    return "".join(piece.text for piece in token)
