"""Which lines of a container belong together: one and those that continue it, by how they begin and when they came.

To hide a line with a record that isn't its own does more harm than to part a record. So what may begin a stack trace
joins the line before only where that one announces a failure and the line behind, if it has come, is of a trace; and
no line joins another moment's. What was said of a line is never taken back: it is on its way.
"""

import re
from datetime import datetime, timedelta
from functools import cache
from operator import itemgetter

from kubectl_mc.logs.level import Level, level_of
from kubectl_mc.logs.line import MESSAGE, TAG, message_of, sort_key

_BLANKS = frozenset(b" \t")
_RECORD_PARTS = {
    b"C"[0]: b"Z Caused by: ",
    b"T"[0]: b"Z Traceback (",
    b"g"[0]: b"Z goroutine ",
    b"n"[0]: b"Z note: run with ",
    b"."[0]: b"Z ... ",
}
"""By its first byte what else may be part of a record; looked for in a block only where a line begins so.

What only comes behind one of these, or behind an indented line, needs no place here."""
_first_byte = itemgetter(MESSAGE)

_HEADER = rb"""(?:
    (?:Exception\ in\ thread\ "[^"]*"\ |Unhandled\ [Ee]xception[.:]\ |Uncaught\ )?
        (?>[A-Za-z_$][\w$]*(?:(?:\.|::)[\w$]+)*)(?:(?<=Error)|(?<=Exception)|(?<=Throwable))
        (?:\ \[\w+\])?(?=:\s|:?\s*$)
    | \S+:\d+:in\ [`'].*\([\w:]+\)\s*$
)"""
"""An exception as Java, JavaScript and .NET begin with it, and as Ruby does."""
_begins = re.compile(
    rb"""(?![\d{\[])(?:  # as most lines begin
    # What belongs to any line that it stands behind.
    (?P<caret>[\ \t]+[~^]+\s*$) | (?P<indented>[\ \t]+\S) | (?P<cause>Caused\ by:\ |\.\.\.\ \d+\ more)
    # What begins a trace, on its own or behind the line that announces it.
    | (?P<traceback>Traceback\ \(most\ recent\ call\ last\))
    | (?P<panic>panic:\ |fatal\ error:\ ) | (?P<goroutine>goroutine\ \d+\ \[)
    | (?P<panicked>thread\ '[^']*'\ .{0,20}?panicked\ at\ [^'].*:\s*$)  # its message stands below
    | (?P<rust>thread\ '[^']*'\ .{0,20}?panicked\ at\ ')
    | (?P<header>%s)
    )"""
    % _HEADER,
    re.VERBOSE,
).match
_ANYWHERE = frozenset({"caret", "indented", "cause"})
_AFTER = {
    # Indented JSON and calls end with brackets; .NET has a line between two stacks.
    "indented": rb"(?P<end>[}\])]+[,;]?\s*$ | ---\ End\ of\ )",
    "traceback": rb"""(?P<closed>
        [\w.]+(?:Error|Exception|Warning|Interrupt|Exit|Iteration)\b | (?:[A-Za-z_]\w*\.)+[A-Z]\w*(?::\s|\s*$)
    )""",
    "closed": rb"(?P<closed>\s*$) | (?P<linked>During\ handling\ of\ the\ |The\ above\ exception\ was\ )",
    "linked": rb"(?P<linked>\s*$) | (?P<traceback>Traceback\ \(most\ recent\ call\ last\))",
    "panic": rb"(?P<panic>\s*$|\[signal\ ) | (?P<goroutine>goroutine\ \d+\ \[|runtime\ stack:)",
    # An empty line parts goroutines; of a call the place is indented, the function is not.
    "goroutine": rb"""
        (?P<goroutine>\s*$ | goroutine\ \d+\ \[ | created\ by\ | [^\s(]+\(.*\)\s*$) | (?P<end>exit\ status\ \d+\s*$)
    """,
    "panicked": rb"(?P<rust>)",
    "rust": rb"(?P<rust>stack\ backtrace:) | (?P<end>note:\ )",
    # Node shows the place with a caret below, an empty line, and only then the error.
    "caret": rb"(?P<caret>\s*$) | (?P<node>%s)" % _HEADER,
    "node": rb"(?P<node>\s*$ | [}\])]+\s*$) | (?P<end>Node\.js\ v)",
}
"""By what the last line was: what continues it only then, named by what that is. Between them lines are indented."""
_BEGINNING = 3
"""So many lines a trace may have before one of `_RECORD_PARTS` is in it: Go's panic, its signal, an empty line."""

_FAILURE = rb"""(?<![\w/.=-])
    (?i:error|exception|panic|fatal|fail(?:ed|ure)?|crash(?:ed)?|uncaught|unhandled|recovered)
    (?![\w/=-])"""
