"""Every style can be read on every ground of both themes (WCAG 2: contrast at least 4.5 to 1)."""

import re

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from kubectl_mc.render.page import Style
from kubectl_mc.tui.app import THEMES
from kubectl_mc.tui.palette import style_of
from kubectl_mc.tui.widgets.row_list import RowList

LEAST = 4.5
CSS = RowList.DEFAULT_CSS


def _luminance(color: Color) -> float:
    parts = [part / 255 for part in color.rgb]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: Color, other: Color) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("style", list(Style))
def test_each_style_can_be_read(theme: str, style: Style) -> None:
    variables = BUILTIN_THEMES[theme].to_color_system().generate()
    ground, primary = Color.parse(variables["background"]), Color.parse(variables["primary"])
    color = style_of(style, dark=BUILTIN_THEMES[theme].dark).color
    drawn = Color.parse(variables["foreground"]) if color is None else Color.from_rich_color(color)

    tints = re.findall(rf"RowList{'' if BUILTIN_THEMES[theme].dark else ':light'}(?::focus)? > .*primary (\d+)%", CSS)
    assert len(tints) == 2
    for name, behind in {
        "background": ground,
        "surface": Color.parse(variables["surface"]),
        "cursor": ground.blend(primary, int(tints[0]) / 100),
        "cursor in focus": ground.blend(primary, int(tints[1]) / 100),
    }.items():
        assert _contrast(drawn, behind) >= LEAST, f"{style} on {name} {behind.hex}: {_contrast(drawn, behind):.2f}"
