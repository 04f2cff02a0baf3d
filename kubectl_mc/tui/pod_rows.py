"""The upper part of a pod's screen: its head, what has become of it, and a row for each container. Pure."""

from collections.abc import Sequence, Set
from dataclasses import replace

from kubectl_mc.model.pod import Pod
from kubectl_mc.model.times import human_duration
from kubectl_mc.render.page import Line, Span, Style, line
from kubectl_mc.render.status import View, container_rows, pod_head
from kubectl_mc.tui.snapshot import Snapshot
from kubectl_mc.tui.widgets.row_list import Row, with_mark

ALL = ""
"""The key of the row that stands for all containers."""


def head_lines(pod: Pod, view: View, snapshot: Snapshot) -> Sequence[Line]:
    """What `status` says of the pod; above it, if it is gone, since when."""
    head = list(pod_head(pod, _at_last(pod, view, snapshot)))
    if pod.uid not in snapshot.gone:
        return head
    since = human_duration((view.now - snapshot.gone[pod.uid]).total_seconds())
    said = [f"this pod is gone since {since}; so it was at last"]
    said += ["there is a new one of this name: r shows it"] if snapshot.successor(pod.uid) else []
    return [*(line(Span(f"  {text}", Style.WARN)) for text in said), *head]


def container_list(pod: Pod, view: View, snapshot: Snapshot, hidden: Set[str]) -> tuple[Sequence[Row], Line]:
    """A row for all containers and one for each, and the header above them.

    Args:
        hidden: containers whose lines are not among the logs.
    """
    found = container_rows(pod, _at_last(pod, view, snapshot))
    rows = [
        Row(each.name, with_mark(lines, "logs hidden", view.width) if each.name in hidden else lines)
        for each, lines in zip(pod.containers, found.rows, strict=True)
    ]
    return [Row(ALL, [line(Span("  all containers", Style.QUIET))]), *rows], found.header


def _at_last(pod: Pod, view: View, snapshot: Snapshot) -> View:
    """The ages of a pod that is gone don't go on."""
    return replace(view, now=snapshot.gone.get(pod.uid, view.now))
