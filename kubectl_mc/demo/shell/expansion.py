"""How a word of a script becomes the words of a command."""

from collections.abc import Awaitable, Callable

from kubectl_mc.demo.shell.tokens import Word


async def fields(word: Word, value: Callable[[str], str], output: Callable[[str], Awaitable[str]]) -> list[str]:
    """The words that a word becomes; unquoted values are split at white space.

    `value` is that of a variable, `output` what a script prints, for `$(…)`.
    """
    found: list[str] = []
    current: str | None = None
    for piece in word:
        text = piece.text
        if piece.kind == "variable":
            text = value(piece.text)
        elif piece.kind == "command":
            text = await output(piece.text)
        if piece.kind == "text" or piece.quoted:
            current = (current or "") + text
            continue
        first, *rest = text.split() or [""]
        if first:
            current = (current or "") + first
        for each in rest:
            found.append(current or "")
            current = each
    return found if current is None else [*found, current]
