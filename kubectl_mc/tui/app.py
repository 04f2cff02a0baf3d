"""The dashboard itself: which cluster and which pods, and the screens over them."""

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.message import Message

from kubectl_mc.cluster.client import Client
from kubectl_mc.errors import McError
from kubectl_mc.model.targets import Query
from kubectl_mc.session import Session
from kubectl_mc.tui.screens.pods import PodsScreen
from kubectl_mc.tui.snapshot import Snapshot
from kubectl_mc.tui.watching import PodWatch


@dataclass
class SnapshotTaken(Message):
    """There is news of the pods."""

    snapshot: Snapshot

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, SnapshotTaken)


class Dashboard(App[int]):
    """Everything about a pod's containers on one screen, live.

    Args:
        session: where it runs; its client is the cluster that is shown.
        query: which pods.
        read_only: nothing in the cluster is entered or changed.
    """

    TITLE = "kubectl mc"
    ENABLE_COMMAND_PALETTE = True
    CSS = """
    Screen { layers: base notice; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "Quit", priority=False),
        Binding("question_mark", "help", "Help"),
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True),
    ]

    def __init__(self, session: Session, query: Query, *, read_only: bool = False) -> None:
        super().__init__()
        self.session = session
        self.query_of_pods = query
        self.read_only = read_only
        self.snapshot = Snapshot()
        self.failure: McError | None = None
        """Why the dashboard ended, if it was an error."""
        self.watch_of_pods: PodWatch | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def cluster(self) -> Client:
        return self.session.client()

    async def begin(self) -> None:
        """Watch the pods; returns with the first snapshot.

        Raises:
            McError: they cannot be watched.
        """
        self.watch_of_pods = PodWatch(self.cluster, self.query_of_pods, self._publish)
        self._watching = asyncio.create_task(self.watch_of_pods.run())
        self._watching.add_done_callback(self._ended)
        await asyncio.shield(self.watch_of_pods.synced)

    def on_mount(self) -> None:
        self.push_screen(PodsScreen())
        self.set_interval(1.0, self._tick)

    async def on_unmount(self) -> None:
        if self._watching is not None:
            self._watching.cancel()

    def on_snapshot_taken(self, message: SnapshotTaken) -> None:
        self.snapshot = message.snapshot
        self._redraw()

    def _publish(self, snapshot: Snapshot) -> None:
        if self.is_running:
            self.post_message(SnapshotTaken(snapshot))
        else:
            self.snapshot = snapshot

    def _tick(self) -> None:
        """Ages go on by themselves."""
        self._redraw()

    def _redraw(self) -> None:
        show = getattr(self.screen, "show", None)
        if show is not None:
            show(self.snapshot)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, McError):
            self.failure = error
            self.exit(1)
        else:
            raise error
