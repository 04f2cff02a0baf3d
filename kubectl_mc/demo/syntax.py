"""The grammar of the simulated shell: from text to lists of pipelines of commands. Pure.

Words stay unexpanded, as tuples of pieces, so that quotes still count when variables come in. Knows `;`, `&&`, `||`,
`|`, `!`, newlines, redirections, quotes, `$NAME`, `${NAME:-x}`, `$(…)`, `if`, `while`, `until`, `for` and `{ … }`.
"""

import re
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class Redirect:
    """`2>>file`, or `2>&1` with `&1` as the target."""

    stream: int
    operator: str
    target: Word


@dataclass(frozen=True)
class Command:
    """A simple command: assignments, words, redirections."""

    assignments: tuple[tuple[str, Word], ...] = ()
    words: tuple[Word, ...] = ()
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True)
class If:
    """Branches of condition and body, tried in order, and the `else`."""

    branches: tuple[tuple["Script", "Script"], ...]
    otherwise: "Script | None"


@dataclass(frozen=True)
class Loop:
    """`while` and `until`."""

    condition: "Script"
    body: "Script"
    until: bool


@dataclass(frozen=True)
class For:
    """`for NAME in WORDS`."""

    name: str
    words: tuple[Word, ...]
    body: "Script"


@dataclass(frozen=True)
class Group:
    """`{ … }` and `( … )`; both run in place."""

    body: "Script"


Step = Command | If | Loop | For | Group


@dataclass(frozen=True)
class Pipeline:
    """Steps that feed one another; `joint` says when it runs: after `;`, `&&` or `||`."""

    steps: tuple[Step, ...]
    joint: str = ";"
    negated: bool = False


@dataclass(frozen=True)
class Script:
    """Pipelines in order."""

    pipelines: tuple[Pipeline, ...] = field(default=())


_OPERATOR = re.compile(r"&&|\|\||[;|&()\n]|(\d?)(>>|>&|<|>)")
_VARIABLE = re.compile(r"\$(?:\{([^}]*)\}|([A-Za-z_][A-Za-z0-9_]*|[?$#@*!0-9]))")
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=")
_CLOSERS = frozenset(["then", "elif", "else", "fi", "do", "done", "}"])


def parse(text: str) -> Script:
    """The script of a text. ShellSyntaxError."""
    parser = _Parser(_tokens(text))
    script = parser.script()
    if parser.token is not None:
        raise ShellSyntaxError(f"unexpected {parser.shown}")
    return script


Token = str | Word
"""An operator as it stands, or a word."""


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] in " \t\r":
            at += 1
        elif text.startswith("\\\n", at):
            at += 2
        elif text[at] == "#":
            at = text.find("\n", at) if "\n" in text[at:] else len(text)
        elif match := _OPERATOR.match(text, at):
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


def _plain(token: Token | None) -> str | None:
    """A word without quotes and variables, which alone may be a reserved one."""
    if not isinstance(token, tuple) or any(piece.quoted or piece.kind != "text" for piece in token):
        return None
    return "".join(piece.text for piece in token)


class _Parser:
    """Recursive descent over tokens."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def token(self) -> Token | None:
        """The next token."""
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    @property
    def shown(self) -> str:
        """The next token for a message."""
        if self.token is None:
            return "end of file"
        text = self.token if isinstance(self.token, str) else "".join(piece.text for piece in self.token)
        return "newline" if text == "\n" else f'"{text}"'

    def script(self) -> Script:
        """Pipelines up to a word that closes the surrounding one."""
        found: list[Pipeline] = []
        joint = ";"
        while True:
            while self.token in (";", "\n", "&"):
                self._at += 1
            if self.token in (None, ")") or _plain(self.token) in _CLOSERS:
                return Script(tuple(found))
            found.append(self._pipeline(joint))
            joint = str(self.token) if self.token in ("&&", "||") else ";"
            if joint != ";":
                self._at += 1
                while self.token == "\n":
                    self._at += 1

    def _pipeline(self, joint: str) -> Pipeline:
        negated = _plain(self.token) == "!"
        self._at += negated
        steps = [self._step()]
        while self.token == "|":
            self._at += 1
            steps.append(self._step())
        return Pipeline(tuple(steps), joint, negated)

    def _step(self) -> Step:
        word = _plain(self.token)
        if word == "if":
            return self._if()
        if word in ("while", "until"):
            self._at += 1
            condition = self.script()
            return Loop(condition, self._block("do", "done"), word == "until")
        if word == "for":
            return self._for()
        if word == "{" or self.token == "(":
            self._at += 1
            body = self.script()
            self._expect("}" if word else ")")
            return Group(body)
        return self._command()

    def _if(self) -> If:
        branches: list[tuple[Script, Script]] = []
        while _plain(self.token) in ("if", "elif"):
            self._at += 1
            condition = self.script()
            self._expect("then")
            branches.append((condition, self.script()))
        otherwise = None
        if _plain(self.token) == "else":
            self._at += 1
            otherwise = self.script()
        self._expect("fi")
        return If(tuple(branches), otherwise)

    def _for(self) -> For:
        self._at += 1
        name = _plain(self._take()) or ""
        self._expect("in")
        words: list[Word] = []
        while isinstance(self.token, tuple):
            words.append(self.token)
            self._at += 1
        while self.token in (";", "\n"):
            self._at += 1
        return For(name, tuple(words), self._block("do", "done"))

    def _block(self, opening: str, closing: str) -> Script:
        self._expect(opening)
        body = self.script()
        self._expect(closing)
        return body

    def _command(self) -> Command:
        assignments: list[tuple[str, Word]] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while True:
            token = self.token
            if isinstance(token, tuple):
                self._at += 1
                assignment = None if words else _assignment(token)
                if assignment:
                    assignments.append(assignment)
                else:
                    words.append(token)
            elif token and (match := _OPERATOR.fullmatch(token)) and match.group(2):
                self._at += 1
                redirects.append(self._redirect(match.group(1), match.group(2)))
            else:
                break
        if not (assignments or words or redirects):
            raise ShellSyntaxError(f"unexpected {self.shown}")
        return Command(tuple(assignments), tuple(words), tuple(redirects))

    def _redirect(self, stream: str, operator: str) -> Redirect:
        target = self._take()
        if not isinstance(target, tuple):
            raise ShellSyntaxError(f"unexpected {self.shown}")
        return Redirect(int(stream or (0 if operator == "<" else 1)), operator, target)

    def _take(self) -> Token | None:
        token = self.token
        self._at += 1
        return token

    def _expect(self, word: str) -> None:
        if _plain(self.token) != word and self.token != word:
            raise ShellSyntaxError(f'unexpected {self.shown} (expecting "{word}")')
        self._at += 1


def _assignment(word: Word) -> tuple[str, Word] | None:
    """`NAME=…` as a name and the word that is its value."""
    plain = ""
    for index, piece in enumerate(word):
        if piece.kind != "text" or piece.quoted:
            break
        plain += piece.text
        if match := _ASSIGNMENT.fullmatch(plain):
            return match.group(1), word[index + 1 :]
    return None
