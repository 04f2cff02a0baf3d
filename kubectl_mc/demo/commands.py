"""The program of a container that no scenario knows, read from its image and its command.

Understands `sleep N` and `sh -c` with echo, sleep, exit, true and false in a row: enough to stage most situations with
`kubectl apply`. What is not in the image can't be started; anything else runs until it is stopped.
"""

from __future__ import annotations

import re
import shlex
from typing import Any

from kubectl_mc.demo.binaries import start_error
from kubectl_mc.demo.images import Image
from kubectl_mc.demo.programs import RUNS, Exit, Line, Program, Stop
from kubectl_mc.demo.stock import NGINX, NO_TRAP, REDIS, SHIPPER, SMALL

_BY_IMAGE = {"nginx": NGINX, "redis": REDIS, "fluent-bit": SHIPPER}
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def program_of(container: dict[str, Any]) -> Program:
    """What a container of this spec does."""
    if error := start_error(container):
        return Program(start_error=error)
    words = [str(word) for word in (*container.get("command", []), *container.get("args", []))]
    if not words:
        return _BY_IMAGE.get(Image(container["image"]).name, RUNS)
    if len(words) > 2 and words[0].rpartition("/")[2] in ("sh", "bash", "ash") and words[1] == "-c":
        return _script(words[2])
    return _script(shlex.join(words))


def _script(text: str) -> Program:
    """A row of simple commands; at the first one that is not understood it stays."""
    says: list[Line] = []
    after, code = 0.02, 0
    stop = Stop() if "trap " in text else NO_TRAP
    for statement in re.split(r"\s*(?:;|&&|\n)\s*", text.strip()):
        try:
            words = shlex.split(statement, comments=True)
        except ValueError:
            return Program(tuple(says), stop=stop, usage=SMALL)
        match words:
            case [] | ["true"] | [":"]:
                code = 0
            case ["false"]:
                code = 1
            case ["echo", *said, ">&2"]:
                says.append(Line(after, " ".join(said), "stderr"))
            case ["echo", *said] if not any(mark in statement for mark in "|>$`"):
                says.append(Line(after, " ".join(said)))
            case ["sleep", time] if (seconds := _seconds(time)) is not None:
                after += seconds
            case ["exit", number] if number.isdecimal():
                return Program(tuple(says), Exit(after, int(number)), stop=stop, usage=SMALL)
            case _:
                return Program(tuple(says), stop=stop, usage=SMALL)
    return Program(tuple(says), Exit(after, code), stop=stop, usage=SMALL)


def _seconds(text: str) -> float | None:
    """`5`, `0.5`, `2m`; None for `infinity` and what is no time."""
    number, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "s")
    return float(number) * _UNITS[unit] if re.fullmatch(r"\d+(\.\d+)?", number) else None
