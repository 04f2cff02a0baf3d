"""What a container itself said of its end: of all its last lines the one that tells why.

The last line is seldom it: a stack trace ends with its frames, a launcher's farewell stands below the error, and a
busy server's log goes on with requests. So lines are weighed, and the last of the heaviest is taken.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kubectl_mc.doctor.case import Case
from kubectl_mc.doctor.evidence import log_line, message_line
from kubectl_mc.logs.level import Level, level_of
from kubectl_mc.logs.structured import structured
from kubectl_mc.model.fact import first_line
from kubectl_mc.model.pod import Container, ContainerState

_CRASH, _ERROR, _FAILURE, _PLAIN, _NOTHING = 4, 3, 2, 1, 0
"""How much a line tells: why the process ended, an error, something that failed, anything, nothing."""

_CLOSE = 3
"""So many lines behind a crash an error is only its echo; further below it is a later one."""

_LATEST = 20
"""Of the last lines, so many may tell of the end; what is further up, the container has lived with."""

_HEAD = 4096
"""Characters of a line that are looked at."""

_EXCEPTION = re.compile(
    r"""
    (?:(?:Exception\ in\ thread\ "[^"]*"|Unhandled\ [Ee]xception[.:]|(?:PHP\ )?Fatal\ error:|Uncaught|Caused\ by:)
        \ )*
    (?: (?:[A-Za-z_$][\w$]*(?:\.|::|/))* [A-Za-z_$][\w$]*(?:Error|Exception|Throwable|Exit|Interrupt)
        (?:\ \[\w+\])? (?=:|\s*$)
      | (?<=Caused\ by:\ )\S+ | (?<=xception[.:]\ )\S+ | (?<=Uncaught\ )\S+ )
    """,
    re.VERBOSE,
)  # as Python, Java, JavaScript, .NET and PHP begin it
_RUBY = re.compile(r"\S+:\d+:in [`'].*\([A-Z][\w:]*\)\s*$")
_PANIC = re.compile(r"(?:panic|fatal error): |thread '[^']*' .{0,20}?panicked at '|terminate called after throwing ")
_BELOW = re.compile(r"thread '[^']*' .{0,20}?panicked at [^'].*:\s*$|Description:\s*$")
"""Rust and Spring: what happened stands in the next line that has anything in it."""
_TRACEBACK = re.compile(r"Traceback \(most recent call last\)")
_FAILED = re.compile(
    r"""(?i)(?<![\w-])(?:
        error|fail(?:ed|ure|s)?|fatal|panic|exception|abort(?:ed|ing)?|crit(?:ical)?|emerg
        | can(?:no|')?t|could\ not|couldn't|unable | denied|refused|forbidden|unauthorized | invalid|illegal|unknown
        | missing|required | not\ (?:found|set|defined|allowed|permitted|exist) | no\ such
        | (?:does|do)n?\ ?[o']t\ exist
        | time(?:d\ )?-?out | already\ in\ use | killed | segmentation\ fault | read-only
    )(?![\w-])""",
    re.VERBOSE,
)
_FAREWELL = re.compile(
    r"""(?i)\s*(?:
        npm\ (?:ERR!|error)(?!.*(?:Error:|\bENOENT\b|Missing\ script)) | error\ Command\ failed\ with
        | info\ Visit\ https
        | Node\.js\ v\d | exit\ status\ \d+ | make(?:\[\d+\])?:\ \*\*\* | .*Application\ startup\ failed
        | .*Worker\ failed\ to\ boot | .*still\ could\ not\ bind | note:\ run\ with\ .RUST_BACKTRACE
        | .*\ initialization\ failed$ | BUILD\ FAILED | Crash\ dump\ is\ being\ written
        | goroutine\ \d+\ \[ | \[signal\ | (?:.*\ )?(?:shutting\ down|exiting|bye)[.!:\s]*$ | Action:\s*$
    )""",
    re.VERBOSE,
)
"""What is said of every failure alike."""
_FRAME = re.compile(
    r"\s+(?:at\ |File\ \"|\.\.\.\ \d+|\d+:\ |[~^]+\s*$)|\.\.\. \d+ more|\s*[}\])]+[;,]?\s*$", re.VERBOSE
)
_CONTROL_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_TIME = re.compile(
    r"""
    \[?(?:\d{4}[-/]\d\d[-/]\d\d|\d\d-\w{3}-\d{4})[T ]\d\d:\d\d:\d\d[\d.,]*
        (?:Z|\ ?[+-]\d\d:?\d\d|\ UTC)?(?:\]:?\s*|:?\s+)
    | [IWEF]\d{4,8}\ [\d:.]+\s+\d+\ \S+?\]\ """,
    re.VERBOSE,
)
"""A time at the start, with all that klog has in front of a message."""
_GOES_ON = re.compile(r":\s*$|validation errors? for \S+$")
"""What is told in the lines below."""
_LOGFMT = re.compile(r"""(?:^|\s)(msg|message|err|error)=(?:"((?:[^"\\]|\\.)*)"|(\S+))""")


@dataclass(frozen=True, slots=True)
class Complaint:
    """The line that tells most."""

    text: str
    """For a sentence: without its time, and not too long."""
    evidence: tuple[str, ...]
    """The line as it was written, with where it stands."""


def complaint_of(case: Case, container: Container, end: ContainerState) -> Complaint | None:
    """What an instance that ended had to say; None where it is not known to have said anything.

    Its termination message is its own choice of words, so that comes first.
    """
    message = end.message.strip("\n").split("\n")
    if (at := telling(message)) is not None:
        return Complaint(_with_below(message, at), (message_line(container, message[at]),))
    tail = case.tail(container)
    if (at := telling(tail.lines)) is None:
        return None
    lines = [tail.lines[number] for number in (_announcement(tail.lines, at), at) if number is not None]
    return Complaint(_with_below(tail.lines, at), tuple(log_line(container, tail, line) for line in lines))


