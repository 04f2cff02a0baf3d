"""Which texts are secrets, though they stand where anybody may read them: by their names and by their looks.

A Secret's values are never read at all; this is for what people write plainly into a pod's spec, and what programs
write into their logs. What is shown is covered when in doubt; who finds fault with a secret asks for `written_out`.
"""

import re
from collections.abc import Iterable, Iterator

_NAMES = re.compile(
    r"(?i)passw(or)?d|passphrase|require_?pass|secret|credential|(api|access|account|private|encryption|signing)_?key"
    r"|connection_?string|auth_?token|(^|_)(token|pwd|pass|psw)($|_)"
)
_NO_SECRETS = re.compile(
    r"(?i)_?(file|path|dir|name|url|uri|host|port|ttl|expiry|length|enabled|timeout|mount|header|issuer|audience|policy"
    r"|provider|backend|rotation|algorithm|version)$"
)
"""Ends of names that tell where a secret is, or how it is handled, and not what it is."""
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[-.]")
_LOOKS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{30,}\b"
    r"|\bgithub_pat_[A-Za-z0-9_]{30,}\b"
    r"|\bglpat-[A-Za-z0-9_-]{15,}"
    r"|\bxox[a-z]-[A-Za-z0-9-]{10,}"
    r"|\b[sr]k_live_[A-Za-z0-9]{10,}\b"
    r"|\bAIza[A-Za-z0-9_-]{35}"
    r"|\bnpm_[A-Za-z0-9]{36}\b"
    r"|\bdckr_pat_[A-Za-z0-9_-]{20,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*"
)
"""Of AWS, GitHub, GitLab, Slack, Stripe, Google, npm and Docker, private keys and JSON Web Tokens."""
_HINT = re.compile(
    r"(?i)pass|pwd|psw|secret|token|key|credential|connection|authorization|://|\s-[uap]|--user|PRIVATE"
    r"|AKIA|ASIA|gh[pousr]_|github_|glpat|xox|k_live|AIza|npm_|dckr_|eyJ"
)
"""What every text has in which one of the forms below may be."""
_FORMS = (
    re.compile(r"(?P<before>[a-z][a-z0-9+.-]{0,30}://[^\s:/@]*:)(?P<secret>[^\s@/$][^\s@/]*)(?P<behind>@)"),
    re.compile(  # NAME="value", "name": "value"
        r"""(?P<before>(?<![\w.-])(?P<name>[\w.-]+)(?:=|["']:\s?)(?P<quote>["']))"""
        r"""(?P<secret>(?!\$).+?)(?P<behind>(?P=quote))"""
    ),
    re.compile(r"""(?P<before>(?<![\w.-])(?P<name>[\w.-]+)=)(?P<secret>[^\s"'$&;,)\]][^\s"'&;,)\]]*)"""),
    re.compile(r"""(?P<before>(?<!\S)(?P<name>--?[\w-]+)\s+["']?)(?P<secret>[^\s"'$-][^\s"']*)"""),
    re.compile(r"""(?i)(?P<before>\bauthorization["']?[:=]\s*["']?(?:bearer|basic|token)\s+)(?P<secret>[^\s"'$]+)"""),
    re.compile(r"""(?i)(?P<before>\bx-[\w-]{0,60}?(?:key|token|secret):\s*)(?P<secret>[^\s"'$]+)"""),
    # curl -u user:…, redis-cli -a …, mysql -p…
    re.compile(r"""(?P<before>(?<!\S)(?:-u\s*|--user[ =])["']?[^\s:"'=]+:)(?P<secret>(?!\d+\b)[^\s"'$]+)"""),
    re.compile(r"""(?P<before>\bredis-cli\b[^;|&]{0,500}?\s-a\s+["']?)(?P<secret>[^\s"'$]+)"""),
    re.compile(r"""(?P<before>\b(?:mysql|mariadb)[\w-]*\b[^;|&]{0,500}?\s-p["']?)(?P<secret>[^\s"'$]+)"""),
    re.compile(rf"(?P<before>)(?P<secret>{_LOOKS.pattern})"),
)
"""How programs and people write a secret into a text; one that is a `$VARIABLE` is none.

They are bounded, and names begin where words do: a long line, whatever is in it, costs no more than its length.
"""
_STANDS_FOR_ONE = re.compile(
    r"(?i)|true|false|yes|no|none|null|\d{1,3}|/.*|--?\w.*|\$\(.*|\$\{.*|\{\{.*|<.*>|[x*.•]{3,}", re.DOTALL
)
"""Values of secret names that are none: paths of files, switches, placeholders, references, the next flag."""
MASK = "••••••"


def named_as_secret(name: str) -> bool:
    """Whether a variable, a flag, a header or a field of this name holds a secret."""
    words = _HUMP.sub("_", name.lstrip("-"))
    return _NAMES.search(words) is not None and _NO_SECRETS.search(words) is None


def written_out(name: str, value: str) -> bool:
    """Whether a value is or has a secret itself, beyond doubt: no path of one, no placeholder, no reference."""
    if _refers(value):
        return False
    told = [value] if named_as_secret(name) else [found["secret"] for found in _told(value)]
    return any(_STANDS_FOR_ONE.fullmatch(secret) is None for secret in told)


def masked(name: str, value: str) -> str:
    """A value that may be shown: a secret one is covered, of others what in them is secret."""
    if _refers(value):
        return value
    return MASK if named_as_secret(name) else masked_text(value)


def named_words(words: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """The words of a command: what stands before a value, what the value is called, and the value itself.

    A word that is no value of anything has no name; so has one with blanks, which is a script.
    """
    awaited = ""
    for word in words:
        name, equals, value = word.partition("=")
        script = re.search(r"\s", word) is not None
        if awaited or script or not equals:
            yield "", awaited, word
        else:
            yield f"{name}=", name, value
        flag = not awaited and not script and not equals and name.startswith("-")
        awaited = name if flag and named_as_secret(name) else ""


def masked_words(words: Iterable[str]) -> Iterator[str]:
    """The words of a command that may be shown: secret values of flags, of variables and in URLs are covered."""
    for before, name, value in named_words(words):
        yield before + masked(name, value)


def masked_command(words: Iterable[str]) -> str:
    """A command as one text that may be shown."""
    return masked_text(" ".join(masked_words(words)))


def masked_text(text: str) -> str:
    """A text that somebody wrote, a log line or a script, as it may be shown: what it names as a secret is covered."""
    if _HINT.search(text) is None:
        return text  # nearly all are: a sixth of the time
    for form in _FORMS:
        text = form.sub(_covered, text)
    return text


def _refers(value: str) -> bool:
    """Whether a value is nothing, or somewhere else."""
    return not value or value.startswith("$")


def _told(text: str) -> Iterator[re.Match[str]]:
    """Where a text tells a secret."""
    if _HINT.search(text) is not None:
        for form in _FORMS:
            yield from (found for found in form.finditer(text) if _tells(found))


def _tells(found: re.Match[str]) -> bool:
    """Whether what was found has no name, or that of a secret."""
    name = found.groupdict().get("name")
    return name is None or named_as_secret(name)


def _covered(found: re.Match[str]) -> str:
    return f"{found['before']}{MASK}{found.groupdict().get('behind') or ''}" if _tells(found) else found[0]
