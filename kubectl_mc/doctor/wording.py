"""How sentences of several rules are put together."""

from collections.abc import Sequence

from kubectl_mc.model.secrecy import masked_text


def listed(names: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else "".join(names)


def brief(message: str, limit: int = 200) -> str:
    """A message as far as a sentence bears it: one line, without the end that sentences have, with secrets covered."""
    line = masked_text(" ".join(message.split()).rstrip("."))
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
