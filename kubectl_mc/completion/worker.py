"""A process on the side that may be late: what it finds is kept for the next TAB, even when this one is over."""

import os
import signal
from collections.abc import Callable
from typing import NoReturn

WORK_SECONDS = 5.0
"""After this, a server or a credential plugin is given up."""


def done_aside(work: Callable[[], bytes]) -> bytes:
    """What `work` returns, or nothing when it fails. It goes on when the caller's time is over.

    It has neither a terminal nor the caller's streams, so that no credential plugin can ask or print anything.
    """
    answers, theirs = os.pipe()
    if not os.fork():
        _do(work, theirs)
    os.close(theirs)
    with os.fdopen(answers, "rb") as file:
        return file.read()


def _do(work: Callable[[], bytes], answers: int) -> NoReturn:
    """The worker's whole life; leaves nothing running behind."""
    try:
        os.setsid()
        signal.signal(signal.SIGALRM, lambda *_: os.killpg(0, signal.SIGKILL))
        signal.setitimer(signal.ITIMER_REAL, WORK_SECONDS)
        _close_all_but(answers)
        with os.fdopen(answers, "wb") as file:
            file.write(work())
    finally:
        os._exit(0)


def _close_all_but(kept: int) -> None:
    """A shell waits until no one has its pipe open any more."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    os.closerange(3, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
