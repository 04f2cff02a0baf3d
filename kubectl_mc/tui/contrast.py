"""Colours that a log brings along, made such that they can be read on the dashboard's grounds (WCAG 2: 4.5 to 1)."""

from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.style import Style
from rich.terminal_theme import TerminalTheme

from kubectl_mc.render import page
from kubectl_mc.tui.palette import style_of

_LEAST = 4.6
"""A little more than is asked for: colours are whole numbers."""
_STEPS = 20


@dataclass(frozen=True)
class Grounds:
    """What a text may stand on, for instance on the cursor's row as well.

    Args:
        ansi: what the sixteen named colours are.
    """

    colors: tuple[ColorTriplet, ...]
    dark: bool
    ansi: TerminalTheme


@lru_cache(maxsize=2048)
def readable(style: Style, grounds: Grounds) -> Style:
    """A style with a colour that can be read; what is dim is quiet. One that brings its own ground stays as it is."""
    if style.bgcolor is not None or not grounds.colors:
        return style
    if style.color is None:
        return style + style_of(page.Style.QUIET, dark=grounds.dark) + Style(dim=False) if style.dim else style
    color = style.color.get_truecolor(grounds.ansi)
    end = ColorTriplet(255, 255, 255) if grounds.dark else ColorTriplet(0, 0, 0)
    for step in range(_STEPS + 1):
        mixed = _mixed(color, end, step / _STEPS)
        if all(contrast(mixed, ground) >= _LEAST for ground in grounds.colors):
            break
    return style + Style(color=Color.from_triplet(mixed), dim=False)


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """From 1, the same, to 21, black on white."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: ColorTriplet) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(one: ColorTriplet, other: ColorTriplet, share: float) -> ColorTriplet:
    return ColorTriplet(*(round(a + (b - a) * share) for a, b in zip(one, other, strict=True)))