_MOMENT = timedelta(milliseconds=50)
"""Lines of one record are written in one go; what comes later only looks alike."""
_MOMENT_NANOSECONDS = 50_000_000
_SECOND = slice(len("2026-01-01T00:00:00"))
_MICROSECOND = slice(len("2026-01-01T00:00:00.000000"))
_FRACTION = slice(len("2026-01-01T00:00:00."), len("2026-01-01T00:00:00.000000000"))


class Records:
    """Tells of one source's lines, one after the other, whether they continue the one before."""

    def __init__(self) -> None:
        self._stamp = b""
        """The last line's time; empty while there is none."""
        self._message = b""
        self._state = ""
        """What the last line was: a name of `_begins` or `_AFTER`."""
        self._continued = False
        """Whether it continued the one before it."""

    @property
    def open(self) -> bool:
        """Whether a line may come that continues the last one only because of what that is."""
        return self._state in _AFTER

    def pass_by(self, last: bytes) -> None:
        """The last line of a block in which none continues another."""
        self._stamp, self._message = sort_key(last), message_of(last)
        self._state, self._continued = "", False

    def continues(self, message: bytes, stamp: bytes, behind: bytes | None) -> bool:
        """Whether a line belongs to the record of the line before.

        Args:
            stamp: its time, in UTC.
            behind: the next line, in whatever zone its time is; None where it has not come.
        """
        last_stamp, last, state, continued = self._stamp, self._message, self._state, self._continued
        self._stamp, self._message, self._state, self._continued = stamp, message, "", False
        after = _compiled(_AFTER[state]).match(message) if state in _AFTER else None
        begins = _begins(message) if after is None else None
        if after is None and begins is None:
            return False
        near = last_stamp != b"" and _are_near(last_stamp, stamp)
        if after is not None and near:
            self._state, self._continued = after.lastgroup or "", True
        elif (begins := begins or _begins(message)) is not None:
            name = begins.lastgroup or ""
            if name not in _ANYWHERE:
                self._state = name
                self._continued = near and not continued and _goes_on(name, behind) and _announces(last, message)
            elif near:
                self._state = state if state in _AFTER and state not in _ANYWHERE else name
                self._continued = True
        return self._continued


def may_have_records(whole: bytes, lines: list[bytes]) -> bool:
    """Whether a block may have lines that continue others, by the bytes that its messages begin with.

    What begins a trace at its end counts as well, since the rest may come in the next one.
    """
    try:
        firsts = set(map(_first_byte, lines))
    except IndexError:  # one is too short for a time
        return True
    return (
        bool(firsts & _BLANKS)
        or any(_RECORD_PARTS[first] in whole for first in firsts & _RECORD_PARTS.keys())
        or any(map(_begins, map(message_of, lines[-_BEGINNING:])))
    )


@cache
def _compiled(expression: bytes) -> re.Pattern[bytes]:
    """Compiled where it is first needed; most logs need few of them, and all take 2 ms."""
    return re.compile(expression, re.VERBOSE)


def _goes_on(name: str, behind: bytes | None) -> bool:
    """Whether what seems to begin a trace does so, by the line behind it; in doubt it does."""
    if behind is None or name == "panicked":
        return True
    message = behind.partition(b" ")[2][:-TAG]
    begins = _begins(message)
    if begins is not None and begins.lastgroup in _ANYWHERE:
        return True
    return name in _AFTER and _compiled(_AFTER[name]).match(message) is not None


def _announces(message: bytes, header: bytes) -> bool:
    """Whether a line is likely to be what a program says before the trace that begins with `header`.

    That is a warning or worse, what ends in a colon, and what has the exception's own words. Without a level a word for
    a failure has to do. JSON has its trace within, and an exception is not announced by another one.
    """
    message = message.rstrip()
    if (message.startswith(b"{") and message.endswith(b"}")) or _begins(message):
        return False
    if message.endswith(b":") or header.rstrip() in message:
        return True
    level = level_of(message)
    return level >= Level.WARN if level is not None else _compiled(_FAILURE).search(message) is not None


def _are_near(one: bytes, other: bytes) -> bool:
    """Whether two times are of the same moment."""
    if one[_SECOND] == other[_SECOND]:
        return abs(int(one[_FRACTION]) - int(other[_FRACTION])) <= _MOMENT_NANOSECONDS
    try:
        return abs(_moment(one) - _moment(other)) <= _MOMENT
    except ValueError:  # no calendar has it
        return False


def _moment(stamp: bytes) -> datetime:
    return datetime.fromisoformat(stamp[_MICROSECOND].decode())
