"""A terminal with a program on the other side of it: draws its screen, posts what is typed."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from kubectl_mc.render.text import one_line
from kubectl_mc.tui.terminal.emulator import Emulator
from kubectl_mc.tui.terminal.keys import bytes_of_key
from kubectl_mc.tui.terminal.mouse import MOVES, WHEEL_DOWN, WHEEL_UP, Marked, bytes_of_mouse
from kubectl_mc.tui.widgets.ground import OnGround

LEAVE = "ctrl+right_square_bracket"
"""The key that the program doesn't get, as in telnet: it gives the keyboard back to the dashboard."""
_OWN_KEYS = frozenset({LEAVE, "shift+pageup", "shift+pagedown", "ctrl+pageup", "ctrl+pagedown"})
_FRAME_SECONDS = 1 / 30
_WHEEL = 3
_LEAST_WRAP = 10
_NOT_PASTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""What could end a paste's brackets from within, or be a key that nobody has typed."""


class TerminalPane(OnGround, can_focus=True):
    """A screen of its own size; bytes come by `feed`, and go as `Typed`."""

    ALLOW_SELECT = False  # it marks text by itself
    DEFAULT_CSS = """
    TerminalPane { height: 1fr; background: black; color: #d8d8d8; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(LEAVE, "leave", "Leave the keyboard", key_display="^]"),
        Binding("shift+pageup", "scroll_rows(-1)", "Back", key_display="shift+PgUp"),
        Binding("shift+pagedown", "scroll_rows(1)", "Forward", show=False),
        Binding("ctrl+pageup", "ask('before')", "Session before", show=False),
        Binding("ctrl+pagedown", "ask('next')", "Next session", show=False),
        Binding("enter", "ask('again')", "Again"),
        Binding("D", "ask('debug')", "Debug container"),
        Binding("x", "ask('close')", "Close tab"),
    ]

    @dataclass
    class Typed(Message):
        """Bytes for the program."""

        pane: "TerminalPane"
        data: bytes
        answer: bool = False
        """Whether nobody has typed it: the program has asked where the cursor is, or the like."""

    @dataclass
    class Resized(Message):
        """The screen has this size."""

        pane: "TerminalPane"
        columns: int
        lines: int

    @dataclass
    class Asked(Message):
        """Something else than to type: `leave`, `before`, `next`; and, once the program is gone, `again`, `debug`,
        `close`.
        """

        pane: "TerminalPane"
        what: str

    def __init__(self, *, breaks_lines: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.emulator = Emulator(80, 24, self._reply, breaks_lines=breaks_lines)
        self.ended = False
        """Whether the program is gone; its last screen stays."""
        self._offers: frozenset[str] = frozenset()
        self._back = 0
        """Rows that the view is above the screen."""
        self._drawn = 0.0
        self._due = False
        self._marked: Marked | None = None
        self._dragging = False

    @property
    def captive(self) -> bool:
        """Whether the program has the keyboard."""
        return self.has_focus and not self.ended

    def keeps(self, event: events.Event) -> bool:
        """Whether it is the program's, whatever it is."""
        return self.captive and not (isinstance(event, events.Key) and event.key in _OWN_KEYS)

    def feed(self, data: bytes) -> None:
        """What the program has written."""
        gone = self.emulator.gone
        self.emulator.feed(data)
        if self._back:  # who looks back stays where he looks
            self._back = min(self._back + self.emulator.gone - gone, self.emulator.scrolled)
        if not self._due and self.is_attached:
            self._due = True
            left = self._drawn + _FRAME_SECONDS - time.monotonic()
            if left <= 0:
                self._frame()
            else:
                self.set_timer(left, self._frame)

    def say(self, text: str) -> None:
        """Something of the dashboard's own, from the beginning of a line."""
        start = b"" if self.emulator.cursor is None or not self.emulator.cursor[0] else b"\r\n"
        lines = wrap(f"── {one_line(text)}", max(self.emulator.columns, _LEAST_WRAP), subsequent_indent="   ")
        self.feed(start + b"\x1b[0;2m" + "\r\n".join(lines).encode() + b"\x1b[0m\r\n")

    def begin(self) -> None:
        """A program is there (again)."""
        self.ended = False
        self.add_class("-running")
        self._told()

    def end(self, lines: Sequence[str], offers: frozenset[str]) -> None:
        """The program is gone; its last screen stays, with these lines below it.

        Args:
            offers: which of `again` and `debug` would make sense now.
        """
        self.ended, self._offers = True, offers
        self.remove_class("-running")
        self.emulator.settle()
        for text in lines:
            self.say(text)
        self._told()

    def offer_nothing(self) -> None:
        """Nothing can be opened any more where the program was: its pod is gone."""
        if self.ended and self._offers:
            self._offers = frozenset()
            self.say("this pod is gone now: nothing can be opened here any more")
            self._told()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys of a program that is gone are the pane's."""
        if action != "ask" or parameters[0] in ("before", "next"):
            return True
        return self.ended and (parameters[0] == "close" or parameters[0] in self._offers)

    def on_resize(self, event: events.Resize) -> None:
        if not event.size.width or not event.size.height:  # it is behind something
            return
        columns, lines = max(event.size.width, 2), max(event.size.height, 1)
        if (columns, lines) != (self.emulator.columns, self.emulator.lines):
            self.emulator.resize(columns, lines)
            self._back = min(self._back, self.emulator.scrolled)
            self._marked = None
        self.post_message(self.Resized(self, columns, lines))
        self.refresh()

    async def on_key(self, event: events.Key) -> None:
        if event.key in _OWN_KEYS or self.ended:
            return
        event.stop()
        event.prevent_default()
        self._type(bytes_of_key(event.key, event.character, application=self.emulator.application_keys))

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        text = _NOT_PASTED.sub("", event.text.replace("\r\n", "\r").replace("\n", "\r"))
        if self.emulator.brackets_paste:
            text = f"\x1b[200~{text}\x1b[201~"
        self._type(text.encode())

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._wheel(event, up=True)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._wheel(event, up=False)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._set_marked(None)
        if self._mouse(event, event.button - 1, pressed=True):
            return
        if event.button == 1:
            self._dragging = True
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragging:
            here = self._place(event)
            self._set_marked(Marked(self._marked.start if self._marked is not None else here, here))
        elif event.button and self.emulator.wants_drags:
            self._mouse(event, event.button - 1 + MOVES, pressed=True)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if not self._dragging:
            self._mouse(event, event.button - 1, pressed=False)
            return
        self._dragging = False
        self.release_mouse()
        if self._marked is not None and (text := self._marked.text(self.emulator)):
            self.app.copy_to_clipboard(text)
            self.notify(f"sent to the terminal's clipboard: {one_line(text)[:60]}", timeout=2, markup=False)

    def action_leave(self) -> None:
        self.post_message(self.Asked(self, "leave"))

    def action_ask(self, what: str) -> None:
        self.post_message(self.Asked(self, what))

    def action_scroll_rows(self, pages: int) -> None:
        self._look_back(-pages * max(1, self.size.height // 2))

    def render_line(self, y: int) -> Strip:
        style, width = self.ground, self.size.width
        if y >= self.emulator.lines:
            return Strip.blank(width, style)
        row = y - self._back
        marked = self._marked.columns(row + self.emulator.gone, width) if self._marked is not None else range(0)
        cursor = self.captive and not self._back
        return self.emulator.row(row, style, cursor=cursor, marked=marked).adjust_cell_length(width, style)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _frame(self) -> None:
        self._due, self._drawn = False, time.monotonic()
        self.refresh()

    def _told(self) -> None:
        self.refresh()
        if self.is_attached:
            self.screen.refresh_bindings()

    def _type(self, data: bytes) -> None:
        if not data or self.ended:
            return
        if self._back:
            self._back = 0
            self.refresh()
        self._set_marked(None)
        self.post_message(self.Typed(self, data))

    def _reply(self, data: bytes) -> None:
        self.post_message(self.Typed(self, data, answer=True))

    def _wheel(self, event: events.MouseEvent, *, up: bool) -> None:
        if self._mouse(event, WHEEL_UP if up else WHEEL_DOWN, pressed=True):
            return
        if self.emulator.alternate:  # as xterm does: less and vi know arrows, and nothing of a wheel
            key = bytes_of_key("up" if up else "down", None, application=self.emulator.application_keys)
            self._type(key * _WHEEL)
        else:
            self._look_back(_WHEEL if up else -_WHEEL)

    def _mouse(self, event: events.MouseEvent, button: int, *, pressed: bool) -> bool:
        """Tell the program, if it wants to know; with shift the mouse is the dashboard's, as in other terminals."""
        if not self.emulator.wants_mouse or event.shift or self._back or self.ended:
            return False
        event.stop()
        weight = button + 8 * event.meta + 16 * event.ctrl
        self._type(bytes_of_mouse(weight, event.x, event.y, pressed=pressed, wide=self.emulator.wide_mouse))
        return True

    def _place(self, event: events.MouseEvent) -> tuple[int, int]:
        """Where the mouse is: the row from the first that was ever written, and the column."""
        y = max(0, min(event.y, self.emulator.lines - 1))
        return y - self._back + self.emulator.gone, max(0, min(event.x, self.emulator.columns - 1))

    def _set_marked(self, marked: Marked | None) -> None:
        if marked != self._marked:
            self._marked = marked
            self.refresh()

    def _look_back(self, rows: int) -> None:
        self._back = max(0, min(self._back + rows, self.emulator.scrolled))
        self.refresh()
