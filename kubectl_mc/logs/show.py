"""Ordered lines as text: prefixed, with the container's own bytes in a pipe and a person's rows on a terminal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from kubectl_mc.logs.filter import BREAK
from kubectl_mc.logs.highlight import Highlight
from kubectl_mc.logs.line import (
    MESSAGE,
    TAG,
    Kind,
    any_marked,
    continues,
    kind_of,
    late,
    message_of,
    source_tag,
    stamp_of,
    unbroken,
)
from kubectl_mc.logs.machine import Name
from kubectl_mc.logs.stamps import Stamps
from kubectl_mc.logs.structured import rows_of, structured
from kubectl_mc.logs.terminal import Fold, harmless, plain

_MESSAGE, _TAG = slice(MESSAGE, -TAG), slice(-TAG, None)
_COLORS = ("36", "32", "33", "34", "35", "96", "92", "93", "94", "95", "38;5;208", "38;5;141", "38;5;115", "38;5;180")
"""SGR foregrounds of the prefixes, by the container's place in its pod. No red, which means trouble."""
_OWN_STYLES = {Kind.ERROR: "1;31", Kind.GAP: "1;33"}
_OWN_STYLE = "2"
_WARNING_STYLE = "33"


@dataclass(frozen=True)
class Look:
    """How lines are to look.

    Args:
        prefix: whether the container's name stands in front.
        pods: whether the pod's does in any case, since others may join; else it does when there are several.
        own_words: whether what no container wrote stands among the lines.
        stamps: how the times are written; None for none.
        terminal: whether a person's terminal has to be kept safe.
        structured: whether JSON lines are made readable there.
        zone: in which JSON lines' own times are written; None: the machine's.
    """

    prefix: bool = True
    pods: bool = False
    own_words: bool = True
    stamps: Stamps | None = None
    colors: bool = False
    unicode: bool = True
    terminal: bool = False
    structured: bool = False
    zone: tzinfo | None = None
    highlight: Highlight | None = None


