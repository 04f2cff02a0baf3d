"""The words of an unfinished command line: what they say so far, and what kind of word is being typed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kubectl_mc.completion.syntax import Argument, Flag, Syntax


@dataclass
class Line:
    """One command's part of the line, read as far as it goes. Whatever cannot be right is passed over."""

    syntax: Syntax
    word: str = ""
    """What has been typed of the word at the cursor; of `--flag=value` only the value."""
    flag: Flag | None = None
    """The flag whose value is being typed."""
    argument: Argument | None = None
    """The argument that comes next; it is being typed unless a flag is. None where none can stand."""
    values: dict[str, list[str]] = field(default_factory=dict)
    """By parameter name, the values of flags and the arguments before the cursor; [""] for a flag without a value."""
    rest: tuple[str, ...] = ()
    """For a command that ends at its first argument: that and all that follows, the word at the cursor included."""
    flags_over: bool = False
    """Whether `--` stands before the cursor."""

    @property
    def types_flag(self) -> bool:
        """Whether a flag's name is being typed."""
        return self.flag is None and self.word.startswith("-") and not self.flags_over and not self.rest

    def open_flags(self) -> list[Flag]:
        """The flags that may still come."""
        return [flag for flag in self.syntax.flags if flag.repeatable or flag.name not in self.values]


def read_line(syntax: Syntax, words: Sequence[str]) -> Line:
    """Read the words after the command's name; the last one is the one at the cursor, and may be empty."""
    line = Line(syntax)
    *before, at_cursor = words
    arguments: list[str] = []
    flags_over = False
    waiting: Flag | None = None
    for index, word in enumerate(before):
        if waiting is not None:
            line.values.setdefault(waiting.name, []).append(word)
            waiting = None
        elif flags_over or not word.startswith("-") or word == "-":
            if syntax.ends_at_argument:
                line.rest = tuple(words[index:])
                return line
            arguments.append(word)
        elif word == "--":
            flags_over = True
        else:
            waiting = _read_flag(line, word)
    line.argument = _file_arguments(line, arguments)
    name, equals, value = at_cursor.partition("=")
    flag = None if flags_over else syntax.flag(name)
    if waiting is not None:
        line.flag, line.word = waiting, at_cursor
    elif equals and flag is not None and flag.takes_value and name in flag.long:
        line.flag, line.word = flag, value
    else:
        line.word = at_cursor
        line.flags_over = flags_over
        if syntax.ends_at_argument and not line.types_flag:
            line.rest = (at_cursor,)
    return line


def _read_flag(line: Line, word: str) -> Flag | None:
    """Take in a word with a dash; the flag, when the next word is its value."""
    name, equals, value = word.partition("=")
    if flag := line.syntax.flag(name):
        if flag.takes_value and not equals and not flag.bare:
            return flag
        if name in flag.long or not equals:
            line.values.setdefault(flag.name, []).append(value)
            return None
    if word.startswith("--"):
        return None
    # One dash: short flags run together, the last of them perhaps with its value, as in `-wn shop` and `-nshop`.
    for position, letter in enumerate(word[1:], start=2):
        flag = line.syntax.flag(f"-{letter}")
        if flag is None:
            return None
        if flag.takes_value:
            if position == len(word):
                return flag
            line.values.setdefault(flag.name, []).append(word[position:])
            return None
        line.values.setdefault(flag.name, []).append("")
    return None


def _file_arguments(line: Line, given: Sequence[str]) -> Argument | None:
    """Keep the arguments before the cursor by their names; the one that comes next."""
    left = list(given)
    for argument in line.syntax.arguments:
        if argument.variadic:
            line.values[argument.name] = left
            return argument
        if not left:
            return argument
        line.values[argument.name] = [left.pop(0)]
    return None
