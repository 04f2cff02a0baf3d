"""How grave a line is, by what its container wrote.

Loggers put the level at the start, after times, threads and names, or in a field; only there is it looked for, since
"no error found" is no error. What is not recognised is unknown, never guessed.
"""

import re
from enum import IntEnum
from functools import cache


class Level(IntEnum):
    """How grave; they compare."""

    TRACE = 10
    DEBUG = 20
    INFO = 30
    WARN = 40
    ERROR = 50
    FATAL = 60

    @property
    def word(self) -> str:
        """As a person writes it."""
        return self.name.lower()


_WORDS = {
    word: level
    for level, words in {
        Level.TRACE: "trace trce trc",
        Level.DEBUG: "debug dbug dbg verbose",
        Level.INFO: "info information inf notice note",
        Level.WARN: "warn warning wrn",
        Level.ERROR: "error err eror fail severe",
        Level.FATAL: "fatal ftl critical crit panic pnc dpanic emerg emergency alert",
    }.items()
    for word in words.split()
}
LEVEL_KEYS = (
    "level", "severity", "lvl", "log.level", "@level", "@l", "levelname", "level_name", "loglevel", "severity_text",
    "severityText", "Level", "LogLevel", "Severity", "SeverityText",
)  # fmt: skip
"""Fields of JSON that hold a level."""

_FOUND = {word.encode(): level for word, level in _WORDS.items()} | {
    b"d": Level.DEBUG, b"i": Level.INFO, b"w": Level.WARN, b"e": Level.ERROR, b"f": Level.FATAL,  # klog, Ruby
    b".": Level.DEBUG, b"-": Level.DEBUG, b"*": Level.INFO, b"#": Level.WARN,  # Redis
    b"log": Level.INFO,  # PostgreSQL
    b"traceback": Level.ERROR, b"exception": Level.ERROR, b"fatal error": Level.FATAL, b"panicked": Level.FATAL,
}  # fmt: skip

_HEAD = 500
"""Bytes of a line that are looked at."""
_JSON_HEAD = 4096
"""Of JSON more: the level may come after the message."""
_CONTROL_SEQUENCE = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]")

