"""The ground on which a widget draws its lines, found out once for each time that it is drawn."""

from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class OnGround(Widget):
    """Draws line by line. Textual works a widget's style out anew for whoever asks: half of what a line cost.

    Of a widget's bases it is not the first one, to which alone Textual looks for CSS.
    """

    ground = Style.null()
    """The widget's own style."""
    dark = True
    """Whether the theme is a dark one."""

    def render_lines(self, crop: Region) -> list[Strip]:
        self.ground, self.dark = self.rich_style, self.app.current_theme.dark
        return super().render_lines(crop)
