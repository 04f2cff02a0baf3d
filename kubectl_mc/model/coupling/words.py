"""The words that a container runs, as simple commands: what a shell script would call, one after the other."""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kubectl_mc.model.spec import ContainerSpec

_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh"})
_SEPARATORS = frozenset(";&|()\n")
_KEYWORDS = frozenset(
    {"if", "then", "elif", "else", "fi", "while", "until", "do", "done", "for", "!", "{", "}", "time"}
)
_PREFIXES = frozenset({"exec", "sudo", "nohup", "env", "command", "busybox", "tini", "dumb-init", "--"})
"""What stands before a program without being it."""
_HEREDOC = re.compile(r"(?<!<)<<-?[ \t]*(['\"]?)(\w+)\1")
_LONGEST = 20_000
"""Characters of a script that are read; what is longer is a program that somebody has pasted into a manifest."""
_WORDS = 200
"""Of a command so many are read, for the same reason."""
_SUBSTITUTION = re.compile(r"\$\(([^()]*)\)")
_ASIDE, _ASIDES = 0xE000, 6400
"""Characters for private use, which stand for substitutions while a script is cut into tokens."""
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_USERINFO = re.compile(r"(?<=://)[^\s/@]+@")
_SECRET = re.compile(r"((?:password|passwd|token|secret|api-?key|authorization: *\w*)[=: ]+)[^\s\"']+", re.IGNORECASE)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_API_REFERENCE = re.compile(r"\$\(([A-Za-z_.-][\w.-]*)\)")
_SHELL_REFERENCE = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")


@dataclass(frozen=True, slots=True)
class Command:
    """A simple command: a program and its arguments, and where its streams are redirected."""

    words: tuple[str, ...]
    outputs: tuple[tuple[str, str], ...] = ()
    """Redirections into files: `>` or `>>`, and the file."""
    inputs: tuple[str, ...] = ()
    """Files behind `<`."""
    at: str = ""
    """Where in the pod's document it is said."""

    @property
    def program(self) -> str:
        """The program without its directory; empty where the image's own gets the words."""
        return self.words[0].rpartition("/")[2] if self.words else ""

    @property
    def arguments(self) -> tuple[str, ...]:
        return self.words[1:]

    @property
    def text(self) -> str:
        """The command on one line, as it may be shown."""
        return without_credentials(" ".join(self.words))


def environment(spec: ContainerSpec) -> dict[str, str]:
    """The variables whose values the spec itself says, references among them resolved as the kubelet does."""
    values: dict[str, str] = {}
    for variable in spec.variables:
        if variable.source is None:
            values[variable.name] = expand(variable.value, values)
    return values


def expand(text: str, values: Mapping[str, str]) -> str:
    """A text with `$(NAME)` replaced; what is not known stays (kubernetes `third_party/forked/golang/expansion`)."""
    return _API_REFERENCE.sub(lambda found: values.get(found[1], found[0]), text) if "$(" in text else text


def main_commands(spec: ContainerSpec) -> tuple[Command, ...]:
    """What a container's command and arguments run; with arguments alone, the program is the image's, and unknown."""
    if not spec.words:
        return ()
    at = f"{spec.at}.command" if spec.command else f"{spec.at}.args"
    words = spec.words if spec.command or _is_program(spec.args) else ("", *spec.args)
    return tuple(commands(words, environment(spec), at))


def commands(words: tuple[str, ...], values: Mapping[str, str], at: str) -> Iterator[Command]:
    """The simple commands of a command line; of a shell's with `-c`, those of its script."""
    words = tuple(expand(word, values) for word in words)
    script = shell_script(words)
    if script is None:
        found = _command(list(words), at)
        if found is not None:
            yield found
        return
    script = _SHELL_REFERENCE.sub(lambda found: values.get(found[1] or found[2], found[0]), script)
    for tokens in _split(script):
        found = _command(tokens, at)
        if found is not None:
            yield found


