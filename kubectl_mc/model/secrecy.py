"""Which texts are secrets, though they stand where anybody may read them: by their names and by their looks.

A Secret's values are never read at all; this is for what people write plainly into a pod's spec.
"""

import re
from collections.abc import Iterable, Iterator

_NAMES = re.compile(
    r"(?i)(passw(or)?d|passphrase|secret|api_?key|access_?key|private_?key|(^|_)token($|_)|auth_?token|credential|"
    r"(^|_)(pwd|pass|psw)($|_))"
)
_NO_SECRETS = re.compile(r"(?i)(_?(file|path|dir|name|url|uri|host|port|ttl|expiry|length|enabled|timeout|mount))$")
"""Ends of names that tell where a secret is, or how it is handled, and not what it is."""
_LOOKS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bAKIA[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{36,}\b"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\."
    r"|\bxox[abpr]-[A-Za-z0-9-]{10,}"
)
_IN_URL = re.compile(r"(?P<before>[a-z][a-z0-9+.-]*://[^\s:/@]*:)(?P<secret>[^\s@/$][^\s@/]*)(?P<behind>@)")
MASK = "••••••"


def named_as_secret(name: str) -> bool:
    """Whether a variable of this name holds a secret."""
    return _NAMES.search(name) is not None and _NO_SECRETS.search(name) is None


def is_secret(name: str, value: str) -> bool:
    """Whether a value is a secret, by its variable's name or by what it looks like."""
    if not value or value.startswith("$("):
        return False
    return named_as_secret(name) or _LOOKS.search(value) is not None or _IN_URL.search(value) is not None


def masked(name: str, value: str) -> str:
    """A value that may be shown: a secret one, or the secret part of a URL, is covered."""
    if not is_secret(name, value):
        return value
    if named_as_secret(name) or _LOOKS.search(value):
        return MASK
    return _IN_URL.sub(lambda found: f"{found['before']}{MASK}{found['behind']}", value)


def masked_words(words: Iterable[str]) -> Iterator[str]:
    """The words of a command that may be shown: secret values of flags, of variables and in URLs are covered.

    A word with blanks is a script, whose own words are looked at.
    """
    awaited = False
    for word in words:
        if len(parts := re.split(r"(\s+)", word)) > 1:
            shown = list(masked_words(parts[::2]))
            yield "".join(part for pair in zip(shown, (*parts[1::2], ""), strict=True) for part in pair)
            awaited = False
            continue
        name, equals, value = word.partition("=")
        called = name.lstrip("-").replace("-", "_")
        yield MASK if awaited else f"{name}={masked(called, value)}" if equals else masked("", word)
        awaited = not equals and name.startswith("-") and named_as_secret(called)