class Show:
    """Makes text of lines whose sources have joined."""

    def __init__(self, look: Look, fold: Fold | None = None) -> None:
        self._look = look
        self._fold = fold
        self._names: dict[bytes, tuple[Name, int]] = {}
        self._prefixes: dict[bytes, bytes] | None = None
        self._late_prefixes: dict[bytes, bytes] = {}
        self._table: list[bytes] = []
        """The prefixes by the last byte of a tag, which is twice as fast; empty where that is not enough."""
        self._open = False
        """Whether what was shown last has no line break yet: it gets one as soon as something follows."""
        self._rule = "──" if look.unicode else "--"

    def joined(self, tag: bytes, name: Name, place: int) -> None:
        """Another source; prefixes are padded to the longest."""
        self._names[tag] = name, place
        self._prefixes = None

    def text(self, lines: list[bytes]) -> bytes:
        """The lines with their prefixes and line breaks."""
        prefixes = self._prefixes if self._prefixes is not None else self._new_prefixes()
        if self._look.terminal:
            rows = self._rows(lines, prefixes)
        elif self._look.stamps is None and not any_marked(lines):
            table, message, tag = self._table, _MESSAGE, _TAG
            if table:
                rows = [table[line[-1]] + line[message] for line in lines]
            else:
                rows = [prefixes[line[tag]] + line[message] for line in lines]
        else:
            if not self._look.own_words:
                lines = [line for line in lines if kind_of(line) is Kind.LOG and line is not BREAK]
            rows = [self._one(line, prefixes) for line in lines]
        return self._ended(b"\n".join(rows), lines[-1]) if rows else b""

    def _ended(self, text: bytes, last: bytes) -> bytes:
        """Rows with the break behind the last; where there are but the containers' own, theirs, or none."""
        before = b"\n" if self._open else b""
        self._open = not self._look.own_words and not self._look.terminal and unbroken(last)
        return before + text + (b"" if self._open else b"\n")

    def interrupted(self) -> None:
        """Something else was written on the terminal."""
        if self._fold is not None:
            self._fold.interrupted()

    def _one(self, line: bytes, prefixes: Mapping[bytes, bytes]) -> bytes:
        if line is BREAK:
            return b"--"
        message = message_of(line)
        if kind_of(line) is not Kind.LOG:
            message = self._own(line)
        return self._head(line, prefixes) + message

    def _rows(self, lines: list[bytes], prefixes: Mapping[bytes, bytes]) -> list[bytes]:
        """Rows of a terminal."""
        fold = self._fold
        rows: list[bytes] = []
        for line in lines:
            what = None
            if fold is not None and line is not BREAK and kind_of(line) is Kind.LOG and not continues(line):
                what = line[MESSAGE:] if len(line) > MESSAGE + TAG else None
                if what is not None and fold.repeats(what):
                    continue
            first, *others = self._drawn(line)
            head = self._head(line, prefixes) if line is not BREAK else b""
            whole = b"\n".join((head + first, *(head + other for other in others)))
            if fold is None:
                rows.append(whole)
            else:
                fold.add(whole, what if not others else None, head)
        return rows if fold is None else fold.rows()

    def _drawn(self, line: bytes) -> list[bytes]:
        """A line as the rows that a person reads."""
        look = self._look
        if line is BREAK:
            return [b"--"]
        if kind_of(line) is not Kind.LOG:
            style = _OWN_STYLES.get(kind_of(line), _OWN_STYLE)
            if kind_of(line) is Kind.EVENT and message_of(line).startswith(b"Warning "):
                style = _WARNING_STYLE
            said = harmless(self._own(line))
            return [f"\x1b[{style}m".encode() + said + b"\x1b[0m" if look.colors else said]
        message = message_of(line)
        found = structured(message, look.zone) if look.structured else None
        rows = rows_of(found, colors=look.colors) if found is not None else [harmless(message)]
        if not look.colors:
            rows = list(map(plain, rows))
        return [look.highlight(row) for row in rows] if look.highlight is not None and look.colors else rows

    def _head(self, line: bytes, prefixes: Mapping[bytes, bytes]) -> bytes:
        prefix = (self._late_prefixes if late(line) else prefixes)[source_tag(line)]
        if self._look.stamps is None:
            return prefix
        stamp = self._look.stamps.shown(stamp_of(line))
        return prefix + (b"\x1b[2m" + stamp + b"\x1b[0m " if self._look.colors else stamp + b" ")

    def _own(self, line: bytes) -> bytes:
        rule = self._rule.encode()
        word = b"event " if kind_of(line) is Kind.EVENT else b""
        return rule + b" " + word + message_of(line) + b" " + rule

    def _new_prefixes(self) -> dict[bytes, bytes]:
        labels = dict(
            zip(self._names, _labels([name for name, _ in self._names.values()], pods=self._look.pods), strict=True)
        )
        width = max(map(len, labels.values()), default=0)
        padded = {tag: label.ljust(width) for tag, label in labels.items()}
        self._prefixes = {tag: self._prefix(label, tag, "|") for tag, label in padded.items()}
        self._late_prefixes = {tag: self._prefix(label, tag, "~") for tag, label in padded.items()}
        self._table = []
        if len({tag[-1] for tag in labels}) == len(labels):
            self._table = [b""] * 256
            for tag, prefix in self._prefixes.items():
                self._table[tag[-1]] = prefix
        return self._prefixes

    def _prefix(self, label: str, tag: bytes, bar: str) -> bytes:
        if not self._look.prefix:
            return b""
        if not self._look.colors:
            return f"{label} {bar} ".encode()
        _, place = self._names[tag]
        return f"\x1b[{_COLORS[place % len(_COLORS)]}m{label} {bar}\x1b[0m ".encode()


def _labels(names: list[Name], *, pods: bool) -> list[str]:
    """What tells the sources apart, and no more of it than that takes."""
    all_pods = {(name.namespace, name.pod) for name in names}
    namespaces = {namespace for namespace, _ in all_pods}
    parts: list[Callable[[Name], str]] = [lambda name: name.container or "(pod)"]
    if pods or len(all_pods) > 1:
        parts.insert(0, lambda name: name.pod)
    if len(namespaces) > 1:
        parts.insert(0, lambda name: name.namespace)
    return [" ".join(part(name) for part in parts) for name in names]
