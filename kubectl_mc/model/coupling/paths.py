"""Which paths a container's commands and settings write and read, as far as their words say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from kubectl_mc.model.coupling.settings import Setting, settings
from kubectl_mc.model.coupling.words import Command, commands, environment, main_commands
from kubectl_mc.model.spec import ContainerSpec


class Sure(IntEnum):
    """How sure it is that a container writes or reads somewhere."""

    NO = 0
    """It can't."""
    MAY = 1
    """Nothing speaks against it."""
    LIKELY = 2
    """A name says so: of an image, a flag, a variable."""
    SAID = 3
    """Its command says so."""


@dataclass(frozen=True, slots=True)
class Touch:
    """A path that is written or read."""

    path: str
    writes: bool
    sure: Sure
    said: str
    at: str


_INTO_LAST = frozenset({"cp", "mv", "install", "rsync", "ln", "link"})
_WRITES = frozenset({
    "tee", "touch", "mkdir", "chown", "chmod", "chgrp", "rm", "rmdir", "truncate", "mkfifo", "setfacl", "mkfs", "dd",
    "initdb", "git-sync",
})  # fmt: skip
_READS = frozenset({
    "cat", "tail", "head", "grep", "less", "more", "wc", "find", "source", ".", "awk",
    "diff", "md5sum", "sha256sum", "du", "inotifywait", "sort", "cut", "sh", "bash", "sed", "envsubst", "jq",
})  # fmt: skip
_LOOKS = frozenset({"test", "[", "ls", "stat"})
_OUT_FLAGS = re.compile(
    r"-O|-P|-o|-out|--?output(?:-\w+)*|--out|--dest(?:ination)?|--target|--root|--log-?file|-keystore"
)
_OUT_WORDS = frozenset({
    "data", "dir", "log", "logs", "output", "out", "dest", "destination", "target", "storage", "db", "cache", "pid",
    "socket", "tmp", "upload", "uploads", "archive", "backup", "root", "workdir", "spool", "wal", "dbpath",
})  # fmt: skip
_IN_WORDS = frozenset(
    {"config", "conf", "cert", "certs", "key", "ca", "input", "in", "source", "src", "html", "docroot"}
)
_EXTRACTS = re.compile(r"-?[a-zA-Z]*x[a-zA-Z]*|--extract")


def touches(spec: ContainerSpec) -> tuple[Touch, ...]:
    """What a container writes and reads, hooks and probes included."""
    return tuple(_touches(spec))


def _touches(spec: ContainerSpec) -> Iterator[Touch]:
    values = environment(spec)
    asked = [(each.command, each.at) for each in spec.hooks] + [(each.command, each.at) for each in spec.probes]
    hooked = [command for words, at in asked for command in commands(words, values, at)]
    for command in (*main_commands(spec), *hooked):
        yield from _of_command(command)
    for setting in settings(spec):
        if setting.value.startswith("/") and not (setting.flag and _plain_program(setting)):
            words = set(setting.name.split("-"))
            writes = bool(words & _OUT_WORDS) and not words & _IN_WORDS
            said = f"{setting.written}={setting.value}"
            yield Touch(setting.value, writes, Sure.LIKELY, said, setting.at)


def _plain_program(setting: Setting) -> bool:
    """Whether a flag is one whose meaning is known from its program, or in itself."""
    known = setting.program in (_READS | _LOOKS | _WRITES | _INTO_LAST) or setting.program in ("tar", "git", "unzip")
    return known or _OUT_FLAGS.fullmatch(setting.written) is not None


def _of_command(command: Command) -> Iterator[Touch]:
    for sign, path in command.outputs:
        yield Touch(path, True, Sure.SAID, f"{command.program} {sign} {path}".lstrip(), command.at)
    for path in command.inputs:
        yield Touch(path, False, Sure.SAID, f"{command.program} < {path}".lstrip(), command.at)
    for path, writes, sure in _arguments(command):
        yield Touch(path, writes, sure, _short(command, path), command.at)


def _arguments(command: Command) -> Iterator[tuple[str, bool, Sure]]:
    """The paths among the arguments, with whether each is written and how sure that is."""
    program, words = command.program, command.arguments
    flagged = [
        words[index + 1]
        for index, word in enumerate(words[:-1])
        if _OUT_FLAGS.fullmatch(word) and program not in _READS
    ]
    flagged += [
        word.partition("=")[2] for word in words if "=" in word and _OUT_FLAGS.fullmatch(word.partition("=")[0])
    ]
    for path in flagged:
        yield path, True, Sure.SAID
    paths = [word for word in words if word.startswith("/") and word not in flagged]
    if program == "dd":
        yield from ((word[3:], word.startswith("of="), Sure.SAID) for word in words if word[:3] in ("of=", "if="))
    elif program == "git":
        yield from ((path, True, Sure.SAID) for path in paths)
    elif program == "tar":
        extracts = bool(words) and _EXTRACTS.fullmatch(words[0]) is not None
        into = [words[index + 1] for index, word in enumerate(words[:-1]) if word == "-C"]
        archive = [path for path in paths if path not in into]
        yield from ((path, extracts, Sure.SAID) for path in into)
        yield from ((path, not extracts and index == 0, Sure.SAID) for index, path in enumerate(archive))
    elif program == "unzip":
        yield from ((path, index == len(paths) - 1 and "-d" in words, Sure.SAID) for index, path in enumerate(paths))
    elif program in _INTO_LAST:
        yield from ((path, path == words[-1] or program == "mv", Sure.SAID) for path in paths)
    elif program in _WRITES or (program == "sed" and any(word.startswith("-i") for word in words)):
        yield from ((path, True, Sure.SAID) for path in paths)
    elif program in _LOOKS:
        yield from ((path, False, Sure.LIKELY) for path in paths)
    elif program in _READS:
        yield from ((path, False, Sure.SAID) for path in paths)
    elif len(paths) == 2 and len(words) == 2:  # `convert /in /out`
        yield paths[0], False, Sure.LIKELY
        yield paths[1], True, Sure.LIKELY
    else:
        yield from ((path, False, Sure.LIKELY) for path in paths)


def _short(command: Command, path: str) -> str:
    """A command in a few words that still has the path."""
    if len(command.text) <= 60:
        return command.text
    flag = next(
        (w for w, following in zip(command.words[1:], command.words[2:], strict=False) if following == path), ""
    )
    middle = f"{flag} " if flag.startswith("-") else ""
    return f"{command.program} {middle}{path}"
