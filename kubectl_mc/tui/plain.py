"""What is left of the dashboard on terminals that have no colours, or no characters beyond ASCII."""

import curses
import sys
from collections.abc import Mapping

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_ASCII = str.maketrans(
    {
        **dict.fromkeys("─━╌┄╸╺╴╶═▔▁▂▃▄▅▆▇▀", "-"),
        **dict.fromkeys("│┃║╎┆▏▎▍▌▋▊▉▐▕", "|"),
        **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝╞╡╪", "+"),
        "█": "#",
        "…": ".",
        "·": ".",
        "•": "*",
        "–": "-",
        "—": "-",
        "“": '"',
        "”": '"',
        "’": "'",
        "↑": "^",
        "↓": "v",
        "←": "<",
        "→": ">",
        "▲": "^",
        "▼": "v",
        "▶": ">",
        "◀": "<",
        "×": "x",
    }
)


def has_colors(environ: Mapping[str, str]) -> bool:
    """Whether the terminal has colours, by its description; one that has none there is taken for a colourful one."""
    try:
        curses.setupterm(environ.get("TERM") or "unknown", sys.__stderr__.fileno() if sys.__stderr__ else -1)
    except (curses.error, OSError, ValueError):
        return True
    return curses.tigetnum("colors") > 0


class AsciiOnly(LineFilter):
    """Frames and bars of ASCII; of what has no likeness there, a question mark for each column."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        return [
            segment if segment.text.isascii() else Segment(ascii_text(segment.text), segment.style, segment.control)
            for segment in segments
        ]


def ascii_text(text: str) -> str:
    """A text of the same width, in ASCII."""
    return "".join(each if each.isascii() else "?" * cell_len(each) for each in text.translate(_ASCII))
