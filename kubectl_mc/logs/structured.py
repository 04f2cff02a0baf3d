"""A line that is one JSON object, as a person reads it: time, level, message, the other fields, a stack.

Numbers stay as they were written; all text is made printable.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from kubectl_mc.logs.level import LEVEL_KEYS, Level, numbered_level, parse_level
from kubectl_mc.logs.printable import HIDDEN, lines_of, printable
from kubectl_mc.logs.stamps import epoch_clock, rfc_3339_clock
from kubectl_mc.model.times import parse_time

_LARGEST = 64 * 1024
"""Bytes of a line that anybody would read."""
_TIME_KEYS = ("ts", "time", "timestamp", "@timestamp", "t")
_MESSAGE_KEYS = ("msg", "message", "event", "text")
_ERROR_KEYS = {"err", "error", "exception", "stack", "stacktrace", "stack_trace", "exc_info", "errorVerbose"}

_NOT_BARE = re.compile(rf'[\s"={HIDDEN}]|^$')
"""Text that has to stand in quotes."""
_UNKNOWN_LEVEL = re.compile(r"[\w-]{1,12}")

_BELOW = " " * 4
_DIM = "2"
_STYLES = {"TRACE": _DIM, "DEBUG": _DIM, "INFO": "32", "WARN": "33", "ERROR": "31;1", "FATAL": "31;1"}


class _Number(str):
    """A number as it was written: 1.10 stays so."""

    __slots__ = ()


_DECODER = json.JSONDecoder(parse_float=_Number, parse_int=_Number, parse_constant=_Number)


@dataclass(frozen=True, slots=True)
class Structured:
    """What a line says; all text is printable, tabs and the line breaks of `message` apart."""

    time: str
    """12:00:00.123, with the date of another day; as it was written where that is no time; empty without one."""
    level: Level | None
    level_word: str
    """The level's name, or the container's own word for one that is unknown; empty without either."""
    message: str
    rest: tuple[tuple[str, str], ...]
    """The other fields in their order, quoted as logfmt has it."""
    stack: tuple[str, ...]


def structured(message: bytes, zone: tzinfo | None = None, today: date | None = None) -> Structured | None:
    """The line as fields; None where it is no JSON object, none of a logger's, or a huge one.

    Args:
        zone: of its time; None for the machine's own.
        today: the day whose date needs no mention; None for the machine's own, in that zone.
    """
    if len(message) > _LARGEST:
        return None
    text = message.strip()
    if not (text.startswith(b"{") and text.endswith(b"}")):
        return None
    try:
        return _read(_DECODER.decode(text.decode(errors="replace")), zone, today)
    except (ValueError, RecursionError):
        return None


def rows_of(found: Structured, *, colors: bool) -> list[bytes]:
    """The rows of a terminal: the first has everything but the further lines of the message and the stack.

    Those are indented, so that they don't read like lines of their own.
    """

    def styled(text: str, style: str | None) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if colors and style else text

    message, *more = found.message.split("\n")
    word = found.level_word
    rest = " ".join(f"{key}={value}" for key, value in found.rest)
    columns = (
        styled(found.time, _DIM) if found.time else "",
        styled(word, _STYLES.get(word)) + " " * (len("ERROR") - len(word)) if word else "",
        message,
        styled(rest, _DIM) if rest else "",
    )
    first = " ".join(filter(None, columns)).rstrip(" ")
    return [first.encode(), *((_BELOW + row).encode() for row in (*more, *found.stack))]


def _read(fields: dict[str, Any], zone: tzinfo | None, today: date | None) -> Structured | None:
    """The fields in their roles; those that have none are the rest."""
    time = _taken(fields, _TIME_KEYS)
    level, level_word = _level(fields)
    message = _taken(fields, _MESSAGE_KEYS)
    inner = fields.get("fields")
    if message is None and isinstance(inner, dict):  # as Rust's tracing has it
        message = _taken(inner, ["message"])
        if not inner:
            del fields["fields"]
    if time is None and message is None and not level_word:
        return None
    stack = [line for key in list(fields) if key.rpartition(".")[2] in _ERROR_KEYS for line in _stack(fields, key)]
    return Structured(
        time=_time(time, zone, today) if time else "",
        level=level,
        level_word=level_word,
        message="\n".join(lines_of(message or "")),
        rest=tuple((_text(key), _value(value)) for key, value in fields.items()),
        stack=tuple(stack),
    )


def _taken(fields: dict[str, Any], keys: Iterable[str]) -> str | None:
    """The first of the fields that is text or a number, which it then is no more."""
    return next((fields.pop(key) for key in keys if isinstance(fields.get(key), str)), None)


def _time(written: str, zone: tzinfo | None, today: date | None) -> str:
    """The time of day, behind the date where that is not today's; what is no time as it was written."""
    clock = (epoch_clock if isinstance(written, _Number) else rfc_3339_clock)(written, zone)
    if clock is None:
        return printable(written)
    moment = _since_1970(written) if isinstance(written, _Number) else parse_time(written)
    day = moment.astimezone(zone).date() if moment is not None else None
    return clock if day in (None, today or datetime.now(zone).date()) else f"{day} {clock}"


def _since_1970(number: str) -> datetime:
    """The second of a time; its size tells the unit."""
    seconds = int(float(number)) if "e" in number.lower() else int(number.partition(".")[0])
    while seconds >= 10**10:
        seconds //= 1000
    return datetime.fromtimestamp(seconds, UTC)


def _level(fields: dict[str, Any]) -> tuple[Level | None, str]:
    """The level with its word, out of the fields; a number that is unknown stays there."""
    nested = fields.get("log")
    places = [(fields, key) for key in LEVEL_KEYS] + ([(nested, "level")] if isinstance(nested, dict) else [])
    unknown = None
    for place, key in places:
        value = place.get(key)
        if not isinstance(value, str):
            continue
        numbered = isinstance(value, _Number)
        level = numbered_level(value) if numbered else parse_level(value)
        if level is not None:
            del place[key]
            if nested == {}:
                del fields["log"]
            return level, level.name
        if not numbered and unknown is None and place is fields and _UNKNOWN_LEVEL.fullmatch(value):
            unknown = key
    return None, fields.pop(unknown) if unknown else ""


def _stack(fields: dict[str, Any], key: str) -> list[str]:
    """The lines of an error that has several, out of the fields; an error of one line stays there."""
    value = fields[key]
    if isinstance(value, dict):  # pino and ECS: an error with its stack
        lines = [line for inner in list(value) if inner in _ERROR_KEYS for line in _stack(value, inner)]
    elif isinstance(value, list) and all(isinstance(line, str) for line in value):  # Elasticsearch
        lines = [part for line in value for part in lines_of(line)]
        value.clear()
    elif isinstance(value, str) and "\n" in value.strip("\n"):
        lines = lines_of(value)
        value = ""
    else:
        return []
    if lines and not value:
        del fields[key]
    return lines


def _text(text: str) -> str:
    """Text as logfmt has it: bare where that is plain."""
    return printable(json.dumps(text, ensure_ascii=False)) if _NOT_BARE.search(text) else text


def _value(value: object) -> str:
    return _text(value) if isinstance(value, str) else printable(_compact(value))


def _compact(value: object) -> str:
    """A value as JSON without blanks, numbers as they were written."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_compact(value[key])}" for key in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_compact, value)) + "]"
    return value if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)