@dataclass(frozen=True, slots=True)
class Word:
    """One of the lines that an instance wrote last."""

    line: str
    evidence: str
    telling: bool
    """Whether it may be why the instance ended: what else is there of errors, it has lived with."""


def last_words(case: Case, container: Container, end: ContainerState | None) -> list[Word]:
    """The lines that may tell of an end: those of the log, and of its termination message.

    Args:
        end: of the instance in question; None for one that runs, whose log alone it is.
    """
    tail = case.tail(container)
    if tail.previous is not (end is not None and container.state.running):
        return []  # another instance's
    lines = [line[:_HEAD] for line in tail.lines if line.strip()][-_LATEST:]
    message = [line[:_HEAD] for line in end.message.split("\n") if line.strip()] if end is not None else []
    return [
        *(Word(line, log_line(container, tail, line), told) for line, told in _told(lines)),
        *(Word(line, message_line(container, line), told) for line, told in _told(message)),
    ]


def _told(lines: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Lines, each with whether it tells as much as any, or stands close to the one that tells most."""
    weights, at = _weights([_CONTROL_SEQUENCE.sub("", line) for line in lines]), telling(lines)
    for number, line in enumerate(lines):
        yield line, at is not None and (weights[number] >= weights[at] or abs(number - at) <= _CLOSE)


def telling(lines: Sequence[str]) -> int | None:
    """Which of the lines tells most about why a process ended; None where all are empty."""
    weights = _weights([_CONTROL_SEQUENCE.sub("", line[:_HEAD]) for line in lines])
    best = max(weights, default=_NOTHING)
    if best == _NOTHING:
        return next((at for at in range(len(lines) - 1, -1, -1) if lines[at].strip()), None)
    at = _last(weights, best)
    if best == _CRASH and (later := _last(weights, _ERROR)) > at + _CLOSE and not _only_frames(lines[at + 1 : later]):
        return later
    return at


def telling_line(case: Case, container: Container) -> tuple[str, ...]:
    """The line of a container's log that tells most, as evidence; nothing where its log is empty or unread."""
    tail = case.tail(container)
    at = telling(tail.lines)
    return () if at is None else (log_line(container, tail, tail.lines[at]),)


def said(line: str) -> str:
    """A line as part of a sentence: what a structured one says, none with its time or with colours."""
    plain = _CONTROL_SEQUENCE.sub("", line).strip()
    if (found := structured(plain.encode())) is not None and found.message:
        errors = [_bare(value) for key, value in found.rest if key in ("err", "error")]
        return first_line(": ".join((found.message, *(errors or found.stack[:1]))))
    fields = {key: quoted or bare for key, quoted, bare in _LOGFMT.findall(plain)}
    if told := tuple(fields[key] for key in ("msg", "message", "err", "error") if key in fields):
        return first_line(": ".join(told))
    return first_line(_TIME.sub("", plain, count=1).removeprefix("Caused by: ")) or plain


def _bare(value: str) -> str:
    """A field without the quotes that logfmt needs."""
    try:
        return str(json.loads(value)) if value.startswith('"') else value
    except ValueError:  # with escapes that JSON doesn't know, for what a terminal may not get
        return value.strip('"')


def _with_below(lines: Sequence[str], at: int) -> str:
    """A line for a sentence, with the two below it where it only announces what they say."""
    line = lines[at]
    if _GOES_ON.search(line) is None:
        return said(line)
    below = [each.strip() for each in lines[at + 1 : at + 3] if each.strip() and not _FRAME.match(each)]
    return first_line(": ".join((said(line).rstrip(": "), *below)))


def _weights(lines: Sequence[str]) -> list[int]:
    weights = []
    awaited = traced = False
    for line in lines:
        if awaited and line.strip():
            weights.append(_CRASH)
            awaited = False
        elif traced and line.strip() and not line.startswith((" ", "\t")):
            weights.append(_CRASH)  # whatever the exception is called
            traced = False
        else:
            weights.append(_weight(line))
        awaited = awaited or _BELOW.match(line) is not None
        traced = traced or _TRACEBACK.search(line) is not None
    return weights


def _weight(line: str) -> int:
    stripped = line.strip()
    if not stripped or _FRAME.match(line) or _BELOW.match(line) or _TRACEBACK.match(line):
        return _NOTHING
    if _FAREWELL.match(line):
        return _NOTHING
    if _PANIC.match(line) or (not line[0].isspace() and (_EXCEPTION.match(line) or _RUBY.match(line))):
        return _CRASH
    level = level_of(stripped.encode())
    if level is not None and level >= Level.ERROR:
        return _CRASH if level is Level.FATAL else _ERROR
    if level is not None and level <= Level.INFO:
        return _PLAIN  # "no error found" is none
    return _FAILURE if _FAILED.search(stripped) else _PLAIN


def _last(weights: Sequence[int], weight: int) -> int:
    """The place of the last line of a weight; -1 for none."""
    return next((at for at in range(len(weights) - 1, -1, -1) if weights[at] == weight), -1)


def _only_frames(lines: Sequence[str]) -> bool:
    return all(not line.strip() or _FRAME.match(line) or line[0].isspace() for line in lines)


def _announcement(lines: Sequence[str], at: int) -> int | None:
    """Of a cause at the end of a stack trace, the line with which the trace begins."""
    if not lines[at].startswith("Caused by: "):
        return None
    for before in range(at - 1, -1, -1):
        line = lines[before]
        if line.strip() and not _FRAME.match(line) and not line.startswith(("Caused by: ", " ", "\t")):
            return before
    return None
