"""A terminal with a program on the other side of it: draws its screen, posts what is typed."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from kubectl_mc.render.text import one_line
from kubectl_mc.tui.terminal.emulator import Emulator
from kubectl_mc.tui.terminal.keys import bytes_of_key

LEAVE = "ctrl+right_square_bracket"
"""The key that the program doesn't get, as in telnet: it gives the keyboard back to the dashboard."""
_FRAME_SECONDS = 1 / 30
_WHEEL = 3


class TerminalPane(Widget, can_focus=True):
    """A screen of its own size; bytes come by `feed`, and go as `Typed`."""

    DEFAULT_CSS = """
    TerminalPane { height: 1fr; background: black; color: #d8d8d8; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(LEAVE, "leave", "Leave the keyboard", key_display="^]"),
        Binding("shift+pageup", "scroll_rows(-1)", "Back", show=False),
        Binding("shift+pagedown", "scroll_rows(1)", "Forward", show=False),
    ]

    @dataclass
    class Typed(Message):
        """Bytes for the program."""

        pane: "TerminalPane"
        data: bytes

    @dataclass
    class Resized(Message):
        """The screen has this size."""

        pane: "TerminalPane"
        columns: int
        lines: int

    @dataclass
    class Left(Message):
        """The keyboard is the dashboard's again."""

        pane: "TerminalPane"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.emulator = Emulator(80, 24, self._reply)
        self.ended = False
        """Whether the program is gone; its last screen stays."""
        self._back = 0
        """Rows that the view is above the screen."""
        self._dirty = False

    def on_mount(self) -> None:
        self.set_interval(_FRAME_SECONDS, self._frame)

    def feed(self, data: bytes) -> None:
        """What the program has written."""
        gone = self.emulator.gone
        self.emulator.feed(data)
        if self._back:  # who looks back stays where he looks
            self._back = min(self._back + self.emulator.gone - gone, self.emulator.scrolled)
        self._dirty = True

    def end(self, text: str) -> None:
        """The program is gone; its last screen stays, with this line below it."""
        self.ended = True
        start = b"" if self.emulator.cursor == (0, 0) else b"\r\n"
        line = f"── {one_line(text)}; ^] and x close this tab ──"
        self.feed(b"\x1b[?1049l" + start + b"\x1b[0;2m" + line.encode() + b"\x1b[0m\r\n")

    def on_resize(self, event: events.Resize) -> None:
        columns, lines = max(event.size.width, 2), max(event.size.height, 1)
        if (columns, lines) != (self.emulator.columns, self.emulator.lines):
            self.emulator.resize(columns, lines)
            self._back = min(self._back, self.emulator.scrolled)
        self.post_message(self.Resized(self, columns, lines))
        self.refresh()

    async def on_key(self, event: events.Key) -> None:
        if event.key in (LEAVE, "shift+pageup", "shift+pagedown"):
            return
        event.stop()
        event.prevent_default()
        data = bytes_of_key(event.key, event.character, application=self.emulator.application_keys)
        if data:
            self._type(data)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        data = event.text.replace("\n", "\r").encode()
        self._type(b"\x1b[200~" + data.replace(b"\x1b", b"") + b"\x1b[201~" if self.emulator.brackets_paste else data)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._wheel(event, up=True)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._wheel(event, up=False)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._mouse(event, event.button - 1, pressed=True)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self._mouse(event, event.button - 1, pressed=False)

    def action_leave(self) -> None:
        self.post_message(self.Left(self))

    def action_scroll_rows(self, pages: int) -> None:
        self._look_back(-pages * max(1, self.size.height // 2))

    def render_line(self, y: int) -> Strip:
        style, width = self.rich_style, self.size.width
        if y >= self.emulator.lines:
            return Strip.blank(width, style)
        cursor = self.has_focus and not self.ended and not self._back
        return self.emulator.row(y - self._back, style, cursor=cursor).adjust_cell_length(width, style)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _frame(self) -> None:
        if self._dirty:
            self._dirty = False
            self.refresh()

    def _type(self, data: bytes) -> None:
        if self._back:
            self._back = 0
            self.refresh()
        self.post_message(self.Typed(self, data))

    def _reply(self, data: bytes) -> None:
        self.post_message(self.Typed(self, data))

    def _wheel(self, event: events.MouseEvent, *, up: bool) -> None:
        if self.emulator.wants_mouse:
            self._mouse(event, 64 if up else 65, pressed=True)
        elif self.emulator.alternate:  # as xterm does: less and vi know arrows, and nothing of a wheel
            key = bytes_of_key("up" if up else "down", None, application=self.emulator.application_keys)
            self._type(key * _WHEEL)
        else:
            self._look_back(_WHEEL if up else -_WHEEL)

    def _mouse(self, event: events.MouseEvent, button: int, *, pressed: bool) -> None:
        if self.emulator.wants_mouse:
            event.stop()
            weight = button + 4 * event.shift + 8 * event.meta + 16 * event.ctrl
            self._type(b"\x1b[<%d;%d;%d%c" % (weight, event.x + 1, event.y + 1, b"M" if pressed else b"m"))

    def _look_back(self, rows: int) -> None:
        self._back = max(0, min(self._back + rows, self.emulator.scrolled))
        self.refresh()
