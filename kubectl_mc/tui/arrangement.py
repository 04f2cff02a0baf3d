"""Where the sessions of a pod's screen stand: beside its logs, below them, or in place of them; whatever has room."""

from textual.screen import Screen

_ROOM_BESIDE, _ROOM_BELOW = 150, 40
"""Columns, and rows, from which on a session has room beside the logs, or below them. Beside, it has 80 columns."""

CSS = """
PodScreen #work { height: 1fr; }
PodScreen #sessions { display: none; }
PodScreen.-sessions #sessions { display: block; }
PodScreen.-beside #work { layout: horizontal; }
PodScreen.-beside #sessions { width: 52%; min-width: 81; border-left: vkey $panel; }
PodScreen.-beside.-front #sessions { border-left: vkey $primary; }
PodScreen.-below #sessions { height: 60%; }
PodScreen.-tabs #sessions { height: 2; }
PodScreen.-tabs #sessions ContentSwitcher { display: none; }
PodScreen.-tabs.-front #sessions { height: 1fr; }
PodScreen.-tabs.-front #sessions ContentSwitcher { display: block; }
PodScreen.-tabs.-front #head, PodScreen.-tabs.-front #containers, PodScreen.-tabs.-front #pages { display: none; }
"""


def arrange(screen: Screen[None], *, sessions: bool, front: bool) -> None:
    """Arrange a pod's screen anew.

    Args:
        sessions: whether there are any.
        front: whether one of them has the keyboard.
    """
    beside = screen.size.width >= _ROOM_BESIDE
    below = not beside and screen.size.height >= _ROOM_BELOW
    screen.set_class(sessions, "-sessions")
    screen.set_class(sessions and beside, "-beside")
    screen.set_class(sessions and below, "-below")
    screen.set_class(sessions and not beside and not below, "-tabs")
    screen.set_class(sessions and front, "-front")
    screen.refresh_bindings()
