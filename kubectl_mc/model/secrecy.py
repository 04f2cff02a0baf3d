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
_HINT = re.compile(
    r"(?i)pass|pwd|psw|secret|token|key|credential|authorization|://|\s-[uap]|--user|PRIVATE|AKIA|gh[pousr]_|eyJ|xox"
)
"""What every text has in which one of the forms below may be."""
_TOLD = (
    _IN_URL,
    re.compile(  # NAME="value", "name": "value"
        r"""(?P<before>(?P<name>[\w.-]+)(?:=|["']:\s?)(?P<quote>["']))(?P<secret>(?!\$).+?)(?P<behind>(?P=quote))"""
    ),
    re.compile(r"""(?P<before>(?P<name>[\w.-]+)=)(?P<secret>[^\s"'$&;,)\]][^\s"'&;,)\]]*)"""),
    re.compile(r"""(?P<before>(?<!\S)(?P<name>--?[\w-]+)\s+["']?)(?P<secret>[^\s"'$-][^\s"']*)"""),
    re.compile(r"""(?i)(?P<before>\bauthorization["']?[:=]\s*["']?(?:bearer|basic|token)\s+)(?P<secret>[^\s"'$]+)"""),
    re.compile(r"""(?i)(?P<before>\bx-[\w-]*(?:key|token|secret):\s*)(?P<secret>[^\s"'$]+)"""),
    # curl -u user:…, redis-cli -a …, mysql -p…
    re.compile(r"""(?P<before>(?<!\S)(?:-u\s*|--user[ =])["']?[^\s:"'=]+:)(?P<secret>(?!\d+\b)[^\s"'$]+)"""),
    re.compile(r"""(?P<before>\bredis-cli\b[^;|&]*?\s-a\s+["']?)(?P<secret>[^\s"'$]+)"""),
    re.compile(r"""(?P<before>\b(?:mysql|mariadb)[\w-]*\b[^;|&]*?\s-p["']?)(?P<secret>[^\s"'$]+)"""),
)
"""The forms in which programs and people write a secret into a text; one that is a `$VARIABLE` is none."""
MASK = "••••••"


def named_as_secret(name: str) -> bool:
    """Whether a variable of this name holds a secret."""
    return _NAMES.search(name) is not None and _NO_SECRETS.search(name) is None


def is_secret(name: str, value: str) -> bool:
    """Whether a value is a secret, by its variable's name or by what it looks like."""
    if not value or value.startswith("$"):
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

    A word with blanks is a script, of which its text is looked at.
    """
    awaited = False
    for word in words:
        if re.search(r"\s", word):
            yield MASK if awaited else masked_text(word)
            awaited = False
            continue
        name, equals, value = word.partition("=")
        called = name.lstrip("-").replace("-", "_")
        yield MASK if awaited else f"{name}={masked(called, value)}" if equals else masked("", word)
        awaited = not equals and name.startswith("-") and named_as_secret(called)


def masked_command(words: Iterable[str]) -> str:
    """A command as one text that may be shown."""
    return masked_text(" ".join(masked_words(words)))


def masked_text(text: str) -> str:
    """A text that somebody wrote, a log line or a script, as it may be shown: what it names as a secret is covered."""
    if _HINT.search(text) is None:
        return text  # nearly all are: a sixth of the time
    for form in _TOLD:
        text = form.sub(_covered, text)
    return _LOOKS.sub(MASK, text)


def _covered(found: re.Match[str]) -> str:
    parts = found.groupdict()
    name = parts.get("name")
    if name is not None and not named_as_secret(name.lstrip("-").replace("-", "_").replace(".", "_")):
        return found[0]
    return f"{parts['before']}{MASK}{parts.get('behind') or ''}"