_NAMES = "|".join(_WORDS).encode()
_PARTS = {
    b"any": b"(?i:%s)" % _NAMES,
    b"loud": rb"(?:%s)(?!(?<=TRACE)\ /)" % _NAMES.upper(),  # "TRACE / HTTP/1.1" is a request
    b"month": b"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)",
    # What stands around a level: threads, places, rules.
    b"group": rb"(?>(?:\[[^\]]{0,120}\]|\([^)]{0,120}\)|\{[^}]{0,120}\}):?\s*|(?:-{1,3}|\|)\s+)",
    # A logger that is known for one without a time before it.
    b"logger": rb"(?>[A-Za-z_]\w*(?:[.:/]\w+)+:?\s+|[A-Za-z_][\w.]*\ -\ )",
    # After a time: a process, a source, a host; whatever is no plain word.
    b"name": rb"""(?>(?=\S{0,80}[\]\d.@/#:$_>-])(?![\[({|-]|[A-Z]+:)[^\s"'=]{1,80}\s+)""",
    # After a time: one plain word may be a logger, unless it is how a sentence begins.
    b"bare": rb"""(?>
        (?!(?:an?|any|as|for|got|has|in|is|no|not|of|on|the|to|with|without)\s)
        (?:[a-z]\w*|[A-Z]+[a-z]\w*[A-Z]\w*)\s+
    )""",
}
# A date, a time, an offset or a zone: one piece of what a time is made of.
_PARTS[b"time"] = (
    rb"""(?>\[?(?:
        \d{1,4}[-/.:]\d[\w:.,/+-]* | \d{9,}[.\d]* | [+-]\d{4}\b
        | \d{1,2}[\ /-]%(month)s[\ /-]\d{4}[\d:.]* | %(month)s\ +\d{1,2}(?:,\ \d{4})?
        | (?:[AP]M|UTC|GMT|BST|IST|JST|KST|MSK|SGT|[CEW]ES?T|[CEMP][DS]T|AE[DS]T)\b
    )[\]:,]*\s*)"""
    % _PARTS
)
_LEVEL = (
    rb"""(?:
    # klog and glog; Ruby; Redis
    ([IWEF])\d{4}(?:\d{4})?\ \d\d:\d\d:\d\d
    | ([DIWEF]),\ \[
    | \d+:[XCSM]\ \d\d\ \w{3}\ (?:\d{4}\ )?[\d:.]+\ ([.*#-])\s
    # Right at the start, or after times and what is bracketed.
    | (?:%(time)s|%(group)s|%(logger)s){0,9}?(?:
        [\[<]\s*(?:\w+:)?(%(any)s)\s*[\]>]
        | (?:[\w-]+\.)?(%(loud)s)(?=[\s:|/,\]]|$)
        | (?:PHP\ )?(%(any)s|[Ff]atal\ error|LOG):(?=\s|$)
        | (?<=\t)(%(any)s)(?=\t)
    )
    # logfmt
    | (?>%(time)s{0,3})(?>[\w.@/-]+=(?:"(?:[^"\\]|\\.)*"|[^\s"]*)\s+){0,40}?
        (?:level|lvl|severity|log\.level|levelname|loglevel)="?(%(any)s)(?:[+-]\d+)?"?(?=\s|$)
    # After a time, names and a plain one.
    | %(group)s?(?>%(time)s{1,4})(?:%(group)s|%(name)s){0,4}?(?:%(bare)s(?:%(group)s|%(name)s){0,3}?)??(?:
        [\[<]\s*(%(any)s)\s*[\]>] | (%(loud)s)(?=[\s:|/,\]]|$) | (LOG):\s
    )
    # A crash.
    | (Traceback)\ \(most\ recent | (Exception)\ in\ thread\b | thread\ '[^']{0,80}'.{0,20}\ (panicked)\ at\b
    | (?:[\w$]+\.)*[A-Z][\w$]*(Error|Exception)(?=:\s|$)
    )"""
    % _PARTS
)
_JSON_LEVEL = re.compile(
    rb'"(?:%s)"\s*:\s*(?:"([^"\\]{1,20})"|(\d{2}(?:\.\d+)?)(?=\s*[,}]))'
    % b"|".join(re.escape(key).encode() for key in LEVEL_KEYS)
)
_IN_LOG = re.compile(rb'"log"\s*:\s*\{\s*$')
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"')


def parse_level(text: str) -> Level | None:
    """The level that a word names, in whatever case."""
    return _WORDS.get(text.strip().lower())


def numbered_level(number: str) -> Level | None:
    """The level of a number as bunyan and pino write it, 10 to 60; others count otherwise and are unknown."""
    try:
        return Level(int(float(number)) // 10 * 10) if 10 <= float(number) <= 60 else None
    except ValueError:
        return None


def level_of(message: bytes) -> Level | None:
    """The level of a line; None where it names none."""
    head = _plain(message[:_HEAD])
    if head.startswith(b"{") and (level := _json_level(_plain(message[:_JSON_HEAD]))) is not None:
        return level
    match = _level_pattern().match(head)
    return _FOUND[match[match.lastindex].lower()] if match is not None and match.lastindex else None


@cache
def _level_pattern() -> re.Pattern[bytes]:
    """Compiled where a level is first looked for, which most commands don't: that takes 5 ms."""
    return re.compile(_LEVEL, re.VERBOSE)


def _plain(head: bytes) -> bytes:
    """The beginning of a line without colours and indentation."""
    return (_CONTROL_SEQUENCE.sub(b"", head) if b"\x1b" in head else head).lstrip()


def _json_level(head: bytes) -> Level | None:
    """The level of an object, which may be cut off; what its own objects call so is theirs, but for ECS's `log`."""
    depth = at = 0
    for match in _JSON_LEVEL.finditer(head):
        before = head[at : match.start()]
        at = match.end()
        # Braces within strings don't count; mostly there are none.
        outside = _STRINGS.sub(b"", before) if b"{" in before[1:] or b"}" in before else before
        depth += outside.count(b"{") - outside.count(b"}")
        word, number = match.groups()
        level = numbered_level(number.decode()) if number else parse_level(word.decode(errors="replace"))
        if level is not None and (depth == 1 or (depth == 2 and _IN_LOG.search(before))):
            return level
    return None
