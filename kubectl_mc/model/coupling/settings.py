"""What a container is set to, by name: variables of its environment and flags of its command line, alike."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kubectl_mc.model.coupling.words import Command, environment, main_commands
from kubectl_mc.model.spec import ContainerSpec

_FLAG = re.compile(r"(?:-D(?=[a-z])|--?)([A-Za-z](?:[\w.-]*\w)?)(?:=(.*))?", re.DOTALL)
"""What ends in a hyphen has its value in it and takes none from the next word: `wget -qO- http://…`."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A name and a value."""

    name: str
    """Lower case, in words: `redis-port` for `REDIS_PORT`, `--redis.port` and `--redisPort`."""
    value: str
    written: str
    """The name as it is written: `REDIS_PORT`, `--redis.port`."""
    at: str
    program: str = ""
    """Whose flag it is; empty for a variable, and for flags of a program that the image chooses."""
    flag: bool = False
    joint: str = "="
    """What stands between name and value: a blank where they are two words."""


def settings(spec: ContainerSpec) -> tuple[Setting, ...]:
    """The settings of a container whose values the spec says."""
    return tuple(_settings(spec))


def _settings(spec: ContainerSpec) -> Iterator[Setting]:
    places = {variable.name: variable.at for variable in spec.variables}
    for name, value in environment(spec).items():
        yield Setting(plain(name), value, name, places[name])
    for command in main_commands(spec):
        yield from flags_of(command)


def flags_of(command: Command) -> Iterator[Setting]:
    """The flags of a command that have a value, `--name=value` and `--name value`."""
    words = command.words if command.program.startswith("-") else command.arguments
    # Arguments alone may begin with what the image's own program is to be: `istio-iptables -p 15001`.
    program = command.program or next((word for word in words[:1] if not word.startswith("-")), "")
    for index, word in enumerate(words):
        found = _FLAG.fullmatch(word)
        if found is None:
            continue
        value, joint = found[2], "="
        if value is None:
            following = words[index + 1] if index + 1 < len(words) else ""
            if not following or following.startswith("-"):
                continue
            value, joint = following, " "
        written = word.partition("=")[0]
        yield Setting(plain(found[1]), value, written, command.at, program, flag=True, joint=joint)


def plain(name: str) -> str:
    """A name in lower-case words with hyphens between them."""
    return re.sub(r"[_.\-]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name)).lower().strip("-")
