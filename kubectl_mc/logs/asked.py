"""What a command line asks of a log, made sense of."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from kubectl_mc.errors import UsageError
from kubectl_mc.logs.level import Level, parse_level
from kubectl_mc.logs.stamps import Stamps
from kubectl_mc.model.times import parse_duration, parse_time


def parse_pattern(option: str, texts: Sequence[str], *, ignore_case: bool) -> re.Pattern[bytes] | None:
    """One expression that any of the texts matches; None without any.

    Raises:
        UsageError: one of them is no regular expression; a caret shows where.
    """
    if not texts:
        return None
    flags = re.IGNORECASE if ignore_case else 0
    for text in texts:
        try:
            # As text, so that the place of a fault is a column, and as bytes, since that is what lines are.
            re.compile(text, flags)
            re.compile(text.encode(), flags)
        except (re.error, OverflowError, RecursionError, UnicodeEncodeError) as error:
            said = getattr(error, "msg", "it cannot be searched for")
            place = getattr(error, "pos", None) or 0
            raise UsageError(f"{option} {text}: no regular expression: {said}", _caret(text, place)) from None
    if len(texts) == 1:
        return re.compile(texts[0].encode(), flags)
    try:
        return re.compile(b"|".join(b"(?:%s)" % text.encode() for text in texts), flags)
    except re.error as error:  # two of them name a group alike, or set flags in their middle
        raise UsageError(f"{option}: these expressions cannot be joined: {error.msg}", "join them with |") from None


def _caret(text: str, place: int) -> str:
    return f"at the mark: {text[:place]}^{text[place:]}"


def parse_span(option: str, other: str, span: str, time: str, now: datetime) -> datetime | None:
    """A bound in time: a duration back from now, or a time. None where neither is given.

    Raises:
        UsageError: it is neither, or both are given.
    """
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
        example = "for example 2026-01-01T00:00:00Z" if time else "for example 30s, 5m, 1h30m or 2d"
        raise UsageError(f"{other if time else option} {time or span}: no {'time' if time else 'duration'}", example)
    return found


def parse_tail(tail: int | None) -> int | None:
    """A number of lines; None, and -1, for all.

    Raises:
        UsageError: it is below that.
    """
    if tail is not None and tail < -1:
        raise UsageError(f"--tail {tail}: no number of lines", "0 or more; -1 for all")
    return None if tail == -1 else tail


def parse_count(option: str, count: int) -> int:
    """A number of lines.

    Raises:
        UsageError: it is below 0.
    """
    if count < 0:
        raise UsageError(f"{option} {count}: no number of lines", "0 or more")
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
