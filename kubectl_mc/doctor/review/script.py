"""The statements of a shell script, loops as a whole: what runs after what, beside what, and without an end."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kubectl_mc.model.coupling.known import Kind, known_image
from kubectl_mc.model.coupling.words import shell_script
from kubectl_mc.model.spec import ContainerSpec

_BEFORE = frozenset({"exec", "sudo", "nohup", "env", "command", "busybox", "tini", "dumb-init", "--", "!", "time"})
_OPENS = frozenset({"while", "until", "for", "if", "case", "{", "("})
_CLOSES = frozenset({"done", "fi", "esac", "}", ")"})
_TRIVIAL = frozenset({
    "", "cd", "export", "set", "echo", "printf", "mkdir", "trap", "umask", "ulimit", "source", ".", "sleep", "chmod",
    "chown", "cp", "ln", "mv", "rm", "touch", "test", "[", "[[", "true", ":", "wait", "cat", "envsubst", "sed", "date",
    "shift", "unset", "local", "read", "exit", "kill", "tee", "ls", "id", "whoami", "env", "hostname", "until", "if",
    "case", "for", "uname", "eval", "sysctl", "uptime", "pwd", "return", "readonly", "alias", "shopt", "dd", "head",
})  # fmt: skip
"""What a script does on its way to what the container is there for."""
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_ALWAYS = re.compile(r"while\s+(?:true|:|1|\[\s*1\s*\]|\[\s*true\s*\])\s*[;\n]|until\s+false\s*[;\n]")
_LEAVES = re.compile(r"\b(?:break|exit|return|exec)\b")
_HEREDOC = re.compile(r"<<-?[ \t]*(['\"]?)(\w+)\1(.*?\n)(?:.*?\n)?[ \t]*\2[ \t]*(?=\n|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Statement:
    """A command with all that is piped behind it, or a loop or a condition as a whole."""

    words: tuple[str, ...]
    end: str = ""
    """What stands behind it: `;` (for a new line as well), `&`, `&&`, `||`, or nothing."""
    executed: bool = False
    """Whether it takes the shell's place."""

    @property
    def program(self) -> str:
        return self.words[0].rpartition("/")[2] if self.words else ""

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def trivial(self) -> bool:
        """Whether it is no purpose of its own."""
        return self.program in _TRIVIAL or _ASSIGNMENT.fullmatch(self.program) is not None

    @property
    def endless(self) -> bool:
        """Whether it goes on until it is ended, as far as its words say."""
        words = self.words
        if self.program in ("while", "until"):
            return _ALWAYS.match(self.text) is not None and not _LEAVES.search(self.text)
        return (
            (self.program == "sleep" and words[-1] in ("infinity", "inf"))
            or (self.program == "tail" and any(re.fullmatch(r"-[a-zA-Z]*[fF]|--follow.*|-\d*f", w) for w in words))
            or (self.program == "httpd" and ("-f" in words or "-DFOREGROUND" in words))
            or (self.program == "nginx" and "daemon off;" in self.text)
            or "http.server" in words
            or self.program in ("redis-server", "memcached", "envoy", "haproxy", "fluent-bit", "fluentd", "postgres")
        )


def stops_at_errors(spec: ContainerSpec) -> bool:
    """Whether its shell ends at the first command that fails: `set -e`, `sh -ec`."""
    script = shell_script(spec.words) or ""
    flags = [word for word in spec.words if re.fullmatch(r"-[a-z]*e[a-z]*", word)]
    return bool(flags) or re.search(r"\bset\s+(?:-\w+\s+)*-\w*e|\berrexit\b", script) is not None


def statements(spec: ContainerSpec) -> tuple[Statement, ...]:
    """What a container's command line runs, in order; a single one unless it is a script."""
    script = shell_script(spec.words)
    if script is None:
        return (_statement(list(spec.words), ""),) if spec.command else ()
    return _cut(script)


def serves_for_ever(spec: ContainerSpec) -> str:
    """What says that a container never ends by itself; empty where nothing does."""
    run = [each for each in statements(spec) if each.end != "&"]
    if run:
        found = next((each for each in run if each.endless), None)
        return "" if found is None else _short(found)
    known = known_image(spec.image)
    if spec.words or known is None or known.kind in (Kind.MIGRATE, Kind.CLONE, Kind.WAIT, Kind.NETWORK, Kind.SYNC):
        return ""
    return f"image {spec.image}"


def _short(statement: Statement) -> str:
    return "while true" if statement.program == "while" else statement.text[:60]


@lru_cache(maxsize=256)
def _cut(script: str) -> tuple[Statement, ...]:
    """The statements of a script, kept, since several rules look at it."""
    return tuple(_statements(script))


def _statements(script: str) -> Iterator[Statement]:
    script = _HEREDOC.sub(lambda found: found[3], script.replace("\\\n", " "))
    current: list[str] = []
    depth = 0
    for token in _tokens(script):
        if depth == 0 and token in (";", "&", "&&", "||"):
            if current:
                yield _statement(current, token)
            current = []
            continue
        first = not current or current[-1] in (";", "&&", "||", "|", "&", "do", "then", "else", "{", "(", "!")
        if token in _OPENS and (first or token in ("{", "(")):
            depth += 1
        elif token in _CLOSES and (first or token == ")"):
            depth = max(depth - 1, 0)
        current.append(token)
    if current:
        yield _statement(current, "")


def _tokens(script: str) -> Iterator[str]:
    """Words, and `;` for what ends a command. A script that no shell could read is split at blanks."""
    reader = shlex.shlex(script, posix=True, punctuation_chars=";&|()<>\n")
    reader.whitespace = " \t\r"
    reader.whitespace_split = True
    reader.commenters = ""
    try:
        tokens = list(reader)
    except ValueError:
        tokens = script.split()
    comment = False
    for token in tokens:
        if token and set(token) <= set(";&\n"):
            ends = "&&" if "&&" in token else "&" if "&" in token else ";"
            comment = comment and "\n" not in token
            if not comment:
                yield ends
        elif token.startswith("#") or comment:
            comment = True
        elif token:
            yield token


def _statement(words: list[str], end: str) -> Statement:
    executed = False
    while words and (words[0] in _BEFORE or (_ASSIGNMENT.fullmatch(words[0]) and len(words) > 1)):
        executed = executed or words[0] == "exec"
        words = words[1:]
    return Statement(tuple(words), end, executed)
