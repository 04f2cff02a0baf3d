"""Every key, by where it works."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from kubectl_mc.render.page import Line, Span, Style, line
from kubectl_mc.render.text import wrapped
from kubectl_mc.tui.widgets.page_view import PageView

_SHELL, _ATTACH, _DELETE, _SESSION = "s, S", "a, D", "ctrl+d", "Session"
KEYS = {
    "Everywhere": (
        ("?", "this help"),
        ("^p", "the command palette"),
        ("n, c", "another namespace, another context"),
        ("T", "the light or the dark theme"),
        ("q ctrl+c, ctrl+z", "leave the dashboard; suspend it, fg brings it back; in a session they are the program's"),
        ("↑ ↓ ← →, k j", "move by rows, and along those that are longer than the screen is wide"),
        ("PgUp PgDn ctrl+b ctrl+f", "move by pages"),
        ("Home End g G", "to the first, to the last"),
    ),
    "Pods": (
        ("Enter", "open the pod"),
        ("/", "narrow the list as you type: names, status, node, labels"),
        ("o", "another order: broken first, name, newest first, restarts"),
    ),
    "Pod": (
        ("↑ ↓", "choose a container; what is below follows it, or all of them"),
        ("Tab", "to what is below, and back"),
        ("1 … 9", "the tabs from the left: Logs, Events, Doctor, Map, …"),
        ("Space", "hide a container's lines among all, or show them again; on “all containers” every one's"),
        (_SHELL, "a shell in the container: in a tab, or on the whole terminal"),
        (_ATTACH, "attach to its main process; a debug container beside it"),
        (_DELETE, "delete the pod; its name has to be typed"),
        ("r", "of a pod that is gone: the new one of its name"),
        ("← h, →, Enter", "in YAML: fold what is below a row, or unfold it"),
        ("Escape", "back to the pods"),
    ),
    "Logs": (
        ("f, G", "pause or follow; to the newest"),
        ("/ n N", "search, for nothing to end it; the next match, the one before; around the ends"),
        ("&", "show only lines that match (a regular expression); nothing for all"),
        ("l", "only a level and above, one level more with each press"),
        ("w, t, p, e", "wrap; times; the instance before the present one; the cluster's events among the lines"),
        ("← →", "to the side, where lines are not wrapped"),
        ("@", "go to a time: 12:30, or 5m for five minutes ago"),
        ("v, y", "mark lines; copy them, or the cursor's, if the terminal allows it (OSC 52); the mouse does so too"),
        ("ctrl+s", "save what is shown to a new file: the containers' own bytes, escape codes among them"),
        ("", "“passed undrawn”: so many lines came faster than a screen shows; they are there, above"),
    ),
    _SESSION: (
        ("^]", "leave the keyboard, the session goes on; and back into it"),
        ("ctrl+PgUp, ctrl+PgDn", "the session before, the next one"),
        ("shift+PgUp, PgDn, wheel", "look back at what has scrolled away"),
        ("mouse", "mark text, which copies it; with shift where a program has the mouse"),
        ("ctrl+p ctrl+q", "detach from a main process that was attached to"),
        ("Enter", "once a session has ended: open it again"),
        ("x", "close its tab, when the keyboard is not in it"),
    ),
}
_CHANGING = frozenset({_SHELL, _ATTACH, _DELETE, _SESSION})
"""What `--read-only` takes away."""
_WIDTH, _AROUND = 96, 5
"""Columns of the window, and those of its border, its padding and the scroll bar."""
_KEYS, _LEAST = 24, 20
"""Columns for the keys, and the fewest for what they do."""


class HelpScreen(ModalScreen[None]):
    """The keys."""

    DEFAULT_CSS = f"""
    HelpScreen {{ align: center middle; }}
    HelpScreen > Vertical {{ width: {_WIDTH}; max-width: 96%; height: auto; max-height: 90%; background: $surface;
        border: round $primary; padding: 0 1; }}
    HelpScreen PageView {{ height: auto; max-height: 100%; }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark", "close", "Close")]

    def __init__(self, *, read_only: bool = False) -> None:
        super().__init__()
        self._hidden = _CHANGING if read_only else frozenset()

    def compose(self) -> ComposeResult:
        with Vertical():
            yield PageView(id="keys")

    def on_mount(self) -> None:
        self.query_one(PageView).focus()

    def on_resize(self) -> None:
        room = min(_WIDTH, self.size.width * 96 // 100) - _AROUND
        self.query_one(PageView).show(list(_lines(self._hidden, room)))

    def action_close(self) -> None:
        self.dismiss()


def _lines(hidden: frozenset[str], width: int) -> Iterator[Line]:
    shown = [(where, keys) for where, keys in KEYS.items() if where not in hidden]
    for number, (where, keys) in enumerate(shown):
        if number:
            yield ()
        yield line(Span(where, Style.STRONG))
        for key, what in keys:
            if key not in hidden:
                first, *rest = wrapped(what, max(width - _KEYS - 2, _LEAST))
                yield line(Span(f"  {key:<{_KEYS}}", Style.BUSY), first)
                yield from (line(" " * (_KEYS + 2) + text) for text in rest)
