"""What a shell is told: candidates and a directive, in the protocol that kubectl's completion scripts read.

Source: kubectl `pkg/cmd/plugin/plugin_completion.go` and cobra's `ShellCompDirective`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag


class Directive(IntFlag):
    """What the shell is to do with the candidates."""

    NO_SPACE = 2
    """The word goes on after the candidate."""
    NO_FILES = 4
    """Without candidates, don't fall back to file names."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to go on with the word, and what it means."""

    value: str
    about: str = ""

    @property
    def line(self) -> str:
        return f"{self.value}\t{_one_line(self.about)}" if self.about else self.value


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    candidates: tuple[Candidate, ...] = ()
    directive: Directive = Directive.NO_FILES

    def narrowed(self, word: str) -> "Reply":
        """Only the candidates that begin as the word does."""
        return Reply(tuple(item for item in self.candidates if item.value.startswith(word)), self.directive)

    def text(self) -> str:
        """As it is written to stdout. A value that a line cannot hold is left out."""
        lines = [item.line for item in self.candidates if item.value.isprintable()]
        return "".join(f"{line}\n" for line in [*lines, f":{int(self.directive)}"])


def reply(candidates: Iterable[Candidate], directive: Directive = Directive.NO_FILES) -> Reply:
    """An answer of any number of candidates."""
    return Reply(tuple(candidates), directive)


NOTHING = Reply()
FILES = Reply(directive=Directive(0))
"""The shell is to complete a file's name."""


def _one_line(text: str) -> str:
    """A description that neither breaks the protocol nor the terminal that it ends on."""
    return "".join(character if character.isprintable() else " " for character in text)
