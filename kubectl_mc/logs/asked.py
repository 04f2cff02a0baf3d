"""What a command line asks of a log, made sense of."""

import re
import warnings
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import AnyStr, NamedTuple

from kubectl_mc.errors import UsageError
from kubectl_mc.logs.level import Level, parse_level
from kubectl_mc.logs.line import Bound, stamp_at
from kubectl_mc.logs.stamps import Stamps
from kubectl_mc.model.times import nanoseconds_of, parse_duration, parse_time

_FLAGS = re.compile(r"\(\?([A-Za-z]+)\)")
"""Flags that an expression begins with."""
_PIECE = re.compile(r"\\[0-7]{3}|\\([1-9][0-9]?)|\(\?\(([0-9]+)\)|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
"""What refers to a group by its number, and what only looks so: escapes and classes."""
_MOST = 2**63 - 1
"""Lines: the API server's int64."""
_POSIX = re.compile(r"\[\^?[^\]]*(\[:\w+:\])")
"""A class as grep has it, which Python takes for the letters of its name."""


class Place(NamedTuple):
    """From which byte to which."""

    begin: int
    end: int

    def span(self) -> tuple[int, int]:
        """As a match has it."""
        return self


class TextPattern:
    """An expression of characters, searched for in bytes: a line is decoded first, which takes 150 ns.

    What is no UTF-8 in a line is none of the characters, and a byte each.
    """

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern

    def search(self, message: bytes) -> re.Match[str] | None:
        """Where it matches first, in characters."""
        return self._pattern.search(message.decode(errors="surrogateescape"))

    def finditer(self, message: bytes) -> Iterator[Place]:
        """Where it matches, in bytes."""
        text = message.decode(errors="surrogateescape")
        characters = at = 0
        for found in self._pattern.finditer(text):
            begin = at + _size(text[characters : found.start()])
            characters, at = found.end(), begin + _size(found.group())
            yield Place(begin, at)


def _size(text: str) -> int:
    return len(text.encode(errors="surrogateescape"))


def parse_pattern(option: str, texts: Sequence[str], *, ignore_case: bool) -> re.Pattern[bytes] | TextPattern | None:
    r"""One expression that any of the texts matches; None without any.

    Lines are bytes, and an expression in ASCII is searched for as such: `.`, `\w` or `[^a]` then stands for a byte, of
    which other characters have several. It stands for a character where any of the texts has one beyond ASCII, or
    begins with `(?u)`.

    Raises:
        UsageError: one of them is no regular expression; a caret shows where. Or several cannot be made into one.
    """
    if not texts:
        return None
    flags = re.IGNORECASE if ignore_case else 0
    patterns = [_compiled(option, text, flags) for text in texts]
    if len(patterns) == 1:
        return _searchable(patterns[0], flags)
    parts: list[str] = []
    groups = 0
    for pattern in patterns:
        parts.append(_part(pattern.pattern, groups))
        groups += pattern.groups
    if groups > 99:
        raise UsageError(f"{option}: these expressions cannot be joined: more than 99 groups", "(?:…) is none")
    try:
        return _searchable(_quietly("|".join(parts), flags), flags)
    except re.error as error:  # two of them name a group alike, for example
        raise UsageError(f"{option}: these expressions cannot be joined: {error.msg}", "join them with |") from None


def _part(expression: str, groups: int) -> str:
    """An expression as it is written behind others that have groups; its flags stay its own."""

    def behind(found: re.Match[str]) -> str:
        if found[1]:
            return f"(?:\\{int(found[1]) + groups})"
        return f"(?({int(found[2]) + groups})" if found[2] else found[0]

    flags = _FLAGS.match(expression)
    own = flags[1] if flags is not None else ""
    rest = _PIECE.sub(behind, expression[flags.end() :] if flags is not None else expression)
    end = "\n" if "x" in own else ""  # a comment goes on to the end of a line
    return f"(?{own}:{rest}{end})"


def _compiled(option: str, text: str, flags: int) -> re.Pattern[str]:
    if (posix := _POSIX.search(text)) is not None:
        hint = r"for example \s for [[:space:]], \d for [[:digit:]], [a-zA-Z] for [[:alpha:]]"
        raise UsageError(f"{option} {text}: no regular expression: {posix[1]} is not known here", hint)
    try:
        return _quietly(text, flags)
    except (re.error, OverflowError, RecursionError) as error:
        said = getattr(error, "msg", "it cannot be searched for")
        place = getattr(error, "pos", None) or 0
        raise UsageError(f"{option} {text}: no regular expression: {said}", _caret(text, place)) from None


def _searchable(pattern: re.Pattern[str], flags: int) -> re.Pattern[bytes] | TextPattern:
    """For bytes as they are, if it can be written for them: `(?u)` and `\\u00e4` can't."""
    try:
        return _quietly(pattern.pattern.encode("ascii"), flags)
    except (UnicodeEncodeError, re.error):
        return TextPattern(pattern)


def _quietly(expression: AnyStr, flags: int) -> re.Pattern[AnyStr]:
    """Compiled without warnings of what an expression may come to mean in Python: `[[]` is one of a bracket."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return re.compile(expression, flags)


def _caret(text: str, place: int) -> str:
    return f"at the mark: {text[:place]}^{text[place:]}"


def parse_since(span: str, time: str, now: datetime) -> Bound | None:
    """The first moment that is asked for: by a duration back from now or by a time. None where neither is given.

    Raises:
        UsageError: it is neither, or both are given.
    """
    begin = _time("--since", "--since-time", span, time, now)
    return Bound(begin, stamp_at(begin, nanoseconds_of(time) or 0)) if begin is not None else None


def parse_until(text: str, now: datetime) -> Bound | None:
    """The last moment that is asked for, by a duration back from now or by a time; None for an empty text.

    Raises:
        UsageError: it is neither.
    """
    end = _time("--until", "--until", text, "", now)
    # What is given in microseconds means the whole of the last one.
    nanoseconds = nanoseconds_of(text)
    return Bound(end, stamp_at(end, 999 if nanoseconds is None else nanoseconds)) if end is not None else None


def _time(option: str, other: str, span: str, time: str, now: datetime) -> datetime | None:
    """A duration back from now, or a time; `option` takes both where `other` is the same."""
    if span and time:
        raise UsageError(f"{option} and {other} exclude each other", "give one of them")
    if not span and not time:
        return None
    back = parse_duration(span) if span else None
    if back is not None:
        try:
            return now - timedelta(seconds=back)
        except OverflowError:
            return datetime.min.replace(tzinfo=UTC)
    found = parse_time(time or (span if option == other else ""))
    if found is None:
        durations, times = "30s, 5m, 1h30m or 2d", "2026-01-01T00:00:00Z"
        what, example = ("time", times) if time else ("duration", durations)
        if option == other:
            what, example = "duration or time", f"{durations}, or {times}"
        raise UsageError(f"{other if time else option} {time or span}: no {what}", f"for example {example}")
    return found


def parse_tail(tail: int | None) -> int | None:
    """A number of lines; None, and -1, for all.

    Raises:
        UsageError: it is below that, or more than can be asked for.
    """
    if tail is None or tail == -1:
        return None
    return _checked("--tail", tail, "; -1 for all")


def parse_count(option: str, count: int) -> int:
    """A number of lines.

    Raises:
        UsageError: it is below 0, or more than can be counted.
    """
    return _checked(option, count, "")


def _checked(option: str, count: int, other: str) -> int:
    if not 0 <= count <= _MOST:
        bound = f"at most {_MOST}" if count > _MOST else "0 or more"
        raise UsageError(f"{option} {count}: no number of lines", f"{bound}{other}")
    return count


def parse_level_word(word: str) -> Level | None:
    """The least level to show; None for an empty word.

    Raises:
        UsageError: there is no such level.
    """
    if not word:
        return None
    level = parse_level(word)
    if level is None:
        raise UsageError(f"--level {word}: no such level", ", ".join(level.word for level in Level))
    return level


def parse_stamps(form: str, *, utc: bool) -> Stamps | None:
    """How times are to be shown; None for not at all.

    Raises:
        UsageError: there is no such form.
    """
    if form not in ("", "full", "short"):
        raise UsageError(f"--timestamps={form}: no such form", "full or short")
    return Stamps("short" if form == "short" else "full", UTC if utc else None) if form else None
