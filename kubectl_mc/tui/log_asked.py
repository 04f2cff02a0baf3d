"""What a person types about a log, made sense of; a check says what is wrong with a text, empty for nothing."""

from datetime import UTC, datetime, timedelta

from kubectl_mc.errors import UsageError
from kubectl_mc.logs.asked import parse_pattern
from kubectl_mc.logs.highlight import Pattern
from kubectl_mc.model.times import parse_duration, parse_time


def pattern_of(text: str) -> Pattern | None:
    """An expression, in which small letters stand for capitals too unless it has capitals; None for an empty text.

    Raises:
        UsageError: it is none.
    """
    return parse_pattern("a pattern", [text] if text else [], ignore_case=text == text.lower())


def wrong_pattern(text: str) -> str:
    """What is wrong with an expression."""
    try:
        pattern_of(text)
    except UsageError as error:
        return error.message.partition("\n")[0].removeprefix("a pattern ")
    return ""


def moment_of(text: str, now: datetime) -> datetime | None:
    """The last time that a clock in `now`'s zone showed this, a time, or so long ago; None for anything else."""
    text = text.strip()
    for form in ("%H:%M", "%H:%M:%S"):
        try:
            clock = datetime.strptime(text, form)  # noqa: DTZ007
        except ValueError:
            continue
        moment = now.replace(hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=0)
        return moment if moment <= now else moment - timedelta(days=1)
    ago = parse_duration(text)
    if ago is None:
        return parse_time(text)
    try:
        return now - timedelta(seconds=ago)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def wrong_moment(text: str) -> str:
    """What is wrong with a time."""
    known = moment_of(text, datetime.now().astimezone()) is not None
    return "" if known else "no time; so: 12:30, 12:30:05, 5m (ago), 2026-01-01T12:30:00Z"


def wrong_path(text: str) -> str:
    """What is wrong with the name of a file, as far as that can be told without looking for it."""
    return "" if text.strip() else "the name of a file"
