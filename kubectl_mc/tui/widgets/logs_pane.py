"""The logs of a pod with what one can do to them: follow, search, filter, hide containers, save."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from kubectl_mc.logs.filter import Wanted
from kubectl_mc.model.pod import Pod
from kubectl_mc.tui.log_source import LogSource
from kubectl_mc.tui.log_store import LIMIT, LogStore
from kubectl_mc.tui.widgets.log_view import LogView

if TYPE_CHECKING:
    from kubectl_mc.cluster.client import Client

_TAIL = 10_000
"""Lines of each container that are read at first."""


class LogsPane(Vertical):
    """All containers' lines, or one's."""

    DEFAULT_CSS = """
    LogsPane { height: 1fr; }
    LogsPane > .state { height: 1; color: $text-muted; }
    """

    def __init__(self, pod: Pod) -> None:
        super().__init__()
        self.pod = pod
        self.store = LogStore()
        self.view = LogView(self.store)
        self._state = Static("", classes="state", markup=False)
        self._source = LogSource(self.store, self.view.grew, self._say)
        self._said = ""

    def compose(self) -> ComposeResult:
        yield self.view
        yield self._state

    def on_mount(self) -> None:
        self.set_interval(0.5, self._tell)

    async def read(self, client: "Client") -> None:
        """Read, and go on with what comes, for as long as this runs."""
        await self._source.run(client, self.pod, previous=False, tail=_TAIL)

    def follow_container(self, name: str) -> None:
        """Show one container's lines; all for an empty name."""
        others = {each.name for each in self.pod.containers if name and each.name != name}
        self.store.narrow(others, self.store.wanted or Wanted())
        self.view.restart()

    def _say(self, text: str) -> None:
        self._said = text
        self._tell()

    def _tell(self) -> None:
        parts = [f"{len(self.store.shown):,} lines", "following" if self.view.following else "paused (f follows)"]
        if self.store.left:
            parts.append(f"{self.store.left:,} older ones left (the newest {LIMIT:,} are kept)")
        if self.view.undrawn:
            parts.append(f"{self.view.undrawn:,} passed undrawn")
        self._state.update(" · ".join([*parts, self._said] if self._said else parts))
