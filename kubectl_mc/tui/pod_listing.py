"""The rows of many pods: laid out when they are to be seen or their pod has changed, and else kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kubectl_mc.model.pod import Pod
from kubectl_mc.render.listing import listing_rows
from kubectl_mc.render.page import Line
from kubectl_mc.render.status import View
from kubectl_mc.tui.widgets.row_list import Row

_AGED_SECONDS = 0.9
"""A row whose pod is the same is as it was for so long."""
_SPARE = 1000
"""Rows that are kept of pods that are not listed now, since somebody types a filter."""


@dataclass(frozen=True, slots=True)
class _Laid:
    """A pod's row, and when it was laid out."""

    pod: Pod
    row: Row
    at: datetime


class PodListing:
    """A row for each pod, in columns that never get narrower.

    To lay out a row takes a seventh of a millisecond, so that 1,000 of them, ten times a second, would be all that
    is done. The ages in the rows that nobody sees may be old.
    """

    def __init__(self) -> None:
        self._rows: dict[str, _Laid] = {}
        self._widths: dict[str, int] = {}
        self._shape: object = None
        self._header: Line = ()

    def rows(
        self, pods: Sequence[Pod], view: View, place: str, seen: range, *, namespaces: bool
    ) -> tuple[list[Row], Line]:
        """The rows, in the order given, and their heading.

        Args:
            place: what the pods are of; another one begins with columns of its own.
            seen: the numbers of those that are to be seen.
        """
        shape = (view.width, view.theme, place, namespaces)
        if shape != self._shape:
            self._shape, self._rows, self._widths = shape, {}, {}
        new = [pod for number, pod in enumerate(pods) if not self._has(pod, view.now if number in seen else None)]
        widths = dict(self._widths)
        self._lay_out(new, view, namespaces=namespaces)
        if widths != self._widths and len(new) < len(pods):
            self._lay_out(pods, view, namespaces=namespaces)
        if len(self._rows) > len(pods) + _SPARE:
            self._rows = {pod.uid: self._rows[pod.uid] for pod in pods}
        return [self._rows[pod.uid].row for pod in pods], self._header

    def _has(self, pod: Pod, now: datetime | None) -> bool:
        """Whether there is a row of a pod as it is and, where that matters, as old as it is."""
        known = self._rows.get(pod.uid)
        if known is None or known.pod is not pod:
            return False
        return now is None or abs((now - known.at).total_seconds()) < _AGED_SECONDS

    def _lay_out(self, pods: Sequence[Pod], view: View, *, namespaces: bool) -> None:
        if not pods:
            return
        found = listing_rows(pods, view, namespaces=namespaces, memory=self._widths)
        self._header = found.header
        for pod, lines in zip(pods, found.rows, strict=True):
            self._rows[pod.uid] = _Laid(pod, Row(pod.uid, lines), view.now)
