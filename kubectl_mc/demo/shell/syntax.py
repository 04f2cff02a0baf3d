"""The grammar of the simulated shell: from text to lists of pipelines of commands. Pure.

Knows `;`, `&&`, `||`,
`|`, `!`, newlines, redirections, quotes, `$NAME`, `${NAME:-x}`, `$(…)`, `if`, `while`, `until`, `for` and `{ … }`.
"""

import re
from dataclasses import dataclass, field

from kubectl_mc.demo.shell.tokens import OPERATOR, ShellSyntaxError, Token, Word, plain, tokens


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


_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=")
_CLOSERS = frozenset(["then", "elif", "else", "fi", "do", "done", "}"])


def parse(text: str) -> Script:
    """The script of a text. ShellSyntaxError."""
    parser = _Parser(tokens(text))
    script = parser.script()
    if parser.token is not None:
        raise ShellSyntaxError(f"unexpected {parser.shown}")
    return script


class _Parser:
    """Recursive descent over tokens."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
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
            if self.token in (None, ")") or plain(self.token) in _CLOSERS:
                return Script(tuple(found))
            found.append(self._pipeline(joint))
            joint = str(self.token) if self.token in ("&&", "||") else ";"
            if joint != ";":
                self._at += 1
                while self.token == "\n":
                    self._at += 1

    def _pipeline(self, joint: str) -> Pipeline:
        negated = plain(self.token) == "!"
        self._at += negated
        steps = [self._step()]
        while self.token == "|":
            self._at += 1
            steps.append(self._step())
        return Pipeline(tuple(steps), joint, negated)

    def _step(self) -> Step:
        word = plain(self.token)
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
        while plain(self.token) in ("if", "elif"):
            self._at += 1
            condition = self.script()
            self._expect("then")
            branches.append((condition, self.script()))
        otherwise = None
        if plain(self.token) == "else":
            self._at += 1
            otherwise = self.script()
        self._expect("fi")
        return If(tuple(branches), otherwise)

    def _for(self) -> For:
        self._at += 1
        name = plain(self._take()) or ""
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
            elif token and (match := OPERATOR.fullmatch(token)) and match.group(2):
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
        if plain(self.token) != word and self.token != word:
            raise ShellSyntaxError(f'unexpected {self.shown} (expecting "{word}")')
        self._at += 1


def _assignment(word: Word) -> tuple[str, Word] | None:
    """`NAME=…` as a name and the word that is its value."""
    name = ""
    for index, piece in enumerate(word):
        if piece.kind != "text" or piece.quoted:
            break
        name += piece.text
        if match := _ASSIGNMENT.fullmatch(name):
            return match.group(1), word[index + 1 :]
    return None