def without_credentials(text: str) -> str:
    """A command line without the passwords that people put into such."""
    return _SECRET.sub(r"\1***", _USERINFO.sub("***@", text))


def script_of(spec: ContainerSpec) -> str:
    """The whole text that a container runs, its variables left as they are."""
    return shell_script(spec.words) or " ".join(spec.words)


def _is_program(args: tuple[str, ...]) -> bool:
    """Whether arguments alone are a whole command line, as images whose entrypoint is `exec "$@"` take them."""
    return bool(args) and (args[0].rpartition("/")[2] in _SHELLS or args[0].startswith("/"))


def shell_script(words: tuple[str, ...]) -> str | None:
    """The text behind a shell's `-c`; None for other command lines."""
    while words and words[0].rpartition("/")[2] in _PREFIXES:
        words = words[1:]
    if not words or words[0].rpartition("/")[2] not in _SHELLS:
        return None
    for index, word in enumerate(words[1:], 1):
        if re.fullmatch(r"-[a-z]*c[a-z]*", word):
            return words[index + 1] if index + 1 < len(words) else None
    return None


@lru_cache(maxsize=256)
def _split(script: str) -> tuple[tuple[str, ...], ...]:
    """The tokens of a script, command by command; kept, since one container is looked at for many reasons."""
    return tuple(map(tuple, _tokens(script)))


def _tokens(script: str) -> Iterator[list[str]]:
    """The tokens of a script. One that no shell could read is split at blanks."""
    script = _without_documents(script[:_LONGEST].replace("\\\n", " "))
    inner: list[str] = []

    def apart(found: re.Match[str]) -> str:
        if len(inner) == _ASIDES:
            return " "
        inner.append(found[1])
        return chr(_ASIDE + len(inner) - 1)

    def restored(found: re.Match[str]) -> str:
        index = ord(found[0]) - _ASIDE
        return f"$({inner[index]})" if index < len(inner) else found[0]

    script = _SUBSTITUTION.sub(apart, script)
    reader = shlex.shlex(script, posix=True, punctuation_chars=";&|()<>\n")
    reader.whitespace = " \t\r"
    reader.whitespace_split = True
    reader.commenters = ""
    try:
        tokens = list(reader)
    except ValueError:
        tokens = re.sub(r"([;&|()<>\n])", r" \1 ", script).split(" ")
    current: list[str] = []
    comment = False
    for raw in tokens:
        token = _PRIVATE.sub(restored, raw)
        if token and set(token) <= _SEPARATORS:
            yield current
            current, comment = [], comment and "\n" not in token
        elif token.startswith("#") or comment:
            comment = True
        elif token:
            current.append(token)
    yield current
    for script in inner:
        yield from _tokens(script)


def _without_documents(script: str) -> str:
    """A script without its here-documents: they are a program's input and no commands."""
    kept: list[str] = []
    lines = iter(script.split("\n"))
    for line in lines:
        found = _HEREDOC.search(line)
        kept.append(line if found is None else line[: found.start()] + line[found.end() :])
        if found is not None:
            for inside in lines:
                if inside.strip() == found[2]:
                    break
    return "\n".join([*kept, ""])


def _command(tokens: Iterable[str], at: str) -> Command | None:
    words: list[str] = []
    outputs: list[tuple[str, str]] = []
    inputs: list[str] = []
    rest = iter(tokens)
    for token in rest:
        if token.strip("&|") in (">", ">>"):
            if words and words[-1] in ("1", "2"):  # a descriptor
                words.pop()
            outputs.append((token.strip("&|"), next(rest, "")))
        elif token == "<":
            inputs.append(next(rest, ""))
        elif words or not (token in _KEYWORDS or token in _PREFIXES or _ASSIGNMENT.match(token)):
            words.append(token)
    if not (words or outputs or inputs):
        return None
    return Command(tuple(words[:_WORDS]), tuple(outputs), tuple(inputs), at)
