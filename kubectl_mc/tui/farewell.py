"""What would end sessions that run waits until somebody has agreed to that."""

from collections.abc import Callable

from textual.app import App


def once_sessions_may_end(app: App[int], work: Callable[[], object]) -> None:
    """Do it, at once if no session runs."""
    running = sum(len(screen.query("TerminalPane.-running")) for screen in app.screen_stack)
    if not running:
        work()
        return

    from kubectl_mc.tui.screens.ending import EndingScreen

    def answered(may_end: bool | None) -> None:
        if may_end:
            work()

    app.push_screen(EndingScreen(running), answered)
