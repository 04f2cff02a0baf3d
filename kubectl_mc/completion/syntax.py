"""What may stand on a command line, in the form that completion needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Flag:
    """An option."""

    name: str
    """The Python parameter's."""
    long: tuple[str, ...]
    short: tuple[str, ...]
    takes_value: bool
    repeatable: bool
    metavar: str
    about: str
    bare: bool = False
    """Whether it may stand without its value, which then only a `=` can give."""


@dataclass(frozen=True, slots=True)
class Argument:
    """A word, or all words that are left, without a flag before them."""

    name: str
    variadic: bool


@dataclass(frozen=True, slots=True)
class Syntax:
    """What may stand after `mc`, or after a subcommand."""

    flags: tuple[Flag, ...]
    arguments: tuple[Argument, ...] = ()
    commands: tuple[tuple[str, str], ...] = ()
    """Subcommands, each with its one line of help."""
    ends_at_argument: bool = False
    """Whether all that follows the first argument belongs to it, as with `demo`."""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """From what `dataclasses.asdict` made of one, perhaps by way of JSON."""
        return cls(
            flags=tuple(
                Flag(**{**flag, "long": tuple(flag["long"]), "short": tuple(flag["short"])})
                for flag in document["flags"]
            ),
            arguments=tuple(Argument(**argument) for argument in document["arguments"]),
            commands=tuple((name, about) for name, about in document["commands"]),
            ends_at_argument=document["ends_at_argument"],
        )

    def flag(self, word: str) -> Flag | None:
        """The flag that is written so."""
        return next((flag for flag in self.flags if word in flag.long or word in flag.short), None)
