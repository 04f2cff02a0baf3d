"""The rows of many pods: laid out when they are to be seen or their pod has changed, and else kept."""

from collections.abc import Sequence

from kubectl_mc.model.pod import Pod
from kubectl_mc.render.listing import listing_rows
from kubectl_mc.render.page import Line
from kubectl_mc.render.status import View
from kubectl_mc.tui.widgets.row_list import Row

_SPARE = 1000
"""Rows that are kept of pods that are not listed now, since somebody types a filter."""


class PodListing:
    """A row for each pod, in columns that never get narrower.

    To lay out a row takes a seventh of a millisecond, so that 1,000 of them, ten times a second, would be all that
    is done. The ages in the rows that nobody sees may be old.
    """

    def __init__(self) -> None:
        self._rows: dict[str, tuple[Pod, Row]] = {}
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
        new = [pod for number, pod in enumerate(pods) if number in seen or not self._has(pod)]
        widths = dict(self._widths)
        self._lay_out(new, view, namespaces=namespaces)
        if widths != self._widths and len(new) < len(pods):
            self._lay_out(pods, view, namespaces=namespaces)
        if len(self._rows) > len(pods) + _SPARE:
            self._rows = {pod.uid: self._rows[pod.uid] for pod in pods}
        return [self._rows[pod.uid][1] for pod in pods], self._header

    def _has(self, pod: Pod) -> bool:
        known = self._rows.get(pod.uid)
        return known is not None and known[0] is pod

    def _lay_out(self, pods: Sequence[Pod], view: View, *, namespaces: bool) -> None:
        if not pods:
            return
        found = listing_rows(pods, view, namespaces=namespaces, memory=self._widths)
        self._header = found.header
        for pod, lines in zip(pods, found.rows, strict=True):
            self._rows[pod.uid] = pod, Row(pod.uid, lines)
